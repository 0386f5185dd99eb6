"""The record: all that a conversation is, between turns and within one, as plain JSON.

A step takes a record and gives back the next one; nothing else carries over. Every step is a pure
function of its record (and of what the ports answer), so that running it again after a crash says
the same thing.
"""

import hashlib
import json
from typing import Literal

from pydantic import Field, JsonValue

from advisor.domain.commands import Reading
from advisor.domain.evidence import Citation
from advisor.domain.facts import Fact, Frozen, Statement, fold, not_set
from advisor.domain.memo import Draft
from advisor.domain.reply import Question, Reply
from advisor.domain.vocabulary import FactKey

KEPT_CHARACTERS = 20_000
"""Longest message kept in a transcript; a longer one is declined unread."""

SCHEMA = 1
"""Version of this shape; a record of another version is refused, not guessed at."""


class Entry(Frozen):
    """One line of the transcript. `memo` tells that a memo with this message's id is in the store.

    `client_id` is the sender's own id of a message, `about` the fact that it was said to be about,
    `by` who said it. The text of a message that was withdrawn is empty.
    """

    speaker: Literal["user", "advisor"]
    message_id: str
    text: str
    memo: bool = False
    client_id: str | None = None
    about: FactKey | None = None
    by: str | None = Field(default=None, exclude_if=not_set)


class Piece(Frozen):
    """A paragraph of the coming reply, already verified, with the citations it uses.

    `answers`: it answers something the user asked; `covered`: whether the guides did.
    """

    text: str
    citations: tuple[Citation, ...] = ()
    covered: bool | None = None
    answers: bool = False


class Record(Frozen):
    """A conversation. The fields after `transcript` belong to the turn under way."""

    schema_version: int = SCHEMA
    thread: str
    turn: int = 0
    statements: tuple[Statement, ...] = ()
    asked: tuple[FactKey, ...] = ()
    clashes_named: tuple[str, ...] = ()
    open_question: Question | None = None
    memo_on: str | None = None
    transcript: tuple[Entry, ...] = ()
    language: str = "en"

    text: str = ""
    today: str = ""
    client_id: str | None = None
    about: FactKey | None = None
    """The fact that this message is about, where its sender said so."""
    by: str | None = Field(default=None, exclude_if=not_set)
    """Who sent this message, where that is known."""
    reading: Reading | None = None
    pieces: tuple[Piece, ...] = ()
    notices: tuple[str, ...] = ()
    answer_now: bool = False
    restated: FactKey | None = None
    """A fact stated against an earlier statement: in passing, or by someone else than before."""
    passages: tuple[str, ...] = ()
    draft: Draft | None = None
    cut: tuple[str, ...] = ()
    reply: Reply | None = None

    @property
    def message_id(self) -> str:
        """The id of this turn's message."""
        return f"m{self.turn}"

    def facts(self) -> dict[FactKey, Fact]:
        """The facts after all that was said."""
        return fold(self.statements)

    def values(self) -> dict[str, JsonValue]:
        """The facts' values alone; unknown ones are None."""
        return {key: fact.value for key, fact in self.facts().items()}

    def closed(self) -> tuple[FactKey, ...]:
        """Facts not to ask for: asked already, or answered with "I don't know"."""
        closed = list(self.asked)
        for key, fact in self.facts().items():
            if fact.status == "unknown" and key not in closed:
                closed.append(key)
        return tuple(closed)

    def fingerprint(self) -> str:
        """Names the facts that a memo was written on."""
        text = json.dumps(self.values(), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def begin(
        self,
        text: str,
        today: str,
        client_id: str | None = None,
        about: FactKey | None = None,
        by: str | None = None,
    ) -> "Record":
        """The record at the start of a turn."""
        turn = self.turn + 1
        kept = text[:KEPT_CHARACTERS]
        entry = Entry(
            speaker="user", message_id=f"m{turn}", text=kept, client_id=client_id, about=about, by=by
        )
        return self.model_copy(
            update={
                "turn": turn,
                "transcript": (*self.transcript, entry),
                "text": text,
                "today": today,
                "client_id": client_id,
                "about": about,
                "by": by,
                "reading": None,
                "pieces": (),
                "notices": (),
                "answer_now": False,
                "restated": None,
                "passages": (),
                "draft": None,
                "cut": (),
                "reply": None,
            }
        )

    def with_piece(self, *pieces: Piece) -> "Record":
        """The record with more paragraphs for the coming reply."""
        return self.model_copy(update={"pieces": (*self.pieces, *pieces)})

    def finish(self, reply: Reply, *, memo: bool = False) -> "Record":
        """The record with its reply said; the turn's working fields are dropped."""
        entry = Entry(speaker="advisor", message_id=reply.message_id, text=reply.text, memo=memo)
        return self.model_copy(
            update={
                "transcript": (*self.transcript, entry),
                "open_question": reply.question,
                "reading": None,
                "pieces": (),
                "draft": None,
                "passages": (),
                "reply": reply,
            }
        )
