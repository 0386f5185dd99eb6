"""One turn on the screen: the stage under way, then the text block by block, with its choices numbered."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

from advisor.domain.reply import Progress, Question, Reply, Stage, TextDelta
from advisor.interfaces.cli_output import Screen

if TYPE_CHECKING:
    from advisor.assembly import Advisor

NEXT: dict[Stage, str] = {
    "understand": "Deciding what this turn needs",
    "decide": "Looking it up",
    "ask": "Finishing",
    "answer": "Finishing",
    "decline": "Finishing",
    "retrieve": "Writing the memo",
    "write": "Checking each sentence against its source",
    "verify": "Putting the memo together",
    "memo": "Finishing",
    "translate": "Finishing",
}
"""What goes on once a stage has ended."""


class Blocks:
    """Text that comes in pieces, given back in whole blocks (what an empty line ends).

    A block that ends in a bold line is a question: it and all after it wait for the reply, which knows the
    choices that are to be numbered.
    """

    def __init__(self) -> None:
        self._rest = ""
        self._held = False

    def feed(self, text: str) -> Iterator[str]:
        """The blocks that are whole now."""
        self._rest += text
        while not self._held and "\n\n" in self._rest:
            block, _, rest = self._rest.partition("\n\n")
            last = block.rpartition("\n")[2]
            if last.startswith("**") and last.endswith("**"):
                self._held = True
                return
            self._rest = rest
            if block.strip():
                yield block

    def end(self, question: Question | None) -> str:
        """What is left, choices numbered."""
        return numbered(self._rest.strip("\n"), question)


def numbered(text: str, question: Question | None) -> str:
    """The text with the question's choices as a numbered list; the last mention of each is meant."""
    if question is None:
        return text
    lines = text.split("\n")
    for number, choice in reversed(list(enumerate(question.choices, start=1))):
        plain = f"- {choice.label}"
        if plain in lines:
            last = len(lines) - 1 - lines[::-1].index(plain)
            lines[last] = f"{number}. {choice.label}"
    return "\n".join(lines)


def picked(text: str, question: Question | None) -> str:
    """The message that a typed number stands for; any other text as it is."""
    if question is None or not text.isascii() or not text.isdigit() or len(text) > 2:
        return text
    number = int(text)
    return question.choices[number - 1].label if 1 <= number <= len(question.choices) else text


def say(advisor: "Advisor", thread: str, text: str, screen: Screen) -> Reply:
    """Sends a message and shows its reply as it comes."""
    return asyncio.run(_streamed(advisor, thread, text, screen))


async def _streamed(advisor: "Advisor", thread: str, text: str, screen: Screen) -> Reply:
    reply: Reply | None = None
    shown = Shown(screen)
    with ExitStack() as waiting:
        doing = waiting.enter_context(screen.working("Reading your message"))
        async for event in advisor.stream(thread, text):
            if isinstance(event, Progress):
                _tell_stage(event.stage, doing, screen)
                continue
            waiting.close()  # the spinner must be gone before the first line of the text
            if isinstance(event, TextDelta):
                shown.feed(event.text)
            else:
                reply = event
    if reply is None:
        raise RuntimeError("the advisor gave no reply")
    shown.end(reply)
    return reply


class Shown:
    """A reply's text on the screen, block by block."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._blocks = Blocks()
        self._first = True

    def feed(self, text: str) -> None:
        """Shows what is whole by now."""
        for block in self._blocks.feed(text):
            self._show(block)

    def end(self, reply: Reply) -> None:
        """Shows what is left, and the notices."""
        left = self._blocks.end(reply.question)
        if left:
            self._show(left)
        if reply.citations and reply.memo is None:  # A memo brings its own list of sources.
            self._screen.line()
            for cited in reply.citations:
                self._screen.line(f"[{cited.number}] {cited.line()}")
        show_notices(reply, self._screen)

    def _show(self, block: str) -> None:
        if not self._first:
            self._screen.line()
        self._first = False
        self._screen.markdown(block)


def _tell_stage(stage: Stage, doing: Callable[[str], None], screen: Screen) -> None:
    if screen.rendered:
        doing(NEXT[stage])


def show_notices(reply: Reply, screen: Screen) -> None:
    """What the user should know beside the text."""
    for notice in reply.notices:
        screen.line()
        screen.line(f"Note: {notice}")


def show_reply(reply: Reply, screen: Screen) -> None:
    """A reply that was said before."""
    screen.markdown(numbered(reply.text, reply.question))
    show_notices(reply, screen)
