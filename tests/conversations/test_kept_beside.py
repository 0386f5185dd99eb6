"""Ratings and the directory, kept beside the conversations and forgotten with them."""

import datetime as dt
import hashlib
import json
import threading
from pathlib import Path

import pytest

from advisor.domain.commands import Reading
from advisor.domain.rating import MOST_WORDS
from advisor.errors import InputError, UnknownThread
from advisor.ports.language import ReadingContext
from advisor.testing.language import ScriptedLanguage
from tests.conversations.scripts import SCRIPT, local_language, open_scripted

OPENING, HOSTED, COST, WHY, WEEKS, WHAT_IF, SOUP, YOUNG, OWN, ENDS, NO_IDEA, NOW, RESTART, THANKS = SCRIPT
NOON = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "conversations.sqlite"


def test_a_rating_names_the_certificate_of_its_memo_and_outlives_closing(database: Path) -> None:
    with open_scripted(database) as advisor:
        advisor.reply_sync("t", OPENING)
        memo = advisor.reply_sync("t", NOW).memo
        advisor.rate("t", "m1", False, "Asked too much.", at=NOON)
        advisor.rate("t", "m2", True, at=NOON.astimezone(dt.timezone(dt.timedelta(hours=-5))))
    assert memo is not None
    sealed = json.dumps(memo.certificate, sort_keys=True, ensure_ascii=False).encode()
    with open_scripted(database) as advisor:
        asked, given = advisor.ratings("t")
    assert (asked.message_id, asked.good, asked.words, asked.certificate) == (
        "m1",
        False,
        "Asked too much.",
        None,
    )
    assert (given.message_id, given.good, given.words) == ("m2", True, "")
    assert given.certificate == hashlib.sha256(sealed).hexdigest()
    assert asked.at == given.at == "2026-11-20T12:00:00+00:00"


def test_a_rating_can_be_changed_and_taken_back(database: Path) -> None:
    with open_scripted(database) as advisor:
        advisor.reply_sync("t", OPENING)
        advisor.rate("t", "m1", True, "Good.", at=NOON)
        advisor.rate("t", "m1", False, "No.", at=NOON)
        assert [(one.good, one.words) for one in advisor.ratings("t")] == [(False, "No.")]
        advisor.rate("t", "m1", None)
        advisor.rate("t", "m1", None)
        assert advisor.ratings("t") == ()


def test_words_are_kept_without_control_characters_and_not_without_end(database: Path) -> None:
    with open_scripted(database) as advisor:
        advisor.reply_sync("t", OPENING)
        advisor.rate("t", "m1", True, "a\x00b\x1b[2J\u202e \ud800c\nd\r" + "x" * 5000, at=NOON)
        words = advisor.ratings("t")[0].words
    assert words.startswith("ab[2J c\nd")
    assert len(words) == MOST_WORDS


def test_what_cannot_be_rated_is_refused(database: Path) -> None:
    with open_scripted(database) as advisor:
        advisor.reply_sync("t", OPENING)
        with pytest.raises(InputError, match="No reply to 'm2'"):
            advisor.rate("t", "m2", True, at=NOON)
        with pytest.raises(InputError, match="needs a zone"):
            advisor.rate("t", "m1", True, at=NOON.replace(tzinfo=None))
        for unknown in (lambda: advisor.rate("x", "m1", True), lambda: advisor.ratings("x")):
            with pytest.raises(UnknownThread):
                unknown()
        assert advisor.ratings("t") == ()


def test_the_directory_outlives_closing_and_is_not_the_list_of_conversations(database: Path) -> None:
    with open_scripted(database) as advisor:
        advisor.reply_sync("spoken", OPENING)
        advisor.directory.add("listed", "ann", "Tickets", NOON)
    with open_scripted(database) as advisor:
        assert advisor.threads() == ["spoken"]
        assert [line.title for line in advisor.directory.of("ann")] == ["Tickets"]
        assert advisor.directory.owner("spoken") is None
        with pytest.raises(UnknownThread):
            advisor.turns("listed")


def test_forgetting_leaves_no_word_of_a_conversation_in_the_file(database: Path) -> None:
    thread = "thread-of-quillfeather"
    with open_scripted(database) as advisor:
        for held in (thread, "kept"):
            advisor.directory.add(held, f"{held}-owner", f"{held} and its title", NOON)
        advisor.reply_sync(thread, OPENING)
        advisor.reply_sync(
            thread, "Messy, scattered or hard to reach", message_id="click", about="data_readiness"
        )
        advisor.reply_sync(thread, COST)
        advisor.reply_sync(thread, NOW)
        advisor.reply_sync(thread, THANKS)
        advisor.rate(thread, "m4", False, "marmalade", at=NOON)
        advisor.reply_sync("kept", HOSTED)
        advisor.reply_sync("kept", NOW)
        advisor.rate("kept", "m1", True, "porridge", at=NOON)
        advisor.forget(thread)
        assert advisor.threads() == ["kept"]
        assert advisor.directory.find(thread) is None
        assert len(advisor.turns("kept")) == 2
        assert advisor.memo("kept") is not None
    # Every file but the locks' own, whose names are hashes and which hold nothing.
    files = [path for path in database.parent.rglob("*") if path.is_file()]
    left = b"".join(path.read_bytes() for path in files) + "".join(path.name for path in files).encode()
    for word in (b"quillfeather", b"landlords", b"route maintenance tickets", b"marmalade", b'"click"'):
        assert word not in left
    for word in (b"CTO reviews", b"porridge", b"kept-owner"):
        assert word in left


def test_what_is_only_listed_can_be_forgotten_and_what_is_nowhere_cannot(database: Path) -> None:
    with open_scripted(database) as advisor:
        advisor.directory.add("listed", "ann", "Tickets", NOON)
        advisor.forget("listed")
        assert advisor.directory.of("ann") == ()
        with pytest.raises(UnknownThread):
            advisor.forget("listed")


def test_forgetting_waits_for_the_turn_under_way(database: Path) -> None:
    reached, go_on = threading.Event(), threading.Event()

    class Waiting(ScriptedLanguage):
        async def understand(self, text: str, context: ReadingContext) -> Reading:
            reached.set()
            go_on.wait(30)
            return await super().understand(text, context)

    with (
        open_scripted(database, Waiting(SCRIPT, local_language())) as advisor,
        open_scripted(database) as other,
    ):
        talk = threading.Thread(target=advisor.reply_sync, args=("t", OPENING))
        talk.start()
        assert reached.wait(30)
        forgetting = threading.Thread(target=other.forget, args=("t",))
        forgetting.start()
        go_on.set()
        talk.join()
        forgetting.join()
        assert other.threads() == [], "the turn did not bring back what was forgotten"
