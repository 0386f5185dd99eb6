"""Charts drawn with matplotlib: as SVG whose text stays text, and as PNG for what takes no SVG.

Each row has its label and its figure in a room of their own above its bar or beside it, so that nothing
is ever cut or covered, and no axis has to be read. Colour never stands alone: the first move is bold as
well, what speaks against is hatched and lies on the other side of the zero line.
"""

import io
import re
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from typing import Any
from xml.etree import ElementTree

from matplotlib import font_manager, rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from advisor.interfaces.documents.charts import Chart, ChartRow

WIDE = 480.0
NARROW = 240.0
"""Widths in points: for a page, and for a telephone."""

INK, SOFT, FAINT, BLUE, GREY, ORANGE = "#1d2327", "#4a545b", "#d5dade", "#1f5fa8", "#7d8891", "#b35900"
FAMILY = ("Noto Sans",)
OTHERS = ("Noto Sans", "Noto Sans Arabic", "Noto Sans Hebrew", "Droid Sans Fallback")
"""Fonts for text beyond Latin, Greek, Cyrillic and Devanagari; not all of them have a bold face."""

SIZE, LEADING = 9.5, 1.35
BAR, ABOVE, BELOW, BETWEEN, PAD = 8.0, 3.0, 8.0, 6.0, 2.0
"""In points: a bar, the space above, below and beside it, the rim."""
LABELS = 0.54
"""The part of the width that labels get where the bars stand beside them."""

PNG_DPI = 220

_OF_OTHERS = re.compile(
    "[\u0590-\u08ff\u0980-\u1cff\u2e80-\ud7ff\uf900-\ufdff\ufe70-\uffef\U00020000-\U0003ffff]"
)
_SVG, _XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
_POINTER = re.compile(r"url\(#([\w-]+)\)")

# What a drawing looks up in matplotlib's settings is global to the process: one drawing at a time.
_ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True)
class _Plan:
    """Where a chart's bars lie, from `left` to `right`: under their labels, or `beside` them."""

    beside: bool
    left: float
    right: float
    scale: float
    zero: float
    labels: tuple[tuple[str, ...], ...]
    """The lines of each row's label, as they fit."""

    def height(self, place: int) -> float:
        words = SIZE * LEADING * len(self.labels[place])
        return words + (BETWEEN if self.beside else ABOVE + BAR + BELOW)


def svg(chart: Chart, width: float = WIDE) -> str:
    """The chart as an SVG element, `width` points wide; the same chart gives the same text."""
    with _settings(chart), io.StringIO() as out:
        figure = _drawn(chart, width)
        FigureCanvasSVG(figure).print_svg(out, metadata={"Date": None, "Creator": None})
        return _tidy(out.getvalue(), f"{chart.id}-{width:.0f}")


def png(chart: Chart, width: float = WIDE) -> bytes:
    """The chart as a PNG for print, `width` points wide; the same chart gives the same bytes."""
    with _settings(chart), io.BytesIO() as out:
        figure = _drawn(chart, width)
        figure.set_dpi(PNG_DPI)
        FigureCanvasAgg(figure).print_png(out, metadata={"Software": None})
        return out.getvalue()


@contextmanager
def _settings(chart: Chart) -> Iterator[None]:
    with _ONE_AT_A_TIME:
        _load_fonts()
        with rc_context({"svg.fonttype": "none", "svg.hashsalt": chart.id, "hatch.linewidth": 0.8}):
            yield


@cache
def _load_fonts() -> None:
    with as_file(files("advisor.interfaces.documents").joinpath("fonts")) as folder:
        for path in sorted(folder.glob("*.ttf")):
            if "Emoji" not in path.name:
                font_manager.fontManager.addfont(str(path))


