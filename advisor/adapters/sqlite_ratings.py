"""Ratings in SQLite, a row for each reply that was rated."""

from pathlib import Path

from advisor.adapters.sqlite_table import SqliteTable
from advisor.domain.rating import Rating

_TABLE = """
CREATE TABLE IF NOT EXISTS ratings (
    thread TEXT NOT NULL,
    message_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    good INTEGER NOT NULL,
    words TEXT NOT NULL,
    at TEXT NOT NULL,
    certificate TEXT,
    PRIMARY KEY (thread, message_id)
)
"""


class SqliteRatings:
    """Implements `ports.ratings.Ratings`."""

    def __init__(self, path: Path) -> None:
        self._table = SqliteTable(path, "ratings", _TABLE)

    def save(self, rating: Rating) -> None:
        row = (
            rating.thread,
            rating.message_id,
            int(rating.message_id.lstrip("m")),
            int(rating.good),
            rating.words,
            rating.at,
            rating.certificate,
        )
        self._table.write("INSERT OR REPLACE INTO ratings VALUES (?, ?, ?, ?, ?, ?, ?)", row)

    def remove(self, thread: str, message_id: str) -> None:
        self._table.write("DELETE FROM ratings WHERE thread = ? AND message_id = ?", (thread, message_id))

    def of(self, thread: str) -> tuple[Rating, ...]:
        columns = "thread, message_id, good, words, at, certificate"
        rows = self._table.rows(f"SELECT {columns} FROM ratings WHERE thread = ? ORDER BY number", (thread,))
        return tuple(
            Rating(
                thread=of, message_id=message_id, good=bool(good), words=words, at=at, certificate=certificate
            )
            for of, message_id, good, words, at, certificate in rows
        )

    def forget(self, thread: str) -> None:
        self._table.write("DELETE FROM ratings WHERE thread = ?", (thread,))
