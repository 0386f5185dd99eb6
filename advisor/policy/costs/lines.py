"""Lines of the cost estimates: guides' rows, assumptions, terms, percentiles, each with how it came about."""

import math
from collections.abc import Iterable, Sequence
from typing import Literal

from advisor.domain.decision import Line
from advisor.domain.evidence import Figure
from advisor.policy.costs.book import CostBook, Factor, Rounding, SimulationEntry
from advisor.policy.costs.rows import PublisherRows, ends
from advisor.policy.costs.simulation import Draws, Uncertain, percentiles

Measure = Literal["money", "hours", "months", "times", "percent"]


def row_line(publisher: str, figure: Figure) -> Line:
    """A guide's figure as it stands there."""
    low, high = ends(figure)
    return Line(
        id=f"cost.row.{figure.id}",
        label=f"{figure.label}, by {publisher}",
        low=low,
        high=high,
        unit=_unit(figure),
        formula="as the guide gives it",
        origin="source",
        passage=figure.passage,
        quote=figure.quote,
        open_ended=figure.open_ended,
    )


def row_lines(rows: Iterable[PublisherRows]) -> tuple[Line, ...]:
    """The lines of several publishers' rows."""
    return tuple(row_line(one.publisher, figure) for one in rows for figure in one.figures)


def _unit(figure: Figure) -> str:
    if figure.unit == "money":
        return f"{figure.currency} per {figure.period}"
    return f"{figure.unit} per {figure.period}" if figure.period else figure.unit


def factor_line(factor: Factor) -> Line:
    """An assumption; a share is shown in percent."""
    scale = 100 if factor.unit == "share" else 1
    return Line(
        id=f"cost.assumed.{factor.id}",
        label=factor.label,
        low=round(factor.low * scale, 4),
        high=round(factor.high * scale, 4),
        unit="percent" if factor.unit == "share" else factor.unit,
        formula=f"assumed, yours to change: {factor.reason}",
        origin="assumption",
    )


def shown(factor: Factor) -> str:
    """A factor's range as text: “18–32%”, “60–160 hours”, “1 to 1.5 times”."""
    if factor.unit == "share":
        return f"{factor.low * 100:g}–{factor.high * 100:g}%"
    between = " to " if factor.unit == "times" else "–"
    return f"{factor.low:g}{between}{factor.high:g} {factor.unit}"


def computed(
    line_id: str, label: str, amount: Uncertain | float, unit: str, formula: str, open_ended: bool = False
) -> Line:
    """A line that was worked out. The ends of a range are whole numbers; a single figure is kept as it is."""
    if isinstance(amount, Uncertain):
        low, high = float(round(amount.low)), float(round(amount.high))
    else:
        low = high = amount
    return Line(
        id=line_id,
        label=label,
        low=low,
        high=high,
        unit=unit,
        formula=formula,
        origin="computed",
        open_ended=open_ended,
    )


def rounded(value: float, measure: Measure, rounding: Rounding) -> float:
    """`value` to the nearest step for what it measures; halves go up."""
    step: float = getattr(rounding, measure)
    if measure == "money" and value < rounding.small_below:
        step = rounding.small_money
    return round(math.floor(value / step + 0.5) * step, 6)


def percentile_lines(
    line_id: str, label: str, draws: Draws, unit: str, measure: Measure, book: CostBook
) -> tuple[Line, Line, Line]:
    """The three percentiles of a sample as lines, rounded to the stated step."""
    settings = book.simulation
    values = percentiles(draws, settings.percentiles)
    first, second, third = (
        computed(
            f"{line_id}.p{percent}",
            f"{label}: P{percent}",
            rounded(value, measure, book.rounding),
            unit,
            drawn(settings),
        )
        for percent, value in zip(settings.percentiles, values, strict=True)
    )
    return first, second, third


def drawn(settings: SimulationEntry) -> str:
    """How a simulated figure came about."""
    return f"simulated, {settings.draws} draws, {settings.shape} between the ends, rounded"


def share_lines(line_id: str, shares: Sequence[tuple[str, float]], book: CostBook) -> tuple[Line, ...]:
    """The inputs that dominate, in percent of the variance; none that rounds to nothing."""
    lines: list[Line] = []
    for place, (name, share) in enumerate(shares[: book.simulation.dominating], start=1):
        percent = rounded(share * 100, "percent", book.rounding)
        if percent > 0:
            formula = "squared correlation with the total, in percent of its variance"
            lines.append(computed(f"{line_id}.share{place}", name, percent, "percent", formula))
    return tuple(lines)
