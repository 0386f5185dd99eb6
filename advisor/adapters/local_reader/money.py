"""What may be spent: amounts of money become the budget.

Somebody else's quote, market figures, hourly rates, revenue, fines and past spending are recognised
and left. No rate of exchange is applied: the amount stays in the currency named (US dollars when none is).
"""

import re
from dataclasses import dataclass

from advisor.adapters.local_reader.clauses import Clause, Clauses, Message
from advisor.adapters.local_reader.cues import Span
from advisor.adapters.local_reader.numbers import Amount, Numbers
from advisor.adapters.local_reader.playbook import ReadingPlaybook
from advisor.domain.facts import MAX_MONEY

_RELATIVE = re.compile(
    r"\b(?:(?P<half>half)|(?:a|one) (?P<part>third|quarter|fifth|tenth|hundredth)|(?P<twice>twice|double)|"
    r"(?P<two>two thirds)|(?P<three>three quarters))(?: of)?\s+(?:(?P<quoted>what (?:they|he|she|it|"
    r"the [\w-]+(?: ones)?|"
    r"that \w+|our \w+ \w+|\w+) (?:asks?|asked|quotes?|quoted|wants?|wanted|takes?|took|charges?|"
    r"charged|costs?|said|bid|paid|"
    r"proposed|demanded|offered))|(?P<ahead>(?:the|their|those|that|his|her)\s+(?:[$£€]\s?)?(?=\d))|"
    r"(?:that|it|this|the (?:amount|sum|money|quote|offer|price))\b)"
)
_PARTS = {"third": 1 / 3, "quarter": 0.25, "fifth": 0.2, "tenth": 0.1, "hundredth": 0.01}
_RATED = re.compile(
    r"\s*(?:(?:an?|per|each|every|/)\s*(?:day|week|month|quarter|year)|daily|weekly|monthly|yearly|"
    r"gone|lost)\b"
)
_NEAR_AMOUNT = 16
_CORRECTS = re.compile(
    r"\b(?:no,? wait|sorry|correction|scratch that|make (?:that|it)|i mean|i meant|or rather|rather|"
    r"actually)\W*(?:about |only )?"
    r"[$£€]?\s?$"
)
_WE_HAVE = re.compile(
    r"\W*(?:\w+\s+)?what (?:we|i) (?:actually |really |do )?(?:have|can|could|got|may|would)\b"
)
_BESIDE_BUDGET = re.compile(r"\bbudget(?:ed)?\W{0,3}(?:(?:of|is|at|about|around|for \w+)\W+){0,2}[$£€]?$")
_NEGATIVE = re.compile(r"(?:^|[\s(:])(?:-[$£€₹]?|[$£€₹]-|(?:minus|negative)\s[$£€₹]?)$")


@dataclass(frozen=True)
class BudgetReading:
    """The budget as canonical_value takes it, and the words that say it."""

    low: float
    high: float
    currency: str
    span: Span
    sure: bool


@dataclass(frozen=True)
class Sum:
    """An amount of money where it stands, and how it is said."""

    low: float
    high: float
    currency: str | None
    span: Span
    clause: Clause
    scaled: bool
    negative: bool
    negated: bool
    cued: bool


