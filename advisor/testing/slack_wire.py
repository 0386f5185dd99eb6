"""The wire of a Slack server: routes for the Web API, uploads, response_urls and sockets, and the delivery.

Everything here runs in the server's own event loop. Knows no people and keeps no state but connections; what
is asked goes to `slack_methods`, what happens is kept in the world.
"""

import asyncio
import json
import time
from collections.abc import Coroutine
from typing import Any
from urllib.parse import urlencode

import aiohttp
from aiohttp import web

from advisor.testing import slack_methods
from advisor.testing.slack_chat import Asked
from advisor.testing.slack_events import APP, Sender
from advisor.testing.slack_faults import Fault, Faults
from advisor.testing.slack_http import arguments, dropped, read_body, signature_of
from advisor.testing.slack_people import Answer, Delivery
from advisor.testing.slack_world import (
    Args,
    Call,
    Hook,
    Json,
    SlackError,
    SlackMessage,
    Workspace,
    World,
)

LONGEST_LINE = 65_536
"""Bytes of a request's first line: files_upload_v2 sends an initial_comment in the query."""

GRACE = 1.0
"""Seconds between saying that a socket ends and closing it; Slack gives some ten."""

ENVELOPES = {"event": "events_api", "interactive": "interactive", "command": "slash_commands"}


FORM_ONLY = frozenset(
    {
        "conversations.history",
        "conversations.open",
        "conversations.replies",
        "files.completeUploadExternal",
        "files.getUploadURLExternal",
        "team.info",
        "users.info",
    }
)
"""Methods that read no JSON body: what they need stands in a form or in the address."""


