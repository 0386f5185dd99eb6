"""A document as DOCX, with Word's own headings, lists, tables, page numbers and links.

Nothing is set by hand that a style can hold, so that whoever edits the file can restyle it. Text enters
as the text of a run. The table of contents is a field that Word can bring up to date.
"""

import datetime as dt
import io
import zipfile
from collections.abc import Callable

from docx import Document as new_document
from docx.document import Document as Word
from docx.shared import Emu, Pt
from docx.text.paragraph import Paragraph as WordParagraph

from advisor.interfaces.documents import drawing
from advisor.interfaces.documents.charts import Chart
from advisor.interfaces.documents.columns import shares
from advisor.interfaces.documents.document import (
    AUTHOR,
    LANGUAGE,
    SOURCES,
    Block,
    Bullets,
    Cite,
    Document,
    Glance,
    Grid,
    Paragraph,
    Part,
    Runs,
    SourceLine,
    long_date,
    text_of,
)
from advisor.interfaces.documents.word_fonts import embed
from advisor.interfaces.documents.word_parts import (
    add_field,
    add_link,
    add_target,
    add_text,
    begin_field,
    describe,
    end_field,
    keep_row_whole,
    repeat_header,
    rule,
    rule_left,
    shade,
    widen,
)
from advisor.interfaces.documents.word_styles import (
    CARD,
    CELL,
    CELL_HEAD,
    GLANCE,
    GLANCE_LABEL,
    LEAD,
    SOURCE,
    WIDTH,
    style,
)

TALL = 1500
"""Characters from which a row may break across pages: it could be longer than one."""
_EARLIEST = (1980, 1, 1, 0, 0, 0)
_SOURCES_TARGET = "sources"


def docx(document: Document) -> bytes:
    """The whole file; the same document gives the same bytes.

    Raises ModuleNotFoundError without python-docx or matplotlib.
    """
    word = new_document()
    style(word)
    _describe(word, document)
    body = _Body(word)
    body.running(document)
    body.write(document)
    embed(word, body.used)
    with io.BytesIO() as out:
        word.save(out)
        return _dateless(out.getvalue())


