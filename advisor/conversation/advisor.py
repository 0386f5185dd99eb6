"""The advisor: one message in, one reply out, and the conversation kept in between.

Knows the graph and its checkpoints; what the parts are made of is `advisor.assembly`'s.
"""

import asyncio
import datetime as dt
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, cast

from langgraph.pregel import Pregel
from pydantic import JsonValue

from advisor.conversation.alone import turn_alone
from advisor.conversation.checkpoints import Checkpoints
from advisor.conversation.graph import Parts, build_graph
from advisor.conversation.loop import LoopThread
from advisor.conversation.state import State, packed, unpacked
from advisor.domain.case import Case
from advisor.domain.commands import Reading, SetFact
from advisor.domain.decision import Recommendation
from advisor.domain.evidence import Hit
from advisor.domain.facts import Statement, fold
from advisor.domain.memo import Memo
from advisor.domain.reply import Event, Progress, Reply, TextDelta
from advisor.errors import AdvisorError, BadCertificate, InputError, UnknownThread
from advisor.policy.certificate import differences
from advisor.policy.decide import decide as decide_case
from advisor.ports.language import ReadingContext
from advisor.steps.compose import give_up
from advisor.steps.decide import recommendation
from advisor.steps.record import Entry, Record
from advisor.storage_errors import told_as_storage_errors

LONGEST_NAME = 500
"""Bytes of a conversation's name."""

