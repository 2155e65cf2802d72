"""The grammar of AUDIT.md section 1 and the texts of sections 3 to 5: what is accepted, and what is not."""

import base64
import hashlib
import unittest

from audit.charter import Charter
from audit.leaves import read_leaf
from audit.notes import Note, verifier_key
from audit.statements import read_statement
from audit.texts import (
    Lines,
    Malformed,
    duration,
    encode,
    instant,
    leaf_instant,
    name,
    number,
    operations,
    pattern,
    reason,
    shown,
    value,
)
from tests import made


class Values(unittest.TestCase):
    def refuses(self, read, *tokens):
        for token in tokens:
            with self.subTest(token), self.assertRaises(Malformed):
                read(token)

    def test_values_have_one_encoding(self):
        for text in ("a", "a b", "ü", "100%", "*", "a\u00a0b", "pkcs11:object=orders", "x" * 1024):
            self.assertEqual(text, value(encode(text)))
        self.refuses(value, "%41", "%2f", "%C3", "%FF", "%0A", "%7F", "%C2%80", "%ED%A0%80", "a b", "", "%", "%G0", "*")
        self.refuses(value, "x" * 1025, "%C3%BC" * 513, "ü", "a\n", "a?")

    def test_numbers_durations_and_names(self):
        self.assertEqual([0, 7, 999_999_999_999_999], [number(t) for t in ("0", "7", "9" * 15)])
        self.refuses(number, "00", "01", "-1", "+1", "1" * 16, "", "1 ", "١")
        self.assertEqual([0, 90, 5_400, 28_800, 864_000], [duration(t) for t in ("0s", "90s", "90m", "8h", "10d")])
        self.refuses(duration, "0m", "05s", "1", "s", "1w", "1000000s", "1S")
        self.refuses(name, "A", "-a", ".a", "a b", "a" * 65, "a/b", "", "a\n")
        self.refuses(reason, "x" * 201)
        self.assertEqual("ü" * 200, reason(encode("ü" * 200)))

    def test_instants(self):
        self.assertEqual(951_782_400_000, instant("2000-02-29T00:00:00Z"))
        self.assertEqual(1_764_280_800_001, leaf_instant("2025-11-27T22:00:00.001Z"))
        self.refuses(instant, "1999-12-31T23:59:59Z", "2026-02-29T00:00:00Z", "2026-11-27T24:00:00Z")
        self.refuses(instant, "2026-11-27T22:00:60Z", "2026-11-27T22:00:00.000Z", "2026-11-27t22:00:00Z")
        self.refuses(leaf_instant, "2026-11-27T22:00:00Z", "2026-11-27T22:00:00.00Z", "2026-11-27T22:00:00.0000Z")

    def test_operations(self):
        self.assertEqual({"unwrap", "decrypt", "agree", "decapsulate", "unwrap-key"}, operations("open"))
        self.assertEqual({"wrap", "wrap-key", "sign"}, operations("protect,sign"))
        self.refuses(operations, "open,unwrap", "sign,sign", "*", "", "sign,", "read")

    def test_patterns(self):
        self.assertTrue(pattern("*").matches("anything"))
        self.assertFalse(pattern("*").matches(None))
        self.assertTrue(pattern("INC-*").matches("INC-1"))
        self.assertFalse(pattern("INC-*").matches("INC-"))
        self.assertFalse(pattern("INC-*").matches("inc-1"))
        self.assertTrue(pattern("%2A").matches("*"))
        self.assertFalse(pattern("%2A").matches("a"))
        self.assertTrue(pattern("spiffe://acme/*").matches("spiffe://acme/ns/a"))
        self.assertFalse(pattern("a").matches("ab"))
        self.refuses(pattern, "ns/pay*", "a-*b", "**", "*a", "a%2F*", "/-.:**")

    def test_people_are_shown_code_points(self):
        self.assertEqual("mü[U+00FC]ller", shown("müller"))
        self.assertEqual("[U+001B][2J", shown("\u001b[2J"))


