"""The language port: a message becomes commands, a decision becomes a draft.

An adapter never decides anything: what it reads is facts, and what it writes is verified claim by
claim before a user sees it.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from advisor.domain.commands import OpenQuestion, Reading
from advisor.domain.decision import Recommendation
from advisor.domain.disagreement import FigureAnswer
from advisor.domain.evidence import Hit, Passage, Source
from advisor.domain.facts import Fact, Statement
from advisor.domain.lines import Line
from advisor.domain.memo import Claim, Draft, Objection, Wording
from advisor.domain.vocabulary import FactKey


@dataclass(frozen=True)
class Turn:
    """Which message of which conversation, so that what a model cost can be told by both."""

    thread: str
    message_id: str


@dataclass(frozen=True)
class ReadingContext:
    """What a reader may know of the conversation: the date, the facts, the open question."""

    today: dt.date
    facts: Mapping[FactKey, Fact] = field(default_factory=dict[FactKey, Fact])
    open_question: OpenQuestion | None = None
    turn: Turn | None = None


@dataclass(frozen=True)
class MemoBrief:
    """All that a memo may rest on. A writer has nothing else to draw from.

    `disputed`: for a fact that two people stated in two ways, the statement that was not taken.
    """

    today: dt.date
    recommendation: Recommendation
    facts: Mapping[FactKey, Fact]
    passages: Mapping[str, Passage]
    sources: Mapping[str, Source]
    turn: Turn | None = None
    disputed: Mapping[FactKey, Statement] = field(default_factory=dict[FactKey, Statement])

    @property
    def lines(self) -> Mapping[str, Line]:
        """The calculation lines that a claim may rest on, by id."""
        return {line.id: line for line in self.recommendation.lines()}


@dataclass(frozen=True)
class AnswerBrief:
    """A side question with the passages that may answer it, or with what the typed figures say to it.

    `figures` is None when no figure is asked for; its lines are what its table may rest on.
    """

    question: str
    hits: Sequence[Hit]
    figures: FigureAnswer | None
    passages: Mapping[str, Passage]
    sources: Mapping[str, Source]
    turn: Turn | None = None


@dataclass(frozen=True)
class Answer:
    """A drafted answer; `covered` is False when nothing given answers the question."""

    draft: Draft
    covered: bool


class Language(Protocol):
    """Reads and writes. Raises LanguageError when it can't; the caller then uses another."""

    async def understand(self, text: str, context: ReadingContext) -> Reading:
        """The commands in one message, in the order said."""
        ...

    async def write_memo(self, brief: MemoBrief) -> Draft:
        """A whole memo as claims with their evidence, and perhaps other wordings for some of them."""
        ...

    async def write_answer(self, brief: AnswerBrief) -> Answer:
        """An answer to a side question as claims with their evidence, perhaps with other wordings."""
        ...

    async def revise(
        self, brief: MemoBrief | AnswerBrief, objections: Sequence[Objection]
    ) -> tuple[Wording, ...]:
        """Better wordings for those that verification refused; none where there is nothing better."""
        ...

    async def judge(self, brief: MemoBrief | AnswerBrief, claims: Sequence[Claim]) -> tuple[bool, ...]:
        """For each claim whether its evidence entails it. True for all where no judge is asked."""
        ...

    async def translate(self, segments: Sequence[str], language: str, turn: Turn | None) -> tuple[str, ...]:
        """Each segment in a language (ISO 639-1), as many as were given; unchanged where it can't."""
        ...
