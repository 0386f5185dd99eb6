"""The rulebook: rules, moves, questions and weights, checked as a whole when loaded.

Takes texts and passages, never paths: reading files is the caller's part. Loading fails loudly on an
unknown predicate or target, a dead citation, a rule that can never fire, a role or engagement that
no rule can reach.
"""

import hashlib
import itertools
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from advisor.domain.case import Case
from advisor.domain.decision import Reference
from advisor.domain.evidence import Figure, Passage, Source
from advisor.domain.facts import canonical_value
from advisor.domain.vocabulary import LEVELS, FactKey
from advisor.errors import PlaybookError
from advisor.policy.costs.book import COSTS, CostBook, check_figures
from advisor.policy.playbook_files import (
    ContradictionEntry,
    MoveEntry,
    NoteEntry,
    QuestionEntry,
    Rule,
    RuleFile,
    SequenceEntry,
    Strength,
    Weights,
    read_entries,
)
from advisor.policy.predicates import PREDICATES

RULES_FOLDER = "rules/"


class Conditional(Protocol):
    """What holds in some cases: a rule, a note, a step of a sequence."""

    @property
    def when(self) -> tuple[str, ...]: ...

    @property
    def unless(self) -> tuple[str, ...]: ...


@dataclass(frozen=True)
class SpokenRule:
    """A rule with the source that speaks it and the integer weight it puts on each target."""

    rule: Rule
    source: Source
    weights: Mapping[str, int]
    interested: bool
    facts: tuple[FactKey, ...]


@dataclass(frozen=True, eq=False)
class Rulebook:
    """Everything the policy decides by. `hash` names its content, sources and figures included.

    Two rulebooks with the same hash are equal, so that one can be the key of a cache.
    """

    rules: tuple[SpokenRule, ...]
    moves: tuple[MoveEntry, ...]
    notes: tuple[NoteEntry, ...]
    sequences: tuple[SequenceEntry, ...]
    questions: tuple[QuestionEntry, ...]
    contradictions: tuple[ContradictionEntry, ...]
    weights: Weights
    costs: CostBook
    sources: Mapping[str, Source]
    figures: Mapping[str, Figure]
    passages: Mapping[str, Passage]
    hash: str
    publishers: tuple[str, ...] = field(default=())

    def __hash__(self) -> int:
        return hash(self.hash)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Rulebook) and other.hash == self.hash

    def move(self, move_id: str) -> MoveEntry:
        """The move with this id."""
        return next(move for move in self.moves if move.id == move_id)

    def question(self, fact: FactKey) -> QuestionEntry:
        """How this fact is asked for."""
        return next(question for question in self.questions if question.fact == fact)


def load_rulebook(
    files: Mapping[str, str],
    passages: Mapping[str, Passage],
    sources: Mapping[str, Source],
    figures: Iterable[Figure] = (),
) -> Rulebook:
    """A checked rulebook from the playbook's files (name → text).

    Raises PlaybookError naming the file, the entry and what is wrong with it.
    """
    weights = read_entries(files, "weights.yaml", Weights)
    moves = read_entries(files, "moves.yaml", tuple[MoveEntry, ...])
    notes = read_entries(files, "notes.yaml", tuple[NoteEntry, ...])
    sequences = read_entries(files, "sequences.yaml", tuple[SequenceEntry, ...])
    questions = read_entries(files, "questions.yaml", tuple[QuestionEntry, ...])
    contradictions = read_entries(files, "contradictions.yaml", tuple[ContradictionEntry, ...])
    costs = read_entries(files, COSTS, CostBook)
    by_id = {figure.id: figure for figure in figures}
    rules: list[SpokenRule] = []
    for name in sorted(files):
        if name.startswith(RULES_FOLDER):
            spoken = read_entries(files, name, RuleFile)
            source = _known_source(sources, spoken.source, name)
            rules += [_speak(rule, source, weights, name) for rule in spoken.rules]
    _check_unique("rule", [spoken.rule.id for spoken in rules])
    _check_unique("move", [move.id for move in moves])
    _check_unique("note", [note.id for note in notes])
    _check_unique("sequence", [entry.id for entry in sequences])
    _check_unique("question about", [question.fact for question in questions])
    _check_moves(moves, by_id, passages)
    _check_notes(notes, moves, questions, passages)
    _check_sequences(sequences, moves, questions, passages)
    _check_questions(questions, passages)
    check_figures(costs, by_id)
    for where, reference in costs.references():
        check_reference(reference, passages, where)
    for entry in contradictions:
        _check_predicates(entry.when, f"contradiction {entry.id}")
    for spoken in rules:
        _check_rule(spoken, moves, questions, passages)
    _check_reach(rules, moves)
    return Rulebook(
        rules=tuple(rules),
        moves=tuple(moves),
        notes=tuple(sorted(notes, key=lambda note: note.place)),
        sequences=sequences,
        questions=tuple(questions),
        contradictions=tuple(contradictions),
        weights=weights,
        costs=costs,
        sources=sources,
        figures=by_id,
        passages=passages,
        hash=_hash(files, sources, by_id),
        publishers=tuple(sorted({spoken.source.publisher for spoken in rules})),
    )


