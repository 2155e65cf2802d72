"""AUDIT.md section 5.1: the texts of leaves."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, NamedTuple, Optional, Tuple

from .charter import Use
from .texts import (
    Lines,
    Malformed,
    bits,
    digest,
    duration,
    leaf_instant,
    name,
    number,
    one_of,
    operation,
    origin,
    read_all,
    value,
)

PREFIX = "keyhold.dev/"
MAX_ENDS = 256

outcome = one_of("done", "bad-ciphertext", "denied", "not-found", "unsupported", "misconfigured", "unavailable")
of = one_of("of")

# word, types of its values, whether it must be there
Line = Tuple[str, tuple, bool]

FACTS: List[Line] = [
    ("version", (value,), False),
    ("alias", (value,), False),
    ("binding", (value,), False),
    ("tenant", (value,), False),
    ("purpose", (value,), False),
    ("ticket", (value,), False),
    ("provider-reason", (value,), False),
]
USE: List[Line] = [
    ("identity", (value,), True),
    ("workload", (name,), True),
    ("via", (one_of("library", "xks", "ekm"),), True),
    ("op", (operation,), True),
    ("key", (value,), True),
    *FACTS,
    ("access", (bits,), True),
    ("input", (digest,), True),
    ("unit", (one_of("object", "epoch"),), True),
    ("confirm", (one_of("yes"),), False),
    ("charter", (number,), True),
    ("rule", (number,), True),
    ("grant", (digest, number, of, number), False),
    ("hold", (duration,), False),
]
DENIED: List[Line] = [
    ("identity", (value,), True),
    ("workload", (name,), False),
    ("via", (one_of("library", "xks", "ekm"),), True),
    ("op", (operation,), True),
    ("key", (value,), False),
    *FACTS,
    ("access", (bits,), False),
    ("error", (one_of("denied", "pending", "throttled"),), True),
    ("charter", (number,), True),
    ("rule", (number,), False),
    ("text", (value,), True),
    ("count", (number,), False),
]
START: List[Line] = [
    ("origin", (origin,), True),
    ("pin", (digest,), True),
    ("software", (value,), True),
    ("replaces", (origin,), False),
]
ALARM: List[Line] = [("kind", (name,), True), ("grant", (digest,), False), ("text", (value,), True)]


class Leaf(NamedTuple):
    """A leaf: its kind, its time in milliseconds, its values by their words."""

    kind: str
    time: int
    values: Dict[str, Any]
    note: Optional[bytes] = None

    def use(self) -> Use:
        """What rules are matched with."""
        get = self.values.get
        clauses = (get("binding"), get("tenant"), get("purpose"), get("ticket"), get("via"))
        return Use(self.values["workload"], self.values["op"], self.values["key"], clauses)


def read_leaf(raw: bytes) -> Leaf:
    head, note = raw, None
    if raw.startswith(b"keyhold.dev/statement@v1\n"):
        end = raw.find(b"\n\n")
        if end < 0:
            raise Malformed("a leaf of a statement has no empty line")
        head, note = raw[: end + 1], raw[end + 2 :]
    lines = Lines(head)
    read = READERS.get(lines.kind)
    if read is None:
        raise Malformed("the text is of no kind of leaf")
    time = lines.take("time", leaf_instant)
    values = read(lines)
    lines.end()
    return Leaf(lines.kind[len(PREFIX) : -3], time, values, note)


def by_table(table: List[Line]) -> Callable[[Lines], Dict[str, Any]]:
    def read(lines: Lines) -> Dict[str, Any]:
        values: Dict[str, Any] = {}
        for word, types, must in table:
            if must or lines.begins(word):
                values[word] = lines.take(word, *types)
        return values

    return read


def read_end(lines: Lines) -> Dict[str, Any]:
    ends: List[int] = []
    while not ends or lines.begins("use"):
        tokens = lines.tokens("use")
        types = (number, outcome, value)
        ends.append(read_all(tokens, types[: max(2, min(3, len(tokens)))])[0])
    if len(set(ends)) != len(ends) or len(ends) > MAX_ENDS:
        raise Malformed("an end names a use twice, or too many")
    return {"uses": ends}


READERS: Dict[str, Callable[[Lines], Dict[str, Any]]] = {
    "keyhold.dev/start@v1": by_table(START),
    "keyhold.dev/statement@v1": by_table([]),
    "keyhold.dev/alarm@v1": by_table(ALARM),
    "keyhold.dev/use@v1": by_table(USE),
    "keyhold.dev/denied@v1": by_table(DENIED),
    "keyhold.dev/end@v1": read_end,
}
