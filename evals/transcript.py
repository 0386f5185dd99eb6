"""The README's sample conversation, really held: `python -m evals.transcript` writes it anew.

The messages stand here; every word of the advisor's comes from the product, on a fixed date.
"""

import datetime as dt
import sys
from collections.abc import Mapping
from pathlib import Path

from advisor.assembly import Advisor
from advisor.conversation.advisor import AdvisorCore
from advisor.domain.vocabulary import FactKey

README = Path(__file__).parents[1] / "README.md"
BEGIN, END = "<!-- sample conversation: begin -->\n", "<!-- sample conversation: end -->\n"
TODAY = dt.date(2026, 11, 20)
OPENING = (
    "We run software for property managers, 120 people. Customers drown in maintenance tickets and we want "
    "our app to read them and send each one to the right contractor, on OpenAI. It must be live by the end "
    "of January. What does a senior AI engineer cost?"
)
ANSWERS: Mapping[FactKey, str] = {
    "data_readiness": "Five years of tickets, all in one clean table.",
    "value_proven": "It pays, we tried it by hand for a month.",
    "technical_leadership": "Yes, our CTO reviews all code.",
    "durable_ownership": "Somebody will keep an eye on it, but once it runs it runs.",
    "core_ip": "No, customers buy the property software, this helps our support.",
    "buy_option": "No product does it, we looked.",
    "existing_team": "Five developers, nobody on AI.",
    "region_preference": "Here in Boston.",
    "several_disciplines": "One person can build it, we think.",
    "regulated": "No special rules apply.",
    "budget_usd": "60k.",
}
"""What this user says to each question; the conversation ends with the memo."""
MOST_TURNS = 15
CUT = "## Where the guides differ"
"""The README shows a memo up to here; whole ones stand in examples/."""
REST = (
    "*Here the README stops. The memo goes on with where the guides differ, costs by route, assumptions, "
    "kit and sources: [two whole ones](examples/).*\n"
)


def held(advisor: AdvisorCore, thread: str = "readme") -> str:
    """The conversation as Markdown: what was said, and each reply; the memo up to CUT."""
    lines: list[str] = []
    message = OPENING
    for _ in range(MOST_TURNS):
        reply = advisor.reply_sync(thread, message, today=TODAY)
        if reply.kind == "recommendation":
            lines += [f"**You:** {message}\n", _quoted(reply.text.split(CUT)[0]), REST]
            return "\n".join(lines)
        lines += [f"**You:** {message}\n", _quoted(reply.text)]
        message = ANSWERS.get(reply.question.fact, "I don't know.") if reply.question else "Just tell me."
    raise RuntimeError("the conversation ended without a memo")


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.strip().split("\n")) + "\n"


def shown(readme: str) -> str:
    """The conversation as the README shows it."""
    return readme.split(BEGIN)[1].split(END)[0]


def main() -> None:
    """Writes the conversation into the README, or prints it with `--print`."""
    with Advisor.open() as advisor:
        text = held(advisor, f"readme-{dt.datetime.now(dt.UTC):%H%M%S%f}")
    if "--print" in sys.argv:
        print(text)
        return
    before, rest = README.read_text("utf-8").split(BEGIN)
    README.write_text(before + BEGIN + text + END + rest.split(END)[1], "utf-8")


if __name__ == "__main__":
    main()
