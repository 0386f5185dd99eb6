"""Dialogue: whole conversations with simulated users, from the opening to the memo.

A conversation hangs on many readings and on close calls between questions, which another seed may decide
otherwise without harm. So there is no record: only the scores are compared. The full profile adds the closed
half as one result, without a line of it.
"""

import statistics
from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any, cast

from pydantic import JsonValue

from advisor.domain.vocabulary import ENUMERATED
from evals.dialogues import CLOSED_SET, Held, cases_of, held_once, load
from evals.metrics import METRICS, Metric
from evals.metrics import dialogue as metrics
from evals.product import Product
from evals.results import CaseResult, Profile, Said
from evals.sections import ordered

NAME = "dialogue"


def run(product: Product, profile: Profile, order: Random | None = None) -> Iterator[CaseResult]:
    """A result for each conversation; in the full profile one more for the closed half."""
    for case in ordered(cases_of(profile), order):
        yield result(case, held_once(product, case))
    if profile == "full":
        yield closed_half([held_once(product, case) for case in load(CLOSED_SET)])


def result(case: Mapping[str, Any], held: Held) -> CaseResult:
    """How one conversation went: scores, what the author accepts against what came, and the transcript."""
    scores, why = scored(held)
    gold = case["gold"]
    return CaseResult(
        section=NAME,
        id=held.case,
        scores=scores,
        why=why,
        expected={
            "roles accepted": gold["roles_ok"],
            "engagements accepted": gold["engagement_ok"],
            "roles wrong": gold["roles_wrong"],
            "engagements wrong": gold["engagement_wrong"],
        },
        got={
            "role": held.role,
            "engagement": held.engagement,
            "kind of user": [*held.kinds],
            "asked": [*held.asked],
            "misread": [*held.misread],
            "answers not read": [*held.unread],
        },
        transcript=tuple(
            Said(who="user" if who == "user" else "advisor", text=text) for who, text in held.transcript
        ),
    )


def scored(held: Held) -> tuple[dict[str, float], dict[str, str]]:
    """The scores of a conversation and what is wrong where they could be better."""
    reached = held.memo is not None
    given: list[tuple[Metric, dict[str, object]]] = [
        (
            metrics.first_move_in_dialogue,
            {"grade": held.score, "came": f"{held.role} / {held.engagement}" if reached else "never given"},
        ),
        (metrics.questions_in_dialogue, {"asked": held.asked}),
        (metrics.nothing_asked_twice, {"repeated": held.repeated}),
        (metrics.nothing_known_asked, {"known": held.known}),
        (metrics.reaches_memo, {"reached": reached, "turns": len(held.replies)}),
        (metrics.seconds_a_turn, {"seconds": held.seconds}),
    ]
    if held.clash_named is not None:
        given.append((metrics.contradiction_named, {"named": held.clash_named}))
    if held.taken or held.not_taken:
        given.append((metrics.correction_taken, {"taken": held.taken, "not_taken": held.not_taken}))
    if held.mentioned is not None:
        given.append((metrics.ideas_mentioned, {"share": held.mentioned}))
    scores: dict[str, float] = {}
    why: dict[str, str] = {}
    for metric, values in given:
        found = metric.score(**values)
        scores[metric.name] = found.value
        if found.why:
            why[metric.name] = found.why
    return scores, why


def closed_half(held: Sequence[Held]) -> CaseResult:
    """The closed half as one result: the mean of each metric over its conversations."""
    each = [scored(one)[0] for one in held]
    means = {
        name: statistics.mean(scores[name] for scores in each if name in scores)
        for name in METRICS
        if any(name in scores for scores in each)
    }
    got: JsonValue = {"conversations": len(held), **_counts(held)}
    return CaseResult(section=NAME, id="all of the closed half", scores=means, got=got)


def totals(cases: Sequence[CaseResult]) -> dict[str, float]:
    """The share of right first moves by kind of user, and what was misread or not read in a conversation."""
    by_kind: dict[str, list[float]] = {}
    misread: list[int] = []
    for case in cases:
        got = case.got
        if not isinstance(got, dict) or "kind of user" not in got:
            continue
        for kind in cast(list[str], got["kind of user"]):
            by_kind.setdefault(kind, []).append(case.scores["first_move_in_dialogue"])
        misread.append(len(cast(list[str], got["misread"])))
    told = {f"first move, {kind} users": statistics.mean(grades) for kind, grades in sorted(by_kind.items())}
    if misread:
        told["facts misread a conversation"] = statistics.mean(misread)
    return told


def _counts(held: Sequence[Held]) -> dict[str, JsonValue]:
    asked = {fact for one in held for fact in one.asked if fact in ENUMERATED}
    return {
        "facts misread": sum(len(one.misread) for one in held),
        "answers not read": sum(len(one.unread) for one in held),
        "enumerated facts asked for": len(asked),
    }
