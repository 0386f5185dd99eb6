"""What every request meets first: no foreign page speaks for a user, no page asks a foreign host."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
"""What a proxy adds: then a request to a loopback address may come from anywhere."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

# Chainlit's own elements are compiled in the browser, which takes unsafe-eval; nothing comes from elsewhere.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; media-src 'self' blob:; worker-src 'self' blob:; "
    "connect-src 'self' ws://{host} wss://{host}; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'none'"
)


class Guard:
    """ASGI middleware. `names` are the only hosts answered for, None for any; `url` is the public address.

    A page on a loopback address must not be reachable under a name that a stranger points there, and a
    request that changes something, or a websocket, must come from a page of this server.
    """

    def __init__(self, app: App, names: frozenset[str] | None, url: str | None = None) -> None:
        self._app = app
        self._names = names
        self._public = urlsplit(url).netloc if url else None
        self._secure = url is not None and urlsplit(url).scheme == "https"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]
        }
        host = headers.get("host", "")
        proxied = self._names is not None and any(name in headers for name in FORWARDED)
        if proxied or not self._is_ours(host) or not self._comes_from_us(scope, headers, host):
            await _refuse(scope, send)
            return
        await self._app(scope, receive, lambda message: send(self._with_headers(message, host)))

    def _is_ours(self, host: str) -> bool:
        name = host.rpartition(":")[0] if not host.endswith("]") and ":" in host else host
        return self._names is None or name.casefold() in self._names

    def _comes_from_us(self, scope: Scope, headers: dict[str, str], host: str) -> bool:
        origin = headers.get("origin")
        if origin is None or (scope["type"] == "http" and scope["method"] in SAFE_METHODS):
            return True
        return urlsplit(origin).netloc in {host, self._public}

    def _with_headers(self, message: Message, host: str) -> Message:
        if message["type"] != "http.response.start":
            return message
        ours = (
            ("content-security-policy", _POLICY.format(host=host)),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "same-origin"),
            ("permissions-policy", "camera=(), microphone=(), geolocation=()"),
        )
        added = [(name.encode(), value.encode("latin-1")) for name, value in ours]
        theirs = [(name, self._kept_secure(name, value)) for name, value in message.get("headers", ())]
        return {**message, "headers": [*theirs, *added]}

    def _kept_secure(self, name: bytes, value: bytes) -> bytes:
        # Chainlit marks a cookie Secure only where other sites may send it.
        if self._secure and name.lower() == b"set-cookie" and b"secure" not in value.lower():
            return value + b"; Secure"
        return value


async def _refuse(scope: Scope, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    body = b"This address is not served here. Open the one that `advisor serve` printed."
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": body})
