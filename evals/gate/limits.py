"""How far each metric may fall: floors, allowed drops and the test, from `limits.yaml`."""

from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from evals.metrics import METRICS

LIMITS = Path(__file__).parent / "limits.yaml"

Test = Literal["sign", "bootstrap", "none"]


class Limit(BaseModel):
    """The bounds of one metric or total.

    `floor` is the worst value allowed (for a metric where lower is better, the highest); `drop` how much
    worse than the baseline over the same cases it may be; `test` judges a smaller fall.
    `gated` false: shown only.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    floor: float | None = None
    drop: float | None = None
    test: Test = "none"
    gated: bool = True


class Limits(BaseModel):
    """All bounds. `significance` is the p below which a fall counts; `resamples` those of the bootstrap."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    significance: float = Field(gt=0, lt=0.5)
    resamples: int = Field(ge=1000)
    metrics: dict[str, Limit]
    totals: dict[str, Limit] = Field(default_factory=dict[str, Limit])


def load_limits(path: Path = LIMITS) -> Limits:
    """The bounds of the gate. Raises ValueError for an entry of the file that is wrong."""
    return Limits.model_validate(yaml.safe_load(path.read_text("utf-8")))


def unbounded(limits: Limits) -> list[str]:
    """Registered metrics that the file does not speak of; an invariant needs no entry."""
    return [name for name, metric in METRICS.items() if not metric.invariant and name not in limits.metrics]
