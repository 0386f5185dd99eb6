"""A consultation in a Slack of our own, held by the real bot: every kind of message it sends, as it sent it.

A local Slack stands in for the real one (`advisor.testing.slack_server`), so that what is shown has gone
the whole way: event, advisor, blocks, Web API. Date, names and ids are fixed; two runs say the same.
"""

import asyncio
import datetime as dt
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import SecretStr

from advisor.assembly import builtin_rulebook
from advisor.conversation.advisor import AdvisorCore
from advisor.domain.vocabulary import FACT_KEYS, FactKey
from advisor.interfaces.slack import messages
from advisor.interfaces.slack.app import Bot
from advisor.interfaces.slack.incoming import conversation
from advisor.interfaces.slack.ledger import Ledger
from advisor.interfaces.slack.manifest import COMMAND, SHORTCUT
from advisor.interfaces.slack.wording import wording
from advisor.interfaces.slack.workspaces import connected
from advisor.settings import Settings
from advisor.testing.block_kit import pings, view_violations, violations
from advisor.testing.slack_people import buttons
from advisor.testing.slack_server import Channel, SlackMessage, SlackServer, Workspace

Json = dict[str, Any]
Kind = Literal["message", "whisper", "modal", "files", "prompts"]

NOW = dt.datetime(2026, 11, 20, 10, 0, tzinfo=dt.UTC)
ADA, BEN = "U1", "U2"
HERE, OUTSIDE = "C1", "C2"
PATIENCE = 60.0

WORK = (
    "We run software for property managers, 120 people. Customers drown in maintenance tickets and we want "
    "our app to read them and send each one to the right contractor, on OpenAI. We have three months."
)
READY = "Five years of tickets, all in one clean table."
PRICE = "What does a senior AI engineer cost?"
UNLAWFUL = "Good. But only people under thirty, please."
LATER = "No, we have two years for it."
SETTLED = "Three months it is."
OURS = "Once it runs it runs. It is not what we sell. Our CTO can judge AI work."
LED = "Our CTO can judge AI work."
LED_CHANGED = "Nobody here can judge AI work."
NOW_PLEASE = "Just give me the memo now."
ASKED = "We want AI to route our support tickets. Do we need to hire someone?"


@dataclass(frozen=True)
class Shown:
    """One message as people see it. `content` is what Slack took: blocks, a view, or a comment with files.

    `said` is what a person said before it, with the name; `name` is that of the picture.
    """

    name: str
    kind: Kind
    content: Json
    said: tuple[str, str] | None = None

    @property
    def faults(self) -> list[str]:
        """What Slack would refuse, or act on, in it."""
        match self.kind:
            case "modal":
                return view_violations(self.content)
            case "prompts":
                return []
            case "files":
                return [f"{one} in the comment" for one in pings(self.content["text"])]
            case _:
                return violations(self.content["blocks"])


def consultation(advisor: AdvisorCore, settings: Settings) -> list[Shown]:
    """Holds it on an empty home. RuntimeError where Slack took exception to anything."""
    workspace = Workspace(
        users={ADA: "Ada", BEN: "Ben"},
        channels={
            HERE: "ai-plans",
            OUTSIDE: Channel(OUTSIDE, "elsewhere", people=frozenset({ADA}), bot=False),
        },
    )
    with SlackServer(workspace, epoch=int(NOW.timestamp())) as slack:
        tokens = {"slack_bot_token": SecretStr("xoxb-1"), "slack_app_token": SecretStr(slack.app_token)}
        ours = settings.model_copy(update={**tokens, "slack_base_url": slack.url})
        # Messages as they stand when they are whole: the stream is shown for itself.
        slack.fail("chat.startStream", times=1000, error="unknown_method")
        with _running(advisor, ours, slack):
            shown = _Consultation(advisor, slack, Ledger(ours.slack_ledger)).held()
        with _running(advisor, ours.model_copy(update={"model": "any"}), slack):
            shown.append(_placeholder(slack, Ledger(ours.slack_ledger)))
        slack.faults.clear()
        with _running(advisor, ours.model_copy(update={"model": "any"}), slack):
            shown.append(_streamed(slack, Ledger(ours.slack_ledger)))
        if slack.violations:
            raise RuntimeError("Slack would not take this:\n" + "\n".join(slack.violations))
    shown += _said_when_things_fail()
    wrong = [f"{one.name}: {fault}" for one in shown for fault in one.faults]
    if wrong:
        raise RuntimeError("Slack would not take this:\n" + "\n".join(wrong))
    return shown


