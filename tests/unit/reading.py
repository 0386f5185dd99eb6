"""The packaged reader and short ways to ask it, for its tests."""

import datetime as dt
from pathlib import Path
from typing import Any

from advisor.adapters.local_reader import LocalReader, load_reading
from advisor.domain.commands import (
    OpenQuestion,
    Reading,
    SetFact,
)
from advisor.domain.vocabulary import FactKey
from advisor.ports.language import ReadingContext

TODAY = dt.date(2026, 11, 20)
FOLDER = Path(__file__).parents[2] / "advisor" / "playbook" / "reading"


def texts() -> dict[str, str]:
    return {path.stem: path.read_text("utf-8") for path in FOLDER.glob("*.yaml")}


READER = LocalReader(load_reading(texts()))


def read(say: str, asked: FactKey | None = None, question: str = "?") -> Reading:
    opened = OpenQuestion(fact=asked, text=question) if asked else None
    return READER.understand(say, ReadingContext(today=TODAY, open_question=opened))


def facts(say: str, asked: FactKey | None = None, question: str = "?") -> dict[str, Any]:
    return {c.key: c.value for c in read(say, asked, question).commands if isinstance(c, SetFact)}


def of_kind(reading: Reading, kind: type[Any]) -> list[Any]:
    return [command for command in reading.commands if isinstance(command, kind)]


def days(low: int, high: int | None = None) -> dict[str, int]:
    return {"min": low, "max": low if high is None else high}
