"""Logs with texts that were changed at random and signed again, for the comparison with the verifier in Java.

    python -m tests.mutants FOLDER SEED COUNT

Each case is a folder as tests.verdicts reads it. The log is signed and its tiles are right: only what the
texts say is wrong, or is not.
"""

from __future__ import annotations

import os
import random
import sys
from typing import List

from tests import made, verdicts
from tests.made import A1, B1, MadeLog, instant, sha256

SPECIAL = [
    "*", "0", "00", "1", "2", "5", "-1", "999999999999999", "1000000000000000", "0s", "60s", "1m", "1h", "8h", "9h", "1d", "%2A",
    "%41", "%2f", "%C3%BC", "%C3", "%0A", "%C2%85", "%7F", "a*", "a-*", "INC-*", "x/*", "orders", "other", "open", "protect", "wrap",
    "open,wrap", "unwrap", "unwrap,open", "sign", "describe", "api", "reports", "api,reports", "alice", "bob", "carol", "dave", "erin",
    "zoe", "security", "freezer", "oncall", "library", "xks", "yes", "object", "epoch", "done", "denied", "break-glass", "all", "key",
    "workload", "person", "required", "needs", "max", "hold", "review", "binding", "tenant", "purpose", "ticket", "via", "by", "of",
    "spiffe://acme/*", "spiffe://x", "dns:host", "*:", "5-epochs", "0-epochs", "1000-objects", "100001-objects", "", "a b", "ü", A1, B1,
    instant(made.NOON), instant(made.NOON + 60), instant(made.NOON + 9 * 3600), "2026-02-30T00:00:00Z", "2026-11-30T12:00:05.000Z",
]  # fmt: skip


def mutate(rng: random.Random, text: str) -> str:
    """Changes a line, a value or a character."""
    lines = text[:-1].split("\n")
    at = rng.randrange(1, len(lines)) if len(lines) > 1 else 0
    what = rng.randrange(10)
    if what == 0:
        del lines[at]
    elif what == 1:
        lines.insert(at, lines[at])
    elif what == 2:
        other = rng.randrange(1, len(lines)) if len(lines) > 1 else 0
        lines[at], lines[other] = lines[other], lines[at]
    elif what == 3 and len(lines[at]) > 1:
        position = rng.randrange(len(lines[at]))
        lines[at] = lines[at][:position] + rng.choice("aA0 *%-/:.,=+~_9z") + lines[at][position + rng.randrange(2) :]
    else:
        tokens = lines[at].split(" ")
        first = 0 if what == 4 or len(tokens) == 1 else 1
        position = rng.randrange(first, len(tokens) + (what == 5))
        pool = SPECIAL + lines[rng.randrange(len(lines))].split(" ")
        if what == 6 and position < len(tokens):
            del tokens[position]
        else:
            tokens[position : position + (what != 5)] = [rng.choice(pool)]
        lines[at] = " ".join(tokens)
    return "\n".join(lines) + "\n"


class Mutant:
    """One log, in which each text is changed with a chance of its own."""

    def __init__(self, seed: int):
        self.rng = random.Random(seed)
        self.first = mutate(self.rng, made.FIRST) if seed % 2 else made.FIRST
        self.pin = sha256(self.first.encode())
        self.log = MadeLog(pin=self.pin)
        self.number = 0

    def maybe(self, text: str, chance: float) -> str:
        changed = text
        while self.rng.random() < chance:
            changed = mutate(self.rng, changed)
        return changed

    def signers(self, usual: List[str]) -> List[str]:
        if self.rng.random() < 0.8:
            return usual
        return self.rng.sample(made.ALL, self.rng.randrange(1, 5))

    def statement(self, text: str, usual: List[str]) -> str:
        self.number += 1
        text = self.maybe(text.replace(made.PIN, self.pin), 0.25)
        self.log.statement(text, self.signers(usual))
        return sha256(text.encode())

    def leaf(self, chance: float = 0.2) -> None:
        """Changes the leaf that was added last."""
        raw = self.log.leaves.pop()
        text = self.maybe(raw.decode(), chance)
        self.log.tree = made.Frontier()
        for leaf in self.log.leaves:
            self.log.tree.append(made.leaf_hash(leaf))
        self.log.raw(text.encode())

    def make(self) -> MadeLog:
        log, rng = self.log, self.rng
        log.start()
        log.statement(self.first, made.ALL)
        version = 1
        grants = [sha256(b"none")]
        for number in range(25 if self.first == made.FIRST else 4):
            what = rng.randrange(8)
            if what < 2:
                rule = rng.choice([10, 10, 10, 90])
                shares = {A1: "objects 2 epochs 0", B1: "objects 3 epochs 0"}
                grants.append(self.statement(made.grant(number, rule, shares), ["carol", "alice", "bob"]))
            elif what < 5:
                log.use(rng.randrange(4), *rng.choice([(), (grants[-1], 2), (rng.choice(grants), 2)]), charter=str(version))
                self.leaf()
            elif what == 5:
                log.end(rng.randrange(len(log.leaves)))
                self.leaf()
            elif what == 6:
                self.statement(self.short(number, grants), rng.choice([["dave"], ["dave", "erin"], ["alice", "bob"]]))
            elif rng.random() < 0.3:
                text = made.charter(version + 1, log_id(log, self.pin))
                log.statement(self.maybe(text, 0.3), ["alice", "bob"])
                version += 1
            else:
                log.add("alarm", f"kind break-glass\ngrant {grants[-1]}\ntext used\n")
                self.leaf()
        return log

    def short(self, number: int, grants: List[str]) -> str:
        window = (f"from {instant(made.NOON)}", f"until {instant(made.NOON + self.rng.choice([5, 3600]))}")
        kind = self.rng.choice(["workload api", "key orders", "person bob", "all"])
        grant = self.rng.choice(grants)
        texts = [
            made.short("revoke", "rule 10", f"grant {grant}", "reason r", number=number),
            made.short("freeze", f"freeze {kind}", "reason r", *window, number=number),
            made.short("lift", f"freeze {grant}", "reason r", number=number),
            made.short("review", f"grant {grant}", "reason r", number=number),
            made.short("close", f"log {B1}", "size 1", f"root {made.PIN}", "reason r", number=number),
        ]
        return self.rng.choice(texts)


def log_id(log: MadeLog, pin: str) -> str:
    """The id of the charter that stands last in the log."""
    for leaf in reversed(log.leaves):
        _, _, note = leaf.partition(b"\n\n")
        if note.startswith(b"keyhold.dev/charter@v1\n"):
            return sha256(note[: note.rindex(b"\n\n") + 1])
    return pin


def main(root: str, seed: int, count: int) -> None:
    for number in range(seed, seed + count):
        folder = os.path.join(root, str(number))
        mutant = Mutant(number)
        mutant.make().write(os.path.join(folder, "log0"))
        verdicts.write(folder, "pin", mutant.pin + "\n")
        verdicts.write(folder, "about", f"mutant {number}\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
