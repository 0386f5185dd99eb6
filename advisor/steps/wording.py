"""Wording of values: money, durations, intervals, and a user's words made safe to show."""

import re
import unicodedata
from typing import cast

from pydantic import JsonValue

from advisor.domain.decision import Line
from advisor.domain.evidence import Figure
from advisor.domain.vocabulary import ENUMERATED, FactKey
from advisor.policy.grounding.attributing import name_shown
from advisor.policy.rulebook import Rulebook
from advisor.steps.phrasebook import Phrasebook

SAID_LIMIT = 160
"""Longest piece of a user's words shown in one place, in characters."""

_SYMBOLS = {"USD": "$", "GBP": "£", "EUR": "€", "INR": "₹"}


def amount(number: float) -> str:
    """1500 → 1,500; a whole number without decimals."""
    return f"{number:,.0f}" if float(number).is_integer() else f"{number:,.2f}"


def money(number: float, currency: str = "USD") -> str:
    """180000 → $180,000; an unknown currency is written by its code."""
    symbol = _SYMBOLS.get(currency)
    return f"{symbol}{amount(number)}" if symbol else f"{currency} {amount(number)}"


def line_range(line: Line) -> str:
    """A calculation line's range with its unit, as a table shows it."""
    plus = "+" if line.open_ended else ""
    if line.unit.startswith("USD"):
        unit = line.unit.removeprefix("USD").strip()
        shown = money(line.low) if line.low == line.high else f"{money(line.low)}–{money(line.high)}"
        return f"{shown}{plus} {unit}".strip()
    shown = amount(line.low) if line.low == line.high else f"{amount(line.low)}–{amount(line.high)}"
    return f"{shown}{plus} {line.unit}"


def figure_range(figure: Figure) -> str:
    """A typed figure as its interval with unit, period and basis."""
    plus = "+" if figure.open_ended else ""
    ends = [end for end in (figure.low, figure.high) if end is not None]
    if figure.unit == "money":
        shown = "–".join(money(float(end), figure.currency or "USD") for end in dict.fromkeys(ends))
        period = f" per {figure.period}" if figure.period else ""
        basis = f" {figure.basis}" if figure.basis != "none" else ""
        return f"{shown}{plus}{basis}{period}"
    shown = "–".join(amount(float(end)) for end in dict.fromkeys(ends))
    under = "under " if figure.low is None else ""
    return f"{under}{shown}{plus} {figure.unit}"


def as_said(said: str) -> str:
    """A user's words as they may stand inside a sentence: one line, no markup, cut at a word.

    They are shown as words, so characters that Markdown, HTML or a chat would act on are dropped.
    """
    text = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in said)
    text = " ".join(re.sub(r"[<>|`*_#\[\]{}\\~@“”\"]+", " ", text).split())
    text = text.rstrip(" .,;:")
    if len(text) <= SAID_LIMIT:
        return text
    return text[:SAID_LIMIT].rsplit(" ", 1)[0] + " …"


def names(first: str | None, second: str | None, phrases: Phrasebook) -> tuple[str, str]:
    """Two people's names as a sentence shows them; who can't be told from the first is someone else."""
    one, other = name_shown(first or ""), name_shown(second or "")
    return one, phrases.say("someone_else") if other.casefold() == one.casefold() else other


def in_sentence(text: str) -> str:
    """As it stands inside a sentence: a small first letter, unless the first word is an abbreviation."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def sentence(text: str) -> str:
    """With a capital first letter."""
    return text[:1].upper() + text[1:]


def value_words(rulebook: Rulebook, key: FactKey, value: JsonValue) -> str:
    """A fact's value as a short phrase: a choice's label, "72 days", "$25,000–30,000", or the text."""
    if value is None:
        return "not known"
    if isinstance(value, dict):
        if key == "regulated":
            regimes = ", ".join(as_said(str(regime)) for regime in cast(list[object], value["regimes"]))
            return f"{value['value']} ({regimes})" if regimes else str(value["value"])
        low, high = float(cast(float, value["min"])), float(cast(float, value["max"]))
        if key in ("budget_usd", "delay_cost_usd"):
            currency = str(value["currency"])
            ends = "–".join(dict.fromkeys((money(low, currency), money(high, currency))))
            return ends if key == "budget_usd" else f"{ends} a month"
        days = "–".join(dict.fromkeys((amount(low), amount(high))))
        return f"{days} days"
    for answer in rulebook.question(key).answers:
        if answer.value == value and key in ENUMERATED:
            return in_sentence(answer.label)
    return as_said(str(value))
