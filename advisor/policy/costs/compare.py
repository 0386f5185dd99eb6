"""Costs side by side: every route to the same work, break-even, delay, and the vendors' claims.

Pure: the same rulebook, move and case give the same costs, bit for bit.
"""

from collections.abc import Hashable
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from advisor.domain.case import Case
from advisor.domain.costs import BreakEven, Costs, Delay, Estimate, RouteId
from advisor.domain.decision import Line
from advisor.domain.vocabulary import Level
from advisor.policy.costs.claims import check_claims
from advisor.policy.costs.lines import computed, drawn, percentile_lines, rounded, row_line
from advisor.policy.costs.routes import hourly_year, offshore, project, salaried, salaried_terms, who
from advisor.policy.costs.setting import Setting, currency_of, mixture, set_up
from advisor.policy.costs.simulation import Uncertain
from advisor.policy.playbook_files import MoveEntry

if TYPE_CHECKING:  # the rulebook loads this package's data
    from advisor.policy.rulebook import Rulebook


def costs(rulebook: "Rulebook", move: MoveEntry, case: Case, level: Level | None = None) -> Costs:
    """What the move and the other routes to the same work cost, for a person of this level.

    Without a level it is that of the move's own figure, else the default of costs.yaml. Reads of the case
    only the place, the deadline and the cost of delay.
    """
    read = Case(
        region_preference=case.region_preference,
        timeline_days=case.timeline_days,
        delay_cost_usd=case.delay_cost_usd,
    )
    return _costs(rulebook, cast(Hashable, move), read, level)


@lru_cache(maxsize=512)
def _costs(rulebook: "Rulebook", move: MoveEntry, case: Case, level: Level | None) -> Costs:
    setting = set_up(rulebook, move, case, level)
    found: dict[RouteId, Estimate | None] = {
        "salaried": salaried(setting),
        "project": project(setting),
        "hourly_year": hourly_year(setting),
        "offshore_raw": offshore(setting, net=False),
        "offshore_net": offshore(setting, net=True),
    }
    first = setting.book.engagement_routes.get(move.engagement)
    return Costs(
        who=who(setting),
        offshore_named=setting.place.abroad_named,
        first=first if first is not None and found[first] is not None else None,
        estimates=tuple(estimate for estimate in found.values() if estimate is not None),
        without=tuple(_missing(setting, route) for route, estimate in found.items() if estimate is None),
        break_even=_break_even(setting),
        delay=_delay(setting),
        claims=check_claims(rulebook),
    )


def _missing(setting: Setting, route: RouteId) -> str:
    asked = setting.book.role_names[setting.move.role]
    return f"{setting.book.routes[route].label}: no guide gives a figure for {asked}"


def _break_even(setting: Setting) -> BreakEven | None:
    """From how many hours a year on a hire costs less than a contractor; None without both, in one currency.

    Hours = (first year on salary, without what a contractor needs as much) / hourly rate. With a fixed
    cost L and a rate spread evenly from a to b, the share p of draws lies below L / (b - p (b - a)).
    """
    worked = salaried_terms(setting)
    if worked is None or not setting.hourly or currency_of(setting.salary) != currency_of(setting.hourly):
        return None
    book, currency = setting.book, currency_of(setting.hourly)
    loaded = setting.simulation.exactly(0.0)
    for entry in book.hire:
        if not entry.needed_by_the_hour and entry.id in worked[0].amounts:
            loaded = loaded + worked[0].amounts[entry.id]
    rate = mixture(setting.simulation, "rate", setting.hourly)
    hours, year = loaded / rate, setting.worked_hours()
    monthly = book.work.paid_hours / book.work.months_a_year
    label, per_year = "Hours a year from which hiring pays", "hours per year"
    low, middle, high = percentile_lines("cost.break_even", label, hours.draws, per_year, "hours", book)
    months = percentile_lines(
        "cost.break_even.months",
        "The same in months of full-time work",
        hours.draws / monthly,
        "months",
        "months",
        book,
    )
    wins = float((loaded.draws < (rate * year).draws).mean()) * 100
    return BreakEven(
        compares=(
            computed(
                "cost.break_even.hire", "A hire's first year, without tools", loaded, currency, "sum of terms"
            ),
            computed(
                "cost.break_even.rate", "Hourly rate", rate, f"{currency} per hour", "over the guides' rows"
            ),
        ),
        hours=computed("cost.break_even.hours", label, hours, per_year, "hire's first year / hourly rate"),
        p10=low,
        p50=middle,
        p90=high,
        months=months,
        year=computed("cost.break_even.year", "Hours worked in a full-time year", year, "hours", "see above"),
        hire_wins=computed(
            "cost.break_even.hire_wins",
            "Draws in which a full year costs less by hire than by the hour",
            rounded(wins, "percent", book.rounding),
            "percent",
            drawn(book.simulation),
        ),
    )


def _delay(setting: Setting) -> Delay:
    """A week of waiting at the user's figure, and the wait for a hire where a guide counts to its start."""
    stated, waiting = setting.delay_line(), _waiting(setting)
    if stated is None:
        return Delay(stated=None, per_week=None, waiting=waiting, total=None)
    work, currency = setting.book.work, stated.unit.partition(" ")[0]
    month = Uncertain(stated.low, stated.high, setting.simulation.exactly(0.0).draws)
    week = month * (work.months_a_year / work.weeks_a_year)
    formula = f"a month's figure x {work.months_a_year} / {work.weeks_a_year}"
    per_week = computed("cost.delay.week", "Cost of a week of delay", week, f"{currency} per week", formula)
    total = None
    if waiting is not None:
        wait = Uncertain(waiting.low, waiting.high, month.draws)
        total = computed(
            "cost.delay.total",
            "Cost of waiting for a hire",
            week * wait * (1 / work.days_a_week),
            currency,
            f"days / {work.days_a_week} x cost of a week",
        )
    return Delay(stated=stated, per_week=per_week, waiting=waiting, total=total)


def _waiting(setting: Setting) -> Line | None:
    """How long a hire takes until the notice period ends: to the accepted offer is not to the start."""
    for figure in setting.rulebook.figures.values():
        ends_at_start = figure.counts_to in ("notice_period_end", "start")
        fits = figure.role in (None, setting.salary_role) and figure.unit == "days"
        if figure.metric == "time_to_hire" and ends_at_start and fits:
            return row_line(setting.rulebook.sources[figure.source_id].publisher, figure)
    return None
