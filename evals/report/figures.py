"""The drawings of the HTML report, as inline SVG in rows of a table: each number stands beside its mark.

Positions are percentages and there is no view box, so that a drawing fills any width while dots stay round
and type keeps its size. Colours are classes, for the page's light and dark. Only numbers get into the SVG.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as Tree

from markupsafe import Markup

from evals.gate.paired import interval
from evals.report import numbers
from evals.report.rows import FEWEST, Row, families
from evals.results import CaseResult, Run

HEIGHT, MIDDLE, RADIUS = 22, 11, 4.5
APART = 5
"""Pixels between the intervals of two series."""

PADDED = 1.12
"""The end of an open scale over the greatest value drawn."""

RESAMPLES = 1000
MOST_SERIES = 3
MOST_BINS = 24
MOST_KINDS = 12


@dataclass(frozen=True)
class Mark:
    """A value of one series with its interval; `text` stands beside it."""

    series: int
    value: float
    text: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Line:
    """One row of a figure."""

    label: str
    drawing: Markup
    numbers: tuple[str, ...]


@dataclass(frozen=True)
class Figure:
    """A figure: a title, what it shows, its columns of numbers, its rows; `series` names the dots."""

    title: str
    about: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    series: tuple[str, ...] = ()
    axis: tuple[str, ...] = ()


def bullet(row: Row) -> Markup:
    """A metric's value with its interval, its baseline (a ring); the failing side of the floor is shaded."""
    total = row.total
    end = 1.0 if row.share else _end([total.value, total.high, row.floor, row.before])
    at = _scale(0.0, end)
    drawing = _svg(HEIGHT)
    _add(drawing, "line", "axis", x1="0", x2="100%", y1=MIDDLE, y2=MIDDLE)
    if row.floor is not None:
        start, stop = (0.0, row.floor) if row.better_is == "higher" else (row.floor, end)
        _add(
            drawing, "rect", "beyond", x=at(start), width=f"{_share(stop - start, end):.2f}%", y=3, height=16
        )
        _add(drawing, "line", "floor", x1=at(row.floor), x2=at(row.floor), y1=3, y2=19)
    style = "failed" if row.failed else "s0"
    _interval(drawing, style, at, total.low, total.high)
    if row.before is not None:
        _add(drawing, "circle", "before", cx=at(row.before), cy=MIDDLE, r=RADIUS + 1.5)
    _add(drawing, "circle", f"dot {style}", cx=at(total.value), cy=MIDDLE, r=RADIUS)
    return _markup(drawing)


def figures_of(run: Run, rows: Sequence[Row], before: Run | None = None) -> list[Figure]:
    """Every figure for which the run holds something to draw."""
    found = [*_parts(rows), *_by_kind(run, rows), *_counted(run, rows), _durations(run, before)]
    return [figure for figure in found if figure is not None]


def _parts(rows: Sequence[Row]) -> Iterable[Figure]:
    """Totals that come in parts, such as precision and recall by fact; those of the same parts together."""
    together: dict[tuple[str, frozenset[str]], dict[str, Mapping[str, Row]]] = {}
    for (section, stem), parts in families(rows).items():
        together.setdefault((section, frozenset(parts)), {})[stem] = parts
    for (section, names), found in together.items():
        stems = dict(list(found.items())[:MOST_SERIES])
        lines: list[Line] = []
        for name in sorted(names, key=lambda name: min(parts[name].total.value for parts in stems.values())):
            values = [parts[name].total.value for parts in stems.values()]
            marks = [Mark(place, value, numbers.shown(value)) for place, value in enumerate(values)]
            lines.append(Line(name, _drawn(marks, 1.0), tuple(mark.text for mark in marks)))
        title = f"{section.capitalize()}: {_listed(list(stems))}"
        about = "Over all cases of the section, the lowest first."
        yield Figure(title, about, tuple(stems), tuple(lines), tuple(stems), _ticks(1.0))


def _by_kind(run: Run, rows: Sequence[Row]) -> Iterable[Figure]:
    """Mean scores by the kind of case, where the cases of a section are of several kinds."""
    kinds: dict[str, dict[str, list[CaseResult]]] = {}
    for case in run.cases:
        if (kind := kind_of(case)) is not None:
            kinds.setdefault(case.section, {}).setdefault(kind, []).append(case)
    for section, found in kinds.items():
        means = [
            row for row in rows if row.section == section and row.metric and row.share and not row.invariant
        ]
        shown = sorted(means, key=lambda row: -row.total.cases)[:MOST_SERIES]
        scored = {kind: [case for case in cases if any(row.name in case.scores for row in shown)]
                  for kind, cases in found.items()}  # fmt: skip
        scored = {kind: cases for kind, cases in scored.items() if len(cases) >= FEWEST}
        if not 2 <= len(scored) <= MOST_KINDS:
            continue
        lines: list[Line] = []
        for kind, cases in scored.items():
            marks: dict[int, Mark] = {}
            for place, row in enumerate(shown):
                values = [case.scores[row.name] for case in cases if row.name in case.scores]
                if values:
                    mean = sum(values) / len(values)
                    marks[place] = Mark(place, mean, numbers.shown(mean), *interval(values, RESAMPLES))
            told = [marks[place].text if place in marks else "–" for place in range(len(shown))]
            lines.append(Line(kind, _drawn(list(marks.values()), 1.0), (*told, f"{len(cases):,}")))
        names = tuple(row.label for row in shown)
        about = "Means with their 95 % intervals (percentile bootstrap over the cases)."
        title = f"{section.capitalize()} by kind of case"
        yield Figure(title, about, (*names, "cases"), tuple(lines), names, _ticks(1.0))


