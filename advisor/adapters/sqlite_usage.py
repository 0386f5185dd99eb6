"""Calls of language models in SQLite: a row for each, to be read by hand too; replies until a turn is over.

sqlite3 usage.sqlite "SELECT date(started), model, sum(prompt_tokens) FROM model_calls GROUP BY 1, 2"
"""

import datetime as dt
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, get_args

from advisor.errors import ConversationsDamaged, StorageError
from advisor.ports.usage import ModelCall, Outcome, Purpose
from advisor.storage_errors import told_as_storage_errors

_CALLS = """
CREATE TABLE IF NOT EXISTS model_calls (
    id INTEGER PRIMARY KEY,
    started TEXT NOT NULL,
    thread TEXT NOT NULL,
    message_id TEXT NOT NULL,
    purpose TEXT NOT NULL,
    model TEXT NOT NULL,
    outcome TEXT NOT NULL,
    milliseconds INTEGER NOT NULL,
    prompt_tokens INTEGER,
    cached_tokens INTEGER,
    completion_tokens INTEGER
)
"""
_INDEX = "CREATE INDEX IF NOT EXISTS model_calls_by_turn ON model_calls (thread, message_id)"
_REPLIES = """
CREATE TABLE IF NOT EXISTS kept_replies (
    thread TEXT NOT NULL,
    message_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    fingerprint TEXT NOT NULL,
    reply TEXT NOT NULL,
    PRIMARY KEY (thread, message_id, fingerprint)
)
"""
_COLUMNS = (
    "started, thread, message_id, purpose, model, outcome, milliseconds, "
    "prompt_tokens, cached_tokens, completion_tokens"
)
WAIT = 10
"""Seconds to wait for another process that is writing."""


class SqliteUsage:
    """Implements `ports.usage.UsageLog`. A connection for each call: calls come from several threads."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def record(self, call: ModelCall) -> None:
        row = (
            call.started.astimezone(dt.UTC).isoformat(timespec="microseconds"),
            call.thread,
            call.message_id,
            call.purpose,
            call.model,
            call.outcome,
            call.milliseconds,
            call.prompt_tokens,
            call.cached_tokens,
            call.completion_tokens,
        )
        with self._writing() as connection:
            connection.execute(
                f"INSERT INTO model_calls ({_COLUMNS}) VALUES ({', '.join('?' * len(row))})", row
            )

    def calls(self, thread: str | None = None) -> list[ModelCall]:
        rows = self._rows(
            "model_calls",
            f"SELECT {_COLUMNS} FROM model_calls WHERE ?1 IS NULL OR thread = ?1 ORDER BY started, id",
            (thread,),
        )
        return [self._call(row) for row in rows]

    def count(self, thread: str, message_id: str) -> int:
        query = "SELECT COUNT(*) FROM model_calls WHERE thread = ? AND message_id = ? AND outcome = 'ok'"
        rows = self._rows("model_calls", query, (thread, message_id))
        return rows[0][0] if rows else 0

    def kept(self, thread: str, message_id: str, fingerprint: str) -> str | None:
        query = "SELECT reply FROM kept_replies WHERE thread = ? AND message_id = ? AND fingerprint = ?"
        rows = self._rows("kept_replies", query, (thread, message_id, fingerprint))
        return rows[0][0] if rows else None

    def keep(self, thread: str, message_id: str, fingerprint: str, reply: str) -> None:
        number = int(message_id.lstrip("m"))
        with self._writing() as connection:
            connection.execute("DELETE FROM kept_replies WHERE thread = ? AND number < ?", (thread, number))
            connection.execute(
                "INSERT OR REPLACE INTO kept_replies VALUES (?, ?, ?, ?, ?)",
                (thread, message_id, number, fingerprint, reply),
            )

    def forget(self, thread: str) -> None:
        if not self._path.exists():
            return
        with self._writing() as connection:
            connection.execute("DELETE FROM kept_replies WHERE thread = ?", (thread,))
            connection.execute(
                "UPDATE model_calls SET thread = '', message_id = '' WHERE thread = ?", (thread,)
            )
        with self._open() as connection:
            for command in ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
                connection.execute(command)

    def _rows(self, table: str, query: str, values: tuple[str | None, ...]) -> list[tuple[Any, ...]]:
        """What a query finds; nothing where there is no file or no table yet."""
        if not self._path.exists():
            return []
        with self._open() as connection:
            known = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
            if connection.execute(known, (table,)).fetchone() is None:
                return []
            return connection.execute(query, values).fetchall()

    def _call(self, row: tuple[Any, ...]) -> ModelCall:
        started, thread, message_id, purpose, model, outcome, *numbers = row
        try:
            when = dt.datetime.fromisoformat(started)
            if purpose not in get_args(Purpose) or outcome not in get_args(Outcome):
                raise ValueError
            return ModelCall(thread, message_id, purpose, model, when, outcome=outcome, **_numbers(numbers))
        except (TypeError, ValueError) as error:
            raise StorageError(
                f"A call in {self._path} was kept in another form.",
                "Use the release of the advisor that wrote it, or move that file aside.",
            ) from error

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, begun as a writer's, so that two processes wait for each other."""
        with self._open() as connection, connection:
            connection.execute("BEGIN IMMEDIATE")
            for statement in (_CALLS, _INDEX, _REPLIES):
                connection.execute(statement)
            yield connection

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with (
            _told(self._path),
            closing(sqlite3.connect(self._path, timeout=WAIT, isolation_level=None)) as connection,
        ):
            connection.execute("PRAGMA secure_delete = ON")
            # Fails while another process uses the file in the older mode, which is as safe.
            with suppress(sqlite3.OperationalError):
                connection.execute("PRAGMA journal_mode = WAL")
            yield connection


def _numbers(values: list[int | None]) -> dict[str, Any]:
    return dict(
        zip(("milliseconds", "prompt_tokens", "cached_tokens", "completion_tokens"), values, strict=True)
    )


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """SQLite's errors as ours; a damaged file is named for what is in it."""
    try:
        with told_as_storage_errors(path):
            yield
    except ConversationsDamaged as error:
        raise StorageError(
            f"The record of language model calls in {path} is damaged and can't be read.",
            "Move that file aside; a new one is started, and no conversation is in it.",
        ) from error
