"""Whose figure a question asks for, and where: roles, levels and places by their cues, which are data.

Knows nothing of figures. A name that no row uses is read too, so that a question about it finds nothing
instead of the nearest row.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml
from pydantic import BaseModel, ConfigDict

OTHER = "other"
"""The name of a role or level that no guide speaks of."""


class Data(BaseModel):
    """A file of cues; a name it should not hold is a mistake."""

    model_config = ConfigDict(extra="forbid")


class Covered(Data):
    """A place the guides cover; `also` are regions whose rows answer for it too."""

    name: str
    cues: tuple[str, ...]
    cities: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


class Elsewhere(Data):
    """A place they do not cover, with the regions that are nearest."""

    name: str
    cues: tuple[str, ...]
    near: tuple[str, ...]


class Places(Data):
    """The file figure_places.yaml."""

    covered: dict[str, Covered]
    elsewhere: tuple[Elsewhere, ...]


class PayCues(Data):
    """Words by which pay is asked for, and of which kind."""

    salary: tuple[str, ...]
    hourly: tuple[str, ...]
    charging: tuple[str, ...]
    hourly_people: tuple[str, ...]
    hourly_kinds: dict[str, tuple[str, ...]]
    weak: tuple[str, ...]
    not_pay: tuple[str, ...]
    taking: tuple[str, ...]
    other_period: tuple[str, ...]
    total: tuple[str, ...]


class QuantityCues(Data):
    """Words by which a number is asked for."""

    hard: tuple[str, ...]
    soft: tuple[str, ...]


class Near(Data):
    """What stands in, named as such, for a role or level without a row."""

    roles: dict[str, tuple[str, ...]]
    levels: dict[str, tuple[str, ...]]
    name_only: tuple[str, ...]


class Cues(Data):
    """The file figure_cues.yaml."""

    quantity: QuantityCues
    pay: PayCues
    person: tuple[str, ...]
    no_number: tuple[str, ...]
    beyond: tuple[str, ...]
    units: dict[str, tuple[str, ...]]
    unit_names: dict[str, tuple[str, ...]]
    titles: tuple[str, ...]
    before_title: tuple[str, ...]
    claims: tuple[str, ...]
    vendors: tuple[str, ...]
    roles: dict[str, tuple[str, ...]]
    role_names: dict[str, str]
    levels: dict[str, tuple[str, ...]]
    level_names: dict[str, str]
    nothing: tuple[str, ...]
    near: Near


@cache
def cues() -> Cues:
    """The cues for roles, levels and kinds of pay."""
    return Cues.model_validate(packaged("figure_cues.yaml"))


@cache
def places() -> Places:
    """The places, covered and not."""
    return Places.model_validate(packaged("figure_places.yaml"))


def packaged(name: str) -> object:
    """A YAML file that stands beside this module."""
    return yaml.safe_load(files("advisor.adapters").joinpath(name).read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Scope:
    """What a question names (roles, levels, places, a year), and what is left of it without them.

    `asked` are the regions named, `regions` those whose rows answer. `role` and `level` "other" is one that
    no guide speaks of. `by_city`: a city was named, not the country alone.
    """

    roles: frozenset[str]
    levels: frozenset[str]
    asked: tuple[str, ...]
    regions: frozenset[str]
    elsewhere: tuple[Elsewhere, ...]
    by_city: bool
    another_year: bool
    text: str
    rest: str

    def asks_yes_or_no(self) -> bool:
        """Whether a yes or a no is asked for: "Does that justify a salary?"."""
        return _YES_OR_NO.search(self.text) is not None

    def goes_beyond(self) -> bool:
        """Whether a subject is named that no guide gives figures for, other than to leave it out."""
        text = _LEFT_OUT.sub(" ", self.text)
        return any(pattern(name).search(text) for name in cues().beyond)

    def asks_what_is_beyond(self) -> bool:
        """Whether such a subject is asked for without a word of amount: "what is the severance"."""
        return any(
            re.search(rf"{_WHAT_IS}{re.escape(name)}(?!\w* (?:of|to|from)\b)", self.text)
            for name in cues().beyond
        )

    def asks_what_it_costs(self) -> bool:
        """Whether a price is asked for in so many words: "what does a vector database cost"."""
        return _WHAT_COSTS.search(self.text) is not None

    def says(self, names: Iterable[str]) -> bool:
        """Whether one of these cues occurs in what is left of the question."""
        return any(pattern(name).search(self.rest) for name in names)

    def mentions(self, names: Iterable[str]) -> bool:
        """Whether one of these cues occurs anywhere in the question."""
        return any(pattern(name).search(self.text) for name in names)


_COUNT = r"(\d{1,2}|two|three|four|five|six|seven|eight|ten)"
_YEARS = re.compile(rf"\b{_COUNT}\s*(?:-|–|to|or)?\s*{_COUNT}?\s*(\+|or more|plus)?\s*years?\b")
_WORDS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "ten": 10}
_AUXILIARY = "should|shall|is|are|was|were|does|do|did|can|could|would|will|has|have|must|may"
_YES_OR_NO = re.compile(
    rf"(?:^|[.!?:;,]\s)\s*(?:and |but |so |then )?(?:{_AUXILIARY})"
    r"\b(?![^?]*\b(?:how|what|which|when)\b)[^?]*\?*\s*$"
)
_LEFT_OUT = re.compile(
    r"\b(?:without|excluding|not (?:counting|including)|leaving out|apart from|aside from|before|except)\b"
    r"[^?.;]*"
)
_WHAT_COSTS = re.compile(r"\bwhat (?:do|does|did|would|will|might|can|may)\b[^?.;]*\bcost\b")
_WHAT_IS = r"what(?: is|'s| are| was) (?:the |a |an |our )?(?:[\w-]+ ){0,2}"
_CALENDAR = re.compile(r"\b(?:19|20)\d\d\b")
_PRESENT = "2026"


def read_scope(question: str) -> Scope:
    """The scope of a question, names taken out of it: "contract data engineer" names no contract."""
    told = cues()
    text = f" {' '.join(question.lower().replace('’', chr(39)).split())} "
    _, rest = taken(text, {"nothing": told.nothing})
    roles, rest = taken(rest, told.roles)
    if not roles and _names_another_title(text):
        roles = frozenset({OTHER})
    by_place, rest = taken(rest, _place_cues(question))
    levels, rest = taken(rest, told.levels)
    if not levels:
        levels = _levels_by_years(text)
    covered = {name.removeprefix("city ") for name in by_place if not name.startswith("else ")}
    regions = covered | {also for name in covered for also in places().covered[name].also}
    elsewhere = tuple(place for place in places().elsewhere if f"else {place.name}" in by_place)
    if "offshore" in covered and (covered - {"offshore"} or elsewhere):
        covered, regions = covered - {"offshore"}, (covered - {"offshore"})
    return Scope(
        roles=roles,
        levels=levels,
        asked=tuple(sorted(covered)),
        regions=frozenset(regions),
        elsewhere=elsewhere,
        by_city=any(name.startswith("city ") for name in by_place),
        another_year=any(year != _PRESENT for year in _CALENDAR.findall(text)),
        text=text,
        rest=rest,
    )


def _place_cues(question: str) -> dict[str, tuple[str, ...]]:
    """Every place with its cues: "us" is a country only in capitals, else it is a pronoun."""
    capital = re.search(r"\bUS\b", question) is not None
    found = {
        name: tuple(cue for cue in place.cues if cue != "us" or capital)
        for name, place in places().covered.items()
    }
    found |= {f"city {name}": place.cities for name, place in places().covered.items()}
    return found | {f"else {place.name}": place.cues for place in places().elsewhere}


def _names_another_title(text: str) -> bool:
    """ "Kubernetes engineers", "an ethics consultant": a role that no guide speaks of."""
    told = cues()
    titles = "|".join(map(re.escape, told.titles))
    before = re.findall(rf"([\w'/-]+)\s+(?:{titles})s?\b", text)
    return any(word not in told.before_title and not word.endswith("-level") for word in before)


def _levels_by_years(text: str) -> frozenset[str]:
    """ "With three to five years behind them" is mid-level; asked for the years themselves, it names none."""
    found = _YEARS.search(text)
    if found is None or re.search(r"how (?:many|much|long)[\w ]*years", text):
        return frozenset()
    low = _WORDS.get(found[1]) or int(found[1])
    high = low if found[2] is None else _WORDS.get(found[2]) or int(found[2])
    if high <= 2:
        return frozenset({"entry"})
    if high <= 5 and not found[3]:
        return frozenset({"mid"})
    return frozenset({"senior"})


def taken(text: str, names: Mapping[str, Iterable[str]]) -> tuple[frozenset[str], str]:
    """The names whose cues occur, and the text without those cues; longer cues first."""
    found: set[str] = set()
    pairs = sorted(
        ((cue, name) for name, cues in names.items() for cue in cues), key=lambda pair: -len(pair[0])
    )
    for cue, name in pairs:
        left = pattern(cue).sub(" ", text)
        if left != text:
            found.add(name)
            text = left
    return frozenset(found), text


@cache
def pattern(cue: str) -> re.Pattern[str]:
    """A cue at the beginning of a word; a short one (up to three letters) has to be the whole word."""
    start = r"(?<!\w)" if cue[0].isalnum() else ""
    end = r"(?!\w)" if len(cue) <= 3 else r"\w*"
    return re.compile(start + re.escape(cue) + end)
