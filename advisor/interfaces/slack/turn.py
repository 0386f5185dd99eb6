"""Answering: what came from Slack goes to the advisor, and what the advisor says goes back, once."""

import asyncio
import contextlib
import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol
from urllib.parse import urlsplit

from slack_sdk.webhook.async_client import AsyncWebhookClient

from advisor.conversation.advisor import AdvisorCore
from advisor.domain.memo import Memo
from advisor.domain.reply import Progress, Reply, Turn
from advisor.domain.vocabulary import FactKey
from advisor.errors import ExtraMissing, UnknownThread
from advisor.interfaces.documents.formats import file_name, render
from advisor.interfaces.slack import messages, what_if
from advisor.interfaces.slack.blocks import Message, Shape, context
from advisor.interfaces.slack.calls import SlackRefused
from advisor.interfaces.slack.delivery import Address, Delivery, File
from advisor.interfaces.slack.incoming import Incoming, conversation, message_key, people, readable, title
from advisor.interfaces.slack.ledger import Ledger
from advisor.interfaces.slack.live import LEAD, Live
from advisor.interfaces.slack.messages import Answered
from advisor.interfaces.slack.mrkdwn import escaped
from advisor.interfaces.slack.wording import wording
from advisor.interfaces.slack.workspaces import Workspace, Workspaces

FILES = 50
"""The part of an answer that the files are: behind any number of messages."""
LOST = 60
"""The part that says that something went wrong."""

_ABSENT = frozenset({"not_in_channel", "channel_not_found", "is_archived", "restricted_action"})


class Takes(Protocol):
    """Takes in something to be answered; tells whether it is new."""

    async def __call__(self, came: Incoming) -> bool: ...


