"""The setting of an estimate: who is priced, where, from which rows, and what the user said of delay."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from advisor.domain.case import Case
from advisor.domain.decision import Line
from advisor.domain.vocabulary import Level, Role
from advisor.policy.costs.book import CostBook
from advisor.policy.costs.rows import Place, PublisherRows, anchored, ends, pay_rows, read_place
from advisor.policy.costs.simulation import Simulation, Uncertain
from advisor.policy.playbook_files import MoveEntry

if TYPE_CHECKING:  # the rulebook loads this package's data
    from advisor.policy.rulebook import Rulebook


@dataclass(frozen=True)
class Setting:
    """Everything that the routes of one case have in common.

    `salary` prices the role where the user is, `home_salary` in the region of most figures, `hourly` by
    the hour there, `abroad_salary` and `abroad_hourly` offshore. `delivery_rate` is the hourly rate of the
    move itself: the rows of `hourly`, unless its engagement has a rate of its own. Empty rows: no guide
    gives any.
    """

    rulebook: "Rulebook"
    move: MoveEntry
    case: Case
    simulation: Simulation
    level: Level
    place: Place
    salary_role: Role
    hourly_role: Role
    salary: tuple[PublisherRows, ...]
    home_salary: tuple[PublisherRows, ...]
    hourly: tuple[PublisherRows, ...]
    hourly_level: Level
    delivery_rate: tuple[PublisherRows, ...]
    abroad_salary: tuple[PublisherRows, ...]
    abroad_hourly: tuple[PublisherRows, ...]

    @property
    def book(self) -> CostBook:
        """The assumptions in force."""
        return self.rulebook.costs

    def worked_hours(self) -> Uncertain:
        """Hours worked in a full-time year, after leave and sick days."""
        work = self.book.work
        return self.simulation.between(work.worked.id, work.worked.low, work.worked.high) * work.paid_hours

    def delay(self, currency: str) -> Uncertain | None:
        """What the user says a month of delay costs; None when unknown or in another currency."""
        said = self.case.delay_cost_usd
        if said is None or (said.currency or "USD") != currency:
            return None
        return self.simulation.between("delay", said.low, said.high)

    def delay_line(self) -> Line | None:
        """The user's figure as a line, in the user's currency."""
        said = self.case.delay_cost_usd
        if said is None:
            return None
        return Line(
            id="cost.delay.month",
            label="Cost of a month of delay, as you said",
            low=said.low,
            high=said.high,
            unit=f"{said.currency or 'USD'} per month",
            formula="as you said",
            origin="user",
            fact="delay_cost_usd",
        )


def set_up(rulebook: "Rulebook", move: MoveEntry, case: Case, level: Level | None) -> Setting:
    """The setting for a move and a case; `level` None is taken from the move's figure, else the default."""
    book = rulebook.costs
    place = read_place(book, case.region_preference)
    figure = rulebook.figures.get(move.cost.figure or "")
    level = level or _level_of(book, figure.level if figure else None)
    salary_role = book.salary_stands_in.get(move.role, move.role)
    hourly_role = book.hourly_stands_in.get(move.role, move.role)
    # The guides price seniors by the hour; where none prices the level asked, that stands in and is named.
    hourly_level = level if _has_level(rulebook, hourly_role, level) else book.default_level
    hourly = pay_rows(rulebook, "hour", hourly_role, hourly_level, (book.home,))
    delivery_rate = hourly
    if figure is not None and move.cost.kind == "hourly" and figure.region not in book.offshore_regions:
        own = move.engagement in book.own_rate_only
        delivery_rate = anchored(rulebook, figure, () if own else hourly)
        hourly = hourly if own else delivery_rate
    return Setting(
        rulebook=rulebook,
        move=move,
        case=case,
        simulation=Simulation(book.simulation),
        level=level,
        place=place,
        salary_role=salary_role,
        hourly_role=hourly_role,
        salary=pay_rows(rulebook, "year", salary_role, level, (place.home,)),
        home_salary=pay_rows(rulebook, "year", salary_role, level, (book.home,)),
        hourly=hourly,
        hourly_level=hourly_level,
        delivery_rate=delivery_rate,
        abroad_salary=pay_rows(rulebook, "year", salary_role, level, place.abroad),
        abroad_hourly=pay_rows(rulebook, "hour", hourly_role, level, place.abroad),
    )


def _has_level(rulebook: "Rulebook", role: Role, level: Level) -> bool:
    book = rulebook.costs
    rows = pay_rows(rulebook, "hour", role, level, (book.home,))
    return any(figure.level in book.levels[level] for one in rows for figure in one.figures)


def _level_of(book: CostBook, name: str | None) -> Level:
    for level, names in book.levels.items():
        if name in names:
            return level
    return book.default_level


def mixture(simulation: Simulation, name: str, rows: tuple[PublisherRows, ...]) -> Uncertain:
    """The rows as one amount: a publisher is drawn, one of its rows, a value between the row's ends."""
    return simulation.one_of(name, [[ends(figure) for figure in one.figures] for one in rows])


def open_ended(*groups: tuple[PublisherRows, ...]) -> bool:
    """Whether a guide leaves the upper end open in any of the rows."""
    return any(figure.open_ended for rows in groups for one in rows for figure in one.figures)


def publishers(*groups: tuple[PublisherRows, ...]) -> tuple[str, ...]:
    """Whose rows they are, by name, each once."""
    return tuple(sorted({one.publisher for rows in groups for one in rows}))


def currency_of(rows: tuple[PublisherRows, ...]) -> str:
    """The currency of the rows of one region."""
    return rows[0].figures[0].currency or "USD"
