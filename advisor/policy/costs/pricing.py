"""Pricing: what a move comes to, line by line, every term with its origin.

Interval arithmetic: low times low, high times high. The memo says which term is a guide's figure,
which the user's and which assumed; nothing is filled in where neither exists.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from advisor.domain.case import Case
from advisor.domain.decision import Line, Range
from advisor.domain.evidence import Figure
from advisor.policy.costs.book import Work
from advisor.policy.playbook_files import MoveEntry

if TYPE_CHECKING:  # the rulebook loads this package's data
    from advisor.policy.rulebook import Rulebook


@dataclass(frozen=True)
class Priced:
    """A move's duration in days, its cost, a note on what the cost leaves out, and the lines."""

    duration_days: tuple[int, int] | None
    cost: Range | None
    note: str
    lines: tuple[Line, ...]


def price(rulebook: "Rulebook", move: MoveEntry, case: Case) -> Priced:
    """The cost of a move for this case. `cost` is None when no guide gives a figure for it."""
    work = rulebook.costs.work
    duration, lines = duration_lines(work, move, case)
    figure = rulebook.figures.get(move.cost.figure or "")
    if move.cost.kind == "not_given" or figure is None:
        return Priced(duration, None, move.cost.note, tuple(lines))
    lines.append(_figure_line(figure))
    if move.cost.kind == "salary":
        low, high = float(figure.low or 0), float(figure.high or figure.low or 0)
        cost = Range(low=low, high=high, unit="USD a year", open_ended=figure.open_ended)
        return Priced(duration, cost, move.cost.note, tuple(lines))
    if duration is None:
        return Priced(None, None, move.cost.note, tuple(lines))
    return _hourly(work, move, figure, duration, lines)


def hours_in(work: Work, days: float) -> int:
    """Hours of one person's full working weeks in so many days."""
    return round(days / work.days_a_week * work.hours_a_week)


def duration_lines(work: Work, move: MoveEntry, case: Case) -> tuple[tuple[int, int] | None, list[Line]]:
    """The move's own duration, cut at the user's deadline where that comes sooner."""
    if move.duration_days is None:
        return None, []
    low, high = move.duration_days
    rests_on = move.duration_rests_on
    lines = [
        Line(
            id="duration",
            label="Duration",
            low=low,
            high=high,
            unit="days",
            formula="as the guide gives it" if rests_on else "assumed; the guide gives none for this move",
            origin="source" if rests_on else "assumption",
            passage=rests_on.passage if rests_on else None,
            quote=rests_on.quote if rests_on else None,
        )
    ]
    deadline = case.timeline_days
    # A deadline inside the move's own span cuts it; one before its beginning does not make the work shorter.
    if deadline is not None and low <= deadline.high < high:
        high = int(deadline.high)
        lines.append(
            Line(
                id="duration_cut",
                label="Duration, cut at your deadline",
                low=low,
                high=high,
                unit="days",
                formula="the smaller of the duration and the deadline",
                origin="user",
                fact="timeline_days",
            )
        )
    if low % work.days_a_week == 0 and high % work.days_a_week == 0:
        lines.append(
            Line(
                id="weeks",
                label="Duration in weeks",
                low=low // work.days_a_week,
                high=high // work.days_a_week,
                unit="weeks",
                formula=f"days / {work.days_a_week}",
                origin="computed",
            )
        )
    return (low, high), lines


def _figure_line(figure: Figure) -> Line:
    low = float(figure.low or 0)
    return Line(
        id="rate" if figure.period == "hour" else "salary",
        label=figure.label,
        low=low,
        high=float(figure.high if figure.high is not None else low),
        unit=f"USD per {figure.period}",
        formula="as the guide gives it",
        origin="source",
        passage=figure.passage,
        quote=figure.quote,
        open_ended=figure.open_ended,
    )


def _hourly(
    work: Work, move: MoveEntry, figure: Figure, duration: tuple[int, int], lines: list[Line]
) -> Priced:
    weeks = Line(
        id="hours",
        label="Hours",
        low=hours_in(work, duration[0]),
        high=hours_in(work, duration[1]),
        unit="hours",
        formula=f"days / {work.days_a_week} x {work.hours_a_week} hours a week "
        "(one person full time, assumed)",
        origin="assumption",
    )
    low, high = float(figure.low or 0), float(figure.high or figure.low or 0)
    cost = Range(low=weeks.low * low, high=weeks.high * high, unit="USD", open_ended=figure.open_ended)
    total = Line(
        id="cost",
        label="Cost",
        low=cost.low,
        high=cost.high,
        unit="USD",
        formula="hours x rate",
        origin="computed",
        open_ended=cost.open_ended,
    )
    return Priced(duration, cost, move.cost.note, (*lines, weeks, total))
