"""Numbers in words as digits: "ninety to one hundred and twenty days" → "90 to 120 days".

A table of its own, because the libraries at hand also turn "one", "a" and "second" into figures,
which in running text are pronouns, articles and the like.
"""

import re
from functools import lru_cache

_SMALL_WORDS = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"),
    *("twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS_WORDS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ORDINAL_WORDS = (
    *("third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth"),
    *("thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth"),
    "twentieth",
)
_SMALL = {word: number for number, word in enumerate(_SMALL_WORDS)}
_TENS = {word: 10 * number for number, word in enumerate(_TENS_WORDS, start=2)}
_LARGE = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "lakh": 1e5, "crore": 1e7}
_GROUPS = {"dozen": 12, "score": 20, "gross": 144}
_ORDINALS = {word: number for number, word in enumerate(_ORDINAL_WORDS, start=3)} | {
    "thirtieth": 30,
    "fortieth": 40,
    "fiftieth": 50,
    "sixtieth": 60,
    "ninetieth": 90,
    "hundredth": 100,
}
_FRACTIONS = {"half": 50.0, "third": 100 / 3, "quarter": 25.0, "fifth": 20.0, "tenth": 10.0}

UNIT_WORDS = (
    r"(?:minutes?|mins?|hours?|hrs?|days?|weeks?|wks?|fortnights?|months?|quarters?|years?|yrs?|sprints?)"
)
_UNITS = {**_SMALL, **_TENS}
_ATOM = "|".join(sorted(_UNITS, key=len, reverse=True))
_BIG = "|".join(_LARGE)
_AFTER_FRACTION = (
    r"(?=\s+(?:of|behind|less|more|fewer|cheaper|dearer|lower|higher|faster|slower|off|as|again|the|ahead|"
    r"below|above|longer|shorter)\b|[.,;:!?)]|\s*$)"
)

_RUN = re.compile(
    rf"\b(?:(?:(?:an?|{_ATOM})(?=[\s-]+(?:{_BIG})\b)|{_ATOM}|\d+(?:\.\d+)?(?=\s+hundred\b))"
    rf"(?:(?:[\s-]+and)?[\s-]+(?:{_ATOM}|{_BIG}))*)\b",
    re.IGNORECASE,
)
_ONE_COUNTS = re.compile(
    rf"[\s-]+(?:{UNIT_WORDS}|percent|per\s*cent|dollars?|pounds?|euros?|in|out)\b|%", re.IGNORECASE
)
_PRONOUN_TWO = re.compile(
    r"\s+(?:(?:do|does|did|are|is|were|can|could|may|might|should|must|will|would|have|has|of|and|or|in|on|"
    r"to|as|don't|overlap|differ|together|apart)\b|[.,;:!?)]|$)",
    re.IGNORECASE,
)
_WORD_FRACTION = re.compile(
    rf"\b(?:(an?|one|two|three|four)[\s-]+)?(half|thirds?|quarters?|fifths?|tenths?)\b{_AFTER_FRACTION}",
    re.IGNORECASE,
)
_HALF_UNIT = re.compile(rf"\bhalf[\s-]+(?:an?|the|of\s+an?)?[\s-]*({UNIT_WORDS})\b", re.IGNORECASE)
_HALF_BIG = re.compile(rf"\bhalf[\s-]+an?[\s-]+({_BIG}|dozen)\b", re.IGNORECASE)
_AND_A_HALF = re.compile(rf"\b(\d+|an?|{_ATOM})\s+and\s+a\s+half\b", re.IGNORECASE)
_GROUP = re.compile(r"\b(?:(an?|\d+|the|per)[\s-]+)?(dozen|score|gross)\b", re.IGNORECASE)
_SPANS = re.compile(r"\b(?:(an?|one|\d+)[\s-]+)?(fortnight|decade|century)(s?)\b", re.IGNORECASE)
_MULTIPLES = re.compile(
    r"\b(?:(double|doubles|doubled|doubling|twice|twofold)|(triple|triples|tripled|tripling|thrice|threefold)"
    r"|(quadruple\w*|fourfold)|(tenfold)|(\d+)[\s-]?(?:times|fold))\b",
    re.IGNORECASE,
)
_ORDINAL = re.compile(rf"\b({'|'.join(_ORDINALS)})\b(?![\s-]part(?:y|ies)\b)", re.IGNORECASE)
_TO_GLUED = re.compile(r"(?<=\d)-to-(?=\d)", re.IGNORECASE)
_BARE_RATE = re.compile(rf"\ban?\s+({UNIT_WORDS})\s+(an?|per|each|every)\s+({UNIT_WORDS})\b", re.IGNORECASE)
_GLUED_BOUND = re.compile(r"\b(under|over|sub|above|below|pre|post|top|plus|mid|first)-(?=\d)", re.IGNORECASE)
_SPAN_DAYS = {"fortnight": (2, "weeks"), "decade": (10, "years"), "century": (100, "years")}


