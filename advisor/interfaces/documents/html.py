"""A document as one HTML file that prints well: no script, no foreign host, nothing loaded.

Every text enters through the template, which escapes it. The drawings are built by `drawing`, whose
writer escapes too. Only a source's own address leads out of the page.
"""

import base64
from collections.abc import Callable, Iterator
from functools import cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from advisor.interfaces.documents import drawing
from advisor.interfaces.documents.charts import Chart
from advisor.interfaces.documents.columns import shares
from advisor.interfaces.documents.document import LANGUAGE, SOURCES, Document, Figure
from advisor.interfaces.documents.faces import segments, small_font


def html(document: Document) -> str:
    """The whole page. Raises ModuleNotFoundError without matplotlib."""
    drawn = {
        block.chart.id: (_drawn(block.chart, drawing.WIDE), _drawn(block.chart, drawing.NARROW))
        for part in document.parts
        for block in part.blocks
        if isinstance(block, Figure)
    }
    values = {
        "document": document,
        "language": LANGUAGE,
        "sources": SOURCES,
        "drawn": drawn,
        "shares": shares,
    }
    page = _template().render(**values, first_mention=_once(), faces=[])
    faces = list(_faces(page))
    return _template().render(**values, first_mention=_once(), faces=faces) if faces else page


def _faces(page: str) -> Iterator[tuple[str, str]]:
    """Small fonts for the characters of the page that not every machine has, as base64."""
    used: dict[str, set[str]] = {}
    for family, piece in segments(page):
        if family is not None:
            used.setdefault(family, set()).update(piece)
    for family in sorted(used):
        yield f"Memo {family}", base64.b64encode(small_font(family, used[family])).decode()


@cache
def _template() -> Template:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["kind"] = lambda value: type(value).__name__
    text = files("advisor.interfaces.documents").joinpath("memo.html").read_text("utf-8")
    return environment.from_string(text)


def _drawn(chart: Chart, width: float) -> Markup:
    """The drawing as an element of the page, in which a namespace goes without saying."""
    drawn = drawing.svg(chart, width)
    for name in ('xmlns="http://www.w3.org/2000/svg"', 'xmlns:xlink="http://www.w3.org/1999/xlink"'):
        drawn = drawn.replace(f" {name}", "")
    return Markup(drawn)  # written by an XML writer, from a chart's labels and figures


def _once() -> Callable[[int], bool]:
    """Whether a number is met for the first time: there the source leads back to."""
    met: set[int] = set()

    def first(number: int) -> bool:
        new = number not in met
        met.add(number)
        return new

    return first
