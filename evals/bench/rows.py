"""One line of a benchmark: the values of all runs, and what is told of them."""

import statistics
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """What was measured, run by run, in one unit. `note` names the aim or what was measured on."""

    piece: str
    what: str
    values: list[float]
    unit: str
    note: str = ""

    @property
    def decimals(self) -> int:
        """Digits after the point that mean something in this unit."""
        return 2 if self.unit == "s" else 1

    def summary(self) -> dict[str, float]:
        """min, p50, p95 (of the runs in order, the next one up) and max."""
        ordered = sorted(self.values)
        place = max(0, -(-95 * len(ordered) // 100) - 1)
        return {
            "min": ordered[0],
            "p50": statistics.median(ordered),
            "p95": ordered[place],
            "max": ordered[-1],
        }
