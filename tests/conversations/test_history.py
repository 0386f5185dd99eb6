"""What a conversation was: every turn with its whole reply, also after a crash or in an old form."""

import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest

from advisor.conversation import state, turns
from advisor.conversation.advisor import AdvisorCore
from advisor.conversation.history import turns_of
from advisor.conversation.state import unpacked
from advisor.domain.commands import Reading
from advisor.domain.reply import Reply
from advisor.errors import UnknownThread
from advisor.ports.language import ReadingContext
from advisor.steps.record import Entry, Record
from advisor.testing.language import ScriptedLanguage
from tests.conversations.scripts import SCRIPT, TODAY, local_language, open_scripted

OPENING, HOSTED, COST, WHY, WEEKS, WHAT_IF, SOUP, YOUNG, OWN, ENDS, NO_IDEA, NOW, RESTART, THANKS = SCRIPT
LONG = [OPENING, HOSTED, COST, SOUP, YOUNG, NOW, WHAT_IF, RESTART, HOSTED, NOW, THANKS]
NEW_FIELDS = {"about"}
NEW_IN_ENTRIES = {"client_id", "about"}


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "conversations.sqlite"


def without_memo(reply: Reply) -> Reply:
    return reply.model_copy(update={"memo": None})


def held(advisor: AdvisorCore, messages: list[str] = LONG) -> list[Reply]:
    return [advisor.reply_sync("t", text, message_id=f"c{n}") for n, text in enumerate(messages)]


def test_the_turns_are_the_messages_and_the_replies_that_were_given(database: Path) -> None:
    with open_scripted(database) as advisor:
        given = held(advisor)
        assert {reply.kind for reply in given} == {"question", "answer", "declined", "recommendation"}
        told = advisor.turns("t")
    assert [turn.text for turn in told] == LONG
    assert [turn.client_id for turn in told] == [f"c{n}" for n in range(len(LONG))]
    assert [turn.reply for turn in told] == [without_memo(reply) for reply in given]
    assert sum(len(turn.reply.citations) for turn in told if turn.reply) > 20
    assert [turn.has_memo for turn in told] == [reply.memo is not None for reply in given]
    with open_scripted(database) as advisor:
        assert advisor.turns("t") == told, "the same after closing"


def test_each_memo_is_found_by_its_message(database: Path) -> None:
    with open_scripted(database) as advisor:
        given = held(advisor)
        for reply in given:
            assert advisor.memo_of("t", reply.message_id) == reply.memo
        assert advisor.memo_of("t", "m99") is None
        assert advisor.memo_of("t", "no message") is None
        for unknown in (lambda: advisor.memo_of("x", "m1"), lambda: advisor.turns("x")):
            with pytest.raises(UnknownThread, match="no conversation called 'x'"):
                unknown()


def test_a_turn_under_way_has_no_reply_yet(database: Path) -> None:
    reached, go_on = threading.Event(), threading.Event()

    class Waiting(ScriptedLanguage):
        async def understand(self, text: str, context: ReadingContext) -> Reading:
            if text == HOSTED:
                reached.set()
                go_on.wait(30)
            return await super().understand(text, context)

    with open_scripted(database, Waiting(SCRIPT, local_language())) as advisor:
        first = advisor.reply_sync("t", OPENING)
        with open_scripted(database) as onlooker:
            talk = threading.Thread(target=advisor.reply_sync, args=("t", HOSTED))
            talk.start()
            assert reached.wait(30)
            told = onlooker.turns("t")
            go_on.set()
            talk.join()
            assert [turn.reply for turn in told] == [first, None]
            assert [turn.reply is None for turn in onlooker.turns("t")] == [False, False]


class Stopped(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("when", ["before it is kept", "after it is kept"])
def test_a_crash_as_the_next_turn_begins_loses_no_reply(
    when: str, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_scripted(database) as advisor:
        given = held(advisor, [OPENING, HOSTED])
        with monkeypatch.context() as patch:

            def stop(*_args: object, **_values: object) -> Any:
                raise Stopped

            if when == "before it is kept":
                patch.setattr("advisor.adapters.sqlite_replies.SqliteReplies.save", stop)
            else:
                patch.setattr(Record, "begin", stop)
            with pytest.raises(Stopped):
                advisor.reply_sync("t", COST)
        assert [turn.reply for turn in advisor.turns("t")] == given
        given.append(advisor.reply_sync("t", COST))
        assert [turn.reply for turn in advisor.turns("t")] == given


def test_a_conversation_whose_replies_were_never_kept_is_told_from_its_transcript(database: Path) -> None:
    with open_scripted(database) as advisor:
        given = held(advisor, [OPENING, HOSTED, NOW, THANKS])
    with sqlite3.connect(database) as connection:
        connection.execute("DROP TABLE replies")
    with open_scripted(database) as advisor:
        told = advisor.turns("t")
        assert [turn.reply.text for turn in told if turn.reply] == [reply.text for reply in given]
        assert [turn.has_memo for turn in told] == [False, False, True, False]
        assert told[0].reply is not None
        assert (told[0].reply.kind, told[0].reply.citations) == ("answer", ())
        assert told[3].reply == given[3], "the record still has its own last reply whole"
        assert advisor.memo_of("t", told[2].message_id) == given[2].memo


def old_form(packed: dict[str, Any]) -> dict[str, Any]:
    """A record as it was kept before messages could say what they are about."""
    record = {key: value for key, value in packed["record"].items() if key not in NEW_FIELDS}
    record["transcript"] = [
        {key: value for key, value in entry.items() if key not in NEW_IN_ENTRIES}
        for entry in record["transcript"]
    ]
    return {"record": record}


def test_a_record_of_the_old_form_still_loads_and_goes_on(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:

        def as_before(record: Record, told: str = "") -> Any:
            return old_form(state.packed(record, told))

        patch.setattr("advisor.conversation.graph.packed", as_before)
        patch.setattr(turns, "packed", as_before)
        with open_scripted(database) as advisor:
            given = held(advisor, [OPENING, HOSTED])
    with open_scripted(database) as advisor:
        told = advisor.turns("t")
        assert [turn.reply for turn in told] == given
        assert [(turn.client_id, turn.about) for turn in told] == [(None, None), (None, None)]
        reply = advisor.reply_sync("t", "No", about="technical_leadership")
        assert reply.facts["technical_leadership"].value == "no"
        assert advisor.turns("t")[-1].about == "technical_leadership"


def test_the_old_form_is_what_the_new_one_was_without_its_fields() -> None:
    whole = Record(thread="t").begin("hello", TODAY.isoformat(), "c1", "workflow")
    read = unpacked(old_form(state.packed(whole)))  # pyright: ignore[reportArgumentType]
    assert read.about is None
    assert read.transcript == (Entry(speaker="user", message_id="m1", text="hello"),)
    assert turns_of(read, {})[0].text == "hello"


def test_notices_of_a_turn_stay_with_it(database: Path) -> None:
    with open_scripted(database) as advisor:
        reply = advisor.reply_sync("t", OPENING)
        kept = reply.model_copy(update={"notices": ("the model was unreachable",)})
        assert (
            turns_of(Record(thread="t", transcript=tuple(advisor.transcript("t"))), {"m1": kept})[0].reply
            == kept
        )