def candidate_values(question: QuestionEntry) -> tuple[object, ...]:
    """The typed values that a fact's likely answers set."""
    key = question.fact
    return tuple(Case.of({key: answer.value}).value(key) for answer in question.answers)


def _speak(rule: Rule, source: Source, weights: Weights, name: str) -> SpokenRule:
    interested = any(target in source.favours for target in _parts(rule.supports))
    signed: dict[str, int] = {}
    for target, strength in rule.supports.items():
        favoured = any(part in source.favours for part in target.split("+"))
        signed[target] = _discounted(weights, strength, favoured)
    for target, strength in rule.opposes.items():
        if target in signed:
            raise PlaybookError(f"{name}: rule {rule.id} both supports and opposes {target}.", "Keep one.")
        # What speaks for a publisher's own product speaks against its rivals with no better right.
        signed[target] = -_discounted(weights, strength, interested)
    _check_predicates((*rule.when, *rule.unless), f"{name}: rule {rule.id}")
    return SpokenRule(rule, source, signed, interested, facts_read(rule.when))


def _discounted(weights: Weights, strength: Strength, interested: bool) -> int:
    weight = weights.strengths[strength]
    return weight * weights.interested_percent // 100 if interested else weight


def facts_read(predicates: Iterable[str]) -> tuple[FactKey, ...]:
    """The facts these predicates read, each once, in order."""
    keys: list[FactKey] = []
    for name in predicates:
        for key in PREDICATES[name].reads:
            if key not in keys:
                keys.append(key)
    return tuple(keys)


def _parts(targets: Iterable[str]) -> set[str]:
    return {part for target in targets for part in target.split("+")}


def _known_source(sources: Mapping[str, Source], source_id: str, name: str) -> Source:
    if source_id not in sources:
        raise PlaybookError(
            f"{name} speaks for source {source_id!r}, which is not in the registry.",
            "Add it to corpus/sources.yaml or mend the name.",
        )
    return sources[source_id]


def _check_unique(what: str, ids: list[str]) -> None:
    for name in ids:
        if ids.count(name) > 1:
            raise PlaybookError(f"There are two of {what} {name}.", "Rename or remove one.")


def _check_predicates(names: Iterable[str], where: str) -> None:
    for name in names:
        if name not in PREDICATES:
            raise PlaybookError(
                f"{where} uses the predicate {name!r}, which does not exist.",
                "Mend the name, or add the predicate to advisor/policy/predicates.py.",
            )


def check_reference(reference: Reference, passages: Mapping[str, Passage], where: str) -> None:
    """PlaybookError when the passage does not exist, or the quote does not occur in it."""
    passage = passages.get(reference.passage)
    if passage is None:
        raise PlaybookError(
            f"{where} cites the passage {reference.passage!r}, which does not exist.",
            "Mend the citation, or restore the passage in its digest.",
        )
    if " ".join(reference.quote.split()) not in " ".join(passage.text.split()):
        raise PlaybookError(
            f"{where} quotes “{reference.quote}”, which is not in {reference.passage}.",
            "Mend the quote so that it occurs in the passage word for word.",
        )


def _check_moves(
    moves: Iterable[MoveEntry], figures: Mapping[str, Figure], passages: Mapping[str, Passage]
) -> None:
    for move in moves:
        where = f"moves.yaml: move {move.id}"
        _check_predicates(move.only_when, where)
        if move.cost.figure is not None and move.cost.figure not in figures:
            raise PlaybookError(f"{where} prices by {move.cost.figure!r}, no such figure.", "Mend the id.")
        if move.cost.kind != "not_given" and move.cost.figure is None:
            raise PlaybookError(f"{where} has a {move.cost.kind} cost without a figure.", "Name one.")
        for reference in (move.duration_rests_on, move.cost.rests_on):
            if reference is not None:
                check_reference(reference, passages, where)


