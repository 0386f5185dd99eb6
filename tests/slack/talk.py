"""A conversation as people hold it, and what they see of the bot's messages."""

import re
import time
from collections.abc import Callable, Iterator
from typing import Any

from advisor.interfaces.slack import messages
from advisor.testing.block_kit import pings
from advisor.testing.slack_bot import LOOK, PATIENCE, SlackBot
from advisor.testing.slack_people import Acted, buttons
from advisor.testing.slack_server import SlackMessage, SlackServer, Upload

Json = dict[str, Any]

WORK = (
    "We are a Series A start-up with a booking app for restaurants. We want the app to draft answers to "
    "guests' reviews from the restaurant's own notes, on OpenAI. It must be live in six weeks."
)
MEMO_NOW = "Just give me the memo now."
PRICE = "What does a senior AI engineer cost?"
FOOTNOTE = re.compile(r"<(https?://[^<>|]+)\|“[^<>|]*”>")
"""A link that the bot itself sets: a guide's title in its sources."""


class Talk:
    """One conversation. The first message of `say` begins it, by a mention unless it is told otherwise."""

    def __init__(self, bot: SlackBot, channel: str, team: str | None = None) -> None:
        self.bot = bot
        self.slack: SlackServer = bot.slack
        self.channel = channel
        self.team = team
        self.root: str | None = None
        self._earlier = frozenset(one.ts for one in self._ours())

    @property
    def name(self) -> str:
        """What the advisor calls it."""
        return f"slack:{self.slack.world.workspace(self.team).team}:{self.channel}:{self.root}"

    def say(self, text: str, user: str = "U1", **more: Any) -> str:
        """Says it, waits until all is answered, and gives Slack's id of it."""
        more = {"mention": self.root is None, **more}
        said = self.slack.say(self.channel, user, text, thread_ts=self.root, team=self.team, **more)
        self.root = self.root or said.ts
        self.bot.idle()
        return said.ts

    def unheard(self, text: str, user: str = "U1", **more: Any) -> tuple[str, list[Json]]:
        """Says it, and keeps the events back: Slack's id and the events."""
        more = {"mention": self.root is None, **more}
        said = self.slack.say(
            self.channel, user, text, thread_ts=self.root, team=self.team, deliver=False, **more
        )
        self.root = self.root or said.ts
        return said.ts, said.events

    def press(self, label: str, user: str = "U1", at: SlackMessage | None = None) -> Acted:
        """Presses a button of the last message with buttons, or of the one named, and waits."""
        acted = self.slack.press((at or self.buttoned()).ts, label, user, team=self.team)
        self.bot.idle()
        return acted

    def deliver(self, *events: Json) -> None:
        """Events in this order; waits until all is answered."""
        for event in events:
            assert self.slack.deliver(event).status == 200
        self.bot.idle()

    # --- what people see --------------------------------------------------------------------------

    def answers(self) -> list[SlackMessage]:
        """What the bot said to everybody in this thread, files among it, whole messages only."""
        assert self.root is not None
        found = self.slack.replies(self.channel, self.root, self.team)
        return [one for one in found if one.ephemeral_to is None]

    def everything(self) -> list[SlackMessage]:
        """All that the bot has written in the channel since, finished or not, to all or to one."""
        return [one for one in self._ours() if one.ts not in self._earlier]

    def _ours(self) -> list[SlackMessage]:
        own = self.slack.world.workspace(self.team).bot_id
        return [one for one in self.slack.messages(self.channel, self.team, deleted=True) if one.bot == own]

    def whispers(self, user: str) -> list[SlackMessage]:
        """What it said to one person alone, here."""
        return [one for one in self.everything() if one.ephemeral_to == user]

    def whispered(self, user: str, count: int = 1) -> str:
        """The last of that, once there are so many of it."""
        return shown(self.slack.wait_for(lambda: self.whispers(user)[count - 1 :])[0])

    def last(self) -> SlackMessage:
        return self.answers()[-1]

    def buttoned(self) -> SlackMessage:
        """The last message with buttons on it."""
        return next(one for one in reversed(self.answers()) if buttons(one))

    def choices(self, at: SlackMessage | None = None) -> list[str]:
        """The answers that can be pressed, of the last message or the one named."""
        message = at or self.last()
        here = next(one for one in self.answers() if one.ts == message.ts)
        return [
            element["text"]["text"]
            for block in here.blocks
            for element in block.get("elements", ())
            if element.get("action_id", "").startswith(f"{messages.CHOICE}:")
        ]

    def again(self, message: SlackMessage) -> SlackMessage:
        """A message as it stands now."""
        return next(one for one in self.everything() if one.ts == message.ts)

    def files(self) -> list[Upload]:
        """What was uploaded into this thread."""
        return [one for one in self.slack.uploads if one.shared == (self.channel, self.root)]


def memo_of(talk: Talk) -> SlackMessage:
    """The message with the recommendation's buttons."""
    (found,) = [one for one in talk.answers() if messages.WHAT_IF in actions_of(one)]
    return found


def actions_of(message: SlackMessage) -> list[str]:
    """What the buttons of a message are called by the bot."""
    return [e["action_id"] for block in message.blocks for e in block.get("elements", ()) if "action_id" in e]


def shown(message: SlackMessage) -> str:
    """All texts of a message, those of its blocks and buttons too; not the steps that came before it."""
    own = message.text if message.markdown or not message.blocks else ""
    return "\n".join([own, *_texts(message.blocks)])


def read(message: SlackMessage) -> str:
    """The words of a message without marks and white space: the same however it was sent."""
    return re.sub(r"[\s*_•\u2060>-]|&\w+;", "", shown(message))


def acting(message: SlackMessage) -> list[str]:
    """What Slack would act on in a message: mentions, broadcasts, links that are not its sources'."""
    own = pings(message.text) + [ping for text in _texts(message.blocks) for ping in pings(text)]
    found = [ping for ping in own if not FOOTNOTE.fullmatch(ping)]
    if message.markdown:
        found += re.findall(
            r"\[[^\]]*\]\([^)]*\)|<[^<>\s]+>|https?://\S+|@(?:here|channel|everyone)\b", message.text
        )
    return found


def _texts(found: object) -> Iterator[str]:
    """Every text of blocks, at any depth."""
    if isinstance(found, list):
        for one in found:
            yield from _texts(one)
    elif isinstance(found, dict):
        if found.get("type") in ("mrkdwn", "plain_text"):
            yield str(found["text"])
        else:
            for one in found.values():
                yield from _texts(one)


def until(holds: Callable[[], bool]) -> None:
    """Waits for what no local Slack tells of, such as a request that a language model got."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end
        time.sleep(LOOK)
