"""The chat.* methods of Slack's Web API over a world, with Slack's own checks and error codes.

Where the reference is silent, what its users measured stands beside the check.
"""

from dataclasses import dataclass
from typing import Any

from advisor.testing.block_kit import text_violations, violations
from advisor.testing.slack_events import Sender
from advisor.testing.slack_limits import limit
from advisor.testing.slack_world import Args, Channel, Json, SlackError, SlackMessage, Workspace, World

STREAM_TEXT = limit("markdown_text")
"""Characters that one streamed message takes in all. Undocumented: past it appendStream says msg_too_long."""

TASK_STATUSES = ("pending", "in_progress", "complete", "error")


@dataclass(frozen=True)
class Asked:
    """A request to a method, by a known workspace."""

    method: str
    world: World
    workspace: Workspace
    args: Args
    sender: Sender

    def check(self, found: list[str], code: str) -> None:
        """Keeps what broke a limit and raises SlackError `code` when anything did."""
        if found:
            self.world.broken(found, self.method)
            raise SlackError(code, [f"[ERROR] {what}" for what in found])

    def blocks(self) -> list[Json] | None:
        """The blocks that were sent, or None. Raises SlackError invalid_blocks or msg_blocks_too_long."""
        blocks = self.args.structure("blocks", "invalid_blocks_format")
        if not blocks:
            return None if blocks is None else []
        found = violations(blocks)
        together = [what for what in found if what.startswith("markdown blocks together")]
        self.check(found, "msg_blocks_too_long" if found == together else "invalid_blocks")
        return blocks

    def metadata(self) -> Json | None:
        metadata = self.args.structure("metadata", "invalid_metadata_format")
        if not metadata:
            return metadata
        if not isinstance(metadata, dict) or not {"event_type", "event_payload"} <= set(metadata):
            raise SlackError("invalid_metadata_format")
        if not isinstance(metadata["event_payload"], dict):
            raise SlackError("invalid_metadata_schema")
        return metadata

    def written(self, needed: bool = True) -> tuple[str, bool]:
        """The text that was sent, and whether it is Markdown. Raises SlackError."""
        text, markdown = self.args.get("text") or "", self.args.get("markdown_text") or ""
        if markdown and (text or self.args.get("blocks")):
            raise SlackError("markdown_text_conflict")
        self.short_enough(markdown)
        if needed and not (text or markdown or self.args.get("blocks") or self.args.get("attachments")):
            raise SlackError("no_text")
        if len(text) > limit("message.text.recommended"):
            with self.world.change():
                self.world.advice.append(f"{self.method}: text of {len(text)} characters, 4,000 recommended")
        return (markdown, True) if markdown else (text, False)

    def short_enough(self, markdown: str) -> None:
        if len(markdown) > limit("markdown_text"):
            self.check(
                [f"markdown_text of {len(markdown)} characters [json-pointer:/markdown_text]"], "msg_too_long"
            )

    def thread(self, channel: Channel) -> str | None:
        """The thread_ts to keep. Raises SlackError for one that is not in the channel."""
        ts = self.args.get("thread_ts")
        if not ts:
            return None
        parent = self.world.find(self.workspace.team, channel.id, ts)
        known = bool(self.world.in_thread(self.workspace.team, channel.id, str(ts)))
        if (parent is None and not known) or (parent is not None and parent.ephemeral_to is not None):
            raise SlackError("cannot_reply_to_message")
        if parent is not None and parent.thread_ts:
            self.world.broken([f"thread_ts {ts} is a reply's, not its parent's"], self.method)
            return parent.thread_ts
        return str(ts)

    def message(self, channel: Channel, text: str, **more: Any) -> SlackMessage:
        """A new message of the bot's."""
        space = self.workspace
        ts = self.world.next_ts()
        return SlackMessage(ts, channel.id, space.team, space.bot_user, text, space.bot_id, **more)


