"""Whole conversations: in threads, in direct messages, by buttons, by typing, by command and by shortcut."""

import io
import re
import sqlite3
from contextlib import closing

from pypdf import PdfReader

from advisor.interfaces.slack import messages
from advisor.interfaces.slack.manifest import COMMAND, SHORTCUT
from advisor.interfaces.slack.wording import wording
from advisor.testing.slack_bot import SlackBot
from advisor.testing.slack_people import buttons
from tests.slack.conftest import OUTSIDE, OpenTalk
from tests.slack.talk import MEMO_NOW, PRICE, WORK, Talk, actions_of, memo_of, shown

TYPED = (
    "We have five developers and nobody on AI. The data is ready. No product does it. It pays, we tried it "
    "by hand for a month, and one person can build it.",
    "It is not what we sell, and it is done when it runs. No special rules apply. Our product lead will own "
    "it after launch. Our CTO can judge AI work.",
    MEMO_NOW,
)
MOST_QUESTIONS = 10


def test_a_mention_opens_a_thread_and_is_answered_there_once(talk: OpenTalk) -> None:
    here = talk()
    here.say(WORK)
    (answer,) = here.answers()
    assert answer.thread_ts == here.root
    assert "series A" in shown(answer)
    assert here.choices()[-1] == "Don't know"
    here.say("The data is ready.")
    assert len(here.answers()) == 2, "a reply in the thread needs no mention"


def test_nothing_else_in_the_channel_is_answered(talk: OpenTalk) -> None:
    here = talk()
    here.say(WORK)
    before = len(here.everything())
    stray = here.slack.say(here.channel, "U2", "Anybody up for lunch?")
    here.slack.say(here.channel, "U1", "Yes!", thread_ts=stray.ts)
    here.slack.say_as_bot(here.channel, "<@UBOTT1> deploys are green", thread_ts=here.root)
    here.bot.idle()
    assert len(here.everything()) == before


def test_a_direct_message_is_one_conversation(bot: SlackBot) -> None:
    direct = Talk(bot, "D3")
    direct.say(WORK, "U3", mention=False)
    assert direct.name.startswith("slack:T1:D3")
    (asked,) = direct.everything()
    assert asked.thread_ts is None, "at the top, where it was said"
    direct.root = asked.ts
    direct.say("The data is ready.", "U3")
    (in_thread,) = [one for one in direct.everything() if one.thread_ts == asked.ts]
    assert "state of the data: ready" in shown(in_thread)
    direct.root = None
    direct.say(MEMO_NOW, "U3", mention=False)
    assert messages.WHAT_IF in [name for one in direct.everything() for name in actions_of(one)]
    (pdf, markdown) = [one for one in bot.slack.uploads if one.shared == ("D3", None)]
    assert "The data is ready" in (markdown.data or b"").decode()
    assert (pdf.data or b"").startswith(b"%PDF")


def test_a_whole_consultation_by_buttons(talk: OpenTalk) -> None:
    here = talk()
    here.say(WORK)
    for _ in range(MOST_QUESTIONS):
        labels = here.choices()
        if not labels:
            break
        assert shown(here.last()).count(labels[0]) == 1, "the choices stand twice"
        here.press(labels[0], "U2")
    assert not here.choices()
    memo = memo_of(here)
    assert "*Sources*" in shown(memo)
    lines = [line for line in shown(memo).split("\n") if re.match(r"(\[\d+\])+ digest of ", line)]
    assert lines, "what its numbers stand for"
    for line in lines:
        assert re.fullmatch(r"(\[\d+\])+ digest of \w.*, (<http.*\|)?“.*”>? \(.+\) · sells .+", line), line
    cited = set(re.findall(r"\[\d+\]", shown(memo).split("*Sources*")[0]))
    assert cited <= set(re.findall(r"\[\d+\]", "".join(lines)))
    pdf, markdown = here.files()
    assert (pdf.name[-4:], markdown.name[-3:]) == (".pdf", ".md")
    first = re.search(r"(Bring in|Hire|Run|Start|Buy|Begin|Use|Engage)[^.\n]*\.", shown(memo))
    assert first is not None, shown(memo)
    told = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf.data or b"")).pages)
    assert first[0] in " ".join(told.split())
    assert first[0] in (markdown.data or b"").decode()


def test_a_whole_consultation_by_typing(talk: OpenTalk) -> None:
    here = talk()
    for text in (WORK, *TYPED):
        here.say(text)
        if here.files():
            break
    assert "bring in an ai developer as a senior contractor" in shown(memo_of(here)).lower()
    _, markdown = here.files()
    assert "Our CTO can judge AI work" in (markdown.data or b"").decode()


def test_a_side_question_is_answered_with_sources_and_quotes(talk: OpenTalk) -> None:
    here = talk()
    here.say(WORK)
    open_question = here.choices()
    here.say(PRICE, "U2")
    answer = here.last()
    assert "$" in shown(answer)
    assert "· sells " in shown(answer)
    assert here.choices() == open_question, "the question is still open"
    here.press(wording().quotes, "U2", answer)
    quoted = here.whispered("U2")
    assert wording().quotes_heading in quoted
    assert re.search(r"\[1\] .*our words: “", quoted)
    assert here.whispers("U1") == [], "shown to the one who asked"


