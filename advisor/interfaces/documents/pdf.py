"""A document as PDF, set by typst from a template that never changes.

What a user or a document said goes to typst as a JSON value and stays strings there. Fonts are those of
this package; a character that none of them has is looked for among the fonts of the system.
"""

import datetime as dt
import json
import unicodedata
from functools import cache
from importlib.resources import as_file, files
from typing import Any, cast

import typst

from advisor.interfaces.documents import drawing
from advisor.interfaces.documents.columns import shares
from advisor.interfaces.documents.document import (
    AUTHOR,
    LANGUAGE,
    SOURCES,
    Block,
    Bullets,
    Cite,
    Document,
    Grid,
    Paragraph,
    Runs,
    long_date,
    text_of,
)

LONGEST_RUNNING_TITLE = 95
TALL = 1500
"""Characters from which a row or a source may break across pages: it could be longer than one."""


def pdf(document: Document) -> bytes:
    """The whole file; the same document and fonts give the same bytes.

    Raises ModuleNotFoundError without typst or matplotlib.
    """
    template = files("advisor.interfaces.documents").joinpath("memo.typ").read_bytes()
    noon = dt.datetime.combine(document.date, dt.time(12), dt.UTC)
    # Typst's own stub leaves out that `timestamp` may come with bytes as input.
    made: Any = typst.compile(
        template,
        font_paths=_fonts(),
        sys_inputs={"document": json.dumps(_data(document), ensure_ascii=False)},
        format="pdf",
        timestamp=noon,
    )
    return cast(bytes, made)


@cache
def _fonts() -> typst.Fonts:
    with as_file(files("advisor.interfaces.documents").joinpath("fonts")) as folder:
        return typst.Fonts(include_system_fonts=True, include_embedded_fonts=False, font_paths=[str(folder)])


def _data(document: Document) -> dict[str, object]:
    return {
        "title": document.title,
        "running": _shortened(document.title),
        "subtitle": document.subtitle,
        "dated": long_date(document.date),
        "date": [document.date.year, document.date.month, document.date.day],
        "author": AUTHOR,
        "language": LANGUAGE,
        "glance": [{"label": one.label, "value": one.value} for one in document.glance],
        "parts": [
            {
                "anchor": part.anchor,
                "heading": part.heading,
                "level": part.level,
                "blocks": [_block(block) for block in part.blocks],
            }
            for part in document.parts
        ],
        "sources-heading": SOURCES,
        "sold": list(document.sold),
        "sources": [
            {
                "number": one.number,
                "about": one.about,
                "words": one.words,
                "url": one.url,
                "tall": len(one.about) + len(one.words) > TALL,
            }
            for one in document.sources
        ],
    }


def _block(block: Block) -> dict[str, object]:
    if isinstance(block, Paragraph):
        return {"kind": "paragraph", "runs": _runs(block.runs)}
    if isinstance(block, Bullets):
        return {"kind": "bullets", "items": [_runs(item) for item in block.items]}
    if isinstance(block, Grid):
        return {
            "kind": "grid",
            "header": list(block.header),
            "shares": list(shares(block)),
            "rows": [
                {
                    "cells": [_runs(cell) for cell in row],
                    "tall": max(len(text_of(cell)) for cell in row) > TALL,
                }
                for row in block.rows
            ],
        }
    chart = block.chart
    return {
        "kind": "chart",
        "title": chart.title,
        "caption": f"{chart.summary} {chart.legend}".strip(),
        "alternative": chart.alternative,
        "svg": drawing.svg(chart),
    }


def _runs(runs: Runs) -> list[dict[str, object]]:
    return [
        {"cite": run.number} if isinstance(run, Cite) else {"text": _closed(run.text), "strong": run.strong}
        for run in runs
    ]


def _closed(text: str) -> str:
    """Text after which the line runs on from left to right: else a number would go before an Arabic name."""
    return text + "\u200e" if unicodedata.bidirectional(text[-1:]) in ("R", "AL") else text


def _shortened(title: str) -> str:
    """The title as it fits on one line at the head of a page."""
    if len(title) <= LONGEST_RUNNING_TITLE:
        return title
    cut = title[: LONGEST_RUNNING_TITLE - 1]
    return (cut.rpartition(" ")[0] or cut) + " …"
