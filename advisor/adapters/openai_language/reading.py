"""What a model reads in a message, checked: the user's own words, values that a fact can hold.

A number is taken from the local parsers where they can read the words it rests on. What the local
reader declines stays declined, and what it read stays read where the model read nothing.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Literal, cast

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from advisor.domain.commands import (
    AnswerNow,
    AskGuides,
    AskWhy,
    Command,
    OutOfScope,
    Reading,
    Restart,
    RetractFact,
    SetFact,
    WhatIf,
)
from advisor.domain.facts import FactValueError, canonical_value
from advisor.domain.vocabulary import ENUMERATED, FACT_KEYS, TEXT_FACTS, FactKey

MEASURED: tuple[FactKey, ...] = ("timeline_days", "budget_usd", "delay_cost_usd")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_DAYS = re.compile(r"\s*(\d{1,4})\s*(?:-\s*(\d{1,4})\s*)?(?:days?)?\s*", re.IGNORECASE)
_MONEY = re.compile(r"\s*(\d{1,12})\s*(?:-\s*(\d{1,12})\s*)?([A-Za-z]{3})?\s*")
_REGIMES = re.compile(r"\s*(yes|no)\s*(?::\s*(.*))?", re.IGNORECASE)


Ground = Literal[
    "none", "age", "gender", "origin", "family plans", "health", "religion", "another protected ground"
]
"""Said to the user, so no free text."""


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid")


class FactRead(_Form):
    """One fact that the message states, takes back, or tries in a supposition.

    `key` is free in the form, since the prompt lists the keys already; an unknown one is dropped.
    """

    act: Literal["set", "retract", "try"]
    key: str
    value: str | None
    said: str
    sure: bool


class Declined(_Form):
    """A part to decline, in the user's words."""

    reason: Literal["off_topic", "discrimination", "instructions"]
    ground: Ground
    said: str


class MessageRead(_Form):
    """All that a message says and asks."""

    language: str
    facts: list[FactRead] = Field(max_length=25)
    questions: list[str] = Field(max_length=8)
    requests: list[Literal["why", "answer_now", "restart"]] = Field(max_length=3)
    declined: list[Declined] = Field(max_length=6)


FORMS: Mapping[str, str] = {
    "timeline_days": "days from today as 42 or 28-42 (week 7, sprint 14, month 30, quarter 90, year 365)",
    "budget_usd": "money they have for it, whole units: 30000, 25000-40000 EUR",
    "delay_cost_usd": "what a month without it costs them, as a budget",
    "regulated": "no, or yes with regimes: yes: HIPAA, GDPR",
    "workflow": "what the system does, their words",
    "existing_team": "their words",
    "region_preference": "their words",
    "volume": "their words, with the number",
}

MEANINGS: Mapping[str, str] = {
    "work_type": " (for customers on hosted models: api_features; for staff: internal_automation)",
    "data_readiness": " (is the data it needs usable?)",
    "durable_ownership": " (must someone own it for years?)",
    "core_ip": " (is it what they sell?)",
    "technical_leadership": " (can someone inside judge AI work?)",
    "post_launch_owner": " (is there a name?)",
    "mistake_tolerance": " (low: mistakes are costly; medium: people correct them)",
    "buy_option": " (does a product exist that does it?)",
    "value_proven": " (has it shown its worth?)",
    "several_disciplines": " (several at once?)",
}


def keys_told() -> str:
    """The facts with what they may hold, a line each, for the prompt."""
    lines: list[str] = []
    for key in FACT_KEYS:
        holds = FORMS.get(key) or "|".join(ENUMERATED[key])
        lines.append(f"{key}: {holds}{MEANINGS.get(key, '')}")
    return "\n".join(lines)


