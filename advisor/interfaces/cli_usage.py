"""`advisor usage`: what language models were asked, how many tokens that took and what it cost.

Reads the record of calls alone: no conversation, no index and no model is opened.
"""

import math
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

from advisor.adapters.prices import Price, cost, known_prices, load_prices, price_of
from advisor.adapters.sqlite_usage import SqliteUsage
from advisor.errors import BadPath, UnknownThread
from advisor.interfaces.cli_errors import DONE, UsageFault
from advisor.interfaces.cli_output import Screen
from advisor.ports.usage import ModelCall, Outcome
from advisor.settings import Settings, load_settings
from advisor.storage_errors import told_as_storage_errors

Key = tuple[str, ...]

GROUPINGS: Mapping[str, tuple[Key, Callable[[ModelCall], Key]]] = {
    "thread": (("thread",), lambda call: (call.thread,)),
    "turn": (("thread", "message_id"), lambda call: (call.thread, call.message_id)),
    "model": (("model",), lambda call: (call.model,)),
    "day": (("day",), lambda call: (call.started.date().isoformat(),)),
    "purpose": (("purpose",), lambda call: (call.purpose,)),
}
"""What a row stands for: the names of its columns, and their values for a call. A day is one of UTC."""

HEADERS = {"thread": "conversation", "message_id": "turn", "day": "day (UTC)"}
NO_THREAD = "(none, or forgotten)"
OWN_PRICES = "prices.yaml"
"""A file in ADVISOR_HOME; a model that has a row there has none of the package's."""

LEAST_SHOWN = 0.0001
"""USD."""

NEVER_ANSWERED: frozenset[Outcome] = frozenset(
    ("unreachable", "rate_limited", "server_error", "bad_key", "bad_request")
)
"""Without token counts these cost nothing: the endpoint gave an error instead of an answer."""


@dataclass(frozen=True)
class Sum:
    """Calls added up. A count or a cost is None when none is known, and a lower bound when not `whole`."""

    calls: int
    failed: int
    prompt_tokens: int | None
    cached_tokens: int | None
    completion_tokens: int | None
    tokens_whole: bool
    cost_usd: float | None
    cost_whole: bool


def usage(thread: str | None, by: str | None, screen: Screen) -> int:
    """Calls, tokens and cost, a row for each of what `by` names, and their sums."""
    by = by or ("thread" if thread is None else "turn")
    if by not in GROUPINGS:
        raise UsageFault(f"There is no grouping {by!r}.", f"Available are {', '.join(GROUPINGS)}.")
    if thread is not None:  # an argument may hold bytes that are no text
        thread = thread.encode("utf-8", "replace").decode("utf-8")
    settings = load_settings()
    log = SqliteUsage(settings.usage)
    calls = log.calls(thread)
    if thread is not None and not calls and not _in_conversations(settings.database, thread):
        raise _unknown(thread, log.calls())
    prices = _prices(settings)
    groups: dict[Key, list[ModelCall]] = defaultdict(list)
    for call in calls:
        groups[GROUPINGS[by][1](call)].append(call)
    rows = {key: _sum(group, prices) for key, group in groups.items()}
    if screen.as_json:
        screen.json(_as_json(by, rows, calls, prices))
    elif not calls:
        screen.line(_nothing(thread))
    else:
        _show(by, rows, calls, prices, settings, screen)
    return DONE


def _nothing(thread: str | None) -> str:
    where = "yet" if thread is None else f"in the conversation {thread!r}"
    return f"No language model was used {where}; to connect one, set ADVISOR_MODEL (see README)."


