"""What differs between two records of one case, in one line; nothing where a seed, an order or a name does.

Simulated figures are allowed their sampling error. Which question comes next is judged by what the recorded
sample says that each is worth; whether one is asked at all, only where the chance did not cross the border.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pydantic import JsonValue

Json = Mapping[str, Any]

PERCENTILE_ERROR = 0.03
"""Of a simulated percentile, relative: 4096 stratified draws leave about one percent."""

STEPS = ((20_000.0, 1000.0), (1000.0, 100.0), (20.0, 10.0), (0.0, 0.1))
"""From a size on, the step to which such a figure is rounded: another draw may fall on the next step."""

SHARE_ERROR = 5.0
"""Of a simulated percentage, in points."""

SAMPLE = 400
"""Completions behind a chance; the error of a difference is four standard errors of two such samples."""

QUESTION_ERROR = (0.04, 0.06)
"""How much less a question may be worth than the recorded one: so much, and so much more times the chance.

Five seeds moved the difference by up to 0.03 where little was open, by up to 0.07 where nearly all was.
"""

MOST_TOLD = 4
FACTS_TOLD = 160
"""How many differences, and how many characters of facts, one line holds."""


def differs(before: JsonValue, now: JsonValue) -> str:
    """What changed, one line; empty when it is the same."""
    if not isinstance(before, dict) or not isinstance(now, dict) or before.get("k") != now.get("k"):
        return "" if before == now else f"was {_short(before)}, is {_short(now)}"
    kind = str(before.get("k"))
    found = _COMPARED.get(kind, _plain)(before, now)
    if not found:
        return ""
    facts = _facts(now.get("f"))
    told = "; ".join(found[:MOST_TOLD]) + (
        f"; and {len(found) - MOST_TOLD} more" if len(found) > MOST_TOLD else ""
    )
    return f"{facts}: {told}" if facts else told


# --- votes ----------------------------------------------------------------------------------------------


def _votes(before: Json, now: Json) -> list[str]:
    found: list[str] = []
    for publisher in sorted({*before["v"], *now["v"]}):
        was, new = before["v"].get(publisher, []), now["v"].get(publisher, [])
        if was == new:
            continue
        lost, won = Counter(_split(was)), Counter(_split(new))
        found += _turned(lost - won, won - lost, publisher) or [
            f"{publisher}: votes count together otherwise"
        ]
    if before["first"] != now["first"]:
        found.append(f"first move {before['first']} → {now['first']}")
    elif before["next"] != now["next"]:
        found.append(f"runner-up {before['next']} → {now['next']}")
    if before["by"] != now["by"]:
        found.append(f"scores {_ends(before['by'])} → {_ends(now['by'])}")
    for key, what in (("notes", "advice"), ("then", "follow-on"), ("clash", "contradiction")):
        found += _gone_and_new(before.get(key, []), now.get(key, []), what)
    return found


def _split(groups: Iterable[str]) -> list[str]:
    return [vote for group in groups for vote in group.split()]


def _turned(lost: Counter[str], won: Counter[str], publisher: str) -> list[str]:
    """Votes that went and came, one that only changed its weight told as one."""
    found: list[str] = []
    coming = list(won.elements())
    for vote in lost.elements():
        target, weight = _vote(vote)
        other = next((new for new in coming if _vote(new)[0] == target), None)
        if other is None:
            found.append(f"{_weighed(weight)} {target} ({publisher}) gone")
        else:
            coming.remove(other)
            found.append(f"{_weighed(weight)} {target} ({publisher}) is now {_weighed(_vote(other)[1])} it")
    return found + [f"new: {_weighed(_vote(vote)[1])} {_vote(vote)[0]} ({publisher})" for vote in coming]


def _vote(text: str) -> tuple[str, int]:
    at = max(text.rfind("+"), text.rfind("-"))
    return text[:at], int(text[at:])


def _weighed(weight: int) -> str:
    return f"support of {weight} for" if weight > 0 else f"objection of {-weight} to"


# --- whole decisions ------------------------------------------------------------------------------------

_LISTS = {
    "lines": "calculation",
    "then": "follow-on",
    "notes": "advice",
    "others": "alternative",
    "flips": "flip",
    "pairs": "flip of two",
    "assumed": "assumption",
    "dated": "timeline",
    "differ": "disagreement shown",
}
_SAMPLED = frozenset({"k", "f", "sure", "ask", "chance", "worth"})


def _full(before: Json, now: Json) -> list[str]:
    found: list[str] = []
    for key in before:
        if key in _SAMPLED or before[key] == now.get(key):
            continue
        if key == "cost" and _simulated_alike(before, now):
            continue
        if key in _LISTS:
            found += _gone_and_new(before[key], now[key], _LISTS[key]) or [f"{_LISTS[key]}: other order"]
        else:
            found.append(f"{key} {_short(before[key])} → {_short(now[key])}")
    return found + _asking(before, now)


def _simulated_alike(before: Json, now: Json) -> bool:
    """Whether two costs are the same but for another draw; only a route that prices the move is drawn."""
    was, new = before["cost"], now["cost"]
    if before["priced"] is None or was is None or new is None:
        return False
    return was[2] == new[2] and all(_close(a, b) for a, b in zip(was[:2], new[:2], strict=True))


def _asking(before: Json, now: Json) -> list[str]:
    """Chance, next question and sureness, as far as the sample can't account for it."""
    was, new = float(before["chance"]), float(now["chance"])
    found: list[str] = []
    if abs(was - new) > _chance_error(was, new):
        found.append(f"chance of change {was:g} → {new:g}")
    if (before["ask"] is None) != (now["ask"] is None):
        # Fewer chances to ask at than before may end the asking, and the other way round.
        crossed = new < was if now["ask"] is None else new > was
        if not crossed or abs(was - new) > _chance_error(was, new):
            found.append(f"next question {before['ask']} → {now['ask']} at a chance of {new:g}")
    elif before["ask"] != now["ask"]:
        worth: Mapping[str, float] = before["worth"]
        short = worth.get(before["ask"], 0.0) - worth.get(now["ask"], -1.0)
        if short > QUESTION_ERROR[0] + QUESTION_ERROR[1] * was:
            found.append(f"next question {before['ask']} → {now['ask']}, worth {short:.2f} less")
    if before["sure"] != now["sure"]:
        settled = "settled" in (before["sure"], now["sure"])
        crossed = new < was if now["sure"] == "settled" else new > was
        if not (settled and crossed and before["margin"] == now["margin"]):
            found.append(f"{before['sure']} → {now['sure']} at a lead of {now['margin']} %")
    for fact in sorted({*before["worth"], *now["worth"]}):
        one, other = before["worth"].get(fact), now["worth"].get(fact)
        if one is None or other is None:
            found.append(f"{fact} is {'no longer' if other is None else 'now'} open to asking")
        elif abs(one - other) > _chance_error(was, new) + 0.05:
            found.append(f"worth of asking for {fact} {one:g} → {other:g}")
    return found


