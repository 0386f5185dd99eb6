"""Blocks → passages that stand on their own. Pure: no files, no model; it is told how to count pieces.

A passage is a table row with its header, a list with its lead-in, or some paragraphs under one heading.
Its id is `<source>/<heading>/<row|list|text>-<n>`, stable as long as the section keeps its order.
"""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from advisor.domain.evidence import Locator, Passage
from ingest.blocks import Block, Heading, Item, ListBlock, Paragraph, Row, Table
from ingest.markdown import markdown_blocks
from ingest.plain import plain_blocks
from ingest.sentences import cut, packed, sentences

VERSION = "1"  # of the passages' form: an index made with another one is built anew

MOST_WORDS = 250  # a hit's text, heading path included
MOST_CHARACTERS = 4000  # a tokenizer takes an endless word for one unknown piece
SPECIAL = 4  # pieces that a model adds to any text, at most
PARAGRAPH_WORDS = 120  # paragraphs of one section are joined up to here
MARGIN = 8  # word pieces left free: a tokenizer may count a little differently at a seam
PATH_WORDS = 50  # a longer heading path is shortened in the text; the locator keeps it whole
LEAD_IN_WORDS = 40  # a longer lead-in is not repeated in each part of a list that was split

Count = Callable[[str], int]
Reader = Callable[[str], list[Block]]

READERS: dict[str, Reader] = {"markdown": markdown_blocks, "text": plain_blocks}


def passages(
    document_text: str,
    source_id: str,
    path: str,
    title: str,
    count: Count,
    window: int,
    format: str = "markdown",
) -> list[Passage]:
    """The passages of one document in reading order.

    `count` gives the word pieces of a text with the model's special ones, `window` how many the model
    reads. `title` leads the heading path; a single top heading at the start is taken as the same title.
    `format` is a key of READERS.
    """
    blocks = READERS[format](document_text)
    return [
        passage
        for section in _sections(blocks, source_id, path, title)
        for passage in _Chunker(section, count, window).passages()
    ]


def title_of(document_text: str, format: str) -> str | None:
    """The first heading of a document, if it has one near its beginning."""
    for block in READERS[format](document_text)[:3]:
        if isinstance(block, Heading):
            return block.text
    return None


def slug(heading: str) -> str:
    """A heading as part of an id: lower case, words joined with hyphens, 60 characters at most."""
    plain = unicodedata.normalize("NFKD", heading.lower())
    letters = "".join(c for c in plain if not unicodedata.combining(c) and c not in "'’‘`")
    whole = re.sub(r"[\W_]+", "-", letters).strip("-")
    if len(whole) > 60:
        whole = whole[:61].rpartition("-")[0] or whole[:60]
    return whole or "section"


@dataclass
class _Section:
    """What stands under one heading, up to the next."""

    source_id: str
    path: str
    headings: tuple[str, ...]
    slug: str
    blocks: list[Block] = field(default_factory=list[Block])


def _sections(blocks: Sequence[Block], source_id: str, path: str, title: str) -> list[_Section]:
    taken: set[str] = set()

    def opened(headings: tuple[str, ...]) -> _Section:
        wanted = name = slug(headings[-1])
        number = 1
        while name in taken:
            number += 1
            name = f"{wanted}-{number}"
        taken.add(name)
        return _Section(source_id, path, headings, name)

    top = [block for block in blocks if isinstance(block, Heading) and block.level == 1]
    own_title = top[0] if len(top) == 1 and blocks[0] is top[0] else None
    title = title.strip() or (own_title.text if own_title else path)
    trail: list[Heading] = []
    found = [opened((title,))]
    for block in blocks:
        if not isinstance(block, Heading):
            found[-1].blocks.append(block)
        elif block is not own_title:
            trail = [outer for outer in trail if outer.level < block.level] + [block]
            found.append(opened((title, *(heading.text for heading in trail))))
    return found


