"""Messages that their senders delete or edit: what they stated is gone, and so are their words."""

import asyncio
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from advisor.conversation.advisor import AdvisorCore
from advisor.domain.commands import Reading
from advisor.domain.reply import Reply
from advisor.domain.vocabulary import FactKey
from advisor.errors import UnknownThread
from advisor.ports.language import ReadingContext
from advisor.testing.language import ScriptedLanguage
from tests.conversations.people import BEGUN, LONG, READS, SHORT, TEAM, disputes, situation
from tests.conversations.scripts import SCRIPT, TODAY, local_language, open_scripted, said

OPENING, HOSTED, COST, WHY, WEEKS, WHAT_IF, SOUP, YOUNG, OWN, ENDS, NO_IDEA, NOW, RESTART, THANKS = SCRIPT
SECRET = "We sort Quillfeather's marmalade letters by hand, in nineteen weeks."
READ = {
    **READS,
    SECRET: (
        said("workflow", "Quillfeather's marmalade letters", "sort Quillfeather's marmalade letters by hand"),
        said("timeline_days", {"min": 133, "max": 133}, "in nineteen weeks"),
        said(
            "budget_usd",
            {"min": 9e4, "max": 9e4, "currency": "USD", "original": "ninety porridges"},
            "by hand",
        ),
    ),
}
ROOT = Path(__file__).parents[2]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "conversations.sqlite"


@pytest.fixture
def advisor(database: Path) -> Iterator[AdvisorCore]:
    with open_scripted(database, ScriptedLanguage(READ, local_language())) as opened:
        yield opened


def say(advisor: AdvisorCore, *lines: tuple[str, str]) -> Reply:
    """Each message under its own id: c1, c2 …, counted from those that came before."""
    begun = len(advisor.turns("t")) if advisor.threads() else 0
    return [
        advisor.reply_sync("t", text, by=by, message_id=f"c{begun + n}")
        for n, (by, text) in enumerate(lines, start=1)
    ][-1]


def withdraw(advisor: AdvisorCore, client_id: str) -> tuple[FactKey, ...]:
    return asyncio.run(advisor.withdraw("t", client_id))


def left_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_an_earlier_statement_holds_again(advisor: AdvisorCore) -> None:
    say(advisor, *BEGUN, ("Ada", WEEKS))
    assert withdraw(advisor, "c3") == ("timeline_days",)
    (held,) = (fact for fact in advisor.standing("t").facts if fact.key == "timeline_days")
    assert (held.value, held.said) == ({"min": 90, "max": 90}, "We have three months")
    assert withdraw(advisor, "c3") == (), "twice is once"
    assert say(advisor, ("Ada", THANKS)).facts["timeline_days"].history == ()


def test_a_fact_that_nobody_else_stated_is_open_and_may_be_asked_again(advisor: AdvisorCore) -> None:
    first = say(advisor, ("Ada", OPENING)).question
    assert first is not None
    advisor.reply_sync("t", first.choices[0].label, message_id="press", about=first.fact)
    assert withdraw(advisor, "press") == (first.fact,)
    record = advisor._known("t")  # pyright: ignore[reportPrivateUsage]
    assert first.fact not in record.asked
    (held,) = (fact for fact in advisor.standing("t").facts if fact.key == first.fact)
    assert (held.status, held.by) == ("open", None)


def test_the_open_question_stays_and_its_answer_is_read(advisor: AdvisorCore) -> None:
    asked = say(advisor, *BEGUN).question
    assert asked is not None
    withdraw(advisor, "c2")
    assert advisor.standing("t").open_question == asked
    reply = advisor.reply_sync("t", asked.choices[0].label, about=asked.fact)
    assert reply.facts[asked.fact].status == "stated"


def test_nothing_is_withdrawn_for_an_unknown_id_and_unknown_threads_are_told(advisor: AdvisorCore) -> None:
    say(advisor, *BEGUN)
    before = advisor.turns("t"), advisor.standing("t"), advisor.last_reply("t")
    assert withdraw(advisor, "nonsense") == ()
    assert (advisor.turns("t"), advisor.standing("t"), advisor.last_reply("t")) == before
    with pytest.raises(UnknownThread):
        asyncio.run(advisor.withdraw("nowhere", "c1"))
    assert advisor.threads() == ["t"]


def test_a_message_that_stated_nothing_loses_its_words_alone(advisor: AdvisorCore) -> None:
    say(advisor, *BEGUN, ("Ada", THANKS))
    values = advisor.standing("t")
    assert withdraw(advisor, "c3") == ()
    assert [turn.text for turn in advisor.turns("t")] == [BEGUN[0][1], BEGUN[1][1], ""]
    assert advisor.standing("t") == values


