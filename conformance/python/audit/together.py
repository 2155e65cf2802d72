"""AUDIT.md section 7, steps 9 to 12: what only several logs together show; and the whole run."""

from __future__ import annotations

import itertools
from typing import Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from . import folder as files
from .charter import Charter
from .folder import NotReadable
from .leaves import Leaf
from .statements import Lift, Revoke
from .taking import Taken
from .verify import CLOCKS, Findings, Log, check_times


class Result(NamedTuple):
    findings: Findings
    notices: Findings
    unreadable: List[str]

    def exit_code(self) -> int:
        return 2 if self.unreadable else 1 if self.findings.list else 0


class Ended:
    """What one log took that ends uses in the others (step 10)."""

    def __init__(self, log: Log):
        taken = log.state.taken
        self.origin = log.origin
        self.charters = [time for _, time in log.state.adopted]
        self.revoked: Dict[Tuple[str, int], int] = {}
        self.lifted: Dict[str, int] = {}
        self.freezes: List[Taken] = log.state.freezes
        for statement in taken:
            if isinstance(statement.statement, Revoke):
                self.revoked.setdefault((statement.statement.grant, statement.statement.rule), statement.time)
            elif isinstance(statement.statement, Lift):
                self.lifted.setdefault(statement.statement.freeze, statement.time)

        ends = self.charters[1:] + list(self.revoked.values()) + [freeze.time for freeze in self.freezes]
        self.first = min(ends, default=None)

    def began(self, time: int) -> bool:
        """Whether anything that this log took can be late for a use at this time."""
        return self.first is not None and self.first < time - CLOCKS

    def late(self, present: Charter, use: Leaf, time: int) -> Iterator[Tuple[str, str]]:
        """The findings of a use in another log, at this time and under this charter."""
        values, before = use.values, time - CLOCKS
        version = values["charter"]
        if version < len(self.charters) and self.charters[version] < before:
            yield "late-charter", f"{self.origin} had taken version {version + 1}"
        if "grant" in values:
            revoked = self.revoked.get((values["grant"][0], values["rule"]))
            if revoked is not None and revoked < before:
                yield "late-revocation", f"{self.origin} had taken a revocation of the grant"
        key_name = present.key_names.get(values["key"])
        for freeze in self.freezes:
            lifted = self.lifted.get(freeze.id)
            in_force = freeze.time < before and freeze.statement.covers(time)
            in_force = in_force and (lifted is None or lifted >= time)
            if in_force and freeze.statement.stops(values["workload"], key_name):
                yield "late-freeze", f"{self.origin} had taken a freeze"
                return


def verify(pin: str, folders: Sequence[Tuple[str, Optional[str]]]) -> Result:
    """Verifies folders, each with its mirror or None."""
    logs: List[Log] = []
    unreadable: List[str] = []
    for folder, mirror in folders:
        log = Log(folder, mirror, pin)
        try:
            log.read()
            logs.append(log)
        except NotReadable as fault:
            unreadable.append(str(fault))
    verified = [log for log in logs if log.verified]
    ended = [Ended(log) for log in verified]
    for log in verified:
        others = [other for other in ended if other.origin != log.origin]
        if others or log.cosigned or any(charter.witnesses for charter in log.state.charters):
            check_times(log, others)
    result = Result(Findings(), Findings(), unreadable)
    for log in logs:
        for code, place, text in log.found:
            result.findings.add(code, log.origin, place, text)
        for code, place, text in log.noticed:
            result.notices.add(code, log.origin, place, text)
    check_forks(logs, result)
    check_closed(verified, result)
    check_missing(verified, result)
    return result


def check_forks(logs: Sequence[Log], result: Result) -> None:
    """Step 9."""
    for one, other in itertools.combinations(logs, 2):
        if one.origin != other.origin:
            continue
        pairs = zip(files.segments(one.folder), files.segments(other.folder))
        for index, ((left, _), (right, _)) in enumerate(pairs):
            if left != right:
                text = f"{one.folder} and {other.folder} have different leaves"
                result.findings.add("fork", one.origin, index, text)
                break


def check_closed(logs: Sequence[Log], result: Result) -> None:
    """Step 11."""
    for closing, log in itertools.product(logs, logs):
        for close in closing.state.closed:
            if close.log != log.origin or closing.origin == log.origin:
                continue
            root = "sha256:" + log.tree.root().hex()
            if (close.size, close.root) != (log.tree.size, root):
                text = f"{closing.origin} says that it ended with {close.size} leaves and another root"
                if close.root == root or close.size != log.tree.size:
                    text = f"{closing.origin} says that it ended with {close.size} leaves, not {log.tree.size}"
                result.findings.add("close", log.origin, "-", text)


def check_missing(logs: Sequence[Log], result: Result) -> None:
    """Step 12."""
    presents = [log.state.present for log in logs]
    if presents:
        last = max(presents, key=lambda charter: charter.version)
        for origin in last.logs:
            if origin not in {log.origin for log in logs}:
                result.notices.add("log-missing", origin, "-", "no folder of this log was given")
