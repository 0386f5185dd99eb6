"""The reader's data: cue phrases, units, names. Loaded from YAML texts and checked.

`load_reading` takes the texts, not their paths, so that nothing here touches a disk.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any, cast

import yaml
from pydantic import Field, PrivateAttr, ValidationError

from advisor.adapters.local_reader.cues import CueError, CueSet
from advisor.domain.facts import Frozen
from advisor.domain.vocabulary import ENUMERATED, FactKey
from advisor.errors import PlaybookError

Cues = tuple[str, ...]
FILES = ("words", "signals", "facts", "work", "measures", "texts", "requests", "scope")


class ValueCues(Frozen):
    """What people say for one value: anywhere, or only in answer to the question about it."""

    cues: Cues = ()
    weak: Cues = ()
    """Cues that count only when no other value is said: the means, not the work."""
    answers: Cues = ()
    examples: Cues = ()


class FactCues(Frozen):
    """How one enumerated fact is spoken of."""

    values: dict[str, ValueCues]
    negated: dict[str, str] = Field(default_factory=dict[str, str])
    """value → the value meant when its cue is negated; a value not named here then says nothing."""
    bare_yes: str | None = None
    bare_no: str | None = None
    prefer: tuple[str, ...] = ()
    """When several values are said in one message, the first of these wins; else the last said."""
    unknown: Cues = ()
    not_when: Cues = ()
    """A clause that holds one of these says nothing about the fact ("we need a CTO")."""


class Signals(Frozen):
    """Words that change how a clause is to be taken."""

    negators: Cues
    not_negators: Cues
    denied_after: Cues
    hedges: Cues
    doubts: Cues
    hypotheticals: Cues
    mild_conditions: Cues
    past: Cues
    others: Cues
    own: Cues
    retractions: Cues
    affirmations: Cues
    refusals: Cues
    dont_know: Cues
    small_talk: Cues
    question_starts: Cues


class Currency(Frozen):
    symbols: tuple[str, ...] = ()
    words: Cues = ()


class Measures(Frozen):
    """Units and the words around durations, dates, money and counts."""

    units: dict[str, float]
    """Any spelling of a unit → days."""
    currencies: dict[str, Currency]
    scales: dict[str, float]
    timeline_cues: Cues
    start_cues: Cues
    not_timeline_before: Cues
    not_timeline_after: Cues
    not_timeline: Cues
    no_deadline: Cues
    budget_cues: Cues
    rates_after: Cues
    monthly_after: Cues
    not_budget: Cues
    loss: Cues
    """What is lost while the work isn't there, beside an amount and a rate."""
    delay: Cues
    """Waiting itself: "every week without it"."""
    not_delay: Cues
    after_amount: Cues
    seasons: dict[str, tuple[int, int, int, int]]
    """Name → first and last day it may begin: (month, day, month, day)."""
    feasts: dict[str, tuple[int, int]]
    moving_feasts: dict[str, tuple[dt.date, ...]]
    """Feasts whose date differs from year to year; for a year without a row none is guessed."""


class WorkflowWords(Frozen):
    """What a description of a system is made of; `actions`, `light_actions`, `checks`: verbs in base form."""

    actions: tuple[str, ...]
    light_actions: tuple[str, ...]
    """Verbs that say something of a system only beside other signs of one."""
    checks: tuple[str, ...]
    """What people do to a system's results; an action only of the system itself."""
    nominal: Cues
    systems: Cues
    materials: Cues
    wishes: Cues
    heads: Cues
    """What stands before a colon: "task:", "what it does:"."""
    people: Cues
    not_workflow: Cues


class Texts(Frozen):
    """Words that mark the facts kept in the user's own words."""

    volume_nouns: Cues
    volume_people: Cues
    """Who counts as volume only when they use the system."""
    rate_words: Cues
    not_volume: Cues
    team_nouns: Cues
    team_fields: Cues
    team_cues: Cues
    team_heads: Cues
    team_alone: Cues
    team_nobody: Cues
    not_team: Cues
    headcount_nouns: Cues
    not_headcount: Cues
    places: Cues
    not_region: Cues
    place_preferences: Cues
    region_cues: Cues
    workflow: WorkflowWords
    regimes: dict[str, Cues]
    regimes_in_capitals: tuple[str, ...]
    """Names that are words or abbreviations of something else when they aren't in capitals."""


class Requests(Frozen):
    """Words by which a message asks for something."""

    topics: Cues
    staffing: Cues
    why: Cues
    what_if: Cues
    answer_now: Cues
    restart: Cues
    retract: Cues
    corrections: Cues
    fact_names: dict[FactKey, Cues]


class Ground(Frozen):
    """A ground on which nobody may be selected: words that say it by themselves, or beside `choosing`."""

    plain: Cues = ()
    words: Cues = ()