class Money:
    """Finds the budget."""

    def __init__(self, data: ReadingPlaybook, clauses: Clauses, numbers: Numbers) -> None:
        measures = data.measures
        self._clauses, self._numbers = clauses, numbers
        self._symbols = {s: code for code, c in measures.currencies.items() for s in c.symbols}
        self._words = {w: code for code, c in measures.currencies.items() for w in c.words}
        symbols = "|".join(
            (r"(?<![a-z])" if s[0].isalpha() else "") + re.escape(s)
            for s in sorted(self._symbols, key=len, reverse=True)
        )
        words = "|".join(sorted(map(re.escape, self._words), key=len, reverse=True))
        self._before = re.compile(rf"(?P<sign>(?:{symbols})|\b(?:{words})(?=\s))\s?-?$")
        self._after = re.compile(rf"\s?(?:of\s)?(?P<sign>{symbols})(?!\w)|\s?(?P<word>{words})\b")
        self._budget = data.cue_set(measures.budget_cues)
        self._explicit = data.cue_set(measures.budget_cues[:1])
        self._rates = data.cue_set(measures.rates_after)
        self._monthly = data.cue_set(measures.monthly_after)
        self._not = data.cue_set(measures.not_budget)
        self._may_follow = data.cue_set(measures.after_amount)
        self._units = re.compile(
            r"[\s-]?(?:" + "|".join(sorted(map(re.escape, measures.units), key=len, reverse=True)) + r")\b"
        )

    def read(
        self, message: Message, asked: bool = False, supposing: bool = False, taken: tuple[Span, ...] = ()
    ) -> tuple[BudgetReading | None, list[str]]:
        """The budget or None, and what must be asked first. `taken`: places read as something else."""
        queries: list[str] = []
        sums: list[Sum] = []
        seen: list[Sum] = []
        for amount in self._numbers.read(message.lower):
            if any(span.start <= amount.start < span.end for span in taken):
                continue
            found = self._sum(message, amount, asked)
            if found is None:
                continue
            if found.negative:
                queries.append(f"“{message.said(found.span)}” can't be a budget; what may be spent?")
                continue
            seen.append(found)
            if self._counts(message, found, asked, supposing):
                sums.append(found)
        sums += self._relative(message, seen)
        if asked and not sums and not seen and (query := _small(message)):
            queries.append(query)
        chosen = _resolve(sums)
        if chosen is None or chosen.high > MAX_MONEY:
            return None, queries
        currency = chosen.currency or "USD"
        return BudgetReading(
            chosen.low, chosen.high, currency, chosen.span, not chosen.clause.hedged
        ), queries

    def at(self, message: Message, amount: Amount) -> "Sum | None":
        """The amount as money, whatever it is for; "20k" is money where it is said to cost."""
        rated = _RATED.match(message.lower, amount.end) is not None and amount.high >= 1000
        return self._sum(message, amount, asked=True, certain=rated)

    def _sum(self, message: Message, amount: Amount, asked: bool, certain: bool = False) -> Sum | None:
        lower = message.lower
        clause = message.clause_at(amount.start)
        lead = self._before.search(lower[max(0, amount.start - 24) : amount.start])
        trail = self._after.match(lower, amount.end)
        sign = lead["sign"] if lead else ""
        code = self._symbols.get(sign) or self._words.get(sign)
        start, end = amount.start - (len(lead[0]) if lead else 0), amount.end
        if trail is not None:
            code = code or self._symbols.get(trail["sign"] or "") or self._words.get(trail["word"] or "")
            end = trail.end()
        span = Span(start, end)
        # "£9k left" is what remains; "left" denies elsewhere.
        remains = re.match(r"\s*left\b", lower[end : clause.end]) is not None
        corrects = _CORRECTS.search(lower, max(0, start - 24), start) is not None
        cued = corrects or self._budget.occurs(lower, clause.start, clause.end)
        explicit = self._explicit.occurs(lower, clause.start, clause.end)
        if code is None and not certain and not self._is_money(lower, amount, clause, cued, explicit, asked):
            return None
        if code is None and re.search(r"\b(?:lakhs?|lacs?|crores?|cr)\b", lower[amount.start : end]):
            code = "INR"
        near = max(0, amount.start - 12)
        minus = _NEGATIVE.search(lower, near, amount.start)
        negative = minus is not None and (code is not None or explicit or asked)
        if minus is not None and negative:
            span = Span(min(span.start, minus.start() + len(minus[0]) - len(minus[0].lstrip(" (:"))), end)
        return Sum(
            amount.low,
            amount.high,
            code,
            span,
            clause,
            amount.scaled,
            negative,
            self._clauses.negated(message, span) != remains and not corrects,
            cued,
        )

    def _is_money(
        self, lower: str, amount: Amount, clause: Clause, cued: bool, explicit: bool, asked: bool
    ) -> bool:
        """Whether an amount without a currency is money: by its multiplier or by the words around it."""
        after = lower[amount.end : amount.end + 30]
        if self._units.match(lower, amount.end):
            return False
        ends = re.match(r"\s*(?:$|[,.;:!?)\"]|[-–—]+\s)", after) is not None
        follows = ends or self._follows(after)
        big = amount.high >= 1000
        if amount.scaled:
            return follows and big
        if explicit and big and re.match(r"20\d\d$", lower[amount.start : amount.end]) is None:
            return follows
        if asked:
            return follows and big
        return False

    def _follows(self, after: str) -> bool:
        trimmed = after.lstrip()
        first = self._may_follow.first(trimmed)
        return first is not None and first.start == 0

    def _counts(self, message: Message, found: Sum, asked: bool, supposing: bool) -> bool:
        clause, lower = found.clause, message.lower
        if clause.retracted or clause.past or clause.others:
            return False
        if clause.hypothetical and not supposing:
            return False
        words = lower[clause.start : clause.end]
        if (
            clause.question
            and not supposing
            and not self._question_states(lower, found)
            and not _WE_HAVE.match(words)
        ):
            return False
        after = lower[found.span.end : clause.end].lstrip()
        for cues in (self._rates, self._monthly):
            first = cues.first(after[:24])
            if first is not None and first.start == 0:
                return False
        beside = re.match(r"(?:\w+\s)?budget\b", after) or _BESIDE_BUDGET.search(
            lower[clause.start : found.span.start]
        )
        return (
            beside is not None
            or not self._not.occurs(lower, clause.start, clause.end)
            or (asked and found.cued)
        )

    def _question_states(self, lower: str, found: Sum) -> bool:
        before = lower[found.clause.start : found.span.start]
        mine = re.search(r"\b(?:we|our|us|i|my)\b", lower[found.clause.start : found.clause.end]) is not None
        return (
            mine
            and re.search(
                r"\b(?:for|with|under|on a budget of|have|within|spend)\s+(?:only |about |around )?$", before
            )
            is not None
        )

    def _relative(self, message: Message, seen: list[Sum]) -> list[Sum]:
        """ "We have a tenth of that": a part of an amount that somebody else named."""
        found: list[Sum] = []
        for match in _RELATIVE.finditer(message.lower):
            clause = message.clause_at(match.start())
            near = [money for money in seen if money.span.end <= match.start()][-1:]
            if match["ahead"]:
                near = [money for money in seen if 0 <= money.span.end - match.end() <= _NEAR_AMOUNT]
            near = (
                near or ([money for money in seen if match["quoted"] and money.span.start >= match.end()][:1])
            )
            theirs = match["quoted"] or match["ahead"]
            if not near or clause.question or clause.hypothetical or not (clause.stated or theirs):
                continue
            factor = 0.5 if match["half"] else 2.0 if match["twice"] else 2 / 3 if match["two"] else 0.75
            factor = _PARTS.get(match["part"] or "", factor)
            whole = near[0]
            found.append(
                Sum(
                    round(whole.low * factor, 2), round(whole.high * factor, 2), whole.currency,
                    Span(match.start(), match.end()), clause, True, False,
                    self._clauses.negated(message, Span(match.start(), match.end())), True,
                )
            )  # fmt: skip
        return found


def _resolve(sums: list[Sum]) -> Sum | None:
    """What is denied falls away; an amount beside a budget word beats one without; then the later."""
    chosen: Sum | None = None
    for money in sums:
        if money.negated:
            continue
        if chosen is None or money.cued or not chosen.cued:
            chosen = money
    return chosen


def _small(message: Message) -> str | None:
    """Asked for a budget, "60" may be sixty or sixty thousand: ask."""
    match = re.search(r"(?<![\w.,])(\d{1,3})(?![\w,]|\.\d)", message.lower)
    if match is None:
        return None
    return f"Is the budget {match[1]},000 or {match[1]}, and in which currency?"
