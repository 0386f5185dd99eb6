"""Whole turns over the real graph and SQLite: what is asked, answered, declined, kept and forgotten."""

import asyncio
import datetime as dt
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from advisor.conversation.advisor import AdvisorCore
from advisor.domain.memo import Draft
from advisor.domain.reply import Progress, Reply, TextDelta
from advisor.errors import ConversationsDamaged, UnknownThread
from advisor.policy.grounding import sweep
from advisor.testing.language import ScriptedLanguage
from tests.conversations.scripts import SCRIPT, TODAY, local_language, open_scripted

OPENING, HOSTED, COST, WHY, WEEKS, WHAT_IF, SOUP, YOUNG, OWN, ENDS, NO_IDEA, NOW, RESTART, THANKS = SCRIPT


@pytest.fixture
def advisor(tmp_path: Path) -> Iterator[AdvisorCore]:
    with open_scripted(tmp_path / "conversations.sqlite") as opened:
        yield opened


def say(advisor: AdvisorCore, *messages: str, thread: str = "t") -> Reply:
    return [advisor.reply_sync(thread, message) for message in messages][-1]


def test_one_question_a_turn_with_choices_and_a_cited_reason(advisor: AdvisorCore) -> None:
    reply = say(advisor, OPENING)
    assert reply.kind == "question"
    assert reply.question is not None
    assert reply.question.choices[-1].value is None, "don't know is an answer"
    assert reply.question.why in reply.text
    assert reply.citations[0].number == 1
    assert "[1]" in reply.text
    assert "route maintenance tickets" in reply.text, "what was read is played back"


def test_a_side_question_is_answered_at_once_and_the_open_question_returns(advisor: AdvisorCore) -> None:
    asked = say(advisor, OPENING).question
    reply = say(advisor, COST)
    assert (reply.kind, reply.covered) == ("answer", True)
    assert reply.question == asked
    assert "$180,000–$280,000" in reply.text
    publishers = {citation.publisher for citation in reply.citations}
    assert publishers == {"Arsum", "Groovy Web", "Remvix", "an unnamed consultancy"}, "every guide's position"
    assert not any(citation.verbatim for citation in reply.citations), "a digest is ours, never the publisher"


def test_why_is_answered_with_the_reason_of_the_open_question(advisor: AdvisorCore) -> None:
    asked = say(advisor, OPENING).question
    reply = say(advisor, WHY)
    assert asked is not None
    assert asked.why in reply.text
    assert reply.question == asked


def test_what_if_shows_the_change_and_keeps_the_facts(advisor: AdvisorCore) -> None:
    before = say(advisor, OPENING, HOSTED, WEEKS).facts
    reply = say(advisor, WHAT_IF)
    assert reply.kind == "answer"
    assert "180 days" in reply.text
    assert reply.facts == before


def test_off_topic_is_declined_and_offers_what_can_be_done(advisor: AdvisorCore) -> None:
    reply = say(advisor, SOUP)
    assert reply.kind == "declined"
    assert "AI work" in reply.text
    assert reply.facts == {}


def test_a_discriminating_part_is_declined_and_the_lawful_part_still_read(advisor: AdvisorCore) -> None:
    reply = say(advisor, OPENING, YOUNG)
    assert "by age" in reply.text
    assert "unlawful" in reply.text
    assert reply.facts["data_readiness"].value == "ready"
    assert reply.kind == "question"


def test_the_memo_comes_with_a_certificate_that_replays(
    advisor: AdvisorCore,
) -> None:
    reply = say(advisor, OPENING, HOSTED, NOW)
    assert reply.kind == "recommendation"
    assert reply.memo is not None
    assert reply.memo.recommendation.first.role in ("ai_developer", "ai_engineer")
    assert "## Do this first" in reply.text
    assert "## Kit: Red flags" in reply.memo.text, "the whole kit is in the memo that is exported"
    assert "## Kit: Red flags" not in reply.text, "the chat names its parts"
    assert advisor.replay(reply.memo.certificate) == []
    assert advisor.memo("t") == reply.memo


