"""Short terms of the calendar: EOY, T+90, FY27, "by the end of 2027", "the week after next", "month end".

A fiscal year is taken for the calendar year of its number.
"""

import datetime as dt
import re
from calendar import monthrange
from dataclasses import dataclass

_LEAD = (
    r"\b(?P<lead>by|before|until|till|in|for|during|within|due|at|of|from|since|last|ahead of|no later than)?"
    r"\s*(?:the\s+)?"
)
_PART = (
    r"(?P<part>(?:very )?end of|late|early|mid|middle of|beginning of|start of)?[\s-]*(?:the\s+)?(?:year\s+)?"
)
_YEAR = re.compile(
    rf"{_LEAD}{_PART}(?P<fiscal>fy\s?'?|fiscal (?:year )?)?(?P<year>20[2-4]\d|(?<=fy)\d\d|"
    rf"(?<=fy )\d\d|(?<=fy')\d\d)\b(?![\d/.,-]?\d)"
)
_END = re.compile(
    rf"{_LEAD}(?:(?P<short>eo[ymqw]|cob|eod)|(?P<unit>year|month|quarter|week)(?:'s)?[\s-]?end|"
    rf"end of (?:this |the )?(?P<week>week))\b"
    r"(?!\s?(?:batch|party|sale))"
)
_AFTER_NEXT = re.compile(rf"{_LEAD}(?P<unit>week|month|quarter|year) after next\b")
_NEXT_WEEK = re.compile(
    rf"{_LEAD}(?P<part>end of|early|late|middle of|mid)?\s*(?P<which>next|this)[\s-]week\b"
)
_FROM_T = re.compile(
    r"(?<![\w+])[td]\s?\+\s?(?P<count>\d{1,3})\s?(?P<unit>d|days?|w|wks?|weeks?|m|months?)?\b"
)
_NO_TERM = ("from", "since", "last", "of")
_DAYS = {"d": 1, "w": 7, "m": 30}


@dataclass(frozen=True)
class Term:
    """From `low` to `high` days after today, at `text[start:end]`."""

    low: int
    high: int
    start: int
    end: int
    weak: bool = False
    """Said after "in" or nothing: any event's date."""


def calendar_terms(lower: str, today: dt.date) -> list[Term]:
    """Every such term in the text (lower case) that lies ahead."""
    found: list[Term] = []
    for match in _FROM_T.finditer(lower):
        days = int(match["count"]) * _DAYS[(match["unit"] or "d")[0]]
        found.append(Term(days, days, match.start(), match.end()))
    for finder, days_of in ((_YEAR, _year), (_END, _end), (_AFTER_NEXT, _after_next), (_NEXT_WEEK, _week)):
        for match in finder.finditer(lower):
            lead = match["lead"]
            interval = (
                None if lead in _NO_TERM and not match.groupdict().get("part") else days_of(match, today)
            )
            if interval is None or interval[1] < today:
                continue
            low, high = (max((day - today).days, 0) for day in interval)
            start = match.start() + len(match[0]) - len(match[0].lstrip())
            strong = lead in ("by", "before", "until", "till", "due", "ahead of", "no later than")
            weak = not strong and finder is _YEAR and not match["part"]
            found.append(Term(low, high, start, match.end(), weak))
    return found


def _year(match: re.Match[str], today: dt.date) -> tuple[dt.date, dt.date] | None:
    number = int(match["year"])
    year = number + 2000 if number < 100 else number
    lead, part = match["lead"], match["part"]
    if not lead and not part and not match["fiscal"]:
        return None
    begin, end = dt.date(year, 1, 1), dt.date(year, 12, 31)
    if lead == "before" and not part:
        return begin, begin
    if part is None:
        return (
            (begin, begin)
            if lead in ("by", "until", "till") and not match["fiscal"]
            else (max(begin, today), end)
        )
    if part.endswith("end of"):
        return end, end
    if part == "late":
        return dt.date(year, 9, 1), end
    if part in ("mid", "middle of"):
        return dt.date(year, 6, 1), dt.date(year, 7, 15)
    return begin, dt.date(year, 4, 1)


def _end(match: re.Match[str], today: dt.date) -> tuple[dt.date, dt.date]:
    unit = match["unit"] or match["week"] or match["short"]
    if unit in ("cob", "eod"):
        return today, today
    end = _end_of({"eoy": "year", "eom": "month", "eoq": "quarter", "eow": "week"}.get(unit, unit), today)
    return end, end


def _end_of(unit: str, day: dt.date) -> dt.date:
    """The last day of the week (its Friday), month, quarter or year that holds `day`."""
    if unit == "week":
        return day + dt.timedelta((4 - day.weekday()) % 7)
    month = {"month": day.month, "quarter": (day.month - 1) // 3 * 3 + 3}.get(unit, 12)
    return dt.date(day.year, month, monthrange(day.year, month)[1])


def _after_next(match: re.Match[str], today: dt.date) -> tuple[dt.date, dt.date]:
    unit = match["unit"]
    if unit == "week":
        begin = today + dt.timedelta(14 - today.weekday())
        return begin, begin + dt.timedelta(6)
    first = _end_of(unit, today) + dt.timedelta(1)
    begin = _end_of(unit, first) + dt.timedelta(1)
    return begin, _end_of(unit, begin)


def _week(match: re.Match[str], today: dt.date) -> tuple[dt.date, dt.date]:
    monday = today - dt.timedelta(today.weekday()) + dt.timedelta(7 if match["which"] == "next" else 0)
    friday = monday + dt.timedelta(4)
    if match["part"] in ("end of", "late"):
        return friday, friday
    return max(monday, today), max(friday, today)
