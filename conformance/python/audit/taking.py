"""AUDIT.md section 4, the table: whether a log takes a statement; and the chain of section 3.3."""

from __future__ import annotations

from typing import TYPE_CHECKING, FrozenSet, Iterable, List, NamedTuple, Optional, Sequence, Tuple

from .charter import KIND, Charter
from .notes import BadSignature, Note, VerifierKey, signing_keys
from .statements import CharterRef, Close, Freeze, Grant, Lift, Review, Revoke, read_statement
from .texts import Malformed

if TYPE_CHECKING:
    from .state import State

FREEZER = "freezer"
FREEZE_BY_ONE = 8 * 3_600_000


class Taken(NamedTuple):
    """A statement that a log took: where, when, and by whose keys."""

    index: int
    time: int
    id: str
    statement: object
    keys: Tuple[VerifierKey, ...]


class Refused(Exception):
    """A condition that does not hold: the code of the finding, and what fails."""

    def __init__(self, code: str, text: str):
        super().__init__(text)
        self.code = code
        self.text = text


def demand(holds: bool, code: str, text: str) -> None:
    if not holds:
        raise Refused(code, text)


def take(state: State, index: int, raw: bytes) -> Taken:
    """Gives the statement if the log takes it at the state's time; else raises Refused."""
    try:
        note = Note(raw)
        is_charter = note.text.startswith(KIND.encode("ascii") + b"\n")
        statement = Charter(note.text, note.id) if is_charter else read_statement(note)
    except Malformed as fault:
        raise Refused("statement-syntax", str(fault)) from None
    demand(note.id not in state.ids, "duplicate", "the log took this statement before")
    if is_charter:
        keys = take_charter(state, statement, note)
    else:
        own = charter_of(state.charters, statement.charter)
        demand(own is not None, "charter-chain", "the statement's charter is not in the chain")
        keys = verified(note, own.known_keys())
        CONDITIONS[type(statement)](state, statement, own, keys)
    return Taken(index, state.time, note.id, statement, tuple(keys))


def verified(note: Note, known: Iterable[VerifierKey]) -> List[VerifierKey]:
    try:
        return signing_keys(note, known)
    except BadSignature as fault:
        raise Refused("signature", str(fault)) from None


def charter_of(charters: Sequence[Charter], ref: CharterRef) -> Optional[Charter]:
    """The version of the chain that a statement names."""
    if not 1 <= ref.version <= len(charters):
        return None
    found = charters[ref.version - 1]
    return found if (found.name, found.id) == (ref.name, ref.id) else None


# ---- charters (section 3.3)


def take_charter(state: State, charter: Charter, note: Note) -> List[VerifierKey]:
    present = state.present
    if present is None:
        demand(charter.id == state.pin and charter.version == 1, "charter-chain", "it is not the pinned charter")
        keys = verified(note, charter.known_keys())
        new = charter.people
    else:
        follows = (charter.name, charter.version, charter.previous) == (
            present.name,
            present.version + 1,
            present.id,
        )
        demand(follows, "charter-chain", f"it does not follow version {present.version}")
        keys = verified(note, present.known_keys() + charter.known_keys())
        demand(present.owners_signed(keys), "quorum", f"too few owners of version {present.version} signed")
        new = [line for line in charter.people if line not in present.people]
    unsigned = {person for person, key in new if key not in keys}
    demand(not unsigned, "quorum", f"not signed by a new key of {', '.join(sorted(unsigned))}")
    return keys


# ---- grants


def take_grant(state: State, grant: Grant, own: Charter, keys: List[VerifierKey]) -> None:
    demand(state.origin in grant.shares, "grant-elsewhere", "the grant does not name this log")
    demand(state.time < grant.until, "expired", "the grant was over")
    charters = (own, state.present)
    for charter in charters:
        grant_terms(grant, charter)
    for charter in charters:
        grant_quorum(grant, charter, keys, frozenset())


