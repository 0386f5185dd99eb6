"""The next question: the unknown fact whose answer is most likely to change the first move.

Value of information, in the usual sense: how much an answer lowers the chance that deciding now
differs from deciding with everything known. The chance is taken over a fixed sample of complete
answers, drawn from the likely answers in `questions.yaml` with a fixed seed, so that the same case
always asks the same question.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from advisor.domain.case import Case
from advisor.domain.vocabulary import FactKey
from advisor.policy.playbook_files import QuestionEntry
from advisor.policy.rulebook import candidate_values
from advisor.policy.scoring import Change, Scorer, Variations

OPENING: FactKey = "workflow"
"""Asked first where nothing at all is known: one open answer often tells several facts."""


@dataclass(frozen=True)
class Prospect:
    """What could still change: the chance that the first move does, and each open fact's share of it.

    `values` maps an open fact to its value of information, a probability; `fact` is the one to ask
    for, None when no answer is likely enough to matter.
    """

    fact: FactKey | None
    chance_of_change: float
    values: dict[FactKey, float]


def prospect(scorer: Scorer, case: Case, closed: Collection[FactKey] = ()) -> Prospect:
    """What to ask next, leaving out the facts in `closed` (asked already, or answered "don't know")."""
    weights = scorer.rulebook.weights
    if not case.known() and OPENING not in closed:
        return Prospect(OPENING, 1.0, {})
    questions = open_questions(scorer, case, closed)
    if not questions:
        return Prospect(None, 0.0, {})
    completions = sample_completions(questions, weights.completions, weights.seed)
    final = scorer.first(case, completions)
    now = scorer.first(case)[0]
    chance = _share(final != now)
    values = _values(scorer, case, questions, completions, final, chance)
    if chance < weights.ask_above_chance:
        return Prospect(None, chance, values)
    best = max(questions, key=lambda question: round(values[question.fact], 6)).fact
    if values[best] <= 0:
        best = _decides_jointly(scorer, case, questions, completions, final)
    return Prospect(best, chance, values)


def _values(
    scorer: Scorer,
    case: Case,
    questions: list[QuestionEntry],
    completions: Variations,
    final: npt.NDArray[np.intp],
    chance: float,
) -> dict[FactKey, float]:
    """How much each answer alone lowers the chance of change, all answers scored at once."""
    changes: list[Change] = []
    begins: dict[FactKey, int] = {}
    for question in questions:
        begins[question.fact] = len(changes)
        for answer in completions.columns[question.fact][0]:
            changes.append({question.fact: answer})
    after = scorer.first(case, Variations.of(case, changes))
    values: dict[FactKey, float] = {}
    for fact, begin in begins.items():
        chosen = after[begin + completions.columns[fact][1]]
        values[fact] = chance - _share(final != chosen)
    return values


def _decides_jointly(
    scorer: Scorer,
    case: Case,
    questions: list[QuestionEntry],
    completions: Variations,
    final: npt.NDArray[np.intp],
) -> FactKey | None:
    """The fact that most often decides together with others, None when none does.

    Facts that matter only jointly have no value of information alone, yet must not be given up on.
    """
    reach: dict[FactKey, float] = {}
    for question in questions:
        answers, places = completions.columns[question.fact]
        turned = dict(completions.columns)
        turned[question.fact] = (answers, (places + 1) % len(answers))
        shifted = Variations(completions.count, turned)
        reach[question.fact] = _share(scorer.first(case, shifted) != final)
    best = max(reach, key=lambda fact: reach[fact])
    return best if reach[best] > 0 else None


def _share(true: npt.NDArray[np.bool_]) -> float:
    return int(np.count_nonzero(true)) / len(true)


def open_questions(scorer: Scorer, case: Case, closed: Collection[FactKey]) -> list[QuestionEntry]:
    """The askable facts with listed answers that are neither known nor closed."""
    return [
        question
        for question in scorer.rulebook.questions
        if question.askable
        and question.answers
        and case.value(question.fact) is None
        and question.fact not in closed
    ]


def sample_completions(questions: list[QuestionEntry], count: int, seed: int) -> Variations:
    """`count` complete answers to all `questions`, drawn independently by their priors."""
    random = np.random.Generator(np.random.PCG64(seed))
    columns: dict[FactKey, tuple[tuple[object, ...], npt.NDArray[np.intp]]] = {}
    for question in questions:
        priors = np.array([answer.prior for answer in question.answers], dtype=np.float64)
        picks = random.choice(len(priors), size=count, p=priors / priors.sum())
        columns[question.fact] = (candidate_values(question), picks.astype(np.intp))
    return Variations(count, columns)
