"""The ledger: what came from Slack and what was answered, so that each is answered once.

Words are kept until they are answered; then ids and times remain, as long as Slack may send a thing again.
"""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from advisor.adapters.sqlite_table import SqliteTable
from advisor.interfaces.slack.incoming import Incoming

KEPT = dt.timedelta(days=30)

_INCOMING = """
CREATE TABLE IF NOT EXISTS incoming (
    key TEXT NOT NULL PRIMARY KEY,
    thread TEXT NOT NULL,
    ts TEXT NOT NULL,
    state TEXT NOT NULL,
    body TEXT NOT NULL,
    at TEXT NOT NULL
)
"""
_PEOPLE = """
CREATE TABLE IF NOT EXISTS people (
    team TEXT NOT NULL,
    user TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (team, user)
)
"""
_OUTGOING = """
CREATE TABLE IF NOT EXISTS outgoing (
    key TEXT NOT NULL,
    part INTEGER NOT NULL,
    thread TEXT NOT NULL,
    turn TEXT NOT NULL,
    state TEXT NOT NULL,
    ts TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (key, part)
)
"""


@dataclass(frozen=True)
class Part:
    """One message of an answer. `state`: sending (nobody knows whether it arrived), open (shown, not yet
    whole), sent. `ts` is Slack's id of it, "" while there is none; of files their ids, commas between."""

    state: str
    ts: str


class Ledger:
    """Three tables in a file. Every method writes through before it returns. Raises StorageError."""

    def __init__(self, path: Path) -> None:
        self._incoming = SqliteTable(path, "incoming", _INCOMING)
        self._outgoing = SqliteTable(path, "outgoing", _OUTGOING)
        self._people = SqliteTable(path, "people", _PEOPLE)

    # --- what came --------------------------------------------------------------------------------

    def accept(self, came: Incoming, at: dt.datetime) -> bool:
        """Keeps it to be answered; False where it came before."""
        row = (came.key, came.thread, came.ts, "waiting", came.model_dump_json(), _time(at))
        return self._incoming.write("INSERT OR IGNORE INTO incoming VALUES (?, ?, ?, ?, ?, ?)", row) == 1

    def close(self, key: str, thread: str, ts: str, at: dt.datetime) -> None:
        """A message that is not to be answered any more, whether it came or is still on its way."""
        row = (key, thread, ts, "done", "", _time(at))
        self._incoming.write("INSERT OR REPLACE INTO incoming VALUES (?, ?, ?, ?, ?, ?)", row)

    def is_waiting(self, key: str) -> bool:
        """Whether it came and nobody has begun to answer it."""
        return self._state(key) == "waiting"

    def is_known(self, key: str) -> bool:
        """Whether it came, or was closed before it did."""
        return self._state(key) is not None

    def threads_waiting(self) -> list[str]:
        """The conversations in which something is to be answered."""
        rows = self._incoming.rows("SELECT DISTINCT thread FROM incoming WHERE state <> 'done'", ())
        return [thread for (thread,) in rows]

    def next(self, thread: str) -> str | None:
        """The key of what is to be answered next: what was begun, else what was said first."""
        order = "ORDER BY state = 'waiting', ts LIMIT 1"
        query = f"SELECT key FROM incoming WHERE thread = ? AND state <> 'done' {order}"
        rows = self._incoming.rows(query, (thread,))
        return rows[0][0] if rows else None

    def begin(self, key: str) -> Incoming:
        """What came, to be answered now. Raises ValueError for what an older version has kept."""
        self._incoming.write("UPDATE incoming SET state = 'begun' WHERE key = ?", (key,))
        rows = self._incoming.rows("SELECT body FROM incoming WHERE key = ?", (key,))
        return Incoming.model_validate_json(rows[0][0])

    def replace(self, came: Incoming) -> None:
        """Other words for what waits; nothing where it is being answered already."""
        values = (came.model_dump_json(), came.key)
        self._incoming.write("UPDATE incoming SET body = ? WHERE key = ? AND state = 'waiting'", values)

    def done(self, key: str) -> None:
        """It is answered; its words go."""
        self._incoming.write("UPDATE incoming SET state = 'done', body = '' WHERE key = ?", (key,))

    def began(self, thread: str) -> str | None:
        """When the first message of a conversation was said, as Slack's id of it."""
        rows = self._incoming.rows(
            "SELECT MIN(ts) FROM incoming WHERE thread = ? AND key LIKE 'm:%'", (thread,)
        )
        return rows[0][0] if rows else None

    # --- what was answered ------------------------------------------------------------------------

    def part(self, key: str, part: int) -> Part | None:
        """How far one message of an answer is; None where it was not begun."""
        query = "SELECT state, ts FROM outgoing WHERE key = ? AND part = ?"
        rows = self._outgoing.rows(query, (key, part))
        return Part(*rows[0]) if rows else None

    def keep(self, key: str, part: int, thread: str, turn: str, told: Part, at: dt.datetime) -> None:
        """Notes how far one message of an answer is. `turn` is the message of the conversation it answers."""
        row = (key, part, thread, turn, told.state, told.ts, _time(at))
        self._outgoing.write("INSERT OR REPLACE INTO outgoing VALUES (?, ?, ?, ?, ?, ?, ?)", row)

    def is_shown(self, ts: str) -> bool:
        """Whether a message is one that was noted as ours."""
        return bool(self._outgoing.rows("SELECT 1 FROM outgoing WHERE ts = ? LIMIT 1", (ts,)))

    def drop(self, key: str, part: int) -> None:
        """One message of an answer was not sent after all."""
        self._outgoing.write("DELETE FROM outgoing WHERE key = ? AND part = ?", (key, part))

    def place(self, thread: str, turn: str, part: int) -> str | None:
        """Slack's id of one message of the answer to a turn; None where it is not known."""
        query = "SELECT ts FROM outgoing WHERE thread = ? AND turn = ? AND part = ? AND state = 'sent'"
        rows = self._outgoing.rows(query, (thread, turn, part))
        return rows[0][0] if rows else None

    # --- who is who -------------------------------------------------------------------------------

    def name(self, team: str, user: str) -> str | None:
        """What a person has been called from the first time on; None where nobody asked yet."""
        rows = self._people.rows("SELECT name FROM people WHERE team = ? AND user = ?", (team, user))
        return rows[0][0] if rows else None

    def call(self, team: str, user: str, name: str) -> bool:
        """Keeps a person's name; False where somebody else has it."""
        query = "SELECT 1 FROM people WHERE team = ? AND user <> ? AND LOWER(name) = LOWER(?)"
        if self._people.rows(query, (team, user, name)):
            return False
        self._people.write("INSERT OR REPLACE INTO people VALUES (?, ?, ?)", (team, user, name))
        return True

    def purge(self, now: dt.datetime) -> None:
        """Drops what is answered and older than Slack's memory."""
        before = _time(now - KEPT)
        self._incoming.write("DELETE FROM incoming WHERE state = 'done' AND at < ?", (before,))
        self._outgoing.write("DELETE FROM outgoing WHERE at < ?", (before,))

    def _state(self, key: str) -> str | None:
        rows = self._incoming.rows("SELECT state FROM incoming WHERE key = ?", (key,))
        return rows[0][0] if rows else None


def _time(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).isoformat(timespec="seconds")
