"""The registry of metrics.

A metric is a function of plain values with a docstring that says what it measures, its `Range:` and its
`Source:`; `scored_by` makes a ragas metric of it and files it under its name. Ragas turns an error inside a
metric into a value of None: here that is an error again, so that no fault of a metric passes for a score.
"""

import math
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

os.environ["RAGAS_DO_NOT_TRACK"] = "true"  # before ragas is imported: it reports each use otherwise

from ragas.metrics import MetricResult, numeric_metric

Better = Literal["higher", "lower"]

REQUIRED = ("Range:", "Source:")


@dataclass(frozen=True)
class Scored:
    """A value of a metric, with the reason where it could be better."""

    value: float
    why: str = ""


@dataclass(frozen=True)
class Metric:
    """A registered metric. `best` is the value that nothing can be better than, None where there is none.

    `invariant`: a single case below `best` fails the gate, whatever the baseline holds.
    """

    name: str
    section: str
    better: Better
    lowest: float
    highest: float
    unit: str
    invariant: bool
    about: str
    ragas: Any

    @property
    def best(self) -> float | None:
        bound = self.highest if self.better == "higher" else self.lowest
        return bound if math.isfinite(bound) else None

    def score(self, **given: Any) -> Scored:
        """The value for one case. Raises ValueError when the metric fails or leaves its range."""
        result = self.ragas.score(**given)
        if result.value is None:
            raise ValueError(f"{self.name}: {result.reason}")
        return Scored(float(result.value), result.reason or "")


METRICS: dict[str, Metric] = {}
"""Every metric by name, in the order of definition."""


def scored_by(
    section: str,
    *,
    lowest: float = 0.0,
    highest: float = 1.0,
    better: Better = "higher",
    unit: str = "",
    invariant: bool = False,
) -> Callable[[Callable[..., float | Scored]], Metric]:
    """Registers a function as a metric, and as a ragas metric, under its own name.

    Raises ValueError when the docstring says no range or source, or the name is taken.
    """

    def register(function: Callable[..., float | Scored]) -> Metric:
        name, about = function.__name__, (function.__doc__ or "").strip()
        if missing := [word for word in REQUIRED if word not in about]:
            raise ValueError(f"metric {name}: its docstring lacks {' and '.join(missing)}")
        ragas = numeric_metric(name=name, allowed_values=(lowest, highest))(_with_reason(function))
        return enter(Metric(name, section, better, lowest, highest, unit, invariant, about, ragas))

    return register


def enter(metric: Metric) -> Metric:
    """Files a metric; one that ragas ships is filed as it is."""
    if metric.name in METRICS:
        raise ValueError(f"metric {metric.name} is registered twice")
    METRICS[metric.name] = metric
    return metric


def metric_named(name: str) -> Metric:
    """The metric with this name."""
    return METRICS[name]


def _with_reason(function: Callable[..., float | Scored]) -> Callable[..., MetricResult]:
    import functools

    @functools.wraps(function)
    def scored(*arguments: Any, **given: Any) -> MetricResult:
        found = function(*arguments, **given)
        if isinstance(found, Scored):
            return MetricResult(value=found.value, reason=found.why)
        return MetricResult(value=float(found))

    return scored
