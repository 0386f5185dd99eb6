"""A question → the typed figures that it asks for, or the nearest ones, named as such.

Pay is found by role, level and place; any other figure by how people ask for it, in words and, where a
similarity is given, in meaning. What is not near enough is not given: a wrong figure is worse than none.
Searches no text, and knows nothing of passages.
"""

import itertools
import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from advisor.adapters.figure_scope import OTHER, Data, Scope, cues, packaged, places, read_scope
from advisor.domain.evidence import Figure
from advisor.ports.evidence import Finding
from ingest.lexical import stems

Similarity = Callable[[str, Sequence[str]], Sequence[float]]
"""text, candidates → one likeness (cosine) for each."""

NEAR_ENOUGH = 0.5
"""The least likeness of a question to a way of asking; chosen on the dev half of evals' figure questions."""
NEAR_IN_WORDS = 0.45
"""The same where there is no similarity of meaning, and words alone decide."""
BY_MEANING = 0.6
"""The part of a likeness that meaning has; the rest is words in common."""
NEEDED = 0.08
"""What a word that an entry needs, or a claim where claims are asked for, adds to a likeness."""

_AI_ROLES = frozenset({"ai_engineer", "ml_engineer", "mlops_engineer", "ai_developer"})
_LEVELS = {"junior": "entry"}


class Ask(Data):
    """The figures of one subject, and ways to ask for them."""

    figures: tuple[str, ...] = ()
    asks: tuple[str, ...]
    needs: tuple[str, ...] = ()
    way: Literal["figures", "pay", "none"] = "figures"
    claim: bool = False
    scoped: bool = False
    placed: bool = False
    by_level: bool = False


class Asks(Data):
    """The file figure_asks.yaml."""

    asks: tuple[Ask, ...]


@cache
def known_asks() -> tuple[Ask, ...]:
    """Every way to ask for a figure that the package knows."""
    return Asks.model_validate(packaged("figure_asks.yaml")).asks


def asked_figures(
    question: str, figures: Sequence[Figure], similarity: Similarity | None = None
) -> Finding | None:
    """What the figures say to `question`; None when it asks for none.

    `similarity` compares meanings; without one, words alone decide.
    """
    scope = read_scope(question)
    told = cues()
    pay = _asks_for_pay(scope)
    hard = scope.mentions(told.quantity.hard) or scope.asks_what_it_costs()
    if scope.asks_what_is_beyond():
        return Finding()
    if not hard and (scope.asks_yes_or_no() or scope.mentions(told.no_number)):
        return None
    words_of_pay = scope.says((*told.pay.salary, *told.pay.hourly, *told.pay.charging))
    if not pay and not hard and not words_of_pay and not scope.mentions(told.quantity.soft):
        return None
    if scope.goes_beyond():
        return Finding()
    claims = scope.mentions(told.claims)
    ask = _nearest_ask(scope, figures, claims, similarity)
    if ask is not None and pay and _is_plain_pay(scope) and not _of_money(ask, figures):
        return _pay(scope, figures)  # "with five years of experience" only says whose pay
    if ask is None or ask.way == "pay":
        if pay:
            return _pay(scope, figures)
        return Finding() if hard or words_of_pay else None
    if ask.way == "none":
        return Finding()
    rows = tuple(figure for figure in figures if figure.id in ask.figures)
    if not rows:
        return Finding()
    if ask.by_level and scope.levels:
        rows = tuple(row for row in rows if _level(row) in scope.levels)
    if ask.scoped or (ask.placed and scope.elsewhere):
        return _scoped(scope, rows)
    return Finding(figures=rows, regions=scope.regions, claims=claims)


# --- by the way of asking -----------------------------------------------------------------------------


def _nearest_ask(
    scope: Scope, figures: Sequence[Figure], claims: bool, similarity: Similarity | None
) -> Ask | None:
    """The subject whose asks are most like the question; None when none is near enough."""
    asks = known_asks()
    texts = [text for ask in asks for text in ask.asks]
    question = scope.text
    for name in cues().vendors:
        question = question.replace(name, "the vendor")
    likeness = [_in_words(question, text) for text in texts]
    least = NEAR_IN_WORDS
    if similarity is not None:
        least = NEAR_ENOUGH
        meant = similarity(question, texts)
        likeness = [
            BY_MEANING * meaning + (1 - BY_MEANING) * words
            for meaning, words in zip(meant, likeness, strict=True)
        ]
    owners = [ask for ask in asks for _ in ask.asks]
    units = _units(scope)
    measured = {figure.id: figure.unit for figure in figures}
    fit = {
        id(ask): (not ask.needs or scope.mentions(ask.needs))
        and (not units or not ask.figures or any(measured.get(name) in units for name in ask.figures))
        for ask in asks
    }
    scored = [
        (score + NEEDED * (bool(ask.needs) or ask.claim), ask)
        for score, ask in zip(likeness, owners, strict=True)
        if fit[id(ask)] and (claims or not ask.claim)
    ]
    best, ask = max(scored, key=lambda pair: pair[0])
    return ask if best >= least else None


