"""The languages that one contract holds for, each built over real parts; the model ones over real HTTP."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from advisor.adapters.local_language import LocalLanguage
from advisor.adapters.local_reader import LocalReader, load_reading
from advisor.adapters.local_writer import LocalAnswers, LocalMemos
from advisor.adapters.openai_language import Endpoint, OpenAILanguage
from advisor.adapters.openai_language.connection import Connection
from advisor.adapters.sqlite_usage import SqliteUsage
from advisor.assembly import (
    builtin_phrases,
    builtin_prompts,
    builtin_rulebook,
    question_choices,
    reading_files,
)
from advisor.ports.language import Language
from advisor.testing.honest_model import HonestModel
from advisor.testing.openai_server import OpenAIServer, Script

KEY = "sk-test-4f1d"


def reader() -> LocalReader:
    return LocalReader(load_reading(reading_files()), choices=question_choices(builtin_rulebook()))


def local() -> LocalLanguage:
    phrases = builtin_phrases()
    return LocalLanguage(reader(), LocalMemos(phrases, builtin_rulebook()), LocalAnswers(phrases))


def over(server: OpenAIServer, home: Path, **endpoint: Any) -> OpenAILanguage:
    """The model language that asks a server, its calls kept under `home`."""
    asked = Endpoint(**({"model": "scripted", "key": KEY, "base_url": server.url, "timeout": 5.0} | endpoint))
    connection = Connection(asked, SqliteUsage(home / "usage.sqlite"))
    return OpenAILanguage(connection, builtin_prompts(), local(), reader())


@contextmanager
def opened(kind: str, home: Path, script: Script | None = None) -> Iterator[Language]:
    """A language by kind: local, schema, tools, whole (not streamed) or azure."""
    if kind == "local":
        yield local()
        return
    with OpenAIServer(script or HonestModel(local())) as server:
        endpoint: dict[str, Any] = {
            "schema": {},
            "tools": {"structure": "tools"},
            "whole": {"stream": False},
            "azure": {"api_version": "2024-10-21", "base_url": server.address},
        }[kind]
        yield over(server, home, **endpoint)


KINDS = ("local", "schema", "tools", "whole", "azure")
