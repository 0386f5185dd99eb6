"""Figures in a text, read with their unit, currency, rate, bound and what they count.

Reads English. A figure in the words of another language is not seen; its digits are.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from advisor.policy.grounding.folding import stem
from advisor.policy.grounding.numberwords import UNIT_WORDS, in_digits

QuantityKind = Literal["money", "percent", "time", "times", "ordinal", "date", "label", "count"]
Bound = Literal["upper", "lower", ""]

CURRENCIES = {
    "$": "USD",
    "us$": "USD",
    "£": "GBP",
    "€": "EUR",
    "₹": "INR",
    "¥": "JPY",
    "a$": "AUD",
    "c$": "CAD",
}
CURRENCY_WORDS = {
    "dollar": "USD", "dollars": "USD", "pound": "GBP", "pounds": "GBP", "sterling": "GBP", "euro": "EUR",
    "euros": "EUR", "rupee": "INR", "rupees": "INR", "yen": "JPY", "bucks": "USD",
}  # fmt: skip
_CODES = "USD|EUR|GBP|INR|CHF|AUD|CAD|JPY|SGD|PLN"
_MAGNITUDES = {
    "k": 1e3, "thousand": 1e3, "m": 1e6, "mn": 1e6, "mio": 1e6, "million": 1e6, "b": 1e9, "bn": 1e9,
    "billion": 1e9, "lakh": 1e5, "lakhs": 1e5, "crore": 1e7, "crores": 1e7, "hundred": 1e2,
}  # fmt: skip
_UNIT_STEMS = {
    "minute": "minute", "min": "minute", "hour": "hour", "hr": "hour", "h": "hour", "day": "day", "d": "day",
    "week": "week", "wk": "week", "month": "month", "mo": "month", "quarter": "quarter", "year": "year",
    "yr": "year", "annum": "year", "sprint": "sprint", "hourly": "hour", "daily": "day", "weekly": "week",
    "monthly": "month", "yearly": "year", "annual": "year", "annually": "year",
}  # fmt: skip
_MONTHS = {
    name: number
    for number, names in enumerate(
        ("January Jan", "February Feb", "March Mar", "April Apr", "May", "June Jun", "July Jul", "August Aug",
         "September Sept Sep", "October Oct", "November Nov", "December Dec"), start=1)
    for name in names.split()
}  # fmt: skip


@dataclass(frozen=True)
class Quantity:
    """One figure: `low` and `high` are equal unless a range was written.

    `unit` is a currency code for money, a singular unit for time, the text of a label, and empty
    otherwise; "work day" keeps working days apart from days. `per` is the unit of a rate. `nouns`
    are stems of what a count counts. `bound` says which side "under", "at least" … leave open.
    `precision` is the value of the last digit shown. `date` is (year, month, day), each perhaps None.
    """

    low: float
    high: float
    kind: QuantityKind
    shown: str
    start: int
    end: int
    unit: str = ""
    per: str = ""
    open_ended: bool = False
    nouns: tuple[str, ...] = ()
    bound: Bound = ""
    precision: float = 0.0
    date: tuple[int | None, int | None, int | None] | None = None
    elided: bool = False  # stands alone: "the 90 to 120 that hiring takes"
    near_end: bool = False  # "the low end of", "starts at", "tops out at": names one end of a range


_NUM = r"(?:\d{1,3}(?:,\d{2,3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
_CUR = rf"(?:(?:US|A|C)?\$|[£€₹¥]|\b(?:{_CODES}|Rs\.?)(?=\s?\d))"
_MAG = r"(?:(?:thousand|million|billion|lakhs?|crores?|hundred|mio|mn|bn)\b|[kKMmBb](?![\w])|[kK](?=\+|/))"
_UNIT = rf"(?:(?:working|business|calendar)[\s-]+)?(?:{UNIT_WORDS}|(?:hrs?|h|d|wks?|mos?|yrs?)\b\.?)"
_QUANTITY = re.compile(
    rf"(?P<c1>{_CUR})?\s?(?P<n1>{_NUM})(?:[\s-]?(?P<m1>{_MAG}))?(?P<p1>\s?\+)?(?P<pc1>\s?%)?"
    rf"(?:(?:[\s-]?(?P<u1>{_UNIT})(?=\s*(?:-|to\b)))?"
    rf"(?:\s?(?P<sep>-|to(?=\s)|and(?=\s)(?:\sthe)?|through(?=\s)|or(?=\s)|x|×)\s?)"
    rf"(?P<c2>{_CUR})?\s?(?P<n2>{_NUM})(?:[\s-]?(?P<m2>{_MAG}))?(?P<p2>\s?\+)?)?"
    rf"(?:\s?(?P<pc>%|percent\b|per\s?cent\b|percentage\spoints?\b)|(?P<x>\s?[x×](?![a-z]))|(?P<ord>st|nd|rd|th)\b"
    rf"|\s?(?P<code>{_CODES})\b|\s(?P<cw>dollars?|pounds?|sterling|euros?|rupees?|yen|bucks)\b)?"
    rf"(?:[\s-]?(?P<u>{_UNIT})(?![\w]))?",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"\b\d+(?:[-/:.]\d+){2,}\b|\b\d{1,2}[/:]\d{1,2}\b|(?<![\w$£€₹])[A-Za-z]+(?:-[A-Za-z]+)*-?\d[\w.]*(?<!\.)|\b\d+[A-Za-z]\w*"
)
_KNOWN_GLUED = re.compile(
    rf"(?:(?:{_CODES}|Rs|US|A|C)\d.*|\d+(?:\.\d+)?(?:k|m|mn|bn|b|x|st|nd|rd|th|h|hrs?|d|wks?|mos?|yrs?|mins?|K|M))",
    re.IGNORECASE,
)
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DATE = re.compile(
    rf"\b(?P<iso>(?:19|20)\d\d-\d\d-\d\d)\b"
    rf"|\b(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?(?P<mo1>{_MONTH})\b\.?(?:,?\s(?P<y1>(?:19|20)\d\d)\b)?"
    rf"|\b(?P<mo2>{_MONTH})\b\.?\s(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?(?![\d%KkMm+]|-\d|[.,]\d)\b(?:,?\s(?P<y2>(?:19|20)\d\d)\b)?"
    rf"|\b(?P<mo3>{_MONTH})\b\.?,?\s(?P<y3>(?:19|20)\d\d)\b"
    rf"|(?<![\d$£€₹.,/-])(?P<y4>(?:19|20)\d\d)(?![\d%+KkMm/]|[.,]\d|-\d|\s(?:{UNIT_WORDS}|dollars|people|tickets))(?!\w)"
)
_RATE = re.compile(
    r"^(?:\s+[\w-]+){0,2}?\s*(?:/\s?|\b(?:per|an?|each|every)[\s-])(hour|hr|h|day|d|week|wk|month|mo|year|yr|annum)\b"
    r"|^\s+(?:[\w-]+\s+)?(hourly|daily|weekly|monthly|yearly|annually|annual)\b",
    re.IGNORECASE,
)
_RATE_BEFORE = re.compile(r"\b(hourly|daily|weekly|monthly|yearly|annual)\b[^.;]{0,30}$", re.IGNORECASE)
_HEDGE = r"(?:\s+(?:about|around|roughly|some|just|only|the|a|an|its|this|that|those|even|usual|full|of))*"
_UPPER_BEFORE = re.compile(
    r"(?:\b(?:under|below|less\s+than|fewer\s+than|within|at\s+(?:the\s+)?most|up\s+to|"
    r"shorter\s+than|cheaper\s+than|lower\s+than|sooner\s+than|as\s+(?:much|many|long)\s+as|a\s+maximum\s+of|"
    rf"maximum|max|not\s+over|inside|beneath|not\s+exceed(?:ing)?|short\s+of|sub|faster\s+than){_HEDGE}|<=?)[\s-]*$",
    re.IGNORECASE,
)
_LOWER_BEFORE = re.compile(
    r"(?:\b(?:over|above|more\s+than|greater\s+than|at\s+(?:the\s+)?least|no\s+less\s+than|not\s+less\s+than|no\s+fewer\s+than|"
    r"from|beyond|exceed(?:s|ing)?|a\s+minimum\s+of|minimum|min|past|longer\s+than|higher\s+than|dearer\s+than|"
    rf"upwards?\s+of|not\s+under|starting\s+at|starts?\s+at|north\s+of|slower\s+than|later\s+than|well\s+over){_HEDGE}|>=?)[\s-]*$",
    re.IGNORECASE,
)
_SPAN_BEFORE = re.compile(r"\b(?:within|from|inside|between)\s*$", re.IGNORECASE)  # bounds no range
_NOT = re.compile(r"\b(?:not|no|never|\w+n't)\s+$", re.IGNORECASE)
_UPPER_AFTER = re.compile(
    r"^[\s,]*(?:or\s+(?:less|fewer|below|under|sooner|lower)|at\s+(?:the\s+)?most|max\b|maximum\b)", re.I
)
_LOWER_AFTER = re.compile(
    r"^[\s,]*(?:(?:base|total)\s+)?(?:or\s+(?:more|above|over|higher|longer)|at\s+least|and\s+(?:up|above|more|upwards?)|upwards?|minimum\b)",
    re.I,
)
_ONE_END = re.compile(
    r"\b(?:(?:low|high|top|bottom|upper|lower)(?:er)?\s+end|starts?\s+at|begins?\s+at|tops?\s+out|ceiling|floor|"
    r"reach(?:es)?|border|edge|line|mark|limit)\b",
    re.IGNORECASE,
)
_BARE_NEXT = re.compile(
    r"^\s*(?:$|[.,;:!?()\]\"'|/]|(?:that|which|with|in|for|to|of|and|or|is|are|was|on|by|at|it|as|from|than|if|when|"
    r"but|before|after|a|an|the|per|each|every|instead|rather|base|do|does|you|we|they)\b)",
    re.IGNORECASE,
)  # fmt: skip
_MOST_DIGITS = 40  # of a figure that are read; a longer one is nonsense, and stays without lineage
_AROUND = 60  # characters on each side that may say what a figure means
_NOUN = re.compile(r"[A-Za-z]+")


@lru_cache(maxsize=8192)
def read_quantities(folded: str) -> tuple[Quantity, ...]:
    """Every figure of a folded text, in order. Offsets count in the text with numbers in digits."""
    text = in_digits(folded)
    found: list[Quantity] = []
    taken = [False] * (len(text) + 1)
    for match in _DATE.finditer(text):
        found.append(_date(match))
        taken[match.start() : match.end()] = [True] * (match.end() - match.start())
    for match in _LABEL.finditer(text):
        if taken[match.start()] or _KNOWN_GLUED.fullmatch(match.group()):
            continue
        found.append(
            Quantity(0, 0, "label", match.group(), match.start(), match.end(), unit=match.group().casefold())
        )
        taken[match.start() : match.end()] = [True] * (match.end() - match.start())
    position = 0
    while match := _QUANTITY.search(text, position):
        number = match.start("n1")
        if taken[number]:
            position = number + 1
            while position < len(text) and taken[position]:
                position += 1
            continue
        first, end = _split(match, text)
        found.extend(first)
        position = max(end, number + 1)
    return tuple(sorted(found, key=lambda quantity: quantity.start))


def _split(match: re.Match[str], text: str) -> tuple[list[Quantity], int]:
    """The figure or the two figures of one match, and where to read on."""
    between = text[: match.start()].rstrip().lower().removesuffix(" the").endswith(("between", "from"))
    separator = (match["sep"] or "").lower().removesuffix(" the")
    is_range = separator in ("-", "to", "through") or (separator == "and" and between)
    if match["n2"] is None or is_range:
        return [_quantity(match, text, match["n2"] is not None)], match.end()
    # "4 or 6 weeks", "25 and 100 dollars": two figures, the second gives the unit if the first has none.
    second = _QUANTITY.match(
        text, match.end("sep") + len(text[match.end("sep") :]) - len(text[match.end("sep") :].lstrip())
    )
    if second is None or second["n1"] is None:
        return [_quantity(match, text, False)], match.end("n1")
    later = _quantity(second, text, False)
    cut = _QUANTITY.fullmatch(text, match.start(), _first_end(match))
    if cut is None:
        return [_quantity(match, text, False)], match.end("n1")
    return [_quantity(cut, text, False, coordinated=later)], second.start()


def _first_end(match: re.Match[str]) -> int:
    return max(match.end(group) for group in ("n1", "m1", "p1", "pc1", "u1"))


def _value(number: str, magnitude: str | None) -> tuple[float, float]:
    """The value of a written number, and the value of its last digit that isn't a trailing zero."""
    plain = number.replace(",", "")[:_MOST_DIGITS]
    scale = _MAGNITUDES.get((magnitude or "").lower(), 1.0)
    if "." in plain:
        step = 10.0 ** -len(plain.partition(".")[2])
    else:
        step = 10.0 ** (len(plain) - len(plain.rstrip("0"))) if plain.strip("0") else 1.0
    return float(plain) * scale, step * scale


