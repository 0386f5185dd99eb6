"""Charts as data: what to draw and how to say it, from a memo's own figures.

Every number here stands in the memo's recommendation or certificate, or is a sum of rule weights in it.
Nothing here draws; each face has a pen of its own, and prints `shown` as it is.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

import yaml
from pydantic import JsonValue, TypeAdapter

from advisor.domain.costs import Estimate
from advisor.domain.decision import Line, Recommendation
from advisor.domain.facts import Frozen
from advisor.domain.memo import Memo
from advisor.interfaces.documents.plain import plain
from advisor.steps.wording import amount, money, sentence

Kind = Literal["bars", "ranges", "signed", "timeline"]
ChartId = Literal["options", "drivers", "routes", "cost_drivers", "time"]

DAYS_OF = {"days": 1, "weeks": 7}
LENGTH, BEGIN = ".length", ".begin"
"""How the kit names a stage's line: how long it takes, and when it has to begin."""

_LINES = TypeAdapter(tuple[Line, ...])


class ChartRow(Frozen):
    """One bar, range or mark.

    `mid` is the length of a bar, or the middle of a range; `low` and `high` are the ends of a range. In a
    timeline a row runs from `start` to `low`, and at the longest to `high`; one with `mid` alone is a mark:
    the deadline. `shown` is the figure in words, `note` is what else there is to say.
    """

    label: str
    start: float | None = None
    low: float | None = None
    mid: float | None = None
    high: float | None = None
    shown: str
    highlighted: bool = False
    note: str = ""


class Chart(Frozen):
    """A chart: its rows from top to bottom, and one sentence that says what it shows."""

    id: ChartId
    kind: Kind
    title: str
    summary: str
    unit: str
    rows: tuple[ChartRow, ...]

    @property
    def legend(self) -> str:
        """What the marks mean; empty where that is plain."""
        if self.kind == "ranges":
            return "A bar runs from P10 to P90; the mark in it is P50."
        if self.kind == "signed" and any((row.mid or 0) < 0 for row in self.rows):
            return "A hatched bar tells against it."
        if self.kind == "timeline":
            told = (
                "A dark bar ends where everything is quick, a light one where everything takes its longest."
            )
            marked = any(row.mid is not None for row in self.rows)
            return f"{told} The upright line is the deadline." if marked else told
        return ""

    @property
    def alternative(self) -> str:
        """The whole chart in words, for those who do not see it."""
        said = "; ".join(f"{row.label}: {row.shown}" for row in self.rows)
        return f"{self.title}. {self.summary} {said}."


def charts_of(memo: Memo) -> tuple[Chart, ...]:
    """The charts for which a memo has the figures, in the order in which they are shown."""
    decision = memo.recommendation
    found = (
        _drivers(decision),
        _options(decision),
        _routes(decision),
        _cost_drivers(decision),
        _time(decision, memo.certificate),
    )
    return tuple(chart for chart in found if chart is not None)


def _options(decision: Recommendation) -> Chart | None:
    if not decision.alternatives:
        return None
    first = plain(decision.first.label)
    rows = [_bar(sentence(first), decision.score, str(decision.score), highlighted=True, note="first move")]
    for other in decision.alternatives:
        rows.append(_bar(sentence(plain(other.label)), other.score, str(other.score)))
    runner = plain(decision.runner_up.label)
    summary = (
        f"The rules give {first} {decision.score} points and the runner-up, {runner}, "
        f"{decision.runner_up.score}: it is {decision.margin}% behind."
    )
    return Chart(
        id="options",
        kind="bars",
        title="The options compared",
        summary=summary,
        unit="points",
        rows=tuple(rows),
    )


def _drivers(decision: Recommendation) -> Chart | None:
    sums = _points_by_ground(decision)
    if not sums:
        return None
    ranked = sorted(sums.items(), key=lambda item: (-item[1], item[0]))
    rows = [
        _bar(_ground(ground), points, _signed(points), note=", ".join(_voices(decision, ground)))
        for ground, points in ranked
    ]
    rest = decision.score - sum(sums.values())
    if rest:
        rows.append(_bar("Before any rule", rest, _signed(rest), note="settles ties only"))
    told = f"“{_ground(ranked[0][0])}” tells most for it ({_signed(ranked[0][1])})"
    least, against = ranked[-1]
    if against < 0:
        told += f", “{_ground(least)}” most against it ({_signed(against)})"
    summary = (
        f"The points for {plain(decision.first.label)}, by what the rules look at, "
        f"come to {decision.score}; {told}."
    )
    return Chart(
        id="drivers", kind="signed", title="What drives the decision", summary=summary, unit="points",
        rows=tuple(rows),
    )  # fmt: skip


