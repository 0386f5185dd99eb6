"""Understanding: what the product's reader stores for a message, or for an answer to an open question.

The cases are the development half, by authors who never saw the cues, and ours for what turns a meaning:
negation, corrections, units, dates, currencies, ranges, hedges, unknowns. The full profile adds the older
pair and the closed half, each as one total: nobody reads their lines.

The record of a case is the whole reading: what is stored and how surely, what is taken back, what is asked.
It is the user's own words and values alone, so that no rewording of ours can change it. One thing could: an
answer may name a choice by its label. Of such an answer nothing but the scores is kept.
"""

import asyncio
import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, cast

from pydantic import JsonValue

from advisor.adapters.local_reader.choosing import picked
from advisor.assembly import Workshop, question_choices
from advisor.domain.commands import OpenQuestion, Reading, RetractFact, SetFact, WhatIf
from advisor.domain.reply import Choice
from advisor.domain.vocabulary import ENUMERATED, TEXT_FACTS, FactKey
from advisor.ports.language import Language, ReadingContext
from evals.metrics import Metric
from evals.metrics import understanding as metrics
from evals.product import TODAY, Product
from evals.results import CaseResult, Profile, Said
from evals.sections import ordered
from evals.understanding import Case, Tally, agrees, sets, targeted

NAME = "understanding"

BESIDE = {"unsure": "how sure", "others": "what else is heard", "corrects": "a correction"}
"""The parts of a record beside the facts, in words."""


def run(product: Product, profile: Profile, order: Random | None = None) -> Iterator[CaseResult]:
    """A result for each message and each answer; in the full profile one for each set told as a total."""
    ears = Ears(product)
    phrasing, answers = sets(closed=profile == "full")
    own_phrasing, own_answers = targeted()
    for name, cases in (("phrasing", phrasing["dev"]), ("targeted", own_phrasing)):
        yield from (message_result(ears, name, case) for case in ordered(cases, order))
    for name, cases in (("answers", answers["dev"]), ("targeted answers", own_answers)):
        yield from (answer_result(ears, name, case) for case in ordered(cases, order))
    if profile == "full":
        for name in (name for name in phrasing if name != "dev"):
            yield messages_total(ears, name, phrasing[name])
            yield answers_total(ears, name, answers[name])


class Ears:
    """The reader as the product puts it together, with what its questions offer to choose from."""

    def __init__(self, product: Product) -> None:
        # One thread: a message is too short for two, which would only wait for each other.
        self._language: Language = Workshop(product.settings(threads=1), lambda _: None).parts().local
        self._choices: Mapping[FactKey, Sequence[Choice]] = question_choices(product.rulebook)

    def read(self, say: str, today: dt.date = TODAY, question: OpenQuestion | None = None) -> Reading:
        """One message read."""
        context = ReadingContext(today=today, open_question=question)
        return asyncio.run(self._language.understand(say, context))

    def names_a_label(self, say: str, fact: FactKey) -> bool:
        """Whether an answer is read as a choice by words of that choice's label."""
        choices = self._choices.get(fact, ())
        blind = [choice.model_copy(update={"label": "\0"}) for choice in choices]
        lower = say.strip().lower().replace("’", "'")
        return picked(lower, fact, choices) is not None and picked(lower, fact, blind) is None


@dataclass
class Outcome:
    """What became of the facts of one message, by name."""

    right: list[str] = field(default_factory=list[str])
    wrong: list[str] = field(default_factory=list[str])
    missed: list[str] = field(default_factory=list[str])

    @classmethod
    def of(cls, case: Case, got: Mapping[str, Any]) -> "Outcome":
        tally = Tally()
        tally.add(case, got)
        return cls(*(sorted(counted.elements()) for counted in (tally.right, tally.wrong, tally.missed)))

    def told(self) -> dict[str, JsonValue]:
        return {"right": [*self.right], "wrong": [*self.wrong], "missed": [*self.missed]}


