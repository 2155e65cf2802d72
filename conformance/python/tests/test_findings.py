"""Each finding of AUDIT.md section 7.1: a log with that fault and no other has that finding and no other."""

import os
import shutil
import tempfile
import unittest

from audit.together import verify
from audit.tree import leaf_hash
from tests import made, verdicts
from tests.made import A1, B1, NOON, PIN, MadeLog, instant, sha256

GRANT = made.grant()
GRANT_ID = sha256(GRANT.encode())
SIGNERS = ["carol", "alice", "bob"]


class Folders(unittest.TestCase):
    def setUp(self):
        self.root = tempfile.mkdtemp(prefix="keyhold-audit")
        self.addCleanup(shutil.rmtree, self.root)

    def write(self, log, name="a1", checkpoint=None):
        return log.write(os.path.join(self.root, name), checkpoint)

    def pairs(self, *folders, pin=PIN):
        sources = [(f, None) if isinstance(f, str) else f for f in folders]
        result = verify(pin, sources)
        self.assertEqual([], result.unreadable)
        verdicts.keep(self.id(), pin, sources, result)
        found = {(f.code, f.place) for f in result.findings.list}
        self.assertEqual(1 if found else 0, result.exit_code())
        self.notices = {(f.code, f.place) for f in result.notices.list if f.code != "log-missing"}
        return found

    def expect(self, log, *expected, notices=()):
        self.assertEqual(set(expected), self.pairs(self.write(log)))
        self.assertEqual(set(notices), self.notices)


