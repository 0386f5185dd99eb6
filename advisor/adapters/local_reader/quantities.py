"""Counts: how much there is to process, how many people the firm has, who is on the team.

"1,500 calls a minute" and "40 underwriters" are volume, "90 heads" is the firm's size, "two backend
developers" its team. None of them is money or time.
"""

import re
from dataclasses import dataclass

from advisor.adapters.local_reader.clauses import Clause, Clauses, Message
from advisor.adapters.local_reader.cues import Span
from advisor.adapters.local_reader.numbers import Amount, Numbers
from advisor.adapters.local_reader.playbook import ReadingPlaybook
from advisor.adapters.local_reader.teams import Teams

_FAST = re.compile(r"second|sec\b|minute|hour|day|daily|hourly|rps|qps")
_VAGUE = (
    r"\b(?:dozens|hundreds|thousands|millions|tens of thousands|hundreds of thousands|a handful|"
    r"a few (?:dozen|hundred|"
    r"thousand)|several (?:dozen|hundred|thousand)|a couple (?:hundred|thousand))(?: of)?"
)
_HOURS = re.compile(
    r"[\s-]?(?:(?:hours?|hrs?)(?! of (?:audio|video|footage|recordings?|tape|speech|calls?)\b)|mins?|"
    r"minutes?(?! of\b)|seconds?|percent|%|cents?|times|x\b)(?!\w)"
)
_PAID = re.compile(
    r"\b(?:pay|pays|paid|paying|cost|costs|charges?|salary|salaries|fees?|bill|earns?|saves?|saving|"
    r"spend|spends|budget|rent|"
    r"worth|lose|losing|revenue|freelancers?|contractors?|asks for|tax|bonus)\b|[$£€₹]"
)
_REACHED = re.compile(
    r"\b(?:we are|we're|it's|it is|now|are|is) (?:now |already |currently |closer to )?(?:at|up to|"
    r"down to|around|about)?\s*$"
)
_USING = re.compile(
    r"\b(?:uses?|using|used by|rely|relies|log in|open it|ask it|ask the|served?|serves|serving|"
    r"work with|daily|every day|for (?:all |our |the )?\d)"
)
_SIZED = re.compile(
    r"\b(?:headcount|head count|payroll|workforce|staff|company size|firm size|team size|employees|"
    r"size|(?:crew|firm|company|business|shop|practice|outfit|organi[sz]ation|workshop) of)\s*"
    r"(?:is|of|:|=|at|-|stands at|about|around|just (?:under|over)|under|over|roughly|~|ca\.?|"
    r"approx\.?|\s)*\s*$"
)
_PAYROLL = re.compile(r"(?:\s+\w+)?\s+(?:on|in) (?:the|our) (?:payroll|books)\b|\s+strong\b")
_OURSELVES = re.compile(
    r"\b(?:we are|we're|we|us|team|firm|company|shop|start-?up|agency|of|i'm|just|with)\s+(?:[\w-]+\s+){0,2}$"
)
FEWEST_HEADS = 5
"""Fewer people than this are hardly a firm, unless it says that they are."""
SMB_BELOW = 250
"""Heads from which on a firm counts as mid-market, when no funding stage is named."""
ENTERPRISE_FROM = 1000
"""Heads from which on it counts as an enterprise."""


@dataclass(frozen=True)
class Counts:
    """Where volume and team are said, and the firm's heads."""

    volume: Span | None = None
    team: Span | None = None
    heads: float | None = None
    heads_span: Span | None = None
    taken: tuple[Span, ...] = ()


