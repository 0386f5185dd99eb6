"""The local Slack's Web API speaks to Slack's own client: messages, streams, uploads, errors and faults."""

import asyncio
from collections.abc import Iterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.models.messages.chunk import MarkdownTextChunk, TaskUpdateChunk
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from advisor.testing.slack_server import Channel, SlackServer, Workspace
from tests.unit.slack_app import BLOCKS, MODAL, texts, there


@pytest.fixture
def slack() -> Iterator[SlackServer]:
    closed = {"C9": Channel("C9", "closed", bot=False), "G1": Channel("G1", "secret", "group")}
    first = Workspace(channels={"C1": "general", **closed})
    with SlackServer(first, Workspace("T2", "xoxb-2", "UBOT2", "BBOT2")) as server:
        yield server


@pytest.fixture
def client(slack: SlackServer) -> AsyncWebClient:
    return AsyncWebClient("xoxb-1", base_url=slack.url)


async def refused(call: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return caught.value.response["error"]


async def test_a_client_posts_reads_changes_and_deletes(slack: SlackServer, client: AsyncWebClient) -> None:
    identity = await client.auth_test()
    said = slack.say("C1", "U1", "a < b & c", deliver=False)
    meta = {"event_type": "turn", "event_payload": {"n": 1}}
    posted: Any = await client.chat_postMessage(channel="C1", text="one", thread_ts=said.ts, metadata=meta)
    await client.chat_update(channel="C1", ts=posted["ts"], text="two")
    plain: Any = await client.conversations_replies(channel="C1", ts=said.ts)
    full: Any = await client.conversations_replies(channel="C1", ts=said.ts, include_all_metadata=True)
    other = AsyncWebClient("xoxb-2", base_url=slack.url)
    await other.chat_postMessage(channel="C1", text="elsewhere")
    await client.chat_postMessage(channel="U1", text="to you")

    assert (identity["user_id"], identity["bot_id"]) == ("UBOT1", "BBOT1")
    assert identity.headers["x-oauth-scopes"]
    assert texts(slack, "C1") == ["a &lt; b &amp; c", "two"]
    assert texts(slack, "C1", "T2") == ["elsewhere"]
    assert texts(slack, "D1") == ["to you"]
    assert [m["text"] for m in plain["messages"]] == ["a &lt; b &amp; c", "two"]
    assert "metadata" not in plain["messages"][1]
    assert full["messages"][1]["metadata"] == meta
    assert slack.messages("C1")[1].earlier == ["one"]
    assert said.ts < posted["ts"]

    await client.chat_delete(channel="C1", ts=posted["ts"])

    assert texts(slack, "C1") == ["a &lt; b &amp; c"]
    assert [call.method for call in slack.calls][-1] == "chat.delete"


async def test_slacks_own_errors(slack: SlackServer, client: AsyncWebClient) -> None:
    said = slack.say("C1", "U1", "hello", deliver=False).ts
    hidden = slack.say("G1", "U1", "psst", deliver=False).ts
    posted: Any = await client.chat_postMessage(channel="C1", text="x")
    nobody, stranger = (AsyncWebClient(token, base_url=slack.url) for token in ("", "xoxb-9"))
    table = [
        (nobody.auth_test(), "not_authed"),
        (stranger.auth_test(), "invalid_auth"),
        (client.api_call("chat.shout"), "unknown_method"),
        (client.apps_connections_open(app_token="xoxb-1"), "not_allowed_token_type"),
        (client.chat_postMessage(channel="C404", text="x"), "channel_not_found"),
        (client.chat_postMessage(channel="C9", text="x"), "not_in_channel"),
        (client.chat_postMessage(channel="C1", text=""), "no_text"),
        (client.chat_postMessage(channel="C1", blocks=[{"type": "fancy"}], text="x"), "invalid_blocks"),
        (client.chat_postMessage(channel="C1", text="x", markdown_text="y"), "markdown_text_conflict"),
        (client.chat_postMessage(channel="C1", markdown_text="y" * 12_001), "msg_too_long"),
        (client.chat_postMessage(channel="C1", text="x", metadata={"a": 1}), "invalid_metadata_format"),
        (client.chat_update(channel="C1", ts=said, text="x"), "cant_update_message"),
        (client.chat_update(channel="C1", ts="1.0", text="x"), "message_not_found"),
        (client.chat_update(channel="C1", ts=posted["ts"], text="x" * 4001), "msg_too_long"),
        (client.chat_postEphemeral(channel="C1", user="U404", text="x"), "user_not_in_channel"),
        (client.api_call("chat.update", json={"channel": "C1"}), "invalid_arguments"),
        (client.users_info(user="U404"), "user_not_found"),
        (client.conversations_replies(channel="C1", ts="1.0"), "thread_not_found"),
        (
            client.assistant_threads_setStatus(channel_id="C1", thread_ts="1.0", status="x"),
            "invalid_thread_ts",
        ),
        (client.views_open(trigger_id="1", view=MODAL), "invalid_trigger_id"),
        (client.conversations_replies(channel="D1", ts=hidden), "thread_not_found"),
    ]

    assert [await refused(call) for call, _ in table] == [error for _, error in table]
    assert slack.calls_to("chat.postMessage")[-1].error == "invalid_metadata_format"
    assert any("unsupported type: fancy" in each for each in slack.violations)


async def test_a_scope_that_the_app_lacks() -> None:
    with SlackServer(Workspace(scopes=frozenset({"chat:write"}))) as slack:
        client = AsyncWebClient("xoxb-1", base_url=slack.url)

        with pytest.raises(SlackApiError, match="missing_scope") as caught:
            await client.users_info(user="U1")

        assert caught.value.response["needed"] == "users:read"


async def test_a_text_past_the_limit_is_cut_and_told(slack: SlackServer, client: AsyncWebClient) -> None:
    answer = await client.chat_postMessage(channel="C1", text="x" * 40_001)

    assert answer["warning"] == "message_truncated"
    assert len(texts(slack, "C1")[0]) == 40_000
    assert (len(slack.violations), len(slack.advice)) == (1, 1)


async def test_a_stream_grows_and_ends_with_blocks(slack: SlackServer, client: AsyncWebClient) -> None:
    asked = slack.say("D1", "U1", "hi", deliver=False).ts
    await client.assistant_threads_setStatus(channel_id="D1", thread_ts=asked, status="is thinking...")
    assert slack.status("D1", asked) == "is thinking..."
    stream = await client.chat_stream(channel="D1", thread_ts=asked, buffer_size=1)

    await stream.append(markdown_text="**a")
    step = TaskUpdateChunk(id="1", title="Look", status="in_progress")
    await stream.append(chunks=[step, MarkdownTextChunk(text="b**")])
    assert slack.thread("D1", asked)[1].streaming
    assert slack.replies("D1", asked) == []
    assert (
        await refused(client.chat_update(channel="D1", ts=stream.ts or "", text="x"))
        == "streaming_state_conflict"
    )
    done = TaskUpdateChunk(id="1", title="Look", status="complete")
    await stream.stop(chunks=[done], blocks=BLOCKS)

    (message,) = slack.replies("D1", asked)
    assert (message.text, message.markdown, message.streaming) == ("**ab**", True, False)
    assert [task["status"] for task in message.tasks] == ["complete"]
    assert [block["type"] for block in message.blocks] == ["actions", "context_actions"]
    assert slack.status("D1", asked) is None
    again = client.chat_appendStream(channel="D1", ts=message.ts, markdown_text="x")
    assert await refused(again) == "message_not_in_streaming_state"
    assert slack.violations == []


async def test_a_stream_has_rules(slack: SlackServer, client: AsyncWebClient) -> None:
    ts = slack.say("C1", "U1", "hi", deliver=False).ts
    start: Any = client.chat_startStream
    to = {"recipient_team_id": "T1", "recipient_user_id": "U1"}
    started: Any = await start(channel="C1", thread_ts=ts, **to)
    stream: str = started["ts"]
    both = {"markdown_text": "x", "chunks": [{"type": "markdown_text", "text": "y"}]}
    table = [
        (client.api_call("chat.startStream", json={"channel": "D1"}), "invalid_arguments"),
        (start(channel="C1", thread_ts=ts), "missing_recipient_team_id"),
        (start(channel="C1", thread_ts=ts, recipient_team_id="T1"), "missing_recipient_user_id"),
        (start(channel="C1", thread_ts=ts, recipient_team_id="T9", recipient_user_id="U1"), "team_not_found"),
        (client.chat_appendStream(channel="C1", ts=stream, **both), "invalid_arguments"),
        (client.chat_appendStream(channel="C1", ts=stream, chunks=[{"type": "x"}]), "invalid_chunks"),
        (client.chat_appendStream(channel="C1", ts=stream, markdown_text=""), "no_text"),
    ]
    assert [await refused(call) for call, _ in table] == [error for _, error in table]

    await client.chat_appendStream(channel="C1", ts=stream, markdown_text="x" * 12_000)
    assert (
        await refused(client.chat_appendStream(channel="C1", ts=stream, markdown_text="y")) == "msg_too_long"
    )
    slack.expire_streams()
    assert await refused(client.chat_stopStream(channel="C1", ts=stream)) == "message_not_in_streaming_state"


async def test_a_file_is_uploaded_into_a_thread(slack: SlackServer, client: AsyncWebClient) -> None:
    ts = slack.say("D1", "U1", "the memo, please", deliver=False).ts

    answer: Any = await client.files_upload_v2(
        content=b"%PDF",
        filename="memo.pdf",
        title="Memo",
        channel="D1",
        thread_ts=ts,
        initial_comment="Here: " * 900,
    )

    (upload,) = slack.uploads
    assert (upload.name, upload.title, upload.data, upload.shared) == (
        "memo.pdf",
        "Memo",
        b"%PDF",
        ("D1", ts),
    )
    (message,) = slack.replies("D1", ts)
    assert (message.files, message.text) == ([answer["file"]["id"]], "Here: " * 900)
    assert await refused(client.files_completeUploadExternal(files=[{"id": "F0"}])) == "file_not_found"


async def test_prompts_with_a_thread_do_nothing_for_an_agent(
    slack: SlackServer, client: AsyncWebClient
) -> None:
    prompts, ts = [{"title": "Hire", "message": "Whom?"}], slack.say("D1", "U1", "hi", deliver=False).ts

    await client.assistant_threads_setSuggestedPrompts(channel_id="D1", thread_ts=ts, prompts=prompts)
    assert slack.prompts("D1") is None
    assert len(slack.violations) == 1
    await client.assistant_threads_setSuggestedPrompts(channel_id="D1", prompts=prompts, title="Try")

    assert slack.prompts("D1") == {"thread_ts": None, "title": "Try", "prompts": prompts}
    five = client.assistant_threads_setSuggestedPrompts(channel_id="D1", prompts=prompts * 5)
    assert await refused(five) == "invalid_arguments"


async def test_a_retry_handler_waits_out_a_rate_limit(
    slack: SlackServer, client: AsyncWebClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("random.random", lambda: 0.0)  # the client's jitter
    slack.fail("chat.postMessage", status=429, retry_after=0)
    assert await refused(client.chat_postMessage(channel="C1", text="x")) == "ratelimited"
    slack.fail("chat.postMessage", status=429, retry_after=0)
    client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=1))

    await client.chat_postMessage(channel="C1", text="y")

    assert [call.status for call in slack.calls_to("chat.postMessage")] == [429, 429, 200]
    assert texts(slack, "C1") == ["y"]


