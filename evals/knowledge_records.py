"""The content of an entry of the playbook or corpus, free of names, order and prose, and how two differ.

What is left is what the advice, the figures and the citations depend on: predicates, targets, numbers,
values, quotes and the sections they stand in. Ids, labels and sentences are dropped.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from pydantic import JsonValue

from advisor.domain.evidence import Figure

PROSE = frozenset(
    (
        *(
            "id",
            "label",
            "text",
            "why",
            "reason",
            "title",
            "name",
            "note",
            "condition",
            "exit_criterion",
            "how",
        ),
        *("question", "subject", "cells", "header", "dated_header", "undated_header", "open", "told", "says"),
        *("assumed", "role_names", "work_name", "texts"),
    )
)
"""Fields that are words for a reader, or names of entries."""

CHANCE = frozenset(("seed", "draws", "completions"))
"""Fields of random samples: another seed or a larger sample is no other advice."""


def section_of(passage: str) -> str:
    """The guide and heading of a passage's id: what is left of it when the guide is cut anew."""
    return passage.rpartition("/")[0]


def cited(passage: str, quote: str) -> str:
    """A citation without the number of its passage."""
    return f"{section_of(passage)}: “{' '.join(quote.split())}”"


def brief(figure: Figure) -> str:
    """A figure in one line: what it is of, and its interval."""
    of = (figure.metric, figure.role, figure.level, figure.region)
    ends = dict.fromkeys(f"{end:g}" for end in (figure.low, figure.high) if end is not None)
    plus, below = "+" if figure.open_ended else "", "below " if figure.low is None else ""
    unit = f"{figure.currency} per {figure.period}" if figure.unit == "money" else figure.unit
    return (
        f"{figure.source_id}, {' '.join(part for part in of if part)}: {below}{'–'.join(ends)}{plus} {unit}"
    )


def content(value: object, figures: Mapping[str, Figure], without: Iterable[str] = ()) -> JsonValue:
    """An entry as plain JSON without prose, ids and what is empty; lists of anything but numbers are sorted.

    Ids of figures become the figures in one line; a passage with its quote becomes a citation.
    """
    dropped = PROSE | CHANCE | frozenset(without)
    if isinstance(value, Mapping):
        entry = cast(Mapping[str, object], value)
        if entry.keys() == {"passage", "quote"}:
            return cited(str(entry["passage"]), str(entry["quote"]))
        return {
            key: content(one, figures, without)
            for key, one in entry.items()
            if key not in dropped and one not in (None, (), [], {})
        }
    if isinstance(value, Sequence) and not isinstance(value, str):
        found = [content(one, figures, without) for one in cast(Sequence[object], value)]
        numbers = all(isinstance(one, int | float) for one in found)
        return found if numbers else sorted(found, key=canonical)
    if isinstance(value, str):
        return brief(figures[value]) if value in figures else value
    return cast(JsonValue, value)


def shape(value: object) -> JsonValue:
    """How a file of cues is built: its names, its numbers, and how many texts stand where, not the texts."""
    if isinstance(value, Mapping):
        return {str(key): shape(one) for key, one in cast(Mapping[object, object], value).items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        parts = [shape(one) for one in cast(Sequence[object], value)]
        texts = parts.count("text")
        rest = sorted((part for part in parts if part != "text"), key=canonical)
        return f"{texts} texts" if not rest else [f"{texts} texts", *rest] if texts else rest
    if value is None or isinstance(value, bool | int | float):
        return value
    return "text" if isinstance(value, str) else str(value)


def canonical(value: JsonValue) -> str:
    """A value as a text that is the same for equal values."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def numbered(entries: Iterable[tuple[str, JsonValue, Any]]) -> list[tuple[str, JsonValue, Any]]:
    """Name, record and what goes with it; of one name they are numbered by content, not by their place."""
    found = sorted(entries, key=lambda entry: (entry[0], canonical(entry[1])))
    times = Counter(name for name, _, _ in found)
    place: Counter[str] = Counter()
    named: list[tuple[str, JsonValue, Any]] = []
    for name, record, beside in found:
        place[name] += 1
        named.append((f"{name} #{place[name]}" if times[name] > 1 else name, record, beside))
    return named


def difference(before: JsonValue, now: JsonValue, where: str = "") -> str:
    """The first thing in which two records differ, in one line; empty when they are the same."""
    if canonical(before) == canonical(now):
        return ""
    at = f"{where}: " if where else ""
    if isinstance(before, dict) and isinstance(now, dict):
        for key in {**before, **now}:
            inner = f"{where}, {key}" if where else key
            if key not in now:
                return f"{inner} is gone, was {_short(before[key])}"
            if key not in before:
                return f"{inner} is new: {_short(now[key])}"
            if told := difference(before[key], now[key], inner):
                return told
    if isinstance(before, list) and isinstance(now, list):
        gone = Counter(map(canonical, before)) - Counter(map(canonical, now))
        new = Counter(map(canonical, now)) - Counter(map(canonical, before))
        parts = [f"gone {_few(gone)}" if gone else "", f"new {_few(new)}" if new else ""]
        return at + ("; ".join(part for part in parts if part) or "in another order")
    return f"{at}now {_short(now)}, was {_short(before)}"


def _few(found: Counter[str]) -> str:
    texts = [_cut(text.strip('"')) for text in found]
    return ", ".join(texts[:2]) + (f" and {len(texts) - 2} more" if len(texts) > 2 else "")


def _short(value: JsonValue) -> str:
    return _cut(value if isinstance(value, str) else canonical(value))


def _cut(text: str) -> str:
    return text if len(text) <= 140 else f"{text[:137]}…"
