"""Decline: what the advisor does not do, in a sentence with the reason, and what it can do instead."""

from typing import Literal

from advisor.domain.commands import AskGuides, AskWhy, OutOfScope, SetFact, WhatIf
from advisor.policy.rulebook import Rulebook
from advisor.steps.compose import compose
from advisor.steps.decide import settle
from advisor.steps.phrasebook import Phrasebook
from advisor.steps.record import Piece, Record
from advisor.steps.understand import LONGEST_MESSAGE

Exit = Literal["ask", "answer", "retrieve", "end"]


def decline(record: Record, rulebook: Rulebook, phrases: Phrasebook) -> tuple[Record, Exit]:
    """The declined parts said; where a lawful part remains, the turn goes on with it."""
    commands = record.reading.commands if record.reading else ()
    declined = [command for command in commands if isinstance(command, OutOfScope)]
    for command in dict.fromkeys(declined):
        record = record.with_piece(Piece(text=_sentence(command, phrases)))
    if any(isinstance(command, AskGuides | AskWhy | WhatIf) for command in commands):
        return record, "answer"
    if record.answer_now or any(isinstance(command, SetFact) for command in commands):
        return record, settle(record, rulebook)
    return compose(record, "declined", question=record.open_question), "end"


def _sentence(command: OutOfScope, phrases: Phrasebook) -> str:
    if command.reason == "discrimination":
        return phrases.say("decline_discrimination", ground=command.detail or "a protected ground")
    if command.reason == "too_long":
        return phrases.say(
            "decline_too_long", length=command.detail or "too many", limit=f"{LONGEST_MESSAGE:,}"
        )
    return phrases.say(f"decline_{command.reason}")