async def test_faults(slack: SlackServer) -> None:
    client = AsyncWebClient("xoxb-1", base_url=slack.url, retry_handlers=[])
    post = client.chat_postMessage

    slack.fail("*", error="internal_error")
    assert await refused(post(channel="C1", text="1")) == "internal_error"
    slack.fail("chat.postMessage", status=500)
    with pytest.raises(SlackApiError) as broken:
        await post(channel="C1", text="2")
    assert (broken.value.response.status_code, broken.value.response.data) == (500, {})
    slack.fail("chat.postMessage", status=503, after_effect=True)
    with pytest.raises(SlackApiError):
        await post(channel="C1", text="3")
    slack.fail("chat.postMessage", drop=True)
    with pytest.raises(aiohttp.ClientError):
        await post(channel="C1", text="4")
    slack.delay("chat.postMessage", 0.001)
    await post(channel="C1", text="5")

    assert texts(slack, "C1") == ["3", "5"]


async def test_the_clients_own_retry_posts_twice_when_an_answer_is_lost(
    slack: SlackServer, client: AsyncWebClient
) -> None:
    slack.fail("chat.postMessage", drop=True, after_effect=True)

    await client.chat_postMessage(channel="C1", text="once?")

    assert texts(slack, "C1") == ["once?", "once?"]


