"""How events come in: signed requests by HTTP, sockets that break, acknowledgements while a turn is slow."""

import json
import sqlite3
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from advisor.interfaces.slack.manifest import COMMAND
from advisor.testing.openai_server import OpenAIServer
from advisor.testing.slack_bot import SlackBot
from tests.slack.conftest import OpenTalk
from tests.slack.talk import WORK, Talk, shown, until

IN_TIME = 3.0
"""Seconds within which Slack wants an acknowledgement."""
OLD = 6 * 60


def test_a_right_signature(talk: OpenTalk, by_http: SlackBot) -> None:
    here = talk(by_http)
    here.say(WORK)
    here.press(here.choices()[0])
    assert len(here.answers()) == 2


@pytest.mark.parametrize(
    ("signature", "shift"),
    [("v0=" + 64 * "0", 0), ("", 0), (None, -OLD), (None, OLD)],
    ids=["wrong", "blank", "old", "of the future"],
)
def test_a_request_that_is_not_slacks_is_refused(
    talk: OpenTalk, by_http: SlackBot, signature: str | None, shift: int
) -> None:
    here = talk(by_http)
    _, (event, *_) = here.unheard(WORK)
    stamp = int(time.time()) + shift
    assert by_http.slack.deliver(event, timestamp=stamp, signature=signature).status == 401
    by_http.idle()
    assert here.everything() == []


def test_a_request_without_a_signature_is_refused(talk: OpenTalk, by_http: SlackBot) -> None:
    here = talk(by_http)
    _, (event, *_) = here.unheard(WORK)
    assert by_http.slack.target is not None
    for payload in (event, {"type": "url_verification", "challenge": "x", "token": "t"}):
        asked = urllib.request.Request(
            by_http.slack.target, json.dumps(payload).encode(), {"content-type": "application/json"}
        )
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(asked)
        assert refused.value.code == 401
        assert b"challenge" not in refused.value.read()
    by_http.idle()
    assert here.everything() == []


def test_slack_may_verify_the_address(by_http: SlackBot) -> None:
    asked = {"type": "url_verification", "challenge": "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"}
    answer = by_http.slack.deliver({**asked, "token": "t"})
    assert (answer.status, answer.body) in [
        (200, asked["challenge"]),
        (200, {"challenge": asked["challenge"]}),
    ]


@pytest.mark.parametrize("through", ["slow", "by_http"])
def test_all_is_acknowledged_in_time_while_a_turn_is_slow(
    talk: OpenTalk, request: pytest.FixtureRequest, gate: threading.Event, model: OpenAIServer, through: str
) -> None:
    at: SlackBot = request.getfixturevalue(through)
    here, there = talk(at), talk(at)
    there.say(WORK)
    asked, label = there.last(), there.choices()[0]
    gate.clear()
    before = len(model.requests)
    said = at.slack.say(here.channel, "U1", WORK, mention=True)
    here.root = said.ts
    at.slack.wait_for(lambda: any(m.streaming for m in at.slack.thread(here.channel, said.ts)))
    took = [answer.seconds for answer in said.answers]
    for act in (
        lambda: at.slack.say(here.channel, "U2", "The data is ready.", thread_ts=said.ts).answers[0],
        lambda: at.slack.press(asked.ts, label, "U1").answer,
        lambda: at.slack.command(COMMAND, WORK, "U2", here.channel).answer,
        lambda: at.slack.edit(said.ts, said.events[0]["event"]["text"] + " Soon.").answers[0],
    ):
        answer = act()
        assert answer is not None
        assert answer.status == 200
        took.append(answer.seconds)
    until(lambda: len(model.requests) > before)
    gate.set()
    at.idle()
    assert max(took) < IN_TIME
    assert here.answers()
    assert not any(one.streaming for one in here.everything())
    assert len(there.answers()) == 2


# --- sockets --------------------------------------------------------------------------------------


def cut(bot: SlackBot) -> None:
    bot.slack.drop_sockets()


def told_to_go(bot: SlackBot) -> None:
    bot.slack.disconnect_sockets()


def warned(bot: SlackBot) -> None:
    bot.slack.disconnect_sockets("warning")


@pytest.mark.parametrize("end", [cut, told_to_go, warned])
def test_messages_around_the_end_of_a_socket_are_answered_once(
    talk: OpenTalk, bot: SlackBot, end: Callable[[SlackBot], None]
) -> None:
    here = talk()
    here.say(WORK)
    _, (before,) = here.unheard("The data is ready.")
    _, (between,) = here.unheard("Our CTO can judge AI work.")
    bot.slack.deliver(before)
    end(bot)
    assert bot.slack.deliver(between, retry=1, reason="timeout").status == 200
    assert bot.slack.deliver(before, retry=1, reason="timeout").status == 200
    bot.idle()
    assert len(here.answers()) == 3


def test_what_was_kept_but_not_acknowledged_is_answered_once(
    talk: OpenTalk, bot: SlackBot, together: ThreadPoolExecutor
) -> None:
    """The socket breaks while the bot writes the message down: Slack gets no word, and sends it again."""
    here = talk()
    here.say(WORK)
    _, (event,) = here.unheard("The data is ready.")
    with closing(sqlite3.connect(bot.home / "slack.sqlite", isolation_level=None)) as locked:
        locked.execute("BEGIN IMMEDIATE")
        lost = together.submit(bot.slack.deliver, event)
        bot.slack.wait_for(lambda: bot.slack.unacknowledged)
        bot.slack.drop_sockets()
        locked.execute("ROLLBACK")
    assert lost.result().status == 0
    assert bot.slack.deliver(event, retry=1, reason="timeout").status == 200
    bot.idle()
    assert len(here.answers()) == 2
    assert "state of the data: ready" in shown(here.last())


def test_a_second_bot_on_the_same_home_is_refused(bot: SlackBot, tmp_path: Path) -> None:
    second = SlackBot(bot.home, bot.environment, bot.slack)
    with pytest.raises(RuntimeError) as refused:
        second.start()
    assert second.process is not None
    assert second.process.wait() == 1
    assert str(refused.value).count("runs on") == 1
    here = Talk(bot, "C31")
    here.say(WORK)
    assert len(here.answers()) == 1
