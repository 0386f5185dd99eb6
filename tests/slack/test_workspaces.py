"""Several workspaces on one bot are kept apart; and channels that it may not talk in are left alone."""

import pytest

from advisor.interfaces.slack.manifest import COMMAND, SHORTCUT
from advisor.interfaces.slack.wording import wording
from advisor.testing.slack_bot import SlackBot
from tests.slack.conftest import BOT_TOKEN, CLOSED, TEAMS, OpenTalk
from tests.slack.talk import WORK, Talk, shown

INVOICES = "We want AI to sort our supplier invoices. It must run in four months."


def test_the_same_ids_in_two_workspaces_are_two_conversations(talk: OpenTalk, shared: SlackBot) -> None:
    first, second = talk(shared, "C1", "T1"), talk(shared, "C1", "T2")
    stamp = shared.slack.world.next_ts()
    first.say(WORK, ts=stamp)
    second.say(INVOICES, ts=stamp)
    assert (first.root, first.channel) == (second.root, second.channel)
    assert "restaurant" in shown(first.last())
    assert "restaurant" not in shown(second.last())
    assert "supplier invoices" in shown(second.last())
    asked = second.last()
    second.press(second.choices()[0], at=asked)
    assert len(second.answers()) == 2
    assert len(first.answers()) == 1
    assert "Ada of T2" in shown(second.again(asked))
    assert "The data" not in shown(first.last())


def test_each_workspace_is_asked_with_its_own_token(talk: OpenTalk, shared: SlackBot) -> None:
    for team in TEAMS:
        here = talk(shared, "C2", team)
        here.say(WORK)
        assert len(here.answers()) == 1
    asked = [call for call in shared.slack.calls if call.method not in ("auth.test", "apps.connections.open")]
    held = {(call.team, call.token) for call in asked if call.token}
    assert held >= {(team, BOT_TOKEN.format(team=team)) for team in TEAMS}
    assert all(token == BOT_TOKEN.format(team=team) for team, token in held)


def test_an_event_of_an_unknown_workspace_gets_nothing(talk: OpenTalk, shared: SlackBot) -> None:
    here = talk(shared, "C3", "T1")
    _, events = here.unheard(WORK)
    before = len(shared.slack.calls)
    for event in events:
        foreign = {
            **event,
            "team_id": "T9",
            "authorizations": [{**event["authorizations"][0], "team_id": "T9"}],
        }
        shared.slack.deliver({**foreign, "context_team_id": "T9"})
    shared.idle()
    assert here.everything() == []
    assert len(shared.slack.calls) == before


@pytest.mark.parametrize("team", ["T2", "T3"])
def test_where_nothing_is_streamed_a_message_changes_in_its_place(
    talk: OpenTalk, shared: SlackBot, team: str
) -> None:
    here = talk(shared, "C4", team)
    here.say(WORK)
    (answer,) = here.answers()
    assert any(wording().placeholder in text for text in answer.earlier), answer
    assert wording().placeholder not in shown(answer)
    assert here.choices()
    here.say("The data is ready.")
    assert len(here.answers()) == 2
    tried = [call for call in shared.slack.calls_to("chat.startStream") if call.team == team]
    assert len(tried) == 1, "Slack is not asked again"


# --- channels -------------------------------------------------------------------------------------


def test_a_mention_elsewhere_is_told_to_its_sender_alone(talk: OpenTalk, shared: SlackBot) -> None:
    here = talk(shared, CLOSED, "T1")
    here.say(WORK, "U2")
    assert wording().not_allowed in here.whispered("U2")
    here.say("The data is ready.", "U1")
    assert [one.ephemeral_to for one in here.everything()] == ["U2"], "once, though two events told of it"


def test_commands_and_shortcuts_elsewhere_are_told_to_their_sender(shared: SlackBot) -> None:
    here = Talk(shared, CLOSED, "T2")
    shared.slack.command(COMMAND, WORK, "U1", CLOSED, team="T2")
    assert wording().not_allowed in here.whispered("U1")
    said = shared.slack.say(CLOSED, "U2", WORK, team="T2")
    shared.slack.shortcut(SHORTCUT, "U1", said.ts, team="T2")
    assert wording().not_allowed in here.whispered("U1", 2)
    shared.idle()
    assert [one.ephemeral_to for one in here.everything()] == ["U1", "U1"]


def test_direct_messages_and_open_channels_work(talk: OpenTalk, shared: SlackBot) -> None:
    here = talk(shared, "C5", "T1")
    here.say(WORK)
    assert len(here.answers()) == 1
    direct = Talk(shared, "D1", "T1")
    direct.say(WORK, mention=False)
    assert len(direct.everything()) == 1
