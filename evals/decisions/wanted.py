"""What recorded cases have to show: each condition of the playbook holding, and each part failing alone.

For a rule, a note, a follow-on, a contradiction or a move with conditions: a case in which it holds; for each
predicate under `when`, one in which only that predicate fails; for each under `unless`, one in which only
that predicate stands in the way; for a rule that shares its ground, one in which another of that ground
fires too. What no case can show, because one predicate implies another, is told apart.
"""

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from pydantic import JsonValue

from advisor.domain.case import Case
from advisor.domain.vocabulary import FACT_KEYS, FactKey
from advisor.policy.predicates import PREDICATES
from advisor.policy.rulebook import Conditional, Rulebook, facts_read, fires
from evals.decisions.truths import Probes

Facts = dict[str, JsonValue]


@dataclass(frozen=True)
class Wanted:
    """Something to be shown: the sets of facts to look for it in, and whether a case shows it."""

    what: str
    reads: tuple[tuple[FactKey, ...], ...]
    shown_by: Callable[[Case], bool]


@dataclass(frozen=True)
class _Entry:
    name: str
    when: tuple[str, ...]
    unless: tuple[str, ...]


def wanted(rulebook: Rulebook) -> Iterator[Wanted]:
    """Everything the playbook's conditions call for."""
    for entry in _entries(rulebook):
        reads = (facts_read((*entry.when, *entry.unless)),)
        yield Wanted(f"{entry.name} holds", reads, _holds(entry))
        for name in entry.when:
            yield Wanted(f"{entry.name}: only “{name}” fails", reads, _only_fails(entry, name))
        for name in entry.unless:
            yield Wanted(f"{entry.name}: only “{name}” is in the way", reads, _only_bars(entry, name))
    yield from _shared_grounds(rulebook)


def _entries(rulebook: Rulebook) -> Iterator[_Entry]:
    for spoken in rulebook.rules:
        rule = spoken.rule
        yield _Entry(f"rule “{rule.why}”", rule.when, rule.unless)
    for note in rulebook.notes:
        if note.when or note.unless:
            yield _Entry(f"note “{note.text}”", note.when, note.unless)
    for entry in rulebook.sequences:
        if entry.when or entry.unless:
            yield _Entry(f"{entry.move} {entry.condition}", entry.when, entry.unless)
    for clash in rulebook.contradictions:
        yield _Entry(f"contradiction “{clash.text}”", clash.when, ())
    for move in rulebook.moves:
        if move.only_when:
            yield _Entry(f"{move.role}+{move.engagement}", move.only_when, ())


def _shared_grounds(rulebook: Rulebook) -> Iterator[Wanted]:
    for spoken in rulebook.rules:
        rule = spoken.rule
        others = [
            other.rule
            for other in rulebook.rules
            if other.rule.ground == rule.ground
            and other.source.publisher == spoken.source.publisher
            and other is not spoken
        ]
        if others:
            reads = tuple(
                facts_read((*rule.when, *rule.unless, *other.when, *other.unless)) for other in others
            )
            yield Wanted(f"rule “{rule.why}” beside another on its ground", reads, _beside(rule, others))


def _holds(entry: _Entry) -> Callable[[Case], bool]:
    return lambda case: fires(entry, case)


def _only_fails(entry: _Entry, name: str) -> Callable[[Case], bool]:
    rest = _Entry(entry.name, tuple(other for other in entry.when if other != name), entry.unless)
    return lambda case: not PREDICATES[name].test(case) and fires(rest, case)


def _only_bars(entry: _Entry, name: str) -> Callable[[Case], bool]:
    rest = _Entry(entry.name, entry.when, tuple(other for other in entry.unless if other != name))
    return lambda case: PREDICATES[name].test(case) and fires(rest, case)


def _beside(rule: Conditional, others: Sequence[Conditional]) -> Callable[[Case], bool]:
    return lambda case: fires(rule, case) and any(fires(other, case) for other in others)


class Search:
    """Finds the smallest case that shows something, among values that some predicate tells apart."""

    def __init__(self, probes: Probes) -> None:
        self._probes = probes

    @cached_property
    def _values(self) -> Mapping[FactKey, tuple[JsonValue, ...]]:
        return {key: self._classes(key) for key in FACT_KEYS}

    def _classes(self, key: FactKey) -> tuple[JsonValue, ...]:
        """Unknown, then one value for each way in which the predicates see this fact."""
        seen: dict[tuple[bool, ...], JsonValue] = {}
        reading = [predicate for predicate in PREDICATES.values() if key in predicate.reads]
        others: set[FactKey] = {other for predicate in reading for other in predicate.reads if other != key}
        # A predicate of two facts is told apart while the other one is known.
        backgrounds: list[Facts] = [
            {},
            *({other: value} for other in others for value in self._probes.enumerated(other)),
        ]
        for value in (None, *self._probes.of(key)):
            case_of = [Case.of({**background, key: value}) for background in backgrounds]
            signature = tuple(p.test(case) for case in case_of for p in reading)
            seen.setdefault(signature, value)
        return tuple(seen.values())

    def shows(self, wish: Wanted) -> Facts | None:
        """The facts of the smallest case, None when there is none among these values."""
        for reads in wish.reads:
            if (found := self._smallest(reads, wish.shown_by)) is not None:
                return found
        return None

    def _smallest(self, reads: tuple[FactKey, ...], shown_by: Callable[[Case], bool]) -> Facts | None:
        best: Facts | None = None
        for values in itertools.product(*[self._values[key] for key in reads]):
            facts: Facts = {key: value for key, value in zip(reads, values, strict=True) if value is not None}
            if (best is None or len(facts) < len(best)) and shown_by(Case.of(facts)):
                best = facts
        return best


def missing(
    rulebook: Rulebook, held: Iterable[Facts], probes: Probes
) -> tuple[list[tuple[Facts, str]], list[str]]:
    """Cases to add, each with what it is for, and what no case can show."""
    search = Search(probes)
    cases = [Case.of(facts) for facts in held]
    added: list[tuple[Facts, str]] = []
    impossible: list[str] = []
    for wish in wanted(rulebook):
        if any(wish.shown_by(case) for case in cases):
            continue
        facts = search.shows(wish)
        if facts is None:
            impossible.append(wish.what)
            continue
        cases.append(Case.of(facts))
        added.append((facts, wish.what))
    return added, impossible
