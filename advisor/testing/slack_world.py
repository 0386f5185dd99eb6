"""What a Slack server holds: workspaces, messages, files, views, statuses; and what was asked of it.

Knows no HTTP. Everything is guarded by `changed`, a condition that is notified at each change; the methods
take it themselves, so that any thread may call them.
"""

import copy
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]
Kind = Literal["channel", "group", "im", "mpim"]

SCOPES = frozenset(
    "app_mentions:read assistant:write channels:history channels:read chat:write commands files:read "
    "files:write groups:history groups:read im:history im:read im:write mpim:history mpim:read "
    "reactions:write team:read users:read".split()
)


class SlackError(Exception):
    """What a method answers with "ok": false. `code` is Slack's word for it, `more` goes beside it."""

    def __init__(self, code: str, messages: list[str] | None = None, **more: Any) -> None:
        super().__init__(code)
        self.code = code
        self.more: Json = more | ({"response_metadata": {"messages": messages}} if messages else {})


@dataclass(frozen=True)
class Channel:
    """A conversation. `bot` says whether the bot is in it; `people` who is."""

    id: str
    name: str = ""
    kind: Kind = "channel"
    people: frozenset[str] = frozenset()
    bot: bool = True
    archived: bool = False


@dataclass(frozen=True)
class Workspace:
    """A team with the app in it. `channels` are values, or names of public ones that everyone is in, by id.

    Everyone has a direct conversation with the bot: `D` and what follows the first letter of their id.
    """

    team: str = "T1"
    bot_token: str = "xoxb-1"
    bot_user: str = "UBOT1"
    bot_id: str = "BBOT1"
    users: Mapping[str, str] = field(default_factory=lambda: {"U1": "Ada", "U2": "Grace"})
    channels: Mapping[str, Channel | str] = field(default_factory=lambda: {"C1": "general"})
    scopes: frozenset[str] = SCOPES
    agent_view: bool = True
    """Whether the app is an agent; setSuggestedPrompts with a thread_ts then silently does nothing."""

    @property
    def domain(self) -> str:
        return f"team-{self.team.lower()}"

    def conversations(self) -> dict[str, Channel]:
        """Every conversation by its id, direct ones included."""
        everyone = frozenset(self.users)
        named = {
            id: each if isinstance(each, Channel) else Channel(id, each, people=everyone)
            for id, each in self.channels.items()
        }
        direct = {
            dm(user): Channel(dm(user), "directmessage", "im", frozenset({user})) for user in self.users
        }
        return direct | named


@dataclass
class SlackMessage:
    """A message as people see it. `user` is who wrote it, `bot` the bot's id when a bot did.

    `markdown` is set when the text is standard Markdown (markdown_text and streams) rather than mrkdwn;
    `tasks` and `plan` are what a stream showed. `edited` is the mark that people see, which Slack leaves out
    when an app sends blocks; `earlier` has the texts before each change, marked or not.
    """

    ts: str
    channel: str
    team: str
    user: str
    text: str = ""
    bot: str | None = None
    thread_ts: str | None = None
    blocks: list[Json] = field(default_factory=list[Json])
    metadata: Json | None = None
    markdown: bool = False
    streaming: bool = False
    deleted: bool = False
    edited: bool = False
    broadcast: bool = False
    ephemeral_to: str | None = None
    files: list[str] = field(default_factory=list[str])
    reactions: list[str] = field(default_factory=list[str])
    tasks: list[Json] = field(default_factory=list[Json])
    plan: str | None = None
    earlier: list[str] = field(default_factory=list[str])

    @property
    def root(self) -> str:
        """The ts of the thread that it belongs to or would begin."""
        return self.thread_ts or self.ts


@dataclass
class Upload:
    """A file. `shared` are the channel and thread that it was shared in."""

    id: str
    team: str
    name: str
    length: int
    data: bytes | None = None
    title: str | None = None
    shared: tuple[str, str | None] | None = None


@dataclass
class OpenView:
    """A modal on a person's screen."""

    id: str
    team: str
    user: str
    view: Json
    hash: str
    open: bool = True


@dataclass(frozen=True)
class Call:
    """A request to a Web API method, an upload (`upload`) or a response_url (`response_url`), once answered.

    `at` is the Unix time of its arrival, `status` the HTTP status, `error` Slack's code or None.
    """

    method: str
    team: str | None
    token: str | None
    args: Json
    at: float
    status: int
    error: str | None = None


@dataclass
class Hook:
    """A response_url: five uses."""

    team: str
    channel: str
    user: str
    message_ts: str | None = None
    thread_ts: str | None = None
    used: int = 0


def dm(user: str) -> str:
    """The id of a person's direct conversation with the bot."""
    return f"D{user[1:]}"


