"""A turn as people see it come: a status, steps while a language model works, then the text as a stream.

Where Slack streams nothing, a message that is updated in place does. The ledger knows of each message from
before it is begun, so that a turn that was cut short goes on with the message it has.
"""

import asyncio
import itertools

from advisor.domain.reply import Progress
from advisor.interfaces.documents.plain import plain
from advisor.interfaces.slack.blocks import Message, Shape, context, packed
from advisor.interfaces.slack.calls import SlackLimited, SlackRefused, SlackUnclear
from advisor.interfaces.slack.delivery import Delivery
from advisor.interfaces.slack.ledger import Part
from advisor.interfaces.slack.mrkdwn import as_markdown, escaped, pieces
from advisor.interfaces.slack.wording import wording

LEAD = 0
"""The part of an answer that is shown while it comes."""
STREAMED = 4_000
"""Characters of one piece of a stream."""
MOST_STREAMED = 9_000
"""Bytes of a whole stream: Slack documents 12,000 characters a piece, and refuses wholes of some 10,600."""

_NOT_HERE = frozenset({"unknown_method", "missing_scope", "not_allowed_token_type", "method_deprecated"})
"""Refusals after which no message of this workspace is streamed any more."""


class Live:
    """One answer while it is worked out. `steps`: it takes long enough for its steps to be worth showing."""

    def __init__(self, delivery: Delivery, steps: bool) -> None:
        self._delivery = delivery
        self._steps = steps
        self._told: list[str] = []
        self._ts = ""
        self._is_stream = False
        self._status: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        """Shows that the bot is at work."""
        held = await self._delivery.held(LEAD)
        if self._delivery.address.reply_to is not None and (held is None or held.state != "sent"):
            self._status = asyncio.create_task(self._set_status())
        if not self._steps or held is not None:
            return  # What a killed turn has left is completed at the end.
        first = {"type": "task_update", "id": "understand", "title": wording().stages["understand"]}
        if not await self._start([first | {"status": "in_progress"}]):
            await self._place()

    async def progress(self, event: Progress) -> None:
        """Shows that a stage has ended."""
        if not self._ts:
            return
        title, detail = wording().stages[event.stage], plain(event.detail)
        try:
            if self._is_stream:
                task: Shape = {"type": "task_update", "id": event.stage, "title": title, "status": "complete"}
                await self._append([task | ({"output": detail} if detail else {})])
            else:
                self._told.append(f"✓ {escaped(title)}" + (f": {escaped(detail)}" if detail else ""))
                await self._update(self._working())
        except (SlackRefused, SlackUnclear, SlackLimited):
            return  # The end shows it all.

    async def finish(self, message: Message, turn: str) -> None:
        """Shows the whole first message. Raises SlackRefused, SlackUnclear."""
        if self._status is not None:
            await self._status  # Set after the answer, it would stand until Slack drops it.
        held = await self._delivery.held(LEAD)
        if held is not None and held.state == "sent":
            return
        if held is not None and not self._ts:
            # A turn that was cut short left a message, perhaps one that still streams.
            left = held.ts or await self._delivery.arrived(LEAD)
            if left:
                await self._stopped(left)
        lead, rest = _parted(message)
        streams = self._is_stream or (held is None and await self._start(lead[:1], turn))
        if not streams:
            await self._delivery.send(LEAD, message, turn)
            return
        if not lead or not await self._completed(lead if self._steps else lead[1:], rest):
            await self._stopped(self._ts)
            await self._delivery.update(self._ts, message)
        await self._delivery.note(LEAD, Part("sent", self._ts), turn)

    async def given_up(self, message: Message) -> bool:
        """Ends what was begun with this message instead; False where nothing was begun."""
        held = await self._delivery.held(LEAD)
        if held is None or held.state != "open":
            return False
        await self._stopped(held.ts)
        await self._delivery.send(LEAD, message)
        return True

    async def _completed(self, text: list[Shape], rest: list[Shape]) -> bool:
        """Sends what is left of a stream, and its end; False where Slack did not take it all."""
        try:
            if text:
                await self._append(text)
            await self._call("chat.stopStream", {"ts": self._ts, "blocks": rest or None})
        except (SlackRefused, SlackUnclear, SlackLimited):
            return False
        return True

    async def _start(self, chunks: list[Shape], turn: str = "") -> bool:
        """Begins a stream; False where there can be none."""
        at, workspace = self._delivery.address, self._delivery.workspace
        if at.reply_to is None or not workspace.streams or not chunks:
            return False
        await self._delivery.note(LEAD, Part("sending", ""), turn)
        given: Shape = {
            "channel": at.channel,
            "thread_ts": at.reply_to,
            "recipient_team_id": at.to_team,
            "recipient_user_id": at.to,
            "chunks": chunks,
        }
        try:
            self._ts = str((await workspace.calls("chat.startStream", given, optional=True))["ts"])
        except SlackUnclear:
            self._ts = await self._delivery.arrived(LEAD) or ""
        except SlackRefused as refused:
            await self._delivery.unsent(LEAD)
            if refused.error in _NOT_HERE:
                workspace.streams = False
        except SlackLimited:
            await self._delivery.unsent(LEAD)
        if not self._ts:
            return False
        self._is_stream = True
        await self._delivery.note(LEAD, Part("open", self._ts), turn)
        return True

    async def _place(self) -> None:
        """A message to be updated in place."""
        try:
            self._ts = await self._delivery.open(LEAD, self._working())
        except (SlackRefused, SlackUnclear):
            return  # Told at the end, if it still is so.

    def _working(self) -> Message:
        return packed(context(["\n".join([f"_{escaped(wording().placeholder)}_", *self._told])]))[0]

    async def _update(self, message: Message) -> None:
        given = {"ts": self._ts, "text": message.text, "blocks": list(message.blocks)}
        await self._call("chat.update", given)

    async def _append(self, chunks: list[Shape]) -> None:
        await self._call("chat.appendStream", {"ts": self._ts, "chunks": chunks})

    async def _stopped(self, ts: str) -> None:
        """Ends a stream that may have ended already, or that was none."""
        try:
            await self._delivery.workspace.calls(
                "chat.stopStream", {"channel": self._delivery.address.channel, "ts": ts}, again=True
            )
        except (SlackRefused, SlackUnclear):
            return

    async def _call(self, method: str, given: Shape) -> None:
        channel = self._delivery.address.channel
        await self._delivery.workspace.calls(method, {"channel": channel, **given})

    async def _set_status(self) -> None:
        at, words = self._delivery.address, wording()
        given = {
            "channel_id": at.channel,
            "thread_ts": at.reply_to,
            "status": words.working,
            "loading_messages": [words.stages[stage] for stage in ("understand", "decide", "verify")],
        }
        try:
            await self._delivery.workspace.calls("assistant.threads.setStatus", given, optional=True)
        except (SlackRefused, SlackUnclear, SlackLimited):
            return


def _is_prose(block: Shape) -> bool:
    return block["type"] == "section" and "text" in block


def _parted(message: Message) -> tuple[list[Shape], list[Shape]]:
    """The prose that a message begins with as pieces of a stream, and the blocks that follow it.

    There are no pieces where the prose is longer than Slack streams.
    """
    prose = list(itertools.takewhile(_is_prose, message.blocks))
    texts = [as_markdown(block["text"]["text"]) for block in prose]
    found = [f"{piece}\n\n" for text in texts for piece in pieces(text, STREAMED)]
    if len("".join(found).encode()) > MOST_STREAMED:
        found = []
    return [{"type": "markdown_text", "text": text} for text in found], list(message.blocks[len(prose) :])
