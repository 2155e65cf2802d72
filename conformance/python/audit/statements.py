"""AUDIT.md section 4: the texts of statements."""

from __future__ import annotations

from typing import Callable, Dict, NamedTuple, Optional, Tuple

from .notes import Note
from .texts import (
    Lines,
    Malformed,
    Pattern,
    bits,
    digest,
    instant,
    name,
    number,
    operations,
    origin,
    pattern,
    reason,
)


class CharterRef(NamedTuple):
    """The charter under which a statement was signed."""

    name: str
    version: int
    id: str


class Share(NamedTuple):
    """What a grant gives to one log."""

    objects: int
    epochs: int


class Grant(NamedTuple):
    charter: CharterRef
    rule: int
    asked_by: str
    workload: str
    operations: frozenset
    key: str
    patterns: Tuple[Optional[Pattern], ...]  # binding, tenant, purpose, ticket
    start: int
    until: int
    shares: Dict[str, Share]


class Revoke(NamedTuple):
    charter: CharterRef
    rule: int
    grant: str


class Freeze(NamedTuple):
    charter: CharterRef
    kind: str
    target: Optional[str]
    start: int
    until: int

    def covers(self, time: int) -> bool:
        return self.start <= time < self.until

    def stops(self, workload: str, key_name: Optional[str]) -> bool:
        """Whether it is for all, this workload or this key."""
        targets = {"workload": workload, "key": key_name}
        return self.kind == "all" or (self.kind in targets and targets[self.kind] == self.target)


class Lift(NamedTuple):
    charter: CharterRef
    freeze: str


class Review(NamedTuple):
    charter: CharterRef
    grant: str


class Close(NamedTuple):
    charter: CharterRef
    log: str
    size: int
    root: str


def read_statement(note: Note):
    """The statement in a note; a charter is read by its own class."""
    lines = Lines(note.text)
    read = READERS.get(lines.kind)
    if read is None:
        raise Malformed("the text is of no kind of statement")
    charter = CharterRef(*lines.take("charter", name, number, digest))
    statement = read(lines, charter)
    lines.take("nonce", bits)
    lines.end()
    return statement


def read_grant(lines: Lines, charter: CharterRef) -> Grant:
    rule = lines.take("rule", number)
    asked_by = lines.take("asked-by", name)
    lines.take("reason", reason)
    workload = lines.take("workload", name)
    tokens = lines.next()
    if len(tokens) < 2:
        raise Malformed("the line of operations has no key")
    ops, key = operations(tokens[0]), name(tokens[1])
    binding, tenant = clauses(tokens[2:], "binding", "tenant")
    purpose = ticket = None
    if lines.begins("purpose") or lines.begins("ticket"):
        purpose, ticket = clauses(lines.next(), "purpose", "ticket")
    start, until = lines.take("from", instant), lines.take("until", instant)
    shares: Dict[str, Share] = {}
    while not shares or lines.begins("at"):
        log, share = read_share(lines.tokens("at"))
        if log in shares:
            raise Malformed(f"the grant names the log {log} twice")
        shares[log] = share
    patterns = (binding, tenant, purpose, ticket)
    return Grant(charter, rule, asked_by, workload, ops, key, patterns, start, until, shares)


def clauses(tokens, *words: str):
    """Patterns behind their words, in this order; None for a word that is not there."""
    found, at = [], 0
    for word in words:
        there = len(tokens) > at + 1 and tokens[at] == word
        found.append(pattern(tokens[at + 1]) if there else None)
        at += 2 * there
    if at != len(tokens):
        raise Malformed(f"a line has other clauses than {' and '.join(words)}")
    return found


def read_share(tokens) -> Tuple[str, Share]:
    if len(tokens) != 5 or tokens[1] != "objects" or tokens[3] != "epochs":
        raise Malformed("at is: a log, objects, a number, epochs, a number")
    return origin(tokens[0]), Share(number(tokens[2]), number(tokens[4]))


def read_revoke(lines: Lines, charter: CharterRef) -> Revoke:
    statement = Revoke(charter, lines.take("rule", number), lines.take("grant", digest))
    lines.take("reason", reason)
    return statement


def read_freeze(lines: Lines, charter: CharterRef) -> Freeze:
    tokens = lines.tokens("freeze")
    if tokens == ["all"]:
        kind, target = "all", None
    elif len(tokens) == 2 and tokens[0] in ("workload", "key", "person"):
        kind, target = tokens[0], name(tokens[1])
    else:
        raise Malformed("a freeze is for a workload, a key, a person or all")
    lines.take("reason", reason)
    return Freeze(charter, kind, target, lines.take("from", instant), lines.take("until", instant))


def read_lift(lines: Lines, charter: CharterRef) -> Lift:
    statement = Lift(charter, lines.take("freeze", digest))
    lines.take("reason", reason)
    return statement


def read_review(lines: Lines, charter: CharterRef) -> Review:
    statement = Review(charter, lines.take("grant", digest))
    lines.take("reason", reason)
    return statement


def read_close(lines: Lines, charter: CharterRef) -> Close:
    log, size, root = lines.take("log", origin), lines.take("size", number), lines.take("root", digest)
    lines.take("reason", reason)
    return Close(charter, log, size, root)


READERS: Dict[str, Callable] = {
    "keyhold.dev/grant@v1": read_grant,
    "keyhold.dev/revoke@v1": read_revoke,
    "keyhold.dev/freeze@v1": read_freeze,
    "keyhold.dev/lift@v1": read_lift,
    "keyhold.dev/review@v1": read_review,
    "keyhold.dev/close@v1": read_close,
}
