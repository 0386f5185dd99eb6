"""Dates: days, months, quarters, seasons and feasts become an interval of days from today.

A date that has passed in every reading, and one that could be read day-first or month-first, gives no
interval but a question.
"""

import datetime as dt
import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass

from advisor.adapters.local_reader.calendar_terms import calendar_terms

_MONTHS = (
    "january|february|march|april|may|june|july|august|september|october|november|december|"
    "jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec"
)
_PART = (
    r"(?:the )?(?:very )?(?P<part>end of|late|early|mid-?|middle of|beginning of|start of|first week of|"
    r"second week of|last week of|first half of|second half of)[\s-]*(?:the )?"
)
_WEEKDAYS = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
_YEAR = r"(?:,?\s+(?:of\s+)?(?P<year>20\d\d))?"
_LEAD = (
    r"(?P<lead>by|before|until|till|for|in|on|due|around|about|from|since|after|last|this|next|ahead of|"
    r"prior to|is|to|sometime in|through|of|not before|ends in|end)\s+(?:the\s+)?"
)
_STRONG_LEADS = ("to", "by", "before", "until", "till", "due", "ahead of", "prior to", "not before")
_PAST_LEADS = ("from", "since", "after", "last", "of", "ends in", "end")


@dataclass(frozen=True)
class DateSpan:
    """From `low` to `high` days after today, said at `text[start:end]`."""

    low: int
    high: int
    start: int
    end: int
    weak: bool = False
    """Said after "in" or "next" or nothing: any event's date, not surely a deadline."""


