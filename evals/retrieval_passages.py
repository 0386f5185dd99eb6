"""What must hold of every passage of a Markdown document, looked up in the document itself.

Reads headings, tables, lists and sentence ends on its own, in the plain form in which the digests are
written, so that a fault of the chunker or of its reading of sentences is not repeated here.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from advisor.domain.evidence import Passage

MOST_WORDS = 250

_MARKUP = re.compile(r"\*\*|__|`|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w)")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_MARKER = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+")
_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*$")
_RULE = re.compile(r"^\|?[\s:|-]+\|?$")
_ENDS = re.compile(r"[.!?…:][\"'”’»)\]]*$")
_ABBREVIATED = re.compile(r"\b(?:e\.g|i\.e|etc|vs|approx|incl|U\.S|U\.K|Dr|Mr|Mrs|No)\.$")
_WORD = re.compile(r"\w+")


def plain(text: str) -> str:
    """A line without markup, list marker and surplus space."""
    return " ".join(_MARKUP.sub("", _LINK.sub(r"\1", _MARKER.sub("", text))).split())


@dataclass(frozen=True)
class SourceLine:
    """A line of the document that holds words: its text, the headings above it, cells and names of a row."""

    number: int
    text: str
    headings: tuple[str, ...]
    cells: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    row: int | None = None


@dataclass(frozen=True)
class Document:
    """A Markdown document as it is written, with the title and id that its passages should bear."""

    id: str
    title: str
    text: str

    @cached_property
    def lines(self) -> tuple[SourceLine, ...]:
        """Its lines with words, headings left out."""
        return tuple(self._read())

    def _read(self) -> Iterator[SourceLine]:
        trail: list[tuple[int, str]] = []
        names: tuple[str, ...] = ()
        rows = 0
        for number, line in enumerate(self.text.splitlines(), start=1):
            if heading := _HEADING.match(line):
                level = len(heading[1])
                if level > 1:
                    trail = [one for one in trail if one[0] < level] + [(level, plain(heading[2]))]
                names, rows = (), 0
            elif line.lstrip().startswith("|"):
                cells = tuple(plain(cell) for cell in line.strip().strip("|").split("|"))
                if not names:
                    names = cells
                elif not _RULE.match(line.strip()):
                    rows += 1
                    above = (self.title, *(name for _, name in trail))
                    yield SourceLine(number, " ".join(cells), above, cells, names, rows)
            elif line.strip():
                names = ()
                yield SourceLine(number, plain(line), (self.title, *(name for _, name in trail)))

    @cached_property
    def by_number(self) -> dict[int, SourceLine]:
        return {line.number: line for line in self.lines}


def halves(document: Document, passages: Sequence[Passage]) -> list[str]:
    """Lines of passages that begin or end inside a sentence, an item or a cell of the document."""
    return [
        f"{passage.id}: “{_short(piece)}” is no whole sentence of {document.id}"
        for passage in passages
        for piece in _pieces(passage)
        if not any(_whole(piece, one) for one in _places(document, passage))
    ]


def _pieces(passage: Passage) -> list[str]:
    """What a passage says, line by line or cell by cell, without markers and names of columns."""
    if passage.locator.row is None:
        return [plain(line) for line in passage.body.split("\n") if line.strip()]
    return [piece.partition(": ")[2] or piece for piece in passage.body.split(" | ")]


def _places(document: Document, passage: Passage) -> Iterator[str]:
    line = document.by_number.get(passage.locator.line)
    if passage.locator.row is not None and line is not None:
        yield from line.cells
        # A name of a column may hold a colon itself: then what is behind it is more than the cell.
        yield from (f"{name}: {cell}".partition(": ")[2] for name, cell in _named(line))
        return
    yield from (one.text for one in document.lines)


def _whole(piece: str, text: str) -> bool:
    """Whether `piece` stands in `text` from the beginning or end of a sentence to the end of one."""
    start = text.find(piece)
    while start >= 0:
        before, after = text[:start].rstrip(), text[start + len(piece) :].lstrip()
        if (not before or _ended(before, piece)) and (not after or _ended(piece, after)):
            return True
        start = text.find(piece, start + 1)
    return False


def _ended(before: str, after: str) -> bool:
    return bool(_ENDS.search(before)) and not _ABBREVIATED.search(before) and not after[:1].islower()


def too_long(passages: Sequence[Passage], count: Callable[[str], int], window: int) -> list[str]:
    """Passages beyond 250 words, or beyond the pieces that the model reads."""
    found: list[str] = []
    for passage in passages:
        if (words := len(passage.text.split())) > MOST_WORDS:
            found.append(f"{passage.id} has {words} words")
        elif (pieces := count(passage.text)) > window:
            found.append(f"{passage.id} has {pieces} pieces, the model reads {window}")
    return found


def _named(line: SourceLine) -> list[tuple[str, str]]:
    return [(name, cell) for name, cell in zip(line.names, line.cells, strict=False) if cell]


def without_header(document: Document, passages: Sequence[Passage]) -> list[str]:
    """Cells of the document that no row tells behind the name of their column."""
    told: dict[int, str] = {}
    for passage in passages:
        if passage.locator.row is not None:
            told[passage.locator.line] = f"{told.get(passage.locator.line, '')} | {passage.body}"
    return [
        f"line {line.number} of {document.id}: no “{name}: {_short(cell)}”"
        for line in document.lines
        for name, cell in _named(line)
        if (f"{name}: {cell}" if name else cell) not in told.get(line.number, "")
    ]


def misplaced(document: Document, passages: Sequence[Passage]) -> list[str]:
    """Passages with another's id, or whose locator does not lead to where they stand."""
    found = [f"two passages {name}" for name, times in Counter(p.id for p in passages).items() if times > 1]
    for passage in passages:
        where = passage.locator
        line = document.by_number.get(where.line)
        if not passage.id.startswith(f"{document.id}/") or passage.source_id != document.id:
            found.append(f"{passage.id} is not named after {document.id}")
        elif line is None or not any(piece in line.text or line.text in piece for piece in _pieces(passage)):
            found.append(f"{passage.id} does not stand in line {where.line}")
        elif where.headings != line.headings:
            found.append(
                f"{passage.id} stands under {' › '.join(line.headings)}, not {' › '.join(where.headings)}"
            )
        elif where.row != line.row:
            found.append(f"{passage.id} is row {line.row} of its table, not {where.row}")
    return found


