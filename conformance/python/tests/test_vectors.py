"""The vectors of AUDIT.md section 8, read from the page itself."""

import os
import re
import unittest

from audit.leaves import read_leaf
from audit.notes import COSIGNATURE, BadSignature, Checkpoint, Note, signing_keys, verifier_key
from audit.statements import Revoke, read_statement
from audit.texts import Malformed
from audit.tree import Frontier, Tile, leaf_hash, tile_at
from tests import made

PAGE = os.path.join(os.path.dirname(__file__), "..", "..", "..", "docs", "AUDIT.md")


def section_8():
    with open(PAGE, encoding="utf-8") as page:
        return page.read().split("\n## 8. Vectors\n", 1)[1]


def block(start, whole=False):
    """The indented block whose first line begins so, or is that, with the empty lines in it."""
    lines = section_8().split("\n")
    at = next(i for i, line in enumerate(lines) if line[4:] == start or (not whole and line.startswith("    " + start)))
    found = []
    while at < len(lines) and (lines[at].startswith("    ") or (not lines[at] and lines[at + 1].startswith("    "))):
        found.append(lines[at][4:])
        at += 1
    return ("\n".join(found) + "\n").encode()


class Vectors(unittest.TestCase):
    def setUp(self):
        keys = [verifier_key(line) for line in block("alice+").decode().split("\n")[:-1]]
        self.alice, self.log, self.witness, self.bob = keys

    def test_keys(self):
        made_keys = [made.KEYS["alice"], made.LOG_KEYS[made.A1], made.WITNESS_KEY, made.KEYS["bob"]]
        lines = block("alice+").decode().split("\n")[:-1]
        self.assertEqual([key.verifier for key in made_keys], lines)

    def test_statement(self):
        raw = block("keyhold.dev/revoke@v1")
        note = Note(raw)
        stated = re.search(r"its id is `(sha256:[0-9a-f]{64})`", section_8())[1]
        self.assertEqual(stated, note.id)
        self.assertEqual([self.alice], signing_keys(note, [self.bob, self.alice]))
        revoke = read_statement(note)
        self.assertEqual((10, "sha256:" + "11" * 32), (revoke.rule, revoke.grant))
        self.assertIsInstance(revoke, Revoke)

    def test_leaf(self):
        leaf = block("keyhold.dev/start@v1")
        stated = re.search(r"leaf hash is `([0-9a-f]{64})`", section_8())[1]
        self.assertEqual((172, stated), (len(leaf), leaf_hash(leaf).hex()))
        begins = re.search(r"its record begins with `([0-9a-f]{24})`", section_8())[1]
        self.assertTrue(made.record(leaf).hex().startswith(begins))
        self.assertEqual("log.example/a1", read_leaf(leaf).values["origin"])

    def test_checkpoint(self):
        raw = block("log.example/a1", whole=True)
        checkpoint = Checkpoint(raw)
        leaf = block("keyhold.dev/start@v1")
        self.assertEqual((1, leaf_hash(leaf)), (checkpoint.size, checkpoint.root))
        self.assertIsNone(checkpoint.fault("log.example/a1", [self.log], [self.witness]))
        self.assertEqual([1_764_280_800], checkpoint.cosigned([self.witness]))
        self.assertEqual(COSIGNATURE, self.witness.kind)
        self.assertIsNotNone(checkpoint.fault("log.example/b1", [self.log], [self.witness]))
        self.assertIsNotNone(checkpoint.fault("log.example/a1", [], [self.witness]))

    def test_roots(self):
        rows = re.findall(r"\| (\d+) \| `([0-9a-f]{64})` \|", section_8())
        self.assertEqual(8, len(rows))
        for size, root in rows:
            tree = Frontier()
            for number in range(int(size)):
                tree.append(leaf_hash(b"%d" % number))
            self.assertEqual(root, tree.root().hex(), size)

    def test_paths_of_tiles(self):
        for tile, path in (
            (Tile("0", 0, 256), "tile/0/000"),
            (Tile("1", 1_234_067, 256), "tile/1/x001/x234/067"),
            (Tile("entries", 67, 3), "tile/entries/067.p/3"),
            (Tile("0", 1_000, 255), "tile/0/x001/000.p/255"),
        ):
            self.assertEqual(path, tile.path())
            self.assertEqual(tile, tile_at(path[5:]))
        for path in ("0/00", "0/x000/001", "00/000", "64/000", "0/000.p/0", "0/000.p/256", "0/000.p/01", "0/001/002", "a", "0/0000", "entries/x/000"):
            self.assertIsNone(tile_at(path), path)


class Signatures(unittest.TestCase):
    def test_each_flipped_bit_of_a_note_is_found(self):
        """No bit of the text, of a name, of an id or of a signature can be another."""
        raw = made.note(made.short("revoke", "rule 10", f"grant {made.PIN}", "reason r"), ["alice", "bob"])
        known = [verifier_key(made.KEYS[name].verifier) for name in made.ALL]
        self.assertEqual(2, len(signing_keys(Note(raw), known)))
        for position in range(len(raw)):
            for bit in range(8):
                changed = bytearray(raw)
                changed[position] ^= 1 << bit
                with self.assertRaises((Malformed, BadSignature), msg=f"byte {position}, bit {bit}"):
                    signing_keys(Note(bytes(changed)), known)


if __name__ == "__main__":
    unittest.main()
