"""About: a message that says which fact it is about, be it a choice that was pressed or a correction.

It is read as an answer to that fact's question, whichever question is open. A correction passes nothing
over: the open question stays open, and what could not be read is said.
"""

import unicodedata

from advisor.domain.commands import OpenQuestion, Reading, Restart, RetractFact, SetFact
from advisor.domain.facts import canonical_value
from advisor.domain.vocabulary import TEXT_FACTS, FactKey
from advisor.policy.rulebook import Rulebook
from advisor.steps.phrasebook import Phrasebook
from advisor.steps.question import question
from advisor.steps.record import Piece, Record


def put_to(record: Record, rulebook: Rulebook) -> OpenQuestion | None:
    """The question that the message is read as an answer to."""
    held = record.open_question
    if record.about is None or (held is not None and held.fact == record.about):
        return OpenQuestion(fact=held.fact, text=held.text) if held else None
    return OpenQuestion(fact=record.about, text=rulebook.question(record.about).text)


def pressed(record: Record, rulebook: Rulebook, phrases: Phrasebook) -> SetFact | None:
    """The value of the choice that the whole message names by its label; None where it names none.

    The open question may have been shown in another language, so its labels count as they were shown.
    """
    if record.about is None:
        return None
    shown = question(rulebook.question(record.about), phrases).choices
    held = record.open_question
    if held is not None and held.fact == record.about:
        shown = (*held.choices, *shown)
    said = record.text.strip()
    for choice in shown:
        if choice.label.strip().casefold() == said.casefold():
            return SetFact(key=record.about, value=canonical_value(record.about, choice.value), said=said)
    return None


def completed(reading: Reading, record: Record) -> Reading:
    """For a fact that holds text: the whole message is its value where nothing better was read.

    A message that asks for something, or of which a part is declined, is no value.
    """
    about = record.about
    if about not in TEXT_FACTS or touches(reading, about):
        return reading
    if any(not isinstance(command, SetFact) for command in reading.commands):
        return reading
    words = _one_line(record.text)
    if not words:
        return reading
    whole = SetFact(key=about, value=words, said=words)
    return reading.model_copy(update={"commands": (*reading.commands, whole), "unread": False})


def touches(reading: Reading, key: FactKey) -> bool:
    """Whether the message sets or takes back this fact."""
    return any(isinstance(c, SetFact | RetractFact) and c.key == key for c in reading.commands)


def answered_or_told(record: Record, reading: Reading, rulebook: Rulebook, phrases: Phrasebook) -> Record:
    """The record that says so where nothing was read about the fact that the message is about."""
    if record.about is None or touches(reading, record.about):
        return record
    if any(isinstance(command, Restart) for command in reading.commands):
        return record
    label = rulebook.question(record.about).label
    return record.with_piece(Piece(text=phrases.say("unread_about", label=label)))


def _one_line(text: str) -> str:
    """The user's words without line breaks and characters that can't be seen."""
    return " ".join("".join(c if unicodedata.category(c)[0] != "C" else " " for c in text).split())
