"""The routes to the same work: on salary, by contract, by the hour for a year, offshore raw and net.

Each gives an estimate, or None where no guide gives the figures. The same input has the same sample in
every route, so that two routes differ by what sets them apart and by nothing else.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from advisor.domain.costs import Estimate, RouteId
from advisor.domain.decision import Line, Reference
from advisor.policy.costs.lines import (
    computed,
    factor_line,
    percentile_lines,
    row_line,
    row_lines,
    share_lines,
)
from advisor.policy.costs.pricing import duration_lines, hours_in
from advisor.policy.costs.rows import PublisherRows, ends
from advisor.policy.costs.setting import Setting, currency_of, mixture, open_ended, publishers
from advisor.policy.costs.simulation import Draws, Uncertain, shares_of_variance
from advisor.policy.costs.terms import Parts, Summed, sum_terms

NET_OF_GUIDE = "cost.offshore_net.by_guide"
"""The id of the line that checks our overheads against a guide's."""

ONE_AT_A_TIME = "one publisher at a time, each as likely, then within its range"

Samples = tuple[Draws, ...]


def salaried_terms(setting: Setting) -> tuple[Summed, Uncertain] | None:
    """The terms of the first year on salary, and the base salary; None without a salary figure."""
    if not setting.salary:
        return None
    base = mixture(setting.simulation, "base", setting.salary)
    currency = currency_of(setting.salary)
    parts = Parts(figures=_by(setting.salary), base=base, delay=setting.delay(currency))
    book = setting.book
    wide = open_ended(setting.salary)
    return sum_terms("salaried", book.hire, parts, currency, setting.simulation, book, wide), base


def salaried(setting: Setting) -> Estimate | None:
    """A hire's first year: the seven terms of Arsum's sum, each a share of or a multiple of base."""
    worked = salaried_terms(setting)
    if worked is None:
        return None
    summed, base = worked
    samples: dict[str, Samples] = {"Base salary": (base.draws,), **summed.samples}
    said = setting.delay(currency_of(setting.salary))
    if said is not None:
        samples["Your figure for delay"] = (said.draws,)
    stated = setting.delay_line()
    inputs = (*row_lines(setting.salary), *((stated,) if said is not None and stated else ()))
    stands_in = _stood_in(setting, setting.salary_role)
    if setting.place.unknown:
        stands_in += ("no guide gives pay for the place you named; pay in the US stands in",)
    return _estimate(
        setting,
        "salaried",
        summed,
        inputs,
        samples,
        (setting.salary,),
        setting.book.hire_rests_on,
        stands_in,
    )


def project(setting: Setting) -> Estimate | None:
    """A delivery by contract: the eight terms of Arsum's sum, shares of the window's hours at the rate."""
    window = _window(setting)
    if not setting.delivery_rate or window is None:
        return None
    book, simulation = setting.book, setting.simulation
    (low, high), lines = window
    hours = simulation.between("hours", hours_in(book.work, low), hours_in(book.work, high))
    rate = mixture(simulation, "rate", setting.delivery_rate)
    cut = setting.move.engagement in book.ends_before_delivery
    later = [term for term in book.project if cut and term.after_delivery]
    terms = [term for term in book.project if term not in later]
    currency = currency_of(setting.delivery_rate)
    wide = open_ended(setting.delivery_rate)
    parts = Parts(figures="", window=hours * rate)
    summed = sum_terms("project", terms, parts, currency, simulation, book, wide)
    span = f"days / {book.work.days_a_week} x {book.work.hours_a_week} hours a week, one person full time"
    hours_line = computed("cost.project.hours", "Hours of the delivery", hours, "hours", span)
    return _estimate(
        setting,
        "project",
        summed,
        (*row_lines(setting.delivery_rate), *lines, hours_line),
        {"Hours": (hours.draws,), "Hourly rate": (rate.draws,), **summed.samples},
        (setting.delivery_rate,),
        book.project_rests_on,
        () if setting.delivery_rate is not setting.hourly else _stood_in_by_the_hour(setting),
        tuple(f"{term.label.lower()} after it" for term in later),
    )


