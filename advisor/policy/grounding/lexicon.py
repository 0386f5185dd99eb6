"""The lexicon: surface forms of roles and engagements, negations, opposites. Data, checked when loaded."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import cast

from pydantic import Field

from advisor.domain.facts import Frozen
from advisor.domain.vocabulary import ENGAGEMENTS, ENUMERATED, FACT_KEYS, ROLES, Engagement, FactKey, Role
from advisor.errors import PlaybookError
from advisor.policy.grounding.folding import fold, stem
from advisor.policy.playbook_files import read_entries

FILE = "lexicon.yaml"


class NegationWords(Frozen):
    """Words that negate, words that turn a statement into a condition, and where a negation ends."""

    forward: tuple[str, ...] = Field(min_length=1)
    clausal: tuple[str, ...] = Field(min_length=1)
    brief: tuple[str, ...] = ()
    conditional: tuple[str, ...] = Field(min_length=1)
    harmless: tuple[str, ...] = ()
    deferring: tuple[str, ...] = ()
    soft: tuple[str, ...] = ()
    softer: tuple[str, ...] = ()
    until: tuple[str, ...] = ()
    undoing: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    closing: tuple[str, ...] = Field(min_length=1)


class SequenceWords(Frozen):
    """Words that put one thing before another: what stands before them comes first, or comes second."""

    earlier: tuple[str, ...] = Field(min_length=1)
    later: tuple[str, ...] = Field(min_length=1)
    conditions: tuple[str, ...] = ()
    more: tuple[str, ...] = Field(min_length=1)
    less: tuple[str, ...] = Field(min_length=1)


class OppositeEntry(Frozen):
    """Two lists of words that say the opposite. `strict`: the word itself needs lineage.

    `of_kind`: what is not the one is the other, as ready and messy; not so with more and less.
    """

    id: str
    strict: bool
    of_kind: bool = False
    sides: tuple[tuple[str, ...], tuple[str, ...]]


class DecisionWords(Frozen):
    """Words that say which part of a decision a clause speaks of."""

    conditional: tuple[str, ...]
    following: tuple[str, ...]
    losing: tuple[str, ...]
    without: tuple[str, ...]


class FactWords(Frozen):
    """What a claim about a yes-or-no fact speaks of, and words that say yes or no by themselves."""

    topic: tuple[str, ...] = Field(min_length=1)
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()


class _File(Frozen):
    roles: dict[str, tuple[str, ...]]
    engagements: dict[str, tuple[str, ...]]
    negations: NegationWords
    no_names: tuple[str, ...]
    contraries: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]
    sequence: SequenceWords
    sufficing: tuple[str, ...]
    opposites: tuple[OppositeEntry, ...]
    neutral: tuple[str, ...]
    adverse: tuple[str, ...]
    same: tuple[tuple[str, ...], ...]
    empty: tuple[str, ...]
    recommending: tuple[str, ...]
    claiming: tuple[str, ...]
    offering: tuple[str, ...]
    stating: tuple[str, ...]
    labels: tuple[str, ...]
    decision: DecisionWords
    facts: dict[str, FactWords]
    meanings: dict[str, dict[str, str]]
    topics: dict[str, str]
    about_decision: str


@dataclass(frozen=True)
class Opposite:
    """An opposite as two patterns."""

    id: str
    strict: bool
    sides: tuple[re.Pattern[str], re.Pattern[str]]


@dataclass(frozen=True, eq=False)  # compared by identity, so that readings can be cached by it
class Lexicon:
    """The lexicon, ready to search with. Patterns match in folded text of any case."""

    forms: Mapping[str, tuple[Role | Engagement, ...]]
    names: re.Pattern[str]
    forward: re.Pattern[str]
    clausal: re.Pattern[str]
    brief: re.Pattern[str]
    conditional: re.Pattern[str]
    harmless: re.Pattern[str]
    deferring: re.Pattern[str]
    closing: re.Pattern[str]
    soft: re.Pattern[str]
    softer: frozenset[str]
    contraries: tuple[Opposite, ...]
    until: re.Pattern[str]
    undoing: re.Pattern[str]
    beside: re.Pattern[str]
    sequence: re.Pattern[str]
    earlier: re.Pattern[str]
    conditions: re.Pattern[str]
    than: re.Pattern[str]
    sufficing: re.Pattern[str]
    lesser: re.Pattern[str]
    opposites: tuple[Opposite, ...]
    neutral: re.Pattern[str]
    adverse: re.Pattern[str]
    same: Mapping[str, str]
    empty: frozenset[str]
    recommending: re.Pattern[str]
    claiming: re.Pattern[str]
    offering: re.Pattern[str]
    stating: re.Pattern[str]
    labels: frozenset[str]
    deciding: Mapping[str, re.Pattern[str]]
    facts: Mapping[FactKey, tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]]
    meanings: Mapping[str, Mapping[str, str]]
    topics: Mapping[str, str]
    about_decision: str

    def content(self, word: str) -> str | None:
        """The stem under which a lower-case word is compared, None for a word that carries nothing."""
        word = word.removesuffix("'s")
        if word in self.empty or len(word) < 2:
            return None
        root = stem(word)
        return self.same.get(root, root)


def load_lexicon(text: str) -> Lexicon:
    """The lexicon from its YAML text.

    Raises PlaybookError for text that isn't a lexicon, an unknown role, engagement or fact, and a role
    or engagement without a form.
    """
    entries = read_entries({FILE: text}, FILE, _File)
    _check_names(entries.roles, ROLES, "role")
    _check_names(entries.engagements, ENGAGEMENTS, "engagement")
    for fact in entries.facts:
        if "yes" not in ENUMERATED.get(cast(FactKey, fact), ()):
            raise _wrong(f"names {fact!r} under facts, which is no yes-or-no fact")
    for fact in (*entries.meanings, *entries.topics):
        if fact not in FACT_KEYS:
            raise _wrong(f"names the unknown fact {fact!r}")
    _check_opposites(entries.opposites)
    forms: dict[str, tuple[Role | Engagement, ...]] = {}
    for name, surface in (*entries.roles.items(), *entries.engagements.items()):
        for form in surface:
            key = _key(form)
            forms[key] = (*forms.get(key, ()), cast(Role | Engagement, name))
    same = {
        stem(fold(word).lower()): stem(fold(group[0]).lower())
        for group in reversed(entries.same)
        for word in group
    }
    return Lexicon(
        forms=forms,
        # The longest form is found first: a phrase of `no_names` before the name inside it.
        names=_words((*entries.no_names, *_forms(entries.roles), *_forms(entries.engagements)), "s|'s|s'"),
        forward=_words((*entries.negations.forward, *entries.negations.clausal)),
        clausal=_words(entries.negations.clausal),
        brief=_words(entries.negations.brief),
        conditional=_words(entries.negations.conditional),
        harmless=_words(entries.negations.harmless),
        deferring=_words(entries.negations.deferring),
        closing=_words(entries.negations.closing),
        soft=_words(entries.negations.soft),
        softer=frozenset(map(_key, entries.negations.softer)),
        contraries=(
            *(Opposite("", False, (_words(one), _words(other))) for one, other in entries.contraries),
            *(
                Opposite(entry.id, False, (_words(entry.sides[0]), _words(entry.sides[1])))
                for entry in entries.opposites
                if entry.of_kind
            ),
        ),
        until=_words(entries.negations.until),
        undoing=_words(entries.negations.undoing),
        beside=_words(entries.negations.beside),
        sequence=_words((*entries.sequence.earlier, *entries.sequence.later)),
        earlier=_words(entries.sequence.earlier),
        conditions=_words(entries.sequence.conditions),
        than=_than((*entries.sequence.more, *entries.sequence.less)),
        sufficing=_words(entries.sufficing),
        lesser=_words(entries.sequence.less),
        opposites=tuple(
            Opposite(entry.id, entry.strict, (_words(entry.sides[0]), _words(entry.sides[1])))
            for entry in entries.opposites
        ),
        neutral=_words(entries.neutral),
        adverse=_words(entries.adverse),
        same=same,
        empty=frozenset(entries.empty),
        recommending=_words(entries.recommending),
        claiming=_words(entries.claiming),
        offering=_words(entries.offering),
        stating=_words(entries.stating),
        labels=frozenset(label.casefold() for label in entries.labels),
        deciding={
            "conditional": _words(entries.decision.conditional),
            "following": _words(entries.decision.following),
            "losing": _words(entries.decision.losing),
            "without": _words(entries.decision.without),
        },
        facts={
            cast(FactKey, key): (_words(entry.topic), _words(entry.yes), _words(entry.no))
            for key, entry in entries.facts.items()
        },
        meanings=entries.meanings,
        topics=entries.topics,
        about_decision=entries.about_decision,
    )


def _key(form: str) -> str:
    return " ".join(fold(form).lower().replace("-", " ").split())


def _wrong(what: str) -> PlaybookError:
    return PlaybookError(f"{FILE} {what}.", "Mend that entry.")


def _forms(surfaces: Mapping[str, tuple[str, ...]]) -> Iterable[str]:
    return (form for forms in surfaces.values() for form in forms)


def _check_names(entries: Mapping[str, tuple[str, ...]], known: tuple[str, ...], kind: str) -> None:
    for name in entries:
        if name not in known:
            raise _wrong(f"names the unknown {kind} {name!r}")
    for name in known:
        if not any(form.strip() for form in entries.get(name, ())):
            raise _wrong(f"has no form for the {kind} {name!r}")


def _check_opposites(entries: tuple[OppositeEntry, ...]) -> None:
    for entry in entries:
        first, second = ({_key(word) for word in side} for side in entry.sides)
        if not first or not second:
            raise _wrong(f"leaves one side of {entry.id!r} empty")
        if both := first & second:
            raise _wrong(f"has {min(both)!r} on both sides of {entry.id!r}")


def _words(forms: Iterable[str], plural: str = "") -> re.Pattern[str]:
    """A pattern for any of the forms as whole words; the longest wins. Without forms it never matches."""
    kept = sorted({_key(form) for form in forms if form.strip()}, key=len, reverse=True)
    if not kept:
        return re.compile(r"(?!)")
    ending = f"(?:{plural})?" if plural else ""
    alternatives = "|".join(re.escape(form).replace(r"\ ", r"[\s-]+") for form in kept)
    return re.compile(rf"(?<![\w'])(?:{alternatives}){ending}(?!\w|'\w)", re.IGNORECASE)


def _than(forms: Iterable[str]) -> re.Pattern[str]:
    """A pattern for "longer than" and "less time than"; what stands between is `between`."""
    kept = "|".join(sorted(map(re.escape, forms), key=len, reverse=True))
    return re.compile(rf"\b(?P<word>{kept})\b(?P<between>(?:\s+[\w-]+){{0,3}}?)\s+than\b", re.IGNORECASE)
