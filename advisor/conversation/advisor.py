"""The advisor: one message in, one reply out, and the conversation kept in between.

Knows the graph and its checkpoints; what the parts are made of is `advisor.assembly`'s.
"""

import datetime as dt
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from pydantic import JsonValue

from advisor.conversation.checkpoints import Checkpoints
from advisor.conversation.graph import Parts
from advisor.conversation.history import turns_of
from advisor.conversation.loop import LoopThread
from advisor.conversation.turns import Message, Turns, day_of, unknown
from advisor.domain.case import Case
from advisor.domain.commands import Reading, SetFact
from advisor.domain.decision import Recommendation
from advisor.domain.evidence import Hit, Passage
from advisor.domain.facts import Statement, fold
from advisor.domain.memo import Memo
from advisor.domain.rating import Rating, rated_words
from advisor.domain.reply import Event, Reply, Turn
from advisor.domain.speaker import speaker
from advisor.domain.standing import Standing, Supposition
from advisor.domain.vocabulary import FACT_KEYS, FactKey
from advisor.errors import BadCertificate, InputError
from advisor.policy.certificate import differences
from advisor.policy.decide import decide as decide_case
from advisor.ports.directory import Directory
from advisor.ports.language import ReadingContext
from advisor.steps.decide import recommendation
from advisor.steps.record import Entry, Record
from advisor.steps.standing import standing, suppose

LONGEST_NAME = 500
"""Bytes of a conversation's name."""


class Ingest(Protocol):
    """Brings documents into a collection; gives a report that can be told as JSON."""

    def __call__(self, paths: Sequence[str | Path], collection: str) -> dict[str, Any]: ...


