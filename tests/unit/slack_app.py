"""A small Bolt app that answers all that a local Slack sends, for the tests of `slack_server`."""

import asyncio
from collections.abc import Callable
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from advisor.testing.slack_server import SlackServer

Json = dict[str, Any]

BUTTON = {"type": "button", "text": {"type": "plain_text", "text": "Go"}, "action_id": "go", "value": "1"}
OPTIONS = [{"text": {"type": "plain_text", "text": each}, "value": each.lower()} for each in ("Red", "Blue")]
SELECT = {"type": "static_select", "action_id": "colour", "options": OPTIONS}
FEEDBACK = {
    "type": "feedback_buttons",
    "action_id": "rate",
    "positive_button": {"text": {"type": "plain_text", "text": "Good"}, "value": "up"},
    "negative_button": {"text": {"type": "plain_text", "text": "Bad"}, "value": "down"},
}
BLOCKS = [
    {"type": "actions", "elements": [BUTTON, SELECT]},
    {"type": "context_actions", "elements": [FEEDBACK]},
]
FIELD = {"type": "plain_text_input", "action_id": "why"}
MODAL = {
    "type": "modal",
    "callback_id": "reason",
    "title": {"type": "plain_text", "text": "Reason"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [{"type": "input", "label": {"type": "plain_text", "text": "Why?"}, "element": FIELD}],
}


there: Callable[..., Any] = asyncio.to_thread
"""The server waits for the app, which runs in this loop; so the server's calls run beside it."""


def texts(slack: SlackServer, channel: str, team: str = "T1") -> list[str]:
    return [message.text for message in slack.messages(channel, team)]


def greeter(slack: SlackServer) -> AsyncApp:
    app = AsyncApp(client=AsyncWebClient("xoxb-1", base_url=slack.url), signing_secret=slack.signing_secret)

    @app.event("app_mention")
    async def mentioned(event: Json, say: Any) -> None:
        await say(text=f"to {event['text']}", blocks=BLOCKS, thread_ts=event["ts"])

    @app.event("message")
    async def heard(event: Json, say: Any) -> None:
        if event["channel_type"] == "im":
            await say(f"{event.get('subtype', 'said')}: {event.get('text', '')}")

    @app.action("go")
    async def went(ack: Any, body: Json, client: AsyncWebClient, respond: Any) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=MODAL)
        await respond(text="opened", replace_original=False)

    @app.action({"action_id": "colour"})
    async def chosen(ack: Any, action: Json, say: Any) -> None:
        await ack()
        await say(f"chose {action['selected_option']['value']}")

    @app.action("rate")
    async def rated(ack: Any, action: Json, say: Any) -> None:
        await ack()
        await say(f"rated {action['value']}")

    @app.view("reason")
    async def reasoned(ack: Any, view: Json) -> None:
        (state,) = view["state"]["values"].values()
        wrong = {view["blocks"][0]["block_id"]: "say more"}
        await ack(response_action="errors", errors=wrong) if state["why"]["value"] == "-" else await ack()

    @app.command("/advisor")
    async def commanded(ack: Any, command: Json) -> None:
        await ack(f"you typed {command['text']}")

    @app.shortcut("explain")
    async def explained(ack: Any, shortcut: Json, say: Any) -> None:
        await ack()
        await say(f"about {shortcut['message']['text']}")

    return app
