"""Runs the sections on one product and puts the results together.

A section that fails to run is told as broken, in a sentence; the others go on.
"""

import datetime as dt
import platform
import random
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import Protocol

from evals.faults import told
from evals.gate.paired import interval
from evals.metrics import METRICS
from evals.product import Product
from evals.results import CaseResult, Profile, Run, Total, scores_of
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
    watch = watcher or Unwatched()
    cases: list[CaseResult] = []
    seconds: dict[str, float] = {}
    extra: dict[str, float] = {}
    broken: dict[str, str] = {}
    notes: list[str] = []
    for name in names:
        watch.begins(name)
        started, found = time.perf_counter(), list[CaseResult]()
        try:
            part = section(name)
            for result in part.run(product, profile, None if shuffle is None else random.Random(shuffle)):
                found.append(result)
                watch.counts(name, len(found))
            _check(part, found)
            extra |= {f"{name}.{key}": value for key, value in part.totals(found).items()}
            notes += part.notes()
        except Exception as error:  # noqa: BLE001  a section's fault is a finding, whatever it is
            broken[name] = told(error)
        seconds[name] = round(time.perf_counter() - started, 2)
        watch.ends(name, len(found), seconds[name], broken.get(name, ""))
        cases += found
        run = _run(profile, cases, seconds, extra, broken, notes)
        if stop is not None and stop(run):
            return run
    return _run(profile, cases, seconds, extra, broken, notes)


def _check(part: Section, found: Sequence[CaseResult]) -> None:
    """A section keeps to its own name, names no case twice and scores by registered metrics alone."""
    ids = [case.id for case in found]
    if twice := {one for one in ids if ids.count(one) > 1} if len(ids) != len(set(ids)) else set():
        raise ValueError(f"section {part.name} names a case twice: {', '.join(sorted(twice)[:5])}")
    for case in found:
        if case.section != part.name:
            raise ValueError(f"case {case.id} is filed under {case.section}, not {part.name}")
        if strange := [name for name in case.scores if name not in METRICS]:
            raise ValueError(f"case {case.id} has a score by an unregistered metric: {', '.join(strange)}")


def _run(
    profile: Profile,
    cases: Sequence[CaseResult],
    seconds: dict[str, float],
    extra: dict[str, float],
    broken: dict[str, str],
    notes: Sequence[str],
) -> Run:
    totals: dict[str, Total] = {}
    for name in METRICS:
        values = list(scores_of(cases, name).values())
        if values:
            low, high = interval(values, RESAMPLES)
            totals[name] = Total(value=sum(values) / len(values), cases=len(values), low=low, high=high)
    by_section = {name: sum(case.section == name for case in cases) for name in seconds}
    for name, value in extra.items():
        totals[name] = Total(value=value, cases=by_section[name.partition(".")[0]])
    return Run(
        profile=profile,
        date=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        versions={"python": platform.python_version()} | {name: version(name) for name in LIBRARIES},
        seconds=dict(seconds),
        totals=totals,
        cases=tuple(cases),
        broken=dict(broken),
        notes=tuple(notes),
    )
