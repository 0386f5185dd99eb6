"""Scoring: which rules fire in many cases at once, and what every move's score comes to.

A move's score is the sum over publishers and grounds of the strongest support plus the strongest
objection on its role, on its engagement and on the pair, plus its prior. Counting the strongest only
means that a publisher who says the same thing on five pages is heard once. All numbers are integers,
so that the same facts give the same scores on every machine.
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from advisor.domain.case import Case
from advisor.domain.vocabulary import LEVELS, FactKey, Level
from advisor.policy.playbook_files import MoveEntry
from advisor.policy.predicates import PREDICATES
from advisor.policy.rulebook import Rulebook, SpokenRule

Scores = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

Change = Mapping[FactKey, object]
"""Typed values laid over a base case."""


@dataclass(frozen=True)
class Variations:
    """Many cases that differ from a base case in some facts, column by column.

    For each changed fact: the values that occur, and for each case the place of its value among them.
    """

    count: int
    columns: Mapping[FactKey, tuple[tuple[object, ...], npt.NDArray[np.intp]]]

    @classmethod
    def of(cls, base: Case, changes: Sequence[Change]) -> "Variations":
        """One case for each change; a fact that a change leaves out keeps its base value."""
        values: dict[FactKey, dict[object, int]] = {}
        places: dict[FactKey, npt.NDArray[np.intp]] = {}
        for row, change in enumerate(changes):
            for fact, value in change.items():
                if fact not in values:
                    values[fact] = {base.value(fact): 0}
                    places[fact] = np.zeros(len(changes), dtype=np.intp)
                places[fact][row] = values[fact].setdefault(value, len(values[fact]))
        return cls(len(changes), {fact: (tuple(values[fact]), places[fact]) for fact in values})

    def value(self, fact: FactKey, row: int) -> object:
        """The value of a changed fact in one case."""
        values, places = self.columns[fact]
        return values[places[row]]


UNCHANGED = Variations(1, {})

OUT_OF_THE_QUESTION = -1_000_000
"""The score of a move whose `only_when` does not hold, below all that rules can take away."""


@dataclass(frozen=True)
class _Grounds:
    """What each publisher says on each ground of each target, laid side by side.

    `rules` and `weights` list the votes, those of one group together; `starts` is where each group
    begins; `moves` has a row for each group and a one for each move that its target speaks of, `levels`
    the same for each level of seniority.
    """

    rules: npt.NDArray[np.intp]
    weights: Scores
    starts: npt.NDArray[np.intp]
    moves: Scores
    levels: Scores


class Scorer:
    """A rulebook made ready for scoring; `without` leaves one publisher's rules out."""

    def __init__(self, rulebook: Rulebook, without: str | None = None) -> None:
        self.rulebook = rulebook
        self.rules: tuple[SpokenRule, ...] = tuple(
            spoken for spoken in rulebook.rules if spoken.source.publisher != without
        )
        self.moves: tuple[MoveEntry, ...] = rulebook.moves
        of_rules = (n for s in self.rules for n in (*s.rule.when, *s.rule.unless))
        names = dict.fromkeys((*of_rules, *(n for move in self.moves for n in move.only_when)))
        self._predicates = [PREDICATES[name] for name in names]
        column = {name: index for index, name in enumerate(names)}
        self._when = [np.array([column[n] for n in s.rule.when], dtype=np.intp) for s in self.rules]
        self._unless = [np.array([column[n] for n in s.rule.unless], dtype=np.intp) for s in self.rules]
        self._only_when = {
            place: np.array([column[n] for n in move.only_when], dtype=np.intp)
            for place, move in enumerate(self.moves)
            if move.only_when
        }
        self._priors = np.array([move.prior for move in self.moves], dtype=np.int64)
        self._memo: dict[tuple[str, tuple[object, ...]], bool] = {}

    def scores(self, base: Case, variations: Variations = UNCHANGED) -> Scores:
        """Shape (variations.count, number of moves): every move's score in each case."""
        truths = self._truths(base, variations)
        scores = self._priors + self._said(truths) @ self._grounds.moves
        for move, needed in self._only_when.items():
            scores[~truths[:, needed].all(axis=1), move] = OUT_OF_THE_QUESTION
        return scores

    def level_scores(self, base: Case) -> dict[Level, int]:
        """What each level of seniority comes to in one case, in the order of LEVELS."""
        found = (self._said(self._truths(base, UNCHANGED)) @ self._grounds.levels)[0]
        return {level: int(score) for level, score in zip(LEVELS, found, strict=True)}

    def _said(self, truths: Bools) -> Scores:
        """Shape (cases, groups): the strongest support plus the strongest objection."""
        said = self._fired(truths)[:, self._grounds.rules] * self._grounds.weights
        support = np.maximum(np.maximum.reduceat(said, self._grounds.starts, axis=1), 0)
        objection = np.minimum(np.minimum.reduceat(said, self._grounds.starts, axis=1), 0)
        return support + objection

    def first(self, base: Case, variations: Variations = UNCHANGED) -> npt.NDArray[np.intp]:
        """Shape (variations.count,): the index of the first move; a tie goes to the one listed first."""
        return np.argmax(self.scores(base, variations), axis=1)

    def fired(self, base: Case, variations: Variations = UNCHANGED) -> Bools:
        """Shape (variations.count, number of rules): which rules fire in each case."""
        return self._fired(self._truths(base, variations))

    def _fired(self, truths: Bools) -> Bools:
        fired = np.empty((len(truths), len(self.rules)), dtype=np.bool_)
        for index in range(len(self.rules)):
            fired[:, index] = truths[:, self._when[index]].all(axis=1)
            if self._unless[index].size:
                fired[:, index] &= ~truths[:, self._unless[index]].any(axis=1)
        return fired

    def _truths(self, base: Case, variations: Variations) -> Bools:
        truths = np.empty((variations.count, len(self._predicates)), dtype=np.bool_)
        for column, predicate in enumerate(self._predicates):
            held = tuple(base.value(key) for key in predicate.reads)
            changed = [key for key in predicate.reads if key in variations.columns]
            if not changed:
                truths[:, column] = self._truth(predicate.name, predicate.reads, held)
                continue
            # A truth table over the values that occur, read off for all cases at once.
            choices = [
                variations.columns[key][0] if key in variations.columns else (value,)
                for key, value in zip(predicate.reads, held, strict=True)
            ]
            table = np.array(
                [self._truth(predicate.name, predicate.reads, v) for v in itertools.product(*choices)]
            ).reshape([len(choice) for choice in choices])
            places = tuple(
                variations.columns[key][1] if key in variations.columns else 0 for key in predicate.reads
            )
            truths[:, column] = table[places]
        return truths

    def _truth(self, name: str, reads: tuple[FactKey, ...], values: tuple[object, ...]) -> bool:
        # A predicate sees only the facts it declares, so an undeclared read shows as a wrong answer.
        key = (name, values)
        if key not in self._memo:
            case = Case()
            for fact, value in zip(reads, values, strict=True):
                case = case.having(fact, value)
            self._memo[key] = PREDICATES[name].test(case)
        return self._memo[key]

    @cached_property
    def _grounds(self) -> _Grounds:
        groups: dict[tuple[str, str, str], list[tuple[int, int]]] = {}
        for index, spoken in enumerate(self.rules):
            for target, weight in spoken.weights.items():
                key = (spoken.source.publisher, spoken.rule.ground, target)
                groups.setdefault(key, []).append((index, weight))
        votes = [vote for group in groups.values() for vote in group]
        sizes = [len(group) for group in groups.values()]
        return _Grounds(
            rules=np.array([index for index, _ in votes], dtype=np.intp),
            weights=np.array([weight for _, weight in votes], dtype=np.int64),
            starts=np.array([0, *itertools.accumulate(sizes)][:-1], dtype=np.intp),
            moves=np.array(
                [[target in move.targets for move in self.moves] for _, _, target in groups], dtype=np.int64
            ),
            levels=np.array(
                [[target == level for level in LEVELS] for _, _, target in groups], dtype=np.int64
            ),
        )
