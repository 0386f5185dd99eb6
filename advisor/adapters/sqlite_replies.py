"""Replies in SQLite, a row for each turn; the memo of a reply is in a table of its own."""

from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from advisor.adapters.sqlite_table import SqliteTable
from advisor.domain.reply import Reply

_TABLE = """
CREATE TABLE IF NOT EXISTS replies (
    thread TEXT NOT NULL,
    message_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    reply TEXT NOT NULL,
    PRIMARY KEY (thread, message_id)
)
"""


class SqliteReplies:
    """Implements `ports.replies.Replies`."""

    def __init__(self, path: Path) -> None:
        self._table = SqliteTable(path, "replies", _TABLE)

    def save(self, reply: Reply) -> None:
        number = int(reply.message_id.lstrip("m"))
        text = reply.model_copy(update={"memo": None}).model_dump_json()
        self._table.write(
            "INSERT OR REPLACE INTO replies VALUES (?, ?, ?, ?)",
            (reply.thread, reply.message_id, number, text),
        )

    def of(self, thread: str) -> Mapping[str, Reply]:
        rows = self._table.rows(
            "SELECT message_id, reply FROM replies WHERE thread = ? ORDER BY number", (thread,)
        )
        read = {message_id: _read(text) for message_id, text in rows}
        return {message_id: reply for message_id, reply in read.items() if reply is not None}

    def forget(self, thread: str) -> None:
        self._table.write("DELETE FROM replies WHERE thread = ?", (thread,))


def _read(text: str) -> Reply | None:
    try:
        return Reply.model_validate_json(text)
    except ValidationError:
        return None