@dataclass
class _Chunker:
    """Turns one section into passages and numbers them."""

    section: _Section
    count: Count
    window: int
    _made: list[Passage] = field(default_factory=list[Passage])
    _numbers: dict[str, int] = field(default_factory=dict[str, int])
    _waiting: list[Paragraph] = field(default_factory=list[Paragraph])
    _known: dict[str, bool] = field(default_factory=dict[str, bool])

    def __post_init__(self) -> None:
        self._path_line = _path_line(self.section.headings, self.count, self.window)

    def passages(self) -> list[Passage]:
        for block in self.section.blocks:
            match block:
                case Paragraph():
                    self._take(block)
                case ListBlock():
                    self._list(block)
                case Table():
                    self._flush()
                    for row in block.rows:
                        self._row(block.header, row)
                case Heading():
                    pass  # headings open sections
        self._flush()
        return self._made

    def _fits(self, body: str) -> bool:
        if body not in self._known:
            self._known[body] = self._measured(f"{self._path_line}\n{body}")
        return self._known[body]

    def _measured(self, text: str) -> bool:
        if len(text) > MOST_CHARACTERS or len(text.split()) > MOST_WORDS:
            return False
        return _within(text, self.window - MARGIN, self.count)

    def _take(self, paragraph: Paragraph) -> None:
        """Queue a paragraph, after handing out those that it can't be joined with."""
        if self._waiting:
            joined = self._joined([*self._waiting, paragraph])
            alone = _is_answered_question(paragraph.text) or _is_answered_question(self._waiting[-1].text)
            if alone or len(joined.split()) > PARAGRAPH_WORDS or not self._fits(joined):
                self._flush()
        self._waiting.append(paragraph)

    @staticmethod
    def _joined(paragraphs: Sequence[Paragraph]) -> str:
        return "\n".join(paragraph.text for paragraph in paragraphs)

    def _flush(self) -> None:
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        body = self._joined(waiting)
        if self._fits(body):
            self._add("text", body, waiting[0].line)
            return
        # Only a single paragraph can be too long: joining stops before that.
        glue = "\n" if waiting[0].preformatted else " "
        for piece in self._pieces(body, glue):
            self._add("text", piece, waiting[0].line)

    def _pieces(self, text: str, glue: str = " ") -> list[str]:
        """A block that is too long, cut at sentence ends (code: at line ends)."""
        units = [line for line in text.splitlines() if line.strip()] if glue == "\n" else sentences(text)
        small = [piece for unit in units for piece in ([unit] if self._fits(unit) else cut(unit, self._fits))]
        return packed(small, lambda body: len(body.split()) <= PARAGRAPH_WORDS and self._fits(body), glue)

    def _list(self, block: ListBlock) -> None:
        lead_in = self._waiting.pop() if self._waiting else None
        written = "\n".join(item.written() for item in block.items)
        if lead_in and not (self._fits(f"{lead_in.text}\n{written}") or _repeatable(lead_in)):
            self._waiting.append(lead_in)
            lead_in = None
        self._flush()
        opening = f"{lead_in.text}\n" if lead_in else ""
        first_line = lead_in.line if lead_in else block.line
        if self._fits(opening + written):
            self._add("list", opening + written, first_line)
            return
        for number, (body, line) in enumerate(self._list_parts(block.items, opening)):
            self._add("list", body, first_line if number == 0 else line)

    def _list_parts(self, items: Sequence[Item], opening: str) -> list[tuple[str, int]]:
        """A long list in parts, each with the lead-in; an item is cut only if it can't fit alone."""
        parts: list[tuple[str, int]] = []
        for item in items:
            line = item.written()
            if parts and self._fits(grown := f"{parts[-1][0]}\n{line}"):
                parts[-1] = (grown, parts[-1][1])
            elif self._fits(opening + line):
                parts.append((opening + line, item.line))
            else:
                parts.extend((piece, item.line) for piece in self._pieces(line))
        return parts

    def _row(self, header: tuple[str, ...], row: Row) -> None:
        named = [*header, *[""] * (len(row.cells) - len(header))]
        pairs = [
            f"{name}: {cell}" if name else cell for name, cell in zip(named, row.cells, strict=False) if cell
        ]
        if not pairs:
            return
        body = " | ".join(pairs)
        if self._fits(body):
            self._add("row", body, row.line)
            return
        small = [piece for pair in pairs for piece in ([pair] if self._fits(pair) else self._pieces(pair))]
        number = self._next("row")
        for part, piece in enumerate(packed(small, self._fits, " | "), start=1):
            suffix = f"row-{number}" if part == 1 else f"row-{number}-{part}"
            self._append(suffix, piece, row.line, number)

    def _next(self, kind: str) -> int:
        self._numbers[kind] = self._numbers.get(kind, 0) + 1
        return self._numbers[kind]

    def _add(self, kind: str, body: str, line: int) -> None:
        number = self._next(kind)
        self._append(f"{kind}-{number}", body, line, number if kind == "row" else None)

    def _append(self, suffix: str, body: str, line: int, row: int | None) -> None:
        section = self.section
        text = f"{self._path_line}\n{body}"
        self._made.append(
            Passage(
                id=f"{section.source_id}/{section.slug}/{suffix}",
                source_id=section.source_id,
                text=text,
                body=body,
                locator=Locator(path=section.path, headings=section.headings, line=line, row=row),
                content_hash=hashlib.sha256(text.encode()).hexdigest(),
            )
        )


def _within(text: str, pieces: int, count: Count) -> bool:
    """Whether a text has at most so many word pieces. Counting is slow, and no piece is without a letter."""
    return len(text) + SPECIAL <= pieces or count(text) <= pieces


def _path_line(headings: tuple[str, ...], count: Count, window: int) -> str:
    """The heading path as one line that leaves most of the window to the body."""

    def short(line: str) -> bool:
        if len(line) > MOST_CHARACTERS // 4 or len(line.split()) > PATH_WORDS:
            return False
        return _within(line, window // 3, count)

    for kept in (headings, (headings[0], headings[-1]), headings[-1:]):
        if short(line := " › ".join(kept)):
            return line
    return cut(headings[-1], short)[0]


def _repeatable(lead_in: Paragraph) -> bool:
    return len(lead_in.text.split()) <= LEAD_IN_WORDS and lead_in.text.endswith(":")


def _is_answered_question(paragraph: str) -> bool:
    """A question with its answer in one paragraph, as FAQs have them: it stands alone."""
    found = sentences(paragraph)
    return len(found) > 1 and found[0].endswith("?") and len(found[0].split()) > 3