class Dates:
    """Finds dates. `seasons` and `feasts` come from the playbook."""

    def __init__(
        self,
        seasons: Mapping[str, tuple[int, int, int, int]],
        feasts: Mapping[str, tuple[int, int]],
        moving: Mapping[str, tuple[dt.date, ...]],
    ) -> None:
        self._seasons, self._feasts, self._moving = seasons, feasts, moving
        named = "|".join(sorted(map(re.escape, [*seasons, *feasts, *moving]), key=len, reverse=True))
        self._named = re.compile(
            r"\b(?P<lead>by|before|until|till|in|this|next|for|at|due|over|around|after|since|last|ahead of)"
            rf"\s+(?:the\s+)?(?:(?P<part>end of|late|early|mid-?)\s*)?(?P<name>{named})"
            rf"(?:\s+(?:starts|begins|break|time))?{_YEAR}\b"
        )
        self._day = re.compile(
            rf"\b(?:(?P<month>{_MONTHS})\.?\s+(?:the\s+)?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?"
            r"(?![\d:%]|\s*(?:k|people|weeks|months)\b)"
            rf"|(?:the\s+)?(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<month2>{_MONTHS})\b){_YEAR}"
        )
        self._month = re.compile(
            rf"\b(?:{_LEAD})?(?:{_PART})?(?P<month>{_MONTHS})\b(?![\s-]\d{{1,2}}(?!\d)){_YEAR}"
        )
        self._quarter = re.compile(rf"\b(?:{_LEAD})?(?:{_PART})?(?P<half>[qh])(?P<number>[1-4])\b{_YEAR}")
        self._relative = re.compile(
            r"\b(?:(?P<lead>by|before|until|till|in|for|within|due)\s+)?(?:the\s+)?"
            r"(?:(?P<part>end of|late|early|mid-?|middle of)\s*)?(?P<which>this|next|the|the current|of)?\s*"
            r"(?P<unit>quarter|month|year|fiscal year|calendar year)"
            r"(?!\s*(?:of|to|after|from|and|or|max|tops|\d))\b"
        )
        self._numeric = re.compile(
            r"(?<![\w/.-])(?:(?P<iso>20\d\d-\d\d?-\d\d?)"
            r"|(?P<a>\d{1,2})[/.](?P<b>\d{1,2})[/.](?P<y>20\d\d|\d\d))(?![\w/]|-\d)"
        )
        self._weekday = re.compile(
            r"\b(?:by|before|until|due|due on|on|for)\s+"
            rf"(?P<text>(?:next\s+|this\s+)?(?:{_WEEKDAYS})|tomorrow)\b"
        )

    def read(self, lower: str, today: dt.date) -> tuple[list[DateSpan], list[str]]:
        """Dates in the text (lower case) in order, and what has to be asked about the others."""
        found: list[DateSpan] = []
        queries: list[str] = []
        for match in self._numeric.finditer(lower):
            self._add_numeric(match, today, found, queries)
        for match in self._day.finditer(lower):
            self._add_day(match, lower, today, found, queries)
        for term in calendar_terms(lower, today):
            if not any(date.start < term.end and term.start < date.end for date in found):
                found.append(DateSpan(term.low, term.high, term.start, term.end, term.weak))
        for finder in (self._named, self._quarter, self._month, self._relative):
            for match in finder.finditer(lower):
                if not _taken(match, found) and (interval := self._interval(finder, match, today)):
                    low, high = ((day - today).days for day in interval)
                    if high < 0:
                        queries.append(f"“{match[0].strip()}” has passed already; which date do you mean?")
                    else:
                        weak = not match["part"] and match["lead"] not in _STRONG_LEADS
                        found.append(DateSpan(max(low, 0), high, match.start(), match.end(), weak))
        for match in self._weekday.finditer(lower):
            if not _taken(match, found):
                self._add_weekday(match, today, found)
        return sorted(found, key=lambda date: date.start), queries

    def _interval(
        self, finder: re.Pattern[str], match: re.Match[str], today: dt.date
    ) -> tuple[dt.date, dt.date] | None:
        lead = match["lead"]
        if lead in _PAST_LEADS and not match["part"]:
            return None
        if finder is self._named:
            return self._season(match, today)
        if finder is self._quarter:
            return _quarter(match, today)
        if finder is self._month:
            return _month(match, today)
        return _relative(match, today)

    def _season(self, match: re.Match[str], today: dt.date) -> tuple[dt.date, dt.date] | None:
        name = match["name"]
        year = int(match["year"]) if match["year"] else today.year
        if name in self._moving:
            days = [day for day in self._moving[name] if (day.year == year if match["year"] else day > today)]
            return (days[0], days[0]) if days else None
        if name in self._feasts:
            month, day = self._feasts[name]
            begin = end = dt.date(year, month, day)
        else:
            first_month, first_day, last_month, last_day = self._seasons[name]
            begin, end = dt.date(year, first_month, first_day), dt.date(year, last_month, last_day)
        if not match["year"] and end <= today:
            begin, end = begin.replace(year=year + 1), end.replace(year=year + 1)
        if match["part"] == "end of" and name in self._seasons:
            begin, end = begin + dt.timedelta(80), end + dt.timedelta(80)
        elif match["lead"] in ("in", "this", "next") and name in self._seasons:
            end = end + dt.timedelta(70)
        return begin, end

    def _add_day(
        self, match: re.Match[str], lower: str, today: dt.date, found: list[DateSpan], queries: list[str]
    ) -> None:
        before = lower[max(0, match.start() - 8) : match.start()]
        if _taken(match, found) or re.search(r"\b(?:since|from|last|of)\s$", before):
            return
        words = match[0].removeprefix("the ")
        date = _parsed(re.sub(r"\b(the|of)\s+", "", words), today)
        if date is None:
            return
        if (date - today).days < 0:
            queries.append(f"“{match[0].strip()}” has passed already; which date do you mean?")
        else:
            found.append(DateSpan((date - today).days, (date - today).days, match.start(), match.end()))

    def _add_weekday(self, match: re.Match[str], today: dt.date, found: list[DateSpan]) -> None:
        date = _parsed(match["text"].removeprefix("next ").removeprefix("this "), today)
        if date is not None and date >= today:
            days = (date - today).days + (7 if match["text"].startswith("next") else 0)
            found.append(DateSpan(days, days, match.start("text"), match.end("text")))

    def _add_numeric(
        self, match: re.Match[str], today: dt.date, found: list[DateSpan], queries: list[str]
    ) -> None:
        words = match[0]
        if match["iso"]:
            readings = {_date(*map(int, words.split("-")))} - {None}
        else:
            first, second, year = int(match["a"]), int(match["b"]), int(match["y"])
            year += 2000 if year < 100 else 0
            readings = {_date(year, second, first)}
            if "." not in words or readings == {None}:  # With points the day stands first everywhere.
                readings.add(_date(year, first, second))
            readings -= {None}
        dates = sorted(date for date in readings if date is not None)
        if not dates:
            return
        if all(date < today for date in dates):
            readings_word = "either reading" if len(dates) > 1 else "the calendar"
            queries.append(f"{words} has already passed in {readings_word}; which date do you mean?")
        elif len(dates) > 1:
            ways = " or ".join(f"{date.day} {date:%B %Y}" for date in dates)
            queries.append(f"Is {words} {ways}?")
        else:
            days = (dates[0] - today).days
            found.append(DateSpan(days, days, match.start(), match.end()))