def _chance_error(one: float, other: float) -> float:
    middle = min(0.5, max(one, other))
    return max(0.03, 4 * math.sqrt(2 * middle * (1 - middle) / SAMPLE))


# --- money ----------------------------------------------------------------------------------------------


def _costs(before: Json, now: Json) -> list[str]:
    found: list[str] = []
    for key in dict.fromkeys((*before, *now)):
        was, new = before.get(key), now.get(key)
        if was == new or key in ("k", "f"):
            continue
        if not isinstance(was, dict) or not isinstance(new, dict):
            found.append(f"{key} {_short(was)} → {_short(new)}")
            continue
        for part in was:
            found += [f"{key}, {told}" for told in _part(part, was[part], new.get(part))]
    return found


def _part(part: str, was: Any, new: Any) -> list[str]:
    if was == new:
        return []
    if part == "from":
        return _gone_and_new(was, new, "row or assumption")
    if part == "p" and was.keys() == new.keys():
        return [f"{p} {was[p]:g} → {new[p]:g}" for p in was if not _close(was[p], new[p])]
    if part == "months" and len(was) == len(new):
        return [f"months {a:g} → {b:g}" for a, b in zip(was, new, strict=True) if not _close(a, b)]
    if part == "%":
        pairs = zip((*was, 0.0, 0.0, 0.0)[:3], (*new, 0.0, 0.0, 0.0)[:3], strict=True)
        return [f"share {a:g} → {b:g} %" for a, b in pairs if abs(a - b) > SHARE_ERROR]
    if part == "terms":
        return _gone_and_new(was, new, "term") or ["terms in another order"]
    return [f"{part} {_short(was)} → {_short(new)}"]