def _prices(settings: Settings) -> tuple[Price, ...]:
    path = settings.home / OWN_PRICES
    if not path.exists():
        return known_prices()
    try:
        own = load_prices(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text in UTF-8"
        raise BadPath(f"{path} can't be read ({reason}).", "Mend that file, or move it away.") from error
    named = {price.model for price in own}
    return (*own, *(price for price in known_prices() if price.model not in named))


def _sum(calls: Iterable[ModelCall], prices: Sequence[Price]) -> Sum:
    calls = list(calls)
    costs = [_cost(call, prices) for call in calls]
    known = [usd for usd in costs if usd is not None]
    return Sum(
        calls=len(calls),
        failed=sum(call.outcome != "ok" for call in calls),
        prompt_tokens=_total(call.prompt_tokens for call in calls),
        cached_tokens=_total(call.cached_tokens for call in calls),
        completion_tokens=_total(call.completion_tokens for call in calls),
        tokens_whole=not any(_silent(call) for call in calls),
        cost_usd=round(math.fsum(known), 9) if known else None,
        cost_whole=len(known) == len(costs),
    )


def _total(counts: Iterable[int | None]) -> int | None:
    told = [count for count in counts if count is not None]
    return sum(told) if told else None


def _tokens_missing(call: ModelCall) -> bool:
    return call.prompt_tokens is None or call.completion_tokens is None


def _silent(call: ModelCall) -> bool:
    """The call may have taken tokens that the endpoint did not tell."""
    return _tokens_missing(call) and call.outcome not in NEVER_ANSWERED


def _cost(call: ModelCall, prices: Sequence[Price]) -> float | None:
    if _tokens_missing(call) and not _silent(call):
        return 0.0
    return cost(call, prices)


def _doubts(calls: Iterable[ModelCall], prices: Sequence[Price]) -> dict[str, tuple[int, int]]:
    """Model → how many calls have no price, and how many have one but no tokens."""
    unpriced, silent = Counter[str](), Counter[str]()
    for call in calls:
        if _cost(call, prices) is None:
            (unpriced if price_of(call, prices) is None else silent)[call.model] += 1
    return {model: (unpriced[model], silent[model]) for model in sorted({*unpriced, *silent})}


def _used(calls: Iterable[ModelCall], prices: Sequence[Price]) -> list[Price]:
    """The rows that some cost rests on."""
    found = [price_of(call, prices) for call in calls if cost(call, prices) is not None]
    rows = {(price.model, price.since) for price in found if price is not None}
    return [price for price in prices if (price.model, price.since) in rows]


def _as_json(
    by: str, rows: Mapping[Key, Sum], calls: Sequence[ModelCall], prices: Sequence[Price]
) -> dict[str, object]:
    names = GROUPINGS[by][0]
    return {
        "by": by,
        "rows": [dict(zip(names, key, strict=True)) | asdict(row) for key, row in rows.items()],
        "total": asdict(_sum(calls, prices)),
        "cost_unknown": [
            {"model": model, "calls_without_price": unpriced, "calls_without_tokens": silent}
            for model, (unpriced, silent) in _doubts(calls, prices).items()
        ],
        "prices": [price.model_dump(mode="json", by_alias=True) for price in _used(calls, prices)],
    }


def _show(
    by: str,
    rows: Mapping[Key, Sum],
    calls: Sequence[ModelCall],
    prices: Sequence[Price],
    settings: Settings,
    screen: Screen,
) -> None:
    names = [HEADERS.get(name, name) for name in GROUPINGS[by][0]]
    header = (*names, "calls", "failed", "prompt", "cached", "completion", "cost, USD")
    screen.table(header, [(*(part or NO_THREAD for part in key), *_cells(row)) for key, row in rows.items()])
    screen.line()
    doubts = [_doubt(model, *counts) for model, counts in _doubts(calls, prices).items()]
    if doubts:
        own = settings.home / OWN_PRICES
        screen.line(f"Cost unknown: {'; '.join(doubts)}. Prices of your own go into {own}.")
    screen.line(_in_all(_sum(calls, prices), _used(calls, prices)))


def _cells(row: Sum) -> Key:
    nothing_sent = row.prompt_tokens is None and row.tokens_whole
    return (
        str(row.calls),
        str(row.failed),
        _count(row.prompt_tokens, row.tokens_whole),
        _count(row.cached_tokens, row.cached_tokens is not None or nothing_sent),
        _count(row.completion_tokens, row.tokens_whole),
        _usd(row),
    )


def _count(tokens: int | None, whole: bool) -> str:
    if tokens is None:
        return "0" if whole else "unknown"
    return f"{tokens:,}" if whole else f"at least {tokens:,}"


def _usd(row: Sum) -> str:
    if row.cost_usd is None or (row.cost_usd < LEAST_SHOWN and not row.cost_whole):
        return "unknown"
    if 0 < row.cost_usd < LEAST_SHOWN:
        return f"under {LEAST_SHOWN}"
    return f"{row.cost_usd:,.4f}" if row.cost_whole else f"at least {row.cost_usd:,.4f}"


def _doubt(model: str, unpriced: int, silent: int) -> str:
    parts = [f"no price for {_times(unpriced)}"] if unpriced else []
    parts += [f"no token counts of {_times(silent)}"] if silent else []
    return f"{model} ({', '.join(parts)})"


def _times(calls: int) -> str:
    return "1 call" if calls == 1 else f"{calls} calls"


def _in_all(total: Sum, used: Sequence[Price]) -> str:
    _, _, prompt, cached, completion, usd = _cells(total)
    failed = f" ({total.failed} failed)" if total.failed else ""
    cost_words = "cost unknown" if usd == "unknown" else f"{usd} USD"
    told = (
        f"In all {_times(total.calls)}{failed}, {prompt} prompt tokens ({cached} cached), "
        f"{completion} completion tokens, {cost_words}."
    )
    if not used:
        return told
    days = sorted({price.checked.isoformat() for price in used})
    when = f"on {days[0]}" if len(days) == 1 else f"between {days[0]} and {days[-1]}"
    return f"{told} List prices, checked {when}; taxes, discounts and cache writes are not in them."


def _in_conversations(path: Path, thread: str) -> bool:
    """Whether there is a conversation of that name, though no model was used in it."""
    if not path.exists():
        return False
    with told_as_storage_errors(path), closing(sqlite3.connect(path, timeout=2)) as connection:
        if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'checkpoints'").fetchone() is None:
            return False
        query = "SELECT 1 FROM checkpoints WHERE thread_id = ? LIMIT 1"
        return connection.execute(query, (thread,)).fetchone() is not None


def _unknown(thread: str, calls: Iterable[ModelCall]) -> UnknownThread:
    known = list(dict.fromkeys(call.thread for call in calls if call.thread))
    listed = f"A model was used in: {', '.join(known[-10:])}." if known else "No model was used in any."
    return UnknownThread(
        f"There is no conversation called {thread!r}.", f"{listed} `advisor threads` lists all."
    )
