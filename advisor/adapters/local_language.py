"""The local language: reads by cues and parsers, writes by templates, needs no model."""

from advisor.adapters.local_reader import LocalReader
from advisor.adapters.local_writer import LocalAnswers, LocalMemos
from advisor.domain.commands import Reading
from advisor.domain.memo import Draft
from advisor.ports.language import Answer, AnswerBrief, MemoBrief, ReadingContext


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