def _points_by_ground(decision: Recommendation) -> dict[str, int]:
    """What each ground adds to the first move: per publisher and target the strongest for and against."""
    first = decision.first
    targets = (first.role, first.engagement, f"{first.role}+{first.engagement}")
    votes: dict[tuple[str, str, str], list[int]] = {}
    for rule in decision.rules_fired:
        for target in targets:
            if target in rule.weights:
                votes.setdefault((rule.ground, rule.publisher, target), []).append(rule.weights[target])
    sums: dict[str, int] = {}
    for (ground, _, _), weights in votes.items():
        sums[ground] = sums.get(ground, 0) + max(0, *weights) + min(0, *weights)
    return {ground: points for ground, points in sums.items() if points}


def _voices(decision: Recommendation, ground: str) -> Iterable[str]:
    first = decision.first
    targets = {first.role, first.engagement, f"{first.role}+{first.engagement}"}
    speaking = (r for r in decision.rules_fired if r.ground == ground and targets & set(r.weights))
    return dict.fromkeys(plain(rule.publisher) for rule in speaking)


@cache
def _ground_labels() -> Mapping[str, str]:
    text = files("advisor.interfaces.documents").joinpath("grounds.yaml").read_text("utf-8")
    return TypeAdapter(dict[str, str]).validate_python(yaml.safe_load(text))


def _ground(ground: str) -> str:
    """A ground in words; one of a newer playbook by its id."""
    return _ground_labels().get(ground) or sentence(plain(ground.replace("_", " ")))


def _routes(decision: Recommendation) -> Chart | None:
    costs = decision.costs
    shown = costs.of_first() or next(iter(costs.estimates), None)
    if shown is None:
        return None
    alike = [one for one in costs.estimates if one.unit == shown.unit]
    ranked = sorted(alike, key=lambda one: one.id != costs.first)
    rows = tuple(_range(one, one.id == costs.first) for one in ranked)
    others = [plain(one.label) for one in costs.estimates if one.unit != shown.unit]
    left = f" Priced in another currency and not drawn: {'; '.join(others)}." if others else ""
    if costs.first is not None:
        told = f"The middle estimate (P50) for the first move, “{plain(shown.label)}”,"
    else:
        told = f"No route prices the first move itself; the middle estimate (P50) for “{plain(shown.label)}”"
    summary = (
        f"{told} is {_amount(shown, shown.p50)}, "
        f"between {_amount(shown, shown.p10)} (P10) and {_amount(shown, shown.p90)} (P90).{left}"
    )
    return Chart(
        id="routes", kind="ranges", title="Cost ranges by route", summary=summary, unit=shown.unit, rows=rows
    )


def _range(estimate: Estimate, first: bool) -> ChartRow:
    low, middle, high = (_amount(estimate, line) for line in (estimate.p10, estimate.p50, estimate.p90))
    return ChartRow(
        label=plain(estimate.label),
        low=estimate.p10.low,
        mid=estimate.p50.low,
        high=estimate.p90.low,
        shown=f"{middle} ({low} to {high})",
        highlighted=first,
        note="first move" if first else "",
    )


def _amount(estimate: Estimate, line: Line) -> str:
    return money(line.low, estimate.unit)


def _cost_drivers(decision: Recommendation) -> Chart | None:
    first = decision.costs.of_first()
    if first is None or not first.dominated_by:
        return None
    rows = tuple(
        _bar(plain(line.label), line.low, f"{amount(line.low)}%", highlighted=place == 0)
        for place, line in enumerate(first.dominated_by)
    )
    summary = (
        f"“{rows[0].label}” widens the cost range of the first move most: {rows[0].shown} of its variance."
    )
    return Chart(
        id="cost_drivers", kind="bars", title="What dominates the cost range", summary=summary,
        unit="percent of variance", rows=rows,
    )  # fmt: skip


