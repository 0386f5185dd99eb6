"""Calls of Slack's Web API: limits obeyed, and what is safe to say again said again."""

import asyncio
import json
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

TIMEOUT = 30
"""Seconds for one call."""
TRIES = 5
FIRST_WAIT = 0.5
"""Seconds before the second try of what is safe to say again; each further wait is twice as long."""

_FORMS = frozenset(
    {
        "conversations.history",
        "conversations.replies",
        "files.completeUploadExternal",
        "files.getUploadURLExternal",
        "users.info",
    }
)
"""Methods that take a form; Slack reads no JSON there."""

_UNSURE = frozenset(
    {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org"}
)
"""Errors after which Slack says that some of the call may have been done."""


class SlackRefused(Exception):
    """Slack says no, and would again: `error` is its word for it."""

    def __init__(self, method: str, error: str) -> None:
        super().__init__(f"{method}: {error}")
        self.method, self.error = method, error


class SlackUnclear(Exception):
    """Nobody knows whether the call was done: Slack failed or could not be reached."""


class SlackLimited(Exception):
    """A call that can be left out met a limit."""


@dataclass
class Gate:
    """One method's limit: while it is shut, callers wait and then go one by one."""

    until: float = 0.0
    order: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def is_shut(self) -> bool:
        return time.monotonic() < self.until

    def shut(self, seconds: float) -> None:
        self.until = max(self.until, time.monotonic() + seconds)

    async def opened(self) -> None:
        while self.is_shut:
            await asyncio.sleep(max(0.0, self.until - time.monotonic()))


class Calls:
    """The Web API with one workspace's token."""

    def __init__(self, token: str, base_url: str) -> None:
        # No retries of the library's: it sends again what may have arrived.
        self.client = AsyncWebClient(token=token, base_url=base_url, timeout=TIMEOUT, retry_handlers=[])
        self._gates: defaultdict[str, Gate] = defaultdict(Gate)

    async def __call__(
        self, method: str, arguments: Mapping[str, Any], *, again: bool = False, optional: bool = False
    ) -> dict[str, Any]:
        """Slack's answer. `again`: saying it twice does no harm. `optional`: better left out than waited for.

        Raises SlackRefused, SlackUnclear, and SlackLimited for what is optional.
        """
        gate = self._gates[method]
        tries = 0
        while True:
            if optional and gate.is_shut:
                raise SlackLimited(method)
            async with gate.order if gate.is_shut else _Open():
                await gate.opened()
                try:
                    return await self._once(method, arguments)
                except _Limited as limited:
                    gate.shut(limited.seconds)
                    continue
                except SlackUnclear:
                    tries += 1
                    if optional or not again or tries >= TRIES:
                        raise
            await asyncio.sleep(FIRST_WAIT * 2 ** (tries - 1))

    async def _once(self, method: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        given = {name: value for name, value in arguments.items() if value is not None}
        try:
            if method in _FORMS:
                form = {n: json.dumps(v) if isinstance(v, list | dict) else v for n, v in given.items()}
                answer = await self.client.api_call(method, data=form)
            else:
                answer = await self.client.api_call(method, json=given)
        except SlackApiError as error:
            response = cast(Any, error.response)
            status = getattr(response, "status_code", 0)
            data = getattr(response, "data", None)
            if status == 429:
                raise _Limited(_seconds(response.headers)) from None
            said = str(data.get("error") or "") if isinstance(data, dict) else ""
            if status >= 500 or said in _UNSURE or not said:
                raise SlackUnclear(f"{method}: {status}") from None
            raise SlackRefused(method, said) from None
        except Exception as error:  # noqa: BLE001 - the library breaks in many ways over what proxies answer
            raise SlackUnclear(f"{method}: {type(error).__name__}") from None
        return cast(dict[str, Any], answer.data)


class _Limited(Exception):
    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds


class _Open:
    """In place of a gate's order while it is open."""

    async def __aenter__(self) -> None: ...

    async def __aexit__(self, *_: object) -> None: ...


def _seconds(headers: Mapping[str, str]) -> float:
    told = next((value for name, value in headers.items() if name.lower() == "retry-after"), "1")
    return float(told) if str(told).isdecimal() else 1.0