def without_path(passages: Sequence[Passage]) -> list[str]:
    """Passages whose text is not the title and heading, a line, and then the body."""
    return [
        f"{passage.id} does not begin with its title and heading"
        for passage in passages
        if passage.text != f"{(path := passage.text.partition(chr(10))[0])}\n{passage.body}"
        or not path.startswith(passage.locator.headings[0])
        or not path.endswith(passage.locator.headings[-1])
    ]


def lost(document: Document, passages: Sequence[Passage]) -> list[str]:
    """Words that the document has more often than its passages, bodies and headings taken together."""
    kept: Counter[str] = Counter()
    for heading in {one for passage in passages for one in passage.locator.headings}:
        kept.update(_WORD.findall(heading.lower()))
    for passage in passages:
        kept.update(_WORD.findall(passage.body.lower()))
    wanted: Counter[str] = Counter()
    for line in document.text.splitlines():
        wanted.update(_WORD.findall(_LINK.sub(r"\1", line).lower()))
    return [
        f"“{word}” stands in {document.id} {times} times, in its passages {kept[word]} times"
        for word, times in wanted.items()
        if kept[word] < times
    ]


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}…"


def long_document() -> Document:
    """A document of our own with a paragraph, a list, a row and a section that no passage can hold whole."""
    # Of many lengths: sentences of one length would end where a passage is full, however they were cut.
    more = "and so on and so forth until somebody says that it is quite enough for today".split()
    told = [
        f"Item {number} of the plan costs ${number * 40} a month, e.g. for the U.S. team of Dr. Brown, "
        f"{' '.join(more[: number * 5 % 13])} and nobody reviews it before week {number}."
        for number in range(1, 41)
    ]
    told = [" ".join(sentence.split()) for sentence in told]
    items = [
        f"- Step {number}: write down what the step needs. Then ask who signs it off."
        for number in range(1, 41)
    ]
    cells = " | ".join(f"{sentence} {sentence.replace('Item', 'Line')}" for sentence in told[:8])
    names = " | ".join(f"Part {number}" for number in range(1, 9))
    short = [f"Paragraph {number} is short. It says one thing only." for number in range(1, 31)]
    text = "\n\n".join(
        (
            "# A long guide",
            "## One long paragraph",
            " ".join(told),
            "### A long list",
            "Do these things in order:",
            "\n".join(items),
            "## A wide row",
            f"| {names} |\n|{'---|' * 8}\n| {cells} |",
            "## Many short paragraphs",
            *short,
        )
    )
    return Document("long", "A long guide", text + "\n")