async def test_a_held_request_has_no_effect_until_it_is_let_go(
    slack: SlackServer, client: AsyncWebClient
) -> None:
    with slack.hold("chat.postMessage"):
        posting = asyncio.ensure_future(client.chat_postMessage(channel="C1", text="late"))
        await there(slack.wait_for, lambda: slack.held("chat.postMessage") == 1)
        assert slack.messages("C1") == []
    await posting

    assert texts(slack, "C1") == ["late"]


def test_a_wait_that_fails_tells_the_last_calls(slack: SlackServer) -> None:
    with pytest.raises(AssertionError, match="not within 0"):
        slack.wait_for(lambda: slack.sockets, timeout=0)


async def test_a_thread_comes_in_pages(slack: SlackServer, client: AsyncWebClient) -> None:
    ts = slack.say("C1", "U1", "0", deliver=False).ts
    for at in range(1, 5):
        slack.say("C1", "U2", str(at), thread_ts=ts, broadcast=at == 4, deliver=False)
    read: list[str] = []
    pages: Any = await client.conversations_replies(channel="C1", ts=ts, limit=2)
    async for page in pages:
        read += [message["text"] for message in page["messages"]]

    assert read == ["0", "1", "2", "3", "4"]
    assert len(slack.calls_to("conversations.replies")) == 3


