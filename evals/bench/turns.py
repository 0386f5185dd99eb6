"""How long a turn takes once all is loaded, without a language model, and how much memory that takes.

Each round says other numbers on another day, so that no decision comes out of a cache.
"""

import datetime as dt
import resource
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from advisor.assembly import Advisor
from advisor.conversation.advisor import AdvisorCore
from advisor.settings import load_settings
from evals.bench.rows import Row

DAY = dt.date(2026, 11, 20)
ROUNDS = 12
AIMS: Mapping[str, str] = {"question": "aim: p95 100", "recommendation": "aim: p95 500", "answer": ""}
NAMES: Mapping[str, str] = {"question": "a question", "recommendation": "a memo", "answer": "a side question"}

CONVERSATIONS = (
    (
        "We run a B2B SaaS for property managers and want to route maintenance tickets. Live in {n} weeks.",
        "hosted, gpt. our cto played with it over a weekend",
        "What does a senior AI engineer cost?",
        "the tickets are clean",
        "somebody keeps an eye on it, but it's not what we sell",
        "Give me the memo now.",
    ),
    (
        "Series A fintech, ${n}k budget. We serve our own fraud models and they fall over in production.",
        "someone must own it for years",
        "it is what we sell",
        "yes, millions a day",
        "Give me the memo now.",
    ),
    (
        "Our board wants AI by the end of next quarter, and nobody knows what for. About {n}0 people.",
        "don't know",
        "How long does it take to hire a full-time engineer?",
        "What if we had half a year?",
        "just tell me what to do",
    ),
    (
        "Pipelines are a mess, the data sits in {n} spreadsheets and we want forecasts of sales.",
        "nobody",
        "internal only",
        "Give me the memo now.",
    ),
)


def measure(models: Path, rounds: int = ROUNDS) -> list[Row]:
    """Milliseconds a turn, by what it replied, and the process's largest resident set."""
    spent: dict[str, list[float]] = {name: [] for name in NAMES}
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(home=Path(folder), model_cache=models.resolve())
        with Advisor.open(settings) as advisor:
            for number in range(rounds + 1):
                warm = number > 0  # the first round loads what is loaded at its first use
                for place, messages in enumerate(CONVERSATIONS):
                    for message in messages:
                        kind, milliseconds = _turn(advisor, f"{number}-{place}", message, number)
                        if warm and kind in spent:
                            spent[kind].append(milliseconds)
    rows = [
        Row("turns", f"{NAMES[kind]}, without a model", values, "ms", AIMS[kind])
        for kind, values in spent.items()
        if values
    ]
    return [*rows, Row("turns", "peak memory", [_peak_megabytes()], "MB")]


def _turn(advisor: AdvisorCore, thread: str, message: str, number: int) -> tuple[str, float]:
    day = DAY + dt.timedelta(days=number)
    begun = time.perf_counter()
    reply = advisor.reply_sync(thread, message.format(n=5 + number), today=day)
    return reply.kind, 1000 * (time.perf_counter() - begun)


def _peak_megabytes() -> float:
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size / 1_000_000 if sys.platform == "darwin" else size / 1_000


if __name__ == "__main__":
    for row in measure(Path(".cache/models")):
        print(row.what, row.summary(), row.unit)
