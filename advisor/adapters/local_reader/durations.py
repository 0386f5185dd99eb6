"""How long there is for the work: durations and dates become days from today.

Only the time that this work has counts. Past durations, notice periods, years of experience, rates
("60 a month") and other people's time are recognised and left. A month counts 30 days, a quarter 90,
a year 365, a sprint 14 unless its length is said.
"""

import datetime as dt
import re
from dataclasses import dataclass, replace

from advisor.adapters.local_reader.clauses import Clause, Clauses, Message
from advisor.adapters.local_reader.cues import Span
from advisor.adapters.local_reader.dates import Dates, DateSpan
from advisor.adapters.local_reader.numbers import Amount, Numbers
from advisor.adapters.local_reader.playbook import ReadingPlaybook
from advisor.domain.facts import MAX_DAYS

_ENDS_AMOUNT = re.compile(
    r"\s*(?:$|[,.;:!?)\"]|(?:if|at most|tops|max|maximum|at best|at worst|then|or so|instead|please|"
    r"not|when|but|realistically|actually|in the worst case)\b)"
)
_LARGER = re.compile(
    r"(?:could|might|may|can) (?:slip|stretch|go|run|extend|be|become|grow) (?:to|up to)?\s*$|maybe\s*$|"
    r"perhaps\s*$|worst case:?\s*$|at worst\s*$|possibly\s*$|\bor\s*$|up to\s*$|if needed\s*$"
)
_PLAN = re.compile(
    r"(?:plan (?:with|on|for)|call it|let's say|make (?:that|it)|more like|i meant?|rather|actually|"
    r"reckon with|go with|closer to|sorry,?|correction:?|no wait,?|so|realistically|say|it's)\s*"
    r"(?:about |around |roughly )?$"
)
_HAPPENED = re.compile(
    r"\b(?!need|schedul|plann|expect)\w{2,}ed\b"
    r"|\b(?:left|quit|was|were|did|went|came|built|began|ran|sold|bought|got|lost|won|had|chose)\b"
)
_MISSED = re.compile(
    r"\bif\b.*\b(?:isn't|is not|aren't|not|don't|can't|doesn't)\b.*"
    r"\b(?:by|before|until|within|in)\s+(?:the\s+)?$"
)
"""If it isn't there by …": a supposition that names the deadline."""
_EVENT_STARTS = re.compile(
    r"\b(?:school|seasons?|term|semester|year|fair|conference|holidays?|harvest|tour|campaign|"
    r"enrol\w+|sale|peak|exams?|"
    r"event|festival|audit|programme|program|course|lectures|tournament|election|elections|winter|"
    r"summer|spring|autumn)\s+"
    r"(?:starts?|begins?|opens?|kicks? off)\b"
)
"""What starts there is an event that the work must be ready for, not the work."""
_FORESEEN = re.compile(r"\b(?:forecasts?|predictions?|outlook|targets?|plans?|budget|demand|sales)\s*$")
"""Before "for next year": what is foreseen, not by when."""
_SPRINT_LENGTH = re.compile(r"\s*(?:of|at|,)?\s*$|\s+(?:each\s+)?of\s+$")


@dataclass(frozen=True)
class Mention:
    """One duration or date: `low` to `high` days from today, and how it is said."""

    low: float
    high: float
    span: Span
    clause: Clause
    unit: float | None
    cued: bool = False
    negated: bool = False
    planned: bool = False
    extends: bool = False
    sure: bool = True
    weak: bool = False
    """A date after "in" or "next", which may be any event's."""


@dataclass(frozen=True)
class TimelineReading:
    """The timeline with the words that say it, and what must be asked first."""

    low: int
    high: int
    span: Span
    sure: bool