class Statements(Folders):
    def setUp(self):
        super().setUp()
        self.log = MadeLog().begin()

    def refused(self, code, text, signers):
        at = self.log.statement(text, signers)
        self.expect(self.log, (code, str(at)))

    def test_whole(self):
        self.log.statement(GRANT, SIGNERS)
        used = [self.log.use(1, GRANT_ID), self.log.use(1, GRANT_ID), self.log.use(2), self.log.use(3, GRANT_ID)]
        self.log.end(*used)
        self.expect(self.log)

    def test_statement_syntax(self):
        self.refused("statement-syntax", GRANT.replace("rule 10", "rule 010"), SIGNERS)

    def test_charter_chain(self):
        self.refused("charter-chain", GRANT.replace(PIN, sha256(b"other")), SIGNERS)

    def test_charter_that_does_not_follow(self):
        self.refused("charter-chain", made.charter(3, PIN), made.ALL)

    def test_charter_with_too_few_owners(self):
        self.refused("quorum", made.charter(2, PIN), ["alice", "dave"])

    def test_charter_without_its_new_key(self):
        people = [f"person {n.rstrip('2')} {made.KEYS[n].verifier}" for n in [*made.ALL, "frank"]]
        self.refused("quorum", made.charter(2, PIN, person=people), ["alice", "bob"])

    def test_charter_with_a_key_that_was_another_persons(self):
        people = [f"person {n.rstrip('2')} {made.KEYS[n].verifier}" for n in made.ALL]
        people[-1] = f"person dave {made.KEYS['erin'].verifier}"
        groups = ["group security alice dave", "group data-owner bob", "group oncall carol dave"]
        self.refused("quorum", made.charter(2, PIN, person=people, group=groups), ["alice", "bob"])

    def test_signature(self):
        at = self.log.add("statement", "", b"\n" + made.note(GRANT, SIGNERS).replace(b"disputed", b"disputes"))
        self.expect(self.log, ("signature", str(at)))

    def test_signature_of_a_stranger(self):
        self.refused("signature", GRANT, [*SIGNERS, "frank"])

    def test_signature_twice(self):
        self.refused("signature", GRANT, [*SIGNERS, "carol"])

    def test_asker_does_not_count(self):
        self.refused("quorum", made.grant(asked_by="alice"), ["alice", "bob"])

    def test_asker_has_not_signed(self):
        self.refused("quorum", GRANT, ["alice", "bob"])

    def test_one_person_with_two_keys_counts_once(self):
        rule = made.RULES[0].replace("1 security 1 data-owner", "2 oncall")
        log = MadeLog(pin=sha256(made.charter(rule=[rule]).encode()))
        log.start()
        log.statement(made.charter(rule=[rule]), made.ALL)
        text = made.grant(asked_by="alice").replace(PIN, log.pin)
        at = log.statement(text, ["alice", "carol", "carol2"])
        self.assertEqual({("quorum", str(at))}, self.pairs(self.write(log), pin=log.pin))
        log.statement(text, ["alice", "carol", "dave"])
        self.assertEqual({("quorum", str(at))}, self.pairs(self.write(log), pin=log.pin))

    def test_one_person_does_not_fill_two_places(self):
        self.refused("quorum", GRANT, ["carol", "alice", "dave"])

    def test_duplicate(self):
        self.log.statement(GRANT, SIGNERS)
        self.refused("duplicate", GRANT, SIGNERS)

    def test_a_refused_statement_can_come_again(self):
        self.refused("quorum", GRANT, ["carol", "alice"])
        self.log.statement(GRANT, SIGNERS)
        self.log.end(self.log.use(1, GRANT_ID))
        self.expect(self.log, ("quorum", "2"))

    def test_grant_elsewhere(self):
        self.refused("grant-elsewhere", made.grant(at={B1: "objects 1 epochs 0"}), SIGNERS)

    def test_expired(self):
        self.log.clock += 5 * 3_600_000
        self.refused("expired", GRANT, SIGNERS)

    def test_grant_terms(self):
        far = {A1: "objects 500 epochs 0", "log.example/zz": "objects 1 epochs 0"}
        cases = [
            {"until": instant(NOON + 8 * 3600 + 1)},
            {"from": instant(NOON + 4 * 3600)},
            {"rule": 11},
            {"rule": 20},
            {"open,sign": "orders binding orders", "open": ""},
            {"workload": "reports"},
            {"workload": "nobody"},
            {"open": "other binding orders"},
            {"open": "gold binding orders"},
            {"at": {A1: "objects 500 epochs 0", B1: "objects 501 epochs 0"}},
            {"at": {A1: "objects 5 epochs 3", B1: "objects 5 epochs 3"}},
            {"at": far},
        ]
        expected = []
        for number, case in enumerate(cases):
            text = made.grant(100 + number, **case).replace("open \n", "")
            if "open,sign" in case:
                text = made.grant(100 + number).replace("open orders", "open,sign orders")
            expected.append(("grant-terms", str(self.log.statement(text, SIGNERS))))
        self.expect(self.log, *expected)

    def test_freezes(self):
        def freeze(number, hours, *signers, start=NOON):
            lines = ("freeze key orders", "reason r", f"from {instant(start)}", f"until {instant(start + hours * 3600)}")
            text = made.short("freeze", *lines, number=number)
            return text, self.log.statement(text, signers)

        bad = [
            ("quorum", freeze(1, 9, "dave")[1]),
            ("quorum", freeze(2, 1, "carol")[1]),
            ("expired", freeze(3, 1, "dave", start=NOON - 7200)[1]),
        ]
        text, _ = freeze(4, 9, "dave", "erin")
        bad.append(("frozen", self.log.use(1)))
        bad.append(("quorum", self.log.statement(lift(text, 5), ["dave"])))
        bad.append(("frozen", self.log.use(2)))
        self.log.statement(lift(text, 6), ["dave", "erin"])
        self.log.use(3)
        self.log.statement(lift(freeze(7, 9, "alice", "carol")[0], 8), ["alice", "bob"])
        self.log.use(4)
        bad.append(("grant-terms", freeze(9, 0, "dave", start=NOON + 3600)[1]))
        self.expect(self.log, *((code, str(at)) for code, at in bad))

    def test_reviews_and_closes(self):
        self.log.statement(GRANT, SIGNERS)
        review = [f"grant {GRANT_ID}", "reason r"]
        bad = [
            ("quorum", self.log.statement(made.short("review", *review, number=1), ["alice"])),
            ("quorum", self.log.statement(made.short("review", *review, number=2), ["carol2"])),
            ("grant-terms", self.log.statement(made.short("review", f"grant {PIN}", "reason r"), ["alice"])),
        ]
        close = ["size 1", f"root {PIN}", "reason r"]
        for origin, signers, code in ((A1, ["alice", "bob"], "grant-terms"), (B1, ["alice"], "quorum")):
            text = made.short("close", f"log {origin}", *close)
            bad.append((code, self.log.statement(text, signers)))
        self.log.statement(made.short("close", f"log {B1}", *close), ["alice", "bob"])
        self.expect(self.log, *((code, str(at)) for code, at in bad))