def test_no_withdrawn_word_is_left_in_the_files(database: Path) -> None:
    with open_scripted(database, ScriptedLanguage(READ, local_language())) as advisor:
        say(advisor, ("Ada", HOSTED), ("Ada", SECRET), ("Ben", LONG), ("Ben", WEEKS), ("Ben", COST))
        assert b"marmalade" in left_in(database.parent), "what the test relies on to mean something"
        assert any("nineteen weeks" in turn.reply.text for turn in advisor.turns("t") if turn.reply)
        changed = withdraw(advisor, "c2")
        assert set(changed) == {"workflow", "budget_usd"}, "Ben's weeks still hold"
        for word in (b"marmalade", b"Quillfeather", b"nineteen weeks", b"porridges"):
            assert word not in left_in(database.parent), word
        assert b"CTO reviews code" in left_in(database.parent)
        turns = advisor.turns("t")
        assert [turn.text for turn in turns] == [HOSTED, "", LONG, WEEKS, COST]
        assert all(turn.reply is not None and turn.reply.text for turn in turns)
        assert say(advisor, ("Ben", NOW)).memo is not None


def test_the_last_message_too(database: Path) -> None:
    with open_scripted(database, ScriptedLanguage(READ, local_language())) as advisor:
        say(advisor, ("Ada", HOSTED), ("Ada", SECRET))
        withdraw(advisor, "c2")
        reply = advisor.last_reply("t")
        assert reply is not None
        assert "marmalade" not in reply.model_dump_json()
        for word in (b"marmalade", b"Quillfeather", b"nineteen weeks", b"porridges"):
            assert word not in left_in(database.parent), word


def test_a_memo_that_was_given_stays_as_it_was(advisor: AdvisorCore) -> None:
    memo = say(advisor, *BEGUN, ("Ada", SECRET), ("Ada", NOW)).memo
    withdraw(advisor, "c3")
    assert advisor.memo("t") == memo
    assert memo is not None
    assert advisor.replay(memo.certificate) == []
    assert not advisor.standing("t").memo_is_current
    last = advisor.last_reply("t")
    assert last is not None
    assert last.memo == memo
    assert "marmalade" not in last.text


def test_an_edited_message_comes_back_under_its_own_id(advisor: AdvisorCore) -> None:
    say(advisor, *BEGUN, ("Ada", WEEKS))
    withdraw(advisor, "c3")
    reply = advisor.reply_sync("t", LONG, message_id="c3", by="Ada")
    assert reply.message_id == "m4"
    assert reply.facts["timeline_days"].value == {"min": 730, "max": 730}
    assert withdraw(advisor, "c3") == ("timeline_days",)
    assert [turn.text for turn in advisor.turns("t")][2:] == ["", ""]


def test_a_disagreement_goes_with_the_message_and_can_come_back(advisor: AdvisorCore) -> None:
    assert disputes(say(advisor, *BEGUN, ("Ben", LONG), ("Ben", TEAM)) or None) is False
    assert withdraw(advisor, "c3") == ("timeline_days",)
    assert "is taken" not in "\n".join(situation(say(advisor, ("Ada", NOW))))
    assert disputes(say(advisor, ("Ben", LONG)))


def test_an_answer_that_settled_a_disagreement_opens_it_again(advisor: AdvisorCore) -> None:
    say(advisor, *BEGUN, ("Ben", LONG), ("Ada", SHORT))
    assert withdraw(advisor, "c4") == ("timeline_days",)
    assert disputes(say(advisor, ("Ben", LONG)))


def test_what_came_after_a_restart_is_untouched(advisor: AdvisorCore) -> None:
    say(advisor, ("Ada", SHORT), ("Ada", RESTART), ("Ada", LONG))
    assert withdraw(advisor, "c1") == ()
    assert advisor.turns("t")[0].text == ""
    (held,) = (fact for fact in advisor.standing("t").facts if fact.key == "timeline_days")
    assert held.said == "It's two years"


