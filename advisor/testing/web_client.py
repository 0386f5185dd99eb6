"""A browser's side of the web chat without a browser: many conversations at once, for tests and measurements.

Speaks what Chainlit's page speaks: a cookie from the sign-in, then Socket.IO 5 over one websocket
(https://socket.io/docs/v4/socket-io-protocol/).
"""

import json
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin

OPEN, PING, PONG, CONNECT, EVENT = "0", "2", "3", "40", "42"
LARGEST = 2**24
"""Bytes of one frame."""


class WebClient:
    """One page with its conversation. `said` are the replies so far, as they came piece by piece."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self.thread: str | None = None
        self.said: list[str] = []
        self.elements: dict[str, dict[str, Any]] = {}
        self.errors: list[str] = []
        self._texts: dict[str, str] = {}

    async def say(self, text: str, **metadata: str) -> str:
        """Sends a message; returns the reply once the turn has ended."""
        message = {
            "id": str(uuid.uuid4()),
            "threadId": "",
            "name": "user",
            "type": "user_message",
            "output": text,
            "createdAt": "2026-01-01T00:00:00.000Z",
            "metadata": metadata,
        }
        self._texts.clear()
        await self._emit("client_message", {"message": message, "fileReferences": []})
        started = False
        async for name, _ in self._events():
            started = started or name == "task_start"
            if name == "task_end" and started:
                break
        reply = "\n".join(self._texts.values())
        self.said.append(reply)
        return reply

    async def begin(self) -> None:
        """Joins, as a page does when it is opened."""
        await self._emit("connection_successful", None)

    async def _emit(self, name: str, data: object) -> None:
        await self._connection.send(EVENT + json.dumps([name] if data is None else [name, data]))

    async def _events(self) -> AsyncIterator[tuple[str, Any]]:
        async for frame in self._connection:
            text = frame if isinstance(frame, str) else frame.decode()
            if text.startswith(PING):
                await self._connection.send(PONG)
            elif text.startswith(EVENT):
                name, *rest = json.loads(text.removeprefix(EVENT))
                self._keep(name, rest[0] if rest else None)
                yield name, rest[0] if rest else None

    def _keep(self, name: str, data: Any) -> None:
        if name == "first_interaction":
            self.thread = data["thread_id"]
        elif name == "element":
            self.elements[data["id"]] = data
        elif name in ("new_message", "update_message") and data["type"] == "assistant_message":
            self._texts[data["id"]] = data["output"]
            if data.get("isError"):
                self.errors.append(data["output"])


@asynccontextmanager
async def web_client(url: str, **named: str) -> AsyncIterator[WebClient]:
    """A page that is open until the block ends; signed in where no sign-in is asked for.

    `named` are names of its own for `sessionId` and `threadId`. Raises PermissionError when it may not join.
    """
    async with httpx.AsyncClient(base_url=url, timeout=60) as http:
        (await http.post("/auth/header")).raise_for_status()
        cookies = "; ".join(f"{name}={value}" for name, value in http.cookies.items())
    address = url.replace("http", "ws", 1) + "/ws/socket.io/?EIO=4&transport=websocket"
    headers = {"Cookie": cookies}
    async with connect(
        address, additional_headers=headers, origin=Origin(url), max_size=LARGEST, open_timeout=60
    ) as connection:
        await connection.recv()  # OPEN
        auth = {
            "sessionId": str(uuid.uuid4()),
            "clientType": "webapp",
            "userEnv": "{}",
            "threadId": "",
            "chatProfile": "",
            **named,
        }
        await connection.send(CONNECT + json.dumps(auth))
        answer = str(await connection.recv())
        if not answer.startswith(CONNECT):
            raise PermissionError(answer)
        client = WebClient(connection)
        await client.begin()
        yield client
