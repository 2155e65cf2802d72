"""AUDIT.md section 6, the tree: hashes, roots, and the paths of tiles."""

from __future__ import annotations

import hashlib
import re
from typing import Iterator, List, NamedTuple, Optional, Tuple

EMPTY = hashlib.sha256(b"").digest()
ENTRIES = "entries"
WIDTH = 256

TILE = re.compile(r"(entries|[0-9]|[1-5][0-9]|6[0-3])/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")


def leaf_hash(leaf: bytes) -> bytes:
    return hashlib.sha256(b"\0" + leaf).digest()


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


class Frontier:
    """The roots of the complete subtrees that the leaves so far make."""

    def __init__(self) -> None:
        self.size = 0
        self.peaks: List[bytes] = []

    def append(self, hashed: bytes) -> None:
        size = self.size
        while size & 1:
            hashed = node(self.peaks.pop(), hashed)
            size >>= 1
        self.peaks.append(hashed)
        self.size += 1

    def root(self) -> bytes:
        if not self.peaks:
            return EMPTY
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = node(peak, root)
        return root


def root_of(hashes: List[bytes]) -> bytes:
    tree = Frontier()
    for hashed in hashes:
        tree.append(hashed)
    return tree.root()


class Tile(NamedTuple):
    """A tile, or a bundle of entries (level "entries"); a width of 256 is a full one."""

    level: str
    number: int
    width: int

    def path(self) -> str:
        groups = []
        rest = self.number
        while not groups or rest:
            groups.append(f"{rest % 1000:03d}")
            rest //= 1000
        parts = [f"x{group}" for group in groups[:0:-1]] + [groups[0]]
        partial = "" if self.width == WIDTH else f".p/{self.width}"
        return f"tile/{self.level}/{'/'.join(parts)}{partial}"

    def height(self) -> int:
        """Of how many leaves' subtree a hash of it is: 256 to this power."""
        return 0 if self.level == ENTRIES else int(self.level)


def tile_at(path: str) -> Optional[Tile]:
    """The tile whose path, below the folder tile, this is; None if the path is not canonical."""
    form = TILE.fullmatch(path)
    if form is None:
        return None
    tile = Tile(form[1], int(form[2].replace("x", "").replace("/", "")), int(form[3] or WIDTH))
    return tile if tile.path() == f"tile/{path}" else None


def tiles_of(size: int, leaves: int) -> Iterator[Tile]:
    """The tiles that a tree of this size asks for, of those that have one of the first leaves."""
    for level in (ENTRIES, *map(str, range(8))):
        height = 0 if level == ENTRIES else int(level)
        count = size >> (8 * height)
        for number in range((count + WIDTH - 1) // WIDTH):
            if number * WIDTH << (8 * height) >= leaves:
                break
            yield Tile(level, number, min(WIDTH, count - number * WIDTH))
