"""Worked cases over all five guides: what a careful reader would do first is what the policy does first.

The cases were written from the guides and committed before the rules that they test.
"""

import statistics
from pathlib import Path
from typing import Any

import pytest
import yaml

from advisor.assembly import builtin_rulebook
from advisor.domain.case import Case
from advisor.domain.vocabulary import ENGAGEMENTS, ROLES, FactKey
from advisor.policy.decide import first_move, scorer_for
from advisor.policy.next_question import prospect

CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parents[2] / "evals" / "cases" / "worked_cases.yaml").read_text("utf-8")
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_the_first_move_is_one_that_the_guides_give(case: dict[str, Any]) -> None:
    move = first_move(builtin_rulebook(), Case.of(case["facts"]))
    assert move.role in case["roles"]
    assert move.engagement in case["engagements"]
    assert not {move.role, move.engagement} & set(case["wrong"])


def test_the_cases_cover_every_guide_role_and_engagement() -> None:
    assert len(CASES) >= 40
    assert {row[:3] for case in CASES for row in case["rests_on"]} == {"000", "001", "002", "003", "004"}
    assert {role for case in CASES for role in case["roles"]} == set(ROLES)
    assert {engagement for case in CASES for engagement in case["engagements"]} == set(ENGAGEMENTS)


def test_every_role_and_engagement_is_the_first_move_of_some_case() -> None:
    firsts = [first_move(builtin_rulebook(), Case.of(case["facts"])) for case in CASES]
    assert {move.role for move in firsts} == set(ROLES)
    assert {move.engagement for move in firsts} == set(ENGAGEMENTS)


def test_asking_by_value_of_information_needs_less_than_half_the_questions() -> None:
    """From nothing known, each answer as the case has it, a fact it leaves out as "don't know"."""
    scorer, rulebook = scorer_for(builtin_rulebook()), builtin_rulebook()
    askable = [question for question in rulebook.questions if question.askable and question.answers]
    counts: list[int] = []
    missed: list[str] = []
    for case in CASES:
        told: dict[str, Any] = {}
        asked: list[FactKey] = []
        while (fact := prospect(scorer, Case.of(told), asked).fact) is not None:
            asked.append(fact)
            told |= {key: case["facts"][key] for key in _answered(fact) if key in case["facts"]}
        counts.append(len(asked))
        if first_move(rulebook, Case.of(told)).id != first_move(rulebook, Case.of(case["facts"])).id:
            missed.append(case["id"])
    assert statistics.median(counts) < len(askable) / 2
    assert len(missed) <= len(CASES) / 50, missed


def _answered(fact: FactKey) -> tuple[FactKey, ...]:
    """Who says in a sentence what the system shall do has told what kind of work it is."""
    return ("workflow", "work_type") if fact == "workflow" else (fact,)
