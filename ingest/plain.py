"""Plain text → blocks. Headings are guessed from their look, tables from pipes, lists from bullets.

Text copied from a web page often has one paragraph on each line and no blank lines between them; text
written for a terminal is wrapped and has blank lines. Both are read; a text full of Markdown headings
goes to the Markdown reader.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.blocks import Block, Heading, Item, ListBlock, Paragraph, Row, Table
from ingest.markdown import markdown_blocks

_MARKDOWN_HEADING = re.compile(r"^#{1,6}[ \t]+\S", re.MULTILINE)
_PIPES = re.compile(r"^\s*\|.*\|\s*$")
_RULE_CELL = re.compile(r"\s*:?-{2,}:?\s*")
_BULLET = re.compile(r"^(\s*)([-*+•‣▪●○◦–]|\d{1,3}[.)]|[a-z][.)])\s+(\S.*)$")
_NUMBERED_HEADING = re.compile(r"^(\d+(?:\.\d+)+)\.?\s+[^\W\d]")
_UNDERLINE = re.compile(r"^\s*(={3,}|-{3,}|~{3,})\s*$")
_GLUED = re.compile(r"(?<=→)(?=[A-Z])")  # a link and the heading after it, run together by a copy
_FULL_STOP = (".", "!", "?", ":", "”", '"', ")", "…")

HEADING_WORDS = 12
HEADING_CHARACTERS = 100
TEXT_WORDS = 8  # a line of running text has at least as many
TITLE_CASE = 0.7  # share of a heading's longer words that begin with a capital
WRAPPED_AT_MOST = 100  # characters of a line that a terminal or mail program wrapped


def plain_blocks(text: str) -> list[Block]:
    """The blocks of a plain text in reading order."""
    if len(_MARKDOWN_HEADING.findall(text)) > 1:
        return markdown_blocks(text)
    return _PlainText(text).blocks()


@dataclass(frozen=True)
class _Line:
    text: str
    number: int

    @property
    def words(self) -> list[str]:
        return self.text.split()


class _PlainText:
    """Reads line by line; what a short line is depends on its neighbours."""

    def __init__(self, text: str) -> None:
        parts = [
            (part.rstrip(), number)
            for number, line in enumerate(text.split("\n"), start=1)
            for part in _GLUED.split(line)
        ]
        self._lines = [line for line, _ in parts]
        self._numbers = [number for _, number in parts]  # in the file, by index
        filled = [number for number, line in enumerate(self._lines) if line.strip()]
        spaced = sum(1 for number in filled if not self._at(number + 1))
        self._spaced = spaced * 2 > len(filled)
        self._blocks: list[Block] = []

    def _at(self, index: int) -> str:
        return self._lines[index].strip() if 0 <= index < len(self._lines) else ""

    def blocks(self) -> list[Block]:
        index = 0
        while index < len(self._lines):
            line = self._lines[index]
            if not line.strip():
                index += 1
            elif _PIPES.match(line) and _PIPES.match(self._at(index + 1)):
                index = self._table(index)
            elif _BULLET.match(line) and not self._is_numbered_title(index):
                index = self._list(index)
            elif _UNDERLINE.match(self._at(index + 1)) and len(line.split()) <= HEADING_WORDS:
                self._heading(line, index, level=1 if self._at(index + 1)[0] == "=" else 2)
                index += 2
            elif (level := self._heading_level(index)) is not None:
                self._heading(line, index, level)
                index += 1
            else:
                index = self._text(index)
        return self._blocks

    def _heading(self, line: str, index: int, level: int) -> None:
        last = self._blocks[-1] if self._blocks else None
        if last is None:
            level = 1
        elif isinstance(last, Heading) and 1 < last.level == level:
            level += 1  # a heading with nothing under it but another heading holds that one
        self._blocks.append(Heading(level, line.strip().strip("*_"), self._numbers[index]))

    def _heading_level(self, index: int) -> int | None:
        """2 or 3 for a line that looks like a heading, None for running text."""
        line = self._at(index)
        words = line.split()
        if len(line) > HEADING_CHARACTERS or len(words) > HEADING_WORDS:
            return None
        following = self._next_filled(index)
        if not following:
            return None
        if self._spaced and (self._at(index - 1) or self._at(index + 1)):
            return None
        if numbered := _NUMBERED_HEADING.match(line):
            return 1 + len(numbered.group(1).split("."))
        first = line.lstrip("\"'“‘(*_")[:1]
        if not (first.isupper() or self._is_numbered_title(index)) or "→" in line or "|" in line:
            return None
        if line.endswith((".", "!", ";", ",", ":", "=", "…")):
            return None
        if line.endswith("?") or line.isupper() or _in_title_case(words):
            return 2
        return 3 if self._ended_before(index) and _is_running_text(following) else None

    def _is_numbered_title(self, index: int) -> bool:
        """`1. Scope` on a line of its own, with running text (not `2. …`) after it."""
        bullet = _BULLET.match(self._lines[index])
        if not bullet or not bullet.group(2)[0].isdigit() or bullet.group(1):
            return False
        title, following = bullet.group(3), self._next_filled(index)
        short = len(title.split()) <= HEADING_WORDS and not title.endswith((".", ";", ",", ":"))
        return short and _in_title_case(title.split()) and not _BULLET.match(following)

    def _next_filled(self, index: int) -> str:
        following = (line for line in range(index + 1, len(self._lines)) if self._at(line))
        return next((self._at(line) for line in following), "")

    def _ended_before(self, index: int) -> bool:
        """What stands before the line is complete, so that the line does not continue it."""
        before = next((number for number in range(index - 1, -1, -1) if self._at(number)), None)
        if before is None:
            return True
        last, previous = (self._blocks[-1] if self._blocks else None), self._at(before)
        if isinstance(last, Heading) and last.line == self._numbers[before]:
            return True
        listed = bool(_PIPES.match(previous) or _BULLET.match(previous))
        return listed or (previous.endswith(_FULL_STOP) and (self._spaced or not previous.endswith(":")))

    def _text(self, index: int) -> int:
        """A run of lines: joined when it was wrapped, else each line is a paragraph."""
        run = [_Line(self._at(index), self._numbers[index])]
        index += 1
        while self._at(index) and not self._starts_other(index):
            run.append(_Line(self._at(index), self._numbers[index]))
            index += 1
        if _was_wrapped(run):
            run = [_Line(" ".join(line.text for line in run), run[0].number)]
        unfinished: _Line | None = None
        for line in run:
            if unfinished:  # `cost =` and its first term
                line = _Line(f"{unfinished.text} {line.text}", unfinished.number)
            unfinished = line if line.text.endswith("=") else None
            if not unfinished:
                self._blocks.append(Paragraph(line.text, line.number))
        if unfinished:
            self._blocks.append(Paragraph(unfinished.text, unfinished.number))
        return index

    def _starts_other(self, index: int) -> bool:
        line = self._lines[index]
        return bool(
            _BULLET.match(line)
            or (_PIPES.match(line) and _PIPES.match(self._at(index + 1)))
            or self._heading_level(index) is not None
        )

    def _list(self, index: int) -> int:
        items: list[Item] = []
        indents: list[int] = []
        first = index
        while index < len(self._lines):
            line = self._lines[index]
            bullet = _BULLET.match(line)
            if bullet:
                indent = len(bullet.group(1).expandtabs(4))
                indents = [outer for outer in indents if outer < indent] + [indent]
                marker = bullet.group(2) if bullet.group(2)[0].isalnum() or bullet.group(2) == "+" else "-"
                items.append(Item(bullet.group(3).strip(), self._numbers[index], len(indents) - 1, marker))
            elif line.strip() and line[:1].isspace() and self._at(index - 1):
                last = items[-1]
                items[-1] = Item(f"{last.text} {line.strip()}", last.line, last.depth, last.marker)
            elif line.strip() or not _BULLET.match(self._at(index + 1)):
                break
            index += 1
        self._blocks.append(ListBlock(tuple(items), self._numbers[first]))
        return index

    def _table(self, index: int) -> int:
        lines: list[_Line] = []
        while _PIPES.match(self._at(index)):
            lines.append(_Line(self._at(index), self._numbers[index]))
            index += 1
        rows = [Row(_cells(line.text), line.number) for line in lines]
        header: tuple[str, ...] = ()
        if len(rows) > 1 and all(_RULE_CELL.fullmatch(cell) for cell in rows[1].cells):
            header, rows = rows[0].cells, rows[2:]
        self._blocks.append(Table(header, tuple(rows), lines[0].number))
        return index


def _cells(line: str) -> tuple[str, ...]:
    inner = line.strip().removeprefix("|").removesuffix("|")
    return tuple(cell.replace(r"\|", "|").strip() for cell in re.split(r"(?<!\\)\|", inner))


def _in_title_case(words: Sequence[str]) -> bool:
    longer = [word for word in words if len(word) > 3 and word[0].isalpha()] or list(words)
    return sum(word[0].isupper() for word in longer) >= TITLE_CASE * len(longer)


def _is_running_text(line: str) -> bool:
    if _PIPES.match(line) or _BULLET.match(line):
        return True
    return len(line.split()) >= TEXT_WORDS and line.endswith(_FULL_STOP)


def _was_wrapped(run: Sequence[_Line]) -> bool:
    """Each line but the last is so full that the next word had no room, and most end in mid-sentence."""
    width = max(len(line.text) for line in run)
    if len(run) == 1 or width > WRAPPED_AT_MOST:
        return False
    pairs = list(pairwise(run))
    full = all(len(line.text) + 1 + len(after.words[0]) > width for line, after in pairs)
    return full and sum(line.text.endswith(_FULL_STOP) for line, _ in pairs) * 2 <= len(pairs)
