"""A memo as one HTML file that prints well: no script, no foreign host, nothing loaded.

HTML, links and images in the text are switched off, so that no word of a user or a document is more than
a word. Numbers in brackets lead to their source at the end.
"""

import html
import re
from collections.abc import Iterable, Iterator
from importlib.resources import files

from markdown_it import MarkdownIt
from markdown_it.token import Token

from advisor.domain.memo import Memo
from advisor.interfaces.cli_output import printable

_MARKER = re.compile(r"\[(\d{1,4})\]")
_SOURCES = "Sources"


def memo_html(memo: Memo) -> str:
    """The whole page."""
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    reader.disable(["link", "image", "autolink", "reference", "html_block", "html_inline", "entity"])
    tokens = reader.parse(printable(memo.text))
    body = reader.renderer.render(list(_linked(tokens)), reader.options, {})
    page = files("advisor.interfaces").joinpath("memo.html").read_text("utf-8")
    head, _, foot = page.partition("{{body}}")
    return head.replace("{{title}}", html.escape(printable(memo.title))) + body + foot


def _linked(tokens: Iterable[Token]) -> Iterator[Token]:
    """The tokens with `[1]` made a link to source 1, and the first `[1]` of the sources its target."""
    in_sources = False
    targets: set[str] = set()
    before: Token | None = None
    for token in tokens:
        if token.type == "inline" and token.children is not None:
            if before is not None and before.type == "heading_open":
                in_sources = token.content == _SOURCES
            token.children = [
                piece for child in token.children for piece in _pieces(child, targets if in_sources else None)
            ]
        yield token
        before = token


def _pieces(child: Token, targets: set[str] | None) -> Iterator[Token]:
    """`targets` are the sources that have their target already; None outside of the sources."""
    if child.type != "text":
        yield child
        return
    at = 0
    for found in _MARKER.finditer(child.content):
        yield _text(child.content[at : found.start()])
        number, at = found.group(1), found.end()
        if targets is not None and found.start() == 0 and number not in targets:
            targets.add(number)
            yield _raw(f'<b id="s{number}">{number}</b>')
        else:
            yield _raw(f'<a href="#s{number}">[{number}]</a>')
    yield _text(child.content[at:])


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _raw(content: str) -> Token:
    # Ours alone: built from digits, never from the text.
    return Token("html_inline", "", 0, content=content)
