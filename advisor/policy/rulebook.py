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

from advisor.domain.case import Case
from advisor.domain.decision import Reference
from advisor.domain.evidence import Figure, Passage, Source
from advisor.domain.facts import canonical_value
from advisor.domain.vocabulary import FactKey
from advisor.errors import PlaybookError
from advisor.policy.playbook_files import (
    ContradictionEntry,
    MoveEntry,
    QuestionEntry,
    Rule,
    RuleFile,
    Weights,
    read_entries,
)
from advisor.policy.predicates import PREDICATES

RULES_FOLDER = "rules/"


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
    questions: tuple[QuestionEntry, ...]
    contradictions: tuple[ContradictionEntry, ...]
    weights: Weights
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
    questions = read_entries(files, "questions.yaml", tuple[QuestionEntry, ...])
    contradictions = read_entries(files, "contradictions.yaml", tuple[ContradictionEntry, ...])
    by_id = {figure.id: figure for figure in figures}
    rules: list[SpokenRule] = []
    for name in sorted(files):
        if name.startswith(RULES_FOLDER):
            spoken = read_entries(files, name, RuleFile)
            source = _known_source(sources, spoken.source, name)
            rules += [_speak(rule, source, weights, name) for rule in spoken.rules]
    _check_unique("rule", [spoken.rule.id for spoken in rules])
    _check_unique("move", [move.id for move in moves])
    _check_unique("question about", [question.fact for question in questions])
    _check_moves(moves, by_id, passages)
    _check_questions(questions, passages)
    for entry in contradictions:
        _check_predicates(entry.when, f"contradiction {entry.id}")
    for spoken in rules:
        _check_rule(spoken, moves, questions, passages)
    _check_reach(rules, moves)
    return Rulebook(
        rules=tuple(rules),
        moves=tuple(moves),
        questions=tuple(questions),
        contradictions=tuple(contradictions),
        weights=weights,
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
        weight = weights.strengths[strength]
        if any(part in source.favours for part in target.split("+")):
            weight = weight * weights.interested_percent // 100
        signed[target] = weight
    for target, strength in rule.opposes.items():
        if target in signed:
            raise PlaybookError(f"{name}: rule {rule.id} both supports and opposes {target}.", "Keep one.")
        signed[target] = -weights.strengths[strength]
    _check_predicates((*rule.when, *rule.unless), f"{name}: rule {rule.id}")
    return SpokenRule(rule, source, signed, interested, facts_read(rule.when))


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


def _check_reference(reference: Reference, passages: Mapping[str, Passage], where: str) -> None:
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
    moves = tuple(moves)
    ids = {move.id for move in moves}
    for move in moves:
        where = f"moves.yaml: move {move.id}"
        if move.cost.figure is not None and move.cost.figure not in figures:
            raise PlaybookError(f"{where} prices by {move.cost.figure!r}, no such figure.", "Mend the id.")
        if move.cost.kind != "not_given" and move.cost.figure is None:
            raise PlaybookError(f"{where} has a {move.cost.kind} cost without a figure.", "Name one.")
        rests = (move.duration_rests_on, move.cost.rests_on, *(note.rests_on for note in move.notes))
        for reference in rests:
            if reference is not None:
                _check_reference(reference, passages, where)
        for entry in move.then:
            _check_predicates(entry.unless, where)
            _check_reference(entry.rests_on, passages, where)
            if entry.move not in ids:
                raise PlaybookError(f"{where} is followed by {entry.move!r}, no such move.", "Mend the id.")


def _check_questions(questions: Iterable[QuestionEntry], passages: Mapping[str, Passage]) -> None:
    for question in questions:
        where = f"questions.yaml: question about {question.fact}"
        if question.rests_on is not None:
            _check_reference(question.rests_on, passages, where)
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
    moves = tuple(moves)
    known = {m.role for m in moves} | {m.engagement for m in moves}
    known |= {f"{m.role}+{m.engagement}" for m in moves}
    for target in (*rule.supports, *rule.opposes):
        if target not in known:
            raise PlaybookError(f"{where} speaks of {target!r}, which no move has.", "Mend the target.")
    if not rule.supports and not rule.opposes:
        raise PlaybookError(f"{where} neither supports nor opposes anything.", "Give it a target.")
    for reference in rule.rests_on:
        _check_reference(reference, passages, where)
    if not can_fire(rule, questions):
        raise PlaybookError(f"{where} can never fire: its predicates exclude each other.", "Mend `when`.")


def can_fire(rule: Rule, questions: Iterable[QuestionEntry]) -> bool:
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


def fires(rule: Rule, case: Case) -> bool:
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
