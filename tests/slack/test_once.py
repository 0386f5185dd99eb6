"""Slack tells of a thing twice, late and out of order; it is answered once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from advisor.testing.slack_bot import SlackBot
from tests.slack.conftest import OpenTalk
from tests.slack.talk import WORK, shown

READY = "The data is ready."
MESSY = "The data is messy."


def test_the_same_event_twice(talk: OpenTalk) -> None:
    here = talk()
    _, events = here.unheard(WORK)
    here.deliver(*events, *events, *reversed(events))
    assert len(here.answers()) == 1


def test_twenty_duplicates_at_once(talk: OpenTalk, together: ThreadPoolExecutor) -> None:
    here = talk()
    _, events = here.unheard(WORK)
    answers = list(together.map(here.slack.deliver, events * 10))
    here.bot.idle()
    assert {one.status for one in answers} == {200}
    assert len(here.answers()) == 1


def test_the_message_before_or_after_its_mention(talk: OpenTalk) -> None:
    for turned in (False, True):
        here = talk()
        _, events = here.unheard(WORK)
        assert [one["event"]["type"] for one in events] == ["app_mention", "message"]
        here.deliver(*(events[::-1] if turned else events))
        assert len(here.answers()) == 1


@pytest.mark.parametrize("through", ["bot", "by_http"])
def test_a_retry(talk: OpenTalk, request: pytest.FixtureRequest, through: str) -> None:
    here = talk(request.getfixturevalue(through))
    _, events = here.unheard(WORK)
    here.deliver(*events)
    for retry in (1, 2, 3):
        for event in events:
            assert here.slack.deliver(event, retry=retry, reason="http_timeout").status == 200
    here.bot.idle()
    assert len(here.answers()) == 1


def test_a_retry_of_what_never_arrived_is_answered(talk: OpenTalk) -> None:
    here = talk()
    _, events = here.unheard(WORK)
    assert here.slack.deliver(events[0], retry=2, reason="timeout").status == 200
    here.bot.idle()
    assert len(here.answers()) == 1


def test_a_press_that_slack_sends_again(talk: OpenTalk) -> None:
    here = talk()
    here.say(WORK)
    pressed = here.press(here.choices()[0])
    here.slack.deliver(pressed.payload, "interactive", retry=1)
    here.bot.idle()
    assert len(here.answers()) == 2


def test_a_reply_before_the_mention_that_opens_its_thread(talk: OpenTalk) -> None:
    here = talk()
    _, mention = here.unheard(WORK)
    _, reply = here.unheard(READY, "U2")
    here.deliver(*reply, *mention)
    assert len(here.answers()) == 2
    assert "series A" in shown(here.answers()[0]), "in the order in which it was said"
    assert "state of the data: ready" in shown(here.answers()[1])


def test_replies_that_change_places(talk: OpenTalk) -> None:
    here = talk()
    here.say(WORK)
    _, first = here.unheard(READY)
    _, second = here.unheard("Our CTO can judge AI work.")
    here.deliver(*second, *first)
    assert len(here.answers()) == 3


def test_an_edit_before_its_original(talk: OpenTalk) -> None:
    here = talk()
    here.say(WORK)
    ts, original = here.unheard(READY)
    edit = here.slack.edit(ts, MESSY, deliver=False).events
    here.deliver(*edit, *original)
    (_, answer) = here.answers()
    assert "state of the data: messy" in shown(answer)


def test_an_edit_before_the_mention_that_it_is_of(talk: OpenTalk, bot: SlackBot) -> None:
    here = talk()
    ts, original = here.unheard("What is it worth?")
    name = bot.slack.world.workspace().bot_user
    edit = here.slack.edit(ts, f"<@{name}> {WORK}", deliver=False).events
    here.deliver(*edit, *original)
    (answer,) = here.answers()
    assert "series A" in shown(answer)


def test_a_deletion_before_its_original(talk: OpenTalk) -> None:
    here = talk()
    here.say(WORK)
    ts, original = here.unheard(READY)
    removal = here.slack.remove(ts, deliver=False).events
    here.deliver(*removal, *original)
    assert len(here.answers()) == 1, "what was deleted is not answered"
    here.say("Our CTO can judge AI work.")
    assert len(here.answers()) == 2
