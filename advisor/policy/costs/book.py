"""The shape of costs.yaml: terms, assumptions, routes, and the claims that are worked out again.

Says what may stand there and whether it fits the corpus; `rulebook` loads it, the rest of this package
computes with it. It does not know whether an assumption is a good one: each gives its reason.
"""

from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

from pydantic import Field, model_validator

from advisor.domain.costs import RouteId
from advisor.domain.decision import Reference
from advisor.domain.evidence import Figure
from advisor.domain.facts import Frozen
from advisor.domain.vocabulary import Engagement, Level, Role
from advisor.errors import PlaybookError

COSTS = "costs.yaml"

WorkedOut = Literal[
    "figures",
    "share_of_base",
    "hours_of_pay",
    "months_of_base",
    "months_of_delay",
    "share_of_window",
    "share_of_pay",
    "share_of_home",
]

FACTORS_OF: dict[WorkedOut, tuple[str, ...]] = {
    "figures": (),
    "share_of_base": ("share",),
    "hours_of_pay": ("hours", "times"),
    "months_of_base": ("share", "months"),
    "months_of_delay": ("months",),
    "share_of_window": ("share",),
    "share_of_pay": ("share",),
    "share_of_home": ("share",),
}
"""The units of the factors that each way of working a term out takes, in order."""

Shape = Literal["uniform", "triangular"]


class Factor(Frozen):
    """An assumption of ours: a range, its unit, the reason for it. A share is a fraction, not percent."""

    id: str
    label: str
    low: float = Field(ge=0)
    high: float
    unit: Literal["share", "hours", "times", "months"]
    reason: str = Field(min_length=1)

    @model_validator(mode="after")
    def _in_order(self) -> "Factor":
        if self.low > self.high:
            raise ValueError(f"{self.id} runs from {self.low} down to {self.high}")
        return self


class TermEntry(Frozen):
    """One summand of a cost, the passage that names it, and how it is worked out.

    `needed_by_the_hour`: a contractor needs it as much, so it is on neither side of the break-even.
    `after_delivery`: comes once the work is delivered. `salaried_only`: hourly rates hold it already.
    """

    id: str
    label: str
    named_by: Reference
    worked_out: WorkedOut
    factors: tuple[Factor, ...] = ()
    needed_by_the_hour: bool = False
    after_delivery: bool = False
    salaried_only: bool = False

    @model_validator(mode="after")
    def _has_its_factors(self) -> "TermEntry":
        units, wanted = tuple(factor.unit for factor in self.factors), FACTORS_OF[self.worked_out]
        if units != wanted:
            raise ValueError(f"{self.id} is worked out as {self.worked_out}, from {wanted}, not from {units}")
        return self


class Work(Frozen):
    """Lengths of a week, a month and a year of work, and the share of a paid year that is worked."""

    hours_a_week: int = Field(gt=0)
    weeks_a_year: int = Field(gt=0)
    months_a_year: int = Field(gt=0)
    days_a_week: int = Field(gt=0)
    worked: Factor

    @property
    def paid_hours(self) -> int:
        """Hours that a full-time year pays for."""
        return self.hours_a_week * self.weeks_a_year


class SimulationEntry(Frozen):
    """How ranges are drawn from: how often, from which seed, with which shape, what is read off."""

    draws: int = Field(ge=100, le=100_000)
    seed: int
    shape: Shape
    percentiles: tuple[int, int, int]
    dominating: int = Field(ge=1, le=8)


class Rounding(Frozen):
    """The step to which simulated figures are rounded, by what they measure."""

    money: float = Field(gt=0)
    small_money: float = Field(gt=0)
    small_below: float
    hours: float = Field(gt=0)
    months: float = Field(gt=0)
    times: float = Field(gt=0)
    percent: float = Field(gt=0)


class RouteEntry(Frozen):
    """A route's name, what work it covers, and what no term of it holds."""

    label: str
    work: str
    leaves_out: tuple[str, ...]


class Pair(Frozen):
    """Two figures of one level whose midpoints are compared, at home and away."""

    label: str
    home: str
    away: str


