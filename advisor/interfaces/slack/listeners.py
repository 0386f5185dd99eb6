"""What Bolt listens to. Each listener keeps what came and is done; the answer is worked out behind it."""

import asyncio
import datetime as dt
import json
import logging
import re
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, cast

from slack_bolt.async_app import AsyncApp, AsyncBoltContext
from slack_bolt.response import BoltResponse

from advisor.conversation.advisor import AdvisorCore
from advisor.domain.reply import Reply
from advisor.errors import UnknownThread
from advisor.interfaces.cli_errors import write_log
from advisor.interfaces.slack import messages, what_if
from advisor.interfaces.slack.blocks import Message
from advisor.interfaces.slack.calls import SlackLimited, SlackRefused, SlackUnclear
from advisor.interfaces.slack.delivery import Address, Delivery
from advisor.interfaces.slack.incoming import (
    Incoming,
    Kind,
    Payload,
    of_button,
    of_command,
    of_event,
    of_form,
    of_shortcut,
)
from advisor.interfaces.slack.intake import Intake
from advisor.interfaces.slack.ledger import Ledger
from advisor.interfaces.slack.manifest import COMMAND, SHORTCUT
from advisor.interfaces.slack.turn import respond
from advisor.interfaces.slack.wording import wording
from advisor.interfaces.slack.workspaces import Workspace, Workspaces

Ack = Callable[..., Any]
ANY = re.compile(".*")