def _window(setting: Setting) -> tuple[tuple[float, float], tuple[Line, ...]] | None:
    """The days of the delivery: the move's own, cut at the deadline, else the guide's window."""
    duration, lines = duration_lines(setting.book.work, setting.move, setting.case)
    if duration is not None:
        kept = [line.model_copy(update={"id": f"cost.project.{line.id}"}) for line in lines]
        return duration, tuple(kept)
    figure = setting.rulebook.figures[setting.book.window]
    publisher = setting.rulebook.sources[figure.source_id].publisher
    return ends(figure), (row_line(publisher, figure),)


def hourly_year(setting: Setting) -> Estimate | None:
    """As many hours by the hour as a salaried year has: paid hours less leave, times the rate."""
    if not setting.hourly:
        return None
    rate, hours = mixture(setting.simulation, "rate", setting.hourly), setting.worked_hours()
    worked = setting.book.work.worked
    amount = rate * hours
    line = computed(
        "cost.hourly_year.hours_at_rate",
        "Hours at the rate",
        amount,
        currency_of(setting.hourly),
        f"hours of a salaried year times rate; {_by(setting.hourly)}",
        open_ended(setting.hourly),
    )
    summed = Summed((line,), {"hours_at_rate": amount}, amount, (factor_line(worked),), {})
    return _estimate(
        setting,
        "hourly_year",
        summed,
        (*row_lines(setting.hourly), _year_line(setting, hours)),
        {"Hourly rate": (rate.draws,), worked.label: (hours.draws,)},
        (setting.hourly,),
        None,
        _stood_in_by_the_hour(setting),
    )


def offshore(setting: Setting, net: bool) -> Estimate | None:
    """Pay offshore for a year, by salary or by the hour as each guide gives it; `net` adds the overheads."""
    rows = (*setting.abroad_hourly, *setting.abroad_salary)
    home = setting.home_salary
    if not rows or (net and not home):
        return None
    book, simulation = setting.book, setting.simulation
    pay, salaries = _pay_abroad(setting, rows)
    currency = currency_of(rows)
    route: RouteId = "offshore_net" if net else "offshore_raw"
    parts = Parts(
        figures=_by(rows),
        pay=pay,
        salaries=salaries,
        home=mixture(simulation, "base", home) if net else None,
    )
    terms = [t for t in book.offshore if net or t.worked_out == "figures"]
    if salaries is None:  # an hourly rate holds what an employer pays on top of a salary
        terms = [t for t in terms if not t.salaried_only]
    summed = sum_terms(route, terms, parts, currency, simulation, book, open_ended(rows))
    samples: dict[str, Samples] = {"Pay offshore": _drawn(pay, salaries), **summed.samples}
    used = (rows, home) if net else (rows,)
    crosscheck: tuple[Line, ...] = ()
    if parts.home is not None:
        samples["Base salary at home"] = (parts.home.draws,)
        crosscheck = _net_of_guide(setting, parts.home, currency)
    hours = _year_line(setting, setting.worked_hours())
    inputs = (*(line for group in used for line in row_lines(group)), hours, *crosscheck)
    rests_on = book.offshore_rests_on if net else None
    return _estimate(
        setting, route, summed, inputs, samples, used, rests_on, _stood_in(setting, setting.salary_role)
    )


def _pay_abroad(setting: Setting, rows: Sequence[PublisherRows]) -> tuple[Uncertain, Uncertain | None]:
    """A year's pay over all rows, and the part of it that is salary; hourly rows count worked hours."""
    groups = [list(one.figures) for one in _merged(rows)]
    hourly = [[figure.period == "hour" for figure in group] for group in groups]
    drawn = setting.simulation.one_of("abroad", [[ends(figure) for figure in group] for group in groups])
    by_hour = setting.simulation.picked("abroad", hourly)
    hours = setting.worked_hours()
    draws = drawn.draws * np.where(by_hour > 0, hours.draws, 1.0)
    lows: list[float] = []
    highs: list[float] = []
    paid: list[tuple[float, float]] = []
    for group in groups:
        for figure in group:
            low, high = ends(figure)
            is_hourly = figure.period == "hour"
            lows.append(low * (hours.low if is_hourly else 1))
            highs.append(high * (hours.high if is_hourly else 1))
            paid.append((0.0, 0.0) if is_hourly else (low, high))
    pay = Uncertain(min(lows), max(highs), draws)
    if not any(high for _, high in paid):
        return pay, None
    salaries = Uncertain(min(low for low, _ in paid), max(high for _, high in paid), draws * (1 - by_hour))
    return pay, salaries