def _close(one: float, other: float) -> bool:
    size = max(abs(one), abs(other))
    step = next(step for start, step in STEPS if size >= start)
    return abs(one - other) <= max(PERCENTILE_ERROR * size, step * 1.001)


# --- tables ---------------------------------------------------------------------------------------------


def _truths(before: Json, now: Json) -> list[str]:
    """Answers by predicate; one that is new under another name and answers as one that went is the same."""
    found: list[str] = []
    went = {name: said for name, said in before["said"].items() if name not in now["said"]}
    came = {name: said for name, said in now["said"].items() if name not in before["said"]}
    for name, said in list(went.items()):
        twin = next((other for other, answers in came.items() if answers == said), None)
        if twin is not None:
            del went[name], came[twin]
    found += [f"{name} is gone" for name in went] + [f"{name} is new" for name in came]
    for name, said in before["said"].items():
        if name not in now["said"]:
            continue
        was = dict(zip(before["probes"], said, strict=True))
        new = dict(zip(now["probes"], now["said"][name], strict=True))
        turned = [probe for probe in was if probe in new and was[probe] != new[probe]]
        found += [
            f"{name} of “{probe}” was {bool(int(was[probe]))}, is {bool(int(new[probe]))}" for probe in turned
        ]
    for name, borders in before.get("borders", {}).items():
        if name not in now.get("borders", {}):
            continue
        for what, one, other in zip(("declares", "turns at"), borders, now["borders"][name], strict=True):
            if one != other:
                found.append(f"{name} {what} {_short(one)} → {_short(other)}")
    reads = list(zip(before["probes"][1:], before.get("read", []), strict=False))
    fresh = dict(zip(now["probes"][1:], now.get("read", []), strict=False))
    found += [
        f"“{probe}” read as {a} → {fresh[probe]}"
        for probe, a in reads
        if probe in fresh and fresh[probe] != a
    ]
    if [p for p in before["probes"] if p not in now["probes"]]:
        found.append("probes were taken out")
    return found


def _implied(before: Json, now: Json) -> list[str]:
    """Borders and steps as they show in what comes out: two brackets of one border overlap."""
    found: list[str] = []
    for key, was in before.items():
        new: Any = now.get(key)
        if was == new or key == "k":
            continue
        if key.startswith("from"):
            low, high = max(was[0], new[0]), min(was[1], new[1])
            if low >= high:
                found.append(f"{key[5:]} {_ends(was)} → {_ends(new)}")
        elif key == "fine up to":
            if not _close(was, new):
                found.append(f"{key} {was:g} → {new:g}")
        else:
            found.append(f"{key} {_short(was)} → {_short(new)}")
    return found


def _plain(before: Json, now: Json) -> list[str]:
    found: list[str] = []
    for key in dict.fromkeys((*before, *now)):
        was, new = before.get(key), now.get(key)
        if was == new or key in ("k", "f"):
            continue
        if isinstance(was, list) and isinstance(new, list):
            found += _gone_and_new(was, new, key) or [f"{key}: other order"]
        else:
            found.append(f"{key} {_short(was)} → {_short(new)}")
    return found


_COMPARED: dict[str, Callable[[Json, Json], list[str]]] = {
    "votes": _votes,
    "full": _full,
    "costs": _costs,
    "truths": _truths,
    "implied": _implied,
}


def _gone_and_new(was: Iterable[Any], new: Iterable[Any], what: str) -> list[str]:
    before, now = Counter(str(one) for one in was), Counter(str(one) for one in new)
    return [f"{what} gone: {one}" for one in (before - now).elements()] + [
        f"{what} new: {one}" for one in (now - before).elements()
    ]


def _facts(facts: JsonValue) -> str:
    if not isinstance(facts, dict):
        return ""
    told = ", ".join(f"{key} {_value(value)}" for key, value in facts.items()) or "nothing known"
    return told if len(told) <= FACTS_TOLD else f"{told[:FACTS_TOLD]}…"


def _value(value: JsonValue) -> str:
    return _ends([value["min"], value["max"]]) if isinstance(value, dict) and "min" in value else str(value)


def _ends(pair: Any) -> str:
    return f"{pair[0]:g}–{pair[1]:g}" if pair[0] != pair[1] else f"{pair[0]:g}"


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 80 else f"{text[:77]}…"
