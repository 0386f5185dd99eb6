"""Disagreements: what each guide says on one question, what lies in all of them, and how it fits together.

Knows how intervals compare, and nothing of where positions come from or how they are told.
"""

import math
from collections.abc import Sequence
from typing import Literal

from advisor.domain.evidence import Figure
from advisor.domain.facts import Frozen
from advisor.domain.lines import Line, Reference

DisagreementKind = Literal["figures", "advice"]
Reconciled = Literal["yes", "partly", "no"]
Overlap = Literal["range", "point", "none"]

_DAYS = {"hours": 1 / 24, "days": 1.0, "weeks": 7.0, "months": 30.0, "years": 365.0}


class Extent(Frozen):
    """A figure's interval in a measure in which it can be compared; infinite where the guide leaves it open.

    `measure` is e.g. "USD per year", "days", "percent", "times".
    """

    low: float
    high: float
    measure: str

    def differs(self, other: "Extent") -> bool:
        """Whether two extents of one measure say different things; of two measures they can't be compared."""
        return self.measure == other.measure and (self.low, self.high) != (other.low, other.high)


class Position(Frozen):
    """What one source says on a question, with what its publisher sells.

    `says` is a statement, or for a figure what the figure is for. `interested`: the position favours what
    the publisher sells. `claim`: the publisher says it of itself. `compared`: it counts for the spread;
    the others are told beside, because they count something else.
    """

    source_id: str
    publisher: str
    sells: str
    date: str | None
    says: str
    passage: str
    quote: str
    interested: bool
    claim: bool = False
    compared: bool = True
    figure: Figure | None = None


class Spread(Frozen):
    """What lies in the intervals of all compared positions.

    `low` and `high` bound it in `unit`; with overlap "none" they are the ends between which nothing is
    shared. `voices` counts the publishers, or the rows where one publisher differs with itself.
    """

    overlap: Overlap
    low: float
    high: float
    open_ended: bool
    unit: str
    voices: int
    within: bool = False


class Touch(Frozen):
    """When a topic touches a case: a target of the first or a following move, and what holds of the case.

    `targets` are roles, engagements, or either with more behind a plus: "role+engagement", "role+level",
    "role+engagement+level"; empty for any move. All of `when` must hold. The higher `weight`, the more it
    matters.
    """

    targets: tuple[str, ...] = ()
    when: tuple[str, ...] = ()
    weight: int = 1


class Disagreement(Frozen):
    """One question on which the guides differ: every position, what they share, and how it is reconciled.

    `subject` names the question in a heading; `covers` are the ids of all typed figures on it, those
    told twice included; `how` is a sentence that rests on `how_rests_on`.
    """

    id: str
    question: str
    subject: str
    kind: DisagreementKind
    positions: tuple[Position, ...]
    covers: tuple[str, ...] = ()
    spread: Spread | None
    reconciled: Reconciled
    how: str
    how_rests_on: tuple[Reference, ...]
    touches: tuple[Touch, ...] = ()

    @property
    def publishers(self) -> tuple[str, ...]:
        """Who speaks, each publisher once, in order of first mention."""
        return tuple(dict.fromkeys(position.publisher for position in self.positions))

    @property
    def spread_line(self) -> str:
        """The id of the calculation line that holds the spread."""
        return f"spread.{self.id}"


class FigureAnswer(Frozen):
    """What is told to a question for a figure: who says what, and the topic they differ on, if one does.

    Where `covered` is False, `missing` says in words what no guide gives, and the positions are the nearest
    there is, called `closest`. `by_city`: a city was named where guides name the country alone.
    """

    positions: tuple[Position, ...] = ()
    topic: Disagreement | None = None
    covered: bool = True
    missing: str = ""
    closest: str = ""
    by_city: bool = False

    def lines(self) -> dict[str, Line]:
        """The lines that its table and sentences rest on."""
        lines = lines_of(() if self.topic is None else (self.topic,))
        for position in self.positions:
            lines |= _lines_of_position(position)
        return lines

    def passages(self) -> tuple[str, ...]:
        """The passages that it cites."""
        topics = () if self.topic is None else (self.topic,)
        return tuple(dict.fromkeys((*(one.passage for one in self.positions), *passages_of(topics))))


