"""What Bolt listens to. Each listener keeps what came and is done; the answer is worked out behind it."""

import asyncio
import datetime as dt
import json
import logging
import re
from collections.abc import Callable, Coroutine
from typing import Any, cast

from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse

from advisor.conversation.advisor import AdvisorCore
from advisor.domain.reply import Reply
from advisor.errors import AdvisorError
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
    ) -> None:
        self._advisor = advisor
        self._workspaces = workspaces
        self._ledger = ledger
        self._intake = intake
        self._now = now
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

    async def _event(self, body: Payload) -> None:
        workspace = self._workspace(body)
        came = of_event(body, workspace.bot_user) if workspace is not None else None
        if workspace is None or came is None:
            return
        await self._intake(came)
        called = came.kind == "message" and body["event"]["type"] == "app_mention"
        if called and not self._intake.is_allowed(came.channel):
            self._whisper(workspace, came, messages.plainly(wording().not_allowed))

    async def _home(self, body: Payload) -> None:
        """Somebody opened the direct message: ways to begin are offered. An agent's take no `thread_ts`."""
        workspace, event = self._workspace(body), body["event"]
        if workspace is None or event.get("tab") != "messages":
            return
        words = wording()
        given = {
            "channel_id": event["channel"],
            "title": words.prompts_title,
            "prompts": [one.model_dump() for one in words.prompts],
        }
        self._spawn(self._optional(workspace, "assistant.threads.setSuggestedPrompts", given))

    async def _command(self, ack: Ack, body: Payload) -> None:
        words = wording()
        came = of_command(body, self._now().timestamp())
        if not self._intake.is_allowed(came.channel):
            await ack(text=words.not_allowed, response_type="ephemeral")
        elif not came.text or came.text.lower() in ("help", "?"):
            await ack(text=words.help, response_type="ephemeral")
        else:
            await self._intake(came)
            await ack()

    async def _shortcut(self, ack: Ack, body: Payload) -> None:
        words = wording()
        came = of_shortcut(body)
        line = None
        if not self._intake.is_allowed(came.channel):
            line = words.not_allowed
        elif not came.text.strip():
            line = words.no_text
        elif not await self._intake(came):
            line = words.already_read
        await ack()
        if line is not None and came.response_url is not None:
            self._spawn(respond(came.response_url, line))

    # --- what is pressed --------------------------------------------------------------------------

    async def _choice(self, ack: Ack, body: Payload) -> None:
        came = await self._pressed(body, "press")
        await ack()
        workspace = self._workspace(body)
        if came is not None and workspace is not None:
            self._whisper(workspace, came, messages.plainly(wording().answered_before))

    async def _kit(self, ack: Ack, body: Payload) -> None:
        await self._pressed(body, "kit")
        await ack()

    async def _kit_part(self, ack: Ack, body: Payload) -> None:
        await self._pressed(body, "kit_part")
        await ack()

    async def _pressed(self, body: Payload, kind: Kind) -> Incoming | None:
        """Takes a button in; gives it back where it was pressed before."""
        came = of_button(body, kind, _value(body))
        if came is None or await self._intake(came):
            return None
        return came

    async def _what_if(self, ack: Ack, body: Payload) -> None:
        came, workspace = of_button(body, "what_if", _value(body)), self._workspace(body)
        await ack()
        if came is not None and workspace is not None:
            view = what_if.view({"channel": came.channel, "root": came.reply_to})
            given = {"trigger_id": body["trigger_id"], "view": view}
            self._spawn(self._optional(workspace, "views.open", given))

    async def _supposed(self, ack: Ack, body: Payload) -> None:
        found = what_if.picked(body["view"]["state"]["values"])
        if not found:
            await ack(response_action="errors", errors=what_if.nothing_picked())
            return
        private = json.loads(body["view"]["private_metadata"])
        await self._intake(of_form(body, private, found, self._now().timestamp()))
        await ack()

    async def _quotes(self, ack: Ack, body: Payload) -> None:
        await ack()
        reply, came, workspace = await self._shown(body)
        if reply is not None and came is not None and workspace is not None:
            for message in messages.quotes(reply.citations):
                self._whisper(workspace, came, message)

    async def _feedback(self, ack: Ack, body: Payload) -> None:
        await ack()
        reply, came, workspace = await self._shown(body)
        if reply is None or came is None or workspace is None:
            return
        good = bool(_value(body).get("good"))
        await asyncio.to_thread(self._advisor.rate, reply.thread, reply.message_id, good, "", at=self._now())
        self._whisper(workspace, came, messages.plainly(wording().feedback_thanks))

    async def _shown(self, body: Payload) -> tuple[Reply | None, Incoming | None, Workspace | None]:
        """The reply whose button was pressed."""
        value, workspace = _value(body), self._workspace(body)
        came = of_button(body, "press", value)
        if came is None or workspace is None:
            return None, None, None
        try:
            turns = await asyncio.to_thread(self._advisor.turns, came.thread)
        except AdvisorError:
            self._whisper(workspace, came, messages.plainly(wording().gone))
            return None, None, None
        reply = next((turn.reply for turn in turns if turn.message_id == value.get("turn")), None)
        return reply, came, workspace

    # --- behind them ------------------------------------------------------------------------------

    def _workspace(self, body: Payload) -> Workspace | None:
        team = body.get("team_id") or (body.get("team") or {}).get("id")
        return self._workspaces.of(str(team))

    def _whisper(self, workspace: Workspace, came: Incoming, message: Message) -> None:
        delivery = Delivery(workspace, self._ledger, came.key, Address.of(came), self._now)
        self._spawn(delivery.whisper(came.user, message))

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
