"""How a conversation stands: what is known, what leads, and what could still change it."""

from typing import Literal

from pydantic import JsonValue

from advisor.domain.decision import Confidence, Recommendation
from advisor.domain.facts import Frozen, Sureness
from advisor.domain.reply import Question
from advisor.domain.vocabulary import Engagement, FactKey, Role

StandingStatus = Literal["stated", "assumed", "unknown", "open"]
"""Stated by the user; taken for granted by the memo that stands; answered "don't know"; not known."""


class StandingFact(Frozen):
    """One fact as a panel shows it.

    `words` is the value as a short phrase, "" where there is none; `said` the user's words, made safe to
    show; `by` who said them, where that is known, made safe as well. `choices` are the labels that its
    question shows, "don't know" among them; empty for facts that hold text or a number. `text` is the
    question itself.
    """

    key: FactKey
    label: str
    value: JsonValue
    words: str
    said: str | None
    status: StandingStatus
    sure: Sureness
    choices: tuple[str, ...]
    text: str
    by: str | None = None


class CouldChange(Frozen):
    """A fact nobody stated that could still change the first move, and to which one.

    `phrase` is the likeliest answer that does, in words ("if" before it): "it is core to what you sell".
    """

    fact: FactKey
    label: str
    phrase: str
    to_label: str


class Standing(Frozen):
    """Where a conversation stands after its last turn.

    `margin` is the lead over the runner-up in percent of the first move's score. `chance_of_change` is the
    chance, 0 to 1, that the first move would be another one if all that is still worth asking were known:
    the share of sampled complete answers, drawn by the playbook's priors, after which another move leads. A
    question that was passed over or answered "don't know" is not counted: nobody will ask for it again.
    `settled` is 1 - `chance_of_change`: 0 where nothing is known, 1 where no open answer matters any more. It
    says how stable the advice is against answers, not how right it is.

    `next_fact` is the fact asked for now, or the one that would be asked for next; None where no question is
    worth asking. `memo_is_current`: the last memo was written on these facts. `turn` counts the messages.
    """

    facts: tuple[StandingFact, ...]
    first_label: str
    first_role: Role
    first_engagement: Engagement
    confidence: Confidence
    margin: int
    runner_up_label: str
    chance_of_change: float
    settled: float
    could_change: tuple[CouldChange, ...]
    next_fact: FactKey | None
    open_question: Question | None
    has_memo: bool
    memo_is_current: bool
    turn: int


class Supposition(Frozen):
    """The decision as it stands and with some facts changed; `changed`: another move comes first."""

    now: Recommendation
    then: Recommendation
    changed: bool
