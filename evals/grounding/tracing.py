"""Which numerals does a text show, and do they stand in what it rests on?

Written without the product's verifier. A numeral is a value: "1,000", "1K" and "0.001M" are one. An
upper end with a K scales the lower one ("$100–200K"). A written number counts where a unit follows it
("six months"). Reads no sense: a numeral that stands among the grounds for another reason passes.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

_DIGITS = r"\d{1,3}(?:,\d{2,3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_NUMERAL = re.compile(rf"(?<![\d.,])({_DIGITS})(?:[- ]?(K|M|k|million|thousand)\b)?(?![\d])")
_RANGE = re.compile(r"^\s*(?:–|—|-|to|and)\s*[$£€₹]?\s*$")
_DATE = re.compile(r"\b\d{4}-\d{2}(?:-\d{2})?\b")
_NAMES = re.compile(r"\b30-60-90\b")  # the kit's plan by that name
_LIST_NUMBER = re.compile(r"^\s*\d+[.)]\s+", re.MULTILINE)
_WORDS = {
    word: float(value)
    for value, word in enumerate(
        ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"), 2
    )
} | {"twenty": 20.0, "thirty": 30.0, "forty": 40.0, "ninety": 90.0, "hundred": 100.0}
_UNITS = r"days?|weeks?|months?|quarters?|years?|hours?|minutes?|percent|times"
_WRITTEN = re.compile(rf"\b({'|'.join(_WORDS)})[\s-](?:working[\s-])?(?:{_UNITS})\b", re.IGNORECASE)
_ANY_WRITTEN = re.compile(rf"\b({'|'.join(_WORDS)})\b", re.IGNORECASE)
_SPAN = re.compile(
    rf"\b(half an?|an?|one|{'|'.join(_WORDS)}|\d+)[\s-](day|week|month|quarter|year)s?\b", re.IGNORECASE
)
_DAYS = {"day": 1, "week": 7, "month": 30, "quarter": 90, "year": 365}
_SCALE = {"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6}
ROUNDING = 0.006
"""Most that a calculated amount may lose by being shown round, as a share of it."""


def shown(text: str) -> dict[float, str]:
    """The values a text shows → how it writes the first of each; list numbers and dates as a whole aside."""
    found: dict[float, str] = {}
    plain = _NAMES.sub(" ", _LIST_NUMBER.sub("", _DATE.sub(" ", text)))
    for value, written in (*_scaled(plain), *_written(plain, _WRITTEN)):
        found.setdefault(value, written)
    return found


def dates(text: str) -> set[str]:
    """The dates a text shows in the form 2026-05-29 or 2026-06."""
    return set(_DATE.findall(text))


def held(texts: Iterable[str]) -> set[float]:
    """Every value that some texts hold, in any reading: as written, scaled by K, in words, parts of dates."""
    return {value for text in texts for value in _held(text)}


@lru_cache(maxsize=4096)
def _held(text: str) -> frozenset[float]:
    values: set[float] = set()
    for value, written in _scaled(text):
        values |= {value, float(re.sub(r"[^\d.]", "", written.rstrip(".")) or 0)}
    values |= {value for value, _ in _written(text, _ANY_WRITTEN)}
    values |= {float(part) for date in _DATE.findall(text) for part in date.split("-")}
    return frozenset(values)


def untraced(text: str, grounds: Iterable[str], calculated: Iterable[float] = ()) -> list[str]:
    """The numerals of a text, as written, that neither the grounds hold nor a calculation gives."""
    numerals, days = shown(text), dates(text)
    if not numerals and not days:
        return []
    grounds, sums = list(grounds), list(calculated)
    known = held(grounds)
    wrong = [
        written
        for value, written in numerals.items()
        if value not in known and not any(_rounded(value, one) for one in sums)
    ]
    known_dates = {date for one in grounds for date in _DATE.findall(one)}
    return [*wrong, *sorted(days - known_dates)]


def in_days(text: str) -> list[float]:
    """The spans of time that a text names, in days as the advisor reckons: a month 30, a year 365.

    Half a year is 180 or 182 days.
    """
    found: list[float] = []
    for match in _SPAN.finditer(text):
        count, days = match[1].lower(), _DAYS[match[2].lower()]
        if count.startswith("half"):
            found += [days // 2, (days // 2) // 10 * 10]
        else:
            found.append(days * (1 if count in ("a", "an", "one") else _WORDS.get(count) or float(count)))
    return found


def _rounded(value: float, exact: float) -> bool:
    """Whether a value shown is an exact one, rounded to the last digit that it shows."""
    if value >= 1000:
        last = 10 ** (len(digits := f"{value:.0f}") - len(digits.rstrip("0")))
        return abs(value - exact) <= min(last / 2, ROUNDING * abs(exact))
    return any(abs(value - round(exact, places)) < 1e-9 for places in (0, 1, 2))


def _scaled(text: str) -> list[tuple[float, str]]:
    """Each numeral with its value; the lower end of a range takes the K of the upper one."""
    matches = list(_NUMERAL.finditer(text))
    scales = [_SCALE.get((match[2] or "").lower(), 1.0) for match in matches]
    for place, (one, other) in reversed(list(enumerate(pairwise(matches)))):
        if scales[place] == 1.0 and _RANGE.match(text[one.end() : other.start()]):
            scales[place] = scales[place + 1]
    return [
        (float(match[1].replace(",", "")) * scale, match.group())
        for match, scale in zip(matches, scales, strict=True)
    ]


def _written(text: str, pattern: re.Pattern[str]) -> list[tuple[float, str]]:
    return [(_WORDS[match[1].lower()], match.group()) for match in pattern.finditer(text)]
