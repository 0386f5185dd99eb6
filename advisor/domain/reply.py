"""The reply: what one message gets back, whichever face asked."""

from typing import Literal

from pydantic import Field

from advisor.domain.evidence import Citation
from advisor.domain.facts import Fact, Frozen
from advisor.domain.memo import Memo
from advisor.domain.vocabulary import FactKey

ReplyKind = Literal["question", "recommendation", "answer", "declined"]
Stage = Literal[
    "understand",
    "decide",
    "ask",
    "answer",
    "decline",
    "retrieve",
    "write",
    "verify",
    "memo",
    "translate",
]


class Choice(Frozen):
    """One answer that can be picked: the label shown and the value it sets (None: don't know)."""

    label: str
    value: str | None


class Question(Frozen):
    """The one question of this turn: which fact, its words, its choices and why it is asked."""

    fact: FactKey
    text: str
    choices: tuple[Choice, ...]
    why: str


class Reply(Frozen):
    """What the advisor says to one message. `covered` is None unless it answers a side question."""

    thread: str
    message_id: str
    kind: ReplyKind
    text: str
    question: Question | None = None
    covered: bool | None = None
    citations: tuple[Citation, ...] = ()
    memo: Memo | None = None
    facts: dict[FactKey, Fact] = Field(default_factory=dict[FactKey, Fact])
    notices: tuple[str, ...] = ()

    @property
    def has_memo(self) -> bool:
        """Whether a memo was given with it; `memo` itself is None in a reply read from the history."""
        return self.kind == "recommendation"


class Turn(Frozen):
    """One message of a conversation and what it got back.

    `client_id` is the sender's own id of the message, `about` the fact it was said to be about, `by` who said
    it, where that is known. `text` is empty where the message was withdrawn. `reply` is None while the turn
    is under way or was cut short; its memo is kept apart (`has_memo`, `memo_of`).
    """

    message_id: str
    client_id: str | None = None
    text: str
    about: FactKey | None = None
    by: str | None = None
    reply: Reply | None = None
    has_memo: bool = False


class Progress(Frozen):
    """A stage of the turn has ended; `detail` is what happened in it, as one short line of plain text.

    Empty where there is nothing to tell. The user's words stand in it only as `as_said` shows them.
    """

    stage: Stage
    detail: str = ""


class TextDelta(Frozen):
    """The next piece of the reply's text."""

    text: str


Event = Progress | TextDelta | Reply
