"""Amounts in figures and in words: "1,500", "25-30k", "half a million", "three to four".

What an amount counts (days, money, tickets) is decided elsewhere.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

_UNITS = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|"
    "seventeen|eighteen|nineteen"
)
_TENS = "twenty|thirty|forty|fourty|fifty|sixty|seventy|eighty|ninety"
_FIGURE = r"\d{1,3}(?:[,' ]\d{3})+(?!\d)(?:\.\d+)?|\d+(?:[.,]\d+)?"
_WORD = rf"(?:{_UNITS}|(?:{_TENS})(?:[- ](?:{_UNITS}))?)"
_HUNDREDS = (
    rf"(?:(?:{_WORD}|an?)[- ]hundred(?:(?: and)?[- ]{_WORD})?|{_WORD}|half a dozen|a dozen|dozen|"
    r"a couple(?: of)?|couple(?: of)?|a few)"
)
_FRACTION = r"(?:half(?: of)? an?|half|(?:an?|one) quarter(?: of)?(?: an?)?|three quarters of an?|an?)"
_SEPARATOR = r"\s*(?:-|to|or|and|up to)\s*"


@dataclass(frozen=True)
class Amount:
    """From `low` to `high`, found at `text[start:end]`; `scaled` when a k, million, lakh … stands there."""

    low: float
    high: float
    start: int
    end: int
    scaled: bool
    rough: bool = False

    def times(self, factor: float) -> "Amount":
        """The same place, the amount multiplied."""
        return Amount(self.low * factor, self.high * factor, self.start, self.end, self.scaled, self.rough)


@dataclass(frozen=True)
class _Number:
    value: float
    start: int
    end: int
    scale: float | None
    negative: bool
    rough: bool


class Numbers:
    """Finds amounts; `scales` gives each multiplier ("k", "lakh") its factor."""

    def __init__(self, scales: Mapping[str, float]) -> None:
        self._scales = dict(scales)
        names = "|".join(sorted(map(re.escape, scales), key=len, reverse=True))
        self._number = re.compile(
            rf"(?<![\w.,])(?:(?P<fraction>{_FRACTION})\s+(?=(?:{names})\b|"
            rf"and\s+(?:a\s+)?half\s+(?:an?\s+)?(?:{names})\b)"
            rf"|(?P<figure>{_FIGURE})|(?P<word>{_HUNDREDS})\b)"
            rf"(?P<and_half>\s+and a half(?=\s+(?:{names})\b))?"
            rf"(?:\s?(?P<scale>{names})\b(?:\s(?P<more>{names})\b)?)?(?P<half>\s+and a half\b)?"
        )
        self._separator = re.compile(_SEPARATOR)

    def read(self, text: str) -> list[Amount]:
        """Every amount in `text` (lower case), in order; a range is one amount."""
        numbers = self._numbers(text)
        amounts: list[Amount] = []
        at = 0
        while at < len(numbers):
            first = numbers[at]
            second = numbers[at + 1] if at + 1 < len(numbers) else None
            joined = self._range(text, first, second) if second else None
            amounts.append(joined or _amount(first))
            at += 2 if joined else 1
        return amounts

    def _numbers(self, text: str) -> list[_Number]:
        numbers: list[_Number] = []
        for match in self._number.finditer(text):
            scale = self._scales[match["scale"]] if match["scale"] else None
            if scale and match["more"]:
                scale *= self._scales[match["more"]]
            value = _value(match["figure"], match["word"], match["fraction"])
            if value is None:
                continue
            if match["half"] or match["and_half"]:
                value += 0.5
            rough = (match["word"] or "").startswith(("a few", "a couple", "couple"))
            numbers.append(_Number(value, match.start(), match.end(), scale, False, rough))
        return numbers

    def _range(self, text: str, first: _Number, second: _Number) -> Amount | None:
        between = text[first.end : second.start]
        if not self._separator.fullmatch(between):
            # The currency may be repeated: "$40k to $60k".
            between = re.sub(r"[$£€₹]\s?$|(?<=\d)\s?(?:dollars|euros|pounds)", "", between)
            if not self._separator.fullmatch(between):
                return None
        if between.strip() == "and" and not re.search(
            r"between\s+(?:\S\s?)?$", text[max(0, first.start - 12) : first.start]
        ):
            return None
        if between.strip() == "-" and " " in between and between != " - ":
            return None
        scale = second.scale or 1
        low = first.value * (
            first.scale or (scale if first.value < 1000 and first.value <= second.value else 1)
        )
        high = second.value * scale
        if low > high:
            return None
        scaled = bool(first.scale or second.scale)
        return Amount(low, high, first.start, second.end, scaled, first.rough or second.rough)


def _amount(number: _Number) -> Amount:
    value = number.value * (number.scale or 1)
    return Amount(value, value, number.start, number.end, number.scale is not None, number.rough)


def _value(figure: str | None, word: str | None, fraction: str | None) -> float | None:
    if figure:
        return _figure(figure)
    if word:
        return _words(word)
    if fraction:
        if fraction.startswith("half"):
            return 0.5
        if fraction.startswith("three"):
            return 0.75
        return 0.25 if "quarter" in fraction else 1.0
    return None


@lru_cache(maxsize=512)
def _figure(text: str) -> float | None:
    from price_parser.parser import parse_number

    number = parse_number(text.replace("'", ","))
    return None if number is None else float(number)


@lru_cache(maxsize=512)
def _words(text: str) -> float | None:
    from number_parser import parse_number

    text = text.replace("-", " ")
    for phrase, value in (("half a dozen", 6), ("dozen", 12), ("couple", 2), ("a few", 3)):
        if phrase in text:
            return float(value)
    text = text.replace("fourty", "forty")
    number = parse_number("one " + text[2:] if text.startswith("a ") else text, language="en")
    return None if number is None else float(number)