class _Consultation:
    """Ada and Ben in a channel; `_root` is the thread they are in."""

    def __init__(self, advisor: AdvisorCore, slack: SlackServer, ledger: Ledger) -> None:
        self._advisor = advisor
        self._slack = slack
        self._ledger = ledger
        self._root: str | None = None

    def held(self) -> list[Shown]:
        return [*self._asked(), *self._advised(), *self._disagreeing(), *self._beside()]

    def _asked(self) -> Iterator[Shown]:
        """Questions, answers and what is none of it."""
        asked = self._say(ADA, WORK, mention=True)[-1]
        yield _message("question", asked, ("Ada", f"@{wording().name} {WORK}"))
        label = buttons(asked)[0]
        again = self._slack.press(asked.ts, label, BEN, deliver=False).payload
        following = self._press(asked, label, ADA)[-1]
        yield _message("question_pressed", self._now(asked))
        again["actions"][0]["action_ts"] = following.ts
        yield _whisper("answered_before", self._whispered(lambda: self._deliver(again)))
        self._say(BEN, OURS)
        yield _message("question_in_words", self._now(following))
        answer = self._say(ADA, PRICE)[-1]
        yield _message("side_answer", answer, ("Ada", PRICE))
        yield _whisper("quotes", self._whispered(lambda: self._act(answer, messages.QUOTES, ADA)))
        yield _whisper("feedback", self._whispered(lambda: self._act(answer, wording().feedback_good, ADA)))
        yield _message("declined", self._say(BEN, UNLAWFUL)[-1], ("Ben", UNLAWFUL))

    def _disagreeing(self) -> Iterator[Shown]:
        """Two people in a thread of their own: they contradict each other, edit and delete."""
        self._root = None
        self._say(ADA, WORK, mention=True)
        yield _message("disagreement", self._say(BEN, LATER)[-1], ("Ben", LATER))
        self._say(ADA, SETTLED)
        self._say(BEN, LED)
        edited = self._told(lambda: self._slack.edit(self._find(LED), LED_CHANGED))[-1]
        yield _message("edited", edited, ("Ben", f"{LED_CHANGED} (edited)"))
        self._say(ADA, READY)
        yield _message("deleted", self._told(lambda: self._slack.remove(self._find(READY)))[-1])

    def _advised(self) -> Iterator[Shown]:
        """The recommendation, and what can be done with it."""
        *advice, files = self._say(ADA, NOW_PLEASE)
        for at, one in enumerate(advice):
            said = ("Ada", NOW_PLEASE) if at == 0 else None
            yield _message("recommendation" if at == 0 else f"recommendation_{at + 1}", one, said)
        uploads = [self._slack.world.uploads[one] for one in files.files]
        shared = [{"title": one.title, "name": one.name} for one in uploads]
        yield Shown("files", "files", {"text": files.text, "files": shared})
        buttoned = advice[-1]
        yield self._modal(buttoned)
        yield _message("what_if_stays", self._supposed(moves=False))
        self._act(buttoned, messages.WHAT_IF, BEN)
        self._slack.wait_for(lambda: self._slack.views)
        yield _message("what_if_moves", self._supposed(moves=True))
        menu = self._told(lambda: self._act(buttoned, messages.KIT_MENU, ADA))[-1]
        yield _message("kit_menu", menu)
        parts = self._told(lambda: self._act(menu, f"{messages.KIT_PART}:0", ADA))
        yield _message("kit_part", parts[0])

    def _beside(self) -> Iterator[Shown]:
        """What is said outside a consultation, and to one person alone."""
        self._root = None
        yield _message("greeting", self._say(ADA, "", mention=True)[0], ("Ada", f"@{wording().name}"))
        self._root = None
        root, *_ = self._told(lambda: self._slack.command(COMMAND, ASKED, ADA, HERE))
        yield _message("command", root)
        yield _whisper("help", self._whispered(lambda: self._slack.command(COMMAND, "help", ADA, HERE)))
        there = self._whispered(lambda: self._slack.command(COMMAND, ASKED, ADA, OUTSIDE), OUTSIDE)
        yield _whisper("not_here", there)
        first = next(one for one in self._slack.messages(HERE) if one.user == ADA)
        read = self._whispered(lambda: self._slack.shortcut(SHORTCUT, BEN, first.ts))
        yield _whisper("already_read", read)
        with_file = self._told(lambda: self._slack.say("D1", ADA, ASKED, files={"plan.pdf": b"%PDF"}), "D1")
        yield _message("with_file", with_file[-1], ("Ada", f"{ASKED} (with plan.pdf)"))
        self._slack.open_home(BEN)
        yield Shown("prompts", "prompts", self._slack.wait_for(lambda: self._slack.prompts("D2") or {}))

    def _modal(self, message: SlackMessage) -> Shown:
        self._act(message, messages.WHAT_IF, ADA)
        self._slack.wait_for(lambda: self._slack.views)
        view = self._slack.views[-1].view
        # Those of the menus are the bot's own, the rest Slack's.
        blocks = [
            b if b["type"] == "input" else {k: b[k] for k in b if k != "block_id"} for b in view["blocks"]
        ]
        return Shown("what_if_form", "modal", view | {"blocks": blocks})

    def _supposed(self, moves: bool) -> SlackMessage:
        """Sends the open form with the first single change that moves the advice, or that doesn't."""
        thread = conversation("T1", HERE, self._root)
        for one in wording().suppositions:
            for choice in one.choices:
                if self._advisor.suppose(thread, {one.fact: choice.value}).changed is moves:
                    filled = {one.label: choice.label}
                    return self._told(lambda filled=filled: self._slack.submit_view(filled))[-1]
        raise RuntimeError(f"no line of the what-if form has a change for which moves is {moves}")

    def _say(self, user: str, text: str, mention: bool = False) -> list[SlackMessage]:
        def say() -> None:
            said = self._slack.say(HERE, user, text, thread_ts=self._root, mention=mention)
            self._root = self._root or said.ts

        return self._told(say)

    def _press(self, message: SlackMessage, label: str, user: str) -> list[SlackMessage]:
        return self._told(lambda: self._act(message, label, user))

    def _act(self, message: SlackMessage, label: str, user: str) -> None:
        self._slack.press(message.ts, label, user)

    def _deliver(self, payload: Json) -> None:
        self._slack.deliver(payload, "interactive")

    def _find(self, text: str) -> str:
        """The id of what a person said last in these words."""
        return [one.ts for one in self._slack.messages(HERE) if one.text == text][-1]

    def _now(self, message: SlackMessage) -> SlackMessage:
        """The message as it stands now."""
        return next(one for one in self._slack.messages(message.channel) if one.ts == message.ts)

    def _told(self, act: Callable[[], object], channel: str = HERE) -> list[SlackMessage]:
        """What the bot said to everybody since this was done. RuntimeError when it is silent."""
        before = {one.ts for one in self._slack.messages(channel)}
        act()
        _idle(self._ledger)
        found = [one for one in self._slack.messages(channel) if one.ts not in before and one.bot]
        told = [one for one in found if one.ephemeral_to is None]
        if not told:
            raise RuntimeError("the bot said nothing")
        return told

    def _whispered(self, act: Callable[[], object], channel: str = HERE) -> SlackMessage:
        """What the bot said to one person since this was done."""
        before = {one.ts for one in self._slack.messages(channel)}

        def new() -> list[SlackMessage]:
            here = self._slack.messages(channel)
            return [one for one in here if one.ts not in before and one.ephemeral_to is not None]

        act()
        return self._slack.wait_for(new)[-1]


