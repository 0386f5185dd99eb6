"""What comes from Slack, read from the payloads that Slack documents. Pure: nothing is looked up or kept."""

import re
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from advisor.domain.facts import Frozen
from advisor.domain.vocabulary import FactKey
from advisor.interfaces.documents.plain import plain

Payload = Mapping[str, Any]
Kind = Literal["message", "edit", "removal", "press", "what_if", "kit", "kit_part", "command"]

LONGEST_TITLE = 80
MOST_TEXT = 40_000
"""Characters kept of a message, twice what the advisor reads: it says itself that one is too long."""

_SPOKEN = (None, "file_share", "thread_broadcast", "me_message")
"""Kinds of messages in which a person says something."""

_REFERENCE = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")
_PERSON = re.compile(r"<@([A-Z0-9]+)(?:\|[^<>]*)?>")


class Incoming(Frozen):
    """One thing to be answered, once.

    `key` names it: the same message by another event or a retry has the same. `thread` is the conversation,
    `reply_to` the thread that the answer goes to, None for the top of a direct message. `ts` orders what
    was said. `addressed` tells that the bot was called by name or in a direct message. `original` is the
    key of the message that an edit or a removal is about; `turn`, `about` and `choice` belong to buttons.
    `user` said it; `asker` is whom the answer is for where that is someone else, `user_team` their team where
    it is another one. `since` is when it was asked, where that is later than `ts`.
    """

    key: str
    kind: Kind
    team: str
    channel: str
    thread: str
    reply_to: str | None
    ts: str
    user: str
    asker: str | None = None
    user_team: str | None = None
    since: str | None = None
    title: str = ""
    text: str = ""
    addressed: bool = False
    with_files: bool = False
    original: str | None = None
    turn: str | None = None
    about: FactKey | None = None
    choice: int | None = None
    part: str | None = None
    changes: dict[str, str] = Field(default_factory=dict[str, str])
    response_url: str | None = None


def conversation(team: str, channel: str, root: str | None) -> str:
    """The name of a conversation: workspace, channel and thread; a direct message is one as a whole."""
    return ":".join(("slack", team, channel, *([] if is_direct(channel) or root is None else [root])))


def is_direct(channel: str) -> bool:
    """Whether it is a direct message between one person and the bot."""
    return channel.startswith("D")


def _answered_in(channel: str, root: str | None, ts: str) -> str | None:
    """The thread that is answered in: the message's, or one that begins at it; direct messages need none."""
    return root if is_direct(channel) else root or ts


def message_key(team: str, channel: str, ts: str) -> str:
    """Names a message, whichever event told of it."""
    return f"m:{team}:{channel}:{ts}"


def of_event(body: Payload, team: str, bot_user: str) -> Incoming | None:
    """A message, an edit or a removal; None for what is not for us to read: bots, joins, our own words.

    `team` is the workspace whose bot is meant; in a shared channel the payload may name another one.
    """
    event = body["event"]
    if event["type"] not in ("app_mention", "message"):
        return None
    match event.get("subtype"):
        case "message_changed":
            return _edit(event, team, bot_user)
        case "message_deleted":
            return _removal(event, team, bot_user)
        case subtype if subtype in _SPOKEN:
            return _message(event, team, bot_user)
    return None


def _message(event: Payload, team: str, bot_user: str) -> Incoming | None:
    user = event.get("user")
    if user is None or user == bot_user or event.get("bot_id") is not None:
        return None
    channel, ts, root = str(event["channel"]), str(event["ts"]), event.get("thread_ts")
    text = str(event.get("text") or "")
    called = event["type"] == "app_mention" or bot_user in people(text)
    return Incoming(
        key=message_key(team, channel, ts),
        kind="message",
        team=team,
        channel=channel,
        thread=conversation(team, channel, str(root or ts)),
        reply_to=_answered_in(channel, root, ts),
        ts=ts,
        user=str(user),
        user_team=event.get("user_team") or event.get("team"),
        title=title(readable(text, bot_user, {})),
        text=text[:MOST_TEXT],
        addressed=called or is_direct(channel),
        with_files=bool(event.get("files")),
    )


def _edit(event: Payload, team: str, bot_user: str) -> Incoming | None:
    message: Payload = event.get("message") or {}
    before: Payload = event.get("previous_message") or {}
    if message.get("subtype") == "tombstone":  # A message that had replies leaves its place behind.
        return _removal({**event, "deleted_ts": message.get("ts")}, team, bot_user)
    # Slack tells of links that it has drawn, and of thread counts, as changes too.
    if message.get("text") == before.get("text") or message.get("subtype") not in _SPOKEN:
        return None
    read = _message({**message, "type": "message", "channel": event["channel"]}, team, bot_user)
    if read is None:
        return None
    at = str(event["ts"])  # `edited` has whole seconds, which may be before what was changed
    return read.model_copy(
        update={"key": f"e:{read.key}:{at}", "kind": "edit", "original": read.key, "ts": at}
    )


