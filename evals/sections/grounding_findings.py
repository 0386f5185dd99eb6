"""What was found in one case of grounding, added up over its texts, and the scores that follow."""

from collections.abc import Iterable
from dataclasses import dataclass

from evals.metrics.registry import Metric


@dataclass(frozen=True)
class Tally:
    """How many were looked at, and what is wrong with some of them, a line each."""

    looked_at: int
    wrong: tuple[str, ...]


class Findings:
    """Collects what is wrong, metric by metric; a metric that nothing was added to gives no score."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[Metric, int | None, list[str]]] = {}

    def add(self, metric: Metric, found: Tally | Iterable[str]) -> None:
        """A tally for a metric that is a share, lines for one that all or nothing decides."""
        wrong = found.wrong if isinstance(found, Tally) else tuple(found)
        _, among, before = self._found.get(metric.name, (metric, None, []))
        if isinstance(found, Tally):
            among = (among or 0) + found.looked_at
        self._found[metric.name] = (metric, among, [*before, *wrong])

    def scores(self) -> tuple[dict[str, float], dict[str, str]]:
        """Metric → value, and metric → why, for those that could be better."""
        scores: dict[str, float] = {}
        why: dict[str, str] = {}
        for name, (metric, among, wrong) in self._found.items():
            given = {"wrong": wrong} if among is None else {"among": among, "wrong": wrong}
            scored = metric.score(**given)
            scores[name] = scored.value
            if scored.why:
                why[name] = scored.why
        return scores, why
