"""Faults that a test orders from a Slack server: errors, lost connections, slow and held answers.

Knows no HTTP; the server asks before and after each request. `*` stands for every method.
"""

import asyncio
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

ANY = "*"


@dataclass
class Fault:
    """What the next `times` requests to a method meet.

    With `after_effect` the method does its work first, and only its answer is lost. `drop` closes the
    connection without an answer; `error` is one of Slack's codes in an answer of status 200; `status` an HTTP
    error. With `having` only requests that have it as the value of an argument meet the fault.
    """

    method: str
    times: int = 1
    status: int = 500
    error: str | None = None
    retry_after: int | None = None
    after_effect: bool = False
    drop: bool = False
    having: str | None = None


class Faults:
    """The faults still to come, the delays and the methods that are held. Any thread may order one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ordered: list[Fault] = []
        self._delays: dict[str, float] = {}
        self._held: dict[str, list[asyncio.Event]] = {}
        self.waiting: Counter[str] = Counter()

    def order(self, fault: Fault) -> None:
        with self._lock:
            self._ordered.append(fault)

    def clear(self) -> None:
        """Forgets all that was ordered and not met yet."""
        with self._lock:
            self._ordered.clear()
            self._delays.clear()

    def delay(self, method: str, seconds: float) -> None:
        with self._lock:
            self._delays[method] = seconds

    def take(self, method: str, args: Mapping[str, Any]) -> Fault | None:
        """The fault that this request meets."""
        with self._lock:
            for fault in self._ordered:
                meant = fault.having is None or fault.having in args.values()
                if fault.method in (method, ANY) and meant:
                    fault.times -= 1
                    if fault.times <= 0:
                        self._ordered.remove(fault)
                    return fault
        return None

    @contextmanager
    def hold(self, method: str, loop: asyncio.AbstractEventLoop) -> Iterator[None]:
        """Requests to the method wait, without effect, until the block is left."""
        gate = asyncio.Event()
        with self._lock:
            self._held.setdefault(method, []).append(gate)
        try:
            yield
        finally:
            with self._lock:
                self._held[method].remove(gate)
            loop.call_soon_threadsafe(gate.set)

    async def pause(self, method: str, tell: Callable[[], None]) -> None:
        """Waits as long as the method is delayed or held; `tell` is called when a held request has come."""
        with self._lock:
            seconds = self._delays.get(method, self._delays.get(ANY, 0))
            gates = self._held.get(method, []) + self._held.get(ANY, [])
        if seconds:
            await asyncio.sleep(seconds)
        for gate in gates:
            self.waiting[method] += 1
            tell()
            try:
                await gate.wait()
            finally:
                self.waiting[method] -= 1
