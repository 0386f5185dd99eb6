"""The decision on typed facts: agreement with authors, asking, invariants, and records of what decides."""

import zlib
from collections import defaultdict
from collections.abc import Generator, Iterator, Sequence
from random import Random
from statistics import mean
from typing import Any

from pydantic import JsonValue

from advisor.assembly import builtin_kits
from advisor.domain.case import Case
from advisor.policy.backplan import TimelineFile
from advisor.policy.costs import costs
from advisor.policy.rulebook import Rulebook
from advisor.steps.decide import recommendation
from evals.decisions.asking import Seen, answers
from evals.decisions.comparing import differs as differs
from evals.decisions.gold import SETS, WORKED, gold_cases
from evals.decisions.implied import bracket, conversation, patience, steps
from evals.decisions.money import DEADLINES, claim_records, cost_records, move_records, stage_record
from evals.decisions.recorded import RecordedCase, question_records, recorded_cases, whole
from evals.decisions.replaying import flip_faults, memo_faults, read_anew, replay_faults
from evals.decisions.truths import probes, tables
from evals.decisions.votes import Voted, explained, named, record, voted
from evals.metrics.decision import (
    first_move_not_wrong,
    first_move_right,
    flips_true,
    idle_questions,
    nothing_asked_again,
    questions_asked,
    regret,
    replay_identical,
    scores_add_up,
)
from evals.metrics.registry import Metric
from evals.product import TODAY, Product
from evals.results import CaseResult, Profile
from evals.sections import ordered

NAME = "decision"

Given = list[tuple[Metric, dict[str, Any]]]
"""Metrics with what each is given."""

ASKED_FAST = 22
"""Of a hundred worked cases, how many are asked through in the fast profile."""

REPLAYED_FAST = 15
"""Of a hundred whole decisions, how many the fast profile decides again with a playbook read anew."""

MEMO_EVERY = 15
"""Of the buyers' messages, each so many-th becomes a memo in the full profile."""


def run(product: Product, profile: Profile, order: Random | None = None) -> Iterator[CaseResult]:
    """Every part; the full profile asks all cases through and replays every whole decision."""
    rulebook, dates = product.rulebook, builtin_kits().timeline
    yield from agreement_cases(rulebook, order)
    asked = yield from asking_cases(rulebook, profile, order)
    cases = ordered(recorded_cases(), order)
    votes = voted(rulebook, [case.facts for case in cases])
    yield from vote_cases(rulebook, cases, votes)
    yield from table_cases(rulebook, votes, dates)
    yield from whole_cases(rulebook, [case for case in cases if case.full], dates, profile)
    yield from implied_cases(rulebook, [case for case in cases if case.full], asked)
    if profile == "full":
        yield from memo_cases(product)


def agreement_cases(rulebook: Rulebook, order: Random | None = None) -> Iterator[CaseResult]:
    """The first move against each author's, for all sets."""
    golds = ordered(list(gold_cases(WORKED, *SETS)), order)
    for gold, one in zip(golds, voted(rulebook, [gold.facts for gold in golds]), strict=True):
        first, second = (rulebook.moves[place] for place in one.order[:2])
        move = {"role": first.role, "engagement": first.engagement}
        accepted = {"roles": gold.roles, "engagements": gold.engagements}
        yield _result(
            f"agree/{gold.set}/{gold.id}",
            [
                (first_move_right, {**move, **accepted, "wrong": gold.wrong}),
                (first_move_not_wrong, {**move, "wrong": gold.wrong}),
            ],
            expected={
                "roles": list(gold.roles),
                "engagements": list(gold.engagements),
                "wrong": list(gold.wrong),
            },
            got=named(first),
            record={
                "k": "agree",
                "first": named(first),
                "next": named(second),
                "by": [one.scores[place] for place in one.order[:2]],
            },
        )


def asking_cases(
    rulebook: Rulebook, profile: Profile, order: Random | None = None
) -> Generator[CaseResult, None, list[tuple[float, bool]]]:
    """A perfect user asked through; returns each chance of change with whether it asked."""
    sets = (WORKED,) if profile == "fast" else (WORKED, *SETS)
    seen: Seen = {}
    told: list[tuple[float, bool]] = []
    for gold in ordered(list(gold_cases(*sets)), order):
        if profile == "fast" and not _drawn(gold.id, ASKED_FAST):
            continue
        found = answers(rulebook, gold.facts, seen)
        if gold.set == WORKED and _drawn(gold.id, ASKED_FAST):
            told += found.prospects  # those of the fast profile, in either
        yield _result(
            f"ask/{gold.set}/{gold.id}",
            [
                (questions_asked, {"asked": found.asked}),
                (regret, {"share": found.regret, "chosen": found.chosen, "best": found.best}),
                (idle_questions, {"asked": found.asked, "idle": found.idle}),
                (nothing_asked_again, {"repeated": found.repeated}),
            ],
            got={"asked": list(found.asked), "first": found.chosen},
            expected=found.best,
        )
    return told


