"""Memos in SQLite, a row for each turn that gave one."""

import sqlite3
from pathlib import Path

from pydantic import ValidationError

from advisor.domain.memo import Memo
from advisor.errors import ConversationsDamaged
from advisor.storage_errors import told_as_storage_errors

_TABLE = """
CREATE TABLE IF NOT EXISTS memos (
    thread TEXT NOT NULL,
    message_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    memo TEXT NOT NULL,
    PRIMARY KEY (thread, message_id)
)
"""


class SqliteMemos:
    """Implements `ports.memos.Memos`. A connection for each call: calls come from several threads."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def save(self, thread: str, message_id: str, memo: Memo) -> None:
        row = (thread, message_id, int(message_id.lstrip("m")), memo.model_dump_json())
        with told_as_storage_errors(self._path), self._open() as connection:
            connection.execute(_TABLE)
            connection.execute("INSERT OR REPLACE INTO memos VALUES (?, ?, ?, ?)", row)

    def latest(self, thread: str) -> Memo | None:
        return self._one("SELECT memo FROM memos WHERE thread = ? ORDER BY number DESC LIMIT 1", (thread,))

    def of(self, thread: str, message_id: str) -> Memo | None:
        return self._one("SELECT memo FROM memos WHERE thread = ? AND message_id = ?", (thread, message_id))

    def forget(self, thread: str) -> None:
        with told_as_storage_errors(self._path), self._open() as connection:
            connection.execute(_TABLE)
            connection.execute("DELETE FROM memos WHERE thread = ?", (thread,))

    def _one(self, query: str, values: tuple[str, ...]) -> Memo | None:
        with told_as_storage_errors(self._path), self._open() as connection:
            if not _has_table(connection):
                return None
            row = connection.execute(query, values).fetchone()
        if row is None:
            return None
        try:
            return Memo.model_validate_json(row[0])
        except ValidationError as error:
            raise ConversationsDamaged(
                f"A memo in {self._path} was kept in another form.",
                "Ask for the memo again in its conversation.",
            ) from error

    def _open(self) -> sqlite3.Connection:
        # One file with the conversations, so that both are backed up, moved and forgotten together.
        connection = sqlite3.connect(self._path, timeout=10)
        connection.execute("PRAGMA secure_delete = ON")
        return connection


def _has_table(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'memos'").fetchone() is not None
