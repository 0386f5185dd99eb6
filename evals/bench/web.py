"""The web chat under load: many conversations at once over real websockets, and how long a turn takes."""

import asyncio
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from advisor.testing.web_client import web_client
from advisor.testing.web_server import WebServer, plain_environment
from evals.bench.rows import Row

MANY = 50
SAID = (
    "We are a 120-person company. We want our app to draft replies to support tickets with a hosted model "
    "within four months.",
    "The data is ready.",
    "Our CTO can judge AI work.",
    "Give me the memo now.",
)


@contextmanager
def served(models: Path) -> Iterator[WebServer]:
    """A server on an empty home of its own."""
    with tempfile.TemporaryDirectory() as folder:
        server = WebServer(Path(folder), plain_environment(models.resolve()))
        try:
            yield server.start()
        finally:
            server.stop()


def measure(models: Path) -> list[Row]:
    """Milliseconds until a turn has ended in the page, its pictures and sources included."""
    rows: list[Row] = []
    with served(models) as server:
        asyncio.run(_talks(server.url, 1))  # loads what the first turn loads
        for number in (1, MANY):
            taken, whole = asyncio.run(_talks(server.url, number))
            for kind in ("question", "memo"):
                times = [1000 * seconds for what, seconds in taken if what == kind]
                rows.append(Row("web", f"{kind}, {number} at once", times, "ms"))
            rows.append(Row("web", f"throughput, {number} at once", [len(taken) / whole], "turns/s"))
    return rows


async def _talks(url: str, number: int) -> tuple[list[tuple[str, float]], float]:
    start = time.perf_counter()
    every = await asyncio.gather(*(_talk(url) for _ in range(number)))
    return [one for taken in every for one in taken], time.perf_counter() - start


async def _talk(url: str) -> list[tuple[str, float]]:
    """What kind of reply came to each message, and how many seconds it took."""
    taken: list[tuple[str, float]] = []
    async with web_client(url) as client:
        for text in SAID:
            start = time.perf_counter()
            await client.say(text)
            taken.append(("memo" if text == SAID[-1] else "question", time.perf_counter() - start))
        if client.errors:
            raise RuntimeError(f"{len(client.errors)} errors in a conversation")
    return taken
