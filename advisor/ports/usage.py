"""The usage port: every call of a language model is kept, with its tokens as the endpoint told them.

Knows no prices: what a call cost is worked out when it is asked for, from dated rows.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Literal, Protocol

Purpose = Literal["understand", "write_memo", "write_answer", "revise", "translate", "judge"]

Outcome = Literal[
    "ok",
    "timeout",
    "unreachable",
    "rate_limited",
    "server_error",
    "cut_stream",
    "invalid_json",
    "wrong_schema",
    "refused",
    "too_long",
    "bad_key",
    "bad_request",
    "cancelled",
]


@dataclass(frozen=True)
class ModelCall:
    """One call. `started` is aware, UTC; token counts are None where the endpoint told none.

    `cached_tokens` are part of `prompt_tokens`. `thread` and `message_id` are empty for a call outside of a
    conversation, or in one that was forgotten. Raises ValueError for a `started` without a zone.
    """

    thread: str
    message_id: str
    purpose: Purpose
    model: str
    started: dt.datetime
    milliseconds: int
    outcome: Outcome
    prompt_tokens: int | None
    cached_tokens: int | None
    completion_tokens: int | None

    def __post_init__(self) -> None:
        if self.started.tzinfo is None:
            raise ValueError("the time at which a call started needs a zone")


class UsageLog(Protocol):
    """Raises StorageError when it can't be kept or read."""

    def record(self, call: ModelCall) -> None:
        """Keep a call, whatever came of it."""
        ...

    def calls(self, thread: str | None = None) -> list[ModelCall]:
        """The calls of one conversation, or all; oldest first."""
        ...

    def count(self, thread: str, message_id: str) -> int:
        """How many calls of a turn came out well."""
        ...

    def kept(self, thread: str, message_id: str, fingerprint: str) -> str | None:
        """The raw reply of a finished call of this turn, so that a resumed turn is not charged again."""
        ...

    def keep(self, thread: str, message_id: str, fingerprint: str, reply: str) -> None:
        """Keep a raw reply until the conversation goes on: replies of older messages are dropped."""
        ...

    def forget(self, thread: str) -> None:
        """Drop a conversation's replies and take its name out of its calls; their tokens stay."""
        ...
