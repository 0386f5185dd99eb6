"""The intake: what is for the bot goes into the ledger before Slack is told that it arrived."""

import asyncio
import datetime as dt
from collections import OrderedDict
from collections.abc import Callable

from advisor.conversation.advisor import AdvisorCore
from advisor.errors import UnknownThread
from advisor.interfaces.slack.incoming import Incoming, is_direct
from advisor.interfaces.slack.ledger import Ledger
from advisor.interfaces.slack.workers import Workers

HELD, HELD_FOR = 500, dt.timedelta(seconds=60)
"""Messages of threads that are not ours, kept in memory: the call that makes one ours may come after them."""


class Intake:
    """Decides what is answered. `allowed` are the channels to talk in, empty for all."""

    def __init__(
        self,
        advisor: AdvisorCore,
        ledger: Ledger,
        workers: Workers,
        allowed: frozenset[str],
        now: Callable[[], dt.datetime],
    ) -> None:
        self._advisor = advisor
        self._ledger = ledger
        self._workers = workers
        self._allowed = allowed
        self._now = now
        self._held: OrderedDict[str, tuple[dt.datetime, Incoming]] = OrderedDict()

    def is_allowed(self, channel: str) -> bool:
        """Whether the bot may talk there; in direct messages it always may."""
        return not self._allowed or channel in self._allowed or is_direct(channel)

    async def __call__(self, came: Incoming) -> bool:
        """Takes it in; False where it is not for us, or came before."""
        if not self.is_allowed(came.channel):
            return False
        if came.kind in ("edit", "removal"):
            return await self._changed(came)
        if came.kind == "message" and not await self._is_ours(came):
            return False
        return await self._accepted(came)

    async def _is_ours(self, came: Incoming) -> bool:
        """Whether a message is for us: by name, in a direct message, or in a conversation of ours."""
        if not came.addressed:
            if await self._is_known(came.thread):
                return True
            if came.reply_to != came.ts:
                self._hold(came)
            return False
        await asyncio.to_thread(
            self._advisor.directory.add,
            came.thread,
            f"slack:{came.team}",
            came.title,
            self._now(),
        )
        return True

    async def _accepted(self, came: Incoming) -> bool:
        new = await asyncio.to_thread(self._ledger.accept, came, self._now())
        if new and came.addressed:
            for late in self._released(came):
                await asyncio.to_thread(self._ledger.accept, late, self._now())
        if new:
            self._workers.wake(came.thread)
        return new

    async def _changed(self, came: Incoming) -> bool:
        """An edit or a removal: of what waits it changes that, of what was answered it is answered itself."""
        original = came.original or ""
        self._held.pop(original, None)
        ts = original.rpartition(":")[2]
        known = await self._is_known(came.thread)
        if not known or not await self._may_be_read(came.thread, original, ts):
            # Not ours; but an edit can be what calls the bot.
            called = came.kind == "edit" and came.addressed and not known
            return called and await self(
                came.model_copy(update={"kind": "message", "key": original, "ts": ts})
            )
        if came.kind == "edit":
            # Whoever answers it may hold the old words already; the edit itself finds out.
            words = came.model_copy(update={"kind": "message", "key": original, "original": None, "ts": ts})
            await asyncio.to_thread(self._ledger.replace, words)
        elif await asyncio.to_thread(self._ledger.is_waiting, original):
            await asyncio.to_thread(self._ledger.close, original, came.thread, ts, self._now())
        if not await asyncio.to_thread(self._ledger.is_known, original):
            # It overtook the message, which is now not to be answered any more.
            await asyncio.to_thread(self._ledger.close, original, came.thread, ts, self._now())
        return await self._accepted(came.model_copy(update={"addressed": False}))

    async def _may_be_read(self, thread: str, original: str, ts: str) -> bool:
        """Whether a message is part of a conversation of ours: it came, or is still on its way."""
        began = await asyncio.to_thread(self._ledger.began, thread)
        if began is not None and ts >= began:
            return True
        try:  # The ledger forgets after a while.
            turns = await asyncio.to_thread(self._advisor.turns, thread)
        except UnknownThread:
            return False
        return any(turn.client_id == original for turn in turns)

    async def _is_known(self, thread: str) -> bool:
        return await asyncio.to_thread(self._advisor.directory.owner, thread) is not None

    def _hold(self, came: Incoming) -> None:
        now = self._now()
        self._held[came.key] = (now, came)
        while len(self._held) > HELD or next(iter(self._held.values()))[0] < now - HELD_FOR:
            self._held.popitem(last=False)

    def _released(self, call: Incoming) -> list[Incoming]:
        """What was said in a thread after the call that made it ours, and came before it."""
        of_thread = [one for _, one in self._held.values() if one.thread == call.thread]
        for one in of_thread:
            del self._held[one.key]
        return [one for one in of_thread if one.ts > call.ts]
