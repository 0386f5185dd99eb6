"""Understand: a message becomes commands, and the commands change the facts."""

import datetime as dt

from advisor.domain.commands import (
    AnswerNow,
    AskGuides,
    AskWhy,
    OutOfScope,
    Reading,
    Restart,
    RetractFact,
    SetFact,
    WhatIf,
)
from advisor.domain.facts import Statement
from advisor.domain.speaker import differs
from advisor.domain.vocabulary import ENUMERATED, FactKey
from advisor.policy.contradictions import plain
from advisor.policy.next_question import OPENING
from advisor.policy.rulebook import Rulebook
from advisor.ports.language import Language, ReadingContext
from advisor.steps.about import answered_or_told, completed, pressed, put_to
from advisor.steps.disputes import disputed, named_as, restating, to_clear_up
from advisor.steps.phrasebook import Phrasebook
from advisor.steps.record import Piece, Record
from advisor.steps.speaking import spoken, turn_of
from advisor.steps.wording import value_words

MOST_READ_BACK = 8
SMALL_TALK = 4
"""Words; a message as short in which nothing was read leaves the opening question open."""

LONGEST_MESSAGE = 20_000
"""Characters; some 3,500 words. A longer message is a document, which can be ingested instead."""


async def understand(
    record: Record, language: Language, local: Language, rulebook: Rulebook, phrases: Phrasebook
) -> Record:
    """The record with this message's reading, its facts set, and what was read played back."""
    unreadable = _screened(record.text)
    if unreadable is not None:
        return record.model_copy(update={"reading": Reading(commands=(unreadable,))})
    chosen = pressed(record, rulebook, phrases)
    if chosen is None:
        record, read = await _read(record, language, local, rulebook)
        reading = _asking(completed(read, record), record.text)
    else:
        reading = Reading(commands=(chosen,))
    updated = record.model_copy(
        update={
            "reading": reading,
            "notices": (*record.notices, *reading.notices),
            "language": reading.language or record.language,
        }
    )
    settled = _settled(record)
    updated = updated.model_copy(update={"restated": _restated(record, reading)})
    for command in reading.commands:
        if isinstance(command, Restart):
            updated = _restarted(updated, phrases)
        elif isinstance(command, SetFact):
            updated = _said(updated, command, settles=command.key in settled)
        elif isinstance(command, RetractFact):
            updated = _retracted(updated, command, rulebook, phrases)
        elif isinstance(command, AnswerNow):
            updated = updated.model_copy(update={"answer_now": True})
    updated = _question_met(updated, reading, rulebook, phrases)
    updated = answered_or_told(updated, reading, rulebook, phrases)
    updated = _disputed(updated, record, rulebook)
    return _read_back(updated, reading, rulebook, phrases)


async def _read(
    record: Record, language: Language, local: Language, rulebook: Rulebook
) -> tuple[Record, Reading]:
    """The message read in the light of the question that it answers."""
    context = ReadingContext(
        today=dt.date.fromisoformat(record.today),
        facts=record.facts(),
        open_question=put_to(record, rulebook),
        turn=turn_of(record),
    )
    return await spoken(record, lambda by: by.understand(record.text, context), language, local)


def _asking(reading: Reading, text: str) -> Reading:
    """A question in which nothing else was read is one to the guides, not a failed answer."""
    if reading.commands or reading.queries or "?" not in text or len(text.split()) < 2:
        return reading
    return reading.model_copy(update={"commands": (AskGuides(question=text.strip()),), "unread": False})


def _screened(text: str) -> OutOfScope | None:
    """What no reader should be given: nothing to read, or more than anyone writes."""
    if not any(character.isalnum() for character in text):
        return OutOfScope(reason="empty", said="")
    if len(text) > LONGEST_MESSAGE:
        return OutOfScope(reason="too_long", said="", detail=f"{len(text):,}")
    return None


def _restated(record: Record, reading: Reading) -> FactKey | None:
    """The first enumerated fact that the message sets anew in passing, against what was said of it.

    An answer to the open question, what is said of the fact that the message is about, and a word of
    correction replace a statement; anything else may be a contradiction, and is asked about once.
    """
    facts = record.facts()
    asked = record.open_question.fact if record.open_question else None
    if reading.corrects:
        return None
    for command in reading.commands:
        if not isinstance(command, SetFact) or command.key not in ENUMERATED:
            continue
        if command.key in (asked, record.about):
            continue
        held = facts.get(command.key)
        if held is not None and differs(held.by, record.by):
            continue  # two people: a dispute, whether in passing or not
        if held is None or held.status != "stated" or {held.sure, command.sure} != {"sure"}:
            continue
        changed = command.value is not None and plain(command.value) != plain(held.value)
        if changed and restating(command.key) not in record.clashes_named:
            return command.key
    return None


