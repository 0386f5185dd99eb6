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
from advisor.domain.facts import Fact
from advisor.domain.memo import Draft
from advisor.domain.vocabulary import FactKey


@dataclass(frozen=True)
class ReadingContext:
    """What a reader may know of the conversation: the date, the facts, the open question."""

    today: dt.date
    facts: Mapping[FactKey, Fact] = field(default_factory=dict[FactKey, Fact])
    open_question: OpenQuestion | None = None


@dataclass(frozen=True)
class MemoBrief:
    """All that a memo may rest on. A writer has nothing else to draw from."""

    today: dt.date
    recommendation: Recommendation
    facts: Mapping[FactKey, Fact]
    passages: Mapping[str, Passage]
    sources: Mapping[str, Source]


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
        """A memo as claims with their evidence."""
        ...

    async def write_answer(self, brief: AnswerBrief) -> Answer:
        """An answer to a side question as claims with their evidence."""
        ...
