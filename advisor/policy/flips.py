"""Flips: the nearest changes of one fact, or of two, after which another move comes first.

Every flip given was scored again, not guessed. For a number the nearest value on each side of each
border is tried, so that the flip names the first value that changes the answer.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from advisor.domain.case import Case, Interval
from advisor.domain.decision import Flip
from advisor.domain.vocabulary import FactKey
from advisor.policy.playbook_files import MoveEntry, QuestionEntry
from advisor.policy.predicates import PREDICATES, middle
from advisor.policy.rulebook import candidate_values
from advisor.policy.scoring import Change, Scorer, Variations

MOST_PAIRS_SHOWN = 5


@dataclass(frozen=True)
class Alternative:
    """One other value a fact could have: typed, as plain JSON, and as "if …" in words.

    `distance` orders the changes of one fact, nearest first: days or dollars for a number, the place
    in the list of answers otherwise.
    """

    fact: FactKey
    value: object
    plain: JsonValue
    condition: str
    distance: float


def alternatives(scorer: Scorer, case: Case) -> list[Alternative]:
    """Every other value of every fact, in the order of the questions file."""
    found: list[Alternative] = []
    for question in scorer.rulebook.questions:
        borders = _borders(scorer, question.fact)
        if borders:
            found += _numeric(question, case, borders)
            continue
        typed = candidate_values(question)
        for place, (answer, value) in enumerate(zip(question.answers, typed, strict=True)):
            if value != case.value(question.fact):
                found.append(Alternative(question.fact, value, answer.value, answer.condition, place))
    return found


def flips_of_one(scorer: Scorer, case: Case) -> list[Flip]:
    """For each fact and each other first move it leads to, the nearest change that does."""
    options = alternatives(scorer, case)
    now = int(scorer.first(case)[0])
    after = _firsts(scorer, case, [{option.fact: option.value} for option in options])
    nearest: dict[tuple[FactKey, int], Alternative] = {}
    for option, first in zip(options, after, strict=True):
        if first == now:
            continue
        key = (option.fact, int(first))
        if key not in nearest or option.distance < nearest[key].distance:
            nearest[key] = option
    return [_flip((option,), scorer.moves[first]) for (_, first), option in nearest.items()]


def flips_of_two(scorer: Scorer, case: Case) -> list[Flip]:
    """Pairs of changes that flip together where neither does alone, the likeliest pairs first."""
    options = alternatives(scorer, case)
    now = int(scorer.first(case)[0])
    alone = _firsts(scorer, case, [{option.fact: option.value} for option in options])
    quiet = [option for option, first in zip(options, alone, strict=True) if first == now]
    pairs = [(a, b) for a, b in itertools.combinations(quiet, 2) if a.fact != b.fact]
    if not pairs:
        return []
    after = _firsts(scorer, case, [{a.fact: a.value, b.fact: b.value} for a, b in pairs])
    flips: list[Flip] = []
    seen: set[tuple[FactKey, FactKey, int]] = set()
    for (a, b), first in zip(pairs, after, strict=True):
        key = (a.fact, b.fact, int(first))
        if first != now and key not in seen:
            seen.add(key)
            flips.append(_flip((a, b), scorer.moves[int(first)]))
    return flips[:MOST_PAIRS_SHOWN]


def _firsts(scorer: Scorer, case: Case, changes: list[Change]) -> list[int]:
    return [int(first) for first in scorer.first(case, Variations.of(case, changes))]


def _flip(changed: Sequence[Alternative], move: MoveEntry) -> Flip:
    return Flip(
        changes={option.fact: option.plain for option in changed},
        phrase=" and ".join(option.condition for option in changed),
        move=move.id,
        role=move.role,
        engagement=move.engagement,
        label=move.label,
    )


def _borders(scorer: Scorer, fact: FactKey) -> tuple[float, ...]:
    used = {name for spoken in scorer.rules for name in (*spoken.rule.when, *spoken.rule.unless)}
    found = {border for name in used for border in PREDICATES[name].borders.get(fact, ())}
    return tuple(sorted(found))


def _numeric(question: QuestionEntry, case: Case, borders: tuple[float, ...]) -> list[Alternative]:
    """Just below and just at each border; what lies in the present stretch is left out."""
    held = case.value(question.fact)
    now = middle(held) if isinstance(held, Interval) else None
    if isinstance(held, Interval) and held.currency not in (None, "USD"):
        return []
    currency = "USD" if question.fact == "budget_usd" else None
    options: list[Alternative] = []
    for border in borders:
        for value, words in ((border - 1, "under"), (border, "at least")):
            if now is not None and ((value < border) == (now < border)):
                continue
            distance = 0.0 if now is None else abs(value - now)
            phrase = _amount(border, words, question.fact)
            plain: dict[str, JsonValue] = {"min": value, "max": value}
            typed = Interval(value, value, currency)
            options.append(Alternative(question.fact, typed, plain, phrase, distance))
    return options


def _amount(border: float, words: str, fact: FactKey) -> str:
    if fact == "budget_usd":
        return f"the budget is {words} ${border:,.0f}"
    return f"there are {words} {border:,.0f} days"
