"""What the gate says of a run: passed or not, every reason, and each metric beside its baseline."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from evals.results import Total

Kind = Literal["broken", "invariant", "record", "missing", "floor", "drop", "significant"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CaseFinding(_Frozen):
    """A case that got worse, with its value before and now where a metric tells it, and why."""

    section: str
    id: str
    before: float | None
    now: float | None
    why: str


class Finding(_Frozen):
    """One reason to fail, in a sentence, with the cases behind it. `metric` is empty where none is meant."""

    kind: Kind
    section: str
    metric: str
    message: str
    cases: tuple[CaseFinding, ...] = ()


class MetricVerdict(_Frozen):
    """A metric beside its baseline over the cases that both hold.

    `before` is its baseline's mean over those cases; `worse` and `better` count them; `p` is the chance of a
    fall like this one if nothing had changed, None where no test was made.
    """

    name: str
    section: str
    value: Total
    before: float | None
    floor: float | None
    allowed_drop: float | None
    worse: int
    better: int
    p: float | None
    failed: bool


class Verdict(_Frozen):
    """The gate's answer to one run."""

    passed: bool
    findings: tuple[Finding, ...]
    metrics: dict[str, MetricVerdict]
    new_cases: int = 0
