"""Who and where: one person stays one, answers find their own place, and what can't be answered is told."""

import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

from advisor.interfaces.slack.manifest import COMMAND, SHORTCUT
from advisor.interfaces.slack.messages import KIT_MENU
from advisor.interfaces.slack.wording import wording
from advisor.testing.slack_bot import SlackBot
from tests.slack.conftest import OUTSIDE, Launch, OpenTalk, workspace
from tests.slack.talk import MEMO_NOW, WORK, shown

TWO_QUESTIONS = ("Is a contractor cheaper than an agency?", "What does a senior AI engineer cost?")


def names(bot: SlackBot, user: str) -> list[str]:
    return [name for (name,) in bot.ledger(f"SELECT name FROM people WHERE user = '{user}'")]


def test_a_person_seen_in_many_threads_at_once_is_one_person(
    talk: OpenTalk, bot: SlackBot, together: ThreadPoolExecutor
) -> None:
    threads = [talk() for _ in range(8)]
    list(together.map(lambda here: here.say(WORK, "U57"), threads))
    assert names(bot, "U57") == ["Person 57"]


def test_two_people_with_one_name_stay_two_whoever_comes_first_after_a_restart(launch: Launch) -> None:
    bot = launch(workspace("T1", {"U1": "Ann", "U2": "Ann"}))
    for user in ("U1", "U2"):
        bot.slack.say(f"D{user[1:]}", user, WORK)
        bot.idle()
    before = [names(bot, user) for user in ("U1", "U2")]
    assert before[0] != before[1]
    assert all(len(one) == 1 and "Ann" in one[0] for one in before)
    bot.stop()
    bot.start()
    bot.slack.say("D2", "U2", "The data is ready.")
    bot.idle()
    assert [names(bot, user) for user in ("U1", "U2")] == before


def test_two_commands_whose_answers_were_lost_keep_their_own_questions(launch: Launch) -> None:
    bot = launch()
    slack, roots = bot.slack, {}
    with slack.hold("chat.postMessage"):
        for text in TWO_QUESTIONS:
            slack.command(COMMAND, text, "U1", "C1")
        slack.wait_for(lambda: slack.held("chat.postMessage") == len(TWO_QUESTIONS))
        bot.kill()
    slack.wait_for(lambda: len([one for one in slack.messages("C1") if one.bot]) == len(TWO_QUESTIONS))
    bot.start()
    bot.idle()
    for message in slack.messages("C1"):
        if message.thread_ts is None:
            (roots[message.ts],) = [text for text in TWO_QUESTIONS if text in message.text]
    assert sorted(roots.values()) == sorted(TWO_QUESTIONS)
    for root, question in roots.items():
        told = "\n".join(shown(one) for one in slack.replies("C1", root) if one.ts != root)
        assert told
        assert ("$180,000" in told) == ("cost" in question), "the answer stands under its question"


def test_a_shortcut_where_the_bot_is_not_says_how_to_invite_it_and_keeps_nothing(bot: SlackBot) -> None:
    slack = bot.slack
    said = slack.say(OUTSIDE, "U2", WORK)
    slack.shortcut(SHORTCUT, "U1", said.ts)
    bot.idle()
    told = slack.wait_for(lambda: [one for one in slack.messages(OUTSIDE) if one.ephemeral_to == "U1"])
    assert wording().not_here.partition(".")[0] in shown(told[-1])
    with closing(sqlite3.connect(bot.home / "conversations.sqlite")) as opened:
        listed = {thread for (thread,) in opened.execute("SELECT thread FROM directory")}
        held = {thread for (thread,) in opened.execute("SELECT thread_id FROM checkpoints")}
    assert f"slack:T1:{OUTSIDE}:{said.ts}" not in listed | held


def test_a_shortcut_on_the_bot_s_own_message_is_refused(talk: OpenTalk) -> None:
    here = talk()
    here.say(WORK)
    before = len(here.answers())
    here.slack.shortcut(SHORTCUT, "U3", here.last().ts)
    assert wording().own_message in here.whispered("U3")
    assert len(here.answers()) == before


def test_the_deleted_root_of_a_thread_is_no_longer_counted_on(talk: OpenTalk, bot: SlackBot) -> None:
    here = talk()
    root = here.say(f"{WORK} The data is ready.")
    here.slack.remove(root)
    bot.idle()
    assert wording().deleted.partition("{")[0] in shown(here.last())
    assert "state of the data" in shown(here.last())


def test_a_mention_from_another_company_in_a_shared_channel_is_answered(
    talk: OpenTalk, bot: SlackBot
) -> None:
    here = talk()
    _, events = here.unheard(WORK)
    for event in events:
        foreign: dict[str, Any] = json.loads(json.dumps(event))
        foreign["team_id"] = "T0FOREIGN"
        foreign["event"] |= {"user_team": "T0FOREIGN", "source_team": "T0FOREIGN", "team": "T0FOREIGN"}
        assert foreign["authorizations"][0]["team_id"] == "T1"
        here.deliver(foreign)
    (answer,) = here.answers()
    assert here.choices(answer)


def test_a_memo_whose_files_are_never_taken_is_said_and_holds_nobody_up(launch: Launch) -> None:
    bot = launch()
    bot.slack.fail("upload", times=1000, status=403)
    said = bot.slack.say("C1", "U1", f"{WORK} {MEMO_NOW}", mention=True)
    bot.slack.say("C1", "U2", "The data is ready.", thread_ts=said.ts)
    bot.idle()
    told = [shown(one) for one in bot.slack.replies("C1", said.ts)]
    assert any(wording().no_upload.partition("(")[0] in one for one in told)
    assert "state of the data: ready" in told[-1]


def test_what_slack_refuses_for_good_is_said_and_told_to_who_runs_the_bot(launch: Launch) -> None:
    bot = launch()
    bot.slack.fail("chat.startStream", times=1, error="unknown_method")
    bot.slack.fail("chat.postMessage", times=1, error="msg_blocks_too_long")
    said = bot.slack.say("C1", "U1", WORK, mention=True)
    bot.idle()
    (told,) = bot.slack.replies("C1", said.ts)
    assert shown(told).strip().startswith("I met an error of my own")
    assert "Slack refuses chat.postMessage: msg_blocks_too_long" in bot.said()


def test_the_kit_pressed_again_says_that_it_is_there(talk: OpenTalk) -> None:
    here = talk()
    here.say(f"{WORK} {MEMO_NOW}")
    memo = here.buttoned()
    for _ in range(2):
        here.slack.press(memo.ts, KIT_MENU, "U4")
        here.bot.idle()
    assert wording().shown_before in here.whispered("U4")