def _units(scope: Scope) -> frozenset[str]:
    """The units in which the question wants to be answered; empty: any."""
    told = cues()
    asked = [kind for kind, words in told.units.items() if scope.mentions(words)]
    return frozenset(unit for kind in asked[:1] for unit in told.unit_names[kind])


def _in_words(question: str, text: str) -> float:
    """The share of rare words in common, 0 to 1."""
    ours, theirs = frozenset(stems(question)), frozenset(stems(text))
    weight = _weights()
    shared = sum(weight(stem) for stem in ours & theirs)
    total = sum(map(weight, ours)) + sum(map(weight, theirs))
    return 2 * shared / total if total else 0.0


@cache
def _weights() -> Callable[[str], float]:
    """How much a stem tells: the rarer among all asks, the more."""
    texts = [frozenset(stems(text)) for ask in known_asks() for text in ask.asks]
    counts = Counter(stem for text in texts for stem in text)

    def weight(stem: str) -> float:
        return math.log((len(texts) + 1) / (counts[stem] + 1)) + 0.1

    return weight


def _scoped(scope: Scope, rows: tuple[Figure, ...]) -> Finding:
    """The rows if they hold for the role and place asked for, else as the nearest there is."""
    held = {row.role for row in rows if row.role is not None}
    role_fits = not scope.roles or not held or bool(scope.roles & held) or scope.roles <= _AI_ROLES
    place_fits = not scope.elsewhere and scope.regions <= {"us"}
    if role_fits and place_fits:
        return Finding(figures=rows, regions=frozenset())
    missing = _named(() if role_fits else scope.roles, (), _asked_places(scope))
    near = OTHER not in scope.roles
    return Finding(
        nearest=rows if near else (),
        missing=missing,
        closest=_named(sorted(held), (), ()) if near else "",
        regions=scope.regions,
    )


# --- pay ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Wanted:
    """The rows of pay that are looked for; an empty level is any."""

    metrics: frozenset[str]
    roles: frozenset[str]
    levels: frozenset[str]
    regions: frozenset[str]
    kinds: tuple[str, ...] = ()

    def takes(self, figure: Figure) -> bool:
        """Whether the figure is one of them."""
        if figure.metric not in self.metrics or figure.region is None:
            return False
        role = figure.role in self.roles or (figure.role is None and bool(self.roles & _AI_ROLES))
        level = not self.levels or _level(figure) in self.levels
        kind = not self.kinds or any(kind in figure.label.lower() for kind in self.kinds)
        return role and level and kind and self._place(figure)

    def _place(self, figure: Figure) -> bool:
        # A row for offshore may say of which countries: "in India or Eastern Europe".
        told = (places().covered[region].name for region in self.regions)
        return figure.region in self.regions or (
            figure.region == "offshore" and any(name.lower() in figure.label.lower() for name in told)
        )


def _asks_for_pay(scope: Scope) -> bool:
    pay = cues().pay
    if scope.says(pay.not_pay) or "days" in _units(scope):
        return False
    strong = scope.says((*pay.salary, *pay.hourly, *pay.other_period, *pay.charging))
    kinds = [word for words in pay.hourly_kinds.values() for word in words]
    person = bool(scope.roles | scope.levels) or scope.mentions((*cues().person, *pay.hourly_people, *kinds))
    taking = scope.mentions(("what", "how much")) and scope.says(pay.taking)
    return person and (strong or taking or scope.says(pay.weak))


def _of_money(ask: Ask, figures: Sequence[Figure]) -> bool:
    """Whether the rows of a subject are amounts, or shares and multiples of one."""
    units = {figure.unit for figure in figures if figure.id in ask.figures}
    return bool(units & {"money", "percent", "times"})


def _is_plain_pay(scope: Scope) -> bool:
    """Whether pay is asked for by name, and whose it is."""
    words = (*cues().pay.salary, *cues().pay.hourly, "pay", "cost", "rate", "price")
    return scope.says(words) and bool(scope.roles | scope.levels) and not scope.mentions(("how many",))


def _pay(scope: Scope, figures: Sequence[Figure]) -> Finding:
    """The rows of pay that were asked for; where there are none, the nearest."""
    if scope.roles == {OTHER} or scope.levels == {OTHER}:
        return Finding()
    metrics = _kinds_of_pay(scope)
    kinds = tuple(kind for kind, names in cues().pay.hourly_kinds.items() if scope.mentions(names))
    wanted = _Wanted(
        metrics=metrics,
        roles=scope.roles or frozenset({"ai_engineer"}),
        levels=scope.levels,
        regions=scope.regions or frozenset({"us"}),
        kinds=kinds if metrics == {"pay_hourly"} and not scope.levels else (),
    )
    found = () if scope.elsewhere and not scope.asked else _rows(wanted, figures, scope)
    other_period = scope.says(cues().pay.other_period) and not scope.says(
        (*cues().pay.salary, *cues().pay.hourly)
    )
    if found and not other_period and not scope.another_year:
        return Finding(figures=found, regions=wanted.regions, by_city=scope.by_city)
    missing = _named(scope.roles, scope.levels, _asked_places(scope))
    if found:
        return Finding(nearest=found, missing=missing, closest=_closest(wanted), by_city=scope.by_city)
    return _nearest_pay(wanted, scope, figures, missing)


