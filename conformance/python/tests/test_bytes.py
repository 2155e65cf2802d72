"""Each change of one byte of a small log is found, and each record that is taken out, doubled or moved."""

import os
import shutil
import tempfile
import unittest

from audit.folder import files_below
from audit.together import verify
from tests import made
from tests.made import PIN, MadeLog, sha256

EVERY = int(os.environ.get("KEYHOLD_AUDIT_EVERY", "31"))  # 1 tries every byte, which takes minutes


class Changes(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="keyhold-audit")
        self.addCleanup(shutil.rmtree, self.folder)
        log = MadeLog().begin()
        grant = made.grant()
        log.statement(grant, ["carol", "alice", "bob"])
        for number in range(8):
            log.use(number, sha256(grant.encode()) if number < 4 else "")
        log.cosign()
        log.end(*range(3, 11))
        log.cosign()
        self.log = log
        log.write(self.folder)
        self.assertEqual(0, self.exit_code())

    def exit_code(self):
        return verify(PIN, [(self.folder, None)]).exit_code()

    def test_each_byte(self):
        """A last record of the history that seems to go on is as one that a crash left: torn-tail."""
        paths = list(files_below(self.folder))
        self.assertEqual(5, len(paths))
        unfound = []
        for path in paths:
            with open(os.path.join(self.folder, path), "r+b") as file:
                content = file.read()
                for position in range(0, len(content), EVERY):
                    for changed in (content[position] ^ 1, content[position] ^ 0x80):
                        self.put(file, position, changed)
                        if not self.told():
                            unfound.append((path, position, changed))
                    self.put(file, position, content[position])
        self.assertEqual([], unfound)

    def told(self):
        result = verify(PIN, [(self.folder, None)])
        return result.exit_code() or any(notice.code == "torn-tail" for notice in result.notices.list)

    @staticmethod
    def put(file, position, byte):
        file.seek(position)
        file.write(bytes([byte]))
        file.flush()

    def test_records_taken_out_doubled_and_moved(self):
        records = [made.record(leaf) for leaf in self.log.leaves]
        for at in range(len(records)):
            for changed in (
                records[:at] + records[at + 1 :],
                records[:at] + records[at : at + 1] + records[at:],
                records[:at] + records[at + 1 : at + 2] + records[at : at + 1] + records[at + 2 :],
                records[:at],
            ):
                if changed != records:
                    made.write(self.folder, "segment/00000000", b"".join(changed))
                    self.assertNotEqual(0, self.exit_code(), at)


if __name__ == "__main__":
    unittest.main()