def post_message(asked: Asked) -> Json:
    """chat.postMessage. A text over 40,000 characters is cut, with a warning, as documented."""
    asked.args.need("channel")
    channel = asked.world.writable(asked.workspace, asked.args["channel"])
    text, markdown = asked.written()
    blocks, metadata, thread = asked.blocks(), asked.metadata(), asked.thread(channel)
    cut = text_violations(text)
    asked.world.broken(cut, asked.method)
    message = asked.message(
        channel,
        text[: limit("message.text")],
        markdown=markdown,
        blocks=blocks or [],
        metadata=metadata or None,
        thread_ts=thread,
        broadcast=asked.args.flag("reply_broadcast"),
    )
    shown = asked.sender.content(asked.world.add(message))
    warning = {"warning": "message_truncated"} if cut else {}
    return {"channel": channel.id, "ts": message.ts, "message": shown} | warning


def post_ephemeral(asked: Asked) -> Json:
    """chat.postEphemeral."""
    asked.args.need("channel", "user")
    channel = asked.world.writable(asked.workspace, asked.args["channel"])
    user = str(asked.args["user"])
    if user not in channel.people:
        raise SlackError("user_not_in_channel")
    text, markdown = asked.written()
    asked.check(text_violations(text), "msg_too_long")
    blocks, thread = asked.blocks() or [], asked.thread(channel)
    message = asked.message(
        channel, text, markdown=markdown, blocks=blocks, thread_ts=thread, ephemeral_to=user
    )
    return {"message_ts": asked.world.add(message).ts}


def update(asked: Asked) -> Json:
    """chat.update: blocks go when only a text comes, metadata stays unless it is named."""
    asked.args.need("channel", "ts")
    world, space, args = asked.world, asked.workspace, asked.args
    channel = world.channel(space, args["channel"])
    message = world.own(space, channel.id, args["ts"], "cant_update_message")
    if message.streaming:
        raise SlackError("streaming_state_conflict")
    text, markdown = asked.written(needed=asked.args.get("metadata") is None)
    most = limit("update.text")
    if not markdown and len(text) > most:
        asked.check(
            [f"text must be at most {most} characters, is {len(text)} [json-pointer:/text]"], "msg_too_long"
        )
    blocks, metadata = asked.blocks(), asked.metadata()
    with world.change():
        message.earlier.append(message.text)
        if text:
            message.text, message.markdown = text, markdown
        if blocks is not None:
            message.blocks = world.with_ids(blocks)
        elif text:
            message.blocks = []
        if metadata is not None:
            message.metadata = metadata or None
        message.edited = message.edited or blocks is None
    return {"channel": channel.id, "ts": message.ts, "text": text, "message": asked.sender.content(message)}


def delete(asked: Asked) -> Json:
    """chat.delete, of a message of the bot's."""
    asked.args.need("channel", "ts")
    channel = asked.world.channel(asked.workspace, asked.args["channel"])
    message = asked.world.own(asked.workspace, channel.id, asked.args["ts"], "cant_delete_message")
    with asked.world.change():
        message.deleted, message.streaming = True, False
    return {"channel": channel.id, "ts": message.ts}


def start_stream(asked: Asked) -> Json:
    """chat.startStream: a thread in a direct conversation, a recipient in a channel."""
    asked.args.need("channel")
    world, space, args = asked.world, asked.workspace, asked.args
    channel = world.writable(space, args["channel"])
    if channel.kind == "im":
        args.need("thread_ts")
    else:
        for name in ("recipient_team_id", "recipient_user_id"):
            if not args.get(name):
                raise SlackError(f"missing_{name}")
        if args["recipient_team_id"] not in world.workspaces:
            raise SlackError("team_not_found")
        if args["recipient_user_id"] not in world.workspaces[args["recipient_team_id"]].users:
            raise SlackError("user_not_found")
    if args.get("task_display_mode", "timeline") not in ("timeline", "plan"):
        raise SlackError("invalid_arguments", ["[ERROR] invalid value [json-pointer:/task_display_mode]"])
    message = asked.message(channel, "", thread_ts=asked.thread(channel), markdown=True, streaming=True)
    _grow(asked, message)
    world.add(message)
    return {"channel": channel.id, "ts": message.ts}


