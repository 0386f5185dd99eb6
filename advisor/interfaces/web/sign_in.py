"""Who comes in: anyone on this machine's own address, elsewhere those whom the settings name."""

import ipaddress
from dataclasses import dataclass

import chainlit
import jwt
from chainlit.auth.jwt import decode_jwt
from chainlit.oauth_providers import get_configured_oauth_providers

from advisor.errors import SettingsError
from advisor.interfaces.web.users import Users

STAMP = "stamp"
"""Where a session says which password it came in with."""

LOCAL = "local"
"""Who everyone is where no sign-in is configured: whoever sits at this machine."""


def is_loopback(host: str) -> bool:
    """Whether a server on this host can be reached from this machine alone."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.casefold() == "localhost"


@dataclass(frozen=True)
class SignIn:
    """How people sign in. `oauth` are addresses and @domains; both empty: no sign-in."""

    users: Users
    oauth: frozenset[str]

    @property
    def by_password(self) -> bool:
        """Whether anyone has a password."""
        return bool(self.users.names())

    @property
    def required(self) -> bool:
        """Whether one must sign in."""
        return self.by_password or bool(self.oauth)

    def check(self, host: str, url: str | None = None) -> None:
        """Raises SettingsError where strangers would come in, or where nobody could.

        `url` is the public address where a proxy stands before the server, whatever it listens on.
        """
        providers = get_configured_oauth_providers()
        if self.oauth and not providers:
            raise SettingsError(
                "ADVISOR_OAUTH_ALLOW names people, but no OAuth provider is configured.",
                "Set a provider's variables, such as OAUTH_GOOGLE_CLIENT_ID and _SECRET, or unset it.",
            )
        if providers and not self.oauth:
            raise SettingsError(
                f"OAuth by {', '.join(providers)} is configured, but not who may come in.",
                "Set ADVISOR_OAUTH_ALLOW to addresses or domains, such as @example.com.",
            )
        if not self.required and not (url is None and is_loopback(host)):
            raise SettingsError(
                f"The web chat is not opened on {url or host} without sign-in: anyone there could read it.",
                "Add someone with `advisor password NAME`, or configure OAuth, or use --host 127.0.0.1.",
            )

    def allows(self, address: str) -> bool:
        """Whether someone whom an OAuth provider vouches for may come in."""
        address = address.strip().casefold()
        name, at, domain = address.rpartition("@")
        return bool(name and at) and (address in self.oauth or f"@{domain}" in self.oauth)

    def holds(self, token: str | None) -> bool:
        """Whether a session is still good: its person was not taken out, nor the password changed."""
        try:
            user = decode_jwt(token or "")
        except (jwt.PyJWTError, TypeError, ValueError):
            return False
        if not self.required:
            return user.identifier == LOCAL
        stamp = user.metadata.get(STAMP)
        if stamp is not None:
            return stamp == self.users.stamp(user.identifier)
        return self.allows(user.identifier)

    def register(self) -> None:
        """Tells Chainlit."""
        if not self.required:
            chainlit.header_auth_callback(self._local)
            return
        if self.by_password:
            chainlit.password_auth_callback(self._password)
        if self.oauth:
            chainlit.oauth_callback(self._oauth)

    async def _local(self, _headers: object) -> chainlit.User:
        return chainlit.User(identifier=LOCAL)

    async def _password(self, name: str, password: str) -> chainlit.User | None:
        known = await chainlit.make_async(self.users.admits)(name, password)
        if known is None:
            return None
        return chainlit.User(identifier=known, metadata={STAMP: self.users.stamp(known)})

    async def _oauth(
        self,
        _provider: str,
        _token: str,
        raw: dict[str, str],
        user: chainlit.User,
        _id_token: str | None = None,
    ) -> chainlit.User | None:
        if raw.get("email_verified") in (False, "false") or not self.allows(user.identifier):
            return None
        return chainlit.User(identifier=user.identifier.strip().casefold())


def allowed(listed: str | None) -> frozenset[str]:
    """The addresses and @domains of a setting, commas between them. Raises SettingsError."""
    names = frozenset(part.strip().casefold() for part in (listed or "").split(",") if part.strip())
    wrong = sorted(name for name in names if "@" not in name)
    if wrong:
        raise SettingsError(
            f"ADVISOR_OAUTH_ALLOW holds {wrong[0]!r}, which is no address.",
            "Write addresses as ada@example.com and domains as @example.com, commas between them.",
        )
    return names
