"""The memo's sections on costs: routes side by side, the first move term by term, what moves the sum.

Writes from the estimates alone and decides nothing; every figure is that of a line.
"""

from collections.abc import Iterable, Sequence

from advisor.domain.costs import ClaimChecked, Costs, Estimate
from advisor.domain.decision import Line, Recommendation, Reference
from advisor.domain.memo import (
    CalculationEvidence,
    Claim,
    Evidence,
    FactEvidence,
    PassageEvidence,
    Section,
    Table,
)
from advisor.policy.costs.routes import NET_OF_GUIDE
from advisor.steps.phrasebook import Phrasebook
from advisor.steps.wording import amount, in_sentence, money, sentence

TERMS_PHRASES = {
    "salaried": "costs_terms_of_hire",
    "project": "costs_terms_of_project",
    "offshore_net": "costs_terms_of_offshore",
}
SHOWN_DIGITS = 3
HEADER = ("Route", "P10", "P50", "P90", "Rests on")


class CostSections:
    """Writes the sections from costs and the decision they go with."""

    def __init__(self, phrases: Phrasebook) -> None:
        self._phrases = phrases

    def write(self, costs: Costs, decision: Recommendation) -> tuple[Section, ...]:
        """The sections that have something to say, in the order of the memo."""
        first = costs.estimate(costs.first) if costs.first is not None else None
        sections = [
            Section(
                id="routes", heading="Costs, route by route", claims=tuple(self._about(costs, first)),
                table=self._routes(costs),
            )
        ]  # fmt: skip
        if first is not None:
            sections.append(
                Section(
                    id="cost_terms",
                    heading="Terms of the first move",
                    claims=tuple(self._named(first)),
                    table=self._terms(costs, first),
                )
            )
        reading = (*self._reading(costs, first), *self._claims(costs, decision))
        sections.append(
            Section(id="cost_reading", heading="What moves the cost", claims=reading, listed=True)
        )
        return tuple(section for section in sections if section.claims or section.table)

    def _about(self, costs: Costs, first: Estimate | None) -> Iterable[Claim]:
        shown = first or next(iter(costs.estimates), None)
        if shown is None:
            return
        total = _of(shown.total)
        priced = f"priced for {costs.who}"
        yield Claim(text=self._phrases.say("costs_priced_for", priced=priced), evidence=total)
        for text in shown.stands_in:
            yield Claim(text=self._phrases.say("costs_stands_in", text=sentence(text)), evidence=total)
        text = self._phrases.say("costs_leaves_out", label=shown.label, parts=" and ".join(shown.leaves_out))
        yield Claim(text=text, evidence=total)

    def _routes(self, costs: Costs) -> Table | None:
        rows: list[tuple[tuple[str, ...], tuple[Evidence, ...]]] = []
        for estimate in sorted(costs.estimates, key=lambda one: one.id != costs.first):
            first = estimate.id == costs.first
            label = self._phrases.say("costs_first", label=estimate.label) if first else estimate.label
            points = (estimate.p10, estimate.p50, estimate.p90)
            publishers = ", ".join(estimate.publishers)
            rests_on = self._phrases.say("costs_rests_on", publishers=publishers)
            cells = (label, *(_value(point) for point in points), rests_on)
            sources = [line for line in estimate.inputs if line.origin == "source"]
            rows.append((cells, _of(*points, estimate.total, *sources)))
        return Table(header=HEADER, rows=tuple(rows)) if rows else None

    def _named(self, first: Estimate) -> Iterable[Claim]:
        for reference in first.rests_on:
            yield Claim(text=self._phrases.say(TERMS_PHRASES[first.id]), evidence=(_passage(reference),))

    def _terms(self, costs: Costs, first: Estimate) -> Table:
        rows = tuple(
            ((line.label, _range(line), line.formula), _of(line, *_rows_behind(line, first, costs)))
            for line in first.terms
        )
        return Table(header=("Term", "Range", "How, and from what"), rows=rows)

    def _reading(self, costs: Costs, first: Estimate | None) -> Iterable[Claim]:
        if first is not None and first.dominated_by:
            named = ", ".join(f"{in_sentence(line.label)} {amount(line.low)}%" for line in first.dominated_by)
            yield Claim(
                text=self._phrases.say("costs_dominated", named=named), evidence=_of(*first.dominated_by)
            )
        if costs.break_even is not None:
            even = costs.break_even
            text = self._phrases.say(
                "costs_break_even",
                middle=amount(even.p50.low),
                low=amount(even.p10.low),
                high=amount(even.p90.low),
                months=_plain(even.months[1].low),
                percent=amount(even.hire_wins.low),
            )
            evidence = _of(even.p50, even.p10, even.p90, even.months[1], even.hire_wins)
            yield Claim(text=text, evidence=evidence)
        yield from self._delay(costs)
        if first is not None and first.id == "offshore_net":
            yield from self._net_check(first)

    def _delay(self, costs: Costs) -> Iterable[Claim]:
        delay = costs.delay
        week = {"week": _rounded_range(delay.per_week)} if delay.per_week is not None else {}
        said = tuple(line for line in (delay.stated, delay.per_week) if line is not None)
        if delay.waiting is None:
            if week:
                yield Claim(text=self._phrases.say("costs_delay", **week), evidence=_of(*said))
            return
        wait = {"low": amount(delay.waiting.low), "high": amount(delay.waiting.high)}
        if delay.total is not None:
            total = _rounded_range(delay.total)
            text = self._phrases.say("costs_delay_hire", total=total, **week, **wait)
            yield Claim(text=text, evidence=_of(*said, delay.waiting, delay.total))
        else:
            yield Claim(text=self._phrases.say("costs_delay_open", **wait), evidence=_of(delay.waiting))

    def _net_check(self, first: Estimate) -> Iterable[Claim]:
        place = next((n for n, line in enumerate(first.inputs) if line.id == NET_OF_GUIDE), None)
        if place is None:
            return
        given, net = first.inputs[place - 1], first.inputs[place]
        text = self._phrases.say(
            "costs_net_check",
            publisher=given.label.rpartition(", by ")[2],
            times=_bare(given),
            span=_rounded_range(net),
        )
        yield Claim(text=text, evidence=_of(given, net))

    def _claims(self, costs: Costs, decision: Recommendation) -> Iterable[Claim]:
        for checked in costs.claims:
            if _touches(checked, costs, decision):
                text = self._claim(checked)
                yield Claim(text=text, evidence=(_passage(checked.rests_on), *_of(*checked.lines())))

    def _claim(self, checked: ClaimChecked) -> str:
        who = {"publisher": sentence(checked.publisher), "sells": checked.sells}
        claimed = _bare(checked.claimed)
        if checked.kind == "hourly":
            rate, base, year = checked.workings
            hours = year.formula.removeprefix("rate x ").removesuffix(" hours")
            return self._phrases.say(
                "claim_hourly",
                **who,
                claimed=claimed,
                rate=_range(rate),
                hours=amount(float(hours)),
                year=_range(year),
                base=_range(base),
                times=_bare(checked.compared[0]).replace("–", " to "),
                verdict=self._phrases.say(f"verdict_{checked.verdict}"),
            )
        if checked.kind == "midpoints":
            named = [
                f"{_plain(ln.low)} ({in_sentence(ln.label.partition(':')[0])})" for ln in checked.compared
            ]
            return self._phrases.say(
                "claim_midpoints",
                **who,
                claimed=claimed,
                list=f"{', '.join(named[:-1])} and {named[-1]}",
                verdict=self._phrases.say(f"verdict_{checked.verdict}"),
            )
        needed, *months = checked.compared
        at = [
            self._phrases.say(
                "claim_payback_at",
                value=line.label.rpartition(" at ")[2].removesuffix(" an hour saved"),
                months=amount(round(line.low)),
            )
            for line in months
        ]
        verdict = "verdict_payback_above" if checked.verdict == "above" else f"verdict_{checked.verdict}"
        return self._phrases.say(
            "claim_payback",
            **who,
            hours=amount(checked.workings[0].low),
            base=money(checked.workings[1].low),
            needed=money(round(needed.low)),
            list=", ".join(at),
            verdict=self._phrases.say(verdict),
        )


