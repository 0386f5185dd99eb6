"""Two runs case by case: which metrics moved; which cases got worse, better or new, and why."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from pydantic import JsonValue

from evals.gate.paired import bootstrap_test, sign_test
from evals.results import CaseResult, Run, Total

if TYPE_CHECKING:
    from evals.metrics import Metric

TOLERANCE = 1e-6
RESAMPLES = 4000

How = Literal["worse", "better", "mixed", "other", "appeared", "vanished"]
"""`mixed`: some scores worse, some better; `other`: the same scores, another recorded outcome."""

HOW: tuple[How, ...] = ("worse", "mixed", "other", "better", "vanished", "appeared")

SAID: dict[How, str] = {
    "worse": "got worse",
    "mixed": "got worse in one metric and better in another",
    "other": "ended otherwise, with the same scores",
    "better": "got better",
    "vanished": "vanished",
    "appeared": "appeared",
}

Differs = Callable[[JsonValue, JsonValue], str]


@dataclass(frozen=True)
class MetricChange:
    """One metric before and now. `before` and `now` are means over the `paired` cases that both runs hold.

    `p` is the chance of a change as large in its direction if nothing had changed: the exact sign test for
    scores of 0 and 1, else the paired bootstrap, one-sided. None for a total that is no mean of scores.
    """

    name: str
    total_before: Total | None
    total_now: Total | None
    before: float | None
    now: float | None
    paired: int = 0
    worse: int = 0
    better: int = 0
    p: float | None = None


@dataclass(frozen=True)
class CaseChange:
    """One case that is not as it was. `scores`: metric → (before, now), only those that differ."""

    section: str
    id: str
    how: How
    why: str
    scores: dict[str, tuple[float | None, float | None]] = field(
        default_factory=dict[str, tuple[float | None, float | None]]
    )


@dataclass(frozen=True)
class Comparison:
    """All that differs between two runs."""

    metrics: dict[str, MetricChange]
    cases: tuple[CaseChange, ...]

    def of(self, how: How) -> list[CaseChange]:
        """The cases that changed in this way."""
        return [case for case in self.cases if case.how == how]


def compare(
    before: Run, now: Run, metrics: "Mapping[str, Metric]", differs: Mapping[str, Differs] | None = None
) -> Comparison:
    """`differs`: section → what differs between two recorded outcomes; without one, any difference counts."""
    names = list(dict.fromkeys([*now.totals, *before.totals]))
    lower = {name for name, metric in metrics.items() if metric.better == "lower"}
    was, now_by_id = before.by_id(), now.by_id()
    changes = {name: _metric(name, before, now, was, name in lower) for name in names}
    cases: list[CaseChange] = []
    for key in dict.fromkeys([*now_by_id, *was]):
        found = _case(was.get(key), now_by_id.get(key), lower, (differs or {}).get(key[0]))
        if found is not None:
            cases.append(found)
    cases.sort(key=lambda case: HOW.index(case.how))
    return Comparison(changes, tuple(cases))


def _metric(
    name: str, before: Run, now: Run, was: Mapping[tuple[str, str], CaseResult], lower: bool
) -> MetricChange:
    pairs = [
        (was[key].scores[name], case.scores[name])
        for case in now.cases
        if name in case.scores and (key := (case.section, case.id)) in was and name in was[key].scores
    ]
    totals = (before.totals.get(name), now.totals.get(name))
    if not pairs:
        first, after = (None if total is None else total.value for total in totals)
        return MetricChange(name, *totals, before=first, now=after)
    falls = [(after - first) if lower else (first - after) for first, after in pairs]
    worse, better = _counted(falls)
    return MetricChange(
        name,
        *totals,
        before=sum(first for first, _ in pairs) / len(pairs),
        now=sum(after for _, after in pairs) / len(pairs),
        paired=len(pairs),
        worse=worse,
        better=better,
        p=_chance(falls, binary={value for pair in pairs for value in pair} <= {0.0, 1.0}),
    )


def _counted(falls: Iterable[float]) -> tuple[int, int]:
    kept = list(falls)
    return sum(fall > TOLERANCE for fall in kept), sum(fall < -TOLERANCE for fall in kept)


def _chance(falls: Sequence[float], binary: bool) -> float | None:
    """One-sided, in the direction in which the mean went; None where nothing changed."""
    if not any(abs(fall) > TOLERANCE for fall in falls):
        return None
    towards = falls if sum(falls) >= 0 else [-fall for fall in falls]
    if binary:
        return sign_test(*_counted(towards))
    return bootstrap_test(towards, RESAMPLES)


def _case(
    was: CaseResult | None, now: CaseResult | None, lower: set[str], differs: Differs | None
) -> CaseChange | None:
    if was is None and now is not None:
        why = "; ".join(now.why.values()) or "is new"
        return CaseChange(now.section, now.id, "appeared", why, {n: (None, v) for n, v in now.scores.items()})
    if now is None and was is not None:
        return CaseChange(
            was.section,
            was.id,
            "vanished",
            "is not measured now",
            {n: (v, None) for n, v in was.scores.items()},
        )
    assert was is not None
    assert now is not None
    scores = {
        name: (was.scores.get(name), now.scores.get(name))
        for name in dict.fromkeys([*now.scores, *was.scores])
        if _moved(was.scores.get(name), now.scores.get(name))
    }
    worse = [name for name, pair in scores.items() if _fell(*pair, name in lower)]
    better = [name for name in scores if name not in worse]
    record = _record(was.record, now.record, differs)
    if worse:
        told = [now.why.get(name) or f"{name} {_pair(scores[name])}" for name in worse]
        return CaseChange(was.section, was.id, "mixed" if better else "worse", _joined(told, record), scores)
    if better:
        told = [
            f"no more: {was.why[name]}"
            if name in was.why and name not in now.why
            else f"{name} {_pair(scores[name])}"
            for name in better
        ]
        return CaseChange(was.section, was.id, "better", _joined(told, record), scores)
    return CaseChange(was.section, was.id, "other", record, scores) if record else None


def _moved(was: float | None, now: float | None) -> bool:
    if was is None or now is None:
        return was is not now
    return abs(was - now) > TOLERANCE


def _fell(was: float | None, now: float | None, lower: bool) -> bool:
    """A score that is no longer there counts as fallen, a new one as risen."""
    if was is None or now is None:
        return now is None
    return now > was if lower else now < was


def _pair(pair: tuple[float | None, float | None]) -> str:
    return " → ".join("none" if value is None else f"{value:.4g}" for value in pair)


def _record(was: JsonValue, now: JsonValue, differs: Differs | None) -> str:
    if was == now:
        return ""
    return differs(was, now) if differs else f"another outcome: {first_difference(was, now)}"


def _joined(told: Sequence[str], record: str) -> str:
    return "; ".join(dict.fromkeys([*told, *([record] if record else [])]))


def first_difference(was: JsonValue, now: JsonValue, path: str = "") -> str:
    """The first place where two values differ, in a line; "" where they are the same."""
    if isinstance(was, dict) and isinstance(now, dict):
        for key in dict.fromkeys([*was, *now]):
            if key not in was or key not in now:
                return f"{path}{key} {'appeared' if key not in was else 'vanished'}"
            if found := first_difference(was[key], now[key], f"{path}{key}."):
                return found
        return ""
    if isinstance(was, list) and isinstance(now, list) and len(was) == len(now):
        for place, (one, other) in enumerate(zip(was, now, strict=True), start=1):
            if found := first_difference(one, other, f"{path}{place}."):
                return found
        return ""
    return "" if was == now else f"{path.rstrip('.') or 'value'} {_short(was)} → {_short(now)}"


def _short(value: JsonValue) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= 60 else text[:57] + "…"


def known_differs(before: Run, now: Run) -> dict[str, Differs]:
    """Each section's own way to tell records apart, loaded for sections where some record is another."""
    was = before.by_id()
    changed = {
        case.section
        for case in now.cases
        if (old := was.get((case.section, case.id))) is not None and old.record != case.record
    }
    found: dict[str, Differs] = {}
    for name in sorted(changed):
        from evals.sections import section

        try:
            known = section(name).differs
        except Exception:  # noqa: BLE001  a section of an older or newer program: any difference counts
            continue
        if known is not None:
            found[name] = known
    return found
