"""Runs the sections on one product and puts the results together.

A section that fails to run is told as broken, in a sentence; the others go on.
"""

import datetime as dt
import platform
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Protocol

from evals.faults import told
from evals.gate.paired import interval
from evals.metrics import METRICS
from evals.product import Product
from evals.results import CaseResult, Profile, Run, Total
from evals.sections import NAMES, Section, section

LIBRARIES = ("chromadb", "langgraph", "langchain-openai", "onnxruntime", "ragas", "sentence-transformers")
RESAMPLES = 2000


class Watcher(Protocol):
    """Is told how a run goes."""

    def begins(self, name: str) -> None: ...

    def counts(self, name: str, done: int) -> None: ...

    def ends(self, name: str, cases: int, seconds: float, broken: str) -> None: ...


class Unwatched:
    """Nobody looks."""

    def begins(self, name: str) -> None: ...

    def counts(self, name: str, done: int) -> None: ...

    def ends(self, name: str, cases: int, seconds: float, broken: str) -> None: ...


@dataclass
class Gathered:
    """What came of some sections."""

    cases: list[CaseResult] = field(default_factory=list[CaseResult])
    seconds: dict[str, float] = field(default_factory=dict[str, float])
    totals: dict[str, float] = field(default_factory=dict[str, float])
    broken: dict[str, str] = field(default_factory=dict[str, str])
    notes: list[str] = field(default_factory=list[str])

    def add(self, other: "Gathered") -> None:
        """Takes in what came of other sections."""
        self.cases += other.cases
        self.seconds |= other.seconds
        self.totals |= other.totals
        self.broken |= other.broken
        self.notes += other.notes


Stop = Callable[[Run], bool]
"""Looks at the run so far, after each section; True ends it there."""


def run_sections(
    product: Product,
    profile: Profile,
    names: Sequence[str] = NAMES,
    *,
    watcher: Watcher | None = None,
    shuffle: int | None = None,
    stop: Stop | None = None,
) -> Run:
    """Measures the sections in turn. `shuffle`: a seed to put the sections' cases into another order."""
    gathered = Gathered()
    for name in names:
        gathered.add(measured(product, profile, name, watcher or Unwatched(), shuffle))
        if stop is not None and stop(run_of(profile, gathered)):
            break
    return run_of(profile, gathered)


def measured(
    product: Product, profile: Profile, name: str, watch: Watcher, shuffle: int | None = None
) -> Gathered:
    """What comes of one section."""
    watch.begins(name)
    found = Gathered()
    started = time.perf_counter()
    try:
        part = section(name)
        for result in part.run(product, profile, None if shuffle is None else random.Random(shuffle)):
            found.cases.append(result)
            watch.counts(name, len(found.cases))
        _check(part, found.cases)
        found.totals = {f"{name}.{key}": value for key, value in part.totals(found.cases).items()}
        found.notes = part.notes(found.cases)
    except Exception as error:  # noqa: BLE001  a section's fault is a finding, whatever it is
        found.broken[name] = told(error)
    found.seconds[name] = round(time.perf_counter() - started, 2)
    watch.ends(name, len(found.cases), found.seconds[name], found.broken.get(name, ""))
    return found


def run_of(profile: Profile, gathered: Gathered) -> Run:
    """A run with its totals, sections in their order."""
    names = [name for name in NAMES if name in gathered.seconds]
    names += [name for name in gathered.seconds if name not in names]
    cases = [case for name in names for case in gathered.cases if case.section == name]
    return Run(
        profile=profile,
        date=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        versions={"python": platform.python_version()} | {name: version(name) for name in LIBRARIES},
        seconds={name: gathered.seconds[name] for name in names},
        totals=_totals(cases, gathered.totals),
        cases=tuple(cases),
        broken=dict(gathered.broken),
        notes=tuple(gathered.notes),
    )


def _totals(cases: Sequence[CaseResult], extra: dict[str, float]) -> dict[str, Total]:
    values: dict[str, list[float]] = {}
    for case in cases:
        for name, value in case.scores.items():
            values.setdefault(name, []).append(value)
    totals: dict[str, Total] = {}
    for name in METRICS:
        if name in values:
            low, high = interval(values[name], RESAMPLES)
            mean = sum(values[name]) / len(values[name])
            totals[name] = Total(value=mean, cases=len(values[name]), low=low, high=high)
    by_section = Counter(case.section for case in cases)
    for name, value in extra.items():
        totals[name] = Total(value=value, cases=by_section[name.partition(".")[0]])
    return totals


def _check(part: Section, found: Sequence[CaseResult]) -> None:
    """A section keeps to its own name, names no case twice and scores by registered metrics alone."""
    if twice := [name for name, times in Counter(case.id for case in found).items() if times > 1]:
        raise ValueError(f"section {part.name} names a case twice: {', '.join(twice[:5])}")
    for case in found:
        if case.section != part.name:
            raise ValueError(f"case {case.id} is filed under {case.section}, not {part.name}")
        if strange := [name for name in case.scores if name not in METRICS]:
            raise ValueError(f"case {case.id} has a score by an unregistered metric: {', '.join(strange)}")
