"""The web application: Chainlit's server with our callbacks, routes and guard.

Imported only once the folder of `folder.py` is made and named in CHAINLIT_APP_ROOT: Chainlit reads it when
it is imported.
"""

import datetime as dt
from collections.abc import Callable

import chainlit
from chainlit.config import config
from chainlit.server import app as chainlit_app

from advisor.assembly import builtin_rulebook
from advisor.conversation.advisor import AdvisorCore
from advisor.domain.vocabulary import FACT_KEYS, FactKey
from advisor.interfaces.web.guards import App, Guard
from advisor.interfaces.web.routes import page, routes
from advisor.interfaces.web.sign_in import SignIn
from advisor.interfaces.web.talk import Talk
from advisor.interfaces.web.threads import Threads
from advisor.interfaces.web.wording import wording

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
    Talk(advisor, threads, lambda: now().astimezone().date()).register()
    # Before Chainlit's own, of which the pages about its interface load from a foreign host.
    kept = [route for route in chainlit_app.router.routes if getattr(route, "path", None) not in ABOUT]
    chainlit_app.router.routes[:] = [*routes(advisor, threads).routes, *page().routes, *kept]
    return Guard(chainlit_app, names, url)  # pyright: ignore[reportArgumentType]


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
