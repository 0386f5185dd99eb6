"""The bot is killed at the worst moments, or told to stop: the next start answers each thread once."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from advisor.testing.openai_server import OpenAIServer
from advisor.testing.slack_bot import SlackBot
from advisor.testing.slack_people import buttons
from advisor.testing.slack_server import SlackMessage
from tests.slack.conftest import OpenTalk
from tests.slack.talk import MEMO_NOW, WORK, Talk, read, shown, until

MEMO = f"{WORK} {MEMO_NOW}"
STREAM = ("chat.startStream", "chat.appendStream", "chat.stopStream")
FILES = ("files.completeUploadExternal", "files.getUploadURLExternal")


@pytest.fixture(autouse=True)
def _running(slow: SlackBot, gate: threading.Event) -> Iterator[None]:
    yield
    gate.set()
    assert slow.process is not None
    if slow.process.poll() is not None:
        slow.start()


def restarted(bot: SlackBot) -> None:
    bot.start()
    bot.idle()


def begun(talk: Talk, text: str) -> None:
    """Says the first thing without waiting for its answer."""
    _, events = talk.unheard(text)
    assert talk.slack.deliver(events[0]).status == 200


def streaming(talk: Talk) -> list[SlackMessage]:
    """Messages of the bot's that it has not finished."""
    return [one for one in talk.slack.thread(talk.channel, talk.root or "") if one.streaming]


def whole_question(talk: Talk) -> None:
    """One answer, as it would have been."""
    (answer,) = talk.answers()
    assert talk.choices()
    assert "series A" in shown(answer)
    assert streaming(talk) == []


def test_in_mid_turn_and_while_others_wait(
    talk: OpenTalk, slow: SlackBot, gate: threading.Event, model: OpenAIServer
) -> None:
    here, others = talk(slow), [talk(slow) for _ in range(4)]
    gate.clear()
    before = len(model.requests)
    begun(here, WORK)
    until(lambda: len(model.requests) > before)
    left = slow.slack.wait_for(lambda: streaming(here))
    begun(here, "The data is ready.")
    for other in others:
        begun(other, WORK)
    assert len(slow.waiting()) == 6
    slow.kill()
    gate.set()
    restarted(slow)
    assert len(here.answers()) == 2
    assert here.answers()[0].ts == left[0].ts, "the stream that was left open is completed"
    assert "series A" in shown(here.answers()[0])
    assert "state of the data: ready" in shown(here.last())
    assert streaming(here) == []
    for other in others:
        whole_question(other)


def test_with_a_request_on_its_way(talk: OpenTalk, slow: SlackBot) -> None:
    """Each conversation is at another request when the bot dies: Slack does it, and nobody hears of it."""
    plain, begins = {text: talk(slow) for text in (WORK, MEMO)}, dict[str, Talk]()
    for text, here in plain.items():
        here.say(text)
    with ExitStack() as held:
        # The last requests of an answer first, so that the others get there.
        for method in (*FILES, *reversed(STREAM)):
            held.enter_context(slow.slack.hold(method))
            begins[method] = talk(slow)
            begun(begins[method], MEMO if method in FILES else WORK)
            slow.slack.wait_for(lambda: slow.slack.held(method))  # noqa: B023 - waited for at once
        slow.kill()
    slow.slack.wait_for(lambda: not any(slow.slack.held(method) for method in begins))
    restarted(slow)
    for method, here in begins.items():
        told, whole = here.answers(), plain[MEMO if method in FILES else WORK].answers()
        assert [read(one)[-300:] for one in told] == [read(one)[-300:] for one in whole], method
        assert [buttons(one) for one in told] == [buttons(one) for one in whole], method
        assert len(here.files()) == (2 if method in FILES else 0), method
        assert streaming(here) == []


def test_told_to_stop_it_ends_what_it_does_and_leaves_the_rest(
    talk: OpenTalk, slow: SlackBot, gate: threading.Event, model: OpenAIServer
) -> None:
    here = talk(slow)
    gate.clear()
    before = len(model.requests)
    begun(here, WORK)
    until(lambda: len(model.requests) > before)
    begun(here, "The data is ready.")
    assert slow.process is not None
    slow.process.terminate()
    slow.slack.wait_for(lambda: not slow.slack.sockets)
    gate.set()
    slow.stop()
    assert slow.process.wait() == 0
    whole_question(here)
    assert len(slow.waiting()) == 1
    restarted(slow)
    assert len(here.answers()) == 2
    assert "state of the data: ready" in shown(here.last())
