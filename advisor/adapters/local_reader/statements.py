"""All facts that a message states, whoever asked: each reader's finding becomes a SetFact."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from advisor.adapters.local_reader.categories import Categories, CategoryReading
from advisor.adapters.local_reader.classifier import Heard
from advisor.adapters.local_reader.clauses import Clauses, Message
from advisor.adapters.local_reader.cues import Span
from advisor.adapters.local_reader.dates import Dates
from advisor.adapters.local_reader.delays import Delays
from advisor.adapters.local_reader.durations import Durations
from advisor.adapters.local_reader.money import Money
from advisor.adapters.local_reader.numbers import Numbers
from advisor.adapters.local_reader.playbook import ReadingPlaybook
from advisor.adapters.local_reader.quantities import Quantities, stage_of
from advisor.adapters.local_reader.words import Wordings
from advisor.domain.commands import SetFact
from advisor.domain.facts import canonical_value
from advisor.domain.vocabulary import ENUMERATED, TEXT_FACTS, FactKey

SURE = 0.95
"""The chance from which a value that no cue names is taken as surely said."""

UNLIKELY, UNLIKELY_ASIDE = 0.005, 0.3
"""Chances below which a cue's reading is not believed: in a free statement, and beside an answer."""
LIKELY = 0.6
"""The chance below which a cue's reading is kept as a guess, to be confirmed if it decides."""
MEASURED: tuple[FactKey, ...] = ("timeline_days", "budget_usd", "delay_cost_usd", "volume")
SHORT_MEASURE = 12
"""Words up to which a stretch with a date, a sum or a count states only that."""
SURE_ASIDE = 0.85
"""The chance from which the classifier alone reads a fact beside an answer."""

_STARTUP = re.compile(r"\bstart-?ups?\b")


def _doubtful(message: Message, span: Span, today: dt.date) -> bool:
    """A length or a date better asked about than guessed: a minus sign, a range turned round, a past year."""
    before, after = message.lower[: span.start], message.lower[span.end :]
    if re.search(r"(?:^|\s)-\s?$", before) or message.lower[span.start] == "-":
        return True
    larger = re.search(r"\b(\d+)\s*(?:to|-)\s*$", before)
    smaller = re.match(r"\d+", message.lower[span.start :])
    if larger and smaller and int(larger[1]) > int(smaller[0]):
        return True
    year = re.match(r",?\s*((?:19|20)\d\d)\b", after)
    return year is not None and int(year[1]) < today.year


@dataclass
class Statements:
    """What one message states, by fact, with the place of each; questions and notices beside it."""

    facts: dict[FactKey, SetFact] = field(default_factory=dict[FactKey, SetFact])
    places: dict[FactKey, Span] = field(default_factory=dict[FactKey, Span])
    queries: list[str] = field(default_factory=list[str])
    notices: list[str] = field(default_factory=list[str])

    def add(
        self,
        message: Message,
        key: FactKey,
        value: object,
        span: Span,
        sure: bool = True,
        guessed: bool = False,
    ) -> None:
        """Set a fact from the words at `span`; what is kept as said is the clause around them."""
        if key not in TEXT_FACTS:
            span = message.around(span)
        self.facts[key] = SetFact(
            key=key,
            value=canonical_value(key, value),
            said=message.said(span),
            sure="guessed" if guessed else "sure" if sure else "hedged",
        )
        self.places[key] = span


