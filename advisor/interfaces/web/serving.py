"""Serving the web chat: what must be in order first, then the server until it is stopped."""

import contextlib
import datetime as dt
import importlib.util
import os
import socket
import threading
import time
import webbrowser

from advisor.errors import ExtraMissing, SettingsError
from advisor.interfaces.cli_chat import connected
from advisor.interfaces.cli_checks import before_the_prompt
from advisor.interfaces.cli_errors import DONE
from advisor.interfaces.cli_output import Screen
from advisor.interfaces.web.folder import make_folder, secret
from advisor.settings import Settings, load_settings

HOST, PORT = "127.0.0.1", 8000
TRIED_PORTS = 20
BROWSER_AFTER = 1.0
"""Seconds until a browser is opened; the server answers by then."""


def serve(host: str, port: int | None, browser: bool, screen: Screen) -> int:
    """Serves until Ctrl-C. Raises SettingsError, ExtraMissing, StorageError and what opening raises."""
    require_extra()
    settings = load_settings()
    before_the_prompt()
    bound = _bound(host, port)
    address = _address(host, bound.getsockname()[1])
    folder = make_folder(settings.home / "web", settings.url or address)
    _environment(settings, str(folder), secret(folder))
    import uvicorn

    from advisor.assembly import Advisor
    from advisor.interfaces.web.guards import LOOPBACK_NAMES
    from advisor.interfaces.web.sign_in import SignIn, allowed, is_loopback
    from advisor.interfaces.web.users import Users

    sign_in = SignIn(Users(settings.users_file, time.monotonic), allowed(settings.oauth_allow))
    sign_in.check(host, settings.url)
    with screen.working("Loading the guides") as told:
        advisor = Advisor.open(settings, progress=told)
    from advisor.interfaces.web.app import web_app
    from advisor.interfaces.web.log import keep_wordless

    names = LOOPBACK_NAMES | {host} if is_loopback(host) and settings.url is None else None
    app = web_app(advisor, sign_in, connected(settings), names, settings.url, lambda: dt.datetime.now(dt.UTC))
    keep_wordless()
    screen.line(f"The hiring advisor is at {settings.url or address}")
    screen.line("Sign-in is required." if sign_in.required else "No sign-in: only this machine can reach it.")
    screen.line("Stop it with Ctrl-C; every conversation is kept.")
    if browser:
        later = threading.Timer(BROWSER_AFTER, _open, (address,))
        later.daemon = True
        later.start()
    server = uvicorn.Server(
        uvicorn.Config(
            app, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=5
        )
    )
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[bound])
    return DONE


def require_extra() -> None:
    """Raises ExtraMissing where Chainlit or Argon2 is not installed."""
    for module in ("chainlit", "argon2"):
        if importlib.util.find_spec(module) is None:
            raise ExtraMissing(
                f"The web chat needs {module}, which is not installed.",
                "Install it with: pip install 'hiring-advisor[web]'",
            )


def _bound(host: str, port: int | None) -> socket.socket:
    """A listening socket; without a port named, the first free one from 8000 on."""
    reason = ""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for tried in [port] if port is not None else range(PORT, PORT + TRIED_PORTS):
        listening = socket.socket(family, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host.strip("[]"), tried))
        except OSError as error:
            listening.close()
            reason = error.strerror or type(error).__name__
            continue
        listening.listen(128)
        return listening
    raise SettingsError(
        f"{host} can't be listened on at port {port or f'{PORT} to {PORT + TRIED_PORTS - 1}'} ({reason}).",
        "Name another with --port, or stop what uses it.",
    )


def _address(host: str, port: int) -> str:
    shown = {"127.0.0.1": "localhost", "0.0.0.0": socket.gethostname(), "::1": "localhost", "::": "localhost"}
    return f"http://{shown.get(host, f'[{host}]' if ':' in host else host)}:{port}"


def _open(address: str) -> None:
    """Shows it in a browser with a window; one for the terminal would take this terminal over."""
    with contextlib.suppress(webbrowser.Error):
        found = webbrowser.get()
        if type(found) is not webbrowser.GenericBrowser:
            found.open(address)


def _environment(settings: Settings, folder: str, made: str) -> None:
    """What Chainlit reads from the environment, and only there."""
    given = settings.auth_secret.get_secret_value() if settings.auth_secret else made
    os.environ["CHAINLIT_APP_ROOT"] = folder
    os.environ["CHAINLIT_AUTH_SECRET"] = given
    os.environ["TRACELOOP_TELEMETRY"] = "false"  # a library of Chainlit's would report its use
    for name in ("SLACK_BOT_TOKEN", "SLACK_WEBSOCKET_TOKEN", "SLACK_SIGNING_SECRET"):
        os.environ.pop(name, None)  # Chainlit would start a Slack bot of its own beside `advisor slack`
    if settings.url is not None:
        os.environ["CHAINLIT_URL"] = settings.url