def append_stream(asked: Asked) -> Json:
    """chat.appendStream."""
    message = _streaming(asked)
    if not asked.args.get("markdown_text") and not asked.args.structure("chunks"):
        raise SlackError("no_text")
    with asked.world.change():
        _grow(asked, message)
    return {"channel": message.channel, "ts": message.ts}


def stop_stream(asked: Asked) -> Json:
    """chat.stopStream; the blocks stand below what was streamed."""
    message = _streaming(asked)
    blocks, metadata = asked.blocks(), asked.metadata()
    with asked.world.change():
        _grow(asked, message)
        message.blocks += asked.world.with_ids(blocks or [])
        message.metadata = metadata or message.metadata
        message.streaming = False
        asked.world.statuses.pop((message.team, message.channel, message.root), None)
    return {"channel": message.channel, "ts": message.ts, "message": asked.sender.content(message)}


def _streaming(asked: Asked) -> SlackMessage:
    asked.args.need("channel", "ts")
    channel = asked.world.channel(asked.workspace, asked.args["channel"])
    message = asked.world.own(asked.workspace, channel.id, asked.args["ts"], "message_not_found")
    if not message.streaming:
        raise SlackError("message_not_in_streaming_state")
    return message


def _grow(asked: Asked, message: SlackMessage) -> None:
    """Adds markdown_text or chunks to a stream, all of them or none."""
    text, chunks = (
        asked.args.get("markdown_text") or "",
        asked.args.structure("chunks", "invalid_chunks") or [],
    )
    if text and chunks:  # measured by vercel/chat#886: the two in one request are refused
        raise SlackError("invalid_arguments", ["[ERROR] markdown_text and chunks can't be used together"])
    if not isinstance(chunks, list):
        raise SlackError("invalid_chunks")
    asked.short_enough(text)
    blocks: list[Json] = []
    for at, chunk in enumerate(chunks):
        found = _chunk_violations(chunk, f"/chunks/{at}")
        asked.check(found, "invalid_chunks")
        if chunk["type"] == "markdown_text":
            asked.short_enough(chunk["text"])
            text += chunk["text"]
        elif chunk["type"] == "blocks":
            blocks += chunk["blocks"]
    if blocks:
        asked.check(violations(message.blocks + blocks), "invalid_blocks")
    whole = message.text + text
    if len(whole) > STREAM_TEXT:
        asked.check([f"a streamed message of {len(whole)} characters [json-pointer:/chunks]"], "msg_too_long")
    message.text = whole
    message.blocks += asked.world.with_ids(blocks)
    for chunk in chunks:
        if chunk["type"] == "plan_update":
            message.plan = chunk["title"]
        elif chunk["type"] == "task_update":
            _task(message, chunk)


def _task(message: SlackMessage, chunk: Json) -> None:
    """Adds a task, or what is new of one that is shown."""
    new = {name: value for name, value in chunk.items() if name != "type"}
    for task in message.tasks:
        if task["id"] == new["id"]:
            task.update(new)
            return
    message.tasks.append(new)


def _chunk_violations(chunk: object, path: str) -> list[str]:
    kind = chunk.get("type") if isinstance(chunk, dict) else None
    needed = {
        "markdown_text": ("text",),
        "plan_update": ("title",),
        "task_update": ("id", "title", "status"),
        "blocks": ("blocks",),
    }.get(str(kind))
    if needed is None or not isinstance(chunk, dict):
        return [f"unsupported chunk: {kind} [json-pointer:{path}]"]
    found = [
        f"missing required field: {name} [json-pointer:{path}]" for name in needed if not chunk.get(name)
    ]
    if kind == "task_update" and chunk.get("status") not in TASK_STATUSES:
        found.append(f"must be one of {', '.join(TASK_STATUSES)} [json-pointer:{path}/status]")
    return found
