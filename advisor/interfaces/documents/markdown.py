"""A document as Markdown (CommonMark with tables): what a user or a document said stays text.

A character is escaped only where Markdown, GitHub's or a chat's, would act on it, so that the file can
be read as it is.
"""

import re
from collections.abc import Iterable

from advisor.interfaces.documents.charts import Chart
from advisor.interfaces.documents.document import (
    SOURCES,
    Bullets,
    Cite,
    Document,
    Figure,
    Grid,
    Paragraph,
    Runs,
    SourceLine,
)

_ALWAYS = re.compile(r"[\\`*\[\]<|]|~(?=~)|&(?=#?\w+;)|(?<![^\W_])_|_(?![^\W_])")
_ADDRESS = re.compile(r"(?<=\w):(?=//)|(?<=\bwww)\.|(?<=\w)@(?=\w)", re.IGNORECASE)
_FORMULA = re.compile(r"\$(?=[^\s$][^$]*(?<!\s)\$(?!\d))|(?<=[^\s\\])\$(?![\d.,])")
_AT_START = re.compile(r"^(?:#{1,6}(?=\s|$)|[+-](?=\s|$)|>|=+\s*$|-{2,}\s*$|\d{1,9}(?=[.)](?:\s|$)))")


def markdown(document: Document) -> str:
    """The whole file."""
    parts = [f"# {_block(document.title)}", _inline(document.subtitle)]
    parts.append("\n".join(f"- **{_inline(one.label)}:** {_inline(one.value)}" for one in document.glance))
    for part in document.parts:
        parts.append(f"{'#' * part.level} {_block(part.heading)}")
        for block in part.blocks:
            parts.extend(_blocks(block))
    parts.append(f"## {SOURCES}")
    parts.append("\n".join(f"- {_block(one)}" for one in document.sold))
    parts.append("\n".join(_source(one) for one in document.sources))
    return "\n\n".join(part for part in parts if part) + "\n"


def _blocks(block: Paragraph | Bullets | Grid | Figure) -> Iterable[str]:
    if isinstance(block, Paragraph):
        yield _start(_runs(block.runs))
    elif isinstance(block, Bullets):
        yield "\n".join(f"- {_start(_runs(item))}" for item in block.items)
    elif isinstance(block, Grid):
        rows = ["| " + " | ".join(_inline(name) for name in block.header) + " |"]
        rows.append("|" + "---|" * len(block.header))
        rows += ["| " + " | ".join(_runs(cell) for cell in row) + " |" for row in block.rows]
        yield "\n".join(rows)
    else:
        yield from _chart(block.chart)


def _chart(chart: Chart) -> Iterable[str]:
    """A chart as its sentence and its figures; Markdown draws nothing."""
    yield f"**{_inline(chart.title)}.** {_inline(chart.summary)}"
    rows = [f"| {_inline(chart.title)} | {_inline(chart.unit)} |", "|---|---|"]
    for row in chart.rows:
        label = f"{row.label} ({row.note})" if row.note else row.label
        rows.append(f"| {_inline(label)} | {_inline(row.shown)} |")
    yield "\n".join(rows)


def _source(one: SourceLine) -> str:
    link = f" <{one.url}>" if one.url else ""
    return f"- [{one.number}] {_inline(one.about)}: {_inline(one.words)}.{link}"


def _runs(runs: Runs) -> str:
    said = ""
    for place, run in enumerate(runs):
        if isinstance(run, Cite):
            follows = place > 0 and isinstance(runs[place - 1], Cite)
            said += f"[{run.number}]" if follows else f" [{run.number}]"
        else:
            said += f"**{_inline(run.text)}**" if run.strong and run.text else _inline(run.text)
    return said


def _inline(text: str) -> str:
    escaped = _ALWAYS.sub(lambda found: "\\" + found[0], text)
    escaped = _ADDRESS.sub(lambda found: "\\" + found[0], escaped)
    return _FORMULA.sub(lambda found: "\\" + found[0], escaped)


def _start(said: str) -> str:
    """Text at the beginning of a block, where a few signs would make a list or a heading of it."""
    return _AT_START.sub(lambda found: found[0] + "\\" if found[0].isdigit() else "\\" + found[0], said)


def _block(text: str) -> str:
    return _start(_inline(text))
