"""Slack fails in the middle of an answer: the answer arrives all the same, once and whole.

The cases run at the same time, each in a channel of its own, where it alone meets its fault; conversations
without a fault say what a whole answer is.
"""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from advisor.interfaces.slack.wording import wording
from advisor.testing.slack_bot import SlackBot
from advisor.testing.slack_server import Call
from tests.slack.conftest import OpenTalk
from tests.slack.talk import MEMO_NOW, WORK, Talk, memo_of, read, shown

LIMIT = "429"
FAULTS: dict[str, dict[str, Any]] = {
    LIMIT: {"status": 429, "retry_after": 1},
    "500": {"status": 500},
    "503 done": {"status": 503, "after_effect": True},
    "internal_error done": {"error": "internal_error", "after_effect": True},
    "cut": {"drop": True},
    "cut done": {"drop": True, "after_effect": True},
}
STREAM = ("chat.startStream", "chat.appendStream", "chat.stopStream", "assistant.threads.setStatus")
UPDATE, SHARE, POST, PERSON = "chat.update", "files.completeUploadExternal", "chat.postMessage", "users.info"
ANYWHERE = ("files.getUploadURLExternal", "upload")
"""Requests that don't say which channel they are for: whichever conversation comes first meets the fault."""

Case = tuple[str, str]
CASES: list[Case] = [
    *((method, fault) for method in (*STREAM, UPDATE, POST, PERSON) for fault in FAULTS),
    *((SHARE, fault) for fault in (LIMIT, "500", "cut done")),
]
WHOLE: list[Case] = [(PERSON, ""), (UPDATE, ""), (SHARE, "")]
"""Conversations without a fault: to a question, to a button that is pressed, to a memo."""


@pytest.fixture(scope="module")
def talks(bot: SlackBot, together: ThreadPoolExecutor) -> dict[Case, Talk]:
    """Every case, held to its end."""
    slack, begun, channels = bot.slack, dict[Case, Talk](), iter(range(1, 39))
    for at, (method, fault) in enumerate(CASES):
        user = f"U{11 + at}"
        channel = f"D{user[1:]}" if method == POST else f"C{next(channels)}" if method != PERSON else "C40"
        begun[method, fault] = Talk(bot, channel)
        having = user if method == PERSON else channel
        if method != UPDATE:  # that comes with the press
            slack.fail(method, having=having, **FAULTS[fault])
    for method in ANYWHERE:
        for fault in FAULTS.values():
            slack.fail(method, **fault)
    for case in WHOLE:
        begun[case] = Talk(bot, "C39")

    def open_(case: Case) -> None:
        talk, user = begun[case], f"U{11 + CASES.index(case)}" if case in CASES else "U1"
        text = f"{WORK} {MEMO_NOW}" if case[0] == SHARE else WORK
        said = slack.say(talk.channel, user, text, mention=case[0] != POST)
        talk.root = said.ts if case[0] != POST else None

    def press(case: Case) -> None:
        talk = begun[case]
        if case[1]:
            slack.fail(UPDATE, having=talk.channel, **FAULTS[case[1]])
        slack.press(talk.last().ts, talk.choices()[0], "U1")

    # A limit stops a method everywhere, so that other cases would not come to their own fault.
    limits = [case for case in begun if case[1] == LIMIT]
    for part in ([case for case in begun if case not in limits], limits[1:], limits[:1]):
        list(together.map(open_, part))
        bot.idle()
        list(together.map(press, [case for case in part if case[0] == UPDATE]))
        bot.idle()
    return begun


def said(talk: Talk) -> list[str]:
    """What the bot said to everybody in a conversation, to the words, with the names of files."""
    if talk.root is None:
        found = [one for one in talk.everything() if one.ephemeral_to is None]
    else:
        found = [one for one in talk.slack.thread(talk.channel, talk.root) if one.bot]
    names = talk.slack.world.uploads
    return [read(one) + "".join(names[file].name for file in one.files) for one in found]


@pytest.mark.parametrize(("method", "fault"), CASES, ids=[" ".join(case) for case in CASES])
def test_an_answer_arrives_once_and_whole(talks: dict[Case, Talk], method: str, fault: str) -> None:
    here = talks[method, fault]
    assert said(here) == said(talks[method if (method, "") in talks else PERSON, ""])
    assert not any(one.streaming for one in here.everything())
    assert any(met(call, method, here) for call in here.slack.calls), "the case met no fault"


def met(call: Call, method: str, talk: Talk) -> bool:
    place = call.args.get("channel") or call.args.get("channel_id")
    return call.method == method and call.error is not None and (method == PERSON or place == talk.channel)


def test_uploads_that_fail_are_tried_again(talks: dict[Case, Talk]) -> None:
    (any_talk, *_) = talks.values()
    for method in ANYWHERE:
        failed = [call for call in any_talk.slack.calls_to(method) if call.error or call.status != 200]
        assert len(failed) >= len(FAULTS)
    shared = [talk for (method, _), talk in talks.items() if method == SHARE]
    assert [len(talk.files()) for talk in shared] == [2] * len(shared)
    assert all((talk.files()[0].data or b"").startswith(b"%PDF") for talk in shared)


# --- refused, not failing -------------------------------------------------------------------------


def test_a_refused_upload_is_said(talk: OpenTalk, bot: SlackBot) -> None:
    for method in ("files.getUploadURLExternal", SHARE):
        here = talk()
        bot.slack.fail(method, error="storage_limit_reached")
        here.say(f"{WORK} {MEMO_NOW}")
        assert memo_of(here)
        assert wording().no_upload.format(error="storage_limit_reached") in shown(here.last())
        assert len(here.answers()) == 2
        assert here.files() == []


@pytest.mark.parametrize("method", ["assistant.threads.setStatus", PERSON])
def test_what_is_only_nice_to_have_may_be_refused(talk: OpenTalk, bot: SlackBot, method: str) -> None:
    here = talk()
    bot.slack.fail(method, error="missing_scope")
    here.say(WORK, "U9")
    assert len(here.answers()) == 1
    assert here.choices()


def test_a_message_that_is_gone_needs_no_settling(talk: OpenTalk, bot: SlackBot) -> None:
    here = talk()
    here.say(WORK)
    bot.slack.fail(UPDATE, error="message_not_found", having=here.channel)
    here.say("The data is ready.")
    assert len(here.answers()) == 2


def test_a_stream_that_expires_is_completed_in_its_place(
    talk: OpenTalk, slow: SlackBot, gate: threading.Event
) -> None:
    here = talk(slow)
    gate.clear()
    said_at = slow.slack.say(here.channel, "U1", WORK, mention=True).ts
    here.root = said_at
    (begun,) = slow.slack.wait_for(
        lambda: [one for one in slow.slack.thread(here.channel, said_at) if one.streaming]
    )
    assert [task["status"] for task in begun.tasks] == ["in_progress"]
    slow.slack.expire_streams()
    gate.set()
    slow.idle()
    (answer,) = here.answers()
    assert answer.ts == begun.ts
    assert here.choices()
    assert "series A" in shown(answer)


def test_the_steps_of_a_slow_turn_are_shown_and_the_status_goes(talk: OpenTalk, slow: SlackBot) -> None:
    here = talk(slow)
    here.say(WORK)
    (answer,) = here.answers()
    assert [task["title"] for task in answer.tasks][:2] == [
        wording().stages["understand"],
        wording().stages["decide"],
    ]
    assert {task["status"] for task in answer.tasks} == {"complete"}
    assert slow.slack.status(here.channel, here.root or "") is None
