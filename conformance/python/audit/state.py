"""AUDIT.md section 5.2 and 5.3: replaying the leaves, and judging each use again."""

from __future__ import annotations

from typing import Callable, Dict, List, Optional, Set, Tuple

from .charter import Charter, Rule
from .leaves import Leaf, read_leaf
from .statements import Close, Freeze, Grant
from .taking import Refused, Taken, charter_of, grant_quorum, grant_terms, take
from .texts import Malformed

Report = Callable[[str, int, str], None]  # code, index of the leaf, text


class Count:
    """What a grant has given out at this log."""

    def __init__(self) -> None:
        self.inputs: Dict[str, Set[bytes]] = {"object": set(), "epoch": set()}
        self.used = False


class State:
    """The state of a log; apply() takes its leaves in order."""

    def __init__(self, origin: Optional[str], pin: str, report: Report, notice: Report):
        self.origin = origin  # where leaf 0 does not say it
        self.pin = pin
        self.report = report
        self.notice = notice
        self.time = 0
        self.charters: List[Charter] = []
        self.ids: Set[str] = set()
        self.taken: List[Taken] = []  # all but charters
        self.adopted: List[Tuple[int, int]] = []  # index and time of each charter
        self.grants: Dict[str, Taken] = {}
        self.counts: Dict[str, Count] = {}
        self.revoked: Set[Tuple[str, int]] = set()
        self.freezes: List[Taken] = []
        self.lifted: Set[str] = set()
        self.reviewed: Set[str] = set()
        self.alarmed: Set[str] = set()
        self.closed: List[Close] = []
        self.open: Dict[int, int] = {}  # time by index
        self.judged: Dict[tuple, Optional[Rule]] = {}
        self.served: Dict[tuple, Optional[str]] = {}
        self.unread: Set[int] = set()  # leaves that are no text of section 5.1

    @property
    def present(self) -> Optional[Charter]:
        return self.charters[-1] if self.charters else None

    def apply(self, index: int, raw: bytes) -> None:
        try:
            leaf = read_leaf(raw)
        except Malformed as fault:
            self.unread.add(index)
            self.report("leaf-syntax", index, str(fault))
            return
        if leaf.time < self.time:
            self.report("time", index, "the leaf is older than the one ahead of it")
        self.time = max(self.time, leaf.time)
        if index == 0:
            if leaf.kind == "start":
                self.origin = leaf.values["origin"]
            else:
                self.report("start", 0, f"the log begins with a leaf of kind {leaf.kind}")
        handle = HANDLERS.get(leaf.kind)
        if handle is not None:
            handle(self, index, leaf)

    def start(self, index: int, leaf: Leaf) -> None:
        if (leaf.values["origin"], leaf.values["pin"]) != (self.origin, self.pin):
            self.report("start", index, f"a start of {leaf.values['origin']} with the pin {leaf.values['pin']}")
        for use in self.open:
            self.notice("no-end", use, f"the use has no end before the start at {index}")
        self.open.clear()

    def statement(self, index: int, leaf: Leaf) -> None:
        try:
            taken = take(self, index, leaf.note)
        except Refused as refused:
            self.report(refused.code, index, refused.text)
            return
        self.ids.add(taken.id)
        statement = taken.statement
        if isinstance(statement, Charter):
            self.charters.append(statement)
            self.adopted.append((index, self.time))
            self.judged.clear()
            self.served.clear()
            return
        self.taken.append(taken)
        if isinstance(statement, Grant):
            self.grants[taken.id] = taken
            self.counts[taken.id] = Count()
        elif isinstance(statement, Freeze):
            self.freezes.append(taken)
        else:
            ADOPT[type(statement).__name__](self, statement)

    def end(self, index: int, leaf: Leaf) -> None:
        missing = [use for use in leaf.values["uses"] if self.open.pop(use, None) is None]
        if missing:
            self.report("end", index, f"no use is open at {', '.join(map(str, missing))}")

    def alarm(self, index: int, leaf: Leaf) -> None:
        if leaf.values["kind"] == "break-glass" and "grant" in leaf.values:
            self.alarmed.add(leaf.values["grant"])

    # ---- uses (section 5.3)

    def use(self, index: int, leaf: Leaf) -> None:
        try:
            self.judge(leaf)
        except Refused as refused:
            self.report(refused.code, index, refused.text)
        if "grant" in leaf.values:
            self.count(index, leaf)
        self.open[index] = self.time

    def judge(self, leaf: Leaf) -> None:
        values, present = leaf.values, self.present
        if present is None or present.version != values["charter"]:
            version = "none" if present is None else present.version
            raise Refused("judged-otherwise", f"the present charter is {version}, not {values['charter']}")
        workload = present.workload_of(values["identity"])
        if workload != values["workload"]:
            raise Refused("judged-otherwise", f"the identity is that of the workload {workload}")
        key_name = present.key_names.get(values["key"])
        for frozen in self.frozen():
            if frozen.statement.stops(workload, key_name):
                raise Refused("frozen", f"the freeze at {frozen.index} was in force")
        rule = self.first_rule(leaf)
        if rule is None or rule.number != values["rule"]:
            found = "no rule" if rule is None else f"rule {rule.number}"
            raise Refused("judged-otherwise", f"{found} is the first that matches, not rule {values['rule']}")
        if not rule.needs:
            if "grant" in values or values.get("hold") != rule.hold:
                raise Refused("judged-otherwise", "a grant, or another hold, than the rule has")
            return
        if values.get("hold") != 0:
            raise Refused("judged-otherwise", "a rule that needs people has hold 0s")
        self.serves(leaf, rule)
        if rule.review is not None and values["grant"][0] not in self.alarmed:
            raise Refused("alarm-missing", "no alarm named the grant before the use")

    def first_rule(self, leaf: Leaf) -> Optional[Rule]:
        use = leaf.use()
        if use not in self.judged:
            if len(self.judged) > 10_000:
                self.judged.clear()
            self.judged[use] = self.present.first_rule(use)
        return self.judged[use]

    def frozen(self) -> List[Taken]:
        """The freezes in force."""
        return [f for f in self.freezes if f.id not in self.lifted and f.statement.covers(self.time)]

    def serves(self, leaf: Leaf, rule: Rule) -> None:
        """Section 5.3, step 5."""

        def demand(holds: bool, text: str) -> None:
            if not holds:
                raise Refused("grant", text)

        values, use = leaf.values, leaf.use()
        demand("grant" in values, "the rule needs people, and the use has no grant")
        grant_id = values["grant"][0]
        taken = self.grants.get(grant_id)
        demand(taken is not None, "the grant is not in this log")
        grant: Grant = taken.statement
        own = charter_of(self.charters, grant.charter)
        demand((grant_id, grant.rule) not in self.revoked, "the grant was revoked")
        demand(grant.start <= self.time < grant.until, "the grant is not yet, or no longer, valid")
        demand(grant.rule == rule.number, f"the grant is for rule {grant.rule}")
        demand(use.op in grant.operations, f"the grant is not for {use.op}")
        demand(grant.workload == use.workload, f"the grant is for the workload {grant.workload}")
        demand(own.workload_of(values["identity"]) == use.workload, "its charter names the identity otherwise")
        for charter in (self.present, own):
            demand(charter.key_names.get(use.key) == grant.key, f"the grant is for the key {grant.key}")
        for wanted, found in zip(grant.patterns, use.clauses):
            demand(found is None if wanted is None else wanted.matches(found), "the grant has other clauses")
        own_rule = own.rule_by_number[grant.rule]
        demand(own_rule.matches(use, own.key_names.get(use.key)), "the rule of its charter does not match")
        fault = self.holds_now(grant_id, taken)
        demand(fault is None, f"under the present charter: {fault}")

    def holds_now(self, grant_id: str, taken: Taken) -> Optional[str]:
        """What of grant-terms and quorum fails under the present charter, or None."""
        frozen = frozenset(f.statement.target for f in self.frozen() if f.statement.kind == "person")
        if (grant_id, frozen) not in self.served:
            try:
                grant_terms(taken.statement, self.present)
                grant_quorum(taken.statement, self.present, taken.keys, frozen)
                self.served[grant_id, frozen] = None
            except Refused as refused:
                self.served[grant_id, frozen] = refused.text
        return self.served[grant_id, frozen]

    def count(self, index: int, leaf: Leaf) -> None:
        """Section 5.3, counting: whatever the judgement was."""
        grant_id, recorded, _, allowed = leaf.values["grant"]
        taken = self.grants.get(grant_id)
        if taken is None:
            return
        unit = leaf.values["unit"]
        share = taken.statement.shares[self.origin]
        limit = share.objects if unit == "object" else share.epochs
        count = self.counts[grant_id]
        count.used = True
        inputs = count.inputs[unit]
        inputs.add(bytes.fromhex(leaf.values["input"][7:]))
        if len(inputs) > limit:
            self.report("grant-exceeded", index, f"{len(inputs)} distinct inputs of {limit} {unit}s")
        if (recorded, allowed) != (len(inputs), limit):
            self.report("count", index, f"{recorded} of {allowed} is recorded, {len(inputs)} of {limit} is right")

    # ---- the end of the log

    def finish(self) -> None:
        """The notices of section 7, step 13, that the replay alone gives."""
        for use, time in self.open.items():
            if time < self.time - 60_000:
                self.notice("no-end", use, "the use has no end")
        for grant_id, taken in self.grants.items():
            grant: Grant = taken.statement
            review = charter_of(self.charters, grant.charter).rule_by_number[grant.rule].review
            due = review is not None and self.counts[grant_id].used and grant_id not in self.reviewed
            if due and grant.until + review * 1_000 <= self.time:
                self.notice("review-due", taken.index, "the grant was used and not reviewed")


HANDLERS = {
    "start": State.start,
    "statement": State.statement,
    "use": State.use,
    "end": State.end,
    "alarm": State.alarm,
}
ADOPT = {
    "Revoke": lambda state, revoke: state.revoked.add((revoke.grant, revoke.rule)),
    "Lift": lambda state, lift: state.lifted.add(lift.freeze),
    "Review": lambda state, review: state.reviewed.add(review.grant),
    "Close": lambda state, close: state.closed.append(close),
}
