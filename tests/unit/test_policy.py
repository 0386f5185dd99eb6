"""The policy as a whole: reachable, deterministic, honest about what would change it."""

import datetime as dt
import itertools
import math
import random
from collections.abc import Iterator
from typing import Any

import pytest

from advisor.assembly import builtin_rulebook, builtin_verifier
from advisor.domain.case import Case
from advisor.domain.memo import Claim, PassageEvidence
from advisor.domain.vocabulary import ENUMERATED, FactKey
from advisor.policy.contradictions import contradictions
from advisor.policy.decide import decide, first_move, scorer_for
from advisor.policy.flips import alternatives
from advisor.policy.grounding import Grounds
from advisor.policy.next_question import prospect
from advisor.policy.rulebook import candidate_values, fires
from advisor.policy.scoring import OUT_OF_THE_QUESTION, Variations

TODAY = dt.date(2026, 11, 20)
RULEBOOK = builtin_rulebook()
HOSTED = Case.of({"work_type": "api_features", "timeline_days": 72, "technical_leadership": "yes"})


def some_cases(count: int, known: float = 0.6) -> Iterator[dict[FactKey, Any]]:
    """Cases drawn by seed over the likely answers, each fact known with the chance `known`."""
    draw = random.Random(7)
    for _ in range(count):
        yield {
            question.fact: draw.choice(question.answers).value
            for question in RULEBOOK.questions
            if question.answers and draw.random() < known
        }


@pytest.mark.parametrize("spoken", RULEBOOK.rules, ids=lambda spoken: spoken.rule.id)
def test_every_rule_fires_in_some_case_and_moves_a_score(spoken: Any) -> None:
    by_fact = {question.fact: question for question in RULEBOOK.questions}
    choices = [(None, *candidate_values(by_fact[fact])) for fact in spoken.facts]
    for values in itertools.product(*choices):
        case = Case()
        for fact, value in zip(spoken.facts, values, strict=True):
            case = case.having(fact, value)
        if fires(spoken.rule, case):
            break
    else:
        pytest.fail("never fires")
    scorer = scorer_for(RULEBOOK)
    place = scorer.rules.index(spoken)
    assert scorer.fired(case)[0][place]


def test_every_move_can_come_first() -> None:
    cases, led = some_cases(40_000), set[str]()
    while batch := list(itertools.islice(cases, 8000)):
        changes = [{k: Case.of({k: v}).value(k) for k, v in values.items()} for values in batch]
        firsts = scorer_for(RULEBOOK).first(Case(), Variations.of(Case(), changes))
        led |= {RULEBOOK.moves[first].id for first in firsts}
    assert led == {move.id for move in RULEBOOK.moves}


def test_the_same_case_gives_the_same_recommendation_bit_for_bit() -> None:
    for values in some_cases(30):
        once, again = (decide(RULEBOOK, Case.of(values), TODAY) for _ in range(2))
        assert once.model_dump_json() == again.model_dump_json()


def test_every_case_names_a_runner_up_and_a_margin() -> None:
    for values in some_cases(200):
        decided = decide(RULEBOOK, Case.of(values), TODAY)
        assert decided.runner_up.move != decided.first.id
        assert decided.margin >= 0
        assert decided.score >= decided.runner_up.score


BASIC: tuple[FactKey, ...] = ("work_type", "data_readiness", "durable_ownership", "core_ip")


@pytest.mark.parametrize(
    "others",
    [
        ("regulated", "technical_leadership", "post_launch_owner", "mistake_tolerance", "value_proven"),
        ("company_stage", "buy_option", "several_disciplines", "technical_leadership"),
    ],
)
def test_the_sweep_over_the_enumerated_facts_has_no_undefined_answer(others: tuple[FactKey, ...]) -> None:
    """Two parts of the space; `python -m evals.sweep` goes over all ten million cases."""
    keys = (*BASIC, *others)
    space = itertools.product(*[(None, *ENUMERATED[key]) for key in keys])
    scorer, count = scorer_for(RULEBOOK), 0
    while batch := list(itertools.islice(space, 20_000)):
        changes = [dict(zip(keys, values, strict=True)) for values in batch]
        scores = scorer.scores(Case(), Variations.of(Case(), changes))
        assert scores.max(axis=1).min() > OUT_OF_THE_QUESTION
        count += len(batch)
    assert count == math.prod(len(ENUMERATED[key]) + 1 for key in keys)


def test_many_cases_at_once_score_as_one_by_one() -> None:
    scorer = scorer_for(RULEBOOK)
    cases = [Case.of(values) for values in some_cases(50)]
    changes = [{key: case.value(key) for key in ENUMERATED} for case in cases]
    together = scorer.scores(Case(), Variations.of(Case(), changes))
    for row, change in zip(together, changes, strict=True):
        alone = Case()
        for key, value in change.items():
            alone = alone.having(key, value)
        assert row.tolist() == scorer.scores(alone)[0].tolist()


def test_each_flip_when_run_again_changes_the_first_move_as_stated() -> None:
    checked = 0
    for values in some_cases(40):
        decided = decide(RULEBOOK, Case.of(values), TODAY)
        for flip in (*decided.flips, *decided.flips_of_two):
            move = first_move(RULEBOOK, Case.of({**values, **flip.changes}))
            assert move.id == flip.move != decided.first.id
            checked += 1
    assert checked > 200


