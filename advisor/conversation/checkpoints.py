"""Checkpoints in SQLite: opened once, pruned to the latest of each conversation, listed, forgotten."""

import asyncio
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import aiosqlite
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

from advisor.storage_errors import told_as_storage_errors

WAIT = 30
"""Seconds to wait for others who use the file."""
PAUSE = 0.05
"""Seconds between two tries to empty the log."""


class Checkpoints:
    """The saver and what it can't do itself. All calls come from the loop that opened it."""

    def __init__(self, path: Path, saver: AsyncSqliteSaver) -> None:
        self.path = path
        self.saver = saver
        self._scrubbing = asyncio.Lock()

    @classmethod
    async def open(cls, path: Path) -> "Checkpoints":
        """Raises StorageReadOnly, StorageFull or ConversationsDamaged."""
        with told_as_storage_errors(path):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            connection = await aiosqlite.connect(path, timeout=10)
            try:
                saver = AsyncSqliteSaver(connection)
                await saver.setup()
                await _require_whole(connection)
                # What is forgotten must not stay readable in the file.
                await connection.execute("PRAGMA secure_delete = ON")
            except BaseException:
                await connection.close()
                raise
        return cls(path, saver)

    async def close(self) -> None:
        """Closes the connection; nothing is pending, since every step is written before the next."""
        await self.saver.conn.close()

    async def threads(self) -> list[str]:
        """The names of all conversations."""
        async with self.saver.conn.execute("SELECT DISTINCT thread_id FROM checkpoints ORDER BY 1") as rows:
            return [row[0] async for row in rows]

    async def prune(self, thread: str) -> None:
        """Keeps only the newest checkpoint of a finished turn: history is in the record itself.

        In one transaction, so that a crash leaves all or just the newest.
        """
        newest = "(SELECT MAX(checkpoint_id) FROM checkpoints WHERE thread_id = ?1)"
        async with self.saver.lock:
            for table in ("checkpoints", "writes"):
                await self.saver.conn.execute(
                    f"DELETE FROM {table} WHERE thread_id = ?1 AND checkpoint_id < {newest}",
                    (thread,),
                )
            await self.saver.conn.commit()

    async def drop(self, thread: str) -> None:
        """Drops a conversation's checkpoints."""
        await self.saver.adelete_thread(thread)
        await self.saver.conn.commit()

    async def scrub(self) -> None:
        """Leaves nothing of what was dropped in the file or its log."""
        async with self._scrubbing:
            await asyncio.to_thread(_scrub, self.path)


def _scrub(path: Path) -> None:
    # On a connection of its own: on the saver's, statements of other conversations may be under way.
    with closing(sqlite3.connect(path, timeout=WAIT)) as connection:
        connection.execute("VACUUM")
        given_up_at = time.monotonic() + WAIT
        while connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
            # Busy: others read the log, or empty it themselves, for which SQLite does not wait.
            if time.monotonic() > given_up_at:
                raise sqlite3.OperationalError("database is locked")
            time.sleep(PAUSE)


async def _require_whole(connection: aiosqlite.Connection) -> None:
    async with connection.execute("PRAGMA quick_check(1)") as rows:
        row = await rows.fetchone()
    if row is None or row[0] != "ok":
        raise sqlite3.DatabaseError("database disk image is malformed")
