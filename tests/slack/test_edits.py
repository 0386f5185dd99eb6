"""Messages that are changed or deleted after they were said, or while they wait."""

from collections.abc import Callable

from advisor.interfaces.slack.wording import wording
from advisor.testing.slack_bot import SlackBot
from tests.slack.conftest import OpenTalk
from tests.slack.talk import MEMO_NOW, WORK, Talk, shown

READY = "The data is ready."
MESSY = "The data is messy."
CTO = "Our CTO can judge AI work."


def memo(talk: Talk) -> str:
    """The memo as it is now, as Markdown."""
    talk.say(MEMO_NOW)
    return (talk.files()[-1].data or b"").decode()


def change(talk: Talk, act: Callable[[], object]) -> None:
    act()
    talk.bot.idle()


def test_an_answered_message_that_is_changed_is_read_again(talk: OpenTalk) -> None:
    here = talk()
    here.say(WORK)
    ts = here.say(f"{READY} {CTO}")
    before = len(here.answers())
    change(here, lambda: here.slack.edit(ts, MESSY))
    assert len(here.answers()) == before + 1
    assert wording().edited.format(name="Ada") in shown(here.last())
    assert "state of the data: messy" in shown(here.last())
    told = memo(here)
    assert MESSY.rstrip(".") in told
    assert "The data is ready" not in told
    assert CTO.rstrip(".") not in told, "what the old words told besides is gone"


def test_the_message_that_opened_the_thread_can_be_changed(talk: OpenTalk, bot: SlackBot) -> None:
    here = talk()
    ts = here.say(WORK)
    name = bot.slack.world.workspace().bot_user
    invoices = "We want AI to sort our supplier invoices. It must run in four months."
    change(here, lambda: here.slack.edit(ts, f"<@{name}> {invoices}"))
    assert len(here.answers()) == 2
    told = memo(here)
    assert "supplier invoices" in told
    assert "six weeks" not in told
    assert "restaurant" not in told


def test_an_edit_that_first_names_the_bot_begins_a_conversation(talk: OpenTalk, bot: SlackBot) -> None:
    here = talk()
    ts = here.say(WORK, mention=False)
    assert here.answers() == []
    name = bot.slack.world.workspace().bot_user
    change(here, lambda: here.slack.edit(ts, f"<@{name}> {WORK}"))
    (answer,) = here.answers()
    assert "series A" in shown(answer)


def test_a_message_changed_while_it_waits_is_read_as_it_is(talk: OpenTalk, bot: SlackBot) -> None:
    here = talk()
    _, first = here.unheard(WORK)
    with bot.slack.hold("chat.startStream"):
        here.slack.deliver(first[0])
        bot.slack.wait_for(lambda: bot.slack.held("chat.startStream"))
        ts, second = here.unheard(READY)
        here.slack.deliver(second[0])
        here.slack.edit(ts, MESSY)
    bot.idle()
    assert len(here.answers()) == 2
    assert "state of the data: messy" in shown(here.last())


def test_a_message_changed_while_it_is_answered_is_read_again(talk: OpenTalk, bot: SlackBot) -> None:
    here = talk()
    here.say(WORK)
    with bot.slack.hold("chat.startStream"):
        ts, events = here.unheard(READY)
        here.slack.deliver(events[0])
        bot.slack.wait_for(lambda: bot.slack.held("chat.startStream"))
        here.slack.edit(ts, MESSY)
    bot.idle()
    assert len(here.answers()) == 3
    assert "state of the data: messy" in shown(here.last())
    assert "The data is ready" not in memo(here)


def test_a_message_deleted_while_it_waits_is_not_answered(talk: OpenTalk, bot: SlackBot) -> None:
    here = talk()
    _, first = here.unheard(WORK)
    with bot.slack.hold("chat.startStream"):
        here.slack.deliver(first[0])
        bot.slack.wait_for(lambda: bot.slack.held("chat.startStream"))
        ts, second = here.unheard(READY)
        here.slack.deliver(second[0])
        here.slack.remove(ts)
    bot.idle()
    assert len(here.answers()) == 1
    assert "The data is ready" not in memo(here)


def test_a_deleted_message_takes_its_facts_back_and_that_is_said(talk: OpenTalk) -> None:
    here = talk()
    here.say(WORK)
    ts = here.say(READY, "U2")
    before = len(here.answers())
    change(here, lambda: here.slack.remove(ts))
    assert len(here.answers()) == before + 1
    assert wording().deleted.format(name="Grace", labels="state of the data") in shown(here.last())
    assert "The data is ready" not in memo(here)


def test_a_deleted_message_that_told_nothing_is_not_spoken_of(talk: OpenTalk) -> None:
    here = talk()
    here.say(WORK)
    ts = here.say("Thanks.", "U2")
    before = len(here.answers())
    change(here, lambda: here.slack.remove(ts))
    assert len(here.answers()) == before


def test_drawn_links_changed_bot_messages_and_foreign_deletions_are_passed_over(
    talk: OpenTalk, bot: SlackBot
) -> None:
    here = talk()
    ts = here.say(f"{WORK} See https://example.com")
    before = len(here.everything())
    message = bot.slack.world.find("T1", here.channel, ts)
    assert message is not None
    change(here, lambda: here.slack.edit(ts, message.text))  # Slack's way to tell of a link it has drawn
    other = here.slack.say_as_bot(here.channel, "deploys are green", thread_ts=here.root)
    change(here, lambda: here.slack.edit(other.ts, "deploys are red"))
    change(here, lambda: here.slack.remove(other.ts))
    stray = here.slack.say(here.channel, "U2", "Lunch?").ts
    change(here, lambda: here.slack.edit(stray, "Lunch at noon?"))
    change(here, lambda: here.slack.remove(stray))
    assert len(here.everything()) == before
