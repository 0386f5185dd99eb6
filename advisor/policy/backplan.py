"""The way back from a deadline: which stages a move takes, how long each, and when each must begin.

A stage's length comes from a guide (with its passage), from the move itself, or is assumed and says
so. A deadline or a length is a range, and so is each date: the early end holds if the deadline is the
earliest named and every stage takes its longest, the late end if the opposite holds. Knows no
holidays, no working days and nothing that runs side by side.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Literal

from pydantic import Field, model_validator

from advisor.domain.case import Interval
from advisor.domain.decision import Line, Recommendation, Reference
from advisor.domain.facts import Frozen
from advisor.domain.vocabulary import Level

Standing = Literal["ample", "tight", "passed"]
"""There is time; only if every stage is quick; not any more."""

Unit = Literal["days", "weeks", "months"]
DAYS: dict[Unit, int] = {"days": 1, "weeks": 7, "months": 30}
"""Days in a unit; a month is reckoned as 30 days."""

Dates = tuple[dt.date, dt.date]

WINDOWS = (1, 31, 61)
"""The days of the work on which the three windows of a 30-60-90 plan begin."""

VARIABLES: dict[str, frozenset[str]] = {
    "ample": frozenset({"deadline", "late", "left", "early"}),
    "tight": frozenset({"deadline", "late", "left", "early", "early_ago"}),
    "passed": frozenset({"deadline", "late", "late_ago", "early", "early_ago"}),
    "no_deadline": frozenset(),
    "work_begins": frozenset({"begins"}),
    "row_tight": frozenset({"dates", "early_ago"}),
    "row_passed": frozenset({"dates", "late_ago"}),
}
"""The sentences around a timeline, with the variables that each uses."""


class Length(Frozen):
    """How long a stage takes; `rests_on` is None where no guide gives it, and `why` then says so."""

    low: int = Field(ge=0)
    high: int = Field(ge=0)
    unit: Unit = "days"
    rests_on: Reference | None = None
    why: str = ""

    @model_validator(mode="after")
    def _honest(self) -> "Length":
        if self.low > self.high:
            raise ValueError("a length runs from its shorter to its longer end")
        if self.rests_on is None and not self.why:
            raise ValueError("a length without a passage says why it is assumed")
        if self.rests_on is not None and any(
            str(end) not in self.rests_on.quote for end in (self.low, self.high)
        ):
            raise ValueError(f"the quote does not hold {self.low} and {self.high}")
        return self


class StageEntry(Frozen):
    """A stage. With `of_the_move` its length is the first move's own, and `length` stands in for none."""

    id: str
    label: str
    length: Length
    of_the_move: bool = False


class OtherLength(Frozen):
    """What another guide gives for a stage, told beside it; for these levels only, if any are named."""

    id: str
    stage: str
    label: str
    length: Length
    levels: tuple[Level, ...] = ()


class PlanEntry(Frozen):
    """The stages of a move in order. The person's or vendor's work begins with `work_begins`."""

    goes_with: tuple[str, ...]
    stages: tuple[str, ...] = Field(min_length=1)
    work_begins: str


class TimelineFile(Frozen):
    """The stages, the plans made of them, what other guides give, and the sentences around them."""

    stages: tuple[StageEntry, ...]
    plans: tuple[PlanEntry, ...]
    others: tuple[OtherLength, ...]
    header: tuple[str, str, str, str]
    undated_header: tuple[str, str, str]
    texts: dict[str, str]

    @model_validator(mode="after")
    def _worded(self) -> "TimelineFile":
        if self.texts.keys() != VARIABLES.keys():
            raise ValueError(f"the texts are {', '.join(VARIABLES)}, no more and no fewer")
        for name, text in self.texts.items():
            found = (variable for _, variable, _, _ in Formatter().parse(text))
            used = frozenset(variable for variable in found if variable is not None)
            if used != VARIABLES[name]:
                raise ValueError(f"text {name} uses {sorted(used)}, not {sorted(VARIABLES[name])}")
        return self


@dataclass(frozen=True)
class Span:
    """A length in days."""

    low: int
    high: int

    def __add__(self, other: "Span") -> "Span":
        return Span(self.low + other.low, self.high + other.high)


@dataclass(frozen=True)
class Stage:
    """A stage as it stands in this case: its length, and when it must begin, where a deadline was named."""

    id: str
    label: str
    length: Length
    span: Span
    begins: Dates | None


def span(length: Length) -> Span:
    """The length in days."""
    return Span(length.low * DAYS[length.unit], length.high * DAYS[length.unit])


def latest_starts(spans: Sequence[Span], deadline: Dates) -> list[Dates]:
    """When each of some stages in a row must begin, so that the last one ends at the deadline."""
    found: list[Dates] = []
    rest = Span(0, 0)
    for one in reversed(spans):
        rest = rest + one
        early = deadline[0] - dt.timedelta(days=rest.high)
        late = deadline[1] - dt.timedelta(days=rest.low)
        found.append((early, late))
    return found[::-1]


def deadline_dates(timeline: Interval | None, today: dt.date) -> Dates | None:
    """The deadline as dates: the earliest and the latest named."""
    if timeline is None:
        return None
    return today + dt.timedelta(days=int(timeline.low)), today + dt.timedelta(days=int(timeline.high))