def _check_notes(
    notes: Iterable[NoteEntry],
    moves: Iterable[MoveEntry],
    questions: Iterable[QuestionEntry],
    passages: Mapping[str, Passage],
) -> None:
    known, questions = _targets(moves), tuple(questions)
    for note in notes:
        where = f"notes.yaml: note {note.id}"
        _check_targets(note.goes_with, known, where)
        _check_condition(note, questions, where)
        for reference in note.rests_on:
            check_reference(reference, passages, where)


def _check_sequences(
    sequences: Iterable[SequenceEntry],
    moves: Iterable[MoveEntry],
    questions: Iterable[QuestionEntry],
    passages: Mapping[str, Passage],
) -> None:
    moves, questions = tuple(moves), tuple(questions)
    known, ids = _targets(moves), {move.id for move in moves}
    for entry in sequences:
        where = f"sequences.yaml: {entry.id}"
        _check_targets(entry.after, known, where)
        _check_condition(entry, questions, where)
        check_reference(entry.rests_on, passages, where)
        if entry.move not in ids:
            raise PlaybookError(f"{where} leads to {entry.move!r}, no such move.", "Mend the id.")


def _check_condition(entry: Conditional, questions: Iterable[QuestionEntry], where: str) -> None:
    _check_predicates((*entry.when, *entry.unless), where)
    if not can_fire(entry, questions):
        raise PlaybookError(f"{where} can never hold: its predicates exclude each other.", "Mend `when`.")


def _check_targets(targets: Iterable[str], known: set[str], where: str) -> None:
    for target in targets:
        if target not in known:
            raise PlaybookError(f"{where} speaks of {target!r}, which no move has.", "Mend the target.")


def _targets(moves: Iterable[MoveEntry]) -> set[str]:
    return {target for move in moves for target in move.targets}


def _check_questions(questions: Iterable[QuestionEntry], passages: Mapping[str, Passage]) -> None:
    for question in questions:
        where = f"questions.yaml: question about {question.fact}"
        if question.rests_on is not None:
            check_reference(question.rests_on, passages, where)
        for value in (question.assumes, *(answer.value for answer in question.answers)):
            try:
                canonical_value(question.fact, value)
            except ValueError as error:
                raise PlaybookError(f"{where}: {error}.", "Mend the answer.") from error


def _check_rule(
    spoken: SpokenRule,
    moves: Iterable[MoveEntry],
    questions: Iterable[QuestionEntry],
    passages: Mapping[str, Passage],
) -> None:
    rule = spoken.rule
    where = f"rule {rule.id}"
    _check_targets((*rule.supports, *rule.opposes), _targets(moves) | set(LEVELS), where)
    if not rule.supports and not rule.opposes:
        raise PlaybookError(f"{where} neither supports nor opposes anything.", "Give it a target.")
    for reference in rule.rests_on:
        check_reference(reference, passages, where)
    if not can_fire(rule, questions):
        raise PlaybookError(f"{where} can never fire: its predicates exclude each other.", "Mend `when`.")


def can_fire(rule: Conditional, questions: Iterable[QuestionEntry]) -> bool:
    """Is there a case over the likely answers (or unknown) in which the rule fires?"""
    by_fact = {question.fact: question for question in questions}
    keys = facts_read((*rule.when, *rule.unless))
    choices = [(None, *candidate_values(by_fact[key])) if key in by_fact else (None,) for key in keys]
    for values in itertools.product(*choices):
        case = Case()
        for key, value in zip(keys, values, strict=True):
            case = case.having(key, value)
        if fires(rule, case):
            return True
    return False


def fires(rule: Conditional, case: Case) -> bool:
    """Do all of `when` hold and none of `unless`?"""
    return all(PREDICATES[name].test(case) for name in rule.when) and not any(
        PREDICATES[name].test(case) for name in rule.unless
    )


def _check_reach(rules: Iterable[SpokenRule], moves: Iterable[MoveEntry]) -> None:
    supported = _parts(target for spoken in rules for target in spoken.rule.supports)
    for move in moves:
        for target in (move.role, move.engagement):
            if target not in supported:
                raise PlaybookError(f"No rule can reach {target} (move {move.id}).", "Add a rule or drop it.")


def _hash(files: Mapping[str, str], sources: Mapping[str, Source], figures: Mapping[str, Figure]) -> str:
    content = {
        "files": dict(sorted(files.items())),
        "sources": {key: sources[key].model_dump(mode="json") for key in sorted(sources)},
        "figures": {key: figures[key].model_dump(mode="json") for key in sorted(figures)},
        # A predicate is code, so its name and borders stand in for it; replay compares what it decides.
        "predicates": {
            name: [list(p.reads), {k: list(v) for k, v in p.borders.items()}]
            for name, p in PREDICATES.items()
        },
    }
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
