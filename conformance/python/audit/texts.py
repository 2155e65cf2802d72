"""AUDIT.md section 1: lines, values, patterns, lists of operations, and how texts are shown."""

from __future__ import annotations

import datetime
import re
from typing import Any, Callable, List, NamedTuple, Optional, Tuple

MAX_TEXT = 60_000
MAX_VALUE = 1_024
MAX_REASON = 200

PLAIN = re.compile(r"[A-Za-z0-9\-._~/:@=+,]+")
ENCODED = re.compile(r"(?:[A-Za-z0-9\-._~/:@=+,]|%[0-9A-F]{2})+")
ESCAPE = re.compile(rb"%([0-9A-F]{2})")
CONTROL = re.compile("[\u0000-\u001f\u007f-\u009f]")
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
ORIGIN = re.compile(r"[A-Za-z0-9._~/:@-]{1,255}")
NUMBER = re.compile(r"0|[1-9][0-9]{0,14}")
DURATION = re.compile(r"0s|([1-9][0-9]{0,5})([smhd])")
INSTANT = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{3}))?Z")
HASH = re.compile(r"sha256:[0-9a-f]{64}")
BITS = re.compile(r"[0-9a-f]{32}")

SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
EPOCH = datetime.datetime(1970, 1, 1)

OPERATIONS = (
    "wrap unwrap mac sign decrypt agree decapsulate wrap-key unwrap-key create rotate disable enable"
    " describe list public-key certificates"
).split()
OPEN = ("unwrap", "decrypt", "agree", "decapsulate", "unwrap-key")
PROTECT = ("wrap", "wrap-key")

Type = Callable[[str], Any]


class Malformed(Exception):
    """A text, note or record that is not of its form: what is wrong with it."""


# ---- values


def matching(form: re.Pattern, what: str) -> Type:
    def read(token: str) -> str:
        if form.fullmatch(token) is None:
            raise Malformed(f"{shown(token)} is no {what}")
        return token

    return read


name = matching(NAME, "name")
origin = matching(ORIGIN, "origin")
digest = matching(HASH, "hash")
bits = matching(BITS, "128 bits in hexadecimal")


def value(token: str) -> str:
    """Decodes a value, which must be encoded as a writer would encode it."""
    if PLAIN.fullmatch(token) is not None and len(token) <= MAX_VALUE:
        return token
    if ENCODED.fullmatch(token) is None:
        raise Malformed(f"{shown(token)} is not percent-encoded as values are")
    raw = ESCAPE.sub(lambda escape: bytes([int(escape[1], 16)]), token.encode("ascii"))
    if len(raw) > MAX_VALUE:
        raise Malformed(f"a value has {len(raw)} bytes")
    try:
        decoded = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise Malformed("a value is not UTF-8") from None
    if CONTROL.search(decoded) is not None:
        raise Malformed("a value has a control character")
    if encode(decoded) != token:
        raise Malformed(f"{shown(token)} encodes what stands for itself")
    return decoded


def encode(decoded: str) -> str:
    """The encoding that a writer prints."""
    return "".join(
        chr(byte) if PLAIN.fullmatch(chr(byte)) else f"%{byte:02X}" for byte in decoded.encode("utf-8")
    )


def reason(token: str) -> str:
    decoded = value(token)
    if len(decoded) > MAX_REASON:
        raise Malformed(f"a reason has {len(decoded)} characters")
    return decoded


def number(token: str) -> int:
    if NUMBER.fullmatch(token) is None:
        raise Malformed(f"{shown(token)} is no number")
    return int(token)


def from_one(token: str) -> int:
    found = number(token)
    if found < 1:
        raise Malformed("a number is 0 that begins at 1")
    return found


def duration(token: str) -> int:
    """A duration, in seconds."""
    form = DURATION.fullmatch(token)
    if form is None:
        raise Malformed(f"{shown(token)} is no duration")
    return 0 if form[1] is None else int(form[1]) * SECONDS[form[2]]


def milliseconds(token: str, of_leaf: bool) -> int:
    form = INSTANT.fullmatch(token)
    if form is None or (form[7] is not None) != of_leaf or form[1] < "2000":
        raise Malformed(f"{shown(token)} is no instant")
    try:
        moment = datetime.datetime(*(int(form[group]) for group in range(1, 7)))
    except ValueError:
        raise Malformed(f"{token} is no date and time") from None
    since = moment - EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000 + int(form[7] or 0)