class Durations:
    """Finds the time that the work has."""

    def __init__(self, data: ReadingPlaybook, clauses: Clauses, numbers: Numbers, dates: Dates) -> None:
        measures = data.measures
        self._clauses, self._numbers, self._dates = clauses, numbers, dates
        self._units = measures.units
        names = "|".join(sorted((re.escape(n) for n in measures.units), key=len, reverse=True))
        self._unit = re.compile(
            rf"[\s-]?(?P<unit>{names})\b(?:(?!')|(?='\s+time\b))(?P<half>\s+and a half\b)?"
        )
        long = "|".join(n for n in measures.units if len(n) > 3)
        self._article = re.compile(
            rf"\b(?P<amount>half an?|half|an?|one|another|this|the (?:whole|full|entire|coming|next))[\s-]"
            rf"(?P<unit>{long})\b(?:(?!')|"
            rf"(?='s\s+time\b))(?P<half>\s+and a half\b(?!\s+(?:an?\s+)?(?:million|mil|m|billion|"
            rf"thousand|dozen|hundred)\b))?"
        )
        self._timeline = data.cue_set(measures.timeline_cues)
        self._deadline = data.cue_set(measures.timeline_cues[:3])
        self._starts = data.cue_set(measures.start_cues)
        self._before = data.cue_set(measures.not_timeline_before)
        self._after = data.cue_set(measures.not_timeline_after)
        self._never = data.cue_set(measures.not_timeline)

    def read(
        self, message: Message, today: dt.date, asked: bool = False, supposing: bool = False
    ) -> tuple[TimelineReading | None, list[str], list[Span]]:
        """The timeline or None, questions to put first, and every place read as a time at all.

        `asked`: the open question asks for it, so that less has to be said around it; `supposing`: the
        message is a what-if, so that suppositions count.
        """
        dates, queries = self._dates.read(message.lower, today)
        raw = self._mentions(message, dates)
        places = [mention.span for mention in raw]
        kept = [m for m in raw if self._counts(message, m, asked, supposing)]
        if asked:
            kept = [replace(mention, cued=True) for mention in kept]
        kept = self._inherited(message, kept, raw)
        chosen = _resolve(kept)
        if chosen is None or chosen.high > MAX_DAYS or chosen.low < 0:
            return None, queries, places
        reading = TimelineReading(round(chosen.low), round(chosen.high), chosen.span, chosen.sure)
        return reading, queries, places

    def _mentions(self, message: Message, dates: list[DateSpan]) -> list[Mention]:
        lower = message.lower
        taken = [Span(date.start, date.end) for date in dates]
        found = [
            replace(
                self._mention(message, date.low, date.high, Span(date.start, date.end), None), weak=date.weak
            )
            for date in dates
        ]
        for amount in self._numbers.read(lower):
            match = self._unit.match(lower, amount.end)
            if match is None or amount.scaled or _inside(amount.start, taken):
                continue
            unit = self._units[match["unit"]]
            half = 0.5 if match["half"] else 0.0
            span = Span(amount.start, match.end())
            count = self._cycles(lower, span)
            unit *= count
            low, high = (amount.low + half) * unit, (amount.high + half) * unit
            if amount.rough and "few" in lower[amount.start : amount.end]:
                high = 4 * unit
            found.append(self._mention(message, low, high, span, unit))
            taken.append(span)
        for match in self._article.finditer(lower):
            if _inside(match.start(), taken) or not self._is_length(lower, match):
                continue
            unit = self._units[match["unit"]]
            number = 0.5 if match["amount"].startswith("half") else 1.0
            number += 0.5 if match["half"] else 0.0
            number = number if unit < 365 else number // 1 + 180 / 365 * (number % 1 * 2)  # Half: six months.
            found.append(
                self._mention(message, number * unit, number * unit, Span(match.start(), match.end()), unit)
            )
        found.sort(key=lambda mention: mention.span.start)
        return _sprints(lower, found)

    def _cycles(self, lower: str, span: Span) -> float:
        """ "Four 2-week sprints" are eight weeks: the number before the length of one."""
        if not re.match(r"\s+(?:sprints?|cycles?|iterations?|phases?)\b", lower[span.end :]):
            return 1.0
        before = [
            a for a in self._numbers.read(lower[: span.start]) if not lower[a.end : span.start].strip(" -")
        ]
        return before[-1].high if before else 1.0

    def _mention(self, message: Message, low: float, high: float, span: Span, unit: float | None) -> Mention:
        clause = message.clause_at(span.start)
        before = message.lower[clause.start : span.start]
        return Mention(
            low,
            high,
            span,
            clause,
            unit,
            cued=self._timeline.occurs(message.lower, clause.start, clause.end),
            negated=self._clauses.negated(message, span) and not _MISSED.search(before),
            planned=_PLAN.search(before) is not None,
            extends=_LARGER.search(before) is not None or clause.conditional,
            sure=not clause.hedged,
        )

    def _is_length(self, lower: str, match: re.Match[str]) -> bool:
        """ "a year" is a length in "within a year", a rate in "60 deals a month", else neither."""
        if match["half"] or match["amount"].startswith("half"):
            return True
        if match["amount"] in ("this",):
            return False
        before = lower[max(0, match.start() - 60) : match.start()].rstrip()
        before = before or ("" if match.start() < 60 else "x")
        after = lower[match.end() : match.end() + 12]
        if re.search(
            r"(?:\d|[a-z]{3,}s|each|once|twice|times|\dk|million|thousand|[$£€])$", before
        ) and not re.search(r"(?:has|takes|needs|is|was|its|perhaps|this)$", before):
            return False
        lead = re.search(
            r"(?:^|[,.;:!?(\"-]|\b(?:had|in|with|within|about|roughly|say|have|take|takes|need|needs|"
            r"over|for|got|maybe|under|"
            r"than|around|ok|okay|perhaps|only|just|probably|to|is|have got|us|like|of|it|or|be|well|next|"
            r"\d\s?(?:k|m|mil|million|grand)? and|has|approximately|almost|nearly|good|not|at most|"
            r"until|give|gives|me|get))$",
            before,
        )
        return lead is not None or re.match(r"\s(?:from now|to |or so|max|tops|at most)", after) is not None

    def _counts(self, message: Message, mention: Mention, asked: bool, supposing: bool) -> bool:
        clause, span, lower = mention.clause, mention.span, message.lower
        if clause.retracted or clause.past or (clause.others and not asked):
            return False
        if clause.hypothetical and not supposing and not _MISSED.search(lower[clause.start : span.start]):
            return False
        if clause.question and not supposing and not _own_plan(lower, clause, span):
            return False
        before, after = lower[clause.start : span.start], lower[span.end : clause.end]
        if self._never.occurs(lower, clause.start, clause.end):
            return False
        if not _EVENT_STARTS.search(before) and (
            self._starts_there(before) or _reaches_end(self._before.spans(before), before)
        ):
            return False
        if self._after_excludes(after) or (_FORESEEN.search(before) and lower.startswith("for", span.start)):
            return False
        if re.match(r"\s?-?old\b|\s?of\b(?! (?:time|work|effort|build|development|two|one|three|\d))", after):
            return False
        if re.search(r"[$£€]\s?$", before):
            return False
        # Who says "three years" without a word of a deadline speaks of lasting, not of a date.
        meant = asked or self._deadline.occurs(lower, clause.start, clause.end)
        if mention.unit is not None and mention.low > 730 and not meant:
            return False
        if mention.weak and not meant and _past_or_long(lower, clause, span):
            return False
        return not (lower[span.start : span.end] in ("one day", "a day", "one week") and not mention.cued)

    def _starts_there(self, before: str) -> bool:
        return _reaches_end(self._starts.spans(before + " x"), before + " x", slack=3)

    def _after_excludes(self, after: str) -> bool:
        trimmed = after.lstrip(" '")
        first = self._after.first(trimmed[:40])
        return first is not None and first.start == 0

    def _inherited(self, message: Message, kept: list[Mention], raw: list[Mention]) -> list[Mention]:
        """Bare numbers that take the unit of the duration beside them: "more like ten", "5 if …"."""
        united = [m for m in raw if m.unit is not None]
        if not united:
            return kept
        extra: list[Mention] = []
        for amount in self._numbers.read(message.lower):
            if (
                amount.scaled
                or any(m.span.start <= amount.start < m.span.end for m in raw)
                or amount.high > 400
            ):
                continue
            if not _ENDS_AMOUNT.match(message.lower, amount.end):
                continue
            if re.search(r"[$£€#]\s?$", message.lower[max(0, amount.start - 3) : amount.start]):
                continue
            mention = self._borrowed(message, amount, united)
            if mention is not None:
                extra.append(mention)
        return sorted([*kept, *extra], key=lambda m: m.span.start)

    def _borrowed(self, message: Message, amount: Amount, united: list[Mention]) -> Mention | None:
        earlier = [m for m in united if m.span.end <= amount.start]
        later = [m for m in united if m.span.start >= amount.end]
        if earlier:
            source = earlier[-1]
            if message.clause_at(amount.start).sentence - source.clause.sentence > 1:
                return None
        elif later and re.match(r"[\s,]*not\b", message.lower[amount.end : later[0].span.start]):
            source = later[0]
        else:
            return None
        unit = source.unit or 1.0
        span = Span(amount.start, amount.end)
        mention = self._mention(message, amount.low * unit, amount.high * unit, span, unit)
        if mention.clause.retracted or (mention.clause.hypothetical and not mention.clause.conditional):
            return None
        if mention.clause.past or mention.clause.others or mention.clause.question:
            return None
        return replace(mention, cued=True)