class Texts(unittest.TestCase):
    def refuses(self, read, text, *changes):
        read(text)
        for old, new in changes:
            changed = text.replace(old, new, 1)
            self.assertNotEqual(text, changed, old)
            with self.subTest(f"{old!r} -> {new!r}"), self.assertRaises(Malformed):
                read(changed)

    def test_lines(self):
        for text in (b"", b"a", b"a\n\n", b"a\n b\n", b"a\nb \n", b"a\nb  c\n", b"a\r\nb\n", b"\n", "a\nü\n".encode()):
            with self.subTest(text), self.assertRaises(Malformed):
                lines = Lines(text)
                if lines.kind != "a":
                    raise Malformed("no kind")
                lines.tokens("b")
                lines.end()
        with self.assertRaises(Malformed):
            Lines(b"a\n" + b"b\n" * 30_000)

    def test_charters(self):
        vkey = made.KEYS["frank"].verifier
        second = f"log x {made.LOG_KEYS[made.A1].verifier.replace('log.example/a1', 'x')}\n"
        self.refuses(
            lambda text: Charter(text.encode(), "id"),
            made.FIRST,
            ("version 1\n", "version 0\n"),
            ("version 1\n", "version 2\n"),
            ("version 1\n", f"version 1\nprevious {made.PIN}\n"),
            ("owners 2", "owners 0"),
            ("owners 2", "owners 4"),
            ("owners 2 of alice bob", "owners 2 of alice alice"),
            ("owners 2 of alice", "owners 2 of zoe"),
            ("witness", second + "witness"),
            ("witness w.example", "witness w2.example"),
            ("\nwitness", f"\nlog {made.A1} {made.LOG_KEYS[made.A1].verifier}\nwitness"),
            ("person alice", f"person zed {made.KEYS['bob'].verifier}\nperson alice"),
            ("person alice", "person Alice"),
            ("group security", "group empty\ngroup security"),
            ("group security alice dave", "group security alice alice"),
            ("group security alice dave", "group security alice zoe"),
            ("group security", "group data-owner"),
            ("ca sha256", "ca md5"),
            ("spiffe://acme ca", "https://acme ca"),
            ("spiffe://acme ca", "spiffe://acme/x ca"),
            ("key other pkcs11:object=other", "key other pkcs11:object=orders"),
            ("key other", "key orders"),
            ("workload api spiffe:", "workload api *:"),
            ("workload api spiffe://acme/ns/pay/sa/api", "workload api *"),
            ("workload reports", "workload api"),
            ("rule 20", "rule 10"),
            ("rule 20", "rule 5"),
            ("rule 20 protect orders by api", "rule 20 protect orders by other"),
            ("rule 20 protect orders", "rule 20 protect gold"),
            ("rule 20 protect orders by", "rule 20 protect orders"),
            ("tenant * purpose fraud-review", "purpose fraud-review tenant *"),
            (" max 8h 1000-objects 5-epochs", ""),
            ("8h 1000-objects", "8h 100001-objects"),
            ("8h 1000-objects", "8h"),
            (" needs 1 security 1 data-owner", ""),
            ("needs 1 security 1 data-owner", "needs 1 security 1 security"),
            ("needs 1 security 1 data-owner", "needs 2 security 3 data-owner"),
            ("needs 1 security", "needs 0 security"),
            ("needs 1 security", "needs 1 gods"),
            ("5-epochs\n", "5-epochs hold 5m\n"),
            ("hold 5m", "hold 5m review 5d"),
            ("review 5d", "review 5d tail"),
            ("keyhold.dev/charter@v1", "keyhold.dev/charter@v2"),
            (f"witness {made.WITNESS} {made.WITNESS_KEY.verifier}", f"witness frank {vkey}"),
            (made.WITNESS_KEY.verifier, made.WITNESS_KEY.verifier + " maybe"),
        )

    def test_statements(self):
        def read(text):
            read_statement(Note(made.note(text, ["alice"])))

        self.refuses(
            read,
            made.grant(),
            ("rule 10", "rule 010"),
            ("asked-by carol\n", ""),
            ("open orders", "* orders"),
            ("open orders", "open *"),
            ("binding orders tenant acme", "tenant acme binding orders"),
            ("binding orders", "binding"),
            ("purpose fraud-review ticket INC-1234", "ticket INC-1234 purpose fraud-review"),
            ("purpose fraud-review ticket INC-1234", "purpose"),
            ("objects 5", "objects -5"),
            (made.B1, made.A1),
            ("epochs 1\n", "epochs 1 \n"),
            ("nonce 0", "nonce g"),
            ("nonce", f"at {made.A1} objects 1 epochs 0\nnonce"),
            ("from 2026", "from 1999"),
        )
        read(made.grant().replace("purpose fraud-review ", ""))
        read(made.grant().replace("purpose fraud-review ticket INC-1234\n", ""))
        freeze = made.short("freeze", "freeze all", "reason r", f"from {made.instant(0x6A000000)}", "until 2030-01-01T00:00:00Z")
        self.refuses(read, freeze, ("freeze all", "freeze all all"), ("freeze all", "freeze log x"), ("freeze all", "freeze key"))
        self.refuses(read, made.short("lift", f"freeze {made.PIN}", "reason r"), ("reason r\n", ""), ("lift@v1", "drop@v1"))
        for kind, lines in (
            ("revoke", ("rule 10", f"grant {made.PIN}")),
            ("review", (f"grant {made.PIN}",)),
            ("close", (f"log {made.B1}", "size 7", f"root {made.PIN}")),
        ):
            self.refuses(read, made.short(kind, *lines, "reason r"), ("nonce", "nonsense"), ("reason r", "reason"))

    def test_leaves(self):
        log = made.MadeLog().begin()
        log.use(1, made.PIN)
        log.end(2)
        self.refuses(
            lambda text: read_leaf(text.encode()),
            log.leaves[2].decode(),
            ("via library", "via phone"),
            ("op unwrap", "op open"),
            ("identity", "id"),
            ("unit object", "unit objects"),
            ("1 of 5", "1 5"),
            ("1 of 5", "01 of 5"),
            ("hold 0s", "hold 0"),
            ("access 0", "access A"),
            ("charter 1\n", ""),
            ("binding orders\ntenant acme\n", "tenant acme\nbinding orders\n"),
            ("use@v1", "used@v1"),
        )
        self.refuses(
            lambda text: read_leaf(text.encode()),
            log.leaves[3].decode(),
            ("use 2 done req-2\n", ""),
            ("use 2 done req-2\n", "use 2 done\nuse 2 done\n"),
            ("done", "broken"),
            ("req-2", "req-2 more"),
            ("use 2 done req-2\n", "".join(f"use {n} done\n" for n in range(257))),
        )
        read_leaf(log.leaves[3].replace(b" req-2", b""))
        with self.assertRaises(Malformed):
            read_leaf(log.leaves[1].replace(b"\n\n", b"\n"))

    def test_weak_ed25519_keys(self):
        """Not canonical, or of small order: anybody can make signatures under such a key."""
        for public in (
            "00" * 32,
            "01" + "00" * 31,
            "01" + "00" * 30 + "80",
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
            "ec" + "ff" * 30 + "7f",
            "ee" + "ff" * 30 + "7f",
            "ff" * 32,
        ):
            for kind in (1, 4):
                raw = bytes([kind]) + bytes.fromhex(public)
                key_id = hashlib.sha256(b"alice\n" + raw).hexdigest()[:8]
                token = "alice+%s+%s" % (key_id, base64.b64encode(raw).decode("ascii"))
                with self.assertRaisesRegex(Malformed, "small order"):
                    verifier_key(token)

    def test_verifier_keys(self):
        for key in made.KEYS.values():
            verifier = verifier_key(key.verifier)
            self.assertEqual(key.key_id, verifier.key_id)
            prefix, _, encoded = key.verifier.rpartition("+")
            for changed in (key.verifier[:-1], key.verifier.upper(), f"{prefix[:-1]}g+{encoded}", f"b{key.verifier}"[:-4]):
                with self.subTest(changed), self.assertRaises(Malformed):
                    verifier_key(changed)


if __name__ == "__main__":
    unittest.main()