def _net_of_guide(setting: Setting, home: Uncertain, currency: str) -> tuple[Line, Line]:
    """A guide's own net advantage, and what it makes of the base at home: a check on our sum of overheads."""
    figure = setting.rulebook.figures[setting.book.net_advantage]
    publisher = setting.rulebook.sources[figure.source_id].publisher
    low, high = ends(figure)
    line = computed(
        NET_OF_GUIDE,
        f"Offshore, net, by the advantage that {publisher} gives",
        Uncertain(home.low / high, home.high / low, home.draws),
        currency,
        "base at home / net advantage",
    )
    return row_line(publisher, figure), line


def _drawn(pay: Uncertain, salaries: Uncertain | None) -> Samples:
    """The sample of the pay and, where some of it is salary, of that part: overheads differ by it."""
    return (pay.draws,) if salaries is None else (pay.draws, salaries.draws)


def _merged(rows: Sequence[PublisherRows]) -> list[PublisherRows]:
    """One entry a publisher, whatever the period of its rows."""
    names = sorted({one.publisher for one in rows})
    return [
        PublisherRows(name, tuple(f for one in rows if one.publisher == name for f in one.figures))
        for name in names
    ]


def _year_line(setting: Setting, hours: Uncertain) -> Line:
    work = setting.book.work
    formula = f"{work.paid_hours} paid hours, less what is not worked; {work.worked.reason}"
    return computed("cost.year.hours", "Hours worked in a full-time year", hours, "hours", formula)


def _by(rows: Sequence[PublisherRows]) -> str:
    names = publishers(tuple(rows))
    if len(names) == 1:
        return f"{names[0]}: within its range"
    return f"{', '.join(names[:-1])} and {names[-1]}: {ONE_AT_A_TIME}"


def who(setting: Setting) -> str:
    """The person that is priced, in words."""
    return f"{setting.book.role_names[setting.salary_role]}, {setting.level} level"


def _stood_in(setting: Setting, role: str) -> tuple[str, ...]:
    names = setting.book.role_names
    if role == setting.move.role or setting.move.role == "none_yet":
        return ()
    asked, taken = names[setting.move.role], next(n for r, n in names.items() if r == role)
    return (f"no guide prices {asked}; {taken} stands in",)


def _stood_in_by_the_hour(setting: Setting) -> tuple[str, ...]:
    found = tuple(text.replace("; ", " by the hour; ") for text in _stood_in(setting, setting.hourly_role))
    if setting.hourly_level != setting.level:
        found += (f"no guide prices {setting.level} level by the hour; {setting.hourly_level} stands in",)
    return found


def _estimate(
    setting: Setting,
    route: RouteId,
    summed: Summed,
    inputs: Sequence[Line],
    samples: Mapping[str, Samples],
    rows: Sequence[tuple[PublisherRows, ...]],
    rests_on: Reference | None,
    stands_in: tuple[str, ...],
    comes_later: tuple[str, ...] = (),
) -> Estimate:
    book, entry, total = setting.book, setting.book.routes[route], summed.total
    unit, wide = summed.lines[0].unit, any(line.open_ended for line in summed.lines)
    low, middle, high = percentile_lines(f"cost.{route}", entry.label, total.draws, unit, "money", book)
    shares = tuple(shares_of_variance(total.draws, samples).items())
    still_open = tuple(f"{label.lower()}, still open" for label in summed.open_terms)
    leaves_out = (*still_open, *comes_later, *entry.leaves_out)
    said = "; ".join((f"sum of the terms, priced for {who(setting)}", *stands_in))
    formula = f"{said}; leaves out {' and '.join(leaves_out)}"
    return Estimate(
        id=route,
        label=entry.label,
        work=entry.work,
        unit=unit,
        inputs=(*inputs, *summed.inputs),
        terms=summed.lines,
        total=computed(f"cost.{route}.total", f"{entry.label}: sum", total, unit, formula, wide),
        p10=low,
        p50=middle,
        p90=high,
        dominated_by=share_lines(f"cost.{route}", shares, book),
        open_ended=wide,
        publishers=publishers(*rows),
        rests_on=(rests_on,) if rests_on else (),
        leaves_out=leaves_out,
        stands_in=stands_in,
    )