class HourlyClaim(Frozen):
    """A saving claimed for an hourly rate, set against a base salary over the same paid hours."""

    kind: Literal["hourly"]
    id: str
    claimed: str
    rests_on: Reference
    rate: str
    base: str

    def figures(self) -> tuple[str, ...]:
        """The ids of the figures it is worked out from."""
        return self.claimed, self.rate, self.base


class MidpointsClaim(Frozen):
    """A saving claimed for salaries, set against the midpoints of the same guide's bands."""

    kind: Literal["midpoints"]
    id: str
    claimed: str
    rests_on: Reference
    pairs: tuple[Pair, ...] = Field(min_length=1)

    def figures(self) -> tuple[str, ...]:
        """The ids of the figures it is worked out from."""
        return self.claimed, *(end for pair in self.pairs for end in (pair.home, pair.away))


class PaybackClaim(Frozen):
    """A payback claimed for hours of labour saved, set against the same guide's lowest senior base.

    `labour_values` are what an hour of that labour may cost (ours); `within_months` how long "months, not
    years" is taken to be.
    """

    kind: Literal["payback"]
    id: str
    rests_on: Reference
    hours: str
    base: str
    labour_values: tuple[float, ...] = Field(min_length=1)
    within_months: int = Field(gt=0)

    def figures(self) -> tuple[str, ...]:
        """The ids of the figures it is worked out from."""
        return self.hours, self.base


ClaimEntry = Annotated[HourlyClaim | MidpointsClaim | PaybackClaim, Field(discriminator="kind")]


class CostBook(Frozen):
    """All of costs.yaml."""

    work: Work
    simulation: SimulationEntry
    rounding: Rounding
    levels: dict[Level, tuple[str, ...]]
    default_level: Level
    home: str
    salary_stands_in: dict[Role, Role]
    hourly_stands_in: dict[Role, Role]
    role_names: dict[Role, str]
    regions: dict[str, tuple[str, ...]]
    no_place: tuple[str, ...]
    offshore_regions: tuple[str, ...]
    routes: dict[RouteId, RouteEntry]
    engagement_routes: dict[Engagement, RouteId]
    own_rate_only: tuple[Engagement, ...]
    ends_before_delivery: tuple[Engagement, ...]
    window: str
    hire_rests_on: Reference
    hire: tuple[TermEntry, ...]
    project_rests_on: Reference
    project: tuple[TermEntry, ...]
    offshore_rests_on: Reference
    offshore: tuple[TermEntry, ...]
    net_advantage: str
    claims: tuple[ClaimEntry, ...]

    @model_validator(mode="after")
    def _names_each_thing_once(self) -> "CostBook":
        terms = [f"{route} term {term.id}" for route, term in self._terms()]
        factors = [factor.id for _, term in self._terms() for factor in term.factors]
        for names in (terms, factors, [claim.id for claim in self.claims]):
            for name in names:
                if names.count(name) > 1:
                    raise ValueError(f"there are two of {name}")
        return self

    def _terms(self) -> Iterable[tuple[str, TermEntry]]:
        for route, terms in (("hire", self.hire), ("project", self.project), ("offshore", self.offshore)):
            for term in terms:
                yield route, term

    def references(self) -> Iterable[tuple[str, Reference]]:
        """Every passage it cites, each with the place for a message."""
        for where in ("hire_rests_on", "project_rests_on", "offshore_rests_on"):
            yield f"{COSTS}: {where}", getattr(self, where)
        for route, term in self._terms():
            yield f"{COSTS}: {route} term {term.id}", term.named_by
        for claim in self.claims:
            yield f"{COSTS}: claim {claim.id}", claim.rests_on


def check_figures(book: CostBook, figures: Mapping[str, Figure]) -> None:
    """Each figure the book names stands in the corpus. Raises PlaybookError naming the first that doesn't."""
    named = [("window", book.window), ("net_advantage", book.net_advantage)]
    named += [(f"claim {claim.id}", figure) for claim in book.claims for figure in claim.figures()]
    for where, figure in named:
        if figure not in figures:
            raise PlaybookError(f"{COSTS}: {where} names {figure!r}, no such figure.", "Mend the id.")