def _placeholder(slack: SlackServer, ledger: Ledger) -> Shown:
    """What stands where nothing can be streamed, shortly before the answer is there."""
    before = len(slack.calls_to("chat.update"))
    slack.say(HERE, ADA, WORK, mention=True)
    _idle(ledger)
    updates = [call.args["blocks"] for call in slack.calls_to("chat.update")[before:]]
    working = [blocks for blocks in updates if [block["type"] for block in blocks] == ["context"]]
    return Shown("working", "message", {"blocks": working[-1]})


def _streamed(slack: SlackServer, ledger: Ledger) -> Shown:
    """The steps of a turn as Slack keeps them above the text that was streamed."""
    said = slack.say(HERE, ADA, PRICE, mention=True)
    _idle(ledger)
    (message,) = [one for one in slack.thread(HERE, said.ts) if one.tasks]
    cards = [
        {"type": "task_card", "task_id": task["id"], "title": task["title"], "status": task["status"]}
        | ({"output": _rich(task["output"])} if task.get("output") else {})
        for task in message.tasks
    ]
    return Shown("steps", "message", {"blocks": cards}, ("Ada", f"@{wording().name} {PRICE}"))


def _rich(text: str) -> Json:
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [section]}


def _said_when_things_fail() -> list[Shown]:
    """Lines that no healthy consultation brings."""
    words = wording()
    lines: tuple[tuple[str, Kind, str], ...] = (
        ("own_error", "message", words.own_error),
        ("no_upload", "message", words.no_upload.format(error="storage_limit_reached")),
        ("not_allowed", "whisper", words.not_allowed),
        ("gone", "whisper", words.gone),
        ("no_text", "whisper", words.no_text),
    )
    return [Shown(name, kind, {"blocks": list(messages.plainly(line).blocks)}) for name, kind, line in lines]