def instant(token: str) -> int:
    """An instant of a statement, in milliseconds."""
    return milliseconds(token, False)


def leaf_instant(token: str) -> int:
    """An instant of a leaf, in milliseconds."""
    return milliseconds(token, True)


def one_of(*words: str) -> Type:
    def read(token: str) -> str:
        if token not in words:
            raise Malformed(f"{shown(token)} is not one of {', '.join(words)}")
        return token

    return read


def shown(token: str) -> str:
    """Section 1.4: a decoded value as people are shown it; control characters only as code points."""
    return "".join(
        character
        if " " <= character <= "~"
        else f"[U+{ord(character):04X}]"
        if CONTROL.match(character)
        else f"{character}[U+{ord(character):04X}]"
        for character in token
    )


# ---- patterns (section 1.2)


class Pattern(NamedTuple):
    """A value, a prefix, or everything (a prefix of no characters)."""

    text: str
    prefix: bool

    def matches(self, candidate: Optional[str]) -> bool:
        if candidate is None:
            return False
        if not self.prefix:
            return candidate == self.text
        return candidate.startswith(self.text) and (len(candidate) > len(self.text) or not self.text)


def pattern(token: str) -> Pattern:
    if not token.endswith("*"):
        return Pattern(value(token), False)
    if token == "*":
        return Pattern("", True)
    if token[-2] not in "/-.:":
        raise Malformed(f"{shown(token)}: a star stands alone, or at the end after one of / - . :")
    return Pattern(value(token[:-1]), True)


# ---- operations (section 1.3)

operation = one_of(*OPERATIONS)


def operations(token: str) -> frozenset:
    found: List[str] = []
    for word in token.split(","):
        found.extend(OPEN if word == "open" else PROTECT if word == "protect" else (operation(word),))
    if len(set(found)) != len(found):
        raise Malformed(f"{token} names an operation twice")
    return frozenset(found)


# ---- lines (section 1.1)


class Lines:
    """Reads a text line by line, in the order that its kind has."""

    def __init__(self, text: bytes):
        if len(text) > MAX_TEXT:
            raise Malformed(f"the text has {len(text)} bytes")
        try:
            whole = text.decode("ascii")
        except UnicodeDecodeError:
            raise Malformed("the text is not ASCII") from None
        if not whole.endswith("\n"):
            raise Malformed("the text does not end in a line feed")
        self.lines = whole[:-1].split("\n")
        self.kind = self.lines[0]
        self.at = 0
        self.tokens_there: List[str] = []  # of the line that comes next
        self.advance()

    def advance(self) -> None:
        self.at += 1
        self.tokens_there = self.lines[self.at].split(" ") if self.at < len(self.lines) else []

    def more(self) -> bool:
        return self.at < len(self.lines)

    def next(self) -> List[str]:
        """Takes the next line's word and values."""
        tokens = self.tokens_there
        if not tokens:
            raise Malformed("the text ends too early")
        if "" in tokens:
            raise Malformed(f"line {self.at + 1} is empty, or has a space too many")
        self.advance()
        return tokens

    def begins(self, word: str) -> bool:
        return bool(self.tokens_there) and self.tokens_there[0] == word

    def tokens(self, word: str) -> List[str]:
        """Takes the next line, which must be of this word, and gives its values."""
        tokens = self.next()
        if tokens[0] != word:
            raise Malformed(f"line {self.at}: {shown(tokens[0])} stands where {word} is due")
        return tokens[1:]

    def take(self, word: str, *types: Type) -> Any:
        """Takes the next line, of this word; gives its one value, or a tuple of several."""
        tokens = self.tokens(word)
        if len(types) == 1 and len(tokens) == 1:
            return types[0](tokens[0])
        found = read_all(tokens, types)
        return found[0] if len(types) == 1 else found

    def maybe(self, word: str, *types: Type) -> Any:
        return self.take(word, *types) if self.begins(word) else None

    def end(self) -> None:
        if self.more():
            raise Malformed(f"line {self.at + 1}: {shown(self.lines[self.at][:40])} has no place here")


def read_all(tokens: List[str], types: Tuple[Type, ...]) -> tuple:
    if len(tokens) != len(types):
        raise Malformed(f"a line has {len(tokens)} values instead of {len(types)}")
    return tuple(read(token) for read, token in zip(types, tokens))
