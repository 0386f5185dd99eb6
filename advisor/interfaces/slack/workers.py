"""Workers: each conversation has its things answered one after the other, many conversations at a time."""

import asyncio
import contextlib
import datetime as dt
from collections.abc import Awaitable, Callable

from advisor.errors import StorageError
from advisor.interfaces.cli_errors import write_log
from advisor.interfaces.slack.calls import SlackRefused, SlackUnclear
from advisor.interfaces.slack.incoming import Incoming
from advisor.interfaces.slack.ledger import Ledger

AT_ONCE = 16
"""Answers worked out at a time; the rest wait in the ledger."""
FIRST_WAIT, MOST_WAIT = 2.0, 120.0
"""Seconds until a thing is tried again after Slack could not be reached, each wait twice the one before."""
DAY = 86_400.0
GRACE = 10.0
"""Seconds given to the answers under way when the bot stops; the next start goes on with them."""

LONGEST = dt.timedelta(hours=1)
"""How long a thing is tried while Slack can't be reached."""

Answer = Callable[[Incoming], Awaitable[None]]
Lost = Callable[[Incoming, str | None], Awaitable[None]]


class Workers:
    """Answers what waits in the ledger.

    `lost` says so where it can't be, and is given Slack's word for it where Slack refused. `tell` is for
    whoever runs the bot; no words of people's reach it.
    """

    def __init__(
        self,
        ledger: Ledger,
        answer: Answer,
        lost: Lost,
        now: Callable[[], dt.datetime],
        tell: Callable[[str], None],
    ) -> None:
        self._ledger = ledger
        self._answer = answer
        self._lost = lost
        self._now = now
        self._tell = tell
        self._running: dict[str, asyncio.Task[None]] = {}
        self._woken: set[str] = set()
        self._room = asyncio.Semaphore(AT_ONCE)
        self._stopping = asyncio.Event()

    def wake(self, thread: str) -> None:
        """Something waits in this conversation."""
        if self._stopping.is_set():
            return
        if thread in self._running:
            self._woken.add(thread)
            return
        task = asyncio.create_task(self._work(thread))
        self._running[thread] = task
        task.add_done_callback(lambda _: self._ended(thread))

    async def wake_all(self) -> None:
        """Goes on with what an earlier run has left."""
        for thread in await asyncio.to_thread(self._ledger.threads_waiting):
            self.wake(thread)

    async def tidy(self) -> None:
        """Drops from the ledger what is old, now and every day."""
        while not self._stopping.is_set():
            with contextlib.suppress(StorageError):  # another day will do
                await asyncio.to_thread(self._ledger.purge, self._now())
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), DAY)

    async def stop(self) -> None:
        """Waits a little for the answers under way, then leaves them to the next start."""
        self._stopping.set()
        running = list(self._running.values())
        if not running:
            return
        _, late = await asyncio.wait(running, timeout=GRACE)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    def _ended(self, thread: str) -> None:
        del self._running[thread]
        if thread in self._woken:
            self._woken.discard(thread)
            self.wake(thread)

    async def _work(self, thread: str) -> None:
        wait, failing_since, key = FIRST_WAIT, None, ""
        while not self._stopping.is_set():
            try:
                key = await asyncio.to_thread(self._ledger.next, thread) or ""
                if not key:
                    return
                await self._one(key)
                wait, failing_since = FIRST_WAIT, None
                continue
            except SlackUnclear as unclear:
                now = self._now()
                failing_since = failing_since or now
                if now - failing_since > LONGEST:
                    self._tell(f"Given up after {LONGEST}: Slack does not answer ({unclear}).")
                    await asyncio.to_thread(self._ledger.done, key)
                    failing_since = None
            except StorageError as error:
                write_log(error)
                self._tell(f"{error.message} {error.remedy}")
            # It waits in the ledger, and goes on where it was.
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), wait)
            wait = min(2 * wait, MOST_WAIT)

    async def _one(self, key: str) -> None:
        """Answers one thing, or says that it can't be. Raises SlackUnclear and StorageError."""
        try:
            came = await asyncio.to_thread(self._ledger.begin, key)
        except ValueError as error:  # an older version kept it in another form
            write_log(error)
            await asyncio.to_thread(self._ledger.done, key)
            return
        try:
            async with self._room:
                await self._answer(came)
        except (SlackUnclear, StorageError):
            raise
        except SlackRefused as refused:
            self._tell(f"Slack refuses {refused.method}: {refused.error}")
            await self._lost(came, refused.error)
        except Exception as error:  # noqa: BLE001 - the face: nobody waits for an answer that will not come
            write_log(error)
            await self._lost(came, None)
        await asyncio.to_thread(self._ledger.done, key)