def _message(name: str, message: SlackMessage, said: tuple[str, str] | None = None) -> Shown:
    return Shown(name, "message", _content(message), said)


def _whisper(name: str, message: SlackMessage) -> Shown:
    return Shown(name, "whisper", _content(message))


def _content(message: SlackMessage) -> Json:
    """The blocks as the bot sent them; Slack's ids for them are left out."""
    blocks = [{key: value for key, value in block.items() if key != "block_id"} for block in message.blocks]
    return {"blocks": blocks or list(messages.plainly(message.text).blocks)}


def _idle(ledger: Ledger) -> None:
    """Waits until everything is answered."""
    until = time.monotonic() + PATIENCE
    while ledger.threads_waiting():
        if time.monotonic() > until:
            raise RuntimeError("the bot does not come to an end")
        time.sleep(0.02)


@contextmanager
def _running(advisor: AdvisorCore, settings: Settings, slack: SlackServer) -> Iterator[None]:
    """The bot in a thread of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def start() -> Bot:
        workspaces = await connected(settings.slack_bot_tokens, settings.slack_base_url)
        labels: dict[FactKey, str] = {key: builtin_rulebook().question(key).label for key in FACT_KEYS}
        bot = Bot(settings, advisor, workspaces, labels, lambda: NOW, lambda _: None)
        await bot.start(None)
        return bot

    try:
        bot = asyncio.run_coroutine_threadsafe(start(), loop).result(PATIENCE)
        slack.wait_for(lambda: slack.sockets)
        try:
            yield
        finally:
            asyncio.run_coroutine_threadsafe(bot.stop(), loop).result(PATIENCE)
            slack.wait_for(lambda: not slack.sockets)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