def test_no_figure_of_the_finished_memo_lacks_lineage(advisor: AdvisorCore) -> None:
    memo = say(advisor, OPENING, HOSTED, WEEKS, NOW).memo
    assert memo is not None
    draft = Draft(title=memo.title, sections=memo.sections)
    templates = (f"playbook {memo.recommendation.playbook_hash[:8]}",)
    assert sweep(memo.text, draft, memo.citations, templates, TODAY) == ()
    added = f"{memo.text}\nThis saves $91,300 a year."
    assert sweep(added, draft, memo.citations, templates, TODAY) != ()


def test_a_memo_after_an_answer_goes_on_with_its_numbers(tmp_path: Path) -> None:
    both = "What does a senior one cost? And just tell me."
    language = ScriptedLanguage({**SCRIPT, both: (*SCRIPT[COST], *SCRIPT[NOW])}, local_language())
    with open_scripted(tmp_path / "both.sqlite", language) as advisor:
        reply = say(advisor, OPENING, HOSTED, both)
    assert (reply.kind, reply.covered) == ("recommendation", True)
    assert [c.number for c in reply.citations] == list(range(1, len(reply.citations) + 1))
    assert reply.memo is not None
    assert [c.number for c in reply.memo.citations] == list(range(1, len(reply.memo.citations) + 1))


def test_a_contradiction_is_named_once_with_both_statements(advisor: AdvisorCore) -> None:
    say(advisor, OPENING, OWN)
    reply = say(advisor, ENDS)
    assert reply.question is not None
    assert reply.question.fact == "durable_ownership"
    assert "“Someone must own it for good”" in reply.text
    assert "“It is a bounded task that ends”" in reply.text
    again = say(advisor, THANKS)
    assert "do not fit together" not in again.text


def test_dont_know_is_an_answer_and_is_not_asked_again(advisor: AdvisorCore) -> None:
    say(advisor, OPENING, HOSTED)
    reply = say(advisor, NO_IDEA)
    assert reply.facts["durable_ownership"].status == "unknown"
    assert reply.question is None or reply.question.fact != "durable_ownership"


def test_no_question_is_asked_twice(advisor: AdvisorCore) -> None:
    asked: list[str] = []
    reply = say(advisor, OPENING)
    for _ in range(15):
        if reply.question is None:
            break
        asked.append(reply.question.fact)
        reply = say(advisor, THANKS)
    assert len(asked) == len(set(asked))
    assert reply.kind == "recommendation"


def test_after_the_memo_nothing_new_is_said_as_such(advisor: AdvisorCore) -> None:
    say(advisor, OPENING, HOSTED, NOW)
    reply = say(advisor, THANKS)
    assert reply.kind == "answer"
    assert reply.memo is None


def test_a_new_fact_after_the_memo_gives_a_new_memo_and_keeps_the_history(advisor: AdvisorCore) -> None:
    first = say(advisor, OPENING, HOSTED, NOW).memo
    reply = say(advisor, ENDS, NOW)
    assert reply.memo is not None
    assert first is not None
    assert reply.memo.certificate != first.certificate
    assert reply.facts["work_type"].history[0].value == "api_features"


def test_restart_forgets_every_fact(advisor: AdvisorCore) -> None:
    reply = say(advisor, OPENING, HOSTED, RESTART)
    assert reply.facts == {}
    assert reply.question is not None
    assert reply.question.fact == "workflow"


@pytest.mark.parametrize("text", ["", "   \n\t ", "\x00\x1b\u200b\u202e"])
def test_a_message_without_text_is_declined_with_a_request(advisor: AdvisorCore, text: str) -> None:
    reply = say(advisor, text)
    assert reply.kind == "declined"
    assert "Could you please" in reply.text


def test_fifty_thousand_characters_are_declined_unread(advisor: AdvisorCore) -> None:
    reply = say(advisor, "x" * 50_000)
    assert reply.kind == "declined"
    assert "50,000" in reply.text
    assert "20,000" in reply.text
    assert reply.facts == {}


