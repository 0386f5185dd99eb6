"""A table in an SQLite file; those of the conversations share one, to be backed up and moved together.

A connection for each call: calls come from several threads. What is deleted is overwritten with zeros.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from advisor.storage_errors import told_as_storage_errors

WAIT = 30
"""Seconds to wait for another writer; never on the loop that runs the turns, which writes too."""


class SqliteTable:
    """One table, made by the SQL in `create` at the first write. Raises StorageError."""

    def __init__(self, path: Path, name: str, create: str) -> None:
        self._path, self._name, self._create = path, name, create

    def write(self, statement: str, values: tuple[str | int | None, ...]) -> int:
        """Runs one statement in a transaction of its own, and gives how many rows it changed."""
        with self._open() as connection, connection:
            connection.execute(self._create)
            return connection.execute(statement, values).rowcount

    def rows(self, query: str, values: tuple[str | int | None, ...]) -> list[tuple[Any, ...]]:
        """What a query finds; nothing where there is no file or no table yet."""
        if not self._path.exists():
            return []
        with self._open() as connection:
            known = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
            if connection.execute(known, (self._name,)).fetchone() is None:
                return []
            return connection.execute(query, values).fetchall()

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with (
            told_as_storage_errors(self._path),
            closing(sqlite3.connect(self._path, timeout=WAIT)) as connection,
        ):
            connection.execute("PRAGMA secure_delete = ON")
            yield connection
