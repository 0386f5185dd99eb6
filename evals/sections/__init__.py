"""The sections of a run: each measures one part of the product, case by case.

A section is a module with

    NAME: str                                              its name, also that of its metrics' section
    def run(product: Product, profile: Profile, order: Random | None = None) -> Iterator[CaseResult]
                                                           `order`: puts the cases into another order
    def totals(cases: Sequence[CaseResult]) -> dict[str, float]    optional: what is no mean of scores
    def differs(before: JsonValue, now: JsonValue) -> str          optional, where cases hold a record:
                                                           what differs, one line; empty when it is the same
    def notes(cases: Sequence[CaseResult]) -> list[str]    optional: what the report has to say beside

The cases of the fast profile are among those of the full one, under the same ids. `differs` allows for
what may change without a change of meaning: seeds, order, names, prose.
"""

import importlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, TypeVar

from pydantic import JsonValue

from evals.product import Product
from evals.results import CaseResult, Profile

Case = TypeVar("Case")

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
    "judge",
)
"""In the order in which they run: the quick ones first."""


@dataclass(frozen=True)
class Section:
    """A section ready to run."""

    name: str
    run: Callable[[Product, Profile, Random | None], Iterator[CaseResult]]
    totals: Callable[[Sequence[CaseResult]], dict[str, float]]
    differs: Callable[[JsonValue, JsonValue], str] | None
    notes: Callable[[Sequence[CaseResult]], list[str]]


def section(name: str) -> Section:
    """The section with this name; its module is loaded now."""
    module: Any = importlib.import_module(f"evals.sections.{name}")
    return Section(
        module.NAME,
        module.run,
        getattr(module, "totals", _no_totals),
        getattr(module, "differs", None),
        getattr(module, "notes", _no_notes),
    )


def ordered(cases: Sequence[Case], order: Random | None) -> list[Case]:
    """The cases as they are, or shuffled by `order`."""
    found = list(cases)
    if order is not None:
        order.shuffle(found)
    return found


def _no_notes(cases: Sequence[CaseResult]) -> list[str]:
    return []


def _no_totals(cases: Sequence[CaseResult]) -> dict[str, float]:
    return {}
