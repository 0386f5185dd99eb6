"""Delivery: each message of an answer reaches Slack once, whatever fails in between.

A message is noted before it is sent and when it has arrived, and carries a mark of what it is. Where that was
cut short, or Slack's answer got lost, the place is looked at for the mark. A stream can't be marked when it
begins: there it is the first message of ours in the thread that the ledger does not know.
"""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp

from advisor.interfaces.slack.blocks import Message, Shape
from advisor.interfaces.slack.calls import FIRST_WAIT, TRIES, SlackRefused, SlackUnclear
from advisor.interfaces.slack.incoming import Incoming
from advisor.interfaces.slack.ledger import Ledger, Part
from advisor.interfaces.slack.workspaces import Workspace

LOOKED_AT = 200
"""Messages looked through for one that may have arrived."""
MARK = "advisor_answer"
"""The kind of metadata that marks a message; it holds ids alone."""


BY_OUR_CLOCK = ("command", "what_if")
SKEW = 60.0
"""Seconds by which our clock may be ahead of Slack's, which stamps all else."""


@dataclass(frozen=True)
class Address:
    """Where an answer goes: which of the bot's conversations, and where in Slack.

    `to` is whom it answers, of the team `to_team`; nothing of the answer is older than `since`.
    """

    thread: str
    channel: str
    reply_to: str | None
    to: str
    to_team: str
    since: str

    @classmethod
    def of(cls, came: Incoming) -> "Address":
        """The place that something came from."""
        since = came.since or came.ts
        if came.kind in BY_OUR_CLOCK:
            since = f"{float(came.ts) - SKEW:.6f}"
        team = came.user_team or came.team
        return cls(came.thread, came.channel, came.reply_to, came.asker or came.user, team, since)


@dataclass(frozen=True)
class File:
    """A file to be uploaded."""

    name: str
    title: str
    content: bytes


