"""Vendors' claims worked out again from the vendors' own figures.

Shows the arithmetic beside the claim; why the two differ it does not know.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, assert_never

from advisor.domain.costs import ClaimChecked, Verdict
from advisor.domain.decision import Line
from advisor.policy.costs.book import ClaimEntry, CostBook, HourlyClaim, MidpointsClaim, PaybackClaim
from advisor.policy.costs.lines import computed, row_line
from advisor.policy.costs.rows import ends

if TYPE_CHECKING:  # the rulebook loads this package's data
    from advisor.policy.rulebook import Rulebook


@lru_cache(maxsize=8)
def check_claims(rulebook: "Rulebook") -> tuple[ClaimChecked, ...]:
    """Every claim of costs.yaml, checked; none depends on the case."""
    return tuple(_check(rulebook, claim) for claim in rulebook.costs.claims)


def _check(rulebook: "Rulebook", claim: ClaimEntry) -> ClaimChecked:
    match claim:
        case HourlyClaim():
            source = rulebook.figures[claim.claimed].source_id
            claimed, workings, compared = _hourly(rulebook, claim)
        case MidpointsClaim():
            source = rulebook.figures[claim.claimed].source_id
            claimed, workings, compared = _midpoints(rulebook, claim)
        case PaybackClaim():
            source = rulebook.figures[claim.hours].source_id
            claimed, workings, compared = _payback(rulebook, claim)
        case _:
            assert_never(claim)
    spoken = rulebook.sources[source]
    return ClaimChecked(
        id=claim.id,
        kind=claim.kind,
        source_id=source,
        publisher=spoken.publisher,
        sells=spoken.sells,
        about_offshore=claim.kind != "payback",
        rests_on=claim.rests_on,
        claimed=claimed,
        workings=workings,
        compared=compared,
        verdict=_verdict(claimed, compared if claim.kind != "payback" else compared[1:]),
    )


Checked = tuple[Line, tuple[Line, ...], tuple[Line, ...]]


def _hourly(rulebook: "Rulebook", claim: HourlyClaim) -> Checked:
    """A year's pay at the hourly rate, and the base at home as a multiple of it, low by low, high by high."""
    hours = rulebook.costs.work.paid_hours
    rate_low, rate_high = ends(rulebook.figures[claim.rate])
    base_low, base_high = ends(rulebook.figures[claim.base])
    year = Line(
        id=f"cost.claim.{claim.id}.year",
        label="The hourly rate over a full-time year",
        low=rate_low * hours,
        high=rate_high * hours,
        unit="USD per year",
        formula=f"rate x {hours} hours",
        origin="computed",
    )
    ratios = sorted((base_low / year.low, base_high / year.high))
    times = Line(
        id=f"cost.claim.{claim.id}.times",
        label="Base at home against the rate offshore over a year",
        low=round(ratios[0], 1),
        high=round(ratios[1], 1),
        unit="times",
        formula="low end by low end, high end by high end",
        origin="computed",
    )
    return (
        _claimed(rulebook, claim.claimed),
        (_row(rulebook, claim.rate), _row(rulebook, claim.base), year),
        (times,),
    )


def _midpoints(rulebook: "Rulebook", claim: MidpointsClaim) -> Checked:
    """How many times the midpoint of a band abroad goes into the midpoint of the same level's at home."""
    workings: dict[str, Line] = {}
    compared: list[Line] = []
    for number, pair in enumerate(claim.pairs, start=1):
        for figure in (pair.home, pair.away):
            workings.setdefault(figure, _row(rulebook, figure))
        home, away = (sum(ends(rulebook.figures[name])) / 2 for name in (pair.home, pair.away))
        times = computed(
            f"cost.claim.{claim.id}.times{number}",
            f"{pair.label}: midpoint at home against midpoint offshore",
            round(home / away, 1),
            "times",
            f"{home:g} / {away:g}",
        )
        compared.append(times)
    return _claimed(rulebook, claim.claimed), tuple(workings.values()), tuple(compared)


def _payback(rulebook: "Rulebook", claim: PaybackClaim) -> Checked:
    """What an hour saved must be worth to pay the base back in a year, then months at some labour costs.

    Months = base / (hours saved a month x value of an hour).
    """
    work = rulebook.costs.work
    source = rulebook.sources[rulebook.figures[claim.hours].source_id]
    base, _ = ends(rulebook.figures[claim.base])
    saved, _ = ends(rulebook.figures[claim.hours])
    yearly = saved * work.weeks_a_year
    hours = computed(
        f"cost.claim.{claim.id}.hours",
        "Hours saved in a year",
        yearly,
        "hours per year",
        f"{saved:g} hours a week x {work.weeks_a_year} weeks",
    )
    needed = computed(
        f"cost.claim.{claim.id}.needed",
        "What an hour saved must be worth to pay the lowest senior base back in a year",
        round(base / yearly, 1),
        "USD per hour",
        f"${base:,.0f} / {yearly:,.0f} hours",
    )
    months = [_months(rulebook.costs, claim, base, yearly, value) for value in claim.labour_values]
    claimed = Line(
        id=f"cost.claim.{claim.id}.claimed",
        label=f"Pays back the cost within months, by {source.publisher}, which sells {source.sells}",
        low=0,
        high=claim.within_months,
        unit="months",
        formula="months, not years, taken at its longest",
        origin="assumption",
    )
    rows = (_row(rulebook, claim.hours), _row(rulebook, claim.base))
    return claimed, (*rows, hours), (needed, *months)


def _months(book: CostBook, claim: PaybackClaim, base: float, yearly: float, value: float) -> Line:
    return computed(
        f"cost.claim.{claim.id}.at{value:g}",
        f"Months to pay back at ${value:g} an hour saved",
        round(payback_months(base, yearly, value, book.work.months_a_year), 1),
        "months",
        f"${base:,.0f} / ({yearly:,.0f} hours a year x ${value:g}) x {book.work.months_a_year}",
    )


def payback_months(cost: float, hours_a_year: float, value: float, months_a_year: int) -> float:
    """Months until `hours_a_year` saved, each worth `value`, have paid for `cost`."""
    return cost / (hours_a_year * value) * months_a_year


def _claimed(rulebook: "Rulebook", figure_id: str) -> Line:
    """The claim as a line, with what its publisher sells."""
    figure = rulebook.figures[figure_id]
    source = rulebook.sources[figure.source_id]
    return row_line(f"{source.publisher}, which sells {source.sells}", figure)


def _row(rulebook: "Rulebook", figure_id: str) -> Line:
    figure = rulebook.figures[figure_id]
    return row_line(rulebook.sources[figure.source_id].publisher, figure)


def _verdict(claimed: Line, compared: Sequence[Line]) -> Verdict:
    low, high = min(line.low for line in compared), max(line.high for line in compared)
    if high < claimed.low:
        return "below"
    if low > claimed.high:
        return "above"
    return "within" if claimed.low <= low and high <= claimed.high else "mixed"
