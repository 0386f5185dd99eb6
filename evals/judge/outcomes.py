"""What one run of one metric came to. Knows neither ragas nor the wire."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

FailureKind = Literal[
    "malformed",  # no JSON, or not of the form asked for
    "inconsistent",  # of the form asked for, but not an answer to what was asked
    "empty",  # nothing to score: ragas makes NaN or a bare 0 of it
    "refused",
    "too_long",  # cut at the limit of tokens
    "broke_off",  # the connection closed in the middle
    "timeout",
    "busy",
    "server",
    "unreachable",
    "unauthorized",
    "no_model",
    "no_quota",
    "request",  # the endpoint rejects how it is asked
    "broken",  # an error of the metric itself
]


@dataclass(frozen=True)
class Failure:
    """Why a run has no value; `words` follow on "the judge: "."""

    kind: FailureKind
    words: str


@dataclass(frozen=True)
class JudgedRun:
    """One run of one metric over one sample: a value in 0..1, or a failure, which counts as 0.

    `finding` says what keeps the value from 1, one line; empty where nothing does.
    """

    value: float = 0.0
    finding: str = ""
    failure: Failure | None = None

    @property
    def reason(self) -> str:
        return f"failed ({self.failure.kind}): {self.failure.words}" if self.failure else self.finding


@dataclass(frozen=True)
class Spread:
    """How far the runs of one case lie apart; failed ones count with their 0."""

    mean: float
    range: float
    deviation: float
    failed: int


def plain(runs: Sequence[JudgedRun]) -> dict[str, list[float] | list[str] | int]:
    """The runs as a metric takes them: ragas hands plain values on, and makes dicts of all others."""
    return {
        "values": [run.value for run in runs],
        "reasons": [run.reason for run in runs],
        "failed": sum(1 for run in runs if run.failure),
    }


def spread(runs: Sequence[JudgedRun]) -> Spread:
    """Mean, largest minus smallest, and standard deviation of the sample (0 for one run)."""
    values = [run.value for run in runs]
    deviation = statistics.stdev(values) if len(values) > 1 else 0.0
    failed = sum(1 for run in runs if run.failure)
    return Spread(statistics.fmean(values), max(values) - min(values), deviation, failed)
