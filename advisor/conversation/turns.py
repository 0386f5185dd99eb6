"""Turns: a message runs through the graph, a turn that was cut short is finished, and all is kept.

Everything here runs on the advisor's own loop.
"""

import asyncio
import datetime as dt
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast

from langgraph.pregel import Pregel

from advisor.conversation.alone import turn_alone
from advisor.conversation.checkpoints import Checkpoints
from advisor.conversation.graph import Parts, build_graph
from advisor.conversation.state import State, packed, unpacked
from advisor.domain.reply import Event, Progress, Reply, Stage, TextDelta
from advisor.domain.vocabulary import FactKey
from advisor.errors import AdvisorError, UnknownThread
from advisor.steps.compose import give_up
from advisor.steps.record import Record
from advisor.steps.withdraw import Withdrawal, changed
from advisor.storage_errors import told_as_storage_errors

DELTA = 24
"""Characters of a text delta."""


@dataclass(frozen=True)
class Message:
    """What a user sends.

    `client_id` is the sender's own id, `about` the fact the message is about, `by` the name of who speaks.
    """

    text: str
    today: dt.date | None = None
    client_id: str | None = None
    about: FactKey | None = None
    by: str | None = None


class Turns:
    """Runs the turns of all conversations, one at a time in each."""

    def __init__(self, parts: Parts, checkpoints: Checkpoints, today: Callable[[], dt.date]) -> None:
        self._parts = parts
        self._checkpoints = checkpoints
        self._today = today
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._graph: Pregel[State, Any, Any, Any] = build_graph(parts).compile(checkpointer=checkpoints.saver)

    async def reply(self, thread: str, message: Message) -> Reply:
        """The reply to one message."""
        reply: Reply | None = None
        async for event in self.events(thread, message):
            if isinstance(event, Reply):
                reply = event
        if reply is None:
            raise RuntimeError("the graph ended without a reply")
        return reply

    async def events(self, thread: str, message: Message) -> AsyncIterator[Event]:
        """Progress after each stage, then the text piece by piece, then the Reply."""
        async with self._alone(thread):
            with self.storage():
                unfinished = await self._finish(thread)
                record = await self.record(thread)
                if _is_repeat(record, message, unfinished):
                    reply = record.reply
                else:
                    if record.reply is not None:
                        # Beginning drops it; kept first, so that a crash in between loses nothing.
                        await asyncio.to_thread(self._parts.replies.save, record.reply)
                    day = day_of(message.today or self._today()).isoformat()
                    begun = record.begin(message.text, day, message.client_id, message.about, message.by)
                    async for progress in self._run(thread, packed(begun)):
                        yield progress
                    record = await self.record(thread)
                    reply = record.reply
                    await self._checkpoints.prune(thread)
            if reply is None:
                raise RuntimeError("the graph ended without a reply")
            if unfinished is not None and unfinished.message_id != reply.message_id:
                notice = f"The message before was cut short and has now been answered: {unfinished.text}"
                reply = reply.model_copy(update={"notices": (*reply.notices, notice)})
            for start in range(0, len(reply.text), DELTA):
                yield TextDelta(text=reply.text[start : start + DELTA])
            yield self.with_memo(reply)

    def is_busy(self, thread: str) -> bool:
        """Whether a turn of this conversation is under way in this process."""
        return thread in self._locks and self._locks[thread].locked()

    async def resume(self, thread: str) -> Reply | None:
        """Finishes a turn that was cut short and gives its reply; None when nothing was."""
        async with self._alone(thread):
            with self.storage():
                reply = await self._finish(thread)
                return None if reply is None else self.with_memo(reply)

    async def record(self, thread: str) -> Record:
        """The conversation as it is kept now; an empty record where there is none."""
        snapshot = await self._graph.aget_state(_config(thread))
        return unpacked(cast(State, snapshot.values)) if snapshot.values else Record(thread=thread)

    async def threads(self) -> list[str]:
        """The names of all conversations."""
        return await self._checkpoints.threads()

    async def forget(self, thread: str) -> None:
        """Drops a conversation with all that is kept beside it, once no turn of it runs.

        The directory goes last, so that its owner still finds what a crash left, and can forget it again.
        """
        parts = self._parts
        async with self._alone(thread):
            for store in (parts.memos, parts.replies, parts.ratings, parts.usage):
                await asyncio.to_thread(store.forget, thread)
            with self.storage():
                await self._checkpoints.drop(thread)
                await asyncio.to_thread(parts.directory.forget, thread)
                await self._checkpoints.scrub()

    async def withdraw(self, thread: str, client_id: str) -> tuple[FactKey, ...]:
        """Drops what the messages with this id stated, and their words. Raises UnknownThread.

        The record goes after the replies, since it tells which words to take out of them: after a crash, what
        is left is found again. The files are cleaned even where nothing is left but that.
        """
        async with self._alone(thread):
            with self.storage():
                await self._finish(thread)
                record = await self.record(thread)
                if record.turn == 0:
                    raise unknown(thread)
                withdrawal = Withdrawal.of(record, client_id)
                if not withdrawal.messages:
                    return ()
                replies = self._parts.replies
                for kept in (await asyncio.to_thread(replies.of, thread)).values():
                    if (clean := withdrawal.reply(kept)) != kept:
                        await asyncio.to_thread(replies.save, clean)
                after = withdrawal.record(record)
                if after != record:
                    await self._graph.aupdate_state(_config(thread), packed(after), as_node="translate")
                await self._checkpoints.prune(thread)
                await self._checkpoints.scrub()
                return changed(record, after)

    def with_memo(self, reply: Reply) -> Reply:
        """The reply with the memo that was given with it."""
        if not reply.has_memo:
            return reply
        return reply.model_copy(update={"memo": self._parts.memos.of(reply.thread, reply.message_id)})

    def storage(self) -> AbstractContextManager[None]:
        """Tells what goes wrong with the file in our own words."""
        return told_as_storage_errors(self._checkpoints.path)

    @asynccontextmanager
    async def _alone(self, thread: str) -> AsyncIterator[None]:
        async with self._locks[thread], turn_alone(self._checkpoints.path, thread):
            yield

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
        return (await self.record(thread)).reply

    async def _run(self, thread: str, start: State | None) -> AsyncIterator[Progress]:
        updates = self._graph.astream(start, _config(thread), stream_mode="updates", durability="sync")
        async for update in updates:
            for stage, change in cast(dict[Stage, State | None], update).items():
                yield Progress(stage=stage, detail=(change or {}).get("told", ""))


def unknown(thread: str) -> UnknownThread:
    """The error where there is no such conversation."""
    return UnknownThread(
        f"There is no conversation called {thread!r}.", "See `advisor threads`; `advisor chat` begins one."
    )


def _is_repeat(record: Record, message: Message, unfinished: Reply | None) -> bool:
    """The same message again: by its id where there is one, else right after a crash by what it says."""
    if record.reply is None:
        return False
    if message.client_id is not None:
        return record.client_id == message.client_id
    same = (record.text, record.about, record.by) == (message.text, message.about, message.by)
    return unfinished is not None and same


def day_of(today: dt.date) -> dt.date:
    """A date; of a moment its day."""
    return today.date() if isinstance(today, dt.datetime) else today


def _config(thread: str) -> Any:
    return {"configurable": {"thread_id": thread}}
