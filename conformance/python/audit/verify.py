"""AUDIT.md section 7, steps 1 to 8 and 13, for one log."""

from __future__ import annotations

import os
from typing import Dict, Iterator, List, NamedTuple, Optional, Set, Tuple

from . import folder as files
from .charter import Charter
from .folder import NotReadable, Records
from .leaves import Leaf, read_leaf
from .notes import Checkpoint, VerifierKey, checkpoint_lines
from .state import State
from .texts import Malformed, leaf_instant, origin
from .tiles import TileCheck
from .tree import Frontier

USE = b"keyhold.dev/use@v1\n"
CLOCKS = 60_000
WITNESS_GAP = 660_000


class Finding(NamedTuple):
    code: str
    origin: str
    place: str
    text: str


class Findings:
    """Findings, or notices, each pair of code and place once for a log."""

    def __init__(self) -> None:
        self.list: List[Finding] = []
        self.seen: Set[Tuple[str, str, str]] = set()

    def add(self, code: str, log: str, place: object, text: str) -> None:
        finding = Finding(code, log, str(place).replace(" ", "_"), text)
        if finding[:3] not in self.seen:
            self.seen.add(finding[:3])
            self.list.append(finding)


class Log:
    """One folder: read() does steps 1 to 5 and 8, times() 6 and 7."""

    def __init__(self, folder: str, mirror: Optional[str], pin: str):
        self.folder = folder
        self.mirror = mirror
        self.found: List[Tuple[str, object, str]] = []
        self.noticed: List[Tuple[str, object, str]] = []
        self.state = State(origin_in_checkpoint(folder), pin, self.finding, self.notice)
        self.tree = Frontier()
        self.roots: Dict[int, bytes] = {}
        self.size: Optional[int] = None  # of the checkpoint, once it was verified
        self.cosigned: List[Tuple[int, int]] = []  # size and milliseconds of each valid cosignature

    @property
    def origin(self) -> str:
        return self.state.origin

    @property
    def verified(self) -> bool:
        """Whether there is a charter, without which nothing but the replay is done."""
        return bool(self.state.charters)

    def finding(self, code: str, place: object, text: str) -> None:
        self.found.append((code, place, text))

    def notice(self, code: str, place: object, text: str) -> None:
        self.noticed.append((code, place, text))

    # ---- steps 1 to 5, and 8

    def read(self) -> None:
        wanted = sizes(self.folder) | (set() if self.mirror is None else sizes(self.mirror))
        tile_faults: List[Tuple[str, object, str]] = []
        tiles = TileCheck(self.folder, lambda *finding: tile_faults.append(finding))
        records = files.segments(self.folder)
        self.root_wanted(wanted)
        for index, (leaf, hashed) in enumerate(records):
            self.tree.append(hashed)
            self.root_wanted(wanted)
            tiles.append(leaf, hashed)
            self.state.apply(index, leaf)
        if self.tree.size == 0:
            raise NotReadable(f"{self.folder}: no leaf can be read; {records.fault or 'the log is empty'}")
        self.ended(records, "record")
        if not self.verified:
            self.finding("charter-chain", "-", "no charter of this log begins with the pin")
            return
        self.check_checkpoint()
        self.check_history()
        tiles.finish(self.tree.size if self.size is None else self.size)
        self.found += tile_faults
        if self.mirror is not None:
            self.check_mirror()
        self.state.finish()
        if self.mirror is None and not (self.state.present.witnesses and self.cosigned):
            self.notice("no-witness", "-", "no witness, or no cosignature, and no mirror: a rollback can't be seen")

    def root_wanted(self, wanted: Set[int]) -> None:
        if self.tree.size in wanted:
            self.roots[self.tree.size] = self.tree.root()

    def ended(self, records: Records, code: str) -> None:
        """Tells why the reading of records ended, if not at their end."""
        if records.fault is not None:
            self.finding(code, "-" if code == "mirror" else records.count, records.fault)
        if records.torn:
            self.notice("torn-tail", "-", f"{records.folder} ends inside a record, as after a crash")

    def log_keys(self) -> List[VerifierKey]:
        return [c.logs[self.origin] for c in self.state.charters if self.origin in c.logs]

    def witnesses(self) -> List[VerifierKey]:
        return [key for charter in self.state.charters for key in charter.witnesses.values()]

    def read_checkpoint(self, raw: bytes) -> Checkpoint:
        """Step 3: a checkpoint that parses, is of this log and verifies; else Malformed."""
        read = Checkpoint(raw)
        fault = read.fault(self.origin, self.log_keys(), self.witnesses())
        if fault is not None:
            raise Malformed(f"the checkpoint {fault}")
        return read

    def contradiction(self, read: Checkpoint) -> Optional[Tuple[str, str, str]]:
        """How the leaves contradict a checkpoint: code and place for the last one, and a text."""
        if read.size > self.tree.size:
            return "truncated", "-", f"the checkpoint has {read.size} leaves, {self.tree.size} can be read"
        if read.root != self.roots[read.size]:
            return "root", "checkpoint", f"the first {read.size} leaves give another root"
        return None

    def check_checkpoint(self) -> None:
        raw = files.checkpoint(self.folder)
        try:
            if raw is None:
                raise Malformed("there is no checkpoint")
            read = self.read_checkpoint(raw)
        except Malformed as fault:
            self.finding("checkpoint", "checkpoint", str(fault))
            return
        self.size = read.size
        self.take_cosignatures(read)
        contradiction = self.contradiction(read)
        if contradiction is not None:
            self.finding(*contradiction)
        if read.size < self.tree.size:
            self.notice("unsigned-tail", "-", f"{self.tree.size - read.size} leaves are beyond the checkpoint")

    def take_cosignatures(self, read: Checkpoint) -> None:
        self.cosigned += [(read.size, seconds * 1_000) for seconds in read.cosigned(self.witnesses())]

    def check_history(self) -> None:
        records = files.history(self.folder)
        if records is None:
            return
        last = 0
        for number, (raw, _) in enumerate(records):
            try:
                read = self.read_checkpoint(raw)
                self.take_cosignatures(read)
                contradiction = self.contradiction(read)
                if contradiction is not None:
                    raise Malformed(contradiction[2])
                if read.size < last or (self.size is not None and read.size > self.size):
                    raise Malformed("the sizes of checkpoints descend")
                last = read.size
            except Malformed as fault:
                self.finding("history", number, str(fault))
        self.ended(records, "history")

    def check_mirror(self) -> None:
        if not os.path.isdir(self.mirror):
            raise NotReadable(f"{self.mirror}: there is no such folder")
        raw = files.checkpoint(self.mirror)
        self.check_mirrored(raw)
        records = files.history(self.mirror)
        if records is not None:
            for raw, _ in records:
                self.check_mirrored(raw)
            self.ended(records, "mirror")

    def check_mirrored(self, raw: Optional[bytes]) -> None:
        try:
            if raw is None:
                raise Malformed("the mirror has no checkpoint")
            contradiction = self.contradiction(self.read_checkpoint(raw))
            if contradiction is not None:
                raise Malformed(contradiction[2])
        except Malformed as fault:
            self.finding("mirror", "-", str(fault))

    # ---- steps 6 and 7, in a second reading

    def timed(self) -> Iterator[Tuple[int, int, bytes]]:
        """Index, time and bytes of each leaf that is a text of section 5.1."""
        time = 0
        for index, (raw, _) in enumerate(files.segments(self.folder)):
            if index not in self.state.unread:
                time = max(time, leaf_instant(raw.split(b"\n", 2)[1][5:].decode("ascii")))
                yield index, time, raw

    def presents(self) -> Presents:
        return Presents(self.state)

    def bounds(self) -> Bounds:
        return Bounds(self.cosigned)


