"""Terms: one summand of a cost worked out from its parts, with the formula in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import assert_never

from advisor.domain.decision import Line
from advisor.policy.costs.book import CostBook, Factor, TermEntry
from advisor.policy.costs.lines import factor_line, shown
from advisor.policy.costs.simulation import Draws, Simulation, Uncertain


@dataclass(frozen=True)
class Parts:
    """What terms are worked out from, amounts in one currency; None where a route has no such part.

    `base`: a year's base salary. `pay`: a year's pay offshore, `salaries` the part of it that is salary.
    `home`: base salary of the level at home. `window`: hours of the move times the rate. `delay`: what
    the user says that a month of delay costs. `figures` is the formula of a term that rests on rows.
    """

    figures: str
    base: Uncertain | None = None
    pay: Uncertain | None = None
    salaries: Uncertain | None = None
    home: Uncertain | None = None
    window: Uncertain | None = None
    delay: Uncertain | None = None


@dataclass(frozen=True)
class Summed:
    """The terms of a route: each term's line and amount, the sum, and the samples of what was assumed."""

    lines: tuple[Line, ...]
    amounts: Mapping[str, Uncertain]
    total: Uncertain
    inputs: tuple[Line, ...]
    samples: Mapping[str, tuple[Draws, ...]]
    open_terms: tuple[str, ...] = field(default=())


def sum_terms(
    route: str,
    entries: Iterable[TermEntry],
    parts: Parts,
    unit: str,
    simulation: Simulation,
    book: CostBook,
    open_ended: bool,
) -> Summed:
    """Every term of a route that can be worked out, and their sum. A term without its part stays open."""
    lines: list[Line] = []
    amounts: dict[str, Uncertain] = {}
    inputs: list[Line] = []
    samples: dict[str, tuple[Draws, ...]] = {}
    open_terms: list[str] = []
    total = simulation.exactly(0.0)
    for entry in entries:
        factors = [simulation.between(factor.id, factor.low, factor.high) for factor in entry.factors]
        worked = _worked_out(entry, factors, parts, book)
        if worked is None:
            open_terms.append(entry.label)
            continue
        amount, formula = worked
        total = total + amount
        amounts[entry.id] = amount
        lines.append(_line(route, entry, amount, unit, formula, open_ended))
        for factor, value in zip(entry.factors, factors, strict=True):
            inputs.append(factor_line(factor))
            samples[factor.label] = (value.draws,)
    return Summed(tuple(lines), amounts, total, tuple(inputs), samples, tuple(open_terms))


def _line(route: str, entry: TermEntry, amount: Uncertain, unit: str, formula: str, open_ended: bool) -> Line:
    of_user = entry.worked_out == "months_of_delay"
    return Line(
        id=f"cost.{route}.{entry.id}",
        label=entry.label,
        low=round(amount.low),
        high=round(amount.high),
        unit=unit,
        formula=formula,
        origin="user" if of_user else "assumption" if entry.factors else "computed",
        fact="delay_cost_usd" if of_user else None,
        open_ended=open_ended and not of_user,
    )


def _worked_out(
    entry: TermEntry, factors: list[Uncertain], parts: Parts, book: CostBook
) -> tuple[Uncertain, str] | None:
    """A term's amount and its formula in words; None where the part it needs is missing."""
    base, pay = parts.base, parts.salaries if entry.salaried_only else parts.pay
    ranges = [shown(factor) for factor in entry.factors]
    why = _reasons(entry.factors)
    match entry.worked_out:
        case "figures":
            found = parts.pay if parts.pay is not None else base
            return None if found is None else (found, parts.figures)
        case "share_of_base":
            return None if base is None else (base * factors[0], f"{ranges[0]} of base; {why}")
        case "hours_of_pay":
            if base is None:
                return None
            hourly = base * (1 / book.work.paid_hours)
            formula = f"{ranges[0]} at {ranges[1]} the hire's pay per hour; {why}"
            return hourly * factors[0] * factors[1], formula
        case "months_of_base":
            if base is None:
                return None
            monthly = base * (1 / book.work.months_a_year)
            return monthly * factors[0] * factors[1], f"chance of {ranges[0]}, {ranges[1]} of base; {why}"
        case "months_of_delay":
            if parts.delay is None:
                return None
            return parts.delay * factors[0], f"{ranges[0]} at your figure for a month of delay; {why}"
        case "share_of_window":
            if parts.window is None:
                return None
            return parts.window * factors[0], f"{ranges[0]} of hours times rate; {why}"
        case "share_of_pay":
            if pay is None:
                return None
            only = ", on salaries alone" if entry.salaried_only else ""
            return pay * factors[0], f"{ranges[0]} of pay offshore{only}; {why}"
        case "share_of_home":
            if parts.home is None:
                return None
            return parts.home * factors[0], f"{ranges[0]} of base at home; {why}"
        case _:
            assert_never(entry.worked_out)


def _reasons(factors: Iterable[Factor]) -> str:
    return "assumed: " + "; ".join(factor.reason for factor in factors)