def _quantity(match: re.Match[str], text: str, ranged: bool, coordinated: Quantity | None = None) -> Quantity:
    magnitude1, magnitude2 = match["m1"], match["m2"] if ranged else None
    if ranged and magnitude2 and not magnitude1 and len(match["n1"].replace(",", "").partition(".")[0]) < 4:
        magnitude1 = magnitude2  # "$180-280K"
    low, step = _value(match["n1"], magnitude1)
    high = low
    if ranged:
        high, other = _value(match["n2"], magnitude2)
        step = min(step, other)
    end = match.end()
    kind, unit = _kind(match, ranged)
    if kind == "count" and coordinated is not None and coordinated.kind != "count":
        kind, unit = coordinated.kind, coordinated.unit
    after, before = text[end : end + _AROUND], text[max(0, match.start() - _AROUND) : match.start()]
    plus = match["p1"] or (match["p2"] if ranged else None)
    per = "" if coordinated is not None and not coordinated.per else _per(before, after, kind)
    nouns = tuple(stem(noun.lower()) for noun in _NOUN.findall(after)[:3]) if kind == "count" else ()
    return Quantity(
        low=low,
        high=high,
        kind=kind,
        shown=match.group().strip(),
        start=match.start(),
        end=end,
        unit=unit,
        per=per,
        open_ended=plus is not None,
        nouns=nouns,
        bound="" if ranged and _SPAN_BEFORE.search(before) else _bound(before, after),
        precision=step,
        elided=kind == "count" and (bool(_BARE_NEXT.match(after)) or coordinated is not None),
        near_end=coordinated is not None or bool(_ONE_END.search(before[-30:] + " ~ " + after[:30])),
    )