def test_no_nearer_flip_of_a_deadline_exists() -> None:
    """On every whole day from 1 to 400, none nearer than the stated one leads to that move."""
    base = {"work_type": "internal_automation", "durable_ownership": "yes", "data_readiness": "ready"}
    for days in (20, 45, 75, 120, 300):
        decided = decide(RULEBOOK, Case.of({**base, "timeline_days": days}), TODAY)
        stated = {f.move: f.changes["timeline_days"] for f in decided.flips if "timeline_days" in f.changes}
        found: dict[str, int] = {}
        for other in range(1, 401):
            move = first_move(RULEBOOK, Case.of({**base, "timeline_days": other})).id
            if move != decided.first.id:
                found[move] = min(found.get(move, 999), abs(other - days))
        near = {move: abs(value["min"] - days) for move, value in stated.items()}  # type: ignore[index,call-overload]
        assert near == found


def test_no_flip_of_one_fact_is_missing() -> None:
    for values in some_cases(20):
        case = Case.of(values)
        decided = decide(RULEBOOK, case, TODAY)
        stated = {(fact, flip.move) for flip in decided.flips for fact in flip.changes}
        for option in alternatives(scorer_for(RULEBOOK), case):
            move = first_move(RULEBOOK, case.having(option.fact, option.value))
            if move.id != decided.first.id:
                assert (option.fact, move.id) in stated


def test_a_question_is_asked_only_if_an_answer_can_change_the_first_move() -> None:
    for values in some_cases(60, known=0.5):
        case = Case.of(values)
        ahead = prospect(scorer_for(RULEBOOK), case)
        if ahead.fact is None:
            assert ahead.chance_of_change < RULEBOOK.weights.ask_above_chance or not ahead.values
        else:
            assert case.value(ahead.fact) is None


def test_what_was_said_or_closed_is_never_asked() -> None:
    case, closed = HOSTED, []
    for _ in range(20):
        ahead = prospect(scorer_for(RULEBOOK), case, closed)
        if ahead.fact is None:
            break
        assert ahead.fact not in (*closed, *case.known())
        closed.append(ahead.fact)
    assert ahead.fact is None


def test_with_nothing_known_the_work_is_asked_for_first() -> None:
    assert prospect(scorer_for(RULEBOOK), Case()).fact == "workflow"


def test_asking_stops_early_and_still_finds_the_answer_that_asking_everything_would() -> None:
    """Simulated users with complete answers: fewer than half the questions, the same first move."""
    asked_counts, missed = [], 0
    askable = [q for q in RULEBOOK.questions if q.askable and q.answers]
    users = list(some_cases(150, known=1.0))
    for user in users:
        final = first_move(RULEBOOK, Case.of(user)).id
        told = {"workflow": user["workflow"], "work_type": user["work_type"]}
        count, closed = 0, []
        while (fact := prospect(scorer_for(RULEBOOK), Case.of(told), closed).fact) is not None:
            told[fact] = user[fact]
            closed.append(fact)
            count += 1
        asked_counts.append(count)
        missed += first_move(RULEBOOK, Case.of(told)).id != final
    assert sorted(asked_counts)[len(users) // 2] < len(askable) / 2
    # The prospect stops below an eight percent chance of change; the misses stay below that too.
    assert missed / len(users) <= RULEBOOK.weights.ask_above_chance


def test_a_stated_contradiction_is_found_and_its_absence_too() -> None:
    clash = Case.of({"work_type": "one_off", "durable_ownership": "yes"})
    assert [entry.ask for entry in contradictions(RULEBOOK, clash)] == ["durable_ownership"]
    assert contradictions(RULEBOOK, HOSTED) == []


def test_a_budget_in_another_currency_is_never_compared_with_dollars() -> None:
    small = {"work_type": "one_off", "technical_leadership": "yes", "durable_ownership": "no"}
    dollars = first_move(RULEBOOK, Case.of({**small, "budget_usd": 2500}))
    rupees = {"min": 2500, "max": 2500, "currency": "INR", "original": "₹2500"}
    assert dollars.engagement == "freelancer_marketplace"
    assert (
        first_move(RULEBOOK, Case.of({**small, "budget_usd": rupees})).engagement != "freelancer_marketplace"
    )


@pytest.mark.parametrize("spoken", RULEBOOK.rules, ids=lambda spoken: spoken.rule.id)
def test_the_reason_of_every_rule_says_what_its_passage_says(spoken: Any) -> None:
    evidence = tuple(PassageEvidence(passage=r.passage, quote=r.quote) for r in spoken.rule.rests_on)
    assert _faults(Claim(text=spoken.rule.why, evidence=evidence)) == ()


@pytest.mark.parametrize("question", RULEBOOK.questions, ids=lambda question: question.fact)
def test_why_a_question_is_asked_says_what_its_passage_says(question: Any) -> None:
    if question.rests_on is None:
        assert not question.askable, "a question that is asked must say why, with a passage"
        return
    evidence = (PassageEvidence(passage=question.rests_on.passage, quote=question.rests_on.quote),)
    assert _faults(Claim(text=question.why, evidence=evidence)) == ()


@pytest.mark.parametrize("note", RULEBOOK.notes, ids=lambda note: note.id)
def test_every_note_says_what_its_passages_say(note: Any) -> None:
    evidence = tuple(PassageEvidence(passage=r.passage, quote=r.quote) for r in note.rests_on)
    assert _faults(Claim(text=note.text, evidence=evidence)) == ()


def _faults(claim: Claim) -> tuple[Any, ...]:
    grounds = Grounds(passages=RULEBOOK.passages, facts={}, lines={}, recommendation=None, today=TODAY)
    return builtin_verifier().check(claim, grounds)
