"""Translate: the reply in the user's language, line by line, where the language can.

A line is kept in English unless its translation has the same figures, citation marks and markup. What
the words of a translation say can't be checked here; the reply says so, and the memo stays as checked.
"""

import re
from collections import Counter

from advisor.domain.reply import Choice, Question, Reply
from advisor.errors import CallsSpent, LanguageError
from advisor.ports.language import Language
from advisor.steps.phrasebook import Phrasebook
from advisor.steps.record import Record
from advisor.steps.speaking import noticed, turn_of

ENGLISH = "en"
MOST_CHARACTERS = 6_000
"""Of one reply; what is longer stays in English from there on: the memo's tables and its kit."""

_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
_MARKUP = re.compile(r"\[\d+\]|https?://|www\.|[*_`|#<>\[\]~]")


async def translate(record: Record, language: Language, phrases: Phrasebook) -> Record:
    """The record with its reply in the user's language, or as it was where nothing could be translated."""
    reply = record.reply
    if reply is None or record.language == ENGLISH:
        return record
    lines = reply.text.split("\n")
    places = _translatable(lines)
    extra = _of_question(reply.question)
    segments = [lines[at] for at in places] + extra
    if not segments:
        return record
    try:
        told = await language.translate(segments, record.language, turn_of(record))
    except CallsSpent:
        return record
    except LanguageError as error:
        return _with_reply(record, reply.model_copy(update={"notices": noticed(record, error).notices}))
    kept = [new if same_lineage(old, new) else old for old, new in zip(segments, told, strict=True)]
    if kept == segments:
        return record
    for at, line in zip(places, kept, strict=False):
        lines[at] = line
    notices = (*reply.notices, phrases.say("translated"))
    question = _question_in(reply.question, kept[len(places) :])
    changed = {"text": "\n".join(lines), "question": question, "notices": notices}
    return _with_reply(record, reply.model_copy(update=changed))


def same_lineage(old: str, new: str) -> bool:
    """Whether two lines hold the same figures, citation marks, links and markup."""
    return (
        bool(new.strip())
        and "\n" not in new.strip()
        and Counter(_FIGURE.findall(old)) == Counter(_FIGURE.findall(new))
        and Counter(_MARKUP.findall(old)) == Counter(_MARKUP.findall(new))
    )


def _translatable(lines: list[str]) -> list[int]:
    """The lines with words in them, as far as the budget reaches."""
    places: list[int] = []
    left = MOST_CHARACTERS
    for at, line in enumerate(lines):
        if not re.search(r"[^\W\d_]", line):
            continue
        left -= len(line)
        if left < 0:
            break
        places.append(at)
    return places


def _of_question(question: Question | None) -> list[str]:
    if question is None:
        return []
    return [question.text, question.why, *(choice.label for choice in question.choices)]


def _question_in(question: Question | None, told: list[str]) -> Question | None:
    if question is None:
        return None
    text, why, *labels = told
    choices = tuple(
        Choice(label=label, value=choice.value)
        for label, choice in zip(labels, question.choices, strict=True)
    )
    return question.model_copy(update={"text": text, "why": why, "choices": choices})


def _with_reply(record: Record, reply: Reply) -> Record:
    """The record that says this reply in place of the one it has."""
    said = record.transcript[-1].model_copy(update={"text": reply.text})
    return record.model_copy(
        update={
            "transcript": (*record.transcript[:-1], said),
            "reply": reply,
            "open_question": reply.question if record.open_question is not None else None,
        }
    )