def _settled(record: Record) -> frozenset[FactKey]:
    """The facts over which a dispute was named and that this message is asked about, or says it is about."""
    asked = record.open_question.fact if record.open_question else None
    return frozenset(key for key in disputed(record) if key in (asked, record.about))


def _disputed(record: Record, before: Record, rulebook: Rulebook) -> Record:
    """The record with the dispute that is asked about this turn, if there is one.

    Who asks for the memo now is not held up: the memo tells of the dispute.
    """
    found = to_clear_up(record.model_copy(update={"open_question": before.open_question}), rulebook)
    if not found:
        return record
    if record.answer_now:
        named = (name for name in (named_as(record, key) for key in found) if name is not None)
        return record.model_copy(update={"clashes_named": (*record.clashes_named, *named)})
    fact, passed = found[0], before.open_question
    if not any(s.key == fact and s.message_id == record.message_id for s in record.statements):
        return record if record.open_question else record.model_copy(update={"restated": fact})
    changes: dict[str, object] = {"restated": fact, "open_question": None}
    if passed is not None and passed.fact != fact and passed.fact not in record.facts():
        # The dispute comes first; what was open is asked again after it.
        changes["asked"] = tuple(key for key in record.asked if key != passed.fact)
    return record.model_copy(update=changes)


def _said(record: Record, command: SetFact, settles: bool) -> Record:
    if settles and command.value is None:
        return record  # "don't know" which of two statements holds: the later one does
    statement = Statement(
        key=command.key,
        value=command.value,
        said=command.said,
        message_id=record.message_id,
        sure=command.sure,
        by=record.by,
        settles=settles,
    )
    return record.model_copy(update={"statements": (*record.statements, statement)})


def _retracted(record: Record, command: RetractFact, rulebook: Rulebook, phrases: Phrasebook) -> Record:
    statement = Statement(
        key=command.key,
        value=None,
        said=command.said,
        message_id=record.message_id,
        retracts=True,
        by=record.by,
    )
    text = phrases.say("retracted", label=rulebook.question(command.key).label)
    changed = record.model_copy(update={"statements": (*record.statements, statement)})
    return changed.with_piece(Piece(text=text))


def _restarted(record: Record, phrases: Phrasebook) -> Record:
    cleared = record.model_copy(
        update={"statements": (), "asked": (), "clashes_named": (), "open_question": None, "memo_on": None}
    )
    return cleared.with_piece(Piece(text=phrases.say("restarted")))


def _question_met(record: Record, reading: Reading, rulebook: Rulebook, phrases: Phrasebook) -> Record:
    """Was the open question answered, left open by a request, or passed over?"""
    question = record.open_question
    if question is None:
        return record
    answered = any(isinstance(c, SetFact) and c.key == question.fact for c in reading.commands)
    requests = any(isinstance(c, AskGuides | AskWhy | WhatIf | OutOfScope) for c in reading.commands)
    if answered:
        return record.model_copy(update={"open_question": None})
    if record.about is not None:
        return record  # who corrects one fact passes over no question about another
    if (requests or reading.queries) and not _said_again(record):
        return record
    if reading.unread and question.fact == OPENING and len(record.text.split()) <= SMALL_TALK:
        return record  # "hello" is no description of a system, and no refusal to give one
    # Passed over: not asked again, and the memo names it among its assumptions.
    record = record.model_copy(update={"open_question": None})
    if reading.unread or requests:
        text = phrases.say("unread_answer", label=rulebook.question(question.fact).label)
        return record.with_piece(Piece(text=text))
    return record


def _said_again(record: Record) -> bool:
    """Whether the user says word for word what he said before: then it was meant as an answer."""
    said = [entry.text for entry in record.transcript if entry.speaker == "user"]
    return len(said) > 1 and said[-1] == said[-2]


def _read_back(record: Record, reading: Reading, rulebook: Rulebook, phrases: Phrasebook) -> Record:
    """One short line with the facts just read, in the user's own words."""
    read: dict[FactKey, None] = dict.fromkeys(
        c.key for c in reading.commands if isinstance(c, SetFact) and c.value is not None
    )
    if not read:
        return record
    values = record.values()
    shown = [f"{rulebook.question(key).label}: {value_words(rulebook, key, values.get(key))}" for key in read]
    text = phrases.say("read_back", facts=" · ".join(shown[:MOST_READ_BACK]))
    return record.with_piece(Piece(text=text))
