"""The sample memos in examples/, written from typed facts by the product: `python -m evals.examples`.

Each case is a conversation on a fixed date; its memo is the whole export, kit included. The command
overwrites the files, and a test writes them again and compares.
"""

import datetime as dt
import sys
from dataclasses import dataclass
from pathlib import Path

from advisor.assembly import Advisor
from advisor.conversation.advisor import AdvisorCore
from advisor.domain.memo import Memo
from advisor.interfaces.documents.formats import render

FOLDER = Path(__file__).parents[1] / "examples"
TODAY = dt.date(2026, 11, 20)


@dataclass(frozen=True)
class Example:
    """A memo's file name, and what the user says until it comes."""

    name: str
    messages: tuple[str, ...]


EXAMPLES = (
    Example(
        "startup_api_feature_six_weeks",
        (
            "We are a Series A start-up with a booking app for restaurants. We want the app to draft answers "
            "to guests' reviews from the restaurant's own notes, on OpenAI. It must be live in six weeks.",
            "We have five developers and nobody on AI. The data is ready. No product does it. It pays, "
            "we tried it by hand for a month, and one person can build it.",
            "It is not what we sell, and it is done when it runs. No special rules apply. Our product lead "
            "will own it after launch. Our CTO can judge AI work.",
            "Just give me the memo now.",
        ),
    ),
    Example(
        "regulated_mid_size_messy_data",
        (
            "We are a mid-sized insurer. We want our claims handlers to search and ask over our private "
            "policy documents. The documents are messy and spread over four systems.",
            "We are regulated, and mistakes are costly. Someone must own it for years. There is half a year.",
            "We have five developers and nobody on AI. It is not what we sell. No product does it. The head "
            "of claims will own it after launch. Our CTO can judge AI work.",
            "Just give me the memo now.",
        ),
    ),
)


def memo_of(advisor: AdvisorCore, example: Example, thread: str) -> Memo:
    """The memo that the conversation comes to. RuntimeError when it ends without one."""
    for message in example.messages:
        reply = advisor.reply_sync(thread, message, today=TODAY)
        if reply.memo is not None:
            return reply.memo
    raise RuntimeError(f"{example.name}: the conversation ended without a memo")


def text_of(memo: Memo) -> str:
    """A memo as an example is kept: the exported Markdown."""
    return render(memo, "md").decode()


def path_of(example: Example) -> Path:
    """Where an example is kept."""
    return FOLDER / f"{example.name}.md"


def main() -> int:
    """Writes every example anew."""
    FOLDER.mkdir(exist_ok=True)
    with Advisor.open() as advisor:
        for example in EXAMPLES:
            thread = f"example-{example.name}-{dt.datetime.now(dt.UTC):%H%M%S%f}"
            path_of(example).write_text(text_of(memo_of(advisor, example, thread)), "utf-8")
            print(path_of(example).name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
