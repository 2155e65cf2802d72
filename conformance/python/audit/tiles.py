"""AUDIT.md section 7, step 5: the tiles and bundles against the leaves that were read."""

from __future__ import annotations

import os
from typing import Callable, Dict, List

from .folder import files_below, partials, read_at_most
from .tree import ENTRIES, WIDTH, Tile, root_of, tile_at, tiles_of

HASH = 32
Report = Callable[[str, object, str], None]


class TileCheck:
    """Takes the leaves in order; compares each block of 256 with its tile and bundle, and the rest at the end."""

    def __init__(self, folder: str, report: Report):
        self.folder = folder
        self.report = report
        self.leaves = 0
        self.block: List[bytes] = []
        self.hashes: List[bytes] = []
        self.nodes: Dict[int, bytearray] = {}  # from level 1 on: the hashes of complete subtrees

    def append(self, leaf: bytes, hashed: bytes) -> None:
        self.leaves += 1
        self.block.append(leaf)
        self.hashes.append(hashed)
        if len(self.hashes) == WIDTH:
            self.compare_block()
            self.add_node(1, root_of(self.hashes))
            self.block, self.hashes = [], []

    def add_node(self, level: int, hashed: bytes) -> None:
        nodes = self.nodes.setdefault(level, bytearray())
        nodes += hashed
        if len(nodes) % (WIDTH * HASH) == 0:
            last = nodes[-WIDTH * HASH :]
            children = [bytes(last[at : at + HASH]) for at in range(0, len(last), HASH)]
            self.add_node(level + 1, root_of(children))

    # ---- level 0 and entries, block by block

    def compare_block(self) -> None:
        number = (self.leaves - 1) // WIDTH
        for level, compare in (("0", self.compare_hashes), (ENTRIES, self.compare_entries)):
            full = Tile(level, number, WIDTH)
            names = [name for name in partials(self.folder, full.path()) if name.isdigit()]
            tiles = [full] + [Tile(level, number, int(name)) for name in names]
            for tile in tiles:
                canonical = tile_at(tile.path()[len("tile/") :]) == tile
                if canonical and os.path.isfile(os.path.join(self.folder, tile.path())):
                    compare(tile)

    def read(self, tile: Tile, length: int) -> bytes:
        return read_at_most(os.path.join(self.folder, tile.path()), length)

    def compare_hashes(self, tile: Tile) -> None:
        content = self.read(tile, WIDTH * HASH)
        for index, hashed in enumerate(self.hashes[: tile.width]):
            if content[index * HASH : (index + 1) * HASH] != hashed:
                self.differs(tile, index)
                return
        if tile.width <= len(self.hashes) and len(content) != tile.width * HASH:
            self.differs(tile, tile.width)

    def differs(self, tile: Tile, index: int) -> None:
        self.report("leaf-hash", tile.number * WIDTH + index, f"the leaf is not that of {tile.path()}")

    def compare_entries(self, tile: Tile) -> None:
        expected = b"".join(len(leaf).to_bytes(2, "big") + leaf for leaf in self.block[: tile.width])
        whole = tile.width <= len(self.block)
        content = self.read(tile, len(expected))
        if content != expected if whole else not content.startswith(expected):
            self.report(ENTRIES, tile.path(), "the bundle has other leaves than the segments")

    # ---- the rest, once all leaves were read

    def finish(self, size: int) -> None:
        """Looks at all files, and for all tiles that a tree of this size asks for."""
        if self.hashes:
            self.compare_block()
        tile_folder = os.path.join(self.folder, "tile")
        if os.path.isdir(tile_folder):
            for path in files_below(tile_folder):
                tile = tile_at(path)
                if tile is None:
                    self.report("stray", f"tile/{path}", "the file belongs to no tile")
                else:
                    self.compare_file(tile)
        for tile in tiles_of(size, self.leaves):
            full = tile._replace(width=WIDTH)
            if not any(os.path.isfile(os.path.join(self.folder, t.path())) for t in (tile, full)):
                self.report("tile-missing", tile.path(), f"a tree of {size} leaves asks for it")

    def compare_file(self, tile: Tile) -> None:
        height = tile.height()
        first, complete = tile.number * WIDTH, self.leaves >> (8 * height)
        if first + tile.width > complete:
            self.report("truncated", "-", f"{tile.path()} has hashes of leaves that are not there")
        if height == 0:
            return
        there = min(tile.width, max(0, complete - first))
        expected = bytes(self.nodes.get(height, b"")[first * HASH : (first + there) * HASH])
        content = self.read(tile, WIDTH * HASH)
        if (content if there == tile.width else content[: len(expected)]) != expected:
            self.report("tile", tile.path(), "the tile has other hashes than the leaves give")