def test_withdrawing_waits_for_the_turn_under_way(database: Path) -> None:
    reached, go_on = threading.Event(), threading.Event()

    class Waiting(ScriptedLanguage):
        async def understand(self, text: str, context: ReadingContext) -> Reading:
            reached.set()
            go_on.wait(30)
            return await super().understand(text, context)

    with (
        open_scripted(database, Waiting(READ, local_language())) as advisor,
        open_scripted(database, ScriptedLanguage(READ, local_language())) as other,
    ):
        talk = threading.Thread(target=advisor.reply_sync, args=("t", SHORT), kwargs={"message_id": "c1"})
        talk.start()
        assert reached.wait(30)
        changed: list[tuple[FactKey, ...]] = []
        withdrawing = threading.Thread(target=lambda: changed.append(withdraw(other, "c1")))
        withdrawing.start()
        go_on.set()
        talk.join()
        withdrawing.join()
        assert changed == [("timeline_days",)]
        assert other.turns("t")[0].text == ""


def test_many_conversations_withdraw_and_talk_at_once(advisor: AdvisorCore) -> None:
    async def one(thread: str) -> tuple[FactKey, ...]:
        await advisor.reply(thread, SHORT, message_id="c1", by="Ada")
        await advisor.reply(thread, LONG, message_id="c2", by="Ben")
        changed, _ = await asyncio.gather(advisor.withdraw(thread, "c2"), advisor.reply(thread, THANKS))
        return changed

    async def all_of_them() -> list[tuple[FactKey, ...]]:
        return await asyncio.gather(*(one(f"t{n}") for n in range(8)))

    assert set(asyncio.run(all_of_them())) == {("timeline_days",)}


# --- killed on the way ----------------------------------------------------------------------------

CHILD = """
import asyncio, json, os, signal, sys
from pathlib import Path
from advisor.adapters.sqlite_replies import SqliteReplies
from advisor.conversation.checkpoints import Checkpoints
from advisor.testing.language import ScriptedLanguage
from langgraph.pregel import Pregel
from tests.conversations.scripts import local_language, open_scripted
from tests.conversations.test_withdraw import READ, HOSTED, SECRET, LONG, COST
database, place, when = sys.argv[1:]
advisor = open_scripted(Path(database), ScriptedLanguage(READ, local_language()))
for n, text in enumerate((HOSTED, SECRET, LONG, COST), start=1):
    advisor.reply_sync("t", text, message_id=f"c{n}", by="Ada")
owner, name = {
    "save": (SqliteReplies, "save"), "update": (Pregel, "aupdate_state"),
    "prune": (Checkpoints, "prune"), "scrub": (Checkpoints, "scrub"),
}[place]
step = getattr(owner, name)
def die():
    os.kill(os.getpid(), signal.SIGKILL)
async def later(*args, **values):
    if when == "before":
        die()
    await step(*args, **values)
    die()
def now(*args, **values):
    if when == "before":
        die()
    step(*args, **values)
    die()
setattr(owner, name, now if place == "save" else later)
asyncio.run(advisor.withdraw("t", "c2"))
"""


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("place", ["save", "update", "prune", "scrub"])
def test_killed_anywhere_it_is_finished_by_calling_again(place: str, when: str, database: Path) -> None:
    child = subprocess.run(
        [sys.executable, "-c", CHILD, str(database), place, when],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert child.returncode == -9, child.stderr
    with open_scripted(database, ScriptedLanguage(READ, local_language())) as advisor:
        withdraw(advisor, "c2")
        for word in (b"marmalade", b"Quillfeather", b"nineteen weeks", b"porridges"):
            assert word not in left_in(database.parent), word
        assert [turn.text for turn in advisor.turns("t")] == [HOSTED, "", LONG, COST]
        facts = {fact.key: fact for fact in advisor.standing("t").facts}
        assert (facts["workflow"].status, facts["timeline_days"].said) == ("open", "It's two years")
        assert say(advisor, ("Ada", NOW)).memo is not None


def test_a_turn_that_was_cut_short_is_finished_first(tmp_path: Path) -> None:
    case: dict[str, Any] = {
        "database": str(tmp_path / "c.sqlite"),
        "node": "decide",
        "when": "before",
        "messages": [OPENING, HOSTED],
    }
    run = subprocess.run(
        [sys.executable, "-m", "tests.conversations.crash_child"],
        input=json.dumps([case]),
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert json.loads(run.stdout) == [-9], run.stderr
    with open_scripted(tmp_path / "c.sqlite") as advisor:
        assert asyncio.run(advisor.withdraw("t", "c1")) == ()
        assert advisor.turns("t")[-1].reply is not None
        assert advisor.resume_sync("t") is None


def test_the_date_to_reckon_from_stays(advisor: AdvisorCore) -> None:
    say(advisor, *BEGUN)
    withdraw(advisor, "c2")
    assert advisor.explain("t").date == TODAY.isoformat()