def _drawn(chart: Chart, width: float) -> Figure:
    figure = Figure(figsize=(width / 72, 1), dpi=72)
    plan = _planned(chart, width, _Ruler(figure))
    height = sum(plan.height(place) for place in range(len(chart.rows))) + PAD
    figure.set_size_inches(width / 72, height / 72)
    pen = _Pen(figure, width, height)
    top = height - PAD
    bars: list[float] = []
    for place, row in enumerate(chart.rows):
        bars.append(_words(pen, row, plan, place, top))
        _bar(pen, row, chart, plan, bars[-1])
        top -= plan.height(place)
    for row in chart.rows:
        if chart.kind == "timeline" and row.mid is not None:
            at = plan.zero + row.mid * plan.scale
            for bar in bars:  # beside the bars alone, so that it crosses no words
                pen.line((at, at), (bar - 3, bar + BAR + 3), ORANGE, 1.6)
    return figure


def _planned(chart: Chart, width: float, ruler: "_Ruler") -> _Plan:
    beside = width >= WIDE and chart.kind in ("bars", "signed")
    figures = max(ruler.width(row.shown, "bold") for row in chart.rows)
    left = PAD + (width * LABELS if beside else 0.0)
    right = width - PAD - (figures + BETWEEN if beside else 0.0)
    low, high = _extent(chart)
    scale = (right - left) / ((high - low) or 1)
    labels: list[tuple[str, ...]] = []
    for row in chart.rows:
        room = left - PAD - BETWEEN if beside else width - 2 * PAD - ruler.width(row.shown, "bold") - 12
        label = f"{row.label} ({row.note})" if row.note else row.label
        labels.append(tuple(_wrapped(label, room, ruler, _weight(row))))
    return _Plan(beside, left, right, scale, left - low * scale, tuple(labels))


def _words(pen: "_Pen", row: ChartRow, plan: _Plan, place: int, top: float) -> float:
    """Writes a row's label and figure from `top` downwards; gives the lower edge of its bar."""
    lines = plan.labels[place]
    for number, line in enumerate(lines):
        pen.text(PAD, top - SIZE * LEADING * (number + 0.8), line, _weight(row))
    middle = SIZE * LEADING * (len(lines) - 1) / 2 if plan.beside else 0.0
    pen.text(pen.width - PAD, top - SIZE * LEADING * 0.8 - middle, row.shown, "bold", align="right")
    if plan.beside:
        return top - SIZE * LEADING * (len(lines) / 2 + 0.04) - BAR / 2
    return top - SIZE * LEADING * len(lines) - ABOVE - BAR


def _bar(pen: "_Pen", row: ChartRow, chart: Chart, plan: _Plan, bar: float) -> None:
    zero, scale = plan.zero, plan.scale
    colour = BLUE if row.highlighted or chart.kind == "signed" else GREY
    if chart.kind == "bars" or chart.kind == "signed":
        value = row.mid or 0.0
        colour, hatch = (ORANGE, "////") if value < 0 else (colour, "")
        pen.box(zero + min(0.0, value) * scale, bar, abs(value) * scale, colour, hatch=hatch)
        pen.line((zero, zero), (bar - 3, bar + BAR + 3), SOFT, 1.0)
    elif row.low is not None and row.high is not None:
        low, high = zero + row.low * scale, zero + row.high * scale
        if chart.kind == "timeline":
            start = zero + (row.start or 0.0) * scale
            pen.box(start, bar, low - start, colour)
            pen.box(low, bar, high - low, colour, alpha=0.4)
        else:
            pen.line((zero, plan.right), (bar + BAR / 2, bar + BAR / 2), FAINT, 1.0)
            pen.box(low, bar, high - low, colour, alpha=0.45)
            middle = zero + (row.mid if row.mid is not None else row.low) * scale
            pen.box(middle - 1.75, bar - 1.5, 3.5, colour, height=BAR + 3)
    else:
        at = zero + (row.mid or 0.0) * scale
        pen.box(max(0.0, min(at - 4, pen.width - 8)), bar, 8, ORANGE)


