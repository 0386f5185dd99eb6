"""One short call, to tell whether an endpoint answers before a conversation needs it."""

import asyncio
import dataclasses
import tempfile
import time
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from advisor.adapters.openai_language.connection import Connection, Endpoint
from advisor.adapters.openai_language.prompts import Prompt
from advisor.adapters.sqlite_usage import SqliteUsage

SECONDS = 20.0


class Ready(BaseModel):
    """The answer to the trial."""

    model_config = ConfigDict(extra="forbid")
    ready: bool


def tried(endpoint: Endpoint) -> int:
    """Milliseconds until the endpoint answered in the form asked for. Raises CallFailed."""
    asked = dataclasses.replace(endpoint, timeout=min(endpoint.timeout, SECONDS))
    prompt = Prompt("Answer in the form asked for.", "Say that you are ready: true.")
    with tempfile.TemporaryDirectory() as folder:
        # Not written to the usage log: that is of conversations.
        connection = Connection(asked, SqliteUsage(Path(folder) / "usage.sqlite"))
        begun = time.monotonic()
        asyncio.run(connection.ask("judge", prompt, Ready, None))
        return round(1000 * (time.monotonic() - begun))
