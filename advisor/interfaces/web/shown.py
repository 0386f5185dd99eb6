"""A reply's text as Chainlit's Markdown may show it: nothing a user or a document said acts as markup.

The replies' own Markdown is made for it; the library adds three readings that the replies don't mean:
addresses become links, `:name` becomes a directive, and every choice of a question stands in the text
although buttons show it.
"""

import re
from collections.abc import Iterator

from pydantic import JsonValue

from advisor.domain.reply import Question
from advisor.interfaces.cli_turn import Blocks
from advisor.interfaces.reply_text import unlinked, without_choices

_DIRECTIVE = re.compile(r"(?<!\\):(?=[A-Za-z:])")
_HEADING = "## "
_TITLE = "# "

Detail = dict[str, JsonValue]
"""A section of a memo that opens on a click: `heading`, and its `text` as Markdown."""


def inert(text: str) -> str:
    """The text with addresses and directives as plain words."""
    return _DIRECTIVE.sub(r"\\:", unlinked(text))


class Unfolding:
    """A reply's text as it comes, in whole blocks; of a memo, the sections that are shown at once.

    What is left out is in `details` at the end.
    """

    def __init__(self, open_sections: tuple[str, ...]) -> None:
        self._open = open_sections
        self._blocks = Blocks()
        self._in_memo = False
        self._folded: list[tuple[str, list[str]]] = []
        self._folding = False

    def feed(self, text: str) -> Iterator[str]:
        """The blocks that can be shown now."""
        for block in self._blocks.feed(text):
            if self._is_shown(block):
                yield inert(block)

    def end(self, question: Question | None) -> Iterator[str]:
        """What is left."""
        for block in without_choices(self._blocks.end(None), question).strip("\n").split("\n\n"):
            if block.strip() and self._is_shown(block):
                yield inert(block)

    def details(self) -> list[Detail]:
        """The sections that were left out."""
        return [{"heading": heading, "text": inert("\n\n".join(body))} for heading, body in self._folded]

    def _is_shown(self, block: str) -> bool:
        if block.startswith(_TITLE):
            self._in_memo = True
        elif block.startswith(_HEADING) and self._in_memo:
            heading = block.removeprefix(_HEADING).strip()
            self._folding = heading not in self._open
            if self._folding:
                self._folded.append((heading, []))
                return False
        if self._folding:
            self._folded[-1][1].append(block)
        return not self._folding


def unfolded(
    text: str, question: Question | None, open_sections: tuple[str, ...]
) -> tuple[str, list[Detail]]:
    """A whole reply at once: what is shown, and the sections that open on a click."""
    unfolding = Unfolding(open_sections)
    blocks = [*unfolding.feed(text), *unfolding.end(question)]
    return "\n\n".join(blocks), unfolding.details()
