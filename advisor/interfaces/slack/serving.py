"""Serving Slack: what must be in order first, then the bot until it is stopped."""

import asyncio
import datetime as dt
import importlib.util
import os
import signal

from filelock import FileLock, Timeout

from advisor.errors import AdvisorError, ExtraMissing, SettingsError
from advisor.interfaces.cli_chat import connected as model_connected
from advisor.interfaces.cli_checks import before_the_prompt
from advisor.interfaces.cli_errors import DONE
from advisor.interfaces.cli_output import Screen
from advisor.settings import Settings, load_settings

HOST, PORT = "127.0.0.1", 3000
MISSING = "slack_bolt", "slack_sdk", "aiohttp"


def show_manifest(url: str | None, screen: Screen) -> int:
    """Prints the manifest as JSON, which Slack takes as it is."""
    from advisor.interfaces.slack.manifest import manifest

    screen.json(manifest(url or load_settings().url))
    return DONE


def serve(http: bool, host: str, port: int, screen: Screen) -> int:
    """Serves until Ctrl-C. Raises SettingsError, ExtraMissing, StorageError and what opening raises."""
    require_extra()
    settings = load_settings()
    _check(settings, http)
    for name in ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET"):
        os.environ.pop(name, None)  # Bolt would set up sign-in for other workspaces by itself
    before_the_prompt()
    lock = FileLock(settings.home / "slack.lock")
    try:
        with lock.acquire(blocking=False):
            asyncio.run(_serve(settings, (host, port) if http else None, screen))
    except Timeout:
        raise AdvisorError(
            f"Another `advisor slack` runs on {settings.home} already.",
            "Stop it first, or give this one an ADVISOR_HOME of its own.",
        ) from None
    return DONE


def require_extra() -> None:
    """Raises ExtraMissing where Bolt is not installed."""
    for module in MISSING:
        if importlib.util.find_spec(module) is None:
            raise ExtraMissing(
                f"The Slack bot needs {module}, which is not installed.",
                "Install it with: pip install 'hiring-advisor[slack]'",
            )


def _check(settings: Settings, http: bool) -> None:
    needed = {"ADVISOR_SLACK_BOT_TOKEN": (settings.slack_bot_token, "xoxb-…, from “OAuth & Permissions”")}
    if http:
        secret = (settings.slack_signing_secret, "from “Basic Information”")
        needed["ADVISOR_SLACK_SIGNING_SECRET"] = secret
    else:
        token = (
            settings.slack_app_token,
            "xapp-…, from “Basic Information”, with the scope connections:write",
        )
        needed["ADVISOR_SLACK_APP_TOKEN"] = token
    for name, (value, where) in needed.items():
        if value is None:
            raise SettingsError(f"{name} is not set.", f"Set it to the app's ({where}).")


async def _serve(settings: Settings, bound: tuple[str, int] | None, screen: Screen) -> None:
    from advisor.assembly import Advisor, builtin_rulebook
    from advisor.domain.vocabulary import FACT_KEYS, FactKey
    from advisor.interfaces.slack.app import Bot
    from advisor.interfaces.slack.workspaces import check_socket, connected

    with screen.working("Connecting to Slack"):
        workspaces = await connected(settings.slack_bot_tokens, settings.slack_base_url)
        if bound is None and settings.slack_app_token is not None:
            await check_socket(settings.slack_app_token.get_secret_value(), settings.slack_base_url)
    with screen.working("Loading the guides") as told:
        advisor = await asyncio.to_thread(Advisor.open, settings, progress=told)
    rulebook = builtin_rulebook()
    labels: dict[FactKey, str] = {key: rulebook.question(key).label for key in FACT_KEYS}
    bot = Bot(settings, advisor, workspaces, labels, lambda: dt.datetime.now(dt.UTC), screen.notice)
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    try:
        where = await bot.start(bound)
        names = ", ".join(one.name for one in workspaces.all)
        screen.line(f"The hiring advisor is in {names} by {where}; {model_connected(settings)}")
        screen.line("Stop it with Ctrl-C; every conversation is kept.")
        await stopped.wait()
    finally:
        await bot.stop()
        await asyncio.to_thread(advisor.close)
