"""The local language: reads by cues and parsers, writes by templates, needs no model."""

from collections.abc import Sequence

from advisor.adapters.local_reader import LocalReader
from advisor.adapters.local_writer import LocalAnswers, LocalMemos
from advisor.domain.commands import Reading
from advisor.domain.memo import Claim, Draft, Objection, Wording
from advisor.ports.language import Answer, AnswerBrief, MemoBrief, ReadingContext, Turn


class LocalLanguage:
    """Implements `ports.language.Language`. Never raises LanguageError."""

    def __init__(self, reader: LocalReader, memos: LocalMemos, answers: LocalAnswers) -> None:
        self._reader = reader
        self._memos = memos
        self._answers = answers

    async def understand(self, text: str, context: ReadingContext) -> Reading:
        return self._reader.understand(text, context)

    async def write_memo(self, brief: MemoBrief) -> Draft:
        return self._memos.write(brief)

    async def write_answer(self, brief: AnswerBrief) -> Answer:
        return self._answers.write(brief)

    async def revise(
        self, brief: MemoBrief | AnswerBrief, objections: Sequence[Objection]
    ) -> tuple[Wording, ...]:
        return ()

    async def judge(self, brief: MemoBrief | AnswerBrief, claims: Sequence[Claim]) -> tuple[bool, ...]:
        return (True,) * len(claims)

    async def translate(self, segments: Sequence[str], language: str, turn: Turn | None) -> tuple[str, ...]:
        return tuple(segments)