def extent(figure: Figure) -> Extent:
    """The interval of a figure, in days if it is a time; an open end is infinite."""
    factor = _DAYS.get(figure.unit, 1.0)
    low = -math.inf if figure.low is None else float(figure.low) * factor
    high = math.inf if figure.high is None or figure.open_ended else float(figure.high) * factor
    return Extent(low=low, high=high, measure=measure(figure))


def measure(figure: Figure) -> str:
    """What a figure is measured in, so that only like is compared with like."""
    if figure.unit == "money":
        return f"{figure.currency} per {figure.period}"
    return "days" if figure.unit in _DAYS else figure.unit


def shared_extent(figures: Sequence[Figure], voices: int, within: bool = False) -> Spread | None:
    """What lies in the intervals of all these figures; None for fewer than two or other measures.

    Told in the unit of the figures if all have the same one, else in days.
    """
    extents = [extent(figure) for figure in figures]
    if len(extents) < 2 or len({one.measure for one in extents}) > 1:
        return None
    low, high = max(one.low for one in extents), min(one.high for one in extents)
    units = {figure.unit for figure in figures}
    unit = extents[0].measure
    if unit == "days" and len(units) == 1:
        unit = units.pop()
        low, high = low / _DAYS[unit], high / _DAYS[unit]
    overlap: Overlap = "none" if low > high else "point" if low == high else "range"
    open_ended = math.isinf(high)
    return Spread(
        overlap=overlap,
        low=low if math.isfinite(low) else 0.0,
        high=low if open_ended else high,
        open_ended=open_ended,
        unit=unit,
        voices=voices,
        within=within,
    )


def line_of_spread(line_id: str, spread: Spread) -> Line:
    """The spread as a line of a calculation, so that a sentence about it can be traced."""
    whose = f"ranges of {spread.voices} rows" if spread.within else f"ranges of {spread.voices} publishers"
    if spread.overlap == "none":
        label, formula = f"The {whose} do not overlap", "the highest lower end is above the lowest upper end"
    else:
        label = f"What lies in all the {whose}"
        formula = "from the highest of the lower ends to the lowest of the upper ends"
    return Line(
        id=line_id,
        label=label,
        low=min(spread.low, spread.high),
        high=max(spread.low, spread.high),
        unit=spread.unit,
        formula=formula,
        origin="computed",
        open_ended=spread.open_ended,
    )


def registry_line(position: Position) -> Line:
    """Who publishes a source, when, and what it sells, as a line that a table row can rest on."""
    return Line(
        id=registry_id(position.source_id),
        label=f"{position.publisher} sells {position.sells}",
        low=0,
        high=0,
        unit="",
        formula=f"registry of sources: {position.date or 'undated'}",
        origin="source",
    )


def figure_line(figure: Figure) -> Line:
    """A typed figure as a line: its interval, and in its label what it is for."""
    low = 0.0 if figure.low is None else float(figure.low)
    unit = measure(figure) if figure.unit == "money" else figure.unit
    unit = {"items": "", "times": "x"}.get(unit, unit)
    return Line(
        id=figure_id(figure),
        label=figure.label,
        low=low,
        high=low if figure.high is None else float(figure.high),
        unit=unit,
        formula="a typed figure of the corpus",
        origin="source",
        passage=figure.passage,
        quote=figure.quote,
        open_ended=figure.open_ended,
    )


def figure_id(figure: Figure) -> str:
    """The id of the line that holds a typed figure."""
    return f"figure.{figure.id}"


def registry_id(source_id: str) -> str:
    """The id of the line that tells of a source."""
    return f"registry.{source_id}"


def lines_of(disagreements: Sequence[Disagreement]) -> dict[str, Line]:
    """Every line that the tables and sentences about these disagreements rest on, by id."""
    lines: dict[str, Line] = {}
    for one in disagreements:
        if one.spread is not None:
            lines[one.spread_line] = line_of_spread(one.spread_line, one.spread)
        for position in one.positions:
            lines |= _lines_of_position(position)
    return lines


def _lines_of_position(position: Position) -> dict[str, Line]:
    lines = {registry_id(position.source_id): registry_line(position)}
    if position.figure is not None:
        lines[figure_id(position.figure)] = figure_line(position.figure)
    return lines


def passages_of(disagreements: Sequence[Disagreement]) -> tuple[str, ...]:
    """The ids of every passage that these disagreements cite, each once."""
    cited = [position.passage for one in disagreements for position in one.positions]
    cited += [reference.passage for one in disagreements for reference in one.how_rests_on]
    return tuple(dict.fromkeys(cited))
