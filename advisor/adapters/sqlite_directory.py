"""The directory of conversations in SQLite, a row for each."""

import datetime as dt
from pathlib import Path

from advisor.adapters.sqlite_table import SqliteTable
from advisor.domain.listed import Listed, listed_at, listed_title

_TABLE = """
CREATE TABLE IF NOT EXISTS directory (
    thread TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL,
    title TEXT NOT NULL,
    begun TEXT NOT NULL,
    last TEXT NOT NULL
)
"""
_SELECT = "SELECT thread, owner, title, begun, last FROM directory"


class SqliteDirectory:
    """Implements `ports.directory.Directory`."""

    def __init__(self, path: Path) -> None:
        self._table = SqliteTable(path, "directory", _TABLE)

    def add(self, thread: str, owner: str, title: str, at: dt.datetime) -> None:
        row = (thread, owner, listed_title(title), listed_at(at), listed_at(at))
        self._table.write("INSERT OR IGNORE INTO directory VALUES (?, ?, ?, ?, ?)", row)

    def owner(self, thread: str) -> str | None:
        found = self.find(thread)
        return None if found is None else found.owner

    def find(self, thread: str) -> Listed | None:
        found = self._listed(f"{_SELECT} WHERE thread = ?", thread)
        return found[0] if found else None

    def of(self, owner: str) -> tuple[Listed, ...]:
        return self._listed(f"{_SELECT} WHERE owner = ? ORDER BY last DESC, begun DESC, thread", owner)

    def touch(self, thread: str, at: dt.datetime) -> None:
        self._table.write(
            "UPDATE directory SET last = MAX(last, ?) WHERE thread = ?", (listed_at(at), thread)
        )

    def rename(self, thread: str, title: str) -> None:
        self._table.write("UPDATE directory SET title = ? WHERE thread = ?", (listed_title(title), thread))

    def forget(self, thread: str) -> None:
        self._table.write("DELETE FROM directory WHERE thread = ?", (thread,))

    def _listed(self, query: str, value: str) -> tuple[Listed, ...]:
        return tuple(
            Listed(thread=thread, owner=owner, title=title, begun=begun, last=last)
            for thread, owner, title, begun, last in self._table.rows(query, (value,))
        )