def checked(
    read: MessageRead, text: str, local: Reading, numbers: Mapping[str, Mapping[FactKey, JsonValue]]
) -> Reading:
    """The reading that the message bears out, in the model's order, with what the local reader found.

    `numbers` are the values that the local parsers read in the words of each fact: words → key → value.
    """
    foreign = any(isinstance(c, OutOfScope) and c.reason == "language" for c in local.commands)
    refused = [c for c in local.commands if isinstance(c, OutOfScope) and c.reason != "language"]
    commands: list[Command] = [*refused, *_declined(read.declined, text, refused)]
    held = list(_known(fact for fact in read.facts if _held(fact.said, text)))
    facts = {fact.key: fact for fact in _stated(held, numbers)}
    mine = {c.key: c for c in local.commands if isinstance(c, SetFact) and c.key not in facts}
    commands += [*facts.values(), *mine.values()]
    commands += [
        RetractFact(key=key, said=one.said) for key, one in held if one.act == "retract" and key not in facts
    ]
    commands += _missing(commands, local, RetractFact)
    tried = _tried(held, text)
    commands += [tried] if tried is not None else [c for c in local.commands if isinstance(c, WhatIf)]
    asked = [question.strip() for question in read.questions if _held(question, text)]
    commands += [AskGuides(question=question) for question in dict.fromkeys(asked)] or [
        c for c in local.commands if isinstance(c, AskGuides)
    ]
    for request, kind in (("why", AskWhy), ("answer_now", AnswerNow), ("restart", Restart)):
        heard = any(isinstance(c, kind) for c in local.commands)
        # A restart forgets every fact: in English it takes the local reader's word as well.
        if heard or (request in read.requests and (foreign or request != "restart")):
            commands.append(kind())
    language = read.language.strip().lower()
    return Reading(
        commands=tuple(commands),
        notices=() if foreign else local.notices,
        queries=local.queries,
        unread=not commands,
        language=language if _LANGUAGE.fullmatch(language) else local.language,
        corrects=local.corrects or foreign,
    )


def parsed(key: FactKey, value: str) -> JsonValue:
    """A model's value in the form kept for `key`. Raises FactValueError."""
    if key == "timeline_days":
        low, high, _ = _groups(_DAYS, key, value)
        return canonical_value(key, {"min": int(low), "max": int(high or low)})
    if key in MEASURED:
        low, high, currency = _groups(_MONEY, key, value)
        money = {"min": float(low), "max": float(high or low), "currency": currency or "USD"}
        return canonical_value(key, money)
    if key == "regulated":
        told, regimes, _ = _groups(_REGIMES, key, value)
        named = [one.strip() for one in (regimes or "").split(",") if one.strip()]
        return canonical_value(key, {"value": told.lower(), "regimes": named})
    return canonical_value(key, value)


def _groups(form: re.Pattern[str], key: str, value: str) -> tuple[str, str, str]:
    match = form.fullmatch(value)
    if match is None:
        raise FactValueError(f"{key} does not hold {value!r}")
    first, *others = (group or "" for group in (*match.groups(), None))
    second, third = (*others, "")[:2]
    return first, second, third


def _known(read: Iterable[FactRead]) -> Iterable[tuple[FactKey, FactRead]]:
    return ((cast(FactKey, one.key), one) for one in read if one.key in FACT_KEYS)


def _stated(
    read: Iterable[tuple[FactKey, FactRead]], numbers: Mapping[str, Mapping[FactKey, JsonValue]]
) -> Iterable[SetFact]:
    for key, fact in read:
        said = fact.said.strip()
        if fact.act != "set":
            continue
        try:
            value = None if fact.value is None else parsed(key, fact.value)
        except FactValueError:
            continue
        if value is not None and key in MEASURED:
            value = numbers.get(said, {}).get(key, value)
        if value is not None and key in TEXT_FACTS:
            value = said  # what is kept is what was said
        yield SetFact(key=key, value=value, said=said, sure="sure" if fact.sure else "hedged")


def _tried(read: Iterable[tuple[FactKey, FactRead]], text: str) -> WhatIf | None:
    changes: dict[FactKey, JsonValue] = {}
    for key, one in read:
        if one.act == "try" and one.value is not None:
            try:
                changes[key] = parsed(key, one.value)
            except FactValueError:
                continue
    return WhatIf(changes=changes, said=text[:200]) if changes else None


def _declined(read: Iterable[Declined], text: str, refused: list[OutOfScope]) -> list[OutOfScope]:
    known = {one.reason for one in refused}
    return [
        OutOfScope(reason=one.reason, said=one.said, detail=None if one.ground == "none" else one.ground)
        for one in read
        if one.reason not in known and _held(one.said, text)
    ]


def _missing(commands: list[Command], local: Reading, kind: type[RetractFact]) -> list[Command]:
    known = {c.key for c in commands if isinstance(c, kind)}
    return [cast(Command, c) for c in local.commands if isinstance(c, kind) and c.key not in known]


def _held(words: str, text: str) -> bool:
    """Whether the words stand in the message, white space and case aside."""
    folded = " ".join(words.casefold().split())
    return bool(folded) and folded in " ".join(text.casefold().split())