def _touches(checked: ClaimChecked, costs: Costs, decision: Recommendation) -> bool:
    """Whether a claim belongs in this memo: it is about the case, or its publisher's interest is in play."""
    if any(one.publisher == checked.publisher and one.favoured for one in decision.interests):
        return True
    others = (*decision.alternatives, *decision.then)
    weighed = {decision.first.engagement, *(one.engagement for one in others)}
    return checked.about_offshore and (costs.offshore_named or "offshore_team" in weighed)


def _rows_behind(line: Line, first: Estimate, costs: Costs) -> tuple[Line, ...]:
    """The guides' rows of a term that rests on them alone; offshore, those of the pay and not of home."""
    if line.origin != "computed":
        return ()
    raw = costs.estimate("offshore_raw") if first.id == "offshore_net" else first
    return tuple(row for row in (raw or first).inputs if row.origin == "source")


def _passage(reference: Reference) -> PassageEvidence:
    return PassageEvidence(passage=reference.passage, quote=reference.quote)


def _of(*lines: Line) -> tuple[Evidence, ...]:
    """What claims about these lines rest on: passages and facts first, then the lines themselves."""
    outside: list[Evidence] = []
    for line in lines:
        if line.passage is not None and line.quote is not None:
            outside.append(PassageEvidence(passage=line.passage, quote=line.quote))
        elif line.fact is not None:
            outside.append(FactEvidence(fact=line.fact))
    return tuple(dict.fromkeys((*outside, *(CalculationEvidence(line=line.id) for line in lines))))


def _value(line: Line) -> str:
    return money(line.low, line.unit.partition(" ")[0])


def _range(line: Line) -> str:
    """A range of money: “$45–80”, with a plus where the guide leaves the end open."""
    currency = line.unit.partition(" ")[0]
    plus = "+" if line.open_ended else ""
    if line.low == line.high:
        return f"{money(line.low, currency)}{plus}"
    return f"{money(line.low, currency)}–{amount(line.high)}{plus}"


def _rounded_range(line: Line) -> str:
    """A worked-out range to three digits: $59,341 is shown as $59,300."""
    places = SHOWN_DIGITS - len(str(int(line.low)))
    ends = {"low": round(line.low, min(places, 0)), "high": round(line.high, min(places, 0))}
    return _range(line.model_copy(update=ends))


def _bare(line: Line) -> str:
    ends: Sequence[str] = tuple(dict.fromkeys((_plain(line.low), _plain(line.high))))
    return "–".join(ends)


def _plain(number: float) -> str:
    return f"{number:g}"