def _taken(match: re.Match[str], found: list[DateSpan]) -> bool:
    return any(date.start < match.end() and match.start() < date.end for date in found)


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _parsed(words: str, today: dt.date) -> dt.date | None:
    """One candidate span by dateparser: the next such day after today."""
    import dateparser

    base = dt.datetime.combine(today, dt.time())
    found = dateparser.parse(
        words, languages=["en"], settings={"PREFER_DATES_FROM": "future", "RELATIVE_BASE": base}
    )
    return found.date() if found else None


def _month_number(name: str) -> int:
    return 1 + ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"].index(
        name[:3]
    )


def _last(year: int, month: int) -> dt.date:
    return dt.date(year, month, monthrange(year, month)[1])


def _month(match: re.Match[str], today: dt.date) -> tuple[dt.date, dt.date] | None:
    name, lead, part = match["month"], match["lead"], match["part"]
    # "may" and "march" are verbs, "mar", "sep" … are seldom said without a lead: ask for one.
    if not lead and not part:
        return None
    if name == "may" and not (part or lead in ("by", "in", "until", "before", "till", "for", "next")):
        return None
    month = _month_number(name)
    year = int(match["year"]) if match["year"] else today.year + (month < today.month)
    if lead == "next" and month == today.month:
        year += 1
    begin, end = dt.date(year, month, 1), _last(year, month)
    if lead in ("before", "ahead of", "prior to") and not part:
        return begin, begin
    return _part(begin, end, part)


def _part(begin: dt.date, end: dt.date, part: str | None) -> tuple[dt.date, dt.date]:
    """The named part of an interval."""
    third = (end - begin) / 3
    half = (end - begin) / 2
    if part is None:
        return begin, end
    if part in ("end of", "last week of"):
        return (end if part == "end of" else end - dt.timedelta(6)), end
    if part in ("first week of", "second week of"):
        week = begin + dt.timedelta(7 if part.startswith("second") else 0)
        return week, week + dt.timedelta(6)
    if part in ("late", "second half of"):
        return begin + half, end
    if part in ("early", "beginning of", "start of", "first half of"):
        return begin, begin + third
    return begin + half, begin + half


def _quarter(match: re.Match[str], today: dt.date) -> tuple[dt.date, dt.date] | None:
    number, months = int(match["number"]), 3 if match["half"] == "q" else 6
    if number * months > 12:
        return None
    year = int(match["year"]) if match["year"] else today.year
    first, last = (number - 1) * months + 1, number * months
    if not match["year"] and _last(year, last) <= today:
        year += 1
    begin, end = dt.date(year, first, 1), _last(year, last)
    if match["lead"] in ("before", "ahead of", "prior to") and not match["part"]:
        return begin, begin
    return _part(begin, end, match["part"])


def _relative(match: re.Match[str], today: dt.date) -> tuple[dt.date, dt.date] | None:
    """ "By the end of next quarter", "this month", "next year"."""
    which, part, unit = match["which"], match["part"], match["unit"]
    ahead = 1 if which == "next" else 0
    if not part and which not in ("this", "next"):
        return None
    if unit == "month":
        month = today.month - 1 + ahead
        begin = dt.date(today.year + month // 12, month % 12 + 1, 1)
        end = _last(begin.year, begin.month)
    elif unit == "quarter":
        quarter = (today.month - 1) // 3 + ahead
        begin = dt.date(today.year + quarter // 4, quarter % 4 * 3 + 1, 1)
        end = _last(begin.year, begin.month + 2)
    else:
        begin, end = dt.date(today.year + ahead, 1, 1), dt.date(today.year + ahead, 12, 31)
    if not part and which == "this":
        return end, end
    return _part(begin, end, part)