def _kind(match: re.Match[str], ranged: bool) -> tuple[QuantityKind, str]:
    symbol = match["c1"] or (match["c2"] if ranged else None)
    if ranged and match["c1"] and match["c2"] and _currency(match["c1"]) != _currency(match["c2"]):
        return "money", "mixed"
    if symbol:
        return "money", _currency(symbol)
    if match["code"]:
        return "money", match["code"].upper()
    if match["cw"]:
        return "money", CURRENCY_WORDS[match["cw"].lower()]
    if match["pc"] or match["pc1"]:
        return "percent", ""
    if match["x"]:
        return "times", ""
    if match["ord"]:
        return "ordinal", ""
    unit = match["u"] or (match["u1"] if ranged else None)
    if unit:
        if ranged and match["u1"] and match["u"] and _unit(match["u1"]) != _unit(match["u"]):
            return "time", "mixed"
        return "time", _unit(unit)
    return "count", ""


def _currency(symbol: str) -> str:
    plain = symbol.lower().rstrip(".")
    return CURRENCIES.get(plain, "INR" if plain == "rs" else plain.upper())


def _unit(written: str) -> str:
    *kind, name = written.lower().rstrip(".").replace("-", " ").split()
    singular = _UNIT_STEMS.get(name) or _UNIT_STEMS.get(name.removesuffix("s"), name)
    return f"work {singular}" if kind and kind[0] in ("working", "business") else singular