class Quantities:
    """Finds counts of things and people."""

    def __init__(self, data: ReadingPlaybook, clauses: Clauses, numbers: Numbers) -> None:
        texts = data.texts
        self._clauses, self._numbers = clauses, numbers
        nouns = data.cue_set(texts.volume_nouns).cues[0].pattern.pattern
        rates = "|".join(
            cue.pattern.pattern.removeprefix(r"(?<![\w])") for cue in data.cue_set(texts.rate_words).cues
        )
        heads = data.cue_set(texts.headcount_nouns).cues[0].pattern.pattern
        people = data.cue_set(texts.volume_people).cues[0].pattern.pattern
        words = r"(?:[\s-]+(?!and\b|or\b|for\b|to\b|per\b|a\b|in\b)[\w'/-]+){0,2}?[\s-]+"
        self._noun = re.compile(rf"{words}(?:{nouns}|(?P<people>{people}))")
        self._rate = re.compile(rf"(?:\s+[\w'-]+){{0,3}}?\s*(?:(?<![a-z])|(?=/))(?:{rates})")
        self._rate_next = re.compile(rf"(?:\s+or so)?\s*(?:{rates})")
        self._vague = re.compile(
            rf"{_VAGUE}(?:{words}(?:{nouns}|{people})(?:(?:\s+[\w'-]+){{0,2}}?\s*(?:{rates}))?|"
            rf"\s+(?:{rates}))"
        )
        self._heads = re.compile(
            rf"(?:[\s-]+{heads}|-person\b|-people\b| of us\b|\s+[a-z]+ and (?:other )?(?:staff|employees)\b)"
        )
        self._teams = Teams(data, numbers)
        self._not_volume = data.cue_set(texts.not_volume)
        self._not_heads = data.cue_set(texts.not_headcount)
        self._units = re.compile(
            r"[\s-]?(?:"
            + "|".join(sorted(map(re.escape, data.measures.units), key=len, reverse=True))
            + r")\b"
        )

    def read(self, message: Message, asked: str | None = None) -> Counts:
        """The counts of the message. `asked`: the fact that the open question asks for."""
        lower = message.lower
        volumes: list[Span] = []
        team = self._teams.read(message)
        taken: list[Span] = [team] if team else []
        heads: float | None = None
        heads_span: Span | None = None
        for amount in self._numbers.read(lower):
            clause = message.clause_at(amount.start)
            if self._is_price(lower, amount):
                continue
            if _HOURS.match(lower, amount.end):
                continue
            if team is not None and team.start <= amount.start < team.end:
                continue
            if (span := self._heads_at(message, clause, amount)) is not None:
                heads, heads_span = amount.high, span
                taken.append(span)
            elif (span := self._volume_at(message, clause, amount, asked)) is not None:
                volumes.append(span)
                taken.append(span)
        for match in self._vague.finditer(lower):
            clause = message.clause_at(match.start())
            if (
                clause.stated
                and not volumes
                and not self._not_volume.occurs(lower, clause.start, match.start())
            ):
                volumes.append(Span(match.start(), match.end()))
        return Counts(_together(message, volumes), team, heads, heads_span, tuple(taken))

    def _is_price(self, lower: str, amount: Amount) -> bool:
        return (
            re.search(r"[$£€₹]\s?-?$", lower[max(0, amount.start - 3) : amount.start]) is not None
            or re.match(
                r"\s?(?:[$£€₹]|dollars|euros?|pounds|bucks|quid|usd|eur|gbp)(?!\w)", lower[amount.end :]
            )
            is not None
        )

    def _volume_at(self, message: Message, clause: Clause, amount: Amount, asked: str | None) -> Span | None:
        lower = message.lower
        usable = clause.stated or (
            clause.question and re.search(r"\b(?:we|our)\b", lower[clause.start : clause.end])
        )
        if not usable or clause.retracted or self._units.match(lower, amount.end):
            return None
        if self._not_volume.occurs(lower, clause.start, amount.start):
            return None
        noun = self._noun.match(lower, amount.end)
        begin = noun.end() if noun else amount.end
        rate = self._rate.match(lower, begin)
        if noun is None and not self._bare(message, clause, amount, rate, asked):
            return None
        if amount.high <= 1 or (noun is not None and rate is None and amount.high < 5):
            return None
        if (
            noun is not None
            and noun["people"]
            and rate is None
            and not self._use_it(lower, clause, begin, asked)
        ):
            return None
        end = rate.end() if rate else begin
        return Span(amount.start, end) if end <= message.sentence(clause).end else None

    def _bare(
        self, message: Message, clause: Clause, amount: Amount, rate: re.Match[str] | None, asked: str | None
    ) -> bool:
        """Whether a number without a known unit counts what is handled: "400/day", "we are at 6,000 now"."""
        lower = message.lower
        if asked == "volume":
            return True
        before = lower[clause.start : amount.start]
        if rate is None:
            earlier = self._rate.search(lower, 0, clause.start) is not None
            return earlier and _REACHED.search(before) is not None
        if _PAID.search(lower[clause.start : clause.end]):
            return False
        if _counted(lower, amount, rate) and not (amount.scaled and not _FAST.search(rate[0])):
            return True
        direct = self._rate_next.match(lower, amount.end)
        # "300k a year" is a salary, "14k a month" a bill.
        return direct is not None and (
            _FAST.search(direct[0]) is not None
            or (not amount.scaled and re.search(r"week|wk|night|shift", direct[0]) is not None)
        )

    def _use_it(self, lower: str, clause: Clause, end: int, asked: str | None) -> bool:
        """People are volume when they use the system: "40 nurses would use it"."""
        around = lower[clause.start : clause.end]
        return asked == "volume" or (
            re.match(r"[,\s]", lower[end : end + 1] + " ") is not None and (_USING.search(around) is not None)
        )

    def _heads_at(self, message: Message, clause: Clause, amount: Amount) -> Span | None:
        lower = message.lower
        match = self._heads.match(lower, amount.end)
        stated = clause.stated and amount.high >= 2
        before = lower[max(message.sentence(clause).start, amount.start - 40) : amount.start]
        if stated and match is None:
            sized = _SIZED.search(before) is not None or _PAYROLL.match(lower, amount.end) is not None
            return (
                Span(amount.start, amount.end) if sized and not self._units.match(lower, amount.end) else None
            )
        if match is None or not stated or self._clauses.negated(message, Span(amount.start, match.end())):
            return None
        if amount.high < FEWEST_HEADS and not _OURSELVES.search(before):
            return None
        if self._not_heads.occurs(lower, clause.start, amount.start):
            return None
        after = lower[match.end() : clause.end]
        if self._not_heads.occurs(after[:30]) or re.match(
            r"\s+(?:use|uses|using|used|will|would|who|call|buy|ask|from (?:it|ops|sales|hr|finance|"
            r"support|the))\b",
            after,
        ):
            return None
        return Span(amount.start, match.end())


def stage_of(heads: float) -> str:
    """The company stage that a head count stands for when no funding stage is named."""
    if heads >= ENTERPRISE_FROM:
        return "enterprise"
    return "mid_market" if heads >= SMB_BELOW else "smb"


def _counted(lower: str, amount: Amount, rate: re.Match[str]) -> bool:
    """ "300 claims every week": any plural noun before the rate."""
    return re.match(r"\s+(?:[\w-]+\s+){0,2}?[a-z]{3,}s\b", lower[amount.end : rate.end()]) is not None


def _together(message: Message, spans: list[Span]) -> Span | None:
    """The spans of the first sentence that has any, as one stretch of the user's words."""
    if not spans:
        return None
    first = message.clause_at(spans[0].start).sentence
    same = [span for span in spans if message.clause_at(span.start).sentence == first]
    near = [same[0]]
    for span in same[1:]:
        if span.start - near[-1].end <= 20:
            near.append(span)
    return Span(near[0].start, max(span.end for span in near))