def _resolve(mentions: list[Mention]) -> Mention | None:
    """The one that holds: what is denied falls away, a planned or later one replaces an earlier one,
    and "maybe 10" after "8 weeks" stretches it."""
    chosen: Mention | None = None
    for mention in mentions:
        if mention.negated:
            continue
        if chosen is None or (mention.planned and not mention.extends):
            chosen = mention
        elif mention.extends and mention.high >= chosen.high and not chosen.planned:
            chosen = replace(
                chosen,
                high=mention.high,
                span=Span(chosen.span.start, mention.span.end),
                sure=False,
            )
        elif mention.cued or not chosen.cued:
            chosen = mention
    return chosen


def _sprints(lower: str, mentions: list[Mention]) -> list[Mention]:
    """ "Two sprints of three weeks" and "2 three-week sprints" are one mention."""
    joined: list[Mention] = []
    for mention in mentions:
        last = joined[-1] if joined else None
        if last is not None and last.unit == 14 and "sprint" in lower[last.span.start : last.span.end]:
            between = lower[last.span.end : mention.span.start]
            if _SPRINT_LENGTH.fullmatch(between) and mention.unit == 7:
                count = last.low / 14, last.high / 14
                span = Span(last.span.start, mention.span.end)
                joined[-1] = replace(
                    last, low=count[0] * mention.low, high=count[1] * mention.high, span=span
                )
                continue
        joined.append(mention)
    return joined