def vote_cases(
    rulebook: Rulebook, cases: Sequence[RecordedCase], votes: Sequence[Voted]
) -> Iterator[CaseResult]:
    """The votes of every recorded case."""
    for case, one in zip(cases, votes, strict=True):
        fault = explained(rulebook, case.facts, one)
        held = record(rulebook, case.facts, one)
        yield _result(
            f"votes/{case.id}", [(scores_add_up, {"fault": fault})], expected=case.shows, record=held
        )


def table_cases(rulebook: Rulebook, votes: Sequence[Voted], dates: TimelineFile) -> Iterator[CaseResult]:
    """What predicates say of each value, what moves last and cost, and the vendors' claims."""
    for name, table in tables(rulebook, probes()).items():
        yield _result(f"truths/{name}", [], record=table)
    for name, table in move_records(rulebook, votes, dates):
        yield _result(f"move/{name}", [], record=table)
    for name, table in cost_records(rulebook):
        yield _result(f"costs/{name}", [], record=table)
    for name, table in question_records(rulebook):
        yield _result(f"question/{name}", [], record=table)
    for name, table in claim_records(rulebook):
        yield _result(f"claim/{name}", [], record=table)
    yield _result("stages", [], record=stage_record(rulebook, dates))


def whole_cases(
    rulebook: Rulebook, cases: Sequence[RecordedCase], dates: TimelineFile, profile: Profile
) -> Iterator[CaseResult]:
    """Whole decisions: their records, their flips run again, and some of them replayed."""
    again = read_anew()
    for case in cases:
        facts = case.facts
        decided = recommendation(conversation(facts, TODAY.isoformat()), rulebook)
        flips = (*decided.flips, *decided.flips_of_two)
        faults = flip_faults(rulebook, facts, flips, decided.first.id)
        given: Given = [(flips_true, {"stated": len(flips), "faults": faults})]
        held = whole(rulebook, facts, decided, dates)
        yield _result(f"whole/{case.id}", given, expected=case.shows, got=held["first"], record=held)
        if profile == "full" or _drawn(str(case.id), REPLAYED_FAST):
            found = replay_faults(again, rulebook, facts, decided)
            yield _result(f"replay/{case.id}", [(replay_identical, {"faults": found})])


def implied_cases(
    rulebook: Rulebook, cases: Sequence[RecordedCase], asked: Sequence[tuple[float, bool]]
) -> Iterator[CaseResult]:
    """Borders and steps as they show over all that was decided."""
    talks = [conversation(case.facts, TODAY.isoformat()) for case in cases]
    yield _result("implied/patience", [], record=patience(rulebook, talks))
    priced = [
        costs(rulebook, move, Case.of({} if days is None else {"timeline_days": days}))
        for move in rulebook.moves
        if move.duration_days is not None and move.cost.kind == "hourly"
        for days in DEADLINES
        if days is None or move.duration_days[0] <= days <= move.duration_days[1]
    ]
    priced += [recommendation(talk, rulebook).costs for talk in talks]
    chances = [chance for chance, _ in asked]
    yield _result("implied/steps", [], record=steps(priced, chances, bracket(asked)))


def memo_cases(product: Product) -> Iterator[CaseResult]:
    """Memos written in a conversation: their certificates replay with every claim and quote."""
    for gold in list(gold_cases(SETS[0]))[::MEMO_EVERY]:
        faults = memo_faults(product.advisor, f"replay-{gold.id}", gold.situation)
        yield _result(f"memo/{gold.id}", [(replay_identical, {"faults": faults})])


def totals(cases: Sequence[CaseResult]) -> dict[str, float]:
    """The share of accepted first moves in each set, and the median number of questions."""
    by_set: dict[str, list[float]] = defaultdict(list)
    for case in cases:
        kind, _, rest = case.id.partition("/")
        if kind == "agree":
            by_set[rest.partition("/")[0]].append(float(case.scores[first_move_right.name] == 1.0))
    return {f"agreement_{name}": mean(values) for name, values in by_set.items()}


def _drawn(name: str, percent: int) -> bool:
    """Drawn by name, so that another case more or less shifts none."""
    return zlib.crc32(name.encode()) % 100 < percent


def _result(
    name: str,
    given: Given,
    expected: JsonValue = None,
    got: JsonValue = None,
    record: JsonValue = None,
) -> CaseResult:
    scored = {metric.name: metric.score(**values) for metric, values in given}
    return CaseResult(
        section=NAME,
        id=name,
        scores={key: one.value for key, one in scored.items()},
        why={key: one.why for key, one in scored.items() if one.why},
        expected=expected,
        got=got,
        record=record,
    )
