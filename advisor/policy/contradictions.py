"""Contradictions: things said that can't all be meant, by one person or by two, and whether it matters."""

from collections.abc import Collection, Iterable, Mapping
from typing import cast

from pydantic import JsonValue

from advisor.domain.case import Case, Interval
from advisor.domain.decision import Flip
from advisor.domain.vocabulary import TEXT_FACTS, FactKey
from advisor.policy.decide import first_move, scorer_for
from advisor.policy.next_question import open_questions, prospect
from advisor.policy.playbook_files import ContradictionEntry
from advisor.policy.predicates import PREDICATES
from advisor.policy.rulebook import Rulebook, candidate_values
from advisor.policy.scoring import Change, Variations


def contradictions(rulebook: Rulebook, case: Case) -> list[ContradictionEntry]:
    """The entries whose predicates all hold, in the order of the file."""
    return [
        entry for entry in rulebook.contradictions if all(PREDICATES[name].test(case) for name in entry.when)
    ]


def plain(value: JsonValue) -> JsonValue:
    """Yes or no of `regulated`, whichever regimes are named; any other value as it is."""
    return value["value"] if isinstance(value, dict) and "value" in value else value


def contrary(key: FactKey, one: JsonValue, other: JsonValue) -> bool:
    """Whether two values of a fact can't both be meant: other values, or intervals that do not overlap.

    Amounts in two currencies can't both be meant either. Texts are never compared.
    """
    if one is None or other is None or key in TEXT_FACTS:
        return False
    held, new = _typed(key, one), _typed(key, other)
    if isinstance(held, Interval) and isinstance(new, Interval):
        return held.currency != new.currency or held.high < new.low or new.high < held.low
    return held != new


def could_change(
    rulebook: Rulebook,
    case: Case,
    key: FactKey,
    values: tuple[JsonValue, JsonValue],
    closed: Collection[FactKey] = (),
) -> bool:
    """Whether role or engagement of the first move hang on which of two values a fact has.

    They do where the moves differ on what is known, or, while anything is worth asking, after some answer to
    one open question. `closed` are facts not to ask for any more.
    """
    scorer = scorer_for(rulebook)
    one, other = (case.having(key, _typed(key, value)) for value in values)
    questions = open_questions(scorer, one, closed)
    known: Change = {}
    changes: list[Change] = [known]
    if any(prospect(scorer, each, closed).fact is not None for each in (one, other)):
        for question in questions:
            for value in candidate_values(question):
                answered: Change = {question.fact: value}
                changes.append(answered)
    first, second = (
        [scorer.moves[int(move)] for move in scorer.first(each, Variations.of(each, changes))]
        for each in (one, other)
    )
    pairs = zip(first, second, strict=True)
    return any((a.role, a.engagement) != (b.role, b.engagement) for a, b in pairs)


def flip_to(
    rulebook: Rulebook, values: Mapping[str, JsonValue], flips: Iterable[Flip], key: FactKey, other: JsonValue
) -> Flip | None:
    """The known flip of a fact that another value of it comes under; None where there is none.

    Its move is the one that the other value itself leads to.
    """
    move = first_move(rulebook, Case.of({**values, key: other})).id
    now, then = _typed(key, values[key]), _typed(key, other)
    for flip in flips:
        if set(flip.changes) == {key} and flip.move == move and _under(flip.changes[key], key, now, then):
            return flip
    return None


def _under(changed: JsonValue, key: FactKey, now: object, then: object) -> bool:
    """Whether the words of a flip ("under 60 days", "at least $10,000") are true of a value."""
    if not isinstance(changed, dict) or not isinstance(now, Interval) or not isinstance(then, Interval):
        return plain(changed) == then
    border = cast(float, changed["min"])
    return then.high <= border if now.low > border else then.low >= border


def _typed(key: FactKey, value: JsonValue) -> object:
    return Case.of({key: value}).value(key)