class Answering:
    """Answers one thing after the other; the caller sees to it that a conversation has one at a time.

    Raises SlackUnclear where Slack could not be reached: the same thing is then to be answered again later.
    """

    def __init__(
        self,
        advisor: AdvisorCore,
        workspaces: Workspaces,
        ledger: Ledger,
        labels: Mapping[FactKey, str],
        now: Callable[[], dt.datetime],
        steps: bool,
        hosts: frozenset[str],
    ) -> None:
        self._advisor = advisor
        self._workspaces = workspaces
        self._ledger = ledger
        self._labels = labels
        self._now = now
        self._steps = steps
        self._hosts = hosts

    async def __call__(self, came: Incoming, take: Takes) -> None:
        """Answers it. `take` takes in what follows from it."""
        workspace = self._workspaces.of(came.team)
        if workspace is None:
            return
        delivery = Delivery(workspace, self._ledger, came.key, Address.of(came), self._now)
        if came.kind == "command":
            await self._command(came, workspace, delivery, take)
            return
        if await asyncio.to_thread(self._advisor.directory.owner, came.thread) is None:
            if came.kind not in ("message", "edit", "removal"):
                await delivery.whisper(came.user, messages.plainly(wording().gone))
            return  # It was forgotten in the meantime.
        name = await workspace.person(came.user, self._ledger)
        match came.kind:
            case "message":
                await self._message(came, delivery, name)
            case "edit":
                await self._edit(came, delivery, name)
            case "removal":
                await self._removal(came, delivery, name)
            case "press":
                await self._press(came, delivery, name)
            case "what_if":
                labels, changes = what_if.changes(came.changes)
                found = await asyncio.to_thread(self._advisor.suppose, came.thread, changes)
                await delivery.send(LEAD, messages.supposed(name, labels, {**changes}, found))
            case "kit" | "kit_part":
                await self._kit(came, delivery)

    async def lost(self, came: Incoming, refusal: str | None) -> None:
        """Says that it could not be answered; where the bot may not speak, to who asked alone."""
        workspace = self._workspaces.of(came.team)
        if workspace is None:
            return
        if refusal in _ABSENT:
            await self._absent(came)
            return
        if came.kind == "command" and came.response_url is not None:
            await respond(came.response_url, wording().own_error, self._hosts)
            return  # There is no thread yet in which it could be said.
        delivery = Delivery(workspace, self._ledger, came.key, Address.of(came), self._now)
        line = messages.plainly(wording().own_error)
        try:
            if not await Live(delivery, self._steps).given_up(line):
                await delivery.send(LOST, line)
        except SlackRefused:
            return  # It can't be said either.

    async def _absent(self, came: Incoming) -> None:
        """The bot is not where it was asked: what it read there it does not keep."""
        if came.response_url is not None:
            await respond(came.response_url, wording().not_here, self._hosts)
        if len(await self._turns(came.thread)) <= 1:
            with contextlib.suppress(UnknownThread):
                await asyncio.to_thread(self._advisor.forget, came.thread)

    # --- each kind --------------------------------------------------------------------------------

    async def _message(
        self, came: Incoming, delivery: Delivery, name: str, above: Sequence[Shape] = ()
    ) -> None:
        text = await self._readable(came.text, delivery.workspace)
        if not text:
            line = wording().no_files if came.with_files else wording().greeting
            await delivery.send(LEAD, messages.plainly(line))
            return
        if came.with_files:
            above = [*above, *context([wording().no_files])]
        await self._turn(came, delivery, text, name, above=above)

    async def _press(self, came: Incoming, delivery: Delivery, name: str) -> None:
        turns = await self._turns(came.thread)
        asked = next((one.reply.question for one in turns if one.message_id == came.turn and one.reply), None)
        last = turns[-1] if turns else None
        if asked is None or came.about is None or came.choice is None or came.choice >= len(asked.choices):
            return
        now_open = last.reply.question if last is not None and last.reply is not None else None
        is_again = last is not None and last.client_id == came.key
        if not is_again and (now_open is None or now_open.fact != came.about):
            await delivery.whisper(came.user, messages.plainly(wording().answered_before))
            return
        label = asked.choices[came.choice].label
        await self._turn(came, delivery, label, name, about=came.about, pressed=label)

    async def _turn(
        self,
        came: Incoming,
        delivery: Delivery,
        text: str,
        name: str,
        *,
        about: FactKey | None = None,
        pressed: str | None = None,
        above: Sequence[Shape] = (),
    ) -> None:
        """One turn of the conversation: shown as it comes, then its files, then the old buttons go."""
        before = await self._turns(came.thread)
        live = Live(delivery, self._steps)
        await live.begin()
        reply: Reply | None = None
        today = self._now().astimezone().date()
        async for event in self._advisor.stream(
            came.thread, text, today=today, message_id=came.key, about=about, by=name
        ):
            if isinstance(event, Progress):
                await live.progress(event)
            elif isinstance(event, Reply):
                reply = event
        if reply is None:
            raise RuntimeError("the advisor gave no reply")
        await asyncio.to_thread(self._advisor.directory.touch, came.thread, self._now())
        first, *others = await asyncio.to_thread(messages.of_reply, reply)
        if above:
            first = Message(first.text, (*above, *first.blocks))
        await live.finish(first, reply.message_id)
        for part, message in enumerate(others, start=1):
            await delivery.send(part, message, reply.message_id)
        if reply.memo is not None:
            await self._files(delivery, reply.memo, reply.message_id)
        for asked in _asked(before, reply):
            await self._settle(delivery, asked, Answered(pressed, name))

    async def _settle(self, delivery: Delivery, asked: Reply, answered: Answered) -> None:
        """The buttons of a question give way to its answer."""
        part = messages.question_at(asked)
        assert part is not None
        ts = await asyncio.to_thread(self._ledger.place, asked.thread, asked.message_id, part)
        if ts is None:
            return
        try:
            await delivery.update(ts, messages.of_reply(asked, answered)[part])
        except SlackRefused:
            return  # The message is gone, or too old to be changed; a press on it does no harm.

    async def _files(self, delivery: Delivery, memo: Memo, turn: str) -> None:
        """The memo as PDF and Markdown; as Markdown alone where the PDF's libraries are not there."""
        files, comment = list[File](), wording().files
        for form in ("pdf", "md"):
            try:
                content = await asyncio.to_thread(render, memo, form)
            except ExtraMissing:
                comment = wording().files_markdown_only
                continue
            files.append(File(file_name(memo, form), f"{form.upper()}: {memo.title}", content))
        try:
            await delivery.upload(FILES, files, comment, turn)
        except SlackRefused as refused:
            line = wording().no_upload.format(error=escaped(refused.error))
            await delivery.send(FILES + 1, messages.plainly(line), turn)

    async def _edit(self, came: Incoming, delivery: Delivery, name: str) -> None:
        """What the message told before is dropped, then it is read anew."""
        text = await self._readable(came.text, delivery.workspace)
        turns = await self._turns(came.thread)
        told = _told_by(came, turns)
        if any(turn.text == text and turn.client_id != came.key for turn in told):
            return  # It was still waiting when it was changed.
        for turn in told:
            if turn.client_id not in (None, came.key):
                await self._advisor.withdraw(came.thread, turn.client_id)
        await self._named(came.thread, turns, told, text)
        changed = context([wording().edited.format(name=escaped(name))])
        await self._message(came, delivery, name, changed)

    async def _removal(self, came: Incoming, delivery: Delivery, name: str) -> None:
        changed: dict[FactKey, None] = {}
        turns = await self._turns(came.thread)
        told = _told_by(came, turns)
        await self._named(came.thread, turns, told, wording().deleted_title)
        for turn in told:
            if turn.client_id is not None:
                changed |= dict.fromkeys(await self._advisor.withdraw(came.thread, turn.client_id))
        if changed:
            labels = escaped(", ".join(self._labels[key].lower() for key in changed))
            line = wording().deleted.format(name=escaped(name), labels=labels)
            await delivery.send(LEAD, messages.plainly(line))

    async def _named(self, thread: str, turns: Sequence[Turn], told: Sequence[Turn], text: str) -> None:
        """A conversation is listed by its first words; when these go, by others."""
        if turns and turns[0] in told:
            await asyncio.to_thread(self._advisor.directory.rename, thread, title(text))

    async def _kit(self, came: Incoming, delivery: Delivery) -> None:
        memo = await asyncio.to_thread(self._advisor.memo_of, came.thread, came.turn or "")
        if memo is None:
            return
        if came.kind == "kit":
            await delivery.send(LEAD, messages.kit_menu(memo, came.turn or ""))
            return
        for part, message in enumerate(messages.kit_part(memo, came.part or "")):
            await delivery.send(part, message)

    async def _command(self, came: Incoming, workspace: Workspace, delivery: Delivery, take: Takes) -> None:
        """A message of ours begins the thread, and what was asked is answered in it."""
        name = await workspace.person(came.user, self._ledger)
        text = await self._readable(came.text, workspace)
        quoted = "\n".join(f"> {line}" for line in escaped(text).split("\n"))
        root = messages.plainly(f"{wording().asked_by.format(name=escaped(name))}\n{quoted}")
        ts = await delivery.send(LEAD, root)
        thread = conversation(came.team, came.channel, ts)
        told = came.model_copy(
            update={
                "key": message_key(came.team, came.channel, ts),
                "kind": "message",
                "thread": thread,
                "reply_to": None if thread == conversation(came.team, came.channel, None) else ts,
                "ts": ts,
                "title": title(text),
                "addressed": True,
            }
        )
        await take(told)

    # --- beside them ------------------------------------------------------------------------------

    async def _readable(self, text: str, workspace: Workspace) -> str:
        names = {
            one: await workspace.person(one, self._ledger)
            for one in people(text)
            if one != workspace.bot_user
        }
        return readable(text, workspace.bot_user, names)

    async def _turns(self, thread: str) -> tuple[Turn, ...]:
        try:
            return await asyncio.to_thread(self._advisor.turns, thread)
        except UnknownThread:
            return ()


