"""Settings: the only place that reads the environment.

ADVISOR_HOME holds everything the advisor keeps: index, exported model, conversations.
"""

from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import platformdirs
from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from advisor.errors import SettingsError

DEFAULT_MODEL = "gpt-4.1-mini"
"""Asked where a key is set and no model is named: cheap, and it answers without long thought."""


def _either(name: str) -> AliasChoices:
    """A variable of ours, or the one that OpenAI's own clients read."""
    return AliasChoices(f"ADVISOR_{name}", f"OPENAI_{name}")


def _slack(name: str) -> AliasChoices:
    """A variable of ours, or the one that Slack's own guides set."""
    return AliasChoices(f"ADVISOR_SLACK_{name}", f"SLACK_{name}")


class Settings(BaseSettings):
    """Read from ADVISOR_* variables; every one has a default."""

    model_config = SettingsConfigDict(
        env_prefix="ADVISOR_", extra="ignore", frozen=True, populate_by_name=True
    )

    home: Path = Field(default_factory=lambda: Path(platformdirs.user_data_dir("hiring-advisor")))
    embedding_model: str | None = None
    """A sentence-transformers model by name or folder; None is the one that comes with the package."""
    threads: int | None = Field(default=None, ge=1, le=256)
    """Threads for embedding; None is one for each core."""
    model_cache: Path | None = None
    """Where exported models are kept; None is a folder of `home`."""

    model: str | None = None
    """The language model's name, or Azure's deployment; "none" for none, whatever else is set."""
    base_url: str | None = Field(default=None, validation_alias=_either("BASE_URL"))
    """Where it answers; None is OpenAI. Read from OPENAI_BASE_URL too."""
    api_key: SecretStr | None = Field(default=None, validation_alias=_either("API_KEY"))
    """Its key. Read from OPENAI_API_KEY too; a server of one's own may need none."""
    api_version: str | None = None
    """Set for Azure OpenAI: the version of its interface."""
    model_timeout: float = Field(default=60.0, gt=0, le=600)
    """Seconds for one call with all its tries."""
    model_retries: int = Field(default=2, ge=0, le=5)
    """Tries after the first that failed."""
    model_prompt_tokens: int = Field(default=8_000, ge=500, le=1_000_000)
    """Most tokens of one prompt."""
    model_answer_tokens: int = Field(default=3_000, ge=100, le=100_000)
    """Most tokens of one answer."""
    model_structure: Literal["json_schema", "tools"] | None = None
    """How answers get their form; None is a JSON schema, and tool calls once that is refused."""
    model_stream: bool = True
    """Whether answers are streamed, so that one that stalls is noticed."""
    judge: bool = False
    """Whether a further call judges that evidence entails what the model wrote."""

    users: Path | None = None
    """Who may sign in to the web chat, a line `name:hash` for each; None is a file of `home`."""
    oauth_allow: str | None = None
    """Who may sign in by OAuth: addresses and @domains, commas between them."""
    auth_secret: SecretStr | None = Field(default=None, min_length=16)
    """Signs the web chat's sessions; None is one made once and kept in `home`."""
    url: str | None = None
    """The web chat's public address where it stands behind a proxy, such as https://advisor.example.com."""

    slack_bot_token: SecretStr | None = Field(default=None, validation_alias=_slack("BOT_TOKEN"))
    """The bot's token (xoxb-…); of several workspaces one each, commas between them."""
    slack_app_token: SecretStr | None = Field(default=None, validation_alias=_slack("APP_TOKEN"))
    """The app-level token (xapp-…) that opens Socket Mode."""
    slack_signing_secret: SecretStr | None = Field(default=None, validation_alias=_slack("SIGNING_SECRET"))
    """Checks what comes by HTTP."""
    slack_base_url: str = "https://slack.com/api/"
    """Where Slack's Web API answers."""
    slack_channels: str | None = None
    """The only channels to talk in, by id, commas between them; None is every one the bot is invited to."""

    @field_validator(
        "model",
        "base_url",
        "api_version",
        "api_key",
        "oauth_allow",
        "auth_secret",
        "url",
        "slack_bot_token",
        "slack_app_token",
        "slack_signing_secret",
        "slack_channels",
        mode="before",
    )
    @classmethod
    def _blank_is_unset(cls, value: object) -> object:
        return None if isinstance(value, str) and not value.strip() else value

    @field_validator("api_key", "slack_bot_token", "slack_app_token", "slack_signing_secret")
    @classmethod
    def _key_is_one_word(cls, value: SecretStr | None) -> SecretStr | None:
        key = value.get_secret_value() if value else ""
        if not key.isascii() or any(letter.isspace() for letter in key):
            raise ValueError("a key is one word of plain letters")
        return value

    @field_validator("url")
    @classmethod
    def _url_is_an_origin(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.path.strip("/"):
            raise ValueError("an address is http:// or https:// and a host, with nothing behind it")
        return value.rstrip("/")

    @field_validator("slack_base_url")
    @classmethod
    def _base_is_a_folder(cls, value: str) -> str:
        parts = urlsplit(value.strip())
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise ValueError("an address is http:// or https://, a host and perhaps a path")
        return value.strip().rstrip("/") + "/"

    @property
    def slack_bot_tokens(self) -> tuple[str, ...]:
        """The bots' tokens, one for each workspace."""
        given = self.slack_bot_token.get_secret_value() if self.slack_bot_token else ""
        return tuple(dict.fromkeys(token for token in given.split(",") if token))

    @property
    def slack_allowed(self) -> frozenset[str]:
        """The ids of the channels to talk in; empty for every one."""
        return frozenset(name.strip() for name in (self.slack_channels or "").split(",") if name.strip())

    @property
    def wants_model(self) -> bool:
        """Whether a language model is to be asked: one is named, or its address or key is set."""
        if self.model is not None:
            return self.model.strip().lower() != "none"
        return self.base_url is not None or self.api_key is not None

    @property
    def model_name(self) -> str:
        """The model to ask: the one named, or the default where only its address or key is set."""
        return self.model or DEFAULT_MODEL

    @property
    def index(self) -> Path:
        """The folder of all collections."""
        return self.home / "index"

    @property
    def database(self) -> Path:
        """The conversations and their memos."""
        return self.home / "conversations.sqlite"

    @property
    def usage(self) -> Path:
        """The calls of language models, with their tokens."""
        return self.home / "usage.sqlite"

    @property
    def slack_ledger(self) -> Path:
        """What came from Slack and what was answered."""
        return self.home / "slack.sqlite"

    @property
    def users_file(self) -> Path:
        """Who may sign in with a password."""
        return self.users or self.home / "users"

    @property
    def models(self) -> Path:
        """The exported embedding models."""
        return self.model_cache or self.home / "models"


def load_settings(**given: object) -> Settings:
    """Settings from the environment; `given` ones win. Raises SettingsError naming the variable."""
    try:
        return Settings(**given)  # pyright: ignore[reportArgumentType] - validated by pydantic
    except ValidationError as error:
        first = error.errors()[0]
        wrong = str(first["msg"]).removeprefix("Value error, ")
        name = "_".join(str(part) for part in first["loc"]).upper()
        name = name if name.startswith(("ADVISOR_", "OPENAI_", "SLACK_")) else f"ADVISOR_{name}"
        if name.endswith(
            ("API_KEY", "SECRET", "TOKEN")
        ):  # what it holds is told nowhere, and hides in no traceback
            raise SettingsError(f"{name} can't be used: {wrong}.", "Change it or unset it.") from None
        raise SettingsError(
            f"{name} has the value {first['input']!r}, which can't be used: {wrong}.",
            "Change it or unset it.",
        ) from error
