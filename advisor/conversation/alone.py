"""One turn at a time in a conversation, also between processes that share a home.

The lock is a file beside the database; the system lets go of it when its process dies, so a turn that
a crash cut short can be taken over at once, and one that still runs elsewhere never is.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from advisor.errors import StorageError, StorageReadOnly

PATIENCE = 120.0
"""Seconds to wait for a turn of another process."""


@asynccontextmanager
async def turn_alone(database: Path, thread: str) -> AsyncIterator[None]:
    """Holds the conversation for one turn. Raises StorageError when another process keeps it too long."""
    name = hashlib.sha256(thread.encode("utf-8", "replace")).hexdigest()[:24]
    lock = FileLock(database.parent / "turns" / f"{name}.lock", thread_local=False)
    try:
        Path(lock.lock_file).parent.mkdir(parents=True, exist_ok=True)
        await asyncio.to_thread(lock.acquire, timeout=PATIENCE, poll_interval=0.02)
    except Timeout as error:
        raise StorageError(
            f"The conversation {thread!r} is busy in another process.",
            "Wait for its answer, then say it again.",
        ) from error
    except OSError as error:
        raise StorageReadOnly(
            f"{database.parent} can't be written.",
            "Give yourself write access, or set ADVISOR_HOME to another folder.",
        ) from error
    try:
        yield
    finally:
        lock.release()
