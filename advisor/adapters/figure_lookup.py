"""A question → the typed figures that it asks for. Cue words are data; nothing is guessed from nearness.

A row answers only when it measures what was asked, of the role, level and place that were asked. Knows
nothing of passages and searches no text.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml
from pydantic import BaseModel, ConfigDict

from advisor.domain.evidence import Figure
from ingest.lexical import stems

_AI_ROLES = frozenset({"ai_engineer", "ml_engineer", "mlops_engineer", "ai_developer"})


class MetricCues(BaseModel):
    """How questions name a metric; `by_label`: a word of the row's label has to occur as well.

    `hints` ask for nothing by themselves, but choose between salary and hourly pay.
    """

    model_config = ConfigDict(extra="forbid")

    cues: list[str]
    hints: list[str] = []
    by_label: bool = False


class Cues(BaseModel):
    """The file figure_cues.yaml."""

    model_config = ConfigDict(extra="forbid")

    metrics: dict[str, MetricCues]
    roles: dict[str, list[str]]
    levels: dict[str, list[str]]
    regions: dict[str, list[str]]
    beyond: list[str]


@cache
def _cues() -> Cues:
    text = files("advisor.adapters").joinpath("figure_cues.yaml").read_text(encoding="utf-8")
    return Cues.model_validate(yaml.safe_load(text))


@dataclass(frozen=True)
class _Asked:
    metrics: frozenset[str]
    roles: frozenset[str]
    levels: frozenset[str]
    regions: frozenset[str]
    beyond: bool


def asked_figures(question: str, figures: Sequence[Figure]) -> list[Figure] | None:
    """The rows that answer `question`, in their own order; None when it asks for no figure.

    Empty when it asks for one that no row gives: another role, level or place, or another subject.
    """
    asked = _read(question)
    if not asked.metrics:
        return None
    if asked.beyond:
        return []
    said = frozenset(stems(question))
    found = [figure for figure in figures if _answers(figure, asked, said)]
    # "How many" alone may be answered by a passage; pay or a time that no row gives may not.
    vague = all(_cues().metrics[metric].by_label for metric in asked.metrics)
    return None if vague and not found else found


def _answers(figure: Figure, asked: _Asked, said: frozenset[str]) -> bool:
    if figure.metric not in asked.metrics:
        return False
    if _cues().metrics[figure.metric].by_label and not said & frozenset(stems(figure.label)):
        return False
    return _of_role(figure, asked) and _of_level(figure, asked) and _of_region(figure, asked)


def _of_role(figure: Figure, asked: _Asked) -> bool:
    if not asked.roles:
        return True
    if figure.role is None:  # the row holds for AI work of any role
        return bool(asked.roles & _AI_ROLES)
    return figure.role in asked.roles


def _of_level(figure: Figure, asked: _Asked) -> bool:
    if not asked.levels:
        return True
    if figure.level is None:  # pay without a level is no answer to a question about one
        return not figure.metric.startswith("pay_")
    return figure.level in asked.levels


def _of_region(figure: Figure, asked: _Asked) -> bool:
    """No row for the place asked: none, never the nearest."""
    return not asked.regions or figure.region in asked.regions


def _read(question: str) -> _Asked:
    cues = _cues()
    # Names of roles, levels and places are taken out first: "contract data engineer" names no contract.
    text = f" {' '.join(question.lower().replace('’', chr(39)).split())} "
    beyond, text = _taken(text, {"beyond": cues.beyond})
    roles, text = _taken(text, cues.roles)
    regions, text = _taken(text, _cased(question, cues.regions))
    levels, text = _taken(text, cues.levels)
    metrics = {
        metric
        for metric, named in cues.metrics.items()
        if any(_pattern(cue).search(text) for cue in named.cues)
    }
    if {"pay_salary", "pay_hourly"} <= metrics:
        metrics = _one_kind_of_pay(text, metrics)
    return _Asked(frozenset(metrics), roles, levels, regions, bool(beyond))


def _one_kind_of_pay(text: str, metrics: set[str]) -> set[str]:
    """Words that only one kind of pay has decide between them; without any, both are meant."""
    salary, hourly = _cues().metrics["pay_salary"], _cues().metrics["pay_hourly"]
    shared = set(salary.cues) & set(hourly.cues)
    by_year, by_hour = (
        any(_pattern(word).search(text) for word in {*pay.cues, *pay.hints} - shared)
        for pay in (salary, hourly)
    )
    if by_year == by_hour:
        return metrics
    return metrics - ({"pay_hourly"} if by_year else {"pay_salary"})


def _cased(question: str, regions: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """The place names to look for: "us" is a country only in capitals, else it is a pronoun."""
    if re.search(r"\bUS\b", question):
        return dict(regions)
    return {region: [cue for cue in cues if cue != "us"] for region, cues in regions.items()}


def _taken(text: str, names: Mapping[str, Iterable[str]]) -> tuple[frozenset[str], str]:
    """The names whose cues occur, and the text without those cues; longer cues first."""
    found: set[str] = set()
    pairs = sorted(
        ((cue, name) for name, cues in names.items() for cue in cues), key=lambda pair: -len(pair[0])
    )
    for cue, name in pairs:
        left = _pattern(cue).sub(" ", text)
        if left != text:
            found.add(name)
            text = left
    return frozenset(found), text


@cache
def _pattern(cue: str) -> re.Pattern[str]:
    """A cue at the beginning of a word; a short one (up to three letters) has to be the whole word."""
    start = r"(?<!\w)" if cue[0].isalnum() else ""
    end = r"(?!\w)" if len(cue) <= 3 else r"\w*"
    return re.compile(start + re.escape(cue) + end)
