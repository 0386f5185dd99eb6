"""The graph's state: one record as plain JSON, and the move between it and its typed form."""

from typing import NotRequired, TypedDict

from pydantic import JsonValue, ValidationError

from advisor.errors import ConversationsDamaged
from advisor.steps.record import SCHEMA, Record


class State(TypedDict):
    """What a checkpoint holds: the record, and what the last stage told of itself."""

    record: dict[str, JsonValue]
    told: NotRequired[str]


def packed(record: Record, told: str = "") -> State:
    """A record as the graph keeps it."""
    return {"record": record.model_dump(mode="json"), "told": told}


def unpacked(state: State) -> Record:
    """The record in a checkpoint. Raises ConversationsDamaged for another version or a broken one."""
    kept = state["record"]
    version = kept.get("schema_version")
    if version != SCHEMA:
        raise ConversationsDamaged(
            f"This conversation was kept by another version of the advisor (form {version}, here {SCHEMA}).",
            "Use that version, or begin a new conversation.",
        )
    try:
        return Record.model_validate(kept)
    except ValidationError as error:
        raise ConversationsDamaged(
            "This conversation's record is damaged and can't be read.", "Begin a new conversation."
        ) from error
