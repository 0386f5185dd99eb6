"""Commands: what a message asks of the advisor, typed. One message may hold several."""

from typing import Annotated, Literal

from pydantic import Field, JsonValue

from advisor.domain.facts import Frozen, Sureness
from advisor.domain.vocabulary import FactKey

DeclineReason = Literal[
    "off_topic",
    "discrimination",
    "instructions",
    "private_data",
    "unreadable",
    "language",
    "empty",
    "too_long",
]


class SetFact(Frozen):
    """Set or correct a fact. `value` None is the answer "I don't know"; `said` is the user's words."""

    kind: Literal["set_fact"] = "set_fact"
    key: FactKey
    value: JsonValue
    said: str
    sure: Sureness = "sure"


class RetractFact(Frozen):
    """Forget a fact ("forget the budget")."""

    kind: Literal["retract_fact"] = "retract_fact"
    key: FactKey
    said: str


class AskGuides(Frozen):
    """A side question to the guides, in the user's words."""

    kind: Literal["ask_guides"] = "ask_guides"
    question: str


class AskWhy(Frozen):
    """Why is the open question asked?"""

    kind: Literal["ask_why"] = "ask_why"


class WhatIf(Frozen):
    """Try values without keeping them."""

    kind: Literal["what_if"] = "what_if"
    changes: dict[FactKey, JsonValue]
    said: str


class AnswerNow(Frozen):
    """Stop asking and give the memo."""

    kind: Literal["answer_now"] = "answer_now"


class Restart(Frozen):
    """Forget every fact and begin again."""

    kind: Literal["restart"] = "restart"


class OutOfScope(Frozen):
    """A part that is declined: off topic, discriminating, asking for instructions, unreadable."""

    kind: Literal["out_of_scope"] = "out_of_scope"
    reason: DeclineReason
    said: str
    detail: str | None = None


Command = Annotated[
    SetFact | RetractFact | AskGuides | AskWhy | WhatIf | AnswerNow | Restart | OutOfScope,
    Field(discriminator="kind"),
]


class OpenQuestion(Frozen):
    """What the reader must know of the question that the user may be answering."""

    fact: FactKey
    text: str


class Reading(Frozen):
    """All commands of one message, in the order said, and what the user should be told about it.

    `unread` is True when a message with words in it gave no command at all. `queries` are things to
    put right with the user before going on ("04/05/2026 has passed in either reading; which date?").
    `corrects`: the message says that it takes something back or puts it right ("actually", "no wait").
    `language` is the language to answer in (ISO 639-1); None where the message doesn't tell.
    """

    commands: tuple[Command, ...] = ()
    notices: tuple[str, ...] = ()
    queries: tuple[str, ...] = ()
    unread: bool = False
    language: str | None = None
    corrects: bool = False
