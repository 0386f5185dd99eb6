"""What a run of the evals found: a result for each case, totals for each metric, all of it plain JSON.

Knows nothing of how anything is measured, compared or shown.
"""

import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, field_validator

from advisor.errors import AdvisorError

FORM = 1
"""The form of a written run. A run of another form is refused."""

Profile = Literal["fast", "full"]


class RunUnreadable(AdvisorError):
    """A file is no run of the evals, or one of another form."""


class Said(BaseModel):
    """One message of a transcript."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    who: Literal["user", "advisor", "note"]
    text: str


class CaseResult(BaseModel):
    """How one case went.

    `scores`: metric → value; a metric that says nothing about the case is left out, and no value is ever NaN.
    `why`: metric → what is wrong, one line, for each score that could be better.
    `record`: the outcome itself, in a form that no rewording, renaming or reordering changes; the gate holds
    it against the baseline's. None where only the scores count.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    section: str
    id: str
    scores: dict[str, float] = Field(default_factory=dict[str, float])
    why: dict[str, str] = Field(default_factory=dict[str, str])
    expected: JsonValue = None
    got: JsonValue = None
    record: JsonValue = None
    transcript: tuple[Said, ...] = ()

    @field_validator("scores")
    @classmethod
    def _no_nan(cls, scores: dict[str, float]) -> dict[str, float]:
        if bad := [name for name, value in scores.items() if not math.isfinite(value)]:
            raise ValueError(f"no finite number: {', '.join(bad)}")
        return scores


class Total(BaseModel):
    """A metric over a run: its value, how many cases stand behind it, a 95 % interval where it is a mean."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: float
    cases: int
    low: float | None = None
    high: float | None = None


class Run(BaseModel):
    """One run: what was measured, with what, and what came. `broken`: why a section was not measured."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    form: int = FORM
    profile: Profile
    date: str
    versions: dict[str, str]
    seconds: dict[str, float]
    totals: dict[str, Total]
    cases: tuple[CaseResult, ...]
    broken: dict[str, str] = Field(default_factory=dict[str, str])
    notes: tuple[str, ...] = ()

    def by_id(self) -> dict[tuple[str, str], CaseResult]:
        """Each case by section and id."""
        return {(case.section, case.id): case for case in self.cases}


def write_run(run: Run, path: Path) -> None:
    """Writes a run as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(run.model_dump_json(indent=1) + "\n", "utf-8")


def read_run(path: Path) -> Run:
    """Reads a run. Raises RunUnreadable."""
    try:
        run = Run.model_validate_json(path.read_text("utf-8"))
    except OSError as error:
        raise RunUnreadable(f"{path} can't be read.", "Write one with: python -m evals") from error
    except ValueError as error:
        raise RunUnreadable(f"{path} is no run of the evals.", "Write one with: python -m evals") from error
    if run.form != FORM:
        raise RunUnreadable(f"{path} is a run of form {run.form}, this reads {FORM}.", "Run the evals anew.")
    return run


def scores_of(cases: Iterable[CaseResult], metric: str) -> Mapping[str, float]:
    """Case id → value, for the cases that the metric speaks of."""
    return {case.id: case.scores[metric] for case in cases if metric in case.scores}