def _told_by(came: Incoming, turns: Sequence[Turn]) -> list[Turn]:
    """The turns of the message that an edit or a removal is about: as it was said, and as it was changed."""
    original = came.original or ""
    return [
        turn
        for turn in turns
        if turn.client_id == original or (turn.client_id or "").startswith(f"e:{original}:")
    ]


def _asked(before: Sequence[Turn], reply: Reply) -> list[Reply]:
    """The replies just before that put the question which this one's message has answered."""
    found: list[Reply] = []
    for turn in reversed([turn for turn in before if turn.message_id != reply.message_id]):
        question = turn.reply.question if turn.reply is not None else None
        if turn.reply is None or question is None or (found and found[-1].question != question):
            break
        fact = reply.facts.get(question.fact)
        if fact is None or fact.message_id != reply.message_id:
            break
        found.append(turn.reply)
    return found


async def respond(url: str, line: str, hosts: frozenset[str]) -> None:
    """Answers a command or a shortcut to its sender alone; nothing is lost where that fails.

    `hosts` are those that such an address may name.
    """
    if (urlsplit(url).hostname or "") not in hosts:
        return
    try:
        await AsyncWebhookClient(url, timeout=10).send(
            text=line, blocks=list(messages.plainly(line).blocks), response_type="ephemeral"
        )
    except Exception:  # noqa: BLE001 - whatever the library raises, a hint that got lost is no error
        return
