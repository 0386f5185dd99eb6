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

_FAST = re.compile(r"second|sec\b|minute|hour|day|daily|hourly|rps|qps")
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
        team = data.cue_set(texts.team_nouns).cues[0].pattern.pattern
        self._noun = re.compile(
            rf"(?:[\s-]+(?!and\b|or\b|for\b|to\b|per\b|a\b|in\b)[\w'/-]+){{0,2}}?[\s-]+{nouns}"
        )
        self._rate = re.compile(rf"(?:\s+[\w'-]+){{0,3}}?\s*(?:{rates})")
        self._heads = re.compile(rf"(?:[\s-]+{heads}|-person\b|-people\b| of us\b)")
        self._team = re.compile(rf"[\s-]+(?:[\w'/-]+\s+)?{team}")
        self._team_words = re.compile(team)
        self._team_of = re.compile(
            r"\b(?:data |engineering |dev |ml |it |product )?team of (?:about |around )?$"
        )
        self._none_of_team = re.compile(
            rf"\b(?:no|zero)\s+(?:[\w-]+\s+)?{team}(?:\s+(?:in[- ]house|on staff|on the team|yet|at all))?"
        )
        self._not_volume = data.cue_set(texts.not_volume)
        self._not_heads = data.cue_set(texts.not_headcount)
        self._team_cues = data.cue_set(texts.team_cues)
        self._not_team = data.cue_set(texts.not_team)
        self._units = re.compile(
            r"[\s-]?(?:"
            + "|".join(sorted(map(re.escape, data.measures.units), key=len, reverse=True))
            + r")\b"
        )

    def read(self, message: Message, asked: str | None = None) -> Counts:
        """The counts of the message. `asked`: the fact that the open question asks for."""
        lower = message.lower
        volumes: list[Span] = []
        teams: list[Span] = []
        taken: list[Span] = []
        heads: float | None = None
        heads_span: Span | None = None
        for amount in self._numbers.read(lower):
            clause = message.clause_at(amount.start)
            if self._is_price(lower, amount):
                continue
            if (team := self._team_at(message, clause, amount)) is not None:
                teams.append(team)
                taken.append(team)
            elif (span := self._heads_at(message, clause, amount)) is not None:
                heads, heads_span = amount.high, span
                taken.append(span)
            elif (span := self._volume_at(message, clause, amount, asked)) is not None:
                volumes.append(span)
                taken.append(span)
        for match in self._none_of_team.finditer(lower):
            clause = message.clause_at(match.start())
            if clause.stated and not self._not_team.occurs(lower, clause.start, match.start()):
                teams.append(Span(match.start(), match.end()))
        return Counts(_together(message, volumes), _together(message, teams), heads, heads_span, tuple(taken))

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
        if noun is None and (
            rate is None or (not amount.scaled and asked != "volume" and not _counted(lower, amount, rate))
        ):
            return None
        if amount.high <= 1 or (noun is not None and rate is None and amount.high < 5):
            return None
        if noun is None and asked != "volume" and amount.scaled and not _FAST.search(rate[0] if rate else ""):
            return None  # "300k a year" is a salary, "14k a month" a bill.
        end = rate.end() if rate else begin
        return Span(amount.start, end) if end <= message.sentence(clause).end else None

    def _heads_at(self, message: Message, clause: Clause, amount: Amount) -> Span | None:
        lower = message.lower
        match = self._heads.match(lower, amount.end)
        if match is None or not clause.stated or amount.high < 2:
            return None
        if self._not_heads.occurs(lower, clause.start, amount.start):
            return None
        after = lower[match.end() : clause.end]
        if self._not_heads.occurs(after[:30]) or re.match(
            r"\s+(?:use|uses|using|will|would|who|call|buy|ask)\b", after
        ):
            return None
        return Span(amount.start, match.end())

    def _team_at(self, message: Message, clause: Clause, amount: Amount) -> Span | None:
        lower = message.lower
        if not clause.stated:
            return None
        match = self._team.match(lower, amount.end)
        of_team = self._team_of.search(lower, max(0, amount.start - 40), amount.start)
        if match is None and of_team is None:
            return None
        sentence = message.sentence(clause)
        ours = self._team_cues.occurs(lower, clause.start, amount.start)
        if self._not_team.occurs(lower, clause.start if ours else sentence.start, amount.start):
            return None
        begin = of_team.start() if of_team else amount.start
        end = max(match.end() if match else amount.end, clause.end)
        return Span(begin, len(lower[: min(end, sentence.end)].rstrip(" .,;:!?")))


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