class Listeners:
    """Registers them all."""

    def __init__(
        self,
        advisor: AdvisorCore,
        workspaces: Workspaces,
        ledger: Ledger,
        intake: Intake,
        now: Callable[[], dt.datetime],
        hosts: frozenset[str],
    ) -> None:
        self._advisor = advisor
        self._workspaces = workspaces
        self._ledger = ledger
        self._intake = intake
        self._now = now
        self._hosts = hosts
        self._later: set[asyncio.Task[None]] = set()

    def register(self, app: AsyncApp) -> None:
        """Tells Bolt. What comes first in the list wins, so that what nobody wants is taken last."""
        app.event("app_mention")(self._event)
        app.event("message")(self._event)
        app.event("app_home_opened")(self._home)
        app.command(COMMAND)(self._command)
        app.message_shortcut(SHORTCUT)(self._shortcut)
        app.action(re.compile(f"^{messages.CHOICE}:"))(self._choice)
        app.action(messages.WHAT_IF)(self._what_if)
        app.view(what_if.CALLBACK)(self._supposed)
        app.action(messages.KIT_MENU)(self._kit)
        app.action(re.compile(f"^{messages.KIT_PART}:"))(self._kit_part)
        app.action(messages.QUOTES)(self._quotes)
        app.action(messages.FEEDBACK)(self._feedback)
        for taken in (app.event(ANY), app.action(ANY), app.shortcut(ANY), app.view(ANY)):
            taken(_nothing)
        app.error(_failed)

    # --- what is said -----------------------------------------------------------------------------

    async def _event(self, body: Payload, context: AsyncBoltContext) -> None:
        workspace = self._workspace(context)
        came = of_event(body, workspace.team, workspace.bot_user) if workspace is not None else None
        if workspace is None or came is None:
            return
        await self._intake(came)
        called = came.kind == "message" and body["event"]["type"] == "app_mention"
        if called and not self._intake.is_allowed(came.channel):
            self._whisper(workspace, came, wording().not_allowed)

    async def _home(self, body: Payload, context: AsyncBoltContext) -> None:
        """Somebody opened the direct message: ways to begin are offered. An agent's take no `thread_ts`."""
        workspace, event = self._workspace(context), body["event"]
        if workspace is None or event.get("tab") != "messages":
            return
        words = wording()
        given = {
            "channel_id": event["channel"],
            "title": words.prompts_title,
            "prompts": [one.model_dump() for one in words.prompts],
        }
        self._spawn(self._optional(workspace, "assistant.threads.setSuggestedPrompts", given))

    async def _command(self, ack: Ack, body: Payload, context: AsyncBoltContext) -> None:
        words, workspace = wording(), self._workspace(context)
        if workspace is None:
            await ack()
            return
        came = of_command(body, workspace.team, self._now().timestamp())
        if not self._intake.is_allowed(came.channel):
            await ack(text=words.not_allowed, response_type="ephemeral")
        elif not came.text or came.text.lower() in ("help", "?"):
            await ack(text=words.help, response_type="ephemeral")
        else:
            await self._intake(came)
            await ack()

    async def _shortcut(self, ack: Ack, body: Payload, context: AsyncBoltContext) -> None:
        words, workspace = wording(), self._workspace(context)
        if workspace is None:
            await ack()
            return
        came = of_shortcut(body, workspace.team, workspace.bot_user)
        line = None
        if came is None:
            line = words.own_message
        elif not self._intake.is_allowed(came.channel):
            line = words.not_allowed
        elif not came.text.strip():
            line = words.no_text
        elif not await self._intake(came):
            line = words.already_read
        await ack()
        if line is not None and body.get("response_url") is not None:
            self._spawn(respond(str(body["response_url"]), line, self._hosts))

    # --- what is pressed --------------------------------------------------------------------------

    async def _choice(self, ack: Ack, body: Payload, context: AsyncBoltContext) -> None:
        await self._pressed(body, context, "press", wording().answered_before)
        await ack()

    async def _kit(self, ack: Ack, body: Payload, context: AsyncBoltContext) -> None:
        await self._pressed(body, context, "kit", wording().shown_before)
        await ack()

    async def _kit_part(self, ack: Ack, body: Payload, context: AsyncBoltContext) -> None:
        await self._pressed(body, context, "kit_part", wording().shown_before)
        await ack()

    async def _pressed(self, body: Payload, context: AsyncBoltContext, kind: Kind, before: str) -> None:
        """Takes a button in; `before` is what is told where it was pressed before."""
        workspace, came = self._button(body, context, kind)
        if workspace is not None and came is not None and not await self._intake(came):
            self._whisper(workspace, came, before)

    async def _what_if(self, ack: Ack, body: Payload, context: AsyncBoltContext) -> None:
        workspace, came = self._button(body, context, "what_if")
        await ack()
        if came is not None and workspace is not None:
            view = what_if.view({"channel": came.channel, "root": came.reply_to})
            given = {"trigger_id": body["trigger_id"], "view": view}
            self._spawn(self._optional(workspace, "views.open", given))

    async def _supposed(self, ack: Ack, body: Payload, context: AsyncBoltContext) -> None:
        workspace = self._workspace(context)
        found = what_if.picked(body["view"]["state"]["values"])
        if not found:
            await ack(response_action="errors", errors=what_if.nothing_picked())
            return
        if workspace is not None:
            private = json.loads(body["view"]["private_metadata"])
            await self._intake(of_form(body, workspace.team, private, found, self._now().timestamp()))
        await ack()

    async def _quotes(self, ack: Ack, body: Payload, context: AsyncBoltContext) -> None:
        await ack()
        workspace, came = self._button(body, context, "press")
        if workspace is not None and came is not None:
            reply = await self._shown(workspace, came)
            if reply is not None:
                told = await asyncio.to_thread(messages.quotes, reply.citations)
                self._spawn(self._whispered(workspace, came, told))

    async def _feedback(self, ack: Ack, body: Payload, context: AsyncBoltContext) -> None:
        await ack()
        workspace, came = self._button(body, context, "press")
        reply = await self._shown(workspace, came) if workspace is not None and came is not None else None
        if reply is None or came is None or workspace is None:
            return
        good = bool(_value(body).get("good"))
        await asyncio.to_thread(self._advisor.rate, reply.thread, reply.message_id, good, "", at=self._now())
        self._whisper(workspace, came, wording().feedback_thanks)

    async def _shown(self, workspace: Workspace, came: Incoming) -> Reply | None:
        """The reply whose button was pressed."""
        try:
            turns = await asyncio.to_thread(self._advisor.turns, came.thread)
        except UnknownThread:
            self._whisper(workspace, came, wording().gone)
            return None
        return next((turn.reply for turn in turns if turn.message_id == came.turn), None)

    # --- behind them ------------------------------------------------------------------------------

    def _workspace(self, context: AsyncBoltContext) -> Workspace | None:
        """Whose bot is meant. Bolt knows: in shared channels a payload names the sender's team as well."""
        return self._workspaces.of(context.team_id or "")

    def _button(
        self, body: Payload, context: AsyncBoltContext, kind: Kind
    ) -> tuple[Workspace | None, Incoming | None]:
        """Where a button was pressed, and what; nothing where the bot is not to talk."""
        workspace = self._workspace(context)
        came = of_button(body, workspace.team, kind, _value(body)) if workspace is not None else None
        if came is None or not self._intake.is_allowed(came.channel):
            return None, None
        return workspace, came

    def _whisper(self, workspace: Workspace, came: Incoming, line: str) -> None:
        self._spawn(self._whispered(workspace, came, [messages.plainly(line)]))

    async def _whispered(self, workspace: Workspace, came: Incoming, told: Iterable[Message]) -> None:
        delivery = Delivery(workspace, self._ledger, came.key, Address.of(came), self._now)
        for message in told:
            await delivery.whisper(came.asker or came.user, message)

    async def _optional(self, workspace: Workspace, method: str, given: dict[str, Any]) -> None:
        try:
            await workspace.calls(method, given, optional=True)
        except (SlackRefused, SlackUnclear, SlackLimited):
            return

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._later.add(task)
        task.add_done_callback(self._later.discard)


def quiet_logger() -> logging.Logger:
    """Bolt's and the SDK's logger: they would log whole payloads, which hold people's words."""
    logger = logging.getLogger("advisor.slack")
    logger.setLevel(logging.CRITICAL + 1)
    logger.propagate = False
    return logger


def _value(body: Payload) -> dict[str, Any]:
    try:
        value = json.loads(body["actions"][0].get("value") or "{}")
    except ValueError:
        return {}
    return cast(dict[str, Any], value) if isinstance(value, dict) else {}


async def _nothing(ack: Ack) -> None:
    await ack()


async def _failed(error: Exception) -> BoltResponse:
    """Slack sends again what could not be kept."""
    write_log(error)
    return BoltResponse(status=500, body="")