def grant_terms(grant: Grant, charter: Charter) -> None:
    """What the table calls grant-terms, under one charter."""

    def term(holds: bool, text: str) -> None:
        demand(holds, "grant-terms", f"{text} (charter {charter.version}, rule {grant.rule})")

    rule = charter.rule_by_number.get(grant.rule)
    term(grant.start < grant.until, "the grant ends before it begins")
    term(rule is not None and bool(rule.needs), "no such rule that needs people")
    term(grant.operations <= rule.operations, "operations that the rule does not have")
    term(grant.until - grant.start <= rule.longest * 1_000, "longer than the rule allows")
    term(sum(share.objects for share in grant.shares.values()) <= rule.objects, "too many objects")
    term(sum(share.epochs for share in grant.shares.values()) <= rule.epochs, "too many epochs")
    term(set(grant.shares) <= set(charter.logs), "a log that the charter does not have")
    term(grant.key in charter.keys and rule.key in (None, grant.key), "another key than the rule's")
    workloads = {workload for workload, _ in charter.workloads}
    term(grant.workload in workloads and rule.serves(grant.workload), "another workload than the rule's")


def grant_quorum(grant: Grant, charter: Charter, keys: Iterable[VerifierKey], frozen: FrozenSet[str]) -> None:
    """Whether the asker signed, and the others who signed fill the places; a frozen person has not signed."""
    persons = charter.signers(keys) - frozen
    where = f"(charter {charter.version}, rule {grant.rule})"
    demand(grant.asked_by in persons, "quorum", f"{grant.asked_by}, who asks, has not signed {where}")
    filled = charter.fill(charter.rule_by_number[grant.rule], persons - {grant.asked_by})
    demand(filled, "quorum", f"the signers do not fill the places {where}")


# ---- the other kinds


def take_revoke(state: State, revoke: Revoke, own: Charter, keys: List[VerifierKey]) -> None:
    rule = state.present.rule_by_number.get(revoke.rule)
    groups = [] if rule is None else [group for _, group in rule.needs]
    holds = any(state.present.in_group(group, keys) for group in groups)
    demand(holds, "quorum", f"no signer is in a group of rule {revoke.rule}")


def take_freeze(state: State, freeze: Freeze, own: Charter, keys: List[VerifierKey]) -> None:
    demand(state.time < freeze.until, "expired", "the freeze was over")
    demand(freeze.start < freeze.until, "grant-terms", "the freeze ends before it begins")
    by_one = freeze.until - freeze.start <= FREEZE_BY_ONE
    enough = state.present.in_group(FREEZER, keys) >= (1 if by_one else 2)
    demand(enough or state.present.owners_signed(keys), "quorum", "too few who may freeze have signed")


def take_lift(state: State, lift: Lift, own: Charter, keys: List[VerifierKey]) -> None:
    enough = state.present.in_group(FREEZER, keys) >= 2 or state.present.owners_signed(keys)
    demand(enough, "quorum", "too few who may lift a freeze have signed")


def take_review(state: State, review: Review, own: Charter, keys: List[VerifierKey]) -> None:
    granted = state.grants.get(review.grant)
    demand(granted is not None, "grant-terms", "the grant is not in this log")
    granting = charter_of(state.charters, granted.statement.charter)
    involved = granting.signers(granted.keys) | state.present.signers(granted.keys)
    owners = state.present.signers(keys) & set(state.present.owners)
    demand(bool(owners - involved), "quorum", "no owner signed who has not signed the grant")


def take_close(state: State, close: Close, own: Charter, keys: List[VerifierKey]) -> None:
    other = close.log in state.present.logs and close.log != state.origin
    demand(other, "grant-terms", "it closes this log, or none of the charter")
    demand(state.present.owners_signed(keys), "quorum", "too few owners signed")


CONDITIONS = {
    Grant: take_grant,
    Revoke: take_revoke,
    Freeze: take_freeze,
    Lift: take_lift,
    Review: take_review,
    Close: take_close,
}