@lru_cache(maxsize=8192)
def in_digits(folded: str) -> str:
    """Folded text with its spelled-out numbers, fractions and multiples in digits.

    Fractions become percentages, "double" becomes "2x", an ordinal from third on "3rd" or "4th".
    """
    made = _HALF_BIG.sub(lambda m: f"{(_LARGE | _GROUPS)[m[1].lower()] / 2:.10g}", folded)
    made = _AND_A_HALF.sub(lambda m: f"{m[1] if m[1].isdigit() else _UNITS.get(m[1].lower(), 1)}.5", made)
    made = _HALF_UNIT.sub(lambda m: f"0.5 {m[1]}", made)
    made = _WORD_FRACTION.sub(_fraction, made)
    made = _RUN.sub(_run, made)
    made = _GROUP.sub(_group, made)
    made = _SPANS.sub(_span, made)
    made = _MULTIPLES.sub(_multiple, made)
    made = _TO_GLUED.sub("-", made)
    made = _BARE_RATE.sub(r"1 \1 \2 \3", made)
    made = _GLUED_BOUND.sub(r"\1 ", made)
    return _ORDINAL.sub(lambda m: f"{_ORDINALS[m[1].lower()]}th", made)


def _run(match: re.Match[str]) -> str:
    found = match.group()
    parts = [part for part in re.split(r"[\s-]+", found.lower()) if part != "and"]
    after = match.string[match.end() :]
    if parts == ["one"] and not _ONE_COUNTS.match(after):
        return found
    if parts == ["two"] and _says_the(match) and _PRONOUN_TWO.match(after):
        return found
    # "one two" or "four six" are two numbers: only what grows together is one.
    total, current, made = 0.0, 0.0, list[str]()
    last = 0.0
    for part in parts:
        if part in _LARGE:
            size = _LARGE[part]
            current = (current or 1) * size
            if size >= 1e3:
                total, current = total + current, 0.0
            last = size
            continue
        value = (
            1.0 if part in ("a", "an") else float(_UNITS.get(part, 0) or (part if _is_number(part) else 0))
        )
        joins = current == 0 or last == 100 or (last in _TENS.values() and value < 10)
        if not joins:
            made.append(f"{total + current:.10g}")
            total = current = 0.0
        current, last = current + value, value
    made.append(f"{total + current:.10g}")
    return " ".join(made)


def _is_number(part: str) -> bool:
    return part.replace(".", "", 1).isdigit()


def _says_the(match: re.Match[str]) -> bool:
    before = match.string[: match.start()].lower().rstrip()
    return before.endswith((" the", " these", " those")) or before in ("the", "these", "those")


def _fraction(match: re.Match[str]) -> str:
    count = {"two": 2, "three": 3, "four": 4}.get((match[1] or "a").lower(), 1)
    name = match[2].lower().removesuffix("s")
    name = "half" if name == "hal" else name
    if name != "half" and match[1] is None:
        return match.group()  # "the third", "next quarter"
    if name == "quarter" and match[2].lower() == "quarters" and count == 2:
        return match.group()  # "two quarters" is half a year
    return f"{count * _FRACTIONS[name]:.4g}%"


def _group(match: re.Match[str]) -> str:
    if match[2].lower() in ("score", "gross") and not (match[1] or "").isdigit():
        return match.group()
    count = int(match[1]) if (match[1] or "").isdigit() else 1
    return f"{count * _GROUPS[match[2].lower()]}"


def _span(match: re.Match[str]) -> str:
    count = int(match[1]) if (match[1] or "").isdigit() else 1
    number, unit = _SPAN_DAYS[match[2].lower()]
    return f"{count * number} {unit}"


def _multiple(match: re.Match[str]) -> str:
    for group, times in ((1, "2x"), (2, "3x"), (3, "4x"), (4, "10x")):
        if match[group]:
            return times
    return f"{match[5]}x"
