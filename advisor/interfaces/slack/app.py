"""The bot: Bolt's application, the way events come in, and the workers behind it."""

import asyncio
import contextlib
import datetime as dt
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from advisor.conversation.advisor import AdvisorCore
from advisor.domain.vocabulary import FactKey
from advisor.errors import SettingsError
from advisor.interfaces.slack.calls import Calls
from advisor.interfaces.slack.incoming import Incoming
from advisor.interfaces.slack.intake import Intake
from advisor.interfaces.slack.ledger import Ledger
from advisor.interfaces.slack.listeners import Listeners, quiet_logger
from advisor.interfaces.slack.manifest import PATH
from advisor.interfaces.slack.turn import Answering
from advisor.interfaces.slack.workers import Workers
from advisor.interfaces.slack.workspaces import Workspaces
from advisor.settings import Settings

RESPONSE_HOSTS = frozenset({"hooks.slack.com", "hooks.slack-gov.com"})
"""Where Slack takes answers that are for one person alone."""
PING = 2.0
"""Seconds between signs of life on the socket; a connection that broke is replaced within two of them."""
LARGEST_REQUEST = 5_000_000
"""Bytes of one request by HTTP."""


class Bot:
    """Starts, and stops without losing anything."""

    def __init__(
        self,
        settings: Settings,
        advisor: AdvisorCore,
        workspaces: Workspaces,
        labels: Mapping[FactKey, str],
        now: Callable[[], dt.datetime],
        tell: Callable[[str], None],
    ) -> None:
        self._settings = settings
        ledger = Ledger(settings.slack_ledger)
        hosts = RESPONSE_HOSTS | {urlsplit(settings.slack_base_url).hostname or ""}
        answering = Answering(
            advisor, workspaces, ledger, labels, now, steps=settings.wants_model, hosts=hosts
        )

        async def answer(came: Incoming) -> None:
            await answering(came, intake)

        async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult | None:
            return workspaces.authorized(enterprise_id, team_id)  # Bolt can't call a method

        self._workers = Workers(ledger, answer, answering.lost, now, tell)
        intake = Intake(advisor, ledger, self._workers, settings.slack_allowed, now)
        secret = settings.slack_signing_secret
        # Acknowledged once it is kept: what Slack believes to have arrived must not get lost.
        self._app = AsyncApp(
            name="advisor",
            logger=quiet_logger(),
            client=Calls(settings.slack_bot_tokens[0], settings.slack_base_url).client,
            authorize=authorize,  # pyright: ignore[reportArgumentType] - None is its word for no
            signing_secret=secret.get_secret_value() if secret else "",
            process_before_response=True,
        )
        Listeners(advisor, workspaces, ledger, intake, now, hosts).register(self._app)
        self._socket: AsyncSocketModeHandler | None = None
        self._server: web.AppRunner | None = None
        self._tidying: asyncio.Task[None] | None = None

    async def start(self, bound: tuple[str, int] | None) -> str:
        """Goes on with what was left, then listens: by HTTP where `bound` says, else by Socket Mode.

        Gives the way in words. Raises SettingsError where the address can't be listened on.
        """
        await self._workers.wake_all()
        self._tidying = asyncio.create_task(self._workers.tidy())
        return await self._listen(*bound) if bound is not None else await self._connect()

    async def stop(self) -> None:
        """Takes nothing in any more, and waits a little for the answers under way."""
        if self._socket is not None:
            with contextlib.suppress(Exception):  # a socket that is closed already is closed
                await self._socket.close_async()
        if self._server is not None:
            await self._server.cleanup()
        await self._workers.stop()
        if self._tidying is not None:
            await self._tidying

    async def _connect(self) -> str:
        token = self._settings.slack_app_token
        assert token is not None
        self._socket = AsyncSocketModeHandler(
            self._app, token.get_secret_value(), logger=quiet_logger(), ping_interval=PING
        )
        await self._socket.connect_async()
        return "Socket Mode"

    async def _listen(self, host: str, port: int) -> str:
        served = web.Application(client_max_size=LARGEST_REQUEST)
        served.add_routes([web.post(PATH, self._request)])
        self._server = web.AppRunner(served, access_log=None)
        await self._server.setup()
        site = web.TCPSite(self._server, host, port)
        try:
            await site.start()
        except OSError as error:
            raise SettingsError(
                f"{host} can't be listened on at port {port} ({error.strerror or type(error).__name__}).",
                "Name another with --port, or stop what uses it.",
            ) from None
        address = self._server.addresses[0]
        return f"HTTP at http://{address[0]}:{address[1]}{PATH}"

    async def _request(self, request: web.Request) -> web.Response:
        response = await self._app.async_dispatch(await to_bolt_request(request))
        return await to_aiohttp_response(response)