class AdvisorCore:
    """Conversations over a set of parts. Build it through `Advisor.open()`."""

    def __init__(self, parts: Parts, database: Path, ingest: Ingest, today: Callable[[], dt.date]) -> None:
        self._parts = parts
        self._ingest = ingest
        self._today = today
        self._closed = False
        self._loop = LoopThread()
        try:
            self._checkpoints = self._loop.run(Checkpoints.open(database))
        except BaseException:
            self._loop.close()
            raise
        self._turns = Turns(parts, self._checkpoints, today)

    # --- talking ----------------------------------------------------------------------------------

    async def reply(
        self,
        thread: str,
        text: str,
        today: dt.date | None = None,
        message_id: str | None = None,
        about: FactKey | None = None,
        by: str | None = None,
    ) -> Reply:
        """The reply to one message. `today` is the date to reckon from.

        A message with the `message_id` of the last one is the same message again: it gets the same
        reply. A turn that a crash cut short is finished first, and a notice says so.

        `about` is the fact that the message is about, where a choice was pressed or a fact corrected: it is
        read as an answer to that fact's question, and the open question stays open if it is another one.
        Raises InputError for what is no fact.

        `by` is the display name of who speaks, where several people talk in one conversation: whoever states
        a fact otherwise than someone else did is asked about, if the advice could hang on it. Only the first
        80 characters that can be seen are kept, on one line.
        """
        message = _checked(thread, text, today, message_id, about, by)
        return await self._loop.run_async(self._turns.reply(thread, message))

    def reply_sync(
        self,
        thread: str,
        text: str,
        today: dt.date | None = None,
        message_id: str | None = None,
        about: FactKey | None = None,
        by: str | None = None,
    ) -> Reply:
        """`reply` for callers without an event loop."""
        message = _checked(thread, text, today, message_id, about, by)
        return self._loop.run(self._turns.reply(thread, message))

    async def stream(
        self,
        thread: str,
        text: str,
        today: dt.date | None = None,
        message_id: str | None = None,
        about: FactKey | None = None,
        by: str | None = None,
    ) -> AsyncIterator[Event]:
        """Progress after each stage, then the text piece by piece, then the Reply."""
        message = _checked(thread, text, today, message_id, about, by)
        async for event in self._loop.stream(self._turns.events(thread, message)):
            yield event

    async def resume(self, thread: str) -> Reply | None:
        """Finishes a turn that was cut short and gives its reply; None when nothing was."""
        return await self._loop.run_async(self._turns.resume(thread))

    def resume_sync(self, thread: str) -> Reply | None:
        """`resume` for callers without an event loop."""
        return self._loop.run(self._turns.resume(thread))

    def is_busy(self, thread: str) -> bool:
        """Whether a turn of this conversation is under way in this process."""
        return self._turns.is_busy(thread)

    # --- the parts alone --------------------------------------------------------------------------

    def understand(self, text: str, today: dt.date | None = None) -> dict[str, JsonValue]:
        """The facts in one utterance, no conversation: {key: value}."""
        context = ReadingContext(today=day_of(today or self._today()))
        reading: Reading = self._loop.run(self._parts.language.understand(text, context))
        said = [
            Statement(key=c.key, value=c.value, said=c.said, message_id="m1", sure=c.sure)
            for c in reading.commands
            if isinstance(c, SetFact)
        ]
        return {key: fact.value for key, fact in fold(said).items() if fact.value is not None}

    def decide(self, facts: Mapping[str, object], today: dt.date | None = None) -> Recommendation:
        """The policy alone: no text, no model. Raises FactValueError for a value a fact can't hold."""
        return decide_case(self._parts.rulebook, Case.of(facts), day_of(today or self._today()))

    def ingest(self, paths: Sequence[str | Path], collection: str = "documents") -> dict[str, Any]:
        """Brings files and folders into a collection. The report lists each file with its outcome."""
        # A single path is a natural slip; its letters are not what was meant.
        return self._ingest([paths] if isinstance(paths, str | Path) else paths, collection)

    def search(self, query: str, k: int = 10, sources: str | Sequence[str] | None = None) -> list[Hit]:
        """The passages that fit best; `sources` are source ids, or the name of a collection."""
        return self._parts.evidence.search(query, k, sources)

    def passage(self, passage_id: str) -> Passage | None:
        """The whole of a cited passage; None when it is no longer in the index."""
        return self._parts.evidence.passages([passage_id]).get(passage_id)

    # --- what was kept ----------------------------------------------------------------------------

    def threads(self) -> list[str]:
        """The names of all conversations."""
        with self._turns.storage():
            return self._loop.run(self._turns.threads())

    def transcript(self, thread: str) -> tuple[Entry, ...]:
        """Who said what. Raises UnknownThread."""
        return self._known(thread).transcript

    def last_reply(self, thread: str) -> Reply | None:
        """The last reply said in a conversation, its memo included. Raises UnknownThread."""
        reply = self._known(thread).reply
        return None if reply is None else self._turns.with_memo(reply)

    def turns(self, thread: str) -> tuple[Turn, ...]:
        """Every message so far with its whole reply, memos apart. Raises UnknownThread."""
        record = self._known(thread)
        return turns_of(record, self._parts.replies.of(thread))

    def memo(self, thread: str) -> Memo | None:
        """The last memo of a conversation, None when there is none yet. Raises UnknownThread."""
        self._known(thread)
        return self._parts.memos.latest(thread)

    def memo_of(self, thread: str, message_id: str) -> Memo | None:
        """The memo given to one message, None where that got none. Raises UnknownThread."""
        self._known(thread)
        return self._parts.memos.of(thread, message_id)

    def explain(self, thread: str, today: dt.date | None = None) -> Recommendation:
        """The decision on what is known now: rules fired, flips of one and of two. Raises UnknownThread."""
        return recommendation(self._dated(thread, today), self._parts.rulebook)

    def standing(self, thread: str, today: dt.date | None = None) -> Standing:
        """What is known, what leads and what could still change it. Raises UnknownThread."""
        return standing(self._dated(thread, today), self._parts.rulebook, self._parts.phrases)

    def suppose(
        self, thread: str, changes: Mapping[FactKey, object], today: dt.date | None = None
    ) -> Supposition:
        """The decision with these facts changed (None: unknown); nothing is kept.

        Raises UnknownThread, or InputError for a value that a fact can't hold.
        """
        return suppose(self._dated(thread, today), changes, self._parts.rulebook)

    def replay(self, certificate: dict[str, JsonValue]) -> list[str]:
        """What differs when the certificate is recomputed; empty when identical. Raises BadCertificate."""
        try:
            return differences(certificate, self._parts.rulebook, self._parts.corpus_hash)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadCertificate(
                "This is not a certificate of the hiring advisor.", "Give the one that came with a memo."
            ) from error

    # --- kept beside them -------------------------------------------------------------------------

    @property
    def directory(self) -> Directory:
        """The list of conversations for faces with several users: whose they are, what they are called."""
        return self._parts.directory

    def rate(
        self,
        thread: str,
        message_id: str,
        good: bool | None,
        words: str = "",
        at: dt.datetime | None = None,
    ) -> None:
        """Keeps whether a reply helped, and up to 2,000 characters said of it; None takes a rating back.

        `at` is when it was given, now where it isn't told. Raises UnknownThread, or InputError for a message
        that has no reply and a time without a zone.
        """
        record = self._known(thread)
        answered = {entry.message_id for entry in record.transcript if entry.speaker == "advisor"}
        if message_id not in answered:
            raise InputError(f"No reply to {message_id!r} is kept here.", "Rate one that was given.")
        if good is None:
            self._parts.ratings.remove(thread, message_id)
            return
        moment = at or dt.datetime.now(dt.UTC)
        if moment.tzinfo is None:
            raise InputError("The time of a rating needs a zone.", "Give it in UTC.")
        memo = self._parts.memos.of(thread, message_id)
        self._parts.ratings.save(
            Rating(
                thread=thread,
                message_id=message_id,
                good=good,
                words=rated_words(words),
                at=moment.astimezone(dt.UTC).isoformat(timespec="seconds"),
                certificate=None if memo is None else memo.certificate_hash,
            )
        )

    def ratings(self, thread: str) -> tuple[Rating, ...]:
        """The ratings of a conversation in the order of its messages. Raises UnknownThread."""
        self._known(thread)
        return self._parts.ratings.of(thread)

    def forget(self, thread: str) -> None:
        """Drops a conversation with all that is kept of it, the directory's line included.

        One that is only listed in the directory is dropped too. Raises UnknownThread where there is neither.
        """
        if self._parts.directory.find(thread) is None:
            self._known(thread)
        self._loop.run(self._turns.forget(thread))

    async def withdraw(self, thread: str, client_id: str) -> tuple[FactKey, ...]:
        """Drops a message that its sender deleted or edited: `client_id` is the `message_id` it came with.

        A turn that was cut short is finished first. What the message stated is dropped, so that an earlier
        statement of the same fact holds again, and its words go from the transcript, the history and the
        replies, where “…” stands for them. The open question stays. Memos and certificates that were given
        keep what they say, and so do ratings, a title in the directory, and words that a model put otherwise.

        Gives the facts whose value changed, () for an unknown id. May be called again, also after a crash. A
        message that comes with the same id after it is a new one. Raises UnknownThread.
        """
        return await self._loop.run_async(self._turns.withdraw(thread, client_id))

    def close(self) -> None:
        """Closes what is open; the conversations are kept."""
        if not self._closed:
            self._closed = True
            self._loop.run(self._checkpoints.close())
            self._loop.close()

    def __enter__(self) -> "AdvisorCore":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- behind them ------------------------------------------------------------------------------

    def _known(self, thread: str) -> Record:
        with self._turns.storage():
            record = self._loop.run(self._turns.record(thread))
        if record.turn == 0:
            raise unknown(thread)
        return record

    def _dated(self, thread: str, today: dt.date | None) -> Record:
        """The record on the day to reckon from: the one given, else that of its last turn."""
        record = self._known(thread)
        day = record.today if today is None and record.today else day_of(today or self._today()).isoformat()
        return record.model_copy(update={"today": day})


def _checked(
    thread: object,
    text: str,
    today: dt.date | None,
    message_id: str | None,
    about: FactKey | None,
    by: str | None,
) -> Message:
    """The message, once it is known to be one. Raises InputError."""
    given = (("conversation's name", thread), ("message", text), ("speaker's name", "" if by is None else by))
    for what, value in given:
        if not isinstance(value, str):
            raise InputError(f"A {what} is text, not {type(value).__name__}.", "Give it as a string.")
    try:
        name = str(thread).encode("utf-8")
    except UnicodeEncodeError as error:
        raise InputError("The conversation's name holds broken characters.", "Give it another.") from error
    if not name.strip() or len(name) > LONGEST_NAME:
        raise InputError(f"A conversation's name has 1 to {LONGEST_NAME} bytes.", "Give it another.")
    if about is not None and about not in FACT_KEYS:
        raise InputError(f"There is no fact called {about!r}.", f"The facts are {', '.join(FACT_KEYS)}.")
    return Message(text=text, today=today, client_id=message_id, about=about, by=speaker(by))