def test_a_message_with_the_same_id_is_answered_once(advisor: AdvisorCore) -> None:
    once = advisor.reply_sync("t", OPENING, message_id="event-1")
    again = advisor.reply_sync("t", OPENING, message_id="event-1")
    assert again == once
    assert len(advisor.transcript("t")) == 2


def test_conversations_are_kept_apart_and_come_back_after_closing(tmp_path: Path) -> None:
    database = tmp_path / "kept.sqlite"
    with open_scripted(database) as advisor:
        say(advisor, OPENING, thread="a")
        say(advisor, HOSTED, thread="b")
    with open_scripted(database) as advisor:
        assert advisor.threads() == ["a", "b"]
        reply = say(advisor, WEEKS, thread="a")
        assert set(reply.facts) == {"workflow", "timeline_days"}
        advisor.forget("a")
        assert advisor.threads() == ["b"]
        with pytest.raises(UnknownThread, match="no conversation called 'a'"):
            advisor.memo("a")


async def test_async_and_stream_give_the_same_reply(advisor: AdvisorCore) -> None:
    events = [event async for event in advisor.stream("s", OPENING)]
    reply = events[-1]
    assert isinstance(reply, Reply)
    assert [e.stage for e in events if isinstance(e, Progress)] == ["understand", "decide", "ask"]
    assert "".join(e.text for e in events if isinstance(e, TextDelta)) == reply.text
    assert (await advisor.reply("u", OPENING)).text == reply.text


def test_many_messages_at_once_in_one_thread_take_turns(advisor: AdvisorCore) -> None:
    async def all_at_once() -> list[Reply]:
        return await asyncio.gather(*(advisor.reply("t", THANKS) for _ in range(5)))

    replies = asyncio.run(all_at_once())
    assert sorted(reply.message_id for reply in replies) == ["m1", "m2", "m3", "m4", "m5"]
    assert len(advisor.transcript("t")) == 10


def test_a_finished_turn_leaves_one_checkpoint(tmp_path: Path) -> None:
    database = tmp_path / "small.sqlite"
    with open_scripted(database) as advisor:
        say(advisor, OPENING, HOSTED, NOW)
    with sqlite3.connect(database) as connection:
        assert connection.execute("SELECT COUNT(*) FROM checkpoints").fetchone() == (1,)


def test_a_damaged_database_is_told_and_left_alone(tmp_path: Path) -> None:
    database = tmp_path / "damaged.sqlite"
    database.write_bytes(b"this was never a database" * 100)
    with pytest.raises(ConversationsDamaged, match="Move that file aside"):
        open_scripted(database)
    assert database.read_bytes().startswith(b"this was never")


def test_a_record_of_another_version_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = tmp_path / "old.sqlite"
    with open_scripted(database) as advisor:
        say(advisor, OPENING)
    monkeypatch.setattr("advisor.conversation.state.SCHEMA", 99)
    with (
        open_scripted(database) as advisor,
        pytest.raises(ConversationsDamaged, match="another version"),
    ):
        say(advisor, HOSTED)


def test_understand_and_decide_stand_alone(advisor: AdvisorCore) -> None:
    assert advisor.understand(HOSTED) == {"work_type": "api_features", "technical_leadership": "yes"}
    decided = advisor.decide({"work_type": "data_plumbing", "data_readiness": "messy"}, today=TODAY)
    assert decided.first.role == "data_engineer"
    assert decided.date == "2026-11-20"


def test_the_certificate_is_plain_json_with_no_surprises(advisor: AdvisorCore) -> None:
    memo = say(advisor, OPENING, HOSTED, NOW).memo
    assert memo is not None
    assert json.loads(json.dumps(memo.certificate)) == memo.certificate
    assert memo.certificate["date"] == TODAY.isoformat()
    assert dt.date.fromisoformat(str(memo.certificate["date"])) == TODAY