def _time(decision: Recommendation, certificate: Mapping[str, JsonValue]) -> Chart | None:
    """The stages one after the other from the memo's date, against the deadline where there is one."""
    kit_lines = _LINES.validate_python(certificate.get("kit_lines", []))
    stages = tuple(_stages(kit_lines))
    rows = list(stages)
    planned = decision.first.duration_days
    if planned is not None and not stages:
        rows.append(_duration(f"The first move: {plain(decision.first.label)}", *planned, highlighted=True))
    waiting = decision.costs.delay.waiting
    if waiting is not None and waiting.passage not in {line.passage for line in kit_lines}:
        rows.append(_duration(f"For comparison: {plain(waiting.label)}", waiting.low, waiting.high))
    deadline = _deadline(certificate)
    if not rows or (deadline is None and len(rows) == 1):
        return None
    told = "Each is drawn from its own beginning."
    if deadline is not None:
        rows.append(
            ChartRow(label="Deadline", mid=deadline, shown=f"{amount(deadline)} days", highlighted=True)
        )
        ends = _standing(stages, deadline)
        told = f"The deadline is {amount(deadline)} days after the date of this memo. {ends}"
    return Chart(
        id="time", kind="timeline", title="Time needed and time there is", summary=told.strip(), unit="days",
        rows=tuple(rows),
    )  # fmt: skip


def _stages(lines: tuple[Line, ...]) -> Iterable[ChartRow]:
    """The kit's stages one after the other, each from the day on which it begins if the first begins at once.

    Which follow one another shows in the latest starts that the kit has reckoned back from a deadline; two
    stages that end together are two words on the same one. Without a deadline each is drawn from the start.
    """
    begins = {line.id: line for line in lines if line.id.endswith(BEGIN)}
    drawn: dict[tuple[float, float], tuple[float, float]] = {}
    quick, slow = 0.0, 0.0
    for line in lines:
        if not line.id.endswith(LENGTH) or line.unit not in DAYS_OF:
            continue
        low, high = line.low * DAYS_OF[line.unit], line.high * DAYS_OF[line.unit]
        start = 0.0, 0.0
        begin = begins.get(line.id.removesuffix(LENGTH) + BEGIN)
        if begin is not None:
            ends = begin.high + low, begin.low + high
            if ends not in drawn:
                drawn[ends] = quick, slow
                quick, slow = quick + low, slow + high
            start = drawn[ends]
        yield ChartRow(
            label=plain(line.label),
            start=start[0],
            low=start[0] + low,
            high=start[1] + high,
            shown=f"{_interval(line.low, line.high)} {line.unit}",
            note="assumed" if line.origin == "assumption" else "",
        )


def _standing(stages: tuple[ChartRow, ...], deadline: float) -> str:
    """How the end of the last stage lies to the deadline."""
    quick = max((row.low or 0.0 for row in stages), default=None)
    slow = max((row.high or 0.0 for row in stages), default=None)
    if quick is None or slow is None:
        return ""
    if quick > deadline:
        return "Begun today, the stages end after it even if each is quick."
    if slow > deadline:
        return (
            "Begun today, the stages end before it if each is quick, and after it if each takes its longest."
        )
    return "Begun today, the stages end before it even if each takes its longest."


def _deadline(certificate: Mapping[str, JsonValue]) -> float | None:
    """The latest day that the user named, in days; None when no deadline is held."""
    facts = certificate.get("facts")
    fact = facts.get("timeline_days") if isinstance(facts, dict) else None
    value = fact.get("value") if isinstance(fact, dict) else None
    latest = value.get("max") if isinstance(value, dict) else None
    return float(latest) if isinstance(latest, int | float) else None


def _duration(label: str, low: float, high: float, highlighted: bool = False) -> ChartRow:
    shown = f"{_interval(low, high)} days"
    return ChartRow(label=label, start=0.0, low=low, high=high, shown=shown, highlighted=highlighted)


def _interval(low: float, high: float) -> str:
    return "–".join(dict.fromkeys((amount(low), amount(high))))


def _bar(label: str, value: float, shown: str, highlighted: bool = False, note: str = "") -> ChartRow:
    return ChartRow(label=label, mid=value, shown=shown, highlighted=highlighted, note=note)


def _signed(points: int) -> str:
    return f"+{points}" if points > 0 else f"−{-points}"