def test_what_other_apps_and_broadcasts_look_like(slack: SlackServer) -> None:
    ts = slack.say("C1", "U1", "0", deliver=False).ts
    shared = slack.say("C1", "U2", "all", thread_ts=ts, broadcast=True, deliver=False).events[0]["event"]
    other = slack.say_as_bot("C1", "beep", deliver=False).events[0]["event"]
    unheard = slack.say("C9", "U1", "the bot is not here", deliver=False)
    direct = slack.say("D1", "U1", "hi", mention=True, deliver=False)

    assert (shared["subtype"], shared["root"]["ts"], shared["parent_user_id"]) == (
        "thread_broadcast",
        ts,
        "U1",
    )
    assert (other["subtype"], other["bot_id"], "user" in other) == ("bot_message", "BOTHER", False)
    assert unheard.events == []
    assert [event["event"]["channel_type"] for event in direct.events] == ["im"]


async def test_a_response_url_changes_its_message_and_serves_five_times(
    slack: SlackServer, client: AsyncWebClient
) -> None:
    posted: Any = await client.chat_postMessage(channel="C1", text="choose", blocks=BLOCKS)
    pressed = slack.press(posted["ts"], "Go", "U1", deliver=False)
    hook = AsyncWebhookClient(pressed.payload["response_url"])
    statuses = [(await hook.send(text=f"{at}", replace_original=True)).status_code for at in range(6)]

    assert statuses == [200] * 5 + [404]
    (message,) = slack.messages("C1")
    assert (message.text, message.blocks, message.earlier[0]) == ("4", [], "choose")


async def test_a_channel_takes_one_message_at_a_time_when_that_is_asked_for() -> None:
    with SlackServer(rate_limits=600) as slack:
        client = AsyncWebClient("xoxb-1", base_url=slack.url)
        answers = [client.chat_postMessage(channel=channel, text="x") for channel in ("C1", "D1", "C1")]
        await answers[0]
        await answers[1]

        assert await refused(answers[2]) == "ratelimited"
