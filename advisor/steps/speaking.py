"""Speaking: whatever the chosen language can't say, the local one says, and the user is told."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from advisor.errors import CallsSpent, LanguageError
from advisor.ports.language import Language, Turn
from advisor.steps.record import Record

Said = TypeVar("Said")


async def spoken(
    record: Record, ask: Callable[[Language], Awaitable[Said]], language: Language, local: Language
) -> tuple[Record, Said]:
    """What the language says, else what the local one says with a notice in the record."""
    try:
        return record, await ask(language)
    except CallsSpent:
        return record, await ask(local)
    except LanguageError as error:
        return noticed(record, error), await ask(local)


def noticed(record: Record, error: LanguageError) -> Record:
    """The record with the error told once."""
    notice = f"{error.message} {error.remedy}"
    if notice in record.notices:
        return record
    return record.model_copy(update={"notices": (*record.notices, notice)})


def turn_of(record: Record) -> Turn:
    """Which message this is, for what a model costs."""
    return Turn(thread=record.thread, message_id=record.message_id)
