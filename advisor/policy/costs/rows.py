"""The guides' rows that price a person: which figures fit a role, a level and a place, by publisher.

No figure is averaged with another and none is taken for a place or level it does not speak of; a row of
any level is taken only from a publisher that has none for the level asked.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from advisor.domain.evidence import Figure
from advisor.domain.vocabulary import Level, Role
from advisor.policy.costs.book import CostBook

if TYPE_CHECKING:  # the rulebook loads this package's data
    from advisor.policy.rulebook import Rulebook

Period = Literal["year", "hour"]
METRIC: dict[Period, str] = {"year": "pay_salary", "hour": "pay_hourly"}


@dataclass(frozen=True)
class PublisherRows:
    """What one publisher says: at least one figure, each another interval."""

    publisher: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Place:
    """Where people may sit, as far as the guides' regions go.

    `home` is the region of a salary at home, `abroad` the offshore regions to look at, `abroad_named`
    whether the user named one. `unknown`: the user named a place that no guide gives pay for.
    """

    home: str
    abroad: tuple[str, ...]
    abroad_named: bool
    unknown: bool


def read_place(book: CostBook, text: str | None) -> Place:
    """The regions that a user's words about the place name."""
    if not text:
        return Place(book.home, book.offshore_regions, False, False)
    named = [region for region, words in book.regions.items() if _names(text, words)]
    home = next((region for region in named if region not in book.offshore_regions), book.home)
    countries = [region for region in named if region in book.offshore_regions and region != "offshore"]
    abroad = tuple(r for r in book.offshore_regions if r == "offshore" or not countries or r in countries)
    abroad_named = any(region in book.offshore_regions for region in named)
    return Place(home, abroad, abroad_named, not named and not _names(text, book.no_place))


def _names(text: str, words: Iterable[str]) -> bool:
    return any(
        re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, 0 if word.isupper() else re.IGNORECASE)
        for word in words
    )


def pay_rows(
    rulebook: "Rulebook", period: Period, role: Role, level: Level, regions: Collection[str]
) -> tuple[PublisherRows, ...]:
    """What each publisher gives for a role's base pay a year or rate an hour, publishers by name."""
    fitting = [
        figure
        for figure in rulebook.figures.values()
        if figure.metric == METRIC[period]
        and figure.period == period
        and figure.role == role
        and figure.region in regions
        and figure.basis != "total"
        and figure.low is not None
    ]
    names = rulebook.costs.levels[level]
    found: list[PublisherRows] = []
    for publisher, figures in _by_publisher(rulebook, fitting):
        rows = [f for f in figures if f.level in names] or [f for f in figures if f.level is None]
        # Of a publisher's own rows, one that says "base" goes before one that leaves open what it counts.
        rows = [f for f in rows if f.basis == "base"] or rows
        if rows:
            found.append(PublisherRows(publisher, _distinct(rows)))
    return tuple(found)


def anchored(
    rulebook: "Rulebook", figure: Figure, others: Iterable[PublisherRows]
) -> tuple[PublisherRows, ...]:
    """`others` with one publisher's rows replaced by the figure that a move names."""
    publisher = rulebook.sources[figure.source_id].publisher
    rows = [one for one in others if one.publisher != publisher]
    return tuple(sorted((*rows, PublisherRows(publisher, (figure,))), key=lambda one: one.publisher))


def ends(figure: Figure) -> tuple[float, float]:
    """The named ends of a figure; a figure with one end has it twice."""
    low = float(figure.low if figure.low is not None else figure.high or 0)
    return low, float(figure.high if figure.high is not None else low)


def _by_publisher(rulebook: "Rulebook", figures: Iterable[Figure]) -> list[tuple[str, list[Figure]]]:
    grouped: dict[str, list[Figure]] = {}
    for figure in figures:
        grouped.setdefault(rulebook.sources[figure.source_id].publisher, []).append(figure)
    return sorted(grouped.items())


def _distinct(figures: Iterable[Figure]) -> tuple[Figure, ...]:
    """Each interval of one region once: a publisher that repeats itself says it once."""
    kept: dict[tuple[object, ...], Figure] = {}
    for figure in figures:
        kept.setdefault((figure.region, figure.currency, *ends(figure)), figure)
    return tuple(kept.values())
