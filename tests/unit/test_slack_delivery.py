"""The local Slack sends a Bolt app what people do, over a socket and by HTTP, and takes its answers."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from advisor.testing.slack_server import SlackServer
from tests.unit.slack_app import greeter, texts, there

Json = dict[str, Any]


@pytest.fixture
def slack() -> Iterator[SlackServer]:
    with SlackServer() as server:
        yield server


@pytest.fixture
async def bot(slack: SlackServer) -> AsyncIterator[AsyncApp]:
    """An app over Socket Mode that greets, asks and answers in the thread."""
    app = greeter(slack)
    handler = AsyncSocketModeHandler(app, slack.app_token, ping_interval=0.2)
    await handler.connect_async()
    await there(slack.wait_for, lambda: slack.sockets == 1)
    yield app
    await handler.close_async()


@pytest.mark.usefixtures("bot")
async def test_people_talk_to_an_app_over_a_socket(slack: SlackServer) -> None:
    said = await there(slack.say, "C1", "U1", "hello", mention=True)
    mention, message = (each["event"] for each in said.events)
    assert (mention["type"], message["type"], message["channel_type"]) == (
        "app_mention",
        "message",
        "channel",
    )
    assert said.events[0]["event_id"] != said.events[1]["event_id"]
    assert [answer.status for answer in said.answers] == [200, 200]
    (reply,) = await there(slack.wait_for, lambda: slack.replies("C1", said.ts))
    assert reply.text == "to <@UBOT1> hello"

    chosen = await there(slack.choose, reply.ts, "Blue", "U1")
    assert chosen.payload["state"]["values"]
    await there(slack.press, reply.ts, "Bad", "U2")
    await there(slack.wait_for, lambda: {"chose blue", "rated down"} <= set(texts(slack, "C1")))
    await there(slack.press, reply.ts, "Go", "U1")
    await there(slack.wait_for, lambda: slack.calls_to("response_url"))
    (whispered,) = [m for m in slack.messages("C1") if m.ephemeral_to]
    assert (whispered.text, whispered.ephemeral_to) == ("opened", "U1")
    wrong = await there(slack.submit_view, {"why": "-"})
    assert wrong.answer.body["response_action"] == "errors"
    await there(slack.submit_view, {"Why?": "because"})
    assert slack.views == []

    run = await there(slack.command, "/advisor", "help", "U1", "C1")
    assert run.answer.body == {"text": "you typed help"}
    assert slack.messages("C1")[-1].ephemeral_to == "U1"
    await there(slack.shortcut, "explain", "U1", said.ts)
    await there(slack.wait_for, lambda: "about <@UBOT1> hello" in texts(slack, "C1"))
    with pytest.raises(LookupError, match="Good"):
        slack.press(reply.ts, "Stop", "U1")
    assert slack.violations == []


@pytest.mark.usefixtures("bot")
async def test_edits_deletions_and_files_arrive_with_their_subtypes(slack: SlackServer) -> None:
    said = await there(slack.say, "D1", "U1", "one")
    edited = await there(slack.edit, said.ts, "two")
    removed = await there(slack.remove, said.ts)
    await there(slack.say, "D1", "U1", "see", files={"a.txt": b"abc"})
    opened = slack.open_home("U1", deliver=False)

    await there(slack.wait_for, lambda: "file_share: see" in texts(slack, "D1"))
    assert {"said: one", "message_changed: ", "message_deleted: "} <= set(texts(slack, "D1"))
    change = edited.events[0]["event"]
    assert (change["message"]["text"], change["previous_message"]["text"], change["hidden"]) == (
        "two",
        "one",
        True,
    )
    assert removed.events[0]["event"]["deleted_ts"] == said.ts
    assert opened.events[0]["event"]["tab"] == "messages"


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("end", ["drop_sockets", "disconnect_sockets"])
async def test_an_app_comes_back_when_its_socket_ends(slack: SlackServer, end: str) -> None:
    await there(getattr(slack, end))
    await there(slack.say, "D1", "U1", "still there?")  # waits for a socket

    await there(slack.wait_for, lambda: "said: still there?" in texts(slack, "D1"))
    assert len(slack.calls_to("apps.connections.open")) == 2


async def test_a_cut_socket_loses_the_acknowledgement_and_slack_tries_again(slack: SlackServer) -> None:
    got: asyncio.Queue[SocketModeRequest] = asyncio.Queue()

    async def take(client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        await got.put(request)
        if request.retry_attempt:
            await client.send_socket_mode_response(SocketModeResponse(request.envelope_id))

    client = SocketModeClient(
        slack.app_token, web_client=AsyncWebClient(base_url=slack.url), ping_interval=0.2
    )
    client.socket_mode_request_listeners.append(take)
    await client.connect()
    event = slack.say("D1", "U1", "lost?", deliver=False).events[0]
    waiting = asyncio.ensure_future(there(slack.deliver, event))
    first = await got.get()
    await there(slack.drop_sockets)
    lost = await waiting
    again = await there(slack.deliver, event, retry=1, reason="timeout")
    second = await got.get()
    await client.close()

    assert (lost.status, again.status) == (0, 200)
    assert first.payload == second.payload == event
    assert (first.retry_attempt, second.retry_attempt, second.retry_reason) == (0, 1, "timeout")


async def test_events_by_http_are_signed_and_may_be_retried(slack: SlackServer) -> None:
    app = greeter(slack)
    runner = web.AppRunner(app.web_app("/slack/events"))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.target = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    try:
        said = await there(slack.say, "D1", "U1", "by http")
        event = said.events[0]
        again = await there(slack.deliver, event, retry=1, reason="http_timeout")
        forged = await there(slack.deliver, event, signature="v0=0")
        stale = await there(slack.deliver, event, timestamp=1_000_000_000)
        run = await there(slack.command, "/advisor", "a&b", "U1")
        slack.target = "http://127.0.0.1:9/"
        lost = await there(slack.deliver, event)

        assert [said.answers[0].status, again.status, forged.status, stale.status] == [200, 200, 401, 401]
        assert (run.answer.body, lost.status) == ("you typed a&b", 0)
        await there(slack.wait_for, lambda: texts(slack, "D1").count("said: by http") == 2)
    finally:
        await runner.cleanup()


async def test_the_apps_own_messages_come_back_when_echo_is_on() -> None:
    heard: list[Json] = []
    with SlackServer(echo=True) as slack:
        app = AsyncApp(
            client=AsyncWebClient("xoxb-1", base_url=slack.url), ignoring_self_events_enabled=False
        )

        @app.event("message")
        async def hear(event: Json, client: AsyncWebClient) -> None:
            heard.append(event)
            await client.reactions_add(channel=event["channel"], timestamp=event["ts"], name="eyes")

        handler = AsyncSocketModeHandler(app, slack.app_token)
        await handler.connect_async()
        await app.client.chat_postMessage(channel="C1", text="echo")
        await there(slack.wait_for, lambda: slack.messages("C1")[0].reactions == ["eyes"])
        await handler.close_async()

    assert [(event["bot_id"], event["text"]) for event in heard] == [("BBOT1", "echo")]
