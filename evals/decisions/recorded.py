"""Recorded cases: sets of facts that together show every condition of the playbook, and whole decisions.

A whole decision is recorded by content: moves by role and engagement, advice by the words it quotes, lines
of a calculation by their figures. Names of rules, notes and moves, labels and reasons stand in no record.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, JsonValue

from advisor.domain.case import Case
from advisor.domain.decision import Alternative, Flip, Line, Recommendation
from advisor.domain.disagreement import Disagreement
from advisor.policy.backplan import TimelineFile
from advisor.policy.decide import scorer_for
from advisor.policy.disagreements import for_memo, ledger, touching
from advisor.policy.kits.dating import timeline
from advisor.policy.next_question import prospect
from advisor.policy.rulebook import Rulebook
from evals.decisions.gold import CASES
from evals.decisions.votes import Json, cited

FILE = CASES / "recorded_cases.jsonl"


class RecordedCase(BaseModel):
    """Facts whose outcome is recorded. `full`: the whole decision is, not the votes alone; `shows` is why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    facts: dict[str, JsonValue]
    full: bool = False
    shows: str = ""


@lru_cache(maxsize=1)
def recorded_cases(file: Path = FILE) -> tuple[RecordedCase, ...]:
    """The committed cases. Raises ValueError for a row that is none or an id that occurs twice."""
    rows = [line for line in file.read_text("utf-8").splitlines() if line.strip()]
    cases = tuple(RecordedCase.model_validate_json(row) for row in rows)
    if len({case.id for case in cases}) < len(cases):
        raise ValueError(f"{file.name}: an id occurs twice")
    for case in cases:
        Case.of(case.facts)
    return cases


def whole(
    rulebook: Rulebook, facts: dict[str, JsonValue], decided: Recommendation, dates: TimelineFile
) -> Json:
    """The record of a whole decision. `values` is the value of information of each open fact."""
    case = Case.of(facts)
    first, ahead = decided.first, prospect(scorer_for(rulebook), case)
    route = decided.costs.of_first()
    today = dt.date.fromisoformat(decided.date)
    found: Json = {
        "k": "full",
        "f": dict(facts),
        "first": f"{first.role}+{first.engagement}",
        "level": first.level,
        "score": decided.score,
        "margin": decided.margin,
        "sure": decided.confidence,
        "days": list(first.duration_days) if first.duration_days else None,
        "cost": _cost(decided),
        "priced": [route.total.low, route.total.high] if route else None,
        "lines": _lines(decided.calculation),
        "then": sorted(
            f"{step.role}+{step.engagement} #{cited_as(step.passage, step.quote)}" for step in decided.then
        ),
        "notes": sorted(cited(note.rests_on) for note in decided.notes),
        "others": [_other(rulebook, decided, other) for other in decided.alternatives],
        "flips": sorted(_flip(flip) for flip in decided.flips),
        "pairs": sorted(_flip(flip) for flip in decided.flips_of_two),
        "assumed": sorted(f"{a.fact}={a.value}" for a in decided.assumptions),
        "without": {left.publisher: f"{left.role}+{left.engagement}" for left in decided.without},
        "earns": {interest.publisher: interest.favoured for interest in decided.interests},
        "ask": decided.next_question,
        "chance": decided.chance_of_change,
        "worth": {fact: round(value, 3) for fact, value in ahead.values.items()},
        "dated": _lines(timeline(dates, decided, case, today).lines, in_order=True),
        "differ": [_differ(topic) for topic in touching(ledger(rulebook), decided, case)],
        "shown": len(for_memo(rulebook, decided, case)),
    }
    return found


def cited_as(passage: str, quote: str) -> str:
    """Source and first words of a quote: where its passage is cut does not matter."""
    return f"{passage.partition('/')[0]}: {' '.join(quote.split()[:5])}"


def _cost(decided: Recommendation) -> JsonValue:
    cost = decided.first.cost
    return None if cost is None else [cost.low, cost.high, cost.unit + ("+" if cost.open_ended else "")]


def _lines(lines: Iterable[Line], in_order: bool = False) -> list[str]:
    shown = [_line(line) for line in lines]
    return shown if in_order else sorted(shown)


def _line(line: Line) -> str:
    """1–3 weeks, source: the figures, what they measure and whose they are."""
    unit = line.unit + ("+" if line.open_ended else "")
    return f"{line.low:g}–{line.high:g} {unit}, {line.origin}"


def _other(rulebook: Rulebook, decided: Recommendation, other: Alternative) -> str:
    """An alternative with its score, and how much the rule told against it pulls it and the first move."""
    fired = next((rule for rule in decided.rules_fired if rule.id == other.rule), None)
    if fired is None:
        return f"{other.role}+{other.engagement} {other.score}"
    pulls = [
        sum(fired.weights.get(target, 0) for target in rulebook.move(name).targets)
        for name in (other.move, decided.first.id)
    ]
    return f"{other.role}+{other.engagement} {other.score}, set back by {pulls[0]:+d} against {pulls[1]:+d}"


def _flip(flip: Flip) -> str:
    changes = " and ".join(f"{fact}={_value(value)}" for fact, value in flip.changes.items())
    return f"{changes} → {flip.role}+{flip.engagement}"


def _value(value: JsonValue) -> str:
    if isinstance(value, dict) and "min" in value:
        return f"{value['min']:g}"
    return str(value)


def _differ(topic: Disagreement) -> str:
    """A disagreement that is shown, by what its positions say."""
    says = {
        f"{one.publisher} {one.figure.low}–{one.figure.high}"
        if one.figure is not None
        else f"{one.publisher} “{' '.join(one.quote.split()[:3])}…”"
        for one in topic.positions
        if one.compared
    }
    return "; ".join(sorted(says))


def question_records(rulebook: Rulebook) -> Iterator[tuple[str, Json]]:
    """For each fact: how likely each answer is taken to be, what is assumed, and whether it is asked."""
    for question in rulebook.questions:
        weight = sum(answer.prior for answer in question.answers)
        likely: Json = {str(answer.value): round(answer.prior / weight, 3) for answer in question.answers}
        yield (
            question.fact,
            {"k": "question", "likely": likely, "assumes": question.assumes, "asked": question.askable},
        )
