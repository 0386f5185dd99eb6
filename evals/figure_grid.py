"""Questions for figures made of typed fields, from cases/figure_grid.yaml, and what a lookup gave for one.

Knows nothing of conversations: the lookup alone is asked.
"""

import itertools
from collections.abc import Iterable
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, JsonValue

from advisor.domain.evidence import Figure
from advisor.ports.evidence import Finding
from evals.knowledge_records import brief

GRID = Path(__file__).parent / "cases" / "figure_grid.yaml"


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class GridAsk(_Data):
    """One way to ask, and for whom and where it is put."""

    ask: str
    roles: tuple[str, ...]
    levels: tuple[str, ...]
    regions: tuple[str, ...] = ("",)


class Grid(_Data):
    """The file: names in words, and the asks."""

    roles: dict[str, str]
    levels: dict[str, str]
    regions: dict[str, str]
    asks: tuple[GridAsk, ...]

    def questions(self) -> list[str]:
        """Every question, each once, in the order of the file. Raises KeyError for a name without words."""
        found = [
            " ".join(ask.ask.format(who=self._who(role, level), place=self._place(region)).split())
            for ask in self.asks
            for role, level, region in itertools.product(ask.roles, ask.levels, ask.regions)
        ]
        return [question.replace(" ?", "?") for question in dict.fromkeys(found)]

    def _who(self, role: str, level: str) -> str:
        return f"{self.levels[level]} {self.roles[role]}"

    def _place(self, region: str) -> str:
        return self.regions[region] if region else ""


def load_grid() -> Grid:
    """The grid. Raises ValueError for an entry that is wrong."""
    return Grid.model_validate(yaml.safe_load(GRID.read_text("utf-8")))


def told(figures: Iterable[Figure]) -> list[str]:
    """Figures by what they say, each in one line, whatever their ids."""
    return sorted(_line(figure) for figure in figures)


def _line(figure: Figure) -> str:
    counted = f", {figure.counts_from or ''} to {figure.counts_to or ''}" if figure.counts_from else ""
    basis = "" if figure.basis == "none" else f" {figure.basis}"
    return f"{brief(figure)}{basis}{counted}"


def outcome(finding: Finding | None) -> JsonValue:
    """What a lookup gave: the figures that answer, else the nearest, or that no figure was asked for."""
    if finding is None:
        return {"asked": "no figure"}
    record: dict[str, JsonValue] = {"answer": [*told(finding.figures)], "nearest": [*told(finding.nearest)]}
    return record | {"by city": finding.by_city, "regions": sorted(finding.regions)}
