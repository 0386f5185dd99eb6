"""A simulated user who answers each question as the case has it: what is asked, what stopping there costs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from advisor.domain.case import Case
from advisor.domain.vocabulary import FactKey
from advisor.policy.decide import scorer_for
from advisor.policy.next_question import OPENING, Prospect, open_questions, prospect, sample_completions
from advisor.policy.rulebook import Rulebook, candidate_values
from advisor.policy.scoring import Scorer, Variations

Facts = Mapping[str, JsonValue]

COMPLETIONS, SEED = 400, 7
"""The sample that tells whether a question could change anything: our own, not the product's."""


@dataclass(frozen=True)
class Asked:
    """A whole round of questions.

    `asked` in order; `idle` those whose answer could change nothing; `repeated` those already known or
    asked; `prospects` the chance of change at each step with whether it asked. `regret` is (best score -
    score of the move chosen, both with all facts known) / best score, 0..1.
    """

    asked: tuple[FactKey, ...]
    idle: tuple[FactKey, ...]
    repeated: tuple[FactKey, ...]
    prospects: tuple[tuple[float, bool], ...]
    chosen: str
    best: str
    regret: float


Seen = dict[tuple[Case, tuple[FactKey, ...]], tuple[Prospect, bool]]
"""What a state led to, and whether its question matters: the first questions are the same to all."""


def answers(rulebook: Rulebook, facts: Facts, seen: Seen) -> Asked:
    """Asks from nothing known until nothing is worth asking; a fact the case leaves out is "don't know"."""
    scorer = scorer_for(rulebook)
    told: dict[str, JsonValue] = {}
    asked: list[FactKey] = []
    idle: list[FactKey] = []
    repeated: list[FactKey] = []
    prospects: list[tuple[float, bool]] = []
    while len(asked) < 2 * len(rulebook.questions):
        case = Case.of(told)
        ahead, useful = _ahead(scorer, case, tuple(asked), seen)
        if ahead.values:
            prospects.append((ahead.chance_of_change, ahead.fact is not None))
        fact = ahead.fact
        if fact is None:
            break
        if fact in asked or case.value(fact) is not None:
            repeated.append(fact)
        elif not useful:
            idle.append(fact)
        asked.append(fact)
        told |= {key: facts[key] for key in _answered(fact) if key in facts}
    whole = scorer.scores(Case.of(facts))[0]
    best, chosen = int(whole.argmax()), int(scorer.first(Case.of(told))[0])
    short = (int(whole[best]) - int(whole[chosen])) / max(1, int(whole[best]))
    return Asked(
        tuple(asked),
        tuple(idle),
        tuple(repeated),
        tuple(prospects),
        _named(scorer, chosen),
        _named(scorer, best),
        min(1.0, max(0.0, short)),
    )


def _ahead(scorer: Scorer, case: Case, closed: tuple[FactKey, ...], seen: Seen) -> tuple[Prospect, bool]:
    if (case, closed) not in seen:
        ahead = prospect(scorer, case, closed)
        useful = ahead.fact is not None and matters(scorer, case, ahead.fact, closed)
        seen[case, closed] = ahead, useful
    return seen[case, closed]


def matters(scorer: Scorer, case: Case, fact: FactKey, closed: Sequence[FactKey]) -> bool:
    """Can an answer to this fact, alone or with sampled answers to the others, change the first move?"""
    fact = "work_type" if fact == OPENING else fact  # who describes the work has told its kind
    question = scorer.rulebook.question(fact)
    options = (None, *candidate_values(question))
    alone = scorer.first(case, Variations.of(case, [{fact: value} for value in options]))
    if len(set(alone.tolist())) > 1:
        return True
    others = [q for q in open_questions(scorer, case, closed) if q.fact != fact]
    if not others:
        return False
    completions = sample_completions(others, COMPLETIONS, SEED)
    firsts = [scorer.first(case.having(fact, value), completions) for value in options]
    return any((first != firsts[0]).any() for first in firsts[1:])


def _answered(fact: FactKey) -> tuple[FactKey, ...]:
    """Who says in a sentence what the system shall do has told what kind of work it is."""
    return (OPENING, "work_type") if fact == OPENING else (fact,)


def _named(scorer: Scorer, place: int) -> str:
    move = scorer.moves[place]
    return f"{move.role}+{move.engagement}"
