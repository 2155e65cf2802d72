"""AUDIT.md section 3: the charter, its rules, and the chain of its versions."""

from __future__ import annotations

import re
from typing import Dict, FrozenSet, Iterable, List, NamedTuple, Optional, Set, Tuple

from .notes import COSIGNATURE, ECDSA, ED25519, ML_DSA, VerifierKey, verifier_key
from .texts import (
    OPERATIONS,
    Lines,
    Malformed,
    Pattern,
    Type,
    digest,
    duration,
    from_one,
    matching,
    name,
    number,
    operations,
    origin,
    pattern,
    value,
)

KIND = "keyhold.dev/charter@v1"
MAX_OBJECTS = 100_000
CLAUSES = ("binding", "tenant", "purpose", "ticket", "via")

domain = matching(re.compile(r"(?:spiffe://|dns:)[a-z0-9][a-z0-9._-]{0,254}"), "domain of trust")
objects_of = re.compile(r"(.+)-objects")
epochs_of = re.compile(r"(.+)-epochs")

Person = str


class Use(NamedTuple):
    """What rules are matched with."""

    workload: str
    op: str
    key: str
    clauses: Tuple[Optional[str], ...]  # in the order of CLAUSES


class Rule(NamedTuple):
    """Section 3.2; None stands for a star, or for a clause that the rule does not have."""

    number: int
    operations: FrozenSet[str]
    key: Optional[str]
    workloads: Optional[Tuple[str, ...]]
    clauses: Tuple[Optional[Pattern], ...]
    needs: Tuple[Tuple[int, str], ...]
    longest: int
    objects: int
    epochs: int
    hold: Optional[int]
    review: Optional[int]

    def matches(self, use: Use, key_name: Optional[str]) -> bool:
        return (
            use.op in self.operations
            and (self.key is None or self.key == key_name)
            and self.serves(use.workload)
            and all(p is None or p.matches(v) for p, v in zip(self.clauses, use.clauses))
        )

    def serves(self, workload: str) -> bool:
        return self.workloads is None or workload in self.workloads


