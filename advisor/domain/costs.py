"""What the routes to the same work cost: estimates side by side, break-even, delay, claims recomputed.

Amounts are in the currency of their line's unit; nothing is converted. A percentile is a line of its
own, so that a sentence about it has lineage like any other.
"""

from collections.abc import Iterable
from typing import Literal

from advisor.domain.facts import Frozen
from advisor.domain.lines import Line, Reference

RouteId = Literal["salaried", "project", "hourly_year", "offshore_raw", "offshore_net"]

Verdict = Literal["below", "within", "mixed", "above"]
"""What was worked out, against the claim: all of it below, all of it inside, all of it above, or neither."""


class Estimate(Frozen):
    """The cost of one route: what it is worked out from, its terms, and the sum as a distribution.

    `inputs` are the guides' rows, the user's figures and the assumptions; `terms` are the summands and
    `total` their sum, low with low and high with high. `p10`, `p50`, `p90` come from the simulation.
    `dominated_by` are percentages of the variance, largest first. `rests_on` are the passages that name
    the terms. `leaves_out` says in words what is in no term; `stands_in`, whose figures were taken where
    no guide gives the one asked for.
    """

    id: RouteId
    label: str
    work: str
    unit: str
    inputs: tuple[Line, ...]
    terms: tuple[Line, ...]
    total: Line
    p10: Line
    p50: Line
    p90: Line
    dominated_by: tuple[Line, ...]
    open_ended: bool
    publishers: tuple[str, ...]
    rests_on: tuple[Reference, ...] = ()
    leaves_out: tuple[str, ...] = ()
    stands_in: tuple[str, ...] = ()

    def lines(self) -> tuple[Line, ...]:
        """Every line of the estimate, each once."""
        return (*self.inputs, *self.terms, self.total, self.p10, self.p50, self.p90, *self.dominated_by)


class BreakEven(Frozen):
    """From how many hours a year on hiring costs less than contracting, and in how many cases it does.

    `hours` is the range, with its percentiles; `months` are the same percentiles as months of full-time
    work. `hire_wins` is the percentage of draws in which a hire's full year costs less than as many
    hours by contract. `compares` are the two sides: what a hire costs, and the hourly rate.
    """

    compares: tuple[Line, Line]
    hours: Line
    p10: Line
    p50: Line
    p90: Line
    months: tuple[Line, Line, Line]
    year: Line
    hire_wins: Line

    def lines(self) -> tuple[Line, ...]:
        """Every line of the break-even."""
        return (
            *self.compares,
            self.hours,
            self.p10,
            self.p50,
            self.p90,
            *self.months,
            self.year,
            self.hire_wins,
        )


class Delay(Frozen):
    """What waiting costs: a week of it, and the wait for a hire.

    `per_week` and `total` are None unless the user said what a month costs; then the term stays open
    and is in no sum. `waiting` is None where no guide says how long a hire takes until it starts.
    """

    stated: Line | None
    per_week: Line | None
    waiting: Line | None
    total: Line | None

    def lines(self) -> tuple[Line, ...]:
        """The lines that there are."""
        return tuple(
            line for line in (self.stated, self.per_week, self.waiting, self.total) if line is not None
        )


class ClaimChecked(Frozen):
    """A vendor's claim worked out again from the vendor's own figures.

    `claimed` is the claim with its passage, or what we take it to mean where it holds no number;
    `compared` are the lines that stand against it, `workings` what they were worked out from.
    """

    id: str
    kind: Literal["hourly", "midpoints", "payback"]
    source_id: str
    publisher: str
    sells: str
    about_offshore: bool
    rests_on: Reference
    claimed: Line
    workings: tuple[Line, ...]
    compared: tuple[Line, ...]
    verdict: Verdict

    def lines(self) -> tuple[Line, ...]:
        """Every line of the check."""
        return (self.claimed, *self.workings, *self.compared)


class Costs(Frozen):
    """The cost of the first move's route and of the other routes to the same work.

    `who` is the person priced, in words; `offshore_named`, whether the user named a cheaper region.
    `first` is the route that prices the first move, None where no guide gives a figure for it. `without`
    says in words which routes have no estimate and why.
    """

    who: str
    offshore_named: bool
    first: RouteId | None
    estimates: tuple[Estimate, ...]
    without: tuple[str, ...]
    break_even: BreakEven | None
    delay: Delay
    claims: tuple[ClaimChecked, ...]

    def estimate(self, route: RouteId) -> Estimate | None:
        """The estimate of a route, None where there is none."""
        return next((estimate for estimate in self.estimates if estimate.id == route), None)

    def of_first(self) -> Estimate | None:
        """The estimate of the route that prices the first move, None where there is none."""
        return self.estimate(self.first) if self.first is not None else None

    def lines(self) -> tuple[Line, ...]:
        """Every line of every part, each id once: what a claim about costs may rest on."""
        found: dict[str, Line] = {}
        for line in _all_lines(self):
            found.setdefault(line.id, line)
        return tuple(found.values())

    def passages(self) -> tuple[str, ...]:
        """Every passage that a line, a sum of terms or a claim rests on, each once."""
        cited = [line.passage for line in self.lines() if line.passage is not None]
        cited += [reference.passage for estimate in self.estimates for reference in estimate.rests_on]
        cited += [claim.rests_on.passage for claim in self.claims]
        return tuple(dict.fromkeys(cited))


def _all_lines(costs: Costs) -> Iterable[Line]:
    for estimate in costs.estimates:
        yield from estimate.lines()
    if costs.break_even is not None:
        yield from costs.break_even.lines()
    yield from costs.delay.lines()
    for claim in costs.claims:
        yield from claim.lines()