def _removal(event: Payload, team: str, bot_user: str) -> Incoming | None:
    before: Payload = event.get("previous_message") or {}
    gone = str(event.get("deleted_ts") or before.get("ts") or "")
    if not gone or before.get("user") in (None, bot_user) or before.get("bot_id") is not None:
        return None
    channel, root = str(event["channel"]), before.get("thread_ts")
    key = message_key(team, channel, gone)
    return Incoming(
        key=f"d:{key}",
        kind="removal",
        team=team,
        channel=channel,
        thread=conversation(team, channel, str(root or gone)),
        reply_to=_answered_in(channel, root, gone),
        ts=str(event["ts"]),
        user=str(before["user"]),
        original=key,
    )


def of_button(body: Payload, team: str, kind: Kind, value: Payload) -> Incoming | None:
    """A button that was pressed; None for one on a message that is not in a channel."""
    channel = (body.get("channel") or {}).get("id")
    message: Payload = body.get("message") or {}
    ts = message.get("ts") or (body.get("container") or {}).get("message_ts")
    if not channel or not ts:
        return None
    root = message.get("thread_ts")
    part = value.get("part")
    return Incoming(
        # One answer to a question, whoever presses which of its buttons first.
        key=":".join([kind, team, channel, str(ts), *([str(part)] if part else [])]),
        kind=kind,
        team=team,
        channel=str(channel),
        thread=conversation(team, str(channel), str(root or ts)),
        reply_to=_answered_in(str(channel), root, str(ts)),
        ts=str(body["actions"][0].get("action_ts") or ts),
        user=str(body["user"]["id"]),
        user_team=body["user"].get("team_id"),
        turn=value.get("turn"),
        about=value.get("about"),
        choice=value.get("choice"),
        part=part,
    )


def of_command(body: Payload, team: str, now: float) -> Incoming:
    """A slash command. Its conversation begins with a message of ours, so its own name is a passing one.

    `now` is the time in seconds since 1970, since Slack does not stamp it.
    """
    channel = str(body["channel_id"])
    key = f"c:{team}:{channel}:{body['trigger_id']}"
    return Incoming(
        key=key,
        kind="command",
        team=team,
        channel=channel,
        thread=key,
        reply_to=None,
        ts=f"{now:.6f}",
        user=str(body["user_id"]),
        text=str(body.get("text") or "").strip()[:MOST_TEXT],
        response_url=body.get("response_url"),
    )


def of_form(body: Payload, team: str, private: Payload, changes: dict[str, str], now: float) -> Incoming:
    """A what-if form that was sent; `private` says for which conversation."""
    view, channel = body["view"], str(private["channel"])
    root = private.get("root")
    return Incoming(
        key=f"w:{team}:{view['id']}",
        kind="what_if",
        team=team,
        channel=channel,
        thread=conversation(team, channel, root),
        reply_to=root,
        ts=f"{now:.6f}",
        user=str(body["user"]["id"]),
        changes=changes,
    )


def of_shortcut(body: Payload, team: str, workspace_bot: str) -> Incoming | None:
    """A message that somebody asks the advisor about: it is read as if its author had said it to us.

    What a bot wrote is read as said by who asks. None for what our own bot wrote.
    """
    message: Payload = body["message"]
    channel, ts, asker = str(body["channel"]["id"]), str(message["ts"]), str(body["user"]["id"])
    if message.get("user") == workspace_bot:
        return None
    author = message.get("user") if message.get("bot_id") is None else None
    text = str(message.get("text") or "")
    root = message.get("thread_ts")
    return Incoming(
        key=message_key(team, channel, ts),
        kind="message",
        team=team,
        channel=channel,
        thread=conversation(team, channel, str(root or ts)),
        reply_to=_answered_in(channel, root, ts),
        ts=ts,
        user=str(author or asker),
        asker=asker,
        user_team=body["user"].get("team_id"),
        since=body.get("action_ts"),
        title=title(readable(text, workspace_bot, {})),
        text=text[:MOST_TEXT],
        addressed=True,
        with_files=bool(message.get("files")),
        response_url=body.get("response_url"),
    )


def title(text: str) -> str:
    """The first words, for the list of conversations."""
    words = plain(text)
    return words if len(words) <= LONGEST_TITLE else words[:LONGEST_TITLE].rpartition(" ")[0] + " …"


def people(text: str) -> tuple[str, ...]:
    """The ids of the people named in a message."""
    return tuple(dict.fromkeys(_PERSON.findall(text)))


def readable(text: str, bot_user: str, names: Mapping[str, str]) -> str:
    """A message as its sender saw it: names for ids, addresses as written, without the call of the bot."""

    def shown(found: re.Match[str]) -> str:
        sign, target, label = found.groups()
        if sign == "@":
            return "" if target == bot_user else "@" + names.get(target, label or target)
        if sign == "#":
            return f"#{label or target}"
        if sign == "!":
            return label or "@" + target.partition("^")[0]
        return label or target.removeprefix("mailto:")

    plain = _REFERENCE.sub(shown, text)
    for entity, sign in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        plain = plain.replace(entity, sign)
    return plain.strip()
