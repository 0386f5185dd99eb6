"""The decision: moves, the rules that fired, what nearly won and what would change it."""

from typing import Literal

from pydantic import JsonValue

from advisor.domain.costs import Costs
from advisor.domain.facts import Frozen
from advisor.domain.lines import Line as Line
from advisor.domain.lines import Range as Range
from advisor.domain.lines import Reference as Reference
from advisor.domain.vocabulary import Engagement, FactKey, Level, Role

Confidence = Literal["settled", "leaning", "close"]


class Move(Frozen):
    """What to do: who, under which engagement, for how long, at what cost, and when it is done.

    `cost` is None when no guide and no stated assumption gives a figure; `cost_note` then says so.
    `level` is the seniority to look for; None where the move is no single person or no rule speaks.
    """

    id: str
    role: Role
    engagement: Engagement
    level: Level | None = None
    label: str
    duration_days: tuple[int, int] | None
    cost: Range | None
    cost_note: str
    exit_criterion: str


class FollowOn(Frozen):
    """A move that follows, and the evidence on which it does."""

    condition: str
    role: Role
    engagement: Engagement
    label: str
    passage: str
    quote: str


class Note(Frozen):
    """Cited advice that goes with the first move. It decided nothing."""

    id: str
    text: str
    rests_on: tuple[Reference, ...]


class RuleFired(Frozen):
    """A rule whose predicates all hold, and the weight it put on each target."""

    id: str
    row: str
    ground: str
    publisher: str
    source_id: str
    interested: bool
    weights: dict[str, int]
    why: str
    facts: tuple[FactKey, ...]
    rests_on: tuple[Reference, ...]


class Alternative(Frozen):
    """A move that lost, by how much, and the reason: the rule that told most against it.

    `reason` is that rule's sentence and `rule` its id; both are empty when no rule set it apart.
    """

    move: str
    role: Role
    engagement: Engagement
    label: str
    score: int
    reason: str
    rule: str


class Flip(Frozen):
    """A change of one fact (or two) after which another move comes first. Each was re-run.

    `changes` holds the value that was re-run; `phrase` says it in words.
    """

    changes: dict[FactKey, JsonValue]
    phrase: str
    move: str
    role: Role
    engagement: Engagement
    label: str


class Assumption(Frozen):
    """A fact nobody stated that could change the first move, what was taken, what it would flip to.

    `value` is what was taken for granted; None where the fact was left open.
    """

    fact: FactKey
    taken: str
    value: JsonValue = None
    flips: tuple[Flip, ...]


class Interest(Frozen):
    """A publisher behind the advice, what it sells, and whether a rule that fired favours that."""

    publisher: str
    sells: str
    favoured: bool


class WithoutPublisher(Frozen):
    """The first move when one publisher's rules are left out."""

    publisher: str
    sells: str
    survives: bool
    role: Role
    engagement: Engagement
    label: str


class Recommendation(Frozen):
    """The first move, what follows it, what lost, and everything needed to see why.

    `margin` is the lead of the first move over the runner-up in percent of the first move's score.
    """

    first: Move
    notes: tuple[Note, ...]
    then: tuple[FollowOn, ...]
    alternatives: tuple[Alternative, ...]
    score: int
    runner_up: Alternative
    margin: int
    confidence: Confidence
    rules_fired: tuple[RuleFired, ...]
    flips: tuple[Flip, ...]
    flips_of_two: tuple[Flip, ...]
    assumptions: tuple[Assumption, ...]
    interests: tuple[Interest, ...]
    without: tuple[WithoutPublisher, ...]
    next_question: FactKey | None
    chance_of_change: float
    calculation: tuple[Line, ...]
    costs: Costs
    playbook_hash: str
    date: str

    def lines(self) -> tuple[Line, ...]:
        """Every line that a claim about this recommendation may rest on."""
        return (*self.calculation, *self.costs.lines())
