"""Logs made for tests: people, charters, statements and leaves, written as AUDIT.md section 6.1 says."""

from __future__ import annotations

import base64
import datetime
import functools
import hashlib
import os
from typing import Dict, Iterable, List, Optional, Tuple

from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from audit.tree import ENTRIES, Frontier, Tile, leaf_hash, root_of, tiles_of

NOON = 1_796_040_000  # 2026-11-30T12:00:00Z
A1, B1, SPARE = "log.example/a1", "log.example/b1", "log.example/a2"
WITNESS = "w.example"
API = "spiffe://acme/ns/pay/sa/api"
ORDERS = "pkcs11:object=orders"


def sha256(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


def instant(seconds: float) -> str:
    moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=int(seconds))
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def leaf_instant(milliseconds: int) -> str:
    return instant(milliseconds // 1000)[:-1] + f".{milliseconds % 1000:03d}Z"


# ---- keys


class Signer:
    """A key for notes, from a number."""

    def __init__(self, name: str, number: int, kind: int = 1):
        self.name = name
        self.kind = kind
        if kind == 2:
            self.key = ec.derive_private_key(number, ec.SECP256R1())
            public = self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
            self.key_id = hashlib.sha256(public).digest()[:4]
        else:
            self.key = ed25519.Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)
            public = self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
            self.key_id = hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]
        encoded = base64.b64encode(bytes([kind]) + public).decode()
        self.verifier = f"{name}+{self.key_id.hex()}+{encoded}"

    def sign(self, text: bytes, seconds: int = 0) -> bytes:
        """The line of this key's signature."""
        if self.kind == 2:
            signature = self.key.sign(text, ec.ECDSA(SHA256()))
        elif self.kind == 4:
            signed = self.key.sign(b"cosignature/v1\ntime %d\n" % seconds + text)
            signature = seconds.to_bytes(8, "big") + signed
        else:
            signature = self.key.sign(text)
        encoded = base64.b64encode(self.key_id + signature)
        return "\u2014 ".encode() + self.name.encode() + b" " + encoded + b"\n"


KEYS = {
    "alice": Signer("alice", 1),
    "bob": Signer("bob", 0x1234567890, 2),
    "carol": Signer("carol", 11),
    "carol2": Signer("carol.card", 0x77777, 2),
    "dave": Signer("dave", 12),
    "erin": Signer("erin", 13),
    "frank": Signer("frank", 14),
}
LOG_KEYS = {A1: Signer(A1, 2), B1: Signer(B1, 21), SPARE: Signer(SPARE, 22)}
WITNESS_KEY = Signer(WITNESS, 3, 4)


def note(text: str, signers: Iterable[str]) -> bytes:
    return note_once(text, tuple(signers))


@functools.lru_cache(maxsize=None)  # ECDSA signs otherwise each time
def note_once(text: str, signers: Tuple[str, ...]) -> bytes:
    raw = text.encode()
    return raw + b"\n" + b"".join(KEYS[signer].sign(raw) for signer in signers)


# ---- texts

RULES = [
    "rule 10 open orders by api binding orders tenant * purpose fraud-review ticket INC-*"
    " needs 1 security 1 data-owner max 8h 1000-objects 5-epochs",
    "rule 20 protect orders by api binding orders tenant *",
    "rule 30 open orders by reports binding orders tenant acme hold 5m",
    "rule 90 open orders by api binding orders tenant * purpose break-glass"
    " needs 1 oncall max 30m 200-objects review 5d",
]
OWNERS = ["alice", "bob"]
ALL = ["alice", "bob", "carol", "carol2", "dave", "erin"]


def charter(version: int = 1, previous: Optional[str] = None, **changes: List[str]) -> str:
    """The text of a charter; changes replace the lines of a kind."""
    lines: Dict[str, List[str]] = {
        "log": [f"log {origin} {key.verifier}" for origin, key in LOG_KEYS.items()],
        "witness": [f"witness {WITNESS} {WITNESS_KEY.verifier}"],
        "person": [f"person {name.rstrip('2')} {KEYS[name].verifier}" for name in ALL],
        "group": [
            "group security alice dave",
            "group data-owner bob erin",
            "group oncall carol dave erin",
            "group freezer alice bob dave erin",
        ],
        "trust": [f"trust spiffe://acme ca {sha256(b'ca')}"],
        "key": [f"key orders {ORDERS}", "key other pkcs11:object=other"],
        "workload": [f"workload api {API}", "workload reports spiffe://acme/ns/bi/*"],
        "rule": RULES,
    }
    lines.update(changes)
    head = ["keyhold.dev/charter@v1", "name test", f"version {version}"]
    head += [f"previous {previous}"] if previous else []
    head += ["owners 2 of alice bob carol"]
    return "\n".join(head + [line for kind in lines.values() for line in kind]) + "\n"


FIRST = charter()
PIN = sha256(FIRST.encode())


def under(version: int = 1, charter_id: str = PIN) -> str:
    return f"charter test {version} {charter_id}\n"


def nonce(number: int) -> str:
    return f"nonce {number:032x}\n"


def grant(number: int = 1, rule: int = 10, at: Optional[Dict[str, str]] = None, **changes: str) -> str:
    """The text of a grant; changes replace the values behind a word."""
    words = {
        "charter": under()[len("charter ") : -1],
        "rule": str(rule),
        "asked-by": "carol",
        "reason": "disputed%20payments",
        "workload": "api",
        "open": "orders binding orders tenant acme",
        "purpose": "fraud-review ticket INC-1234",
        "from": instant(NOON),
        "until": instant(NOON + 4 * 3600),
    }
    if rule == 90:
        words.update({"purpose": "break-glass", "until": instant(NOON + 1800)})
    words.update({word.replace("_", "-"): text for word, text in changes.items()})
    shares = {A1: "objects 5 epochs 1", B1: "objects 5 epochs 1"} if at is None else at
    lines = [f"{word} {text}\n" for word, text in words.items()]
    lines += [f"at {origin} {share}\n" for origin, share in shares.items()]
    return "keyhold.dev/grant@v1\n" + "".join(lines) + nonce(number)


