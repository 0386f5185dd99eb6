"""All facts that a message states, whoever asked: each reader's finding becomes a SetFact."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from advisor.adapters.local_reader.categories import Categories, CategoryReading
from advisor.adapters.local_reader.clauses import Clauses, Message
from advisor.adapters.local_reader.cues import Span
from advisor.adapters.local_reader.dates import Dates
from advisor.adapters.local_reader.durations import Durations
from advisor.adapters.local_reader.money import Money
from advisor.adapters.local_reader.numbers import Numbers
from advisor.adapters.local_reader.playbook import ReadingPlaybook
from advisor.adapters.local_reader.quantities import Quantities, stage_of
from advisor.adapters.local_reader.words import Wordings
from advisor.domain.commands import SetFact
from advisor.domain.facts import canonical_value
from advisor.domain.vocabulary import TEXT_FACTS, FactKey

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

    def add(self, message: Message, key: FactKey, value: object, span: Span, sure: bool = True) -> None:
        """Set a fact from the words at `span`; what is kept as said is the clause around them."""
        if key not in TEXT_FACTS:
            span = message.around(span)
        self.facts[key] = SetFact(
            key=key,
            value=canonical_value(key, value),
            said=message.said(span),
            sure="sure" if sure else "hedged",
        )
        self.places[key] = span


class FactReader:
    """Reads every fact of a message."""

    def __init__(self, data: ReadingPlaybook) -> None:
        self._clauses = Clauses(data)
        numbers = Numbers(data.measures.scales)
        dates = Dates(data.measures.seasons, data.measures.feasts)
        self.durations = Durations(data, self._clauses, numbers, dates)
        self.money = Money(data, self._clauses, numbers)
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
        self._regulated(message, asked, found)
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
        budget, queries = self.money.read(message, asked == "budget_usd", supposing, (*times, *counts.taken))
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

    def _regulated(self, message: Message, asked: FactKey | None, found: Statements) -> None:
        """A named regime that applies decides; one that doesn't is a no unless something else applies."""
        regimes = self.wordings.regimes(message, asked == "regulated")
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


def _alternatives(reading: CategoryReading) -> str:
    others = " or ".join(other.replace("_", " ") for other in reading.others)
    return f"I read the work as {reading.value.replace('_', ' ')}; {others} would fit your words too."


def in_order(statements: Statements) -> Sequence[tuple[Span, SetFact]]:
    """The facts in the order said."""
    pairs = [(statements.places[key], fact) for key, fact in statements.facts.items()]
    return sorted(pairs, key=lambda pair: pair[0].start)
