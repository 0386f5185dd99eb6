"""What python-docx has no words for: links, their targets, fields, repeated header rows, descriptions."""

from collections.abc import Iterable

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shape import InlineShape
from docx.table import Table, _Cell, _Row  # pyright: ignore[reportPrivateUsage]
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from advisor.interfaces.documents.faces import RIGHT_TO_LEFT, segments
from advisor.interfaces.documents.word_styles import BLUE, LINE

LEFT_TO_RIGHT = "\u200e"
_AFTER_BORDERS = ("w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook")
"""What comes after a table's borders: Word refuses properties that stand in another order."""

CELL_MARGIN = 108
"""What Word leaves free beside the text of a cell, in twentieths of a point: a table begins so far in."""


def add_text(
    paragraph: Paragraph, text: str, bold: bool | None = None, used: dict[str, set[str]] | None = None
) -> None:
    """Text as runs of the paragraph; a script that not every machine has letters for gets its own font.

    `used` takes note of the characters for which a family is needed. What is written from right to left
    is a run of its own that says so, and a mark after it keeps numbers from going before it.
    """
    for family, piece in segments(text):
        run = paragraph.add_run(piece)
        run.bold = bold
        if family is not None:
            _set_family(run, family)
            if used is not None:
                used.setdefault(family, set()).update(piece)
        if family in RIGHT_TO_LEFT:
            run.font.rtl = True
            paragraph.add_run(LEFT_TO_RIGHT)


def _set_family(run: Run, family: str) -> None:
    run.font.name = family
    fonts = run._r.get_or_add_rPr().rFonts  # pyright: ignore[reportPrivateUsage]
    assert fonts is not None
    for script in ("cs", "eastAsia"):
        fonts.set(qn(f"w:{script}"), family)


def add_link(paragraph: Paragraph, text: str, anchor: str | None = None, url: str | None = None) -> None:
    """A link to a target of this file, or to an address outside of it."""
    link = OxmlElement("w:hyperlink")
    if anchor is not None:
        link.set(qn("w:anchor"), anchor)
    if url is not None:
        related = paragraph.part.relate_to(url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        link.set(qn("r:id"), related)
    run = paragraph.add_run(text)
    run.font.color.rgb = BLUE
    link.append(run._r)  # pyright: ignore[reportPrivateUsage]
    paragraph._p.append(link)  # pyright: ignore[reportPrivateUsage]


def add_target(paragraph: Paragraph, name: str, number: int) -> None:
    """Makes the whole paragraph the target `name`; `number` is one that no other target has."""
    start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    for one in (start, end):
        one.set(qn("w:id"), str(number))
    start.set(qn("w:name"), name)
    element = paragraph._p  # pyright: ignore[reportPrivateUsage]
    properties = element.pPr
    element.insert(0 if properties is None else 1, start)
    element.append(end)


def begin_field(paragraph: Paragraph, instruction: str) -> None:
    """Opens a field, whose last known content follows until `end_field`."""
    _mark(paragraph.add_run(), "begin")
    told = OxmlElement("w:instrText")
    told.set(qn("xml:space"), "preserve")
    told.text = f" {instruction} "
    paragraph.add_run()._r.append(told)  # pyright: ignore[reportPrivateUsage]
    _mark(paragraph.add_run(), "separate")


def end_field(paragraph: Paragraph) -> None:
    """Closes the field that is open."""
    _mark(paragraph.add_run(), "end")


def add_field(paragraph: Paragraph, instruction: str, shown: str) -> None:
    """A field, with what it shows until it is worked out."""
    begin_field(paragraph, instruction)
    paragraph.add_run(shown)
    end_field(paragraph)


def _mark(run: Run, kind: str) -> None:
    mark = OxmlElement("w:fldChar")
    mark.set(qn("w:fldCharType"), kind)
    run._r.append(mark)  # pyright: ignore[reportPrivateUsage]


def repeat_header(row: _Row) -> None:
    """Repeats the row at the head of each page that its table runs over."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # pyright: ignore[reportPrivateUsage]


def keep_row_whole(row: _Row) -> None:
    """Keeps the row on one page."""
    row._tr.get_or_add_trPr().insert(0, OxmlElement("w:cantSplit"))  # pyright: ignore[reportPrivateUsage]


def shade(cell: _Cell, colour: str) -> None:
    """Fills a cell."""
    filling = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        filling.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(filling)  # pyright: ignore[reportPrivateUsage]


def rule(table: Table) -> None:
    """Thin lines below the rows of a table, and none upright."""
    properties = table._tbl.tblPr  # pyright: ignore[reportPrivateUsage]
    borders = OxmlElement("w:tblBorders")
    for side in ("bottom", "insideH"):
        borders.append(_line(side))
    properties.insert_element_before(borders, *_AFTER_BORDERS)


def rule_left(cell: _Cell, colour: str) -> None:
    """A strong line at the left of a cell."""
    borders = OxmlElement("w:tcBorders")
    borders.append(_line("left", "24", colour))
    cell._tc.get_or_add_tcPr().append(borders)  # pyright: ignore[reportPrivateUsage]


def _line(side: str, size: str = "4", colour: str = LINE) -> BaseOxmlElement:
    line = OxmlElement(f"w:{side}")
    for name, value in (("val", "single"), ("sz", size), ("space", "0"), ("color", colour)):
        line.set(qn(f"w:{name}"), value)
    return line


def describe(shape: InlineShape, title: str, words: str) -> None:
    """The alternative text of a picture, which stands flush with the text around it."""
    properties = shape._inline.docPr  # pyright: ignore[reportPrivateUsage]
    properties.set("title", title)
    properties.set("descr", words)
    for side in ("distT", "distB", "distL", "distR"):
        shape._inline.set(side, "0")  # pyright: ignore[reportPrivateUsage]


def widen(table: Table, widths: Iterable[int]) -> None:
    """Fixes the widths of a table's columns, in the grid and in every cell, as Word and others read it."""
    table.autofit = False
    indent = OxmlElement("w:tblInd")
    indent.set(qn("w:w"), str(CELL_MARGIN))
    indent.set(qn("w:type"), "dxa")
    table._tbl.tblPr.insert_element_before(indent, "w:tblBorders", *_AFTER_BORDERS)  # pyright: ignore[reportPrivateUsage]
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width  # pyright: ignore[reportAttributeAccessIssue]
        for cell in column.cells:
            cell.width = width  # pyright: ignore[reportAttributeAccessIssue]