class Wire:
    """Answers requests and delivers payloads. `url` is set when it listens."""

    def __init__(self, world: World, faults: Faults, app_token: str, signing_secret: str) -> None:
        self.world, self.faults = world, faults
        self.app_token, self.signing_secret = app_token, signing_secret
        self.target: str | None = None
        self.echo = False
        self.echoing = 0
        self.rate_limits: float = 0
        self.url = ""
        self.sockets: dict[web.WebSocketResponse, web.Request] = {}
        self.waiting: dict[str, tuple[web.WebSocketResponse, asyncio.Future[Any]]] = {}
        self._turn = 0
        self._last_post: dict[tuple[str, str], float] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._session: aiohttp.ClientSession | None = None
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Listens on a free port of loopback."""
        app = web.Application(client_max_size=2**26)
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_post("/upload/v1/{id}", self._upload)
        app.router.add_get("/files/{id}", self._download)
        app.router.add_post("/response/{id}", self._response_url)
        app.router.add_get("/socket/{ticket}", self._socket)
        self._runner = web.AppRunner(app, max_line_size=LONGEST_LINE, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self._session = aiohttp.ClientSession()

    async def close(self) -> None:
        """Closes what is open."""
        for task in self._tasks:
            task.cancel()
        await self.drop()
        if self._session:
            await self._session.close()
        if self._runner:
            await self._runner.cleanup()

    def sender(self, workspace: Workspace) -> Sender:
        return Sender(self.world, workspace, self.url)

    # --- the Web API ---

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method, at = request.match_info["method"], time.time()
        args = await arguments(request)
        token = str(args.pop("token", "") or request.headers.get("authorization", "").removeprefix("Bearer "))
        space = self.world.of_token(token)
        await self.faults.pause(method, self._tell)
        return await self._answer(request, method, at, token, args, space)

    async def _answer(
        self, request: web.Request, method: str, at: float, token: str, args: Args, space: Workspace | None
    ) -> web.StreamResponse:
        """Answers a method's request, with the fault that was ordered for it before or after its effect."""
        fault = self.faults.take(method, args) or self._too_fast(method, args, space)
        before, edited = len(self.world.posted), self._edited(method, args, space)
        result: Json = {}
        if fault is None or fault.after_effect:
            try:
                if method in FORM_ONLY and request.content_type == "application/json":
                    raise SlackError("invalid_arguments")
                result = {"ok": True} | self._result(method, token, args, space)
            except SlackError as error:
                result = {"ok": False, "error": error.code} | error.more
        body, status = result, 200
        if fault is not None:
            error = "ratelimited" if fault.status == 429 else fault.error
            body, status = (
                {"ok": False, "error": error or "internal_error"},
                200 if fault.error else fault.status,
            )
            status = 0 if fault.drop else status
        error = None if body.get("ok") else "dropped" if status == 0 else str(body.get("error"))
        self._keep(Call(method, space and space.team, token, dict(args), at, status, error))
        if self.echo and space and result.get("ok"):
            self._send_back(space, before, edited)
        if fault is not None and fault.drop:
            return dropped(request)
        if fault is not None and status >= 500:  # Slack's own outages answer with a page, not with JSON
            return web.Response(status=status, text="<html>Server Error</html>", content_type="text/html")
        headers = {"x-oauth-scopes": ",".join(sorted(space.scopes))} if space else {}
        if fault is not None and status == 429:
            headers["Retry-After"] = str(1 if fault.retry_after is None else fault.retry_after)
        return web.json_response(body, status=status, headers=headers)

    def _result(self, method: str, token: str, args: Args, space: Workspace | None) -> Json:
        """What the method answers. Raises SlackError."""
        if method != "apps.connections.open" and method not in slack_methods.METHODS:
            raise SlackError("unknown_method", req_method=method)
        if not token:
            raise SlackError("not_authed")
        if method == "apps.connections.open":
            if token != self.app_token:
                raise SlackError("not_allowed_token_type" if space else "invalid_auth")
            ticket = self.world.next_id("ticket")
            return {"url": f"{self.url.replace('http', 'ws', 1)}/socket/{ticket}"}
        if space is None:
            raise SlackError("not_allowed_token_type" if token == self.app_token else "invalid_auth")
        return slack_methods.run(Asked(method, self.world, space, args, self.sender(space)))

    def _too_fast(self, method: str, args: Args, space: Workspace | None) -> Fault | None:
        """With rate_limits, the fault of a second message that comes too soon in a channel."""
        if not self.rate_limits or method != "chat.postMessage" or space is None:
            return None
        key, now = (space.team, str(args.get("channel"))), time.monotonic()
        if now - self._last_post.get(key, -self.rate_limits) < self.rate_limits:
            return Fault(method, status=429, retry_after=1)
        self._last_post[key] = now
        return None

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        at, data = time.time(), await request.read()
        await self.faults.pause("upload", self._tell)
        args = {"file_id": request.match_info["id"], "length": len(data)}
        fault, upload = self.faults.take("upload", args), self.world.uploads.get(args["file_id"])
        if upload is None:
            return web.Response(status=404, text="not found")
        if fault is None or fault.after_effect:
            with self.world.change():
                upload.data = data
                if len(data) != upload.length:
                    self.world.violations.append(
                        f"upload: {len(data)} bytes came, {upload.length} were announced"
                    )
        status = 200 if fault is None else 0 if fault.drop else fault.status
        self._keep(Call("upload", upload.team, None, args, at, status, None if fault is None else "failed"))
        if fault is not None and fault.drop:
            return dropped(request)
        return web.Response(status=status, text=f"OK - {len(data)}" if fault is None else "failed")

    async def _download(self, request: web.Request) -> web.StreamResponse:
        upload = self.world.uploads.get(request.match_info["id"])
        space = self.world.of_token(request.headers.get("authorization", "").removeprefix("Bearer "))
        if upload is None or space is None or space.team != upload.team:
            return web.Response(status=403, text="forbidden")
        return web.Response(body=upload.data or b"", content_type="application/octet-stream")

    async def _response_url(self, request: web.Request) -> web.StreamResponse:
        at, args = time.time(), await arguments(request)
        await self.faults.pause("response_url", self._tell)
        fault, hook = self.faults.take("response_url", args), self.world.hooks.get(request.match_info["id"])
        if hook is None:
            return web.json_response({"ok": False, "error": "expired_url"}, status=404)
        space, error = self.world.workspace(hook.team), None
        if fault is None or fault.after_effect:
            try:
                slack_methods.restyle(
                    Asked("response_url", self.world, space, args, self.sender(space)), hook
                )
            except SlackError as raised:
                error = raised.code
        status = 404 if error == "used_url" else 400 if error else 200
        if fault is not None:
            status, error = 0 if fault.drop else fault.status, error or "failed"
        self._keep(Call("response_url", hook.team, None, dict(args), at, status, error))
        if status == 0:
            return dropped(request)
        return (
            web.json_response({"ok": False, "error": error}, status=status)
            if error
            else web.Response(text="ok")
        )

    # --- Socket Mode ---

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        hello = {
            "type": "hello",
            "num_connections": len(self.sockets) + 1,
            "debug_info": {"host": "applink-1", "build_number": 1, "approximate_connection_time": 18060},
            "connection_info": {"app_id": APP},
        }
        await socket.send_json(hello)
        with self.world.change():
            self.sockets[socket] = request
        try:
            async for message in socket:
                if message.type is aiohttp.WSMsgType.TEXT and message.data.startswith("{"):
                    answer = json.loads(message.data)
                    _, waiting = self.waiting.get(str(answer.get("envelope_id")), (None, None))
                    if waiting is not None and not waiting.done():
                        waiting.set_result(answer.get("payload"))
        finally:
            with self.world.change():
                self.sockets.pop(socket, None)
            for sent_over, waiting in self.waiting.values():
                if sent_over is socket and not waiting.done():
                    waiting.set_exception(ConnectionError("the socket closed"))
        return socket

    async def drop(self) -> None:
        """Cuts every socket, without a word."""
        with self.world.change():
            for request in self.sockets.values():
                if request.transport is not None:
                    request.transport.abort()
            self.sockets.clear()

    async def disconnect(self, reason: str) -> None:
        """Says that the sockets end, and why; sends no more over them and closes those that stay open."""
        for socket in list(self.sockets):
            debug = {"host": "applink-1"}
            await socket.send_json({"type": "disconnect", "reason": reason, "debug_info": debug})
            with self.world.change():
                self.sockets.pop(socket, None)
            self._begin(self._close(socket))

    async def _close(self, socket: web.WebSocketResponse) -> None:
        await asyncio.sleep(GRACE)
        await socket.close(code=aiohttp.WSCloseCode.GOING_AWAY)

    def _begin(self, work: Coroutine[Any, Any, Any]) -> None:
        """Does something beside the request at hand."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # --- delivery ---

    async def deliver_http(
        self,
        payload: Json,
        kind: Delivery,
        retry: int | None,
        reason: str | None,
        timestamp: int | None,
        signature: str | None,
        patience: float,
    ) -> Answer:
        """Posts a payload to the target, signed; status 0 when no answer came in time."""
        assert self.target is not None
        assert self._session is not None
        forms = {"interactive": {"payload": json.dumps(payload)}, "command": payload}
        data = (json.dumps(payload) if kind == "event" else urlencode(forms[kind])).encode()
        stamp = str(int(time.time()) if timestamp is None else timestamp)
        headers = {
            "content-type": "application/json" if kind == "event" else "application/x-www-form-urlencoded",
            "user-agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "x-slack-request-timestamp": stamp,
            "x-slack-signature": signature_of(self.signing_secret, stamp, data)
            if signature is None
            else signature,
        }
        if retry is not None:
            headers |= {"x-slack-retry-num": str(retry), "x-slack-retry-reason": reason or "http_timeout"}
        begun, limit = time.monotonic(), aiohttp.ClientTimeout(total=patience)
        try:
            async with self._session.post(self.target, data=data, headers=headers, timeout=limit) as answer:
                text = await answer.text()
                return Answer(answer.status, read_body(text), time.monotonic() - begun)
        except (aiohttp.ClientError, TimeoutError) as error:
            return Answer(0, type(error).__name__, time.monotonic() - begun)

    async def deliver_socket(
        self, payload: Json, kind: Delivery, retry: int | None, reason: str | None, patience: float
    ) -> Answer:
        """Sends a payload over one of the sockets, in turn, and waits for its acknowledgement."""
        envelope = {
            "envelope_id": self.world.next_id("envelope-"),
            "payload": payload,
            "type": ENVELOPES[kind],
            "accepts_response_payload": kind != "event",
        }
        if kind == "event":
            envelope |= {"retry_attempt": retry or 0, "retry_reason": reason or ""}
        begun, id = time.monotonic(), str(envelope["envelope_id"])
        try:
            if not self.sockets:
                raise ConnectionError("no socket is open")
            self._turn += 1
            socket = list(self.sockets)[self._turn % len(self.sockets)]
            waiting = asyncio.get_running_loop().create_future()
            self.waiting[id] = (socket, waiting)
            await socket.send_json(envelope)
            self._tell()
            body = await asyncio.wait_for(waiting, patience)
            return Answer(200, body, time.monotonic() - begun)
        except (TimeoutError, ConnectionError) as error:
            return Answer(0, str(error) or type(error).__name__, time.monotonic() - begun)
        finally:
            self.waiting.pop(id, None)

    def apply_command(self, command: Json, answer: Answer) -> None:
        """Shows what the app answered to a command's request: to the one who ran it, or in_channel."""
        body = {"text": answer.body} if isinstance(answer.body, str) else answer.body
        if answer.status != 200 or not body:
            return
        space = self.world.workspace(command["team_id"])
        hook = Hook(space.team, command["channel_id"], command["user_id"])
        asked = Asked("command", self.world, space, Args(body), self.sender(space))
        slack_methods.respond(asked, hook, body, asked.blocks() or [])

    def _edited(self, method: str, args: Args, space: Workspace | None) -> tuple[SlackMessage, Json] | None:
        """The message that chat.update is about, and as it stands before."""
        if method != "chat.update" or space is None:
            return None
        with self.world.changed:
            message = self.world.find(space.team, str(args.get("channel")), args.get("ts"))
            return None if message is None else (message, self.sender(space).content(message))

    def _send_back(self, space: Workspace, before: int, edited: tuple[SlackMessage, Json] | None) -> None:
        """Sends the app its own new messages and edits as events, as Slack does."""
        sender = self.sender(space)
        with self.world.changed:
            new = [
                sender.message(message, self.world.channel(space, message.channel))
                for message in self.world.posted[before:]
                if message.bot == space.bot_id and message.ephemeral_to is None
            ]
            if edited is not None:
                message, earlier = edited
                new.append(sender.changed(message, earlier, self.world.channel(space, message.channel)))
        for event in new:
            self.echoing += 1
            self._begin(self._sent_back(event))

    async def _sent_back(self, event: Json) -> None:
        try:
            if self.target:
                await self.deliver_http(event, "event", None, None, None, None, 30)
            elif self.sockets:
                await self.deliver_socket(event, "event", None, None, 30)
        finally:
            with self.world.change():
                self.echoing -= 1

    def _keep(self, call: Call) -> None:
        with self.world.change():
            self.world.calls.append(call)

    def _tell(self) -> None:
        with self.world.change():
            pass
