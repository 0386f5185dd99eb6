"""What a month without the work costs the firm: "we lose £4k a week", "every month of delay costs us 20k".

A day, a week, a quarter and a year become a month by the days they count (measures.units). What a tool,
a person or a single mistake costs is no cost of delay.
"""

import re
from dataclasses import dataclass

from advisor.adapters.local_reader.clauses import Clause, Message
from advisor.adapters.local_reader.cues import Span
from advisor.adapters.local_reader.money import Money
from advisor.adapters.local_reader.numbers import Amount, Numbers
from advisor.adapters.local_reader.playbook import ReadingPlaybook

_MONTH = 30.0
_ADVERBS = {
    "daily": "day",
    "weekly": "week",
    "monthly": "month",
    "quarterly": "quarter",
    "yearly": "year",
    "annually": "year",
}
_AROUND = 90
"""Characters around an amount in which its rate and the words of loss stand."""


@dataclass(frozen=True)
class DelayReading:
    """An amount a month, and the words that say it."""

    low: float
    high: float
    currency: str
    span: Span
    sure: bool


class Delays:
    """Finds the cost of delay."""

    def __init__(self, data: ReadingPlaybook, numbers: Numbers, money: Money) -> None:
        measures, cues = data.measures, data.cue_set
        self._numbers, self._money, self._units = numbers, money, measures.units
        self._loss, self._delay, self._not = (
            cues(measures.loss),
            cues(measures.delay),
            cues(measures.not_delay),
        )
        units = "|".join(sorted((re.escape(u) for u in self._units if len(u) > 1), key=len, reverse=True))
        self._rate_after = re.compile(
            rf"\s*(?:[\w$£€]+\s+){{0,2}}?(?:(?:an?|per|each|every|/)\s*(?P<unit>{units})|"
            rf"(?P<adverb>{'|'.join(_ADVERBS)}))\b"
        )
        self._rate_before = re.compile(
            rf"\b(?:an?|per|each|every|(?:one|another) (?:more )?|the)\s*(?:extra |further |lost |"
            rf"more )?(?P<unit>{units})\b"
        )

    def read(self, message: Message, asked: bool = False, supposing: bool = False) -> DelayReading | None:
        """The cost of a month without the work, or None. `asked`: the open question asks for it."""
        for amount in self._numbers.read(message.lower):
            clause = message.clause_at(amount.start)
            if clause.retracted or clause.others or (clause.hypothetical and not supposing):
                continue
            if clause.question and not supposing:
                continue
            sum_ = self._money.at(message, amount)
            if sum_ is None:
                continue
            days = self._days(message, clause, amount, asked)
            if days is not None:
                factor = _MONTH / days
                low, high = round(sum_.low * factor, 2), round(sum_.high * factor, 2)
                return DelayReading(low, high, sum_.currency or "USD", sum_.span, not clause.hedged)
        return None

    def _days(self, message: Message, clause: Clause, amount: Amount, asked: bool) -> float | None:
        """How many days the amount is for, where the words say that it is lost; None otherwise."""
        lower, sentence = message.lower, message.sentence(clause)
        begin, end = max(sentence.start, amount.start - _AROUND), min(sentence.end, amount.end + _AROUND)
        if self._not.occurs(lower, clause.start, clause.end):
            return None
        loss = self._loss.occurs(lower, clause.start, clause.end)
        delay = self._delay.occurs(lower, begin, end)
        after = self._rate_after.match(lower, amount.end)
        if after is not None and (loss or delay or asked):
            return self._units[after["unit"] or _ADVERBS[after["adverb"]]]
        before = list(self._rate_before.finditer(lower, begin, amount.start))
        if before and (delay or (loss and asked)):
            return self._units[before[-1]["unit"]]
        return _MONTH if asked else None