def _per(before: str, after: str, kind: QuantityKind) -> str:
    if rate := _RATE.match(after):
        return _UNIT_STEMS[(rate[1] or rate[2]).lower()]
    if kind == "money" and (rate := _RATE_BEFORE.search(before)):
        return _UNIT_STEMS[rate[1].lower()]
    return ""


def _bound(before: str, after: str) -> Bound:
    upper = _UPPER_BEFORE.search(before)
    lower = None if upper else _LOWER_BEFORE.search(before)
    if found := upper or lower:
        turned = _NOT.search(before[: found.start()]) is not None
        return "upper" if (upper is not None) != turned else "lower"
    if _UPPER_AFTER.match(after):
        return "upper"
    return "lower" if _LOWER_AFTER.match(after) else ""


def _date(match: re.Match[str]) -> Quantity:
    if match["iso"]:
        year, month, day = (int(part) for part in match["iso"].split("-"))
        parts: tuple[int | None, int | None, int | None] = (year, month, day)
    else:
        year_text = match["y1"] or match["y2"] or match["y3"] or match["y4"]
        month_text = match["mo1"] or match["mo2"] or match["mo3"]
        day_text = match["d1"] or match["d2"]
        parts = (
            int(year_text) if year_text else None,
            _MONTHS[month_text] if month_text else None,
            int(day_text) if day_text else None,
        )
    return Quantity(0, 0, "date", match.group(), match.start(), match.end(), date=parts)
