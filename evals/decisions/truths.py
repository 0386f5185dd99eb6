"""What each predicate says of each probe: a table for each fact, and the borders that numbers really have.

A probe is a value of a fact that some predicate could get wrong: both sides of each border, each unit, each
way of saying that someone is there, is missing, or sits abroad. They stand in `evals/cases/probes.yaml`.
"""

import itertools
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import JsonValue, TypeAdapter

from advisor.domain.case import Case
from advisor.domain.vocabulary import ENUMERATED, FACT_KEYS, FactKey
from advisor.policy.costs.rows import read_place
from advisor.policy.predicates import PREDICATES, Predicate
from advisor.policy.rulebook import Rulebook
from advisor.policy.volume import items_per_day
from evals.decisions.votes import Json

FILE = Path(__file__).parents[1] / "cases" / "probes.yaml"

SCANNED: Mapping[FactKey, range] = {"timeline_days": range(400), "budget_usd": range(0, 400_001, 1000)}
"""Where the borders of a number are looked for: every day, every thousand dollars."""


class Probes:
    """The probed values of each fact. Raises ValueError where the file holds a value that a fact can't."""

    def __init__(self, listed: Mapping[FactKey, tuple[JsonValue, ...]]) -> None:
        self._listed = listed
        for key, values in listed.items():
            for value in values:
                Case.of({key: value})

    def enumerated(self, key: FactKey) -> tuple[JsonValue, ...]:
        """The values of a closed list; none for other facts."""
        return ENUMERATED.get(key, ())

    def of(self, key: FactKey) -> tuple[JsonValue, ...]:
        """Every probed value of a fact."""
        return (*self.enumerated(key), *self._listed.get(key, ()))


@lru_cache(maxsize=1)
def probes() -> Probes:
    """The committed probes."""
    return Probes(
        TypeAdapter(dict[FactKey, tuple[JsonValue, ...]]).validate_python(
            yaml.safe_load(FILE.read_text("utf-8"))
        )
    )


def tables(rulebook: Rulebook, probed: Probes) -> dict[str, Json]:
    """A record for each fact that is probed: what was probed, and each predicate's answers as 0 and 1."""
    found: dict[str, Json] = {}
    for key in FACT_KEYS:
        values = (None, *probed.of(key))
        alone = [p for p in PREDICATES.values() if p.reads == (key,)]
        said: Json = {p.name: _answers(p, [{key: value} for value in values]) for p in alone}
        table: Json = {"k": "truths", "probes": [_shown(value) for value in values], "said": said}
        if key == "volume":
            table["read"] = [items_per_day(str(value)) for value in values[1:]]
        if key == "region_preference":
            table["read"] = [_place(rulebook, str(value)) for value in values[1:]]
        if key in SCANNED:
            table["borders"] = {p.name: _borders(p, key) for p in alone}
        found[key] = table
    for predicate in PREDICATES.values():
        if len(predicate.reads) > 1:
            found[" and ".join(predicate.reads)] = _joint(predicate, found, probed)
    return found


def _joint(predicate: Predicate, found: Mapping[str, Json], probed: Probes) -> Json:
    """The table of a predicate of two facts, laid over another predicate's of the same facts."""
    one, other = predicate.reads
    pairs: list[dict[str, JsonValue]] = [
        {one: first, other: second}
        for first in (None, *_few(probed, one))
        for second in (None, *_few(probed, other))
    ]
    shown: list[JsonValue] = [" and ".join(_shown(value) for value in pair.values()) for pair in pairs]
    before = found.get(" and ".join(predicate.reads))
    said = before["said"] if before else {}
    return {"k": "truths", "probes": shown, "said": {**said, predicate.name: _answers(predicate, pairs)}}


def _few(probed: Probes, key: FactKey) -> tuple[JsonValue, ...]:
    return probed.enumerated(key) or probed.of(key)[:2]


def _answers(predicate: Predicate, cases: list[dict[str, JsonValue]]) -> str:
    return "".join("1" if predicate.test(Case.of(facts)) else "0" for facts in cases)


def _borders(predicate: Predicate, key: FactKey) -> list[Any]:
    """The borders it declares, and the values in the scan from which it says something else than before."""
    said = [(value, predicate.test(Case.of({key: value}))) for value in SCANNED[key] if value > 0]
    turns = [value for (_, before), (value, now) in itertools.pairwise(said) if before != now]
    return [sorted(predicate.borders.get(key, ())), turns]


def _place(rulebook: Rulebook, text: str) -> str:
    place = read_place(rulebook.costs, text)
    told = f"{place.home}; {'/'.join(place.abroad)}"
    return told + ("; abroad" if place.abroad_named else "") + ("; unknown" if place.unknown else "")


def _shown(value: JsonValue) -> str:
    if isinstance(value, dict):
        ends = f"{value.get('min')} to {value.get('max')}"
        return f"{ends} {value['currency']}" if value.get("currency") else ends
    return "unknown" if value is None else str(value)