def lift(freeze, number):
    return made.short("lift", f"freeze {sha256(freeze.encode())}", "reason r", number=number)


class Uses(Folders):
    def setUp(self):
        super().setUp()
        self.log = MadeLog().begin()
        self.log.statement(GRANT, SIGNERS)

    def test_judged_otherwise(self):
        cases = [
            {"charter": "2"},
            {"workload": "reports"},
            {"identity": "spiffe://acme/ns/zz"},
            {"rule": "30"},
            {"binding": "gold"},
            {"tenant": ""},
            {"key": "pkcs11:object=gold"},
            {"op": "mac"},
            {"hold": "1m"},
            {"grant": f"{sha256(b'no')} 1 of 5"},
        ]
        at = [self.log.use(n, **case) for n, case in enumerate(cases)]
        at.append(self.log.use(20, GRANT_ID, hold=""))
        self.expect(self.log, *(("judged-otherwise", str(index)) for index in at))

    def test_hold_of_a_rule(self):
        reader = {"identity": "spiffe://acme/ns/bi/x", "workload": "reports", "rule": "30", "op": "unwrap"}
        self.log.use(1, hold="5m", **reader)
        self.log.use(2, hold="300s", **reader)
        at = self.log.use(3, hold="6m", **reader)
        self.expect(self.log, ("judged-otherwise", str(at)))

    def test_grant(self):
        other = made.grant(2, until=instant(NOON + 60))
        self.log.statement(other, SIGNERS)
        self.log.clock += 60_000
        at = [
            self.log.use(1, GRANT_ID, tenant="globex"),
            self.log.use(2, GRANT_ID, ticket="INC-1235"),
            self.log.use(3, sha256(b"none")),
            self.log.use(4, sha256(other.encode())),
            self.log.use(5, GRANT_ID, grant=" ", rule="10").__int__(),
        ]
        self.log.leaves[at[-1]] = self.log.leaves[at[-1]].replace(b"grant  \n", b"")
        self.rebuild()
        self.expect(self.log, *(("grant", str(index)) for index in at))

    def rebuild(self):
        self.log.tree = type(self.log.tree)()
        for leaf in self.log.leaves:
            self.log.tree.append(leaf_hash(leaf))

    def test_revoked(self):
        lines = [f"grant {GRANT_ID}", "reason r"]
        bad = [("quorum", self.log.statement(made.short("revoke", "rule 10", *lines), ["carol"]))]
        self.log.statement(made.short("revoke", "rule 90", *lines), ["carol"])  # of another rule: no effect
        self.log.use(1, GRANT_ID)
        self.log.statement(made.short("revoke", "rule 10", *lines), ["bob"])
        bad.append(("grant", self.log.use(2, GRANT_ID)))
        self.expect(self.log, *((code, str(at)) for code, at in bad))

    def test_revoked_before_it_came(self):
        text = made.grant(3)
        revoke = made.short("revoke", "rule 10", f"grant {sha256(text.encode())}", "reason r")
        self.log.statement(revoke, ["bob"])
        self.log.statement(text, SIGNERS)
        at = self.log.use(2, sha256(text.encode()))
        self.expect(self.log, ("grant", str(at)))

    def test_frozen_signer(self):
        freeze = ("freeze person bob", "reason r", f"from {instant(NOON)}", f"until {instant(NOON + 3600)}")
        self.log.statement(made.short("freeze", *freeze), ["dave"])
        at = self.log.use(1, GRANT_ID)
        self.log.clock += 3_600_000
        self.log.cosign()
        self.log.use(2, GRANT_ID)
        self.expect(self.log, ("grant", str(at)), notices=[("no-end", str(at))])

    def test_signer_who_was_removed(self):
        groups = ["group security alice dave", "group data-owner erin", "group oncall carol", "group freezer dave"]
        self.log.statement(made.charter(2, PIN, group=groups), ["alice", "bob"])
        at = self.log.use(1, GRANT_ID, charter="2")
        self.expect(self.log, ("grant", str(at)))

    def test_break_glass(self):
        text = made.grant(9, 90, at={A1: "objects 5 epochs 0"})
        grant = sha256(text.encode())
        taken = self.log.statement(text, ["carol", "dave"])
        clauses = {"rule": "90", "purpose": "break-glass", "ticket": ""}
        at = self.log.use(1, grant, **clauses)
        self.log.add("alarm", f"kind break-glass\ngrant {grant}\ntext used\n")
        self.log.end(at, self.log.use(2, grant, **clauses))
        self.expect(self.log, ("alarm-missing", str(at)))
        self.log.clock += 6 * 86_400_000
        self.log.start()
        self.expect(self.log, ("alarm-missing", str(at)), notices=[("review-due", str(taken))])
        self.log.statement(made.short("review", f"grant {grant}", "reason r"), ["alice"])
        self.expect(self.log, ("alarm-missing", str(at)))

    def test_counts(self):
        used = [self.log.use(n, GRANT_ID) for n in range(5)]
        used.append(self.log.use(0, GRANT_ID))
        used.append(self.log.use(0, GRANT_ID, share=1, unit="epoch"))
        wrong = self.log.use(0, GRANT_ID, grant=f"{GRANT_ID} 4 of 5")
        over = self.log.use(6, GRANT_ID)
        epoch = self.log.use(7, GRANT_ID, share=1, unit="epoch")
        self.log.end(*used)
        expected = [("count", wrong), ("grant-exceeded", over), ("grant-exceeded", epoch)]
        self.expect(self.log, *((code, str(at)) for code, at in expected))

    def test_ends(self):
        used = self.log.use(1)
        self.log.end(used)
        at = [self.log.end(used), self.log.end(0), self.log.end(99)]
        late = self.log.use(2)
        self.log.clock += 61_000
        self.log.start()
        at.append(self.log.end(late))
        self.expect(self.log, *(("end", str(index)) for index in at), notices=[("no-end", str(late))])

    def test_start(self):
        at = self.log.add("start", f"origin {B1}\npin {PIN}\nsoftware x\n")
        more = self.log.add("start", f"origin {A1}\npin {sha256(b'')}\nsoftware x\n")
        self.expect(self.log, ("start", str(at)), ("start", str(more)))

    def test_time(self):
        self.log.use(1)
        self.log.clock -= 3_600_000
        at = [self.log.use(2), self.log.use(3)]
        self.log.clock += 3_600_000
        self.log.use(4)
        self.expect(self.log, *(("time", str(index)) for index in at))

    def test_leaf_syntax(self):
        at = self.log.raw(b"keyhold.dev/use@v1\n")
        self.expect(self.log, ("leaf-syntax", str(at)))

    def test_log_that_begins_otherwise(self):
        log = MadeLog()
        log.statement(made.FIRST, made.ALL)
        self.expect(log, ("start", "0"))

    def test_log_without_a_charter(self):
        log = MadeLog()
        log.start()
        self.expect(log, ("charter-chain", "-"))


