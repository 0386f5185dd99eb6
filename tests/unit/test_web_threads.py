"""The data layer of the web chat, where a page can meet a conversation that another page deletes."""

import asyncio
import dataclasses
import datetime as dt
from collections.abc import Callable
from pathlib import Path

from advisor.adapters.sqlite_replies import SqliteReplies
from advisor.assembly import builtin_rulebook
from advisor.conversation.advisor import AdvisorCore
from advisor.domain.reply import Reply
from advisor.domain.vocabulary import FACT_KEYS
from advisor.interfaces.web.threads import Threads
from tests.conversations.scripts import SCRIPT, TODAY, parts

NOON = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)


class Interrupted(SqliteReplies):
    """Replies that let something else happen right after they were read."""

    meanwhile: Callable[[str], None] | None = None

    def of(self, thread: str) -> dict[str, Reply]:
        found = super().of(thread)
        if self.meanwhile is not None:
            self.meanwhile(thread)
        return found


def test_a_conversation_deleted_while_it_is_drawn_is_gone(tmp_path: Path) -> None:
    database = tmp_path / "conversations.sqlite"
    replies = Interrupted(database)
    kept = dataclasses.replace(parts(database), replies=replies)
    with AdvisorCore(kept, database, lambda paths, collection: {}, lambda: TODAY) as advisor:
        threads = Threads(
            advisor, {key: builtin_rulebook().question(key).label for key in FACT_KEYS}, lambda: NOON
        )
        advisor.directory.add("t", "ada", "Tickets", NOON)
        advisor.reply_sync("t", next(iter(SCRIPT)))
        drawn = asyncio.run(threads.get_thread("t"))
        assert drawn is not None
        assert drawn["name"] == "Tickets"
        replies.meanwhile = advisor.forget
        assert asyncio.run(threads.get_thread("t")) is None