class FactReader:
    """Reads every fact of a message."""

    def __init__(self, data: ReadingPlaybook) -> None:
        self._clauses = Clauses(data)
        numbers = Numbers(data.measures.scales)
        dates = Dates(data.measures.seasons, data.measures.feasts, data.measures.moving_feasts)
        self.durations = Durations(data, self._clauses, numbers, dates)
        self.money = Money(data, self._clauses, numbers)
        self.delays = Delays(data, numbers, self.money)
        self.quantities = Quantities(data, self._clauses, numbers)
        self.wordings = Wordings(data, self._clauses)
        self.categories = Categories(data, self._clauses)

    @property
    def clauses(self) -> Clauses:
        """The cutter that all of them share."""
        return self._clauses

    def read(
        self, message: Message, today: dt.date, asked: FactKey | None = None, supposing: bool = False
    ) -> Statements:
        """The facts stated. `asked`: the fact of the open question; `supposing`: a what-if counts."""
        found = Statements()
        self._measures(message, today, asked, supposing, found)
        self._texts(message, asked, supposing, found)
        for reading in self.categories.read(message, supposing):
            found.add(message, reading.key, reading.value, reading.span, reading.sure)
            if reading.key == "work_type" and reading.others:
                found.notices.append(_alternatives(reading))
        self._regulated(message, asked, supposing, found)
        return found

    def _measures(
        self, message: Message, today: dt.date, asked: FactKey | None, supposing: bool, found: Statements
    ) -> None:
        timeline, queries, times = self.durations.read(
            message, today, asked=asked == "timeline_days", supposing=supposing
        )
        found.queries += queries
        if timeline is not None and _doubtful(message, timeline.span, today):
            found.queries.append(
                f"I am not sure how to read “{message.said(timeline.span)}”: by when must it work?"
            )
        elif timeline is not None:
            value = {"min": timeline.low, "max": timeline.high}
            found.add(message, "timeline_days", value, timeline.span, timeline.sure)
        counts = self.quantities.read(message, asked)
        if counts.volume is not None:
            found.add(message, "volume", message.said(counts.volume), counts.volume)
        if counts.team is not None:
            found.add(message, "existing_team", message.said(counts.team), counts.team)
        startup = _STARTUP.search(message.lower) is not None  # Few heads don't make it a small business.
        if counts.heads is not None and counts.heads_span is not None and not startup:
            found.add(message, "company_stage", stage_of(counts.heads), counts.heads_span)
        taken = [*times, *counts.taken]
        delay = self.delays.read(message, asked == "delay_cost_usd", supposing)
        if delay is not None:
            taken.append(delay.span)
            value = {
                "min": delay.low,
                "max": delay.high,
                "currency": delay.currency,
                "original": message.said(message.around(delay.span)),
            }
            found.add(message, "delay_cost_usd", value, delay.span, delay.sure)
        budget, queries = self.money.read(message, asked == "budget_usd", supposing, tuple(taken))
        found.queries += queries
        if budget is not None:
            value = {
                "min": budget.low,
                "max": budget.high,
                "currency": budget.currency,
                "original": message.said(budget.span),
            }
            found.add(message, "budget_usd", value, budget.span, budget.sure)

    def _texts(self, message: Message, asked: FactKey | None, supposing: bool, found: Statements) -> None:
        region = self.wordings.region(message, asked == "region_preference")
        if region is not None:
            found.add(message, "region_preference", message.said(region), region)
        workflow = self.wordings.workflow(message)
        if workflow is not None and not supposing:
            found.add(message, "workflow", message.said(workflow), workflow)

    def _regulated(self, message: Message, asked: FactKey | None, supposing: bool, found: Statements) -> None:
        """A named regime that applies decides; one that doesn't is a no unless something else applies."""
        regimes = self.wordings.regimes(message, asked == "regulated", supposing)
        if regimes is None:
            return
        stated = found.facts.get("regulated")
        if regimes.apply:
            value = {"value": "yes", "regimes": list(regimes.apply)}
        elif stated is None:
            value = {"value": "no", "regimes": []}
        else:
            return
        found.add(message, "regulated", value, regimes.span)


def doubt(found: Statements, heard: Heard, asked: FactKey | None) -> None:
    """Takes back what a cue read in passing and the classifier finds most unlikely, or marks it a guess.

    An answer to one question seldom states another fact, so that more is asked of an aside.
    """
    if not heard.chances:
        return
    needed = UNLIKELY if asked is None else UNLIKELY_ASIDE
    aside: list[FactKey] = [key for key in ENUMERATED if key in found.facts and key != asked]
    for key in aside:
        value = found.facts[key].value
        plain = value.get("value") if isinstance(value, dict) else value
        if key == "company_stage" or (isinstance(value, dict) and value.get("regimes")):
            continue  # a count of heads or a named regime is no matter of wording
        chance = heard.chances[key].get(plain, 0.0) if isinstance(plain, str) else 1.0
        if chance < needed:
            del found.facts[key], found.places[key]
        elif chance < LIKELY:
            found.facts[key] = found.facts[key].model_copy(update={"sure": "guessed"})


def fill(message: Message, found: Statements, heard: Heard, asked: FactKey | None = None) -> None:
    """Sets the facts that the cues left open and the classifier is sure enough of."""
    for key, verdict in heard.stated.items():
        if asked is not None and key != asked and verdict.chance < SURE_ASIDE:
            continue
        if _measured(message, found, verdict.span):
            continue
        if key not in found.facts:
            found.add(message, key, verdict.value, verdict.span, guessed=verdict.chance < SURE)


def _measured(message: Message, found: Statements, span: Span) -> bool:
    """Whether a short stretch is spoken for: "it must be live in six weeks" says when, and nothing else."""
    places = [found.places[key] for key in MEASURED if key in found.places]
    return len(message.said(span).split()) <= SHORT_MEASURE and any(
        place.start < span.end and span.start < place.end for place in places
    )


def _alternatives(reading: CategoryReading) -> str:
    others = " or ".join(other.replace("_", " ") for other in reading.others)
    return f"I read the work as {reading.value.replace('_', ' ')}; {others} would fit your words too."


def in_order(statements: Statements) -> Sequence[tuple[Span, SetFact]]:
    """The facts in the order said."""
    pairs = [(statements.places[key], fact) for key, fact in statements.facts.items()]
    return sorted(pairs, key=lambda pair: pair[0].start)