class World:
    """The state of a server. Messages are handed out as copies."""

    def __init__(self, workspaces: list[Workspace], epoch: int) -> None:
        self.changed = threading.Condition(threading.RLock())
        self.workspaces = {each.team: each for each in workspaces}
        self.epoch = epoch
        self.posted: list[SlackMessage] = []
        self.uploads: dict[str, Upload] = {}
        self.views: dict[str, OpenView] = {}
        self.statuses: dict[tuple[str, str, str], str] = {}
        self.titles: dict[tuple[str, str, str], str] = {}
        self.suggested: dict[tuple[str, str], Json] = {}
        self.calls: list[Call] = []
        self.violations: list[str] = []
        self.advice: list[str] = []
        self.triggers: dict[str, tuple[str, str]] = {}
        self.spent: set[str] = set()
        self.hooks: dict[str, Hook] = {}
        self._ticks = 0
        self._ids = 0

    @contextmanager
    def change(self) -> Iterator[None]:
        """Holds the lock and tells those who wait that something changed."""
        with self.changed:
            yield
            self.changed.notify_all()

    def workspace(self, team: str | None = None) -> Workspace:
        """One by its id; the first when none is named. Raises KeyError."""
        return next(iter(self.workspaces.values())) if team is None else self.workspaces[team]

    def of_token(self, token: str) -> Workspace | None:
        return next((each for each in self.workspaces.values() if each.bot_token == token), None)

    def next_ts(self) -> str:
        """A timestamp later than all before it, like "1760000000.000100"."""
        with self.changed:
            self._ticks += 100
            return f"{self.epoch + self._ticks // 1_000_000}.{self._ticks % 1_000_000:06d}"

    def next_id(self, prefix: str) -> str:
        """An id that no other thing has, like "Ev0000000A"."""
        with self.changed:
            self._ids += 1
            return f"{prefix}{self._ids:08X}"

    def channel(self, workspace: Workspace, id: object) -> Channel:
        """The conversation of that id. Raises SlackError channel_not_found."""
        found = workspace.conversations().get(str(id))
        if found is None:
            raise SlackError("channel_not_found")
        return found

    def writable(self, workspace: Workspace, id: object) -> Channel:
        """The same, and the bot may write in it. Raises SlackError."""
        channel = self.channel(workspace, dm(str(id)) if str(id) in workspace.users else id)
        if not channel.bot:
            raise SlackError("not_in_channel" if channel.kind == "channel" else "channel_not_found")
        if channel.archived:
            raise SlackError("is_archived")
        return channel

    def add(self, message: SlackMessage) -> SlackMessage:
        """Puts a message into the world; blocks without an id get one, as on Slack."""
        with self.change():
            message.blocks = self.with_ids(message.blocks)
            self.posted.append(message)
            if message.bot and message.ephemeral_to is None:
                self.statuses.pop((message.team, message.channel, message.root), None)
        return message

    def with_ids(self, blocks: list[Json]) -> list[Json]:
        """A copy of the blocks, each with an id."""
        copied = copy.deepcopy(blocks)
        for block in copied:
            if not block.get("block_id"):
                block["block_id"] = self.next_id("b")
        return copied

    def find(self, team: str, channel: str | None, ts: object) -> SlackMessage | None:
        """The message itself, not a copy, unless it was deleted."""
        for message in self.posted:
            same = message.team == team and message.ts == ts and not message.deleted
            if same and channel in (None, message.channel):
                return message
        return None

    def own(self, workspace: Workspace, channel: str, ts: object, otherwise: str) -> SlackMessage:
        """A message of the bot's that everyone sees. Raises SlackError message_not_found or `otherwise`."""
        message = self.find(workspace.team, channel, ts)
        if message is None or message.ephemeral_to is not None:
            raise SlackError("message_not_found")
        if message.bot != workspace.bot_id:
            raise SlackError(otherwise)
        return message

    def in_thread(self, team: str, channel: str, root: str) -> list[SlackMessage]:
        """A thread's messages that everyone sees, the first one first, deleted ones left out."""
        return [
            message
            for message in self.posted
            if (message.team, message.channel, message.root) == (team, channel, root)
            and message.ephemeral_to is None
            and not message.deleted
        ]

    def hook(self, hook: Hook) -> str:
        """A new response_url's last part."""
        with self.change():
            id = self.next_id("R")
            self.hooks[id] = hook
            return id

    def trigger(self, team: str, user: str) -> str:
        """A new trigger_id; it opens one view."""
        with self.change():
            id = f"{self.next_id('')}.{self.next_id('')}.{team.lower()}"
            self.triggers[id] = (team, user)
            return id

    def broken(self, found: list[str], where: str) -> None:
        """Keeps what broke a limit."""
        with self.change():
            self.violations += [f"{where}: {what}" for what in found]


class Args(dict[str, Any]):
    """A method's arguments, from JSON, a form or a query; structures in a form are JSON text."""

    def need(self, *names: str) -> None:
        """Raises SlackError invalid_arguments, like Slack, when one is missing."""
        missing = [name for name in names if self.get(name) in (None, "")]
        if missing:
            raise SlackError(
                "invalid_arguments", [f"[ERROR] missing required field: {name}" for name in missing]
            )

    def structure(self, name: str, wrong: str = "invalid_arguments") -> Any:
        """A list or object, or None when absent. Raises SlackError `wrong` for text that is not JSON."""
        value = self.get(name)
        if isinstance(value, str) and value:
            try:
                return json.loads(value)
            except ValueError:
                raise SlackError(wrong) from None
        return value

    def flag(self, name: str) -> bool:
        return self.get(name) in (True, 1, "1", "true", "True")