class Delivery:
    """Sends the parts of one answer to one place. `key` names what is answered."""

    def __init__(
        self,
        workspace: Workspace,
        ledger: Ledger,
        key: str,
        address: Address,
        now: Callable[[], dt.datetime],
    ) -> None:
        self.workspace = workspace
        self.address = address
        self._ledger = ledger
        self._key = key
        self._now = now

    async def send(self, part: int, message: Message, turn: str = "") -> str:
        """Posts one message and gives Slack's id of it. Raises SlackRefused, SlackUnclear."""
        held = await self.held(part)
        if held is not None and held.state == "sent":
            return held.ts
        ts = held.ts if held is not None else ""
        if held is not None and not ts:
            ts = await self.arrived(part) or ""
        if ts:
            await self.update(ts, message)
        else:
            await self.note(part, Part("sending", ""), turn)
            ts = await self._posted(part, message)
        await self.note(part, Part("sent", ts), turn)
        return ts

    async def open(self, part: int, message: Message) -> str:
        """Posts a message that is to be completed by `send`, and gives Slack's id of it."""
        await self.note(part, Part("sending", ""), "")
        ts = await self._posted(part, message)
        await self.note(part, Part("open", ts), "")
        return ts

    async def upload(self, part: int, files: Sequence[File], comment: str, turn: str = "") -> None:
        """Uploads files and shows them in the thread. Raises SlackRefused, SlackUnclear."""
        held = await self.held(part)
        if held is not None and held.state == "sent":
            return
        ids = held.ts.split(",") if held is not None and held.ts else []
        if ids and await self._shows(ids):
            await self.note(part, Part("sent", ",".join(ids)), turn)
            return
        ids = [await self._uploaded(one) for one in files]
        await self.note(part, Part("sending", ",".join(ids)), turn)
        shown = [{"id": one, "title": file.title} for one, file in zip(ids, files, strict=True)]
        arguments: Shape = {
            "files": shown,
            "channel_id": self.address.channel,
            "thread_ts": self.address.reply_to,
            "initial_comment": comment,
        }
        async for is_last in tries():
            try:
                await self.workspace.calls("files.completeUploadExternal", arguments)
                break
            except SlackUnclear:
                if await self._shows(ids):
                    break
                if is_last:
                    raise
        await self.note(part, Part("sent", ",".join(ids)), turn)

    async def update(self, ts: str, message: Message) -> None:
        """Puts other content into a message of ours."""
        given = {"channel": self.address.channel, "ts": ts, **message.shown()}
        await self.workspace.calls("chat.update", given, again=True)

    async def whisper(self, user: str, message: Message) -> None:
        """Shows a message to one person alone; nothing is lost where that fails."""
        arguments = {
            "channel": self.address.channel,
            "user": user,
            "thread_ts": self.address.reply_to,
            **message.shown(),
        }
        try:
            await self.workspace.calls("chat.postEphemeral", arguments)
        except (SlackRefused, SlackUnclear):
            return

    async def held(self, part: int) -> Part | None:
        """How far a part is."""
        return await asyncio.to_thread(self._ledger.part, self._key, part)

    async def note(self, part: int, told: Part, turn: str) -> None:
        """Keeps how far a part is."""
        await asyncio.to_thread(
            self._ledger.keep, self._key, part, self.address.thread, turn, told, self._now()
        )

    async def unsent(self, part: int) -> None:
        """Slack refused a part: there is nothing to look for."""
        await asyncio.to_thread(self._ledger.drop, self._key, part)

    async def arrived(self, part: int) -> str | None:
        """Slack's id of a part that may have arrived: by its mark, or as a stream that was never noted."""
        ours = [one for one in await self._messages() if self.workspace.is_ours(one)]
        marked = next((one for one in ours if _mark(one) == self._named(part)), None)
        if marked is not None:
            return str(marked["ts"])
        for message in ours:
            ts = str(message["ts"])
            # A file is shown by a message whose id Slack does not tell.
            other = message.get("files") or _mark(message) or ts <= self.address.since
            if self.address.reply_to is None or other:
                continue
            if not await asyncio.to_thread(self._ledger.is_shown, ts):
                return ts
        return None

    def _named(self, part: int) -> str:
        return f"{self._key}/{part}"

    async def _posted(self, part: int, message: Message) -> str:
        arguments = {
            "channel": self.address.channel,
            "thread_ts": self.address.reply_to,
            "metadata": {"event_type": MARK, "event_payload": {"part": self._named(part)}},
            **message.arguments(),
        }
        async for is_last in tries():
            try:
                return str((await self.workspace.calls("chat.postMessage", arguments))["ts"])
            except SlackUnclear:
                found = await self.arrived(part)
                if found is not None:
                    await self.update(found, message)
                    return found
                if is_last:
                    raise
        raise AssertionError("the last try returns or raises")

    async def _uploaded(self, file: File) -> str:
        """The id of a file whose content Slack has; nobody sees it yet."""
        asked = {"filename": file.name, "length": len(file.content)}
        told = await self.workspace.calls("files.getUploadURLExternal", asked, again=True)
        async for is_last in tries():
            try:
                await self._put(str(told["upload_url"]), file)
                break
            except (aiohttp.ClientError, TimeoutError, OSError):
                # Its host is another than the Web API's; a firewall may know the one and not the other.
                if is_last:
                    raise SlackRefused("upload", "upload_failed") from None
        return str(told["file_id"])

    async def _put(self, url: str, file: File) -> None:
        timeout = aiohttp.ClientTimeout(total=60)
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.post(url, data=file.content) as answer,
        ):
            answer.raise_for_status()

    async def _shows(self, ids: Sequence[str]) -> bool:
        wanted = set(ids)
        return any(
            one.get("id") in wanted
            for message in await self._messages()
            for one in message.get("files") or ()
        )

    async def _messages(self) -> list[dict[str, Any]]:
        """What was said in the place since, oldest first; nothing where the bot may not look."""
        where: Shape = {
            "channel": self.address.channel,
            "oldest": self.address.since,
            "limit": LOOKED_AT,
            "include_all_metadata": True,
        }
        method = "conversations.history"
        if self.address.reply_to is not None:
            method, where = "conversations.replies", where | {"ts": self.address.reply_to}
        try:
            told = await self.workspace.calls(method, where, again=True)
        except SlackRefused:
            return []
        return sorted(told.get("messages") or (), key=lambda message: str(message.get("ts")))


async def tries() -> AsyncIterator[bool]:
    """A few tries with growing waits between them; True for the last one."""
    for attempt in range(TRIES):
        yield attempt + 1 == TRIES
        await asyncio.sleep(FIRST_WAIT * 2**attempt)


def _mark(message: Mapping[str, Any]) -> str | None:
    """Which part a message was marked as."""
    metadata = message.get("metadata") or {}
    return str(metadata.get("event_payload", {}).get("part")) if metadata.get("event_type") == MARK else None
