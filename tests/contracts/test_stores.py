"""What every store beside the conversations promises, in memory and in SQLite alike."""

import datetime as dt
import sqlite3
from pathlib import Path

import pytest

from advisor.adapters.sqlite_directory import SqliteDirectory
from advisor.adapters.sqlite_ratings import SqliteRatings
from advisor.adapters.sqlite_replies import SqliteReplies
from advisor.domain.listed import LONGEST_TITLE
from advisor.domain.rating import Rating
from advisor.domain.reply import Reply
from advisor.errors import ConversationsDamaged
from advisor.ports.directory import Directory
from advisor.ports.ratings import Ratings
from advisor.ports.replies import Replies
from advisor.testing.stores import MemoryDirectory, MemoryRatings, MemoryReplies

NOON = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


@pytest.fixture(params=["memory", "sqlite"])
def directory(request: pytest.FixtureRequest, tmp_path: Path) -> Directory:
    return MemoryDirectory() if request.param == "memory" else SqliteDirectory(tmp_path / "c.sqlite")


@pytest.fixture(params=["memory", "sqlite"])
def ratings(request: pytest.FixtureRequest, tmp_path: Path) -> Ratings:
    return MemoryRatings() if request.param == "memory" else SqliteRatings(tmp_path / "c.sqlite")


@pytest.fixture(params=["memory", "sqlite"])
def replies(request: pytest.FixtureRequest, tmp_path: Path) -> Replies:
    return MemoryReplies() if request.param == "memory" else SqliteReplies(tmp_path / "c.sqlite")


def rating(message_id: str, good: bool = True, words: str = "", thread: str = "t") -> Rating:
    return Rating(
        thread=thread, message_id=message_id, good=good, words=words, at="2026-11-20", certificate=None
    )


def reply(message_id: str, text: str = "said", thread: str = "t") -> Reply:
    return Reply(thread=thread, message_id=message_id, kind="answer", text=text)


# --- the directory --------------------------------------------------------------------------------


def test_nothing_is_listed_at_first(directory: Directory) -> None:
    assert directory.owner("t") is None
    assert directory.find("t") is None
    assert directory.of("ann") == ()


def test_the_first_to_list_a_conversation_wins(directory: Directory) -> None:
    directory.add("t", "ann", "Tickets", NOON)
    directory.add("t", "bob", "Mine now", NOON + HOUR)
    assert directory.owner("t") == "ann"
    found = directory.find("t")
    assert found is not None
    assert (found.title, found.begun) == ("Tickets", found.last)
    assert directory.of("bob") == ()


def test_an_owner_sees_own_conversations_the_last_touched_first(directory: Directory) -> None:
    directory.add("old", "ann", "Old", NOON)
    directory.add("new", "ann", "New", NOON + HOUR)
    directory.add("hers", "eve", "Hers", NOON)
    assert [line.thread for line in directory.of("ann")] == ["new", "old"]
    directory.touch("old", NOON + 2 * HOUR)
    assert [line.thread for line in directory.of("ann")] == ["old", "new"]
    assert directory.of("ann")[0].begun < directory.of("ann")[0].last


def test_times_are_told_in_utc_whatever_zone_they_came_in(directory: Directory) -> None:
    east = dt.timezone(dt.timedelta(hours=9))
    directory.add("first", "ann", "First", NOON)
    directory.add("second", "ann", "Second", (NOON + HOUR).astimezone(east))
    assert [line.thread for line in directory.of("ann")] == ["second", "first"]
    assert directory.of("ann")[0].last.startswith("2026-11-20T13:00:00")


def test_an_earlier_touch_and_one_of_nothing_change_nothing(directory: Directory) -> None:
    directory.add("t", "ann", "Tickets", NOON)
    before = directory.find("t")
    directory.touch("t", NOON - HOUR)
    directory.touch("nobody's", NOON)
    assert directory.find("t") == before
    assert directory.find("nobody's") is None


def test_a_time_without_a_zone_is_refused(directory: Directory) -> None:
    for naive in (lambda: directory.add("t", "ann", "x", NOON.replace(tzinfo=None)),):
        with pytest.raises(ValueError, match="zone"):
            naive()
    directory.add("t", "ann", "x", NOON)
    with pytest.raises(ValueError, match="zone"):
        directory.touch("t", NOON.replace(tzinfo=None))


def test_a_title_is_one_line_of_limited_length_whatever_was_typed(directory: Directory) -> None:
    directory.add("t", "ann", "Two\nlines\x00 \ud800and a\u202e bell\x07", NOON)
    found = directory.find("t")
    assert found is not None
    assert found.title == "Two lines and a bell"
    directory.rename("t", "x" * 1000)
    directory.rename("nobody's", "y")
    found = directory.find("t")
    assert found is not None
    assert found.title == "x" * LONGEST_TITLE


def test_a_forgotten_conversation_is_not_listed(directory: Directory) -> None:
    directory.add("t", "ann", "Tickets", NOON)
    directory.forget("t")
    directory.forget("t")
    assert directory.find("t") is None
    directory.add("t", "bob", "Again", NOON)
    assert directory.owner("t") == "bob"


# --- ratings --------------------------------------------------------------------------------------


def test_ratings_come_in_the_order_of_the_messages(ratings: Ratings) -> None:
    for message_id in ("m10", "m2", "m1"):
        ratings.save(rating(message_id))
    ratings.save(rating("m1", thread="other"))
    assert [one.message_id for one in ratings.of("t")] == ["m1", "m2", "m10"]


def test_a_later_rating_replaces_the_earlier(ratings: Ratings) -> None:
    ratings.save(rating("m1", good=True, words="fine"))
    ratings.save(rating("m1", good=False, words="on second thoughts"))
    assert ratings.of("t") == (rating("m1", good=False, words="on second thoughts"),)


def test_a_rating_can_be_taken_back_also_twice(ratings: Ratings) -> None:
    ratings.save(rating("m1"))
    ratings.save(rating("m2"))
    ratings.remove("t", "m1")
    ratings.remove("t", "m1")
    assert ratings.of("t") == (rating("m2"),)
    ratings.forget("t")
    assert ratings.of("t") == ()


# --- replies --------------------------------------------------------------------------------------


def test_a_reply_saved_twice_is_kept_once(replies: Replies) -> None:
    assert dict(replies.of("t")) == {}
    replies.save(reply("m1", "first"))
    replies.save(reply("m1", "the same turn again"))
    assert dict(replies.of("t")) == {"m1": reply("m1", "the same turn again")}


def test_replies_come_in_order_and_conversations_are_kept_apart(replies: Replies) -> None:
    for message_id in ("m11", "m9", "m10"):
        replies.save(reply(message_id))
    replies.save(reply("m1", thread="other"))
    assert list(replies.of("t")) == ["m9", "m10", "m11"]
    replies.forget("t")
    assert dict(replies.of("t")) == {}
    assert list(replies.of("other")) == ["m1"]


def test_a_reply_of_another_form_is_left_out_and_the_others_are_shown(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    kept = SqliteReplies(path)
    kept.save(reply("m1"))
    kept.save(reply("m2"))
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE replies SET reply = '{\"kind\": \"oracle\"}' WHERE message_id = 'm1'")
    assert list(kept.of("t")) == ["m2"]


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    path.write_bytes(b"this was never a database" * 100)
    for read in (lambda: SqliteReplies(path).of("t"), lambda: SqliteDirectory(path).of("ann")):
        with pytest.raises(ConversationsDamaged, match="Move that file aside"):
            read()
