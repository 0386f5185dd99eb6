"""The real bot in a process of its own, and a local Slack that it talks to as to the real one.

Whatever bot a test starts: Slack never had to refuse what it sent, and no token of its got anywhere.
"""

import itertools
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from advisor.testing.openai_server import Fails, OpenAIServer, Request
from advisor.testing.slack_bot import SlackBot, slack_environment
from advisor.testing.slack_server import Channel, SlackServer, Workspace
from tests.conftest import environment
from tests.slack.talk import Talk, acting

APP_TOKEN = "xapp-1-A0ADVISOR-0123456789"
SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
BOT_TOKEN = "xoxb-{team}-0123456789-abcdefghij"
OUTSIDE = "C0"
"""A channel that the bot is not in."""
HELD = 60.0
"""Seconds after which a forgotten gate opens by itself."""

PEOPLE = {"U1": "Ada", "U2": "Grace", **{f"U{at}": f"Person {at}" for at in range(3, 60)}}

TEAMS = ("T1", "T2", "T3")
HOSTILE = "T4"
NAMES = {
    "U1": "<!channel>",
    "U2": "*x* _y_ ~z~",
    "U3": "Ada [1](http://evil.example)",
    "U4": "\u202eeniL\u202c\x00 <@U1>",
    "U5": "`</b>` & \U0001f600" + "n" * 200,
    "U6": "<http://evil.example|Ada>",
}
"""What people of the fourth workspace are called."""
CLOSED = "C40"
"""A channel that the bot of these workspaces may not talk in."""

Launch = Callable[..., SlackBot]
OpenTalk = Callable[..., Talk]


def workspace(team: str = "T1", users: dict[str, str] | None = None) -> Workspace:
    """A workspace with many people and public channels C1 to C40, and one that the bot is not in."""
    everyone = users or PEOPLE
    outside = Channel(OUTSIDE, "outside", people=frozenset(everyone), bot=False)
    return Workspace(
        team,
        BOT_TOKEN.format(team=team),
        f"UBOT{team}",
        f"BBOT{team}",
        users=everyone,
        channels={OUTSIDE: outside, **{f"C{at}": f"channel-{at}" for at in range(1, 41)}},
    )


@pytest.fixture(scope="package")
def launch(
    prepared_home: Path, model_cache: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Launch]:
    """Starts bots, each on a home and in a Slack of its own; all are stopped at the end."""
    bots: list[SlackBot] = []
    opened: list[SlackServer] = []

    def start(*workspaces: Workspace, http: bool = False, **settings: str) -> SlackBot:
        home = Path(shutil.copytree(prepared_home, tmp_path_factory.mktemp("bot") / "home"))
        given = workspaces or (workspace(),)
        slack = SlackServer(
            *given, app_token=APP_TOKEN, signing_secret=SECRET, echo=True, epoch=int(time.time())
        )
        opened.append(slack)
        slack.__enter__()
        settings = {**slack_environment(slack), **settings}
        bot = SlackBot(home, environment(home, model_cache, **settings), slack, http)
        bots.append(bot)
        return bot.start()

    yield start
    for bot in bots:
        bot.stop()
    for slack in opened:
        slack.__exit__()
    for bot in bots:
        assert bot.slack.violations == []
        assert "Traceback" not in bot.said(), bot.said()
        told = bot.said() + bot.logs()
        kept = b"".join(file.read_bytes() for file in bot.home.rglob("*.sqlite*"))
        for token in (APP_TOKEN, SECRET, *(one.bot_token for one in bot.slack.world.workspaces.values())):
            assert token not in told
            assert token.encode() not in kept


@pytest.fixture(scope="package")
def bot(launch: Launch) -> SlackBot:
    """One bot without a language model, by Socket Mode, for all tests that need no other."""
    return launch()


@pytest.fixture(scope="package")
def gate() -> threading.Event:
    """Open: turns of a bot with a language model run. Cleared: they wait in their first call of it."""
    opened = threading.Event()
    opened.set()
    return opened


@pytest.fixture(scope="package")
def model(gate: threading.Event) -> Iterator[OpenAIServer]:
    """A language model that waits for the gate, then fails, so that the local one ends the turn."""

    def script(_: Request) -> Fails:
        gate.wait(HELD)
        return Fails(400)

    with OpenAIServer(script) as served:
        yield served
        gate.set()


@pytest.fixture(scope="package")
def slow(launch: Launch, model: OpenAIServer) -> SlackBot:
    """A bot with that language model, by Socket Mode: it streams the steps of its turns."""
    return launch(OPENAI_BASE_URL=model.url, OPENAI_API_KEY="none", ADVISOR_MODEL="scripted")


@pytest.fixture(scope="package")
def by_http(launch: Launch, model: OpenAIServer) -> SlackBot:
    """A bot with that language model, by HTTP."""
    return launch(http=True, OPENAI_BASE_URL=model.url, OPENAI_API_KEY="none", ADVISOR_MODEL="scripted")


@pytest.fixture(scope="package")
def shared(launch: Launch, model: OpenAIServer) -> SlackBot:
    """A bot in four workspaces, which may talk in all channels but one; in two Slack streams nothing."""
    bot = launch(
        *(workspace(team, {"U1": f"Ada of {team}", "U2": f"Grace of {team}"}) for team in TEAMS),
        workspace(HOSTILE, NAMES),
        ADVISOR_SLACK_CHANNELS=",".join(f"C{at}" for at in range(1, 40)),
        OPENAI_BASE_URL=model.url,
        OPENAI_API_KEY="none",
        ADVISOR_MODEL="scripted",
    )
    bot.slack.fail("chat.startStream", times=1000, error="unknown_method", having="T2")
    bot.slack.fail("chat.startStream", times=1000, error="missing_scope", having="T3")
    return bot


@pytest.fixture(autouse=True)
def _whole_again(gate: threading.Event) -> Iterator[None]:
    yield
    gate.set()


@pytest.fixture
def talk(bot: SlackBot) -> Iterator[OpenTalk]:
    """Begins conversations; at the end nothing that the bot said acts, and Slack refused none of it."""
    begun: list[Talk] = []

    def begin(at: SlackBot = bot, channel: str | None = None, team: str | None = None) -> Talk:
        begun.append(Talk(at, channel or f"C{next(_channels)}", team))
        return begun[-1]

    yield begin
    for one in begun:
        texts = [acting(message) for message in one.everything()]
        assert texts == [[]] * len(texts), "something in a message of the bot's would act"
        assert one.slack.violations == []


_channels = itertools.cycle(range(1, 31))


@pytest.fixture(scope="package")
def together() -> Iterator[ThreadPoolExecutor]:
    """People who act at the same time."""
    with ThreadPoolExecutor(20) as pool:
        yield pool


@pytest.fixture(scope="package")
def forget() -> Callable[[Talk], None]:
    """`advisor forget`, in a process of its own while the bot runs."""

    def run(one: Talk) -> None:
        command = [sys.executable, "-m", "advisor", "forget", one.name]
        settings = {**one.bot.environment, "ADVISOR_HOME": str(one.bot.home)}
        subprocess.run(command, env=settings, capture_output=True, check=True, text=True)

    return run
