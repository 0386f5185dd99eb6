"""Where a command writes: results on stdout; progress, notices and errors on stderr.

All that is shown may hold what a user or a document said, so control characters are dropped first and
nothing is ever read as console markup.
"""

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.console import Console

PLAIN_WIDTH = 160
"""Columns of a table that does not go to a terminal."""

# C0 but tab and line feed, DEL, C1, marks that turn the writing direction, lone surrogates.
_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(text: str) -> str:
    """`text` without characters that a terminal would act on."""
    return _HIDDEN.sub("", text.replace("\r\n", "\n"))


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a person looks at the stream; False for a closed one."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:
        return False


class Screen:
    """One command's outputs. With `as_json`, stdout carries machine output alone."""

    def __init__(self, as_json: bool = False) -> None:
        self.as_json = as_json
        self.rendered = is_terminal(sys.stdout) and not as_json

    def line(self, text: str = "") -> None:
        """A line on stdout, as it is."""
        sys.stdout.write(printable(text) + "\n")
        sys.stdout.flush()

    def notice(self, text: str) -> None:
        """A line on stderr."""
        if sys.stderr is not None:
            sys.stderr.write(printable(text) + "\n")
            sys.stderr.flush()

    def json(self, value: object, indent: int | None = 2) -> None:
        """A JSON document on stdout."""
        sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=indent) + "\n")
        sys.stdout.flush()

    def markdown(self, text: str) -> None:
        """Markdown: rendered on a terminal, as it is elsewhere."""
        if not self.rendered:
            self.line(text)
            return
        from rich.markdown import Markdown

        self.out.print(Markdown(printable(text), hyperlinks=False))

    def heading(self, text: str) -> None:
        """A heading with an empty line before it."""
        self.line()
        if self.rendered:
            self.out.print(printable(text), style="bold")
        else:
            self.line(text)

    def table(self, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """A table on stdout; long cells are folded, never cut."""
        from rich import box
        from rich.table import Table
        from rich.text import Text

        drawn = Table(box=box.SIMPLE, pad_edge=False, show_edge=False)
        for name in header:
            drawn.add_column(name, overflow="fold")
        for row in rows:
            drawn.add_row(*(Text(printable(cell)) for cell in row))
        self.out.print(drawn)

    @contextmanager
    def working(self, doing: str) -> Iterator[Callable[[str], None]]:
        """Shows what is being done: a spinner on a terminal, elsewhere only what the function is told."""
        if self.as_json or not (self.rendered and is_terminal(sys.stderr)):
            yield self.notice
            return
        with self.err.status(printable(doing)) as status:
            yield lambda text: status.update(printable(text))

    @cached_property
    def out(self) -> "Console":
        """Rich on stdout."""
        return _console(sys.stdout)

    @cached_property
    def err(self) -> "Console":
        """Rich on stderr."""
        return _console(sys.stderr)


def _console(stream: TextIO) -> "Console":
    from rich.console import Console

    width = None if is_terminal(stream) else PLAIN_WIDTH
    return Console(file=stream, markup=False, emoji=False, highlight=False, width=width)