def test_the_kit_comes_part_by_part_into_the_thread(talk: OpenTalk) -> None:
    here = talk()
    here.say(f"{WORK} {MEMO_NOW}")
    memo, before = memo_of(here), len(here.answers())
    here.press(wording().kit, "U2", memo)
    menu = here.last()
    parts = buttons(menu)
    assert len(parts) >= 3
    assert len(here.answers()) == before + 1
    here.press(parts[0], "U1", menu)
    here.press(parts[1], "U2", menu)
    first, second = here.answers()[-2:]
    assert parts[0] in shown(first)
    assert parts[1] in shown(second)
    here.press(parts[0], "U1", menu)
    assert len(here.answers()) == before + 3, "a part that is here is not said again"


def test_a_supposition_is_answered_in_the_thread_and_not_kept(talk: OpenTalk) -> None:
    here = talk()
    here.say(f"{WORK} {MEMO_NOW}")
    memo, deadline = memo_of(here), wording().suppositions[0]
    here.press(wording().what_if, "U2", memo)
    here.slack.wait_for(lambda: here.slack.views)
    nothing = here.slack.submit_view({})
    assert nothing.answer is not None
    assert nothing.answer.body["response_action"] == "errors"
    here.slack.submit_view({deadline.label: deadline.choices[3].label})
    here.bot.idle()
    assert deadline.choices[3].label in shown(here.last()).split("\n")[1]
    assert "(Grace)" in shown(here.last())
    here.say(MEMO_NOW)
    before, after = [one.data for one in here.files() if one.name.endswith(".md")]
    assert before == after


def test_feedback_is_kept_with_the_memos_certificate(talk: OpenTalk) -> None:
    here = talk()
    here.say(f"{WORK} {MEMO_NOW}")
    here.press(wording().feedback_good, "U2", memo_of(here))
    assert wording().feedback_thanks in here.whispered("U2")
    with closing(sqlite3.connect(here.bot.home / "conversations.sqlite")) as opened:
        query = "SELECT good, certificate FROM ratings WHERE thread = ?"
        ((good, certificate),) = opened.execute(query, (here.name,)).fetchall()
    assert good == 1
    assert re.fullmatch(r"[0-9a-f]{16,}", certificate)


def test_starting_over_forgets_what_was_said(talk: OpenTalk) -> None:
    here = talk()
    here.say(WORK)
    here.say("The data is ready.")
    here.say("Start over.")
    here.say("We want AI to sort our supplier invoices.")
    assert "ready" not in shown(here.last()).split("What I read")[-1].split("\n")[0]
    here.say(MEMO_NOW)
    markdown = here.files()[-1]
    assert "six weeks" not in (markdown.data or b"").decode()
    assert "supplier invoices" in (markdown.data or b"").decode()


def test_ways_to_begin_are_offered_when_the_direct_message_is_opened(bot: SlackBot) -> None:
    bot.slack.open_home("U4")
    offered = bot.slack.wait_for(lambda: bot.slack.prompts("D4") or {})
    assert [one["message"] for one in offered["prompts"]] == [one.message for one in wording().prompts]
    assert offered["thread_ts"] is None
    bot.slack.open_home("U5", tab="home")
    bot.idle()
    assert bot.slack.prompts("D5") is None


def test_a_command_opens_a_thread(talk: OpenTalk) -> None:
    here = talk()
    ran = here.slack.command(COMMAND, WORK, "U2", here.channel)
    assert ran.answer is not None
    assert ran.answer.seconds < 3
    here.bot.idle()
    root = next(one for one in here.everything() if "Grace" in one.text and one.thread_ts is None)
    here.root = root.ts
    assert "booking app" in shown(root)
    (_, answer) = here.answers()
    assert "series A" in shown(answer)
    here.say("The data is ready.", "U1")
    assert len(here.answers()) == 3


def test_a_command_without_text_helps_its_sender_alone(talk: OpenTalk) -> None:
    here = talk()
    for text in ("", "help"):
        here.slack.command(COMMAND, text, "U3", here.channel)
    here.bot.idle()
    assert [wording().help in shown(one) for one in here.whispers("U3")] == [True, True]
    assert [one for one in here.everything() if one.ephemeral_to is None and "Person 3" in one.text] == []


def test_a_command_where_the_bot_is_not_says_how_to_invite_it(bot: SlackBot) -> None:
    outside = Talk(bot, OUTSIDE)
    bot.slack.command(COMMAND, WORK, "U2", OUTSIDE)
    assert wording().not_here in outside.whispered("U2")
    bot.idle()
    assert len(outside.everything()) == 1


def test_a_shortcut_reads_another_persons_message_once(talk: OpenTalk) -> None:
    here = talk()
    said = here.slack.say(here.channel, "U2", WORK)
    here.root = said.ts
    for _ in range(2):
        here.slack.shortcut(SHORTCUT, "U1", said.ts)
        here.bot.idle()
    (answer,) = here.answers()
    assert answer.thread_ts == said.ts
    assert here.choices()
    assert wording().already_read in here.whispered("U1")
    here.say("The data is ready.", "U2")
    assert len(here.answers()) == 2, "the thread is the bot's now"