def _weight(row: ChartRow) -> str:
    return "bold" if row.highlighted else "normal"


def _wrapped(label: str, room: float, ruler: "_Ruler", weight: str) -> Iterable[str]:
    line = ""
    for word in label.split():
        for piece in _pieces(word, room, ruler, weight):
            tried = f"{line} {piece}".strip()
            if line and ruler.width(tried, weight) > room:
                yield line
                line = piece
            else:
                line = tried
    yield line


def _pieces(word: str, room: float, ruler: "_Ruler", weight: str) -> Iterable[str]:
    """A word that is longer than a line, in pieces that fit."""
    while len(word) > 1 and ruler.width(word, weight) > room:
        fits = max(1, int(len(word) * room / ruler.width(word, weight)) - 1)
        yield word[:fits]
        word = word[fits:]
    yield word


def _extent(chart: Chart) -> tuple[float, float]:
    """The ends of the scale; zero always lies within it."""
    ends = [end for row in chart.rows for end in (row.low, row.mid, row.high) if end is not None]
    return min(0.0, *ends), max(0.0, *ends)


def _font(text: str, weight: str) -> font_manager.FontProperties:
    if _OF_OTHERS.search(text):
        return font_manager.FontProperties(family=OTHERS, size=SIZE)
    return font_manager.FontProperties(family=FAMILY, size=SIZE, weight=weight)


class _Ruler:
    """Measures text in points."""

    def __init__(self, figure: Figure) -> None:
        self._renderer = FigureCanvasAgg(figure).get_renderer()

    def width(self, text: str, weight: str) -> float:
        properties = _font(text, weight)
        return self._renderer.get_text_width_height_descent(text, properties, False)[0]


class _Pen:
    """Draws on a figure in points from its lower left corner."""

    def __init__(self, figure: Figure, width: float, height: float) -> None:
        self._figure, self.width, self._height = figure, width, height

    def text(self, x: float, y: float, text: str, weight: str, align: str = "left") -> None:
        font = _font(text, weight)
        where = x / self.width, y / self._height
        more: dict[str, Any] = {"parse_math": False}
        self._figure.text(*where, text, fontproperties=font, color=INK, ha=align, va="baseline", **more)

    def box(
        self, x: float, y: float, length: float, colour: str, height: float = BAR, alpha: float = 1.0,
        hatch: str = "",
    ) -> None:  # fmt: skip
        self._figure.add_artist(
            Rectangle(
                (x / self.width, y / self._height), max(length, 1.0) / self.width, height / self._height,
                facecolor="white" if hatch else colour, edgecolor=colour if hatch else "none", alpha=alpha,
                hatch=hatch or None, linewidth=1.0 if hatch else 0, transform=self._figure.transFigure,
            )
        )  # fmt: skip

    def line(self, xs: tuple[float, float], ys: tuple[float, float], colour: str, width: float) -> None:
        self._figure.add_artist(
            Line2D(
                [x / self.width for x in xs], [y / self._height for y in ys], color=colour, linewidth=width,
                transform=self._figure.transFigure,
            )
        )  # fmt: skip


def _tidy(drawn: str, name: str) -> str:
    """The svg element alone, without what is not drawn, and with ids that no other chart has."""
    ElementTree.register_namespace("", _SVG)
    ElementTree.register_namespace("xlink", _XLINK)
    root = ElementTree.fromstring(drawn)
    used = set(_POINTER.findall(drawn))
    for element in list(root.iter()):
        for child in list(element):
            if child.tag in (f"{{{_SVG}}}metadata", f"{{{_SVG}}}style"):
                element.remove(child)
        held = element.attrib.pop("id", None)
        if held in used:
            element.set("id", f"{name}-{held}")
        for key, value in element.attrib.items():
            element.set(key, value.replace("url(#", f"url(#{name}-"))
    return ElementTree.tostring(root, encoding="unicode")