def message_result(ears: Ears, name: str, case: Case) -> CaseResult:
    """How one message was read."""
    today = dt.date.fromisoformat(case["today"]) if case.get("today") else TODAY
    reading = ears.read(case["say"], today)
    got = facts_of(reading)
    outcome = Outcome.of(case, got)
    scored = Scores()
    scored.add(metrics.message_read, right=outcome.right, wrong=outcome.wrong, missed=outcome.missed)
    scored.add(metrics.nothing_misread, wrong=outcome.wrong)
    return CaseResult(
        section=NAME,
        id=f"{name}/{_name(case['say'], case.get('today', ''))}",
        scores=scored.scores,
        why=scored.why,
        expected=wanted(case, "facts", "optional", "forbid"),
        got={"read": cast(JsonValue, got), **outcome.told()},
        record=record_of(reading, outcome.right),
        transcript=(Said(who="user", text=case["say"]),),
    )


def answer_result(ears: Ears, name: str, case: Case) -> CaseResult:
    """How one answer to an open question was read, with the facts said beside it."""
    fact, want, optional = case["fact"], case["value"], case.get("optional", {})
    question = OpenQuestion(fact=fact, text=case["question"])
    reading = ears.read(case["say"], question=question)
    got = facts_of(reading)
    right = answered_right(case, got)
    scored = Scores()
    scored.add(metrics.answer_read, right=right)
    scored.add(metrics.answer_not_misread, stored=got.get(fact) is not None, right=right)
    outcome = Outcome(right=[fact] if right else [])
    if case.get("also"):
        beside = {key: value for key, value in got.items() if key != fact}
        said = Outcome.of({"say": case["say"], "facts": case["also"], "optional": optional}, beside)
        scored.add(metrics.message_read, right=said.right, wrong=said.wrong, missed=said.missed)
        outcome.right += said.right
    by_label = ears.names_a_label(case["say"], fact)
    return CaseResult(
        section=NAME,
        id=f"{name}/{fact}/{_name(case['say'])}",
        scores=scored.scores,
        why=scored.why,
        expected={"value": want, **wanted(case, "also", "optional")},
        got={"read": cast(JsonValue, got), "asked": fact, "right": right},
        record=None if by_label else record_of(reading, outcome.right),
        transcript=(Said(who="advisor", text=case["question"]), Said(who="user", text=case["say"])),
    )


def answered_right(case: Case, got: Mapping[str, Any]) -> bool:
    """Whether the fact asked for holds what was meant; "nothing" means that it was not answered."""
    fact, want, optional = case["fact"], case["value"], case.get("optional", {})
    if want == "nothing":
        return fact not in got or (fact in optional and agrees(fact, got[fact], optional[fact]))
    return fact in got and agrees(fact, got[fact], want)


def messages_total(ears: Ears, name: str, cases: Iterable[Case]) -> CaseResult:
    """A set of messages as one result, without a line of it."""
    right = wrong = missed = 0
    for case in cases:
        today = dt.date.fromisoformat(case["today"]) if case.get("today") else TODAY
        outcome = Outcome.of(case, facts_of(ears.read(case.get("say") or case["utterance"], today)))
        right, wrong, missed = (
            right + len(outcome.right),
            wrong + len(outcome.wrong),
            missed + len(outcome.missed),
        )
    scored = Scores()
    scored.add(metrics.set_precision, right=right, wrong=wrong)
    scored.add(metrics.set_recall, right=right, missed=missed)
    scored.add(metrics.set_f1, right=right, wrong=wrong, missed=missed)
    got: JsonValue = {"facts right": right, "facts wrong": wrong, "facts missed": missed}
    return CaseResult(
        section=NAME, id=f"all of {name} phrasing", scores=scored.scores, why=scored.why, got=got
    )


def answers_total(ears: Ears, name: str, cases: Iterable[Case]) -> CaseResult:
    """A set of answers as one result, without a line of it."""
    right = asked = 0
    for case in cases:
        question = OpenQuestion(fact=case["fact"], text=case.get("question", "?"))
        right += answered_right(case, facts_of(ears.read(case["say"], question=question)))
        asked += 1
    scored = Scores()
    scored.add(metrics.set_answers_read, right=right, asked=asked)
    got: JsonValue = {"answers right": right, "answers": asked}
    return CaseResult(
        section=NAME, id=f"all of {name} answers", scores=scored.scores, why=scored.why, got=got
    )


