"""Settings: the only place that reads the environment.

ADVISOR_HOME holds everything the advisor keeps: index, exported model, conversations.
"""

from pathlib import Path

import platformdirs
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from advisor.errors import SettingsError


class Settings(BaseSettings):
    """Read from ADVISOR_* variables; every one has a default."""

    model_config = SettingsConfigDict(env_prefix="ADVISOR_", extra="ignore", frozen=True)

    home: Path = Field(default_factory=lambda: Path(platformdirs.user_data_dir("hiring-advisor")))
    embedding_model: str | None = None
    """A sentence-transformers model by name or folder; None is the one that comes with the package."""
    threads: int | None = Field(default=None, ge=1, le=256)
    """Threads for embedding; None is one for each core."""
    model_cache: Path | None = None
    """Where exported models are kept; None is a folder of `home`."""

    @property
    def index(self) -> Path:
        """The folder of all collections."""
        return self.home / "index"

    @property
    def database(self) -> Path:
        """The conversations and their memos."""
        return self.home / "conversations.sqlite"

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
        name = "ADVISOR_" + "_".join(str(part) for part in first["loc"]).upper()
        raise SettingsError(
            f"{name} has the value {first['input']!r}, which can't be used: {first['msg']}.",
            "Change it or unset it.",
        ) from error
