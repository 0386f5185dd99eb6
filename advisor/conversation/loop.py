"""One event loop in a thread of its own, so that sync and async callers meet the same connection.

SQLite's async connection and the locks of the graph belong to one loop, while users call from many:
`asyncio.run` in a script, a server's loop, no loop at all.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

_Result = TypeVar("_Result")


class LoopThread:
    """Runs coroutines on its own loop until closed."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name="advisor", daemon=True)
        self._thread.start()

    def run(self, coroutine: Coroutine[Any, Any, _Result]) -> _Result:
        """Waits for the result; for callers without a loop."""
        return self._submit(coroutine).result()

    async def run_async(self, coroutine: Coroutine[Any, Any, _Result]) -> _Result:
        """Awaits the result from any other loop. Cancelling the caller does not cut the turn short."""
        return await asyncio.shield(asyncio.wrap_future(self._submit(coroutine)))

    async def stream(self, events: AsyncIterator[_Result]) -> AsyncIterator[_Result]:
        """Hands on the events of an iterator that runs on this loop."""
        here = asyncio.get_running_loop()
        queue: asyncio.Queue[tuple[_Result | None, BaseException | None, bool]] = asyncio.Queue()

        def put(item: tuple[_Result | None, BaseException | None, bool]) -> None:
            here.call_soon_threadsafe(queue.put_nowait, item)

        async def pump() -> None:
            try:
                async for event in events:
                    put((event, None, False))
            except BaseException as error:  # noqa: BLE001 - raised again where the caller waits
                put((None, error, True))
            else:
                put((None, None, True))

        self._submit(pump())
        while True:
            event, error, last = await queue.get()
            if error is not None:
                raise error
            if last:
                return
            yield event  # pyright: ignore[reportReturnType] - None only with `last`

    def close(self) -> None:
        """Stops the loop."""
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()

    def _submit(self, coroutine: Coroutine[Any, Any, _Result]) -> "Future[_Result]":
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop)