class _Body:
    """Writes the parts of a document one after the other, and counts the targets of links."""

    def __init__(self, word: Word) -> None:
        self._word = word
        self._targets = 0
        self.used: dict[str, set[str]] = {}

    def write(self, document: Document) -> None:
        self._text(self._word.add_paragraph(style="Title"), document.title)
        self._text(self._word.add_paragraph(style="Subtitle"), document.subtitle)
        self._glance(document.glance)
        self._contents(document.parts)
        for part in document.parts:
            heading = self._word.add_heading(level=part.level - 1)
            self._text(heading, part.heading)
            self._target(heading, part.anchor)
            for place, block in enumerate(part.blocks):
                self._block(block)
                if any(isinstance(following, Grid) for following in part.blocks[place + 1 : place + 2]):
                    self._word.paragraphs[-1].paragraph_format.keep_with_next = True
        self._target(self._word.add_heading(SOURCES, 1), _SOURCES_TARGET)
        for line in document.sold:
            self._text(self._word.add_paragraph(style="List Bullet"), line)
        for one in document.sources:
            self._source(one)

    def running(self, document: Document) -> None:
        """The head and foot of each page; the first has its title below."""
        section = self._word.sections[0]
        section.different_first_page_header_footer = True
        self._text(section.header.paragraphs[0], document.title)
        for footer in (section.footer, section.first_page_footer):
            line = footer.paragraphs[0]
            line.style = "Footer"
            self._text(line, f"{long_date(document.date)} · page ")
            add_field(line, "PAGE", "1")
            self._text(line, " of ")
            add_field(line, "NUMPAGES", "1")

    def _text(self, paragraph: WordParagraph, text: str, bold: bool | None = None) -> None:
        add_text(paragraph, text, bold, self.used)

    def _block(self, block: Block) -> None:
        if isinstance(block, Paragraph):
            self._runs(self._word.add_paragraph(), block.runs)
        elif isinstance(block, Bullets):
            for item in block.items:
                self._runs(self._word.add_paragraph(style="List Bullet"), item)
        elif isinstance(block, Grid):
            self._grid(block)
        else:
            self._chart(block.chart)

    def _glance(self, glance: tuple[Glance, ...]) -> None:
        table = self._word.add_table(rows=1, cols=len(glance))
        for cell, one in zip(table.rows[0].cells, glance, strict=True):
            cell.paragraphs[0].style = GLANCE_LABEL
            self._text(cell.paragraphs[0], one.label)
            self._text(cell.add_paragraph(style=GLANCE), one.value)
            rule_left(cell, "1F5FA8")
            shade(cell, CARD)
        widen(table, [WIDTH // len(glance)] * len(glance))

    def _contents(self, parts: tuple[Part, ...]) -> None:
        self._word.add_paragraph(style=GLANCE_LABEL).add_run("Contents").font.size = Pt(8)
        entries = [(part.heading, part.anchor) for part in parts if part.level == 2]
        entries.append((SOURCES, _SOURCES_TARGET))
        for place, (heading, anchor) in enumerate(entries):
            line = self._word.add_paragraph(style=LEAD)
            if place == 0:
                begin_field(line, r'TOC \o "1-1" \n \h')
            add_link(line, heading, anchor=anchor)
            if place == len(entries) - 1:
                end_field(line)

    def _grid(self, grid: Grid) -> None:
        table = self._word.add_table(rows=1, cols=len(grid.header))
        rule(table)
        for cell, name in zip(table.rows[0].cells, grid.header, strict=True):
            self._cell(
                cell.paragraphs[0], CELL_HEAD, lambda paragraph, name=name: self._text(paragraph, name)
            )
            shade(cell, CARD)
        repeat_header(table.rows[0])
        keep_row_whole(table.rows[0])
        for runs in grid.rows:
            row = table.add_row()
            if max(len(text_of(cell)) for cell in runs) <= TALL:
                keep_row_whole(row)
            for cell, held in zip(row.cells, runs, strict=True):
                self._cell(cell.paragraphs[0], CELL, lambda paragraph, held=held: self._runs(paragraph, held))
        widen(table, [Emu(int(WIDTH * share)) for share in shares(grid)])
        after = self._word.add_paragraph()
        after.paragraph_format.space_after = Pt(2)
        after.paragraph_format.line_spacing = Pt(6)

    def _cell(self, paragraph: WordParagraph, name: str, write: Callable[[WordParagraph], None]) -> None:
        paragraph.style = name
        write(paragraph)

    def _chart(self, chart: Chart) -> None:
        title = self._word.add_paragraph()
        title.paragraph_format.space_before, title.paragraph_format.keep_with_next = Pt(10), True
        self._text(title, chart.title, bold=True)
        picture = self._word.add_paragraph()
        picture.paragraph_format.keep_with_next = True
        drawn = picture.add_run().add_picture(io.BytesIO(drawing.png(chart)), width=WIDTH)
        describe(drawn, chart.title, chart.alternative)
        self._text(self._word.add_paragraph(style="Caption"), f"{chart.summary} {chart.legend}".strip())

    def _source(self, one: SourceLine) -> None:
        line = self._word.add_paragraph(style=SOURCE)
        line.add_run(f"[{one.number}]").bold = True
        self._text(line, f"\t{one.about}: {one.words}.")
        if one.url is not None:
            line.add_run(" ")
            add_link(line, one.url, url=one.url)
        self._target(line, f"s{one.number}")

    def _runs(self, paragraph: WordParagraph, runs: Runs) -> None:
        cited = False
        for run in runs:
            if isinstance(run, Cite):
                if not cited:
                    paragraph.add_run("\u00a0")
                add_link(paragraph, f"[{run.number}]", anchor=f"s{run.number}")
            else:
                self._text(paragraph, run.text, bold=run.strong or None)
            cited = isinstance(run, Cite)

    def _target(self, paragraph: WordParagraph, name: str) -> None:
        self._targets += 1
        add_target(paragraph, name, self._targets)


def _describe(word: Word, document: Document) -> None:
    about = word.core_properties
    made = dt.datetime.combine(document.date, dt.time(12))
    about.title, about.subject, about.author = document.title[:255], document.subtitle[:255], AUTHOR
    about.last_modified_by, about.language, about.comments = AUTHOR, LANGUAGE, ""
    about.created = about.modified = made
    about.revision = 1


def _dateless(file: bytes) -> bytes:
    """The same file without the time at which each of its parts was packed."""
    with zipfile.ZipFile(io.BytesIO(file)) as packed, io.BytesIO() as out:
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as again:
            for name in packed.namelist():
                part = zipfile.ZipInfo(name, _EARLIEST)
                part.compress_type = zipfile.ZIP_DEFLATED
                again.writestr(part, packed.read(name))
        return out.getvalue()