def short(kind: str, *lines: str, number: int = 7, charter_line: str = "") -> str:
    """The text of a revocation, freeze, lift, review or close."""
    body = "".join(line + "\n" for line in lines)
    return f"keyhold.dev/{kind}@v1\n{charter_line or under()}{body}{nonce(number)}"


# ---- logs


class MadeLog:
    """Leaves in memory, with a clock; write() makes the folder."""

    def __init__(self, origin: str = A1, pin: str = PIN):
        self.origin = origin
        self.pin = pin
        self.clock = NOON * 1000
        self.leaves: List[bytes] = []
        self.history: List[bytes] = []
        self.tree = Frontier()
        self.counts: Dict[str, set] = {}

    def add(self, kind: str, body: str = "", after: bytes = b"", step: int = 1000) -> int:
        """Adds a leaf; gives its index."""
        self.clock += step
        head = f"keyhold.dev/{kind}@v1\ntime {leaf_instant(self.clock)}\n{body}"
        return self.raw(head.encode() + after)

    def raw(self, leaf: bytes) -> int:
        self.leaves.append(leaf)
        self.tree.append(leaf_hash(leaf))
        return len(self.leaves) - 1

    def start(self) -> int:
        return self.add("start", f"origin {self.origin}\npin {self.pin}\nsoftware keyhold/0.1.0\n")

    def statement(self, text: str, signers: Iterable[str]) -> int:
        return self.add("statement", "", b"\n" + note(text, signers))

    def begin(self) -> "MadeLog":
        self.start()
        self.statement(FIRST, ALL)
        return self

    def use(self, number: int, granted: str = "", share: int = 5, step: int = 1000, **changes: str) -> int:
        """A use by rule 10 of a grant, or by rule 20; an empty change leaves a line out."""
        words = {
            "identity": API,
            "workload": "api",
            "via": "library",
            "op": "unwrap" if granted else "wrap",
            "key": ORDERS,
            "binding": "orders",
            "tenant": "acme",
            "purpose": "fraud-review" if granted else "",
            "ticket": "INC-1234" if granted else "",
            "access": f"{number:032x}",
            "input": sha256(b"input %d" % number),
            "unit": "object",
            "charter": "1",
            "rule": "10" if granted else "20",
            "grant": "",
            "hold": "0s" if granted else "",
        }
        words.update(changes)
        if granted and "grant" not in changes:
            inputs = self.counts.setdefault(granted + words["unit"], set())
            inputs.add(words["input"])
            words["grant"] = f"{granted} {len(inputs)} of {share}"
        lines = "".join(f"{word} {text}\n" for word, text in words.items() if text)
        return self.add("use", lines, step=step)

    def end(self, *uses: int) -> int:
        return self.add("end", "".join(f"use {use} done req-{use}\n" for use in uses))

    # ---- checkpoints

    def checkpoint(self, cosigned: Optional[int] = None, size: Optional[int] = None) -> bytes:
        """The checkpoint of the leaves so far, cosigned at this time."""
        root = self.tree.root() if size is None else root_of([leaf_hash(leaf) for leaf in self.leaves[:size]])
        size = len(self.leaves) if size is None else size
        text = f"{self.origin}\n{size}\n{base64.b64encode(root).decode()}\n".encode()
        signed = text + b"\n" + LOG_KEYS[self.origin].sign(text)
        return signed if cosigned is None else signed + WITNESS_KEY.sign(text, cosigned)

    def cosign(self, later: int = 0) -> None:
        """The witness cosigns now; the checkpoint goes to the history."""
        self.history.append(self.checkpoint(self.clock // 1000 + later))

    def write(self, folder: str, checkpoint: Optional[bytes] = None) -> str:
        write(folder, "checkpoint", checkpoint or self.checkpoint(self.clock // 1000))
        write(folder, "segment/00000000", b"".join(map(record, self.leaves)))
        if self.history:
            write(folder, "history/00000000", b"".join(map(record, self.history)))
        for path, content in tiles(self.leaves).items():
            write(folder, path, content)
        return folder


def record(raw: bytes) -> bytes:
    return len(raw).to_bytes(4, "big") + leaf_hash(raw)[:8] + raw


def write(folder: str, path: str, content: bytes) -> None:
    whole = os.path.join(folder, path)
    os.makedirs(os.path.dirname(whole), exist_ok=True)
    with open(whole, "wb") as file:
        file.write(content)


def tiles(leaves: List[bytes]) -> Dict[str, bytes]:
    """The content of each tile and bundle, by its path."""
    hashes = [leaf_hash(leaf) for leaf in leaves]
    found = {}
    for tile in tiles_of(len(leaves), len(leaves)):
        first = tile.number * 256
        if tile.level == ENTRIES:
            content = b"".join(len(leaf).to_bytes(2, "big") + leaf for leaf in leaves[first : first + tile.width])
        else:
            span = 256 ** int(tile.level)
            nodes = range(first, first + tile.width)
            content = b"".join(root_of(hashes[at * span : (at + 1) * span]) for at in nodes)
        found[tile.path()] = content
    return found


def partial(level: str, number: int, width: int) -> str:
    return Tile(level, number, width).path()