def _kinds_of_pay(scope: Scope) -> frozenset[str]:
    """By the hour or by the year; where nothing tells, by the year, and offshore by both."""
    pay = cues().pay
    by_year, by_hour = scope.mentions(pay.salary), scope.mentions((*pay.hourly, *pay.charging))
    salary, hourly = frozenset({"pay_salary", "pay_average"}), frozenset({"pay_hourly"})
    if by_hour and not by_year:
        return hourly
    if by_year:
        return salary
    if scope.mentions(pay.hourly_people) or scope.mentions(("day rate", "per day", "rate")):
        return hourly
    if "specialist" in scope.levels or scope.regions & {"offshore"}:
        return salary | hourly
    return salary


def _rows(wanted: _Wanted, figures: Sequence[Figure], scope: Scope) -> tuple[Figure, ...]:
    found = [figure for figure in figures if wanted.takes(figure)]
    if scope.mentions(cues().pay.total):
        total = [figure for figure in found if figure.basis == "total"]
        found = [*total, *(figure for figure in found if figure.basis != "total")] if total else found
    if not wanted.levels:  # a band for each level, and those for all; not what is told beside them
        plain = [figure for figure in found if figure.metric != "pay_average" and _is_band(figure)]
        found = plain or found
    order = ["entry", "mid", "senior", "staff", "specialist", None]
    return tuple(found) if wanted.levels else tuple(sorted(found, key=lambda row: order.index(_level(row))))


def _is_band(figure: Figure) -> bool:
    return figure.basis == "base" or figure.level is None or figure.metric == "pay_hourly"


def _nearest_pay(wanted: _Wanted, scope: Scope, figures: Sequence[Figure], missing: str) -> Finding:
    """The rows that come nearest, with as few of role, level and place changed as can be."""
    near = cues().near
    if scope.roles & set(near.name_only):
        stand_in = [role for asked in sorted(scope.roles) for role in near.roles.get(asked, ())]
        return Finding(missing=missing, closest=_named(stand_in, (), ()))
    roles = _options(wanted.roles, near.roles, bool(scope.roles))
    levels = _options(wanted.levels, near.levels, True)
    regions = [frozenset({region}) for place in scope.elsewhere for region in place.near]
    if not scope.elsewhere:
        regions = [wanted.regions, frozenset({"us"})] if scope.asked else [wanted.regions]
    changes = sorted(
        itertools.product(enumerate(regions), enumerate(levels), enumerate(roles)),
        key=lambda one: (sum(place > 0 for place, _ in one), [place for place, _ in one]),
    )
    for (_, region), (_, level), (_, role) in changes:
        other = _Wanted(wanted.metrics, role, level, region, wanted.kinds)
        if found := _rows(other, figures, scope):
            return Finding(nearest=found, missing=missing, closest=_closest(other))
    return Finding(missing=missing)


def _options(asked: frozenset[str], near: Mapping[str, Sequence[str]], named: bool) -> list[frozenset[str]]:
    """What was asked for, then what may stand in for it, the nearest first."""
    stand_ins = [other for one in sorted(asked) for other in near.get(one, ())] if named else []
    return [asked, *(frozenset({other}) for other in dict.fromkeys(stand_ins))]


def _level(figure: Figure) -> str | None:
    return None if figure.level is None else _LEVELS.get(figure.level, figure.level)


# --- in words -----------------------------------------------------------------------------------------


def _asked_places(scope: Scope) -> list[str]:
    return [places().covered[name].name for name in scope.asked] + [place.name for place in scope.elsewhere]


def _closest(wanted: _Wanted) -> str:
    names = [places().covered[region].name for region in sorted(wanted.regions)]
    return _named(wanted.roles, wanted.levels, names)


def _named(roles: Collection[str], levels: Collection[str], where: Iterable[str]) -> str:
    """ "an AI engineer, senior level, in Canada": what there is of role, level and place."""
    told = cues()
    parts = [told.role_names[role] for role in sorted(roles) if role in told.role_names]
    parts = [" or ".join(parts)] if parts else []
    parts += [told.level_names[level] for level in sorted(levels) if level in told.level_names]
    if there := [name if name == "offshore" else f"in {name}" for name in where]:
        parts.append(" and ".join(there))
    return ", ".join(parts)
