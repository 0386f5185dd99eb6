"""Which judge model to ask: ADVISOR_JUDGE_*, the only environment that the evals read.

The judge is chosen apart from the product's own model, so that no model marks its own work by accident.
"""

from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from advisor.errors import SettingsError

OPENAI = "https://api.openai.com/v1"
"""Where a judge answers whose address is not set."""

NO_KEY = "none"
"""What is sent to a server that needs no key."""

UNMEASURED = (
    "unmeasured: no judge model is configured; set ADVISOR_JUDGE_MODEL, and ADVISOR_JUDGE_API_KEY or "
    "ADVISOR_JUDGE_BASE_URL (faithfulness, answer relevancy, factual correctness, context recall, and the "
    "judge's agreement with the hand-labelled claims)"
)


class JudgeSettings(BaseSettings):
    """Read from ADVISOR_JUDGE_* variables. Without a model nothing is asked."""

    model_config = SettingsConfigDict(
        env_prefix="ADVISOR_JUDGE_", extra="ignore", frozen=True, hide_input_in_errors=True
    )

    model: str | None = None
    """The judge's name at its endpoint; "none" for none."""
    base_url: str | None = None
    """Where it answers, in OpenAI's format; None is OpenAI."""
    api_key: SecretStr | None = None
    """Its key; a server of one's own may need none."""
    timeout: float = Field(default=120.0, gt=0, le=3600)
    """Seconds for one question to the judge with all its tries."""
    retries: int = Field(default=2, ge=0, le=5)
    """Tries after an HTTP request that failed."""
    reasks: int = Field(default=1, ge=0, le=3)
    """Times that it is asked again after an answer that is not what was asked for."""
    answer_tokens: int = Field(default=8_000, ge=256, le=200_000)
    """Most tokens of one answer: ragas' own 1,024 cut the verdicts on a long answer."""
    runs: int = Field(default=3, ge=1, le=20)
    """How often each case is judged."""
    at_once: int = Field(default=4, ge=1, le=64)
    """Most questions that are with the judge at the same time."""
    kappa_floor: float = Field(default=0.6, ge=-1, le=1)
    """Cohen's kappa with the hand labels under which the judge's metrics are shown but bind nothing.

    0.61 is where "substantial" agreement begins in Landis and Koch 1977, Biometrics 33.
    """

    @field_validator("model", "base_url", "api_key", mode="before")
    @classmethod
    def _blank_is_unset(cls, value: object) -> object:
        return None if isinstance(value, str) and not value.strip() else value

    @field_validator("model")
    @classmethod
    def _none_is_unset(cls, value: str | None) -> str | None:
        return None if value is not None and value.strip().lower() == "none" else value

    @field_validator("base_url")
    @classmethod
    def _url_is_an_address(cls, value: str | None) -> str | None:
        parts = urlsplit(value or OPENAI)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("an address is http:// or https://, a host and perhaps a path")
        return value

    @field_validator("api_key")
    @classmethod
    def _key_is_one_word(cls, value: SecretStr | None) -> SecretStr | None:
        key = value.get_secret_value() if value else ""
        if not key.isascii() or any(letter.isspace() for letter in key):
            raise ValueError("a key is one word of plain letters")
        return value

    @property
    def configured(self) -> bool:
        """Whether there is a judge to ask."""
        return self.model is not None

    @property
    def address(self) -> str:
        """Where the judge answers."""
        return self.base_url or OPENAI

    @property
    def host(self) -> str:
        """The address without a path, and without what may stand before the host."""
        parts = urlsplit(self.address)
        return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)

    @property
    def key(self) -> str:
        """The key to send. Raises SettingsError where OpenAI is asked without one."""
        if self.api_key is not None:
            return self.api_key.get_secret_value()
        if self.base_url is None:
            raise SettingsError(
                f"ADVISOR_JUDGE_MODEL is {self.model!r}, but no key is set.",
                "Set ADVISOR_JUDGE_API_KEY, or ADVISOR_JUDGE_BASE_URL for a server that needs none.",
            )
        return NO_KEY


def load_judge_settings(**given: object) -> JudgeSettings:
    """Settings from the environment; `given` ones win. Raises SettingsError, which never holds the value."""
    try:
        return JudgeSettings(**given)  # pyright: ignore[reportArgumentType] - validated by pydantic
    except ValidationError as error:
        first = error.errors(include_input=False, include_context=False)[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        wrong = str(first["msg"]).removeprefix("Value error, ")
    raise SettingsError(f"ADVISOR_JUDGE_{name} can't be used: {wrong}.", "Change it or unset it.")
