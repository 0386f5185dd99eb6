"""The workspaces the bot serves, kept apart: each with its token, its own name for the bot, its people."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from slack_bolt.authorization import AuthorizeResult

from advisor.errors import AdvisorError, SettingsError
from advisor.interfaces.documents.plain import plain
from advisor.interfaces.slack.calls import Calls, SlackRefused, SlackUnclear
from advisor.interfaces.slack.ledger import Ledger


@dataclass
class Workspace:
    """One workspace. `streams` is False once Slack has said that messages can't be streamed here."""

    team: str
    name: str
    bot_user: str
    bot_id: str | None
    token: str = field(repr=False)
    calls: Calls = field(repr=False)
    streams: bool = True
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)

    async def person(self, user: str, ledger: Ledger) -> str:
        """What a person is called: one name for each for good, since facts keep who said them by it.

        The id where Slack does not say. Raises SlackUnclear.
        """
        async with self._asking:
            known = await asyncio.to_thread(ledger.name, self.team, user)
            if known is not None:
                return known
            names = [*await self._names(user), user]
            # Two people stay two: the second Ann is Ann (ann.lee).
            for name in (names[0], *(f"{names[0]} ({other})" for other in names[1:]), user):
                if await asyncio.to_thread(ledger.call, self.team, user, name):
                    return name
        return user

    async def _names(self, user: str) -> list[str]:
        try:
            found = (await self.calls("users.info", {"user": user}, again=True)).get("user") or {}
        except SlackRefused:
            return []
        profile = found.get("profile") or {}
        names = (
            profile.get("display_name"),
            profile.get("real_name"),
            found.get("real_name"),
            found.get("name"),
        )
        return list(dict.fromkeys(plain(name) for name in names if name and plain(name)))

    def is_ours(self, message: dict[str, object]) -> bool:
        """Whether the bot said a message."""
        by_id = self.bot_id is not None and message.get("bot_id") == self.bot_id
        return by_id or message.get("user") == self.bot_user


class Workspaces:
    """All of them by team; whom an event is for is found here and nowhere else."""

    def __init__(self, found: Sequence[Workspace]) -> None:
        self._by_team = {one.team: one for one in found}

    def of(self, team: str) -> Workspace | None:
        """A workspace by the id of its team."""
        return self._by_team.get(team)

    @property
    def all(self) -> tuple[Workspace, ...]:
        return tuple(self._by_team.values())

    def authorized(self, enterprise_id: str | None, team_id: str | None) -> AuthorizeResult | None:
        """Bolt's question whose request it is; None for a workspace that was not set up here."""
        found = self.of(team_id or "")
        if found is None:
            return None
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=found.team,
            bot_token=found.token,
            bot_id=found.bot_id,
            bot_user_id=found.bot_user,
        )


async def connected(tokens: Sequence[str], base_url: str) -> Workspaces:
    """The workspaces of these tokens. Raises SettingsError, or AdvisorError where Slack can't be reached."""
    found: list[Workspace] = []
    for number, token in enumerate(tokens, start=1):
        calls = Calls(token, base_url)
        which = f"token {number} of {len(tokens)} in it" if len(tokens) > 1 else "it"
        try:
            told = await calls("auth.test", {}, again=True)
        except SlackRefused as refused:
            raise SettingsError(
                f"ADVISOR_SLACK_BOT_TOKEN can't be used: Slack refuses {which} ({refused.error}).",
                "Copy the bot token (xoxb-…) again from the app's page “OAuth & Permissions”.",
            ) from None
        except SlackUnclear:
            raise AdvisorError(
                f"Slack can't be reached at {base_url}.",
                "Check the connection, or ADVISOR_SLACK_BASE_URL if it is set.",
            ) from None
        found.append(
            Workspace(
                team=str(told["team_id"]),
                name=plain(str(told.get("team") or told["team_id"])),
                bot_user=str(told["user_id"]),
                bot_id=told.get("bot_id"),
                token=token,
                calls=calls,
            )
        )
    return Workspaces(found)


async def check_socket(token: str, base_url: str) -> None:
    """Whether Socket Mode opens with this token; Bolt would ask again for ever, and say nothing.

    Raises SettingsError, or AdvisorError where Slack can't be reached.
    """
    try:
        await Calls(token, base_url)("apps.connections.open", {}, again=True)
    except SlackRefused as refused:
        raise SettingsError(
            f"ADVISOR_SLACK_APP_TOKEN can't be used: Slack refuses it ({refused.error}).",
            "Copy the app-level token (xapp-…) again; it needs the scope connections:write.",
        ) from None
    except SlackUnclear:
        raise AdvisorError(
            "Slack's Socket Mode can't be reached.",
            "Check the connection, and that Socket Mode is on in the app's settings.",
        ) from None
