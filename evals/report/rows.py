"""What a table of metrics shows, row by row: values from the run, bounds and changes from the verdict.

Without a verdict the changes come from the run before, if there is one.
"""

import importlib
import inspect
import math
import pkgutil
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from evals.report import numbers
from evals.report.compare import MetricChange
from evals.results import Run, Total

if TYPE_CHECKING:
    from evals.gate.verdict import Verdict
    from evals.metrics import Metric

_PART = re.compile(r"^(?P<stem>[^,./:]+)(?:, |[./:])(?P<part>.+)$")
_TAIL = re.compile(r"^(?P<stem>.+)_(?P<part>[^_]+)$")
"""The other way to name parts, `recall_volume`; told from any other name by how many share the stem."""

FEWEST = 3
_WRAPPED = re.compile(r"(?<!\n)\n(?!\n|Range:|Source:)")


@dataclass(frozen=True)
class Row:
    """One metric of a run. `metric` is None for a total that is no mean of scores."""

    name: str
    section: str
    total: Total
    metric: "Metric | None" = None
    before: float | None = None
    now: float | None = None
    floor: float | None = None
    allowed_drop: float | None = None
    worse: int = 0
    better: int = 0
    p: float | None = None
    failed: bool = False

    @property
    def label(self) -> str:
        """The name without that of its section."""
        return self.name.removeprefix(f"{self.section}.")

    @property
    def titled(self) -> str:
        """The label with the unit, where the name does not say it."""
        return self.label if not self.unit or self.unit in self.label else f"{self.label}, {self.unit}"

    @property
    def better_is(self) -> str:
        return self.metric.better if self.metric else "higher"

    @property
    def unit(self) -> str:
        return self.metric.unit if self.metric else ""

    @property
    def share(self) -> bool:
        """Whether values lie between 0 and 1."""
        if self.metric is not None:
            return self.metric.lowest >= 0 and self.metric.highest <= 1
        return 0 <= self.total.value <= 1

    @property
    def invariant(self) -> bool:
        return self.metric is not None and self.metric.invariant

    @property
    def holds(self) -> bool:
        """An invariant without an exception."""
        return self.invariant and not self.failed and self.metric is not None and self._at_best

    @property
    def _at_best(self) -> bool:
        best = self.metric.best if self.metric else None
        return best is not None and math.isclose(self.total.value, best, abs_tol=1e-9)

    @property
    def change(self) -> float | None:
        """The change since the baseline, over the cases that both hold where that is known."""
        if self.before is None:
            return None
        if self.now is not None:
            return self.now - self.before
        if self.metric is not None and not self.worse and not self.better:
            return 0.0
        return self.total.value - self.before

    @property
    def bound(self) -> str:
        """The floor in words: "≥ 0.93"; "each" for what must hold in each case."""
        if self.invariant:
            return "each"
        if self.floor is None:
            return "–"
        return ("≥ " if self.better_is == "higher" else "≤ ") + numbers.bound(self.floor)

    @property
    def got_worse(self) -> bool:
        change = self.change or 0.0
        return change < 0 if self.better_is == "higher" else change > 0

    @cached_property
    def about(self) -> str:
        """What the metric says of itself, a line a paragraph."""
        if self.metric is None:
            return ""
        return _WRAPPED.sub(" ", inspect.cleandoc(self.metric.about)).replace("\n\n", "\n")

    @cached_property
    def family(self) -> tuple[str, str] | None:
        """(stem, part) of a total that may be one of several: ("recall", "volume") of `recall, volume`."""
        found = None if self.metric is not None else _PART.match(self.label) or _TAIL.match(self.label)
        return (found["stem"], found["part"]) if found else None


def known_metrics() -> "Mapping[str, Metric]":
    """Every metric that can be loaded. One that can't is left out: what broke is when a report is needed."""
    from evals import metrics

    for module in pkgutil.iter_modules(metrics.__path__):
        try:
            importlib.import_module(f"{metrics.__name__}.{module.name}")
        except Exception:  # noqa: BLE001  the run says itself what is broken
            continue
    return metrics.METRICS


def rows_of(
    run: Run,
    verdict: "Verdict | None",
    changes: Mapping[str, MetricChange],
    metrics: "Mapping[str, Metric]",
) -> list[Row]:
    """The rows of a run in the order of its sections. `changes`: from the run before, by metric."""
    rows: list[Row] = []
    for name, total in run.totals.items():
        metric = metrics.get(name)
        judged = verdict.metrics.get(name) if verdict else None
        change = changes.get(name)
        section = metric.section if metric else judged.section if judged else _section(name, run)
        rows.append(
            Row(
                name=name,
                section=section,
                total=total,
                metric=metric,
                before=judged.before if judged else change.before if change else None,
                now=change.now if change and not judged else None,
                floor=judged.floor if judged else None,
                allowed_drop=judged.allowed_drop if judged else None,
                worse=judged.worse if judged else change.worse if change else 0,
                better=judged.better if judged else change.better if change else 0,
                p=judged.p if judged else change.p if change else None,
                failed=judged.failed if judged else False,
            )
        )
    places = {name: place for place, name in enumerate(sections_of(run))}
    return sorted(rows, key=lambda row: places.get(row.section, len(places)))


def sections_of(run: Run, rows: Sequence[Row] = ()) -> list[str]:
    """The sections of a run, in the order in which they ran, then those that only a row names."""
    named = [*run.seconds, *run.broken, *(case.section for case in run.cases), *(row.section for row in rows)]
    return list(dict.fromkeys(named))


def _section(name: str, run: Run) -> str:
    for case in run.cases:
        if name in case.scores:
            return case.section
    return name.partition(".")[0]


def families(rows: Iterable[Row]) -> dict[tuple[str, str], dict[str, Row]]:
    """(section, stem) → part → row, for totals between 0 and 1 that come in `FEWEST` parts or more."""
    found: dict[tuple[str, str], dict[str, Row]] = {}
    for row in rows:
        if row.family is not None:
            stem, part = row.family
            found.setdefault((row.section, stem), {})[part] = row
    return {
        key: parts
        for key, parts in found.items()
        if len(parts) >= FEWEST and all(row.share for row in parts.values())
    }


def single(rows: Sequence[Row]) -> list[Row]:
    """The rows that stand for themselves: no parts of a family that holds, no invariants that hold."""
    within = {row.name for parts in families(rows).values() for row in parts.values() if not row.failed}
    return [row for row in rows if row.name not in within and not row.holds]
