"""The web application: Chainlit's server with our callbacks, routes and guard.

Imported only once the folder of `folder.py` is made and named in CHAINLIT_APP_ROOT: Chainlit reads it when
it is imported.
"""

import datetime as dt
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

import chainlit
from chainlit.auth import get_current_user, get_token_from_cookies, reuseable_oauth
from chainlit.config import config
from chainlit.server import app as chainlit_app
from chainlit.server import sio
from fastapi import Depends, HTTPException
from starlette.requests import cookie_parser

from advisor.assembly import builtin_rulebook
from advisor.conversation.advisor import AdvisorCore
from advisor.domain.vocabulary import FACT_KEYS, FactKey
from advisor.interfaces.web.guards import App, Guard
from advisor.interfaces.web.routes import page, routes
from advisor.interfaces.web.sign_in import SignIn
from advisor.interfaces.web.talk import Talk
from advisor.interfaces.web.threads import Threads
from advisor.interfaces.web.wording import wording

LARGEST_MESSAGE = 5_000_000
"""Bytes of one event; a message that is too long to be read is told so, not dropped."""

ABOUT = ("/openapi.json", "/docs", "/docs/oauth2-redirect", "/redoc")


def web_app(
    advisor: AdvisorCore,
    sign_in: SignIn,
    model: str,
    names: frozenset[str] | None,
    url: str | None,
    now: Callable[[], dt.datetime],
) -> App:
    """The ASGI application. `model` says whether a language model is connected, `names` the hosts served."""
    rulebook = builtin_rulebook()
    labels: dict[FactKey, str] = {key: rulebook.question(key).label for key in FACT_KEYS}
    threads = Threads(advisor, labels, now)
    sign_in.register()
    chainlit.data_layer(lambda: threads)
    chainlit.on_app_shutdown(_closing(advisor))
    config.code.set_chat_profiles = _Profiles(model)  # pyright: ignore[reportAttributeAccessIssue]
    Talk(advisor, threads, sign_in.holds, lambda: now().astimezone().date()).register()
    chainlit_app.dependency_overrides[get_current_user] = _still_good(sign_in)
    _guard_sockets(sign_in)
    # Before Chainlit's own, of which the pages about its interface load from a foreign host.
    kept = [route for route in chainlit_app.router.routes if getattr(route, "path", None) not in ABOUT]
    chainlit_app.router.routes[:] = [*routes(advisor, threads).routes, *page().routes, *kept]
    return Guard(chainlit_app, names, url)  # pyright: ignore[reportArgumentType]


def _still_good(sign_in: SignIn) -> Callable[..., Awaitable[Any]]:
    async def user(token: str = Depends(reuseable_oauth)) -> Any:
        if not sign_in.holds(token):
            raise HTTPException(401, "Sign in.")
        return await get_current_user(token)

    return user


def _guard_sockets(sign_in: SignIn) -> None:
    """A page joins with a session that is good, and names what it joins as the page itself does.

    Chainlit makes a folder by the name of the session, which the page tells.
    """
    join = sio.handlers["/"]["connect"]

    async def checked(sid: str, environ: dict[str, Any], auth: dict[str, Any] | None) -> Any:
        named = auth or {}
        token = get_token_from_cookies(cookie_parser(environ.get("HTTP_COOKIE", "")))
        if not sign_in.holds(token) or not is_made_up(named.get("sessionId")):
            raise ConnectionRefusedError("authentication failed")
        if named.get("threadId") and not is_made_up(named["threadId"]):
            raise ConnectionRefusedError("authorization failed")
        return await join(sid, environ, named)

    sio.on("connect", checked)
    sio.eio.max_http_buffer_size = LARGEST_MESSAGE


def is_made_up(name: object) -> bool:
    """Whether a name is one that a page makes up at random: a UUID of version 4, as it is written."""
    try:
        found = uuid.UUID(str(name))
    except ValueError:
        return False
    return found.version == 4 and str(found) == name


def _closing(advisor: AdvisorCore) -> Callable[[], None]:
    def close() -> None:
        advisor.close()

    return close


class _Profiles:
    """The first screen. An object instead of a coroutine function: Chainlit calls it where none can run,
    and a coroutine that is never awaited would be told as a warning."""

    def __init__(self, model: str) -> None:
        words = wording()
        self._profile = chainlit.ChatProfile(
            name=words.name,
            markdown_description=f"{words.tagline}\n\n{words.limits}\n\n*{model}*",
            icon="/public/logo.svg",
            default=True,
            starters=[chainlit.Starter(label=one.label, message=one.message) for one in words.starters],
        )

    def __call__(self, *_: object) -> "_Profiles":
        return self

    def __await__(self):
        return [self._profile]
        yield