def plan_for(entries: TimelineFile, targets: Iterable[str]) -> PlanEntry | None:
    """The plan of a move with these targets; a pair's own plan goes before that of its engagement."""
    known = tuple(targets)
    for target in sorted(known, key=lambda target: "+" not in target):
        for plan in entries.plans:
            if target in plan.goes_with:
                return plan
    return None


def stages_of(
    entries: TimelineFile, plan: PlanEntry, recommendation: Recommendation, deadline: Dates | None
) -> list[Stage]:
    """The stages of a plan with their lengths in this case, dated backwards where there is a deadline."""
    by_id = {stage.id: stage for stage in entries.stages}
    chosen = [by_id[name] for name in plan.stages]
    lengths = [_length(stage, recommendation) for stage in chosen]
    spans = [span(length) for length in lengths]
    starts: Sequence[Dates | None] = latest_starts(spans, deadline) if deadline else [None] * len(spans)
    return [
        Stage(stage.id, stage.label, length, one, begins)
        for stage, length, one, begins in zip(chosen, lengths, spans, starts, strict=True)
    ]


def with_other_length(stages: Sequence[Stage], other: OtherLength, deadline: Dates | None) -> Stage | None:
    """The stage as another guide reckons it, with the rest of the plan unchanged; None if it isn't in it."""
    place = next((at for at, stage in enumerate(stages) if stage.id == other.stage), None)
    if place is None:
        return None
    spans = [span(other.length), *(stage.span for stage in stages[place + 1 :])]
    begins = latest_starts(spans, deadline)[0] if deadline else None
    return Stage(other.id, other.label, other.length, spans[0], begins)


def work_begins(stages: Sequence[Stage], plan: PlanEntry, today: dt.date) -> Dates:
    """The first day of the work, if the first stage begins today: soonest and latest."""
    before = Span(0, 0)
    for stage in stages:
        if stage.id == plan.work_begins:
            break
        before = before + stage.span
    return today + dt.timedelta(days=before.low), today + dt.timedelta(days=before.high)


def _length(stage: StageEntry, recommendation: Recommendation) -> Length:
    """The stage's own length, or the first move's as its calculation gives it."""
    if not stage.of_the_move:
        return stage.length
    line = next((line for line in recommendation.calculation if line.id == "duration"), None)
    if line is None or line.unit != "days":
        return stage.length
    low, high = int(line.low), int(line.high)
    if line.passage is not None and line.quote is not None:
        return _cited(low, high, Reference(passage=line.passage, quote=line.quote), stage)
    return Length(low=low, high=high, why=stage.length.why)


def _cited(low: int, high: int, reference: Reference, stage: StageEntry) -> Length:
    """In the guide's own unit: "4–6 weeks" is not shown as 28–42 days."""
    for unit in ("days", "weeks", "months"):
        ends = low // DAYS[unit], high // DAYS[unit]
        exact = low % DAYS[unit] == 0 and high % DAYS[unit] == 0
        if exact and all(str(end) in reference.quote for end in ends) and unit.rstrip("s") in reference.quote:
            return Length(low=ends[0], high=ends[1], unit=unit, rests_on=reference)
    return Length(low=low, high=high, why=stage.length.why)


def day(date: dt.date) -> str:
    """31 January 2027."""
    return f"{date.day} {date:%B %Y}"


def between(dates: Dates, joint: str = "to") -> str:
    """Two dates as a range, or the one they both are."""
    return day(dates[0]) if dates[0] == dates[1] else f"{day(dates[0])} {joint} {day(dates[1])}"


def days(count: int) -> str:
    """A count of days in words."""
    return "1 day" if count == 1 else f"{count} days"


def length_words(length: Length) -> str:
    """90–120 days; a single figure where both ends are the same."""
    ends = f"{length.low}" if length.low == length.high else f"{length.low}–{length.high}"
    unit = length.unit.removesuffix("s") if length.low == length.high == 1 else length.unit
    return f"{ends} {unit}"


def length_line(stage: Stage) -> Line:
    """The stage's length as a line of the calculation."""
    reference = stage.length.rests_on
    return Line(
        id=f"kit.{stage.id}.length",
        label=stage.label,
        low=stage.length.low,
        high=stage.length.high,
        unit=stage.length.unit,
        formula="as the guide gives it" if reference else f"assumed: {stage.length.why}",
        origin="source" if reference else "assumption",
        passage=reference.passage if reference else None,
        quote=reference.quote if reference else None,
    )


def start_line(stage: Stage, dates: Dates, today: dt.date, formula: str) -> Line:
    """A date as a line of the calculation: days from today (below zero: ago), the dates in its formula."""
    return Line(
        id=f"kit.{stage.id}.begin",
        label=f"Begin by: {stage.label}",
        low=(dates[0] - today).days,
        high=(dates[1] - today).days,
        unit="days",
        formula=formula,
        origin="computed",
    )


def standing(dates: Dates, today: dt.date) -> tuple[Standing, Mapping[str, str]]:
    """How a latest start stands today, and the dates and counts of days that a sentence on it may say."""
    early, late = dates
    values = {
        "dates": between(dates),
        "early": day(early),
        "late": day(late),
        "early_ago": days((today - early).days),
        "late_ago": days((today - late).days),
        "left": days((late - today).days),
    }
    if late < today:
        return "passed", values
    return ("tight" if early < today else "ample"), values
