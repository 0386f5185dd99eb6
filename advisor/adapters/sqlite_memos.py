"""Memos in SQLite, a row for each turn that gave one."""

from pathlib import Path

from pydantic import ValidationError

from advisor.adapters.sqlite_table import SqliteTable
from advisor.domain.memo import Memo
from advisor.errors import ConversationsDamaged

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
    """Implements `ports.memos.Memos`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._table = SqliteTable(path, "memos", _TABLE)

    def save(self, thread: str, message_id: str, memo: Memo) -> None:
        row = (thread, message_id, int(message_id.lstrip("m")), memo.model_dump_json())
        self._table.write("INSERT OR REPLACE INTO memos VALUES (?, ?, ?, ?)", row)

    def latest(self, thread: str) -> Memo | None:
        return self._one("SELECT memo FROM memos WHERE thread = ? ORDER BY number DESC LIMIT 1", (thread,))

    def of(self, thread: str, message_id: str) -> Memo | None:
        return self._one("SELECT memo FROM memos WHERE thread = ? AND message_id = ?", (thread, message_id))

    def forget(self, thread: str) -> None:
        self._table.write("DELETE FROM memos WHERE thread = ?", (thread,))

    def _one(self, query: str, values: tuple[str, ...]) -> Memo | None:
        rows = self._table.rows(query, values)
        if not rows:
            return None
        try:
            return Memo.model_validate_json(rows[0][0])
        except ValidationError as error:
            raise ConversationsDamaged(
                f"A memo in {self._path} was kept in another form.",
                "Ask for the memo again in its conversation.",
            ) from error