class Scope(Frozen):
    """Words of what is declined."""

    off_topic: Cues
    staffing_words: Cues
    grounds: dict[str, Ground]
    choosing: Cues
    instructions: Cues
    health: Cues
    candidates: Cues
    foreign_words: dict[str, tuple[str, ...]]
    """Language code → words that tell the language in a message too short for a guess by letters."""
    english: tuple[str, ...]
    languages: dict[str, str]
    """Language code → one sentence in that language: only English is read here."""


class ReadingPlaybook(Frozen):
    """All files of `playbook/reading`, checked."""

    words: dict[str, str]
    signals: Signals
    facts: dict[FactKey, FactCues] = Field(min_length=1)
    measures: Measures
    texts: Texts
    requests: Requests
    scope: Scope

    _cue_sets: dict[Cues, CueSet] = PrivateAttr(default_factory=dict[Cues, CueSet])

    def cue_set(self, sources: Cues) -> CueSet:
        """The cues ready to be searched for; the same lists give the same object."""
        if sources not in self._cue_sets:
            self._cue_sets[sources] = CueSet(sources, self.words)
        return self._cue_sets[sources]


def load_reading(texts: Mapping[str, str]) -> ReadingPlaybook:
    """The reader's playbook from its YAML texts, keyed by file name without ending (see FILES).

    Raises PlaybookError naming the file and the field when a file is missing, is no YAML, or names an
    unknown fact, value or field, or holds a cue that can't be read.
    """
    missing, foreign = set(FILES) - set(texts), set(texts) - set(FILES)
    if missing or foreign:
        raise PlaybookError(
            f"The reading playbook needs the files {', '.join(FILES)};"
            f" missing: {', '.join(sorted(missing)) or 'none'},"
            f" unknown: {', '.join(sorted(foreign)) or 'none'}.",
            "Give each of these files once, by its name without .yaml.",
        )
    raw = {name: _yaml(name, texts[name]) for name in FILES}
    raw["facts"] = _merged(raw.pop("work"), raw["facts"])
    try:
        playbook = ReadingPlaybook.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise PlaybookError(
            f"The reading playbook is wrong at {where}: {first['msg']}.",
            f"Correct the field in playbook/reading/{first['loc'][0] if first['loc'] else 'facts'}.yaml.",
        ) from error
    _check_values(playbook)
    _check_cues(playbook)
    return playbook


def _yaml(name: str, text: str) -> Any:
    """The file's content; a file of one section is headed by its own name."""
    try:
        content = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        return content[name] if isinstance(content, dict) and set(content) == {name} else content
    except yaml.YAMLError as error:
        raise PlaybookError(
            f"The reading playbook's file {name}.yaml is no YAML: {error}.",
            "Correct the line that the message names.",
        ) from error


def _merged(first: Any, second: Any) -> Any:
    if not isinstance(first, dict) or not isinstance(second, dict):
        return second
    twice = sorted(set(cast(dict[str, Any], first)) & set(cast(dict[str, Any], second)))
    if twice:
        raise PlaybookError(
            f"The reading playbook speaks of {', '.join(twice)} in both work.yaml and facts.yaml.",
            "Keep each fact in one of the two files.",
        )
    return {**first, **second}


def _check_values(playbook: ReadingPlaybook) -> None:
    for key, fact in playbook.facts.items():
        allowed = ENUMERATED.get(key)
        if allowed is None:
            raise PlaybookError(
                f"The reading playbook lists values for {key}, whose values are no closed list.",
                "Remove it from facts.yaml; measures and texts are read by their own files.",
            )
        named = [*fact.values, *fact.negated, *fact.negated.values(), *fact.prefer]
        named += [value for value in (fact.bare_yes, fact.bare_no) if value is not None]
        for value in named:
            if value not in allowed:
                raise PlaybookError(
                    f"The reading playbook gives {key} the unknown value {value!r}.",
                    f"Use one of {', '.join(allowed)}.",
                )


def _check_cues(playbook: ReadingPlaybook) -> None:
    try:
        for sources in _cue_lists(playbook):
            for cue in playbook.cue_set(sources).cues:
                cue.compile()
    except CueError as error:
        raise PlaybookError(
            f"The reading playbook holds a cue that can't be read: {error}.",
            "Correct the phrase; cues.py says how cues are written.",
        ) from error


def _cue_lists(part: object) -> list[Cues]:
    """Every list of cues below a part of the playbook; lists of plain words are cues as well."""
    if isinstance(part, Frozen):
        return [cues for name in type(part).model_fields for cues in _cue_lists(getattr(part, name))]
    if isinstance(part, dict):
        return [cues for value in cast(dict[str, object], part).values() for cues in _cue_lists(value)]
    if isinstance(part, tuple) and part and isinstance(part[0], str):
        return [cast(Cues, part)]
    return []