def _own_plan(lower: str, clause: Clause, span: Span) -> bool:
    """A question that states its circumstances: "who can build us this in six weeks?"."""
    words = lower[clause.start : clause.end]
    before = lower[clause.start : span.start]
    if re.search(r"\bhow (?:long|fast|soon|quickly|much time)\b|\bwhen\b", words):
        return False
    mine = re.search(r"\b(?:we|our|us|i|my)\b", words) is not None
    return (
        mine
        and re.search(r"\b(?:in|within|by|for|before|until|inside)\s+(?:the\s+)?(?:next\s+)?$", before)
        is not None
    )


def _past_or_long(lower: str, clause: Clause, span: Span) -> bool:
    """Whether "in summer" dates something that happened, or stands in a clause about something else."""
    around = f"{lower[clause.start : span.start]} {lower[span.end : clause.end]}"
    return _HAPPENED.search(around) is not None or len(around.split()) > 6


def _reaches_end(spans: list[Span], text: str, slack: int = 0) -> bool:
    """Whether a cue stands right before the end of the text, white space and "the" aside."""
    return any(
        re.fullmatch(r"[\s'\"-]*(?:the |about |around |roughly )?", text[span.end :]) is not None
        or len(text) - span.end <= slack
        for span in spans
    )


def _inside(place: int, spans: list[Span]) -> bool:
    return any(span.start <= place < span.end for span in spans)