DELTA = 24
"""Characters of a text delta."""


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
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        try:
            self._checkpoints = self._loop.run(Checkpoints.open(database))
        except BaseException:
            self._loop.close()
            raise
        self._graph: Pregel[State, Any, Any, Any] = build_graph(parts).compile(
            checkpointer=self._checkpoints.saver
        )

    # --- talking ----------------------------------------------------------------------------------

    async def reply(
        self, thread: str, text: str, today: dt.date | None = None, message_id: str | None = None
    ) -> Reply:
        """The reply to one message. `today` is the date to reckon from.

        A message with the `message_id` of the last one is the same message again: it gets the same
        reply. A turn that a crash cut short is finished first, and a notice says so.
        """
        _check(thread, text)
        return await self._loop.run_async(self._reply(thread, text, today, message_id))

    def reply_sync(
        self, thread: str, text: str, today: dt.date | None = None, message_id: str | None = None
    ) -> Reply:
        """`reply` for callers without an event loop."""
        _check(thread, text)
        return self._loop.run(self._reply(thread, text, today, message_id))

    async def stream(
        self, thread: str, text: str, today: dt.date | None = None, message_id: str | None = None
    ) -> AsyncIterator[Event]:
        """Progress after each stage, then the text piece by piece, then the Reply."""
        _check(thread, text)
        async for event in self._loop.stream(self._events(thread, text, today, message_id)):
            yield event

    async def resume(self, thread: str) -> Reply | None:
        """Finishes a turn that was cut short and gives its reply; None when nothing was."""
        return await self._loop.run_async(self._resume(thread))

    def resume_sync(self, thread: str) -> Reply | None:
        """`resume` for callers without an event loop."""
        return self._loop.run(self._resume(thread))

    # --- the parts alone --------------------------------------------------------------------------

    def understand(self, text: str, today: dt.date | None = None) -> dict[str, JsonValue]:
        """The facts in one utterance, no conversation: {key: value}."""
        context = ReadingContext(today=_day(today or self._today()))
        reading: Reading = self._loop.run(self._parts.language.understand(text, context))
        said = [
            Statement(key=c.key, value=c.value, said=c.said, message_id="m1", sure=c.sure)
            for c in reading.commands
            if isinstance(c, SetFact)
        ]
        return {key: fact.value for key, fact in fold(said).items() if fact.value is not None}

    def decide(self, facts: Mapping[str, object], today: dt.date | None = None) -> Recommendation:
        """The policy alone: no text, no model. Raises FactValueError for a value a fact can't hold."""
        return decide_case(self._parts.rulebook, Case.of(facts), _day(today or self._today()))

    def ingest(self, paths: Sequence[str | Path], collection: str = "documents") -> dict[str, Any]:
        """Brings files and folders into a collection. The report lists each file with its outcome."""
        # A single path is a natural slip; its letters are not what was meant.
        return self._ingest([paths] if isinstance(paths, str | Path) else paths, collection)

    def search(self, query: str, k: int = 10, sources: str | Sequence[str] | None = None) -> list[Hit]:
        """The passages that fit best; `sources` are source ids, or the name of a collection."""
        return self._parts.evidence.search(query, k, sources)

    # --- what was kept ----------------------------------------------------------------------------

    def threads(self) -> list[str]:
        """The names of all conversations."""
        with self._storage():
            return self._loop.run(self._checkpoints.threads())

    def transcript(self, thread: str) -> tuple[Entry, ...]:
        """Who said what. Raises UnknownThread."""
        return self._known(thread).transcript

    def last_reply(self, thread: str) -> Reply | None:
        """The last reply said in a conversation, its memo included. Raises UnknownThread."""
        record = self._known(thread)
        return None if record.reply is None else self._with_memo(record, record.reply)

    def memo(self, thread: str) -> Memo | None:
        """The last memo of a conversation, None when there is none yet. Raises UnknownThread."""
        self._known(thread)
        return self._parts.memos.latest(thread)

    def explain(self, thread: str, today: dt.date | None = None) -> Recommendation:
        """The decision on what is known now: rules fired, flips of one and of two. Raises UnknownThread."""
        record = self._known(thread)
        day = record.today if today is None and record.today else (today or self._today()).isoformat()
        return recommendation(record.model_copy(update={"today": day}), self._parts.rulebook)

    def replay(self, certificate: dict[str, JsonValue]) -> list[str]:
        """What differs when the certificate is recomputed; empty when identical. Raises BadCertificate."""
        try:
            return differences(certificate, self._parts.rulebook, self._parts.corpus_hash)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadCertificate(
                "This is not a certificate of the hiring advisor.", "Give the one that came with a memo."
            ) from error

    def forget(self, thread: str) -> None:
        """Drops a conversation with its memos. Raises UnknownThread."""
        self._known(thread)
        self._parts.memos.forget(thread)
        self._parts.usage.forget(thread)
        with self._storage():
            self._loop.run(self._checkpoints.forget(thread))

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

    # --- on the loop ------------------------------------------------------------------------------

    async def _reply(self, thread: str, text: str, today: dt.date | None, message_id: str | None) -> Reply:
        reply: Reply | None = None
        async for event in self._events(thread, text, today, message_id):
            if isinstance(event, Reply):
                reply = event
        if reply is None:
            raise RuntimeError("the graph ended without a reply")
        return reply

    async def _events(
        self, thread: str, text: str, today: dt.date | None, message_id: str | None
    ) -> AsyncIterator[Event]:
        async with self._turns[thread], turn_alone(self._checkpoints.path, thread):
            with self._storage():
                unfinished = await self._finish(thread)
                record = await self._record(thread)
                if self._is_repeat(record, text, message_id, unfinished):
                    reply = record.reply
                else:
                    day = _day(today or self._today()).isoformat()
                    begun = record.begin(text, day, message_id)
                    async for stage in self._run(thread, packed(begun)):
                        yield Progress(stage=stage)
                    record = await self._record(thread)
                    reply = record.reply
                    await self._checkpoints.prune(thread)
            if reply is None:
                raise RuntimeError("the graph ended without a reply")
            if unfinished is not None and unfinished.message_id != reply.message_id:
                notice = f"The message before was cut short and has now been answered: {unfinished.text}"
                reply = reply.model_copy(update={"notices": (*reply.notices, notice)})
            for start in range(0, len(reply.text), DELTA):
                yield TextDelta(text=reply.text[start : start + DELTA])
            yield self._with_memo(record, reply)

    def _is_repeat(self, record: Record, text: str, message_id: str | None, unfinished: Reply | None) -> bool:
        """The same message again: by its id where there is one, else right after a crash by its text."""
        if record.reply is None:
            return False
        if message_id is not None:
            return record.client_id == message_id
        return unfinished is not None and record.text == text

    async def _resume(self, thread: str) -> Reply | None:
        async with self._turns[thread], turn_alone(self._checkpoints.path, thread):
            with self._storage():
                reply = await self._finish(thread)
                return None if reply is None else self._with_memo(await self._record(thread), reply)

    async def _finish(self, thread: str) -> Reply | None:
        """Runs a turn that was cut short to its end; None when there is none."""
        snapshot = await self._graph.aget_state(_config(thread))
        if not snapshot.next:
            return None
        try:
            async for _ in self._run(thread, None):
                pass
        except AdvisorError:
            raise  # It says what to do; the turn waits until that is done.
        except Exception:  # noqa: BLE001 - a turn that can't be run must not hold the conversation for ever
            given_up = give_up(unpacked(cast(State, snapshot.values)), self._parts.phrases)
            await self._graph.aupdate_state(_config(thread), packed(given_up), as_node="translate")
        return (await self._record(thread)).reply

    async def _run(self, thread: str, start: State | None) -> AsyncIterator[Any]:
        updates = self._graph.astream(start, _config(thread), stream_mode="updates", durability="sync")
        async for update in updates:
            for stage in update:
                yield stage

    async def _record(self, thread: str) -> Record:
        snapshot = await self._graph.aget_state(_config(thread))
        return unpacked(cast(State, snapshot.values)) if snapshot.values else Record(thread=thread)

    def _known(self, thread: str) -> Record:
        with self._storage():
            record = self._loop.run(self._record(thread))
        if record.turn == 0:
            known = self.threads()
            listed = f"Known are: {', '.join(known[:10])}." if known else "There are none yet."
            raise UnknownThread(
                f"There is no conversation called {thread!r}.",
                f"{listed} `advisor chat --thread {thread}` begins it.",
            )
        return record

    def _with_memo(self, record: Record, reply: Reply) -> Reply:
        if reply.kind != "recommendation":
            return reply
        return reply.model_copy(update={"memo": self._parts.memos.of(record.thread, reply.message_id)})

    def _storage(self) -> Any:
        return told_as_storage_errors(self._checkpoints.path)


def _check(thread: object, text: object) -> None:
    for what, value in (("conversation's name", thread), ("message", text)):
        if not isinstance(value, str):
            raise InputError(f"A {what} is text, not {type(value).__name__}.", "Give it as a string.")
    try:
        name = str(thread).encode("utf-8")
    except UnicodeEncodeError as error:
        raise InputError("The conversation's name holds broken characters.", "Give it another.") from error
    if not name.strip() or len(name) > LONGEST_NAME:
        raise InputError(f"A conversation's name has 1 to {LONGEST_NAME} bytes.", "Give it another.")


def _day(today: dt.date) -> dt.date:
    """A date; of a moment its day."""
    return today.date() if isinstance(today, dt.datetime) else today


def _config(thread: str) -> Any:
    return {"configurable": {"thread_id": thread}}
