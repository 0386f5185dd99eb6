"""A scripted language: says what it was told to, and notices what it was not asked for."""

from collections.abc import Mapping, Sequence

from advisor.domain.commands import Command, Reading
from advisor.domain.memo import Claim, Draft, Objection, Wording
from advisor.ports.language import Answer, AnswerBrief, Language, MemoBrief, ReadingContext, Turn


class ScriptedLanguage:
    """Reads by script, writes through another language (or a script of drafts).

    `readings` maps a message to its commands. `finish` fails when a scripted message never came;
    a message that is not in the script fails at once.
    """

    def __init__(
        self,
        readings: Mapping[str, Reading | Sequence[Command]],
        writer: Language | None = None,
        drafts: Sequence[Draft] = (),
    ) -> None:
        self._readings = dict(readings)
        self._unread = set(readings)
        self._writer = writer
        self._drafts = list(drafts)

    async def understand(self, text: str, context: ReadingContext) -> Reading:
        if text not in self._readings:
            raise AssertionError(f"the script has no reading of {text!r}")
        self._unread.discard(text)
        reading = self._readings[text]
        return reading if isinstance(reading, Reading) else Reading(commands=tuple(reading))

    async def write_memo(self, brief: MemoBrief) -> Draft:
        if self._drafts:
            return self._drafts.pop(0)
        return await self._other().write_memo(brief)

    async def write_answer(self, brief: AnswerBrief) -> Answer:
        return await self._other().write_answer(brief)

    async def revise(
        self, brief: MemoBrief | AnswerBrief, objections: Sequence[Objection]
    ) -> tuple[Wording, ...]:
        return await self._other().revise(brief, objections)

    async def judge(self, brief: MemoBrief | AnswerBrief, claims: Sequence[Claim]) -> tuple[bool, ...]:
        return await self._other().judge(brief, claims)

    async def translate(self, segments: Sequence[str], language: str, turn: Turn | None) -> tuple[str, ...]:
        return await self._other().translate(segments, language, turn)

    def finish(self) -> None:
        """Fails when a part of the script went unused."""
        if self._unread or self._drafts:
            raise AssertionError(f"unused: {sorted(self._unread)}, {len(self._drafts)} drafts")

    def _other(self) -> Language:
        if self._writer is None:
            raise AssertionError("the script has no writer")
        return self._writer