class Charter:
    """One version of a charter; raises Malformed for what section 3 does not allow."""

    def __init__(self, text: bytes, charter_id: str):
        lines = Lines(text)
        if lines.kind != KIND:
            raise Malformed("the text is no charter")
        self.id = charter_id
        self.name: str = lines.take("name", name)
        self.version: int = lines.take("version", from_one)
        self.previous: Optional[str] = lines.maybe("previous", digest)
        if (self.previous is None) != (self.version == 1):
            raise Malformed("version 1, and it alone, has no line previous")
        self.owners_needed, self.owners = self.read_owners(lines.tokens("owners"))
        self.logs: Dict[str, VerifierKey] = {}
        self.witnesses: Dict[str, VerifierKey] = {}
        self.required = False
        self.people: List[Tuple[Person, VerifierKey]] = []
        self.groups: Dict[str, Tuple[Person, ...]] = {}
        self.trust: Set[Tuple[str, str]] = set()
        self.keys: Dict[str, str] = {}  # identity by name
        self.workloads: List[Tuple[str, Pattern]] = []
        self.rules: List[Rule] = []
        self.read_lines(lines)
        self.key_names = {identity: key for key, identity in self.keys.items()}
        self.persons = {person for person, _ in self.people}
        self.rule_by_number = {rule.number: rule for rule in self.rules}
        self.by_key: Dict[VerifierKey, Person] = {key: person for person, key in self.people}
        self.check()

    # ---- reading

    @staticmethod
    def read_owners(tokens: List[str]) -> Tuple[int, Tuple[Person, ...]]:
        if len(tokens) < 3 or tokens[1] != "of":
            raise Malformed("owners are: a number, of, and persons")
        return number(tokens[0]), tuple(name(token) for token in tokens[2:])

    def read_lines(self, lines: Lines) -> None:
        readers = {
            "log": self.read_log,
            "witness": self.read_witness,
            "person": self.read_person,
            "group": self.read_group,
            "trust": self.read_trust,
            "key": self.read_key,
            "workload": self.read_workload,
            "rule": lambda tokens: self.rules.append(read_rule(tokens)),
        }
        for word, read in readers.items():
            while lines.begins(word):
                read(lines.tokens(word))
        lines.end()

    def read_log(self, tokens: List[str]) -> None:
        log, key = exactly(tokens, origin, verifier_key)
        if log in self.logs or key.kind != ED25519 or key.name != log:
            raise Malformed(f"log {log} stands twice, or its key has another name or type")
        self.logs[log] = key

    def read_witness(self, tokens: List[str]) -> None:
        if tokens[2:] == ["required"]:
            self.required = True
            tokens = tokens[:2]
        witness, key = exactly(tokens, origin, verifier_key)
        if witness in self.witnesses or key.kind not in (COSIGNATURE, ML_DSA) or key.name != witness:
            raise Malformed(f"witness {witness} stands twice, or its key has another name or type")
        self.witnesses[witness] = key

    def read_person(self, tokens: List[str]) -> None:
        person, key = exactly(tokens, name, verifier_key)
        if key.kind not in (ED25519, ECDSA):
            raise Malformed(f"the key of {person} is of a type that no person has")
        self.people.append((person, key))

    def read_group(self, tokens: List[str]) -> None:
        names = [name(token) for token in tokens]
        if len(names) < 2 or names[0] in self.groups or len(set(names[1:])) != len(names) - 1:
            raise Malformed("a group is empty, stands twice, or has a person twice")
        self.groups[names[0]] = tuple(names[1:])

    def read_trust(self, tokens: List[str]) -> None:
        if len(tokens) != 3 or tokens[1] != "ca":
            raise Malformed("trust is: a domain, ca, and a hash")
        line = domain(tokens[0]), digest(tokens[2])
        if line in self.trust:
            raise Malformed("a line of trust stands twice")
        self.trust.add(line)

    def read_key(self, tokens: List[str]) -> None:
        key, identity = exactly(tokens, name, value)
        if key in self.keys or identity in self.keys.values():
            raise Malformed(f"key {key}, or its identity, stands twice")
        self.keys[key] = identity

    def read_workload(self, tokens: List[str]) -> None:
        workload, identities = exactly(tokens, name, pattern)
        if not identities.text.startswith(("spiffe://", "dns:")):
            raise Malformed(f"workload {workload} has no identity that is spiffe:// or dns:")
        if any(workload == other for other, _ in self.workloads):
            raise Malformed(f"workload {workload} stands twice")
        self.workloads.append((workload, identities))

    # ---- what holds between the lines

    def check(self) -> None:
        if not self.logs or not self.people:
            raise Malformed("a charter has a log and a person at least")
        publics = [key.public for key in list(self.logs.values()) + list(self.witnesses.values())]
        publics += [key.public for _, key in self.people]
        if len(set(publics)) != len(publics):
            raise Malformed("a public key stands twice")
        if set(self.logs) & set(self.witnesses):
            raise Malformed("a log and a witness have one origin")
        if len(set(self.owners)) != len(self.owners) or not 1 <= self.owners_needed <= len(self.owners):
            raise Malformed("an owner stands twice, or more or fewer must sign than there are")
        for person in [*self.owners, *(p for group in self.groups.values() for p in group)]:
            if person not in self.persons:
                raise Malformed(f"person {person} is not defined")
        numbers = [rule.number for rule in self.rules]
        if any(later <= earlier for earlier, later in zip(numbers, numbers[1:])):
            raise Malformed("rules do not ascend by number")
        for rule in self.rules:
            self.check_rule(rule)

    def check_rule(self, rule: Rule) -> None:
        workloads = {workload for workload, _ in self.workloads}
        if rule.key is not None and rule.key not in self.keys:
            raise Malformed(f"rule {rule.number}: key {rule.key} is not defined")
        if rule.workloads is not None and not workloads.issuperset(rule.workloads):
            raise Malformed(f"rule {rule.number}: a workload is not defined")
        if any(group not in self.groups for _, group in rule.needs):
            raise Malformed(f"rule {rule.number}: a group is not defined")
        if not self.fill(rule, self.persons):
            raise Malformed(f"rule {rule.number}: its places can't be filled with distinct persons")

    # ---- questions

    def known_keys(self) -> List[VerifierKey]:
        return [key for _, key in self.people]

    def signers(self, keys: Iterable[VerifierKey]) -> Set[Person]:
        """The persons for whom this version lists a key that signed."""
        return {self.by_key[key] for key in keys if key in self.by_key}

    def owners_signed(self, keys: Iterable[VerifierKey]) -> bool:
        return len(self.signers(keys) & set(self.owners)) >= self.owners_needed

    def in_group(self, group: str, keys: Iterable[VerifierKey]) -> int:
        return len(self.signers(keys) & set(self.groups.get(group, ())))

    def fill(self, rule: Rule, persons: Set[Person]) -> bool:
        """Whether these persons fill the rule's places, each person one."""
        if sum(places for places, _ in rule.needs) > len(persons):
            return False
        places = [group for places, group in rule.needs for _ in range(places)]
        holder: Dict[Person, int] = {}

        def place(index: int, tried: Set[Person]) -> bool:
            for person in self.groups[places[index]]:
                if person in persons and person not in tried:
                    tried.add(person)
                    if person not in holder or place(holder[person], tried):
                        holder[person] = index
                        return True
            return False

        return all(place(index, set()) for index in range(len(places)))

    def workload_of(self, identity: str) -> Optional[str]:
        for workload, identities in self.workloads:
            if identities.matches(identity):
                return workload
        return None

    def first_rule(self, use: Use) -> Optional[Rule]:
        key_name = self.key_names.get(use.key)
        return next((rule for rule in self.rules if rule.matches(use, key_name)), None)