class Presents:
    """The present charter at each place of a log, asked for in ascending order."""

    def __init__(self, state: State):
        self.state = state
        self.count = 0

    def at(self, index: int) -> Optional[Charter]:
        adopted = self.state.adopted
        while self.count < len(adopted) and adopted[self.count][0] < index:
            self.count += 1
        return self.state.charters[self.count - 1] if self.count else None


class Bounds:
    """What cosignatures say of the time of a leaf, asked for in ascending order."""

    def __init__(self, cosigned: List[Tuple[int, int]]):
        self.by_size = sorted(cosigned)
        self.earliest_after: List[int] = []  # the least time of the cosignatures from here on
        for _, time in reversed(self.by_size):
            least = min(time, self.earliest_after[-1]) if self.earliest_after else time
            self.earliest_after.append(least)
        self.earliest_after.reverse()
        self.position = 0
        self.latest: Optional[int] = None  # of the cosignatures whose size is at most the index

    def at(self, index: int) -> Tuple[Optional[int], Optional[int]]:
        """The latest time that leaf came after, and the earliest time that it came before."""
        while self.position < len(self.by_size) and self.by_size[self.position][0] <= index:
            time = self.by_size[self.position][1]
            self.latest = time if self.latest is None else max(self.latest, time)
            self.position += 1
        behind = self.position < len(self.by_size)
        return self.latest, self.earliest_after[self.position] if behind else None


def check_times(log: Log, others: List) -> None:
    """Steps 6, 7 and 10: each is a check(index, time, raw, use)."""
    bounds, presents = log.bounds(), log.presents()
    first: Optional[int] = None
    for index, time, raw in log.timed():
        first = time if first is None else first
        after, before = bounds.at(index)
        if (before is not None and time > before + CLOCKS) or (after is not None and time < after - CLOCKS):
            log.finding("time", index, "the leaf's time contradicts a cosignature")
        present = presents.at(index)
        if not raw.startswith(USE) or present is None:
            continue
        stale = bool(present.witnesses) and time > (first if after is None else after) + WITNESS_GAP
        later = [other for other in others if other.began(time)]
        if not stale and not later:
            continue
        use = read_leaf(raw)
        if stale and must_be_fresh(present, use):
            log.finding("witness-gap", index, "no cosignature in the 11 minutes before the use")
        for other in later:
            for code, text in other.late(present, use, time):
                log.finding(code, index, text)


def must_be_fresh(present: Charter, use: Leaf) -> bool:
    rule = present.rule_by_number.get(use.values["rule"])
    return present.required or (rule is not None and bool(rule.needs))


def sizes(folder: str) -> Set[int]:
    """The sizes of which a folder has checkpoints, before anything is verified."""
    found: Set[int] = set()
    last = files.checkpoint(folder)
    records = files.history(folder)
    for raw in [] if last is None else [last]:
        found.add(size_in(raw))
    for raw, _ in [] if records is None else records:
        found.add(size_in(raw))
    return found


def size_in(raw: bytes) -> int:
    try:
        return checkpoint_lines(raw[: raw.rfind(b"\n\n") + 1])[1]
    except Malformed:
        return 0


def origin_in_checkpoint(folder: str) -> str:
    """The log's origin where leaf 0 does not say it (section 5.2, step 3)."""
    raw = files.checkpoint(folder)
    try:
        return "-" if raw is None else origin(raw.split(b"\n", 1)[0].decode("ascii"))
    except (Malformed, UnicodeDecodeError):
        return "-"
