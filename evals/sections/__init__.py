"""The sections of a run: each measures one part of the product, case by case.

A section is a module with

    NAME: str                                              its name, also that of its metrics' section
    def run(product: Product, profile: Profile) -> Iterator[CaseResult]
    def totals(cases: Sequence[CaseResult]) -> dict[str, float]    optional: numbers that are no mean of scores
    def differs(before: JsonValue, now: JsonValue) -> str          optional, where cases hold a record:
                                                           what differs, one line; empty when it is the same

The cases of the fast profile are among those of the full one, under the same ids. `differs` allows for
what may change without a change of meaning: seeds, order, names, prose.
"""

import importlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import JsonValue

from evals.product import Product
from evals.results import CaseResult, Profile

NAMES = (
    "knowledge",
    "decision",
    "retrieval",
    "understanding",
    "grounding",
    "model",
    "figures",
    "safety",
    "dialogue",
)
"""In the order in which they run: the quick ones first."""


@dataclass(frozen=True)
class Section:
    """A section ready to run."""

    name: str
    run: Callable[[Product, Profile], Iterator[CaseResult]]
    totals: Callable[[Sequence[CaseResult]], dict[str, float]]
    differs: Callable[[JsonValue, JsonValue], str] | None


def section(name: str) -> Section:
    """The section with this name; its module is loaded now."""
    module: Any = importlib.import_module(f"evals.sections.{name}")
    return Section(module.NAME, module.run, getattr(module, "totals", _none), getattr(module, "differs", None))


def _none(cases: Sequence[CaseResult]) -> dict[str, float]:
    return {}