def kind_of(case: CaseResult) -> str | None:
    """What the case says it is of, else what its id starts with: "typo: how mch", "answers/budget_usd/1"."""
    for value in (case.expected, case.got):
        if isinstance(value, dict) and isinstance(kind := value.get("kind"), str):
            return kind
    for mark in (": ", "/"):
        kind, found, _ = case.id.partition(mark)
        if found:
            return kind
    return None


def _counted(run: Run, rows: Sequence[Row]) -> Iterable[Figure]:
    """How often each number occurs, for metrics that count questions."""
    for row in rows:
        if row.metric is None or row.share or "question" not in f"{row.name} {row.unit}":
            continue
        values = [case.scores[row.name] for case in run.cases if row.name in case.scores]
        if (
            not values
            or any(value != int(value) for value in values)
            or max(values) - min(values) >= MOST_BINS
        ):
            continue
        counts = {n: values.count(n) for n in range(int(min(values)), int(max(values)) + 1)}
        most = max(counts.values())
        lines = [
            Line(f"{n}", _bar(count / most), (f"{count:,}", f"{100 * count / len(values):.0f} %"))
            for n, count in counts.items()
        ]
        middle = sorted(values)[len(values) // 2]
        mean = numbers.shown(row.total.value, share=False)
        about = f"{numbers.count(len(values), 'case')}; mean {mean}, median {middle:g}."
        title = f"{row.section.capitalize()}: {row.label.replace('_', ' ')}"
        yield Figure(title, about, ("cases", "share"), tuple(lines))


def _durations(run: Run, before: Run | None) -> Figure | None:
    if not run.seconds:
        return None
    most = max([*run.seconds.values(), *(before.seconds.values() if before else ()), 1e-9])
    lines = [
        Line(
            name,
            _bar(took / most, before.seconds[name] / most if before and name in before.seconds else None),
            (numbers.seconds(took),),
        )
        for name, took in run.seconds.items()
    ]
    about = f"{numbers.seconds(sum(run.seconds.values()))} in all."
    if before:
        about += " The line is the run before."
    return Figure("Seconds by section", about, ("took",), tuple(lines))


def _drawn(marks: Sequence[Mark], end: float) -> Markup:
    """The marks of one row on a scale from 0; their distance is a line."""
    at = _scale(0.0, end)
    drawing = _svg(HEIGHT)
    _add(drawing, "line", "axis", x1="0", x2="100%", y1=MIDDLE, y2=MIDDLE)
    last = max((mark.series for mark in marks), default=0)
    heights = {
        mark.series: MIDDLE + (mark.series - last / 2) * APART for mark in marks if mark.low is not None
    }
    for mark in marks:
        _interval(drawing, f"s{mark.series}", at, mark.low, mark.high, heights.get(mark.series, MIDDLE))
    if len(marks) > 1 and all(mark.low is None for mark in marks):
        values = [mark.value for mark in marks]
        _add(drawing, "line", "between", x1=at(min(values)), x2=at(max(values)), y1=MIDDLE, y2=MIDDLE)
    for mark in reversed(marks):
        height = heights.get(mark.series, MIDDLE)
        _add(drawing, "circle", f"dot s{mark.series}", cx=at(mark.value), cy=height, r=RADIUS)
    return _markup(drawing)


def _bar(share: float, before: float | None = None) -> Markup:
    drawing = _svg(HEIGHT)
    _add(drawing, "rect", "bar", x="0", width=f"{100 * share:.2f}%", y=4, height=14, rx=1.5)
    if before is not None:
        _add(drawing, "line", "was", x1=f"{100 * before:.2f}%", x2=f"{100 * before:.2f}%", y1=1, y2=21)
    return _markup(drawing)


def _interval(
    drawing: Tree.Element,
    style: str,
    at: Callable[[float], str],
    low: float | None,
    high: float | None,
    y: float = MIDDLE,
) -> None:
    if low is not None and high is not None:
        _add(drawing, "line", f"interval {style}", x1=at(low), x2=at(high), y1=y, y2=y)


def _scale(start: float, end: float) -> Callable[[float], str]:
    def at(value: float) -> str:
        return f"{min(max(_share(value - start, end - start), 0.0), 100.0):.2f}%"

    return at


def _share(part: float, whole: float) -> float:
    return 100 * part / whole if whole else 0.0


def _end(values: Iterable[float | None]) -> float:
    known = [value for value in values if value is not None and math.isfinite(value)]
    return max([*known, 0.0]) * PADDED or 1.0


def _ticks(end: float) -> tuple[str, ...]:
    return tuple(numbers.bound(float(f"{end * share:.3g}")) for share in (0.0, 0.5, 1.0))


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _svg(height: int) -> Tree.Element:
    return Tree.Element("svg", {"width": "100%", "height": str(height), "aria-hidden": "true"})


def _add(parent: Tree.Element, tag: str, style: str, **given: str | float) -> None:
    named = {name: value if isinstance(value, str) else f"{value:g}" for name, value in given.items()}
    Tree.SubElement(parent, tag, {"class": style, **named})


def _markup(drawing: Tree.Element) -> Markup:
    return Markup(Tree.tostring(drawing, encoding="unicode"))  # numbers and our own names only
