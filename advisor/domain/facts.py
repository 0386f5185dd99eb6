"""Facts: what the user said, where they said it, and what it replaced.

A fact's value is plain JSON, so that it crosses every interface as it is:

- enumerated facts: one of the strings in `vocabulary.ENUMERATED`
- `timeline_days`: ``{"min": int, "max": int}``, days from today
- `budget_usd`: ``{"min": float, "max": float, "currency": "GBP", "original": "£115k"}``; `min` and
  `max` are amounts in `currency`, which is USD unless the user named another. No rate of exchange
  is assumed: an amount in another currency is never compared with dollars.
- `delay_cost_usd`: the same shape, an amount a month: what each month without the work costs the firm
- `regulated`: ``{"value": "yes", "regimes": ["HIPAA"]}``
- text facts: the user's words

Unknown is a value too: a fact whose status is `unknown` has the value None.
"""

from collections.abc import Iterable, Mapping
from typing import Literal, cast

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from advisor.domain.vocabulary import ENUMERATED, FACT_KEYS, TEXT_FACTS, FactKey

FactStatus = Literal["stated", "assumed", "unknown"]
Sureness = Literal["sure", "hedged", "guessed"]
"""Whether the user was sure, said it with a maybe, or the reader only guessed at what was meant."""

MAX_DAYS = 3650
MAX_MONEY = 1e12


class FactValueError(ValueError):
    """A value that the named fact can't hold; the message says what it can hold."""


class Frozen(BaseModel):
    """Base of all values here: immutable, no unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def not_set(value: object) -> bool:
    """Whether a field is left out of the JSON: one added later, where it says nothing."""
    return value is None or value is False


class Statement(Frozen):
    """One thing said about one fact. `value` None with `retracts` False means "I don't know".

    `by` is who said it, where that is known. `settles`: it answered which of two people's statements holds.
    """

    key: FactKey
    value: JsonValue
    said: str
    message_id: str
    sure: Sureness = "sure"
    retracts: bool = False
    by: str | None = Field(default=None, exclude_if=not_set)
    settles: bool = Field(default=False, exclude_if=not_set)


class Fact(Frozen):
    """What is held about one fact now, and every earlier statement that it replaced.

    `by` is who said it, where that is known.
    """

    value: JsonValue
    said: str | None
    message_id: str | None
    status: FactStatus
    sure: Sureness = "sure"
    history: tuple[Statement, ...] = ()
    by: str | None = Field(default=None, exclude_if=not_set)


def fold(statements: Iterable[Statement]) -> dict[FactKey, Fact]:
    """The facts after all statements in order: a later one replaces an earlier one.

    A retracted fact is dropped, but what was said before stays in the history of the next one.
    """
    facts: dict[FactKey, Fact] = {}
    past: dict[FactKey, tuple[Statement, ...]] = {}
    for statement in statements:
        key = statement.key
        earlier = past.get(key, ())
        past[key] = (*earlier, statement)
        if statement.retracts:
            facts.pop(key, None)
            continue
        facts[key] = Fact(
            value=statement.value,
            said=statement.said,
            message_id=statement.message_id,
            status="unknown" if statement.value is None else "stated",
            sure=statement.sure,
            history=earlier,
            by=statement.by,
        )
    return facts


def canonical_value(key: str, value: object) -> JsonValue:
    """The value in the one form kept for `key`; None for unknown.

    Accepts what a caller would naturally write: 56 for `timeline_days`, 30000 for `budget_usd`,
    "yes" for `regulated`, "unknown" for anything.

    Raises FactValueError for an unknown key or a value that the fact can't hold.
    """
    if key not in FACT_KEYS:
        raise FactValueError(f"there is no fact called {key!r}; the facts are {', '.join(FACT_KEYS)}")
    if value is None or value == "unknown":
        return None
    if key == "timeline_days":
        return _days(value)
    if key in ("budget_usd", "delay_cost_usd"):
        return _money(key, value)
    if key == "regulated":
        return _regulated(value)
    if key in TEXT_FACTS:
        if not isinstance(value, str) or not value.strip():
            raise FactValueError(f"{key} holds text, not {value!r}")
        return value.strip()
    allowed = ENUMERATED[cast(FactKey, key)]
    if value is True or value is False:
        value = "yes" if value else "no"
    if value not in allowed:
        raise FactValueError(f"{key} holds one of {', '.join(allowed)}, not {value!r}")
    return cast(str, value)


def _number(value: object, key: str, most: float) -> float:
    if isinstance(value, str) and value.strip().isdecimal():
        value = int(value)  # A choice carries its value as text.
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        raise FactValueError(f"{key} holds a number from 0 to {most:,.0f}, not {value!r}")
    return float(value)


def _interval(value: object, key: str, most: float) -> tuple[float, float, Mapping[str, object]]:
    if isinstance(value, Mapping):
        fields = cast(Mapping[str, object], value)
        low = fields.get("min", fields.get("max"))
        high = fields.get("max", fields.get("min"))
        low, high = _number(low, key, most), _number(high, key, most)
        if low > high:
            raise FactValueError(f"{key} runs from its smaller to its larger end, not {value!r}")
        return low, high, fields
    number = _number(value, key, most)
    return number, number, {}


def _days(value: object) -> JsonValue:
    low, high, _ = _interval(value, "timeline_days", MAX_DAYS)
    return {"min": round(low), "max": round(high)}


def _money(key: str, value: object) -> JsonValue:
    low, high, fields = _interval(value, key, MAX_MONEY)
    currency = fields.get("currency") or "USD"
    original = fields.get("original")
    if not isinstance(currency, str) or len(currency) != 3:
        raise FactValueError(f"a currency is a three-letter code such as EUR, not {currency!r}")
    return {
        "min": low,
        "max": high,
        "currency": currency.upper(),
        "original": original if isinstance(original, str) else None,
    }


def _regulated(value: object) -> JsonValue:
    regimes: list[JsonValue] = []
    if isinstance(value, Mapping):
        fields = cast(Mapping[str, object], value)
        named = fields.get("regimes", ())
        if not isinstance(named, list | tuple):
            raise FactValueError(f"regulated lists its regimes, not {named!r}")
        regimes = [str(regime) for regime in cast(list[object], named)]
        value = fields.get("value")
    if value is True or value is False:
        value = "yes" if value else "no"
    if value not in ("yes", "no"):
        raise FactValueError(f"regulated holds yes or no and the regimes, not {value!r}")
    return {"value": cast(str, value), "regimes": regimes}