class Trees(Folders):
    def setUp(self):
        super().setUp()
        self.log = MadeLog().begin()
        for number in range(300):
            self.log.use(number, step=10)
            if number % 100 == 50:
                self.log.cosign()
        self.folder = self.write(self.log)
        self.assertEqual(set(), self.pairs(self.folder))

    def path(self, name):
        return os.path.join(self.folder, name)

    def change(self, name, position, content=None):
        with open(self.path(name), "r+b") as file:
            file.seek(position)
            old = file.read(1)
            file.seek(position)
            file.write(bytes([old[0] ^ 1]) if content is None else content)

    def test_leaf_in_the_segment(self):
        position = sum(len(made.record(leaf)) for leaf in self.log.leaves[:270])
        leaf = self.log.leaves[270].replace(b"binding orders", b"binding order5")
        self.change("segment/00000000", position, made.record(leaf))
        expected = {("judged-otherwise", "270"), ("leaf-hash", "270"), ("root", "checkpoint")}
        expected |= {("entries", "tile/entries/001.p/46")}
        self.assertEqual(expected, self.pairs(self.folder))

    def test_record(self):
        self.change("segment/00000000", sum(len(made.record(leaf)) for leaf in self.log.leaves[:100]) + 8)
        self.assertEqual({("record", "100"), ("truncated", "-"), ("history", "1"), ("history", "2")}, self.pairs(self.folder))

    def test_truncated(self):
        with open(self.path("segment/00000000"), "r+b") as file:
            file.truncate(os.path.getsize(file.name) - 3)
        self.assertEqual({("truncated", "-")}, self.pairs(self.folder))
        self.assertEqual({("torn-tail", "-")}, self.notices)

    def test_other_files(self):
        made.write(self.folder, "segment/notes.txt", b"")
        made.write(self.folder, "segment/.hidden", b"")
        made.write(self.folder, "tile/0/0001", b"")
        made.write(self.folder, "lock/pid", b"")
        self.assertEqual({("record", "302"), ("stray", "tile/0/0001")}, self.pairs(self.folder))

    def test_tiles(self):
        os.remove(self.path("tile/entries/000"))
        os.remove(self.path("tile/1/000.p/1"))
        self.change("tile/0/000", 5 * 32)
        made.write(self.folder, "tile/0/001.p/45", b"".join(map(leaf_hash, self.log.leaves[256:301])))
        made.write(self.folder, "tile/0/001.p/47", b"".join(map(leaf_hash, self.log.leaves[256:302])) + bytes(32))
        expected = {("tile-missing", "tile/entries/000"), ("tile-missing", "tile/1/000.p/1"), ("leaf-hash", "5")}
        self.assertEqual(expected | {("truncated", "-")}, self.pairs(self.folder))

    def test_tile_of_level_1(self):
        self.change("tile/1/000.p/1", 3)
        self.assertEqual({("tile", "tile/1/000.p/1")}, self.pairs(self.folder))

    def test_checkpoint(self):
        other = made.LOG_KEYS[B1].sign(b"")
        for content in (b"", b"x", self.log.checkpoint().replace(A1.encode(), B1.encode(), 1), other):
            made.write(self.folder, "checkpoint", content)
            self.assertIn(("checkpoint", "checkpoint"), self.pairs(self.folder))
        os.remove(self.path("checkpoint"))
        self.assertEqual({("checkpoint", "checkpoint")}, self.pairs(self.folder))

    def test_checkpoint_with_a_signature_by_a_stranger(self):
        text = self.log.checkpoint().split(b"\n\n")[0] + b"\n"
        made.write(self.folder, "checkpoint", self.log.checkpoint() + made.KEYS["frank"].sign(text))
        self.assertEqual({("checkpoint", "checkpoint")}, self.pairs(self.folder))

    def test_unsigned_tail(self):
        made.write(self.folder, "checkpoint", self.log.checkpoint(self.log.clock // 1000, 260))
        self.assertEqual({("tile-missing", f"tile/{level}/001.p/4") for level in ("0", "entries")}, self.pairs(self.folder))
        self.assertEqual({("unsigned-tail", "-")}, self.notices)

    def test_history(self):
        records = [made.record(raw) for raw in self.log.history]
        made.write(self.folder, "history/00000000", records[1] + records[0] + records[2] + b"\0\0")
        self.assertEqual({("history", "1")}, self.pairs(self.folder))
        self.assertEqual({("torn-tail", "-")}, self.notices)

    def test_mirror(self):
        mirror = os.path.join(self.root, "mirror")
        other = MadeLog().begin()
        other.use(77)
        made.write(mirror, "checkpoint", self.log.checkpoint())
        self.assertEqual(set(), self.pairs((self.folder, mirror)))
        made.write(mirror, "history/00000000", made.record(other.checkpoint()))
        self.assertEqual({("mirror", "-")}, self.pairs((self.folder, mirror)))

    def test_rolled_back(self):
        mirror = os.path.join(self.root, "mirror")
        made.write(mirror, "checkpoint", self.log.checkpoint())
        older = MadeLog().begin()
        older.use(0, step=10)
        self.assertEqual({("mirror", "-")}, self.pairs((self.write(older, "older"), mirror)))


class Times(Folders):
    def test_times_against_cosignatures(self):
        log = MadeLog().begin()
        late = log.use(1)
        log.cosign(-61)
        log.use(2)
        log.history.append(log.checkpoint(log.clock // 1000 + 1, 3))
        log.history.append(log.checkpoint(log.clock // 1000 + 62))
        after = log.use(3)
        self.expect(log, ("time", str(late)), ("time", str(after)))

    def test_witness_gap(self):
        log = MadeLog().begin()
        log.statement(GRANT, SIGNERS)
        log.clock += 655_000
        log.use(1, GRANT_ID)
        log.clock += 5_000
        at = log.use(2, GRANT_ID)
        log.use(3)
        log.cosign()
        log.use(4, GRANT_ID)
        self.expect(log, ("witness-gap", str(at)))

    def test_required_witness(self):
        text = made.charter(witness=[f"witness {made.WITNESS} {made.WITNESS_KEY.verifier} required"])
        log = MadeLog(pin=sha256(text.encode()))
        log.start()
        log.statement(text, made.ALL)
        log.clock += 661_000
        at = log.use(1)
        self.assertEqual({("witness-gap", str(at))}, self.pairs(self.write(log), pin=log.pin))

    def test_no_witness(self):
        log = MadeLog().begin()
        folder = self.write(log, checkpoint=log.checkpoint())
        self.assertEqual(set(), self.pairs(folder))
        self.assertEqual({("no-witness", "-")}, self.notices)


class Together(Folders):
    def setUp(self):
        super().setUp()
        self.a1, self.b1 = MadeLog(A1).begin(), MadeLog(B1).begin()
        for log in (self.a1, self.b1):
            log.statement(GRANT, SIGNERS)

    def both(self):
        return self.pairs(self.write(self.a1), self.write(self.b1, "b1"))

    def use_before_and_after(self):
        """Uses 50 s and 61 s after what a1 took last; gives the place of the second."""
        self.a1.clock = self.b1.clock = max(self.a1.clock, self.b1.clock)
        self.b1.use(1, GRANT_ID, step=50_000)
        return str(self.b1.use(2, GRANT_ID, step=11_000))

    def test_late_charter(self):
        self.a1.statement(made.charter(2, PIN), ["alice", "bob"])
        self.assertEqual({("late-charter", self.use_before_and_after())}, self.both())

    def test_late_revocation(self):
        revoke = made.short("revoke", "rule 10", f"grant {GRANT_ID}", "reason r")
        self.a1.statement(revoke, ["bob"])
        self.assertEqual({("late-revocation", self.use_before_and_after())}, self.both())

    def test_late_freeze(self):
        window = (f"from {instant(NOON)}", f"until {instant(NOON + 3600)}")
        text = made.short("freeze", "freeze workload api", "reason r", *window)
        self.a1.statement(text, ["dave"])
        at = self.use_before_and_after()
        self.a1.clock = self.b1.clock
        self.a1.statement(lift(text, 3), ["dave", "erin"])
        self.b1.use(3, GRANT_ID, step=2_000)
        self.assertEqual({("late-freeze", at)}, self.both())

    def test_close(self):
        def close(size, root):
            return made.short("close", f"log {B1}", f"size {size}", f"root sha256:{root.hex()}", "reason r")

        right = close(3, self.b1.tree.root())
        self.a1.statement(right, ["alice", "bob"])
        self.assertEqual(set(), self.both())
        self.b1.use(1)
        self.assertEqual({("close", "-")}, self.both())

    def test_fork(self):
        twin = MadeLog(A1).begin()
        self.a1.use(1)
        self.assertEqual({("fork", "2")}, self.fork(twin))

    def fork(self, twin):
        twin.statement(made.grant(5), SIGNERS)
        return self.pairs(self.write(self.a1), self.write(twin, "twin"))

    def test_missing(self):
        result = verify(PIN, [(self.write(self.a1), None)])
        missing = {notice.origin for notice in result.notices.list if notice.code == "log-missing"}
        self.assertEqual({B1, made.SPARE}, missing)
        self.assertEqual(0, result.exit_code())

    def test_not_readable(self):
        os.makedirs(os.path.join(self.root, "empty", "segment"))
        for folder in ("nowhere", "empty"):
            result = verify(PIN, [(os.path.join(self.root, folder), None), (self.write(self.a1), None)])
            self.assertEqual(2, result.exit_code())


if __name__ == "__main__":
    unittest.main()
