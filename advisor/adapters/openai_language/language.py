"""The OpenAI-compatible language: each call a prompt file filled with fenced data, its answer checked.

The local language stands beside it: it writes the whole memo, of which the model words parts; it
answers from typed figures; and it reads a picked choice, which needs no model.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import cast

from pydantic import JsonValue

from advisor.adapters.local_reader import LocalReader
from advisor.adapters.openai_language.connection import Connection
from advisor.adapters.openai_language.prompts import PromptFile, fenced
from advisor.adapters.openai_language.reading import MEASURED, MessageRead, checked, keys_told
from advisor.adapters.openai_language.writing import (
    MOST_WORDS,
    AnswerWritten,
    ClaimsJudged,
    Material,
    MemoWorded,
    SegmentsTranslated,
    answer_wordings,
    points_told,
    refused_told,
    wordings,
)
from advisor.domain.commands import OutOfScope, Reading, SetFact
from advisor.domain.memo import Claim, Draft, Objection, Wording
from advisor.domain.vocabulary import FactKey
from advisor.ports.language import Answer, AnswerBrief, Language, MemoBrief, ReadingContext, Turn

SAID_TOLD = 40
"""Characters of what was said of a fact that a reader is reminded of."""


class OpenAILanguage:
    """Implements `ports.language.Language`. Raises LanguageError when a call gives nothing."""

    def __init__(
        self, connection: Connection, prompts: Mapping[str, PromptFile], local: Language, reader: LocalReader
    ) -> None:
        self._connection = connection
        self._prompts = prompts
        self._local = local
        self._reader = reader

    async def understand(self, text: str, context: ReadingContext) -> Reading:
        local = await self._local.understand(text, context)
        if self._needs_no_model(text, local, context):
            return local
        question = context.open_question
        told = {key: (fact.said or "")[:SAID_TOLD] for key, fact in context.facts.items() if fact.said}
        prompt = self._prompts["understand"].fill(
            today=context.today.isoformat(),
            question=fenced("question", f"{question.fact}: {question.text}" if question else None),
            facts=fenced("known", told),
            message=fenced("message", text),
            keys=keys_told(),
        )
        read = await self._connection.ask("understand", prompt, MessageRead, context.turn)
        numbers = {
            fact.said.strip(): await self._numbers(fact.said, cast(FactKey, fact.key), context)
            for fact in read.facts
            if fact.key in MEASURED
        }
        return self._reader.without_private(text, checked(read, text, local, numbers))

    async def write_memo(self, brief: MemoBrief) -> Draft:
        plain = await self._local.write_memo(brief)
        material = Material.of_memo(brief, plain)
        first = brief.recommendation.first
        prompt = self._prompts["write_memo"].fill(
            decision=fenced("decision", {"first move": first.label, "done when": first.exit_criterion}),
            facts=material.facts_told(),
            passages=material.passages_told(),
            lines=material.lines_told(),
            points=points_told(plain, material),
            most=str(MOST_WORDS),
        )
        worded = await self._connection.ask("write_memo", prompt, MemoWorded, brief.turn)
        return plain.model_copy(update={"wordings": wordings(worded.sentences, material)})

    async def write_answer(self, brief: AnswerBrief) -> Answer:
        plain = await self._local.write_answer(brief)
        if brief.figures is not None or not plain.covered:
            return plain  # figures are told as they are typed, and nothing found is nothing to word
        material = Material.of_answer(brief)
        prompt = self._prompts["write_answer"].fill(
            question=fenced("question", brief.question),
            passages=material.passages_told(),
            most=str(MOST_WORDS),
        )
        written = await self._connection.ask("write_answer", prompt, AnswerWritten, brief.turn)
        offered = answer_wordings(written.claims, material) if written.covered else ()
        return Answer(plain.draft.model_copy(update={"wordings": offered}), covered=written.covered)

    async def revise(
        self, brief: MemoBrief | AnswerBrief, objections: Sequence[Objection]
    ) -> tuple[Wording, ...]:
        material = await self._material(brief)
        memo = isinstance(brief, MemoBrief)
        prompt = self._prompts["revise"].fill(
            passages=_only_cited(material, objections).passages_told(),
            material=f"{material.facts_told()}{material.lines_told()}" if memo else "",
            refused=refused_told(objections, material),
            most=str(MOST_WORDS),
        )
        worded = await self._connection.ask("revise", prompt, MemoWorded, brief.turn)
        if memo:
            return wordings(worded.sentences, material)
        return answer_wordings(worded.sentences, material)

    async def judge(self, brief: MemoBrief | AnswerBrief, claims: Sequence[Claim]) -> tuple[bool, ...]:
        if not (self._connection.endpoint.judge and claims):
            return (True,) * len(claims)
        material = await self._material(brief)
        told = [
            {
                "claim": claim.text,
                "evidence": [_told(one, material) for one in material.named(claim.evidence)],
            }
            for claim in claims
        ]
        prompt = self._prompts["judge"].fill(claims=fenced("claims", told))
        judged = await self._connection.ask("judge", prompt, ClaimsJudged, brief.turn)
        if len(judged.entailed) != len(claims):
            return (False,) * len(claims)  # verdicts that can't be matched to claims vouch for none
        return tuple(judged.entailed)

    async def translate(self, segments: Sequence[str], language: str, turn: Turn | None) -> tuple[str, ...]:
        prompt = self._prompts["translate"].fill(
            language=language, segments=fenced("segments", list(segments))
        )
        told = await self._connection.ask("translate", prompt, SegmentsTranslated, turn)
        return tuple(told.segments) if len(told.segments) == len(segments) else tuple(segments)

    def _needs_no_model(self, text: str, local: Reading, context: ReadingContext) -> bool:
        """A choice that was picked, and what the local reader can't read at all, are settled."""
        if any(isinstance(c, OutOfScope) and c.reason in ("unreadable", "empty") for c in local.commands):
            return True
        question = context.open_question
        picked = question is not None and self._reader.picks(text, question)
        return picked and all(isinstance(c, SetFact) for c in local.commands)

    async def _numbers(self, said: str, key: FactKey, context: ReadingContext) -> dict[FactKey, JsonValue]:
        """What the local parsers read in a few words."""
        reading = await self._local.understand(said, ReadingContext(today=context.today))
        return {c.key: c.value for c in reading.commands if isinstance(c, SetFact) and c.key == key}

    async def _material(self, brief: MemoBrief | AnswerBrief) -> Material:
        if isinstance(brief, MemoBrief):
            return Material.of_memo(brief, await self._local.write_memo(brief))
        return Material.of_answer(brief)


def _only_cited(material: Material, objections: Sequence[Objection]) -> Material:
    """The material with only the passages that refused sentences cite."""
    cited = {one.passage for o in objections for one in o.wording.claim.evidence if one.kind == "passage"}
    kept = {name: passage for name, passage in material.passages.items() if passage.id in cited}
    return replace(material, passages=kept)


def _told(named: dict[str, str], material: Material) -> str:
    """A reference as the judge reads it: the words themselves."""
    ref = named["ref"]
    if ref in material.passages:
        return named["quote"]
    if ref in material.lines:
        line = material.lines[ref]
        return f"{line.label}: {line.low:,.0f} to {line.high:,.0f} {line.unit}"
    return next(
        (fact.said or "" for key, fact in material.facts.items() if key == ref), "the decision itself"
    )