def exactly(tokens: List[str], *types: Type) -> tuple:
    if len(tokens) != len(types):
        raise Malformed(f"a line of the charter has {len(tokens)} values instead of {len(types)}")
    return tuple(read(token) for read, token in zip(types, tokens))


# ---- rules (section 3.2)


class Tokens:
    """The values of a rule, one after another."""

    def __init__(self, tokens: List[str]):
        self.tokens = tokens
        self.at = 0

    def next(self) -> str:
        if self.at == len(self.tokens):
            raise Malformed("a rule ends too early")
        self.at += 1
        return self.tokens[self.at - 1]

    def skip(self, word: str) -> bool:
        found = self.at < len(self.tokens) and self.tokens[self.at] == word
        self.at += found
        return found

    def maybe(self, word: str, read: Type):
        return read(self.next()) if self.skip(word) else None


def read_rule(values: List[str]) -> Rule:
    tokens = Tokens(values)
    rule_number = number(tokens.next())
    ops = frozenset(OPERATIONS) if tokens.skip("*") else operations(tokens.next())
    key = None if tokens.skip("*") else name(tokens.next())
    if not tokens.skip("by"):
        raise Malformed(f"rule {rule_number}: by is missing")
    workloads = None if tokens.skip("*") else tuple(name(w) for w in tokens.next().split(","))
    if workloads is not None and len(set(workloads)) != len(workloads):
        raise Malformed(f"rule {rule_number}: a workload stands twice")
    clauses = tuple(tokens.maybe(word, pattern) for word in CLAUSES)
    needs = read_needs(tokens)
    longest = objects = epochs = 0
    if tokens.skip("max") != bool(needs):
        raise Malformed(f"rule {rule_number}: needs and max stand together")
    if needs:
        longest = duration(tokens.next())
        objects = counted(tokens, objects_of, True)
        epochs = counted(tokens, epochs_of, False)
        if objects > MAX_OBJECTS:
            raise Malformed(f"rule {rule_number} allows {objects} objects")
    hold = tokens.maybe("hold", duration)
    review = tokens.maybe("review", duration)
    if tokens.at != len(tokens.tokens) or (needs and hold is not None) or (not needs and review is not None):
        raise Malformed(f"rule {rule_number}: a clause has no place there")
    return Rule(rule_number, ops, key, workloads, clauses, needs, longest, objects, epochs, hold, review)


def read_needs(tokens: Tokens) -> Tuple[Tuple[int, str], ...]:
    needs: List[Tuple[int, str]] = []
    if tokens.skip("needs"):
        while not needs or (tokens.at < len(tokens.tokens) and tokens.tokens[tokens.at][0].isdigit()):
            needs.append((from_one(tokens.next()), name(tokens.next())))
    groups = [group for _, group in needs]
    if len(set(groups)) != len(groups):
        raise Malformed("a rule needs one group twice")
    return tuple(needs)


def counted(tokens: Tokens, form: re.Pattern, must: bool) -> int:
    if not must and (tokens.at == len(tokens.tokens) or form.fullmatch(tokens.tokens[tokens.at]) is None):
        return 0
    found = form.fullmatch(tokens.next())
    if found is None:
        raise Malformed("max has a number of objects")
    return number(found[1])
