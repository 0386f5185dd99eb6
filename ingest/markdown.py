"""Markdown → blocks, by markdown-it's tokens. Markup goes, the words stay, so that a quote matches."""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from ingest.blocks import Block, Heading, Item, ListBlock, Paragraph, Row, Table

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n.*?\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_DROPPED_ELEMENTS = re.compile(r"<(script|style|noscript|template)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.I)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")
_LINE_BREAK_TAG = re.compile(r"<br\s*/?>", re.I)


@cache
def _parser() -> MarkdownIt:
    # The typographer stays off: it would change quotes and dashes, and quotes must match the source.
    return MarkdownIt("commonmark", {"typographer": False}).enable(["table", "strikethrough"])


def markdown_blocks(text: str) -> list[Block]:
    """The blocks of a Markdown text in reading order, with the lines where they begin."""
    return list(_Walk(_parser().parse(_without_front_matter(text))).blocks())


def _without_front_matter(text: str) -> str:
    """Front matter is blanked, not cut, so that line numbers stay those of the file."""
    return _FRONT_MATTER.sub(lambda match: "\n" * match.group().count("\n"), text, count=1)


def _line(token: Token) -> int:
    return token.map[0] + 1 if token.map else 1


def _plain(inline: Token) -> str:
    parts: list[str] = []
    for child in inline.children or ():
        match child.type:
            case "text" | "code_inline" | "image":
                parts.append(child.content)
            case "softbreak" | "hardbreak":
                parts.append(" ")
            case "html_inline" if _LINE_BREAK_TAG.fullmatch(child.content):
                parts.append(" ")
            case _:
                pass
    return " ".join("".join(parts).split())


def _html_text(html: str) -> str:
    kept = _COMMENT.sub(" ", _DROPPED_ELEMENTS.sub(" ", html))
    return " ".join(_TAG.sub(" ", kept).split())


class _Walk:
    """One pass over the tokens. A table inside a list follows the list as a block of its own."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._items: list[Item] = []
        self._open: list[int] = []
        self._lists = 0
        self._after_list: list[Block] = []

    def blocks(self) -> Iterator[Block]:
        position = 0
        while position < len(self._tokens):
            token = self._tokens[position]
            match token.type:
                case "heading_open":
                    heading = _plain(self._tokens[position + 1])
                    if heading:
                        yield from self._placed(Heading(int(token.tag[1:]), heading, _line(token)))
                    position += 2
                case "table_open":
                    table, position = self._table(position)
                    yield from self._placed(table)
                case "bullet_list_open" | "ordered_list_open":
                    self._lists += 1
                case "bullet_list_close" | "ordered_list_close":
                    self._lists -= 1
                    if self._lists == 0:
                        yield from self._finished_list()
                case "list_item_open":
                    marker = f"{token.info}{token.markup}" if token.info else "-"
                    self._open.append(len(self._items))
                    self._items.append(Item("", _line(token), self._lists - 1, marker))
                case "list_item_close":
                    self._open.pop()
                case "inline":
                    yield from self._text(_plain(token), _line(token))
                case "fence" | "code_block":
                    yield from self._text(token.content.rstrip("\n"), _line(token), preformatted=True)
                case "html_block":
                    yield from self._text(_html_text(token.content), _line(token))
                case _:
                    pass
            position += 1

    def _placed(self, block: Block) -> Iterator[Block]:
        if self._lists:
            self._after_list.append(block)
        else:
            yield block

    def _text(self, text: str, line: int, preformatted: bool = False) -> Iterator[Block]:
        if not text.strip():
            return
        if self._open:
            item = self._items[self._open[-1]]
            joined = " ".join(f"{item.text} {text}".split())
            self._items[self._open[-1]] = Item(joined, item.line, item.depth, item.marker)
        else:
            yield Paragraph(text, line, preformatted)

    def _finished_list(self) -> Iterator[Block]:
        items = tuple(item for item in self._items if item.text)
        if items:
            yield ListBlock(items, items[0].line)
        yield from self._after_list
        self._items, self._open, self._after_list = [], [], []

    def _table(self, position: int) -> tuple[Table, int]:
        """The table that opens at `position`, and the position of its last token."""
        start = self._tokens[position]
        header: tuple[str, ...] = ()
        rows: list[Row] = []
        cells: list[str] = []
        in_header = False
        while self._tokens[position].type != "table_close":
            token = self._tokens[position]
            match token.type:
                case "thead_open":
                    in_header = True
                case "thead_close":
                    in_header = False
                case "tr_open":
                    cells = []
                case "inline":
                    cells.append(_plain(token))
                case "tr_close" if in_header:
                    header = tuple(cells)
                case "tr_close":
                    rows.append(Row(tuple(cells), self._row_line(position)))
                case _:
                    pass
            position += 1
        return Table(header, tuple(rows), _line(start)), position

    def _row_line(self, close: int) -> int:
        """The line of the row that closes at `close`: only its opening token has a line map."""
        while self._tokens[close].type != "tr_open":
            close -= 1
        return _line(self._tokens[close])