def totals(cases: Sequence[CaseResult]) -> dict[str, float]:
    """Precision, recall and F1 over all messages: by fact, over the enumerated facts and over all."""
    counts: dict[str, list[int]] = {}
    for case in cases:
        got = case.got
        if "nothing_misread" not in case.scores or not isinstance(got, dict):
            continue
        for place, outcome in enumerate(("right", "wrong", "missed")):
            for key in cast(list[str], got[outcome]):
                counts.setdefault(key, [0, 0, 0])[place] += 1
    groups = {key: [key] for key in sorted(counts)}
    groups |= {"enumerated facts": [key for key in counts if key in ENUMERATED], "all facts": [*counts]}
    told: dict[str, float] = {}
    for name, members in groups.items():
        right, wrong, missed = (sum(counts[key][place] for key in members) for place in range(3))
        told[f"precision, {name}"] = right / (right + wrong) if right + wrong else 1.0
        told[f"recall, {name}"] = right / (right + missed) if right + missed else 1.0
        told[f"F1, {name}"] = 2 * right / (2 * right + wrong + missed) if right + wrong + missed else 1.0
    return told


def facts_of(reading: Reading) -> dict[str, JsonValue]:
    """Fact → value that a reading stores, None for "don't know"."""
    return {c.key: c.value for c in reading.commands if isinstance(c, SetFact)}


def record_of(reading: Reading, right: Iterable[str]) -> JsonValue:
    """The reading as values: facts with how sure, what is taken back, what is asked or supposed.

    `right` says which facts were right when it was made; it is for the telling and never compared.
    """
    set_facts = {c.key: c for c in reading.commands if isinstance(c, SetFact)}
    others: list[str] = []
    for command in reading.commands:
        if isinstance(command, RetractFact):
            others.append(f"retracts {command.key}")
        elif isinstance(command, WhatIf):
            others.append(f"supposes {_written(cast(JsonValue, dict(command.changes)))}")
        elif not isinstance(command, SetFact):
            others.append(command.kind)
    return {
        "facts": {key: normalised(key, fact.value) for key, fact in set_facts.items()},
        "unsure": {key: fact.sure for key, fact in set_facts.items() if fact.sure != "sure"},
        "others": [*sorted(others)],
        "corrects": reading.corrects,
        "right": [*sorted(set(right))],
    }


def normalised(key: str, value: JsonValue) -> JsonValue:
    """A value without what is no part of its meaning: letter case, white space, the amount as it was said."""
    if isinstance(value, dict):
        return {name: part for name, part in value.items() if name != "original"}
    return " ".join(value.casefold().split()) if key in TEXT_FACTS and isinstance(value, str) else value


def differs(before: JsonValue, now: JsonValue) -> str:
    """Which facts are read otherwise than before, and whether they were right then; empty when none is."""
    if not isinstance(before, dict) or not isinstance(now, dict):
        return "" if before == now else "the case has a record in one of the two runs only"
    told: list[str] = []
    old, new = (cast(dict[str, JsonValue], one["facts"]) for one in (before, now))
    was_right = cast(list[str], before["right"])
    for key in sorted({*old, *new}):
        if key in old and key in new and old[key] == new[key]:
            continue
        was = _written(old[key]) if key in old else "not read"
        told.append(
            f"{key} was {was}{' (right)' if key in was_right else ''}, "
            f"is {_written(new[key]) if key in new else 'not read'}"
        )
    for name, words in (
        ("unsure", "how sure"),
        ("others", "what else is heard"),
        ("corrects", "a correction"),
    ):
        if before[name] != now[name]:
            told.append(f"{words}: was {_written(before[name])}, is {_written(now[name])}")
    return "; ".join(told)


def wanted(case: Case, *names: str) -> dict[str, JsonValue]:
    """The labels of a case that are there."""
    return {name: case[name] for name in names if case.get(name)}


@dataclass
class Scores:
    """The scores of one case with their reasons."""

    scores: dict[str, float] = field(default_factory=dict[str, float])
    why: dict[str, str] = field(default_factory=dict[str, str])

    def add(self, metric: Metric, **given: object) -> None:
        found = metric.score(**given)
        self.scores[metric.name] = found.value
        if found.why:
            self.why[metric.name] = found.why


def _written(value: JsonValue) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _name(*said: str) -> str:
    """A name of a message that the place in its file does not change."""
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:10]
