"""Standing: what a conversation knows and where it leans, and the decision on supposed facts.

Reads a record and keeps nothing; the decision is the one that the last turn worked out.
"""

from collections.abc import Mapping
from functools import lru_cache

from pydantic import JsonValue

from advisor.domain.case import Case
from advisor.domain.decision import Assumption, Recommendation
from advisor.domain.facts import Fact, FactValueError, Statement, canonical_value
from advisor.domain.standing import CouldChange, Standing, StandingFact, StandingStatus, Supposition
from advisor.domain.vocabulary import ENUMERATED, FACT_KEYS, FactKey
from advisor.errors import InputError
from advisor.policy.decide import scorer_for
from advisor.policy.next_question import prospect
from advisor.policy.playbook_files import QuestionEntry
from advisor.policy.rulebook import Rulebook
from advisor.steps.decide import recommendation, worth_asking
from advisor.steps.phrasebook import Phrasebook
from advisor.steps.question import question
from advisor.steps.record import Record
from advisor.steps.wording import as_said, value_words


def standing(record: Record, rulebook: Rulebook, phrases: Phrasebook) -> Standing:
    """How the conversation stands."""
    record = unanswered(record)
    decision = recommendation(record, rulebook)
    current = record.memo_on == record.fingerprint()
    taken = {one.fact: one for one in decision.assumptions if one.value is not None} if current else {}
    facts = record.facts()
    asked = record.open_question
    return Standing(
        facts=tuple(
            _fact(entry, facts.get(entry.fact), taken.get(entry.fact), rulebook, phrases)
            for entry in _in_order(rulebook)
        ),
        first_label=decision.first.label,
        first_role=decision.first.role,
        first_engagement=decision.first.engagement,
        confidence=decision.confidence,
        margin=decision.margin,
        runner_up_label=decision.runner_up.label,
        chance_of_change=decision.chance_of_change,
        settled=round(1 - decision.chance_of_change, 4),
        could_change=_could_change(decision, record, rulebook),
        next_fact=worth_asking(record, rulebook) if asked is None else asked.fact,
        open_question=asked,
        has_memo=any(entry.memo for entry in record.transcript),
        memo_is_current=current,
        turn=record.turn,
    )


def suppose(record: Record, changes: Mapping[FactKey, object], rulebook: Rulebook) -> Supposition:
    """The decision now and with these facts changed; None makes one unknown. Keeps nothing.

    Raises InputError for an unknown fact or a value that it can't hold.
    """
    record = unanswered(record)
    supposed: list[Statement] = []
    for key, value in changes.items():
        try:
            canonical = canonical_value(key, value)
        except FactValueError as error:
            raise InputError(f"That can't be supposed: {error}.", _remedy(key, rulebook)) from error
        supposed.append(Statement(key=key, value=canonical, said="", message_id=record.message_id))
    other = record.model_copy(update={"statements": (*record.statements, *supposed)})
    now, then = recommendation(record, rulebook), recommendation(other, rulebook)
    return Supposition(now=now, then=then, changed=now.first.id != then.first.id)


def unanswered(record: Record) -> Record:
    """The record as it was before its open question was put: what nobody answered yet can still change.

    So the chance of change counts the open question, and the decision is the one worked out in the turn.
    """
    asked = record.open_question
    if asked is None or asked.fact in record.facts():
        return record
    return record.model_copy(update={"asked": tuple(key for key in record.asked if key != asked.fact)})


def _in_order(rulebook: Rulebook) -> list[QuestionEntry]:
    """The questions in the order of the vocabulary."""
    entries = {entry.fact: entry for entry in rulebook.questions}
    return [entries[key] for key in FACT_KEYS if key in entries]


def _fact(
    entry: QuestionEntry,
    held: Fact | None,
    taken: Assumption | None,
    rulebook: Rulebook,
    phrases: Phrasebook,
) -> StandingFact:
    value: JsonValue = held.value if held else None
    status: StandingStatus = "open" if held is None else held.status
    if held is None and taken is not None:
        value, status = canonical_value(entry.fact, taken.value), "assumed"
    listed = entry.fact in ENUMERATED
    return StandingFact(
        key=entry.fact,
        label=entry.label,
        value=value,
        words="" if value is None else value_words(rulebook, entry.fact, value),
        said=as_said(held.said) if held and held.said else None,
        status=status,
        sure=held.sure if held else "sure",
        choices=tuple(c.label for c in question(entry, phrases).choices) if listed else (),
        text=entry.text,
        by=as_said(held.by) if held and held.by else None,
    )


def _could_change(decision: Recommendation, record: Record, rulebook: Rulebook) -> tuple[CouldChange, ...]:
    """The facts nobody stated that flip the first move, those that matter most first."""
    if not decision.assumptions:
        return ()
    worth = _worth(rulebook, Case.of(record.values()), record.closed())
    ordered = sorted(decision.assumptions, key=lambda one: -worth.get(one.fact, -1.0))
    return tuple(_change(rulebook.question(one.fact), one) for one in ordered)


def _change(entry: QuestionEntry, one: Assumption) -> CouldChange:
    """The likeliest answer of a fact that flips; for a number the nearest border that does."""
    priors = {str(answer.value): answer.prior for answer in entry.answers}
    flip = max(one.flips, key=lambda flip: priors.get(str(flip.changes[entry.fact]), 0))
    return CouldChange(fact=entry.fact, label=entry.label, phrase=flip.phrase, to_label=flip.label)


@lru_cache(maxsize=64)
def _worth(rulebook: Rulebook, case: Case, closed: tuple[FactKey, ...]) -> Mapping[FactKey, float]:
    """The value of information of each open fact."""
    return prospect(scorer_for(rulebook), case, closed).values


def _remedy(key: str, rulebook: Rulebook) -> str:
    entry = next((entry for entry in rulebook.questions if entry.fact == key), None)
    if entry is None:
        return "Name one of them."
    if entry.fact in ENUMERATED:
        return f"Give one of {', '.join(ENUMERATED[entry.fact])}, or None for unknown."
    return "Give a value it can hold, or None for unknown."
