"""Requests and answers as HTTP: arguments, bodies, the signature, a connection that breaks."""

import hashlib
import hmac
import json
from typing import Any

from aiohttp import web

from advisor.testing.slack_world import Args


def signature_of(secret: str, timestamp: str, body: bytes) -> str:
    """Slack's signature: v0= and the HMAC-SHA256 of v0:timestamp:body."""
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


async def arguments(request: web.Request) -> Args:
    """A request's arguments from its query and its body, JSON or form."""
    args = Args(request.query)
    if request.content_type == "application/json":
        body = await request.json() if request.can_read_body else {}
        args.update(body if isinstance(body, dict) else {})
    elif request.method == "POST":
        args.update({name: value for name, value in (await request.post()).items() if isinstance(value, str)})
    return args


def dropped(request: web.Request) -> web.Response:
    """Cuts the connection; nothing of the response arrives."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def read_body(text: str) -> Any:
    """JSON when it is JSON, the text when there is one, else None."""
    try:
        return json.loads(text)
    except ValueError:
        return text or None
