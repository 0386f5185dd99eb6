"""What a model words anew: sentences of a memo, answers, each with its evidence by reference.

The material is numbered for the prompt and the references are resolved here; one that names nothing
drops its sentence. Nothing is believed: the verifier sees every wording.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict, Field

from advisor.adapters.openai_language.prompts import fenced
from advisor.domain.evidence import Passage, Source
from advisor.domain.facts import Fact
from advisor.domain.lines import Line
from advisor.domain.memo import (
    CalculationEvidence,
    Claim,
    DecisionEvidence,
    Draft,
    Evidence,
    FactEvidence,
    Objection,
    PassageEvidence,
    Wording,
)
from advisor.domain.vocabulary import FACT_KEYS, FactKey
from advisor.ports.language import AnswerBrief, MemoBrief

WORDED = ("first", "then", "why")
"""Sections of prose. What is told in tables, and what was said, stays as it is."""
ANSWER = "answer"
MOST_WORDS = 35
MOST_PASSAGES = 4
"""Of an answer's search, best first; what lies further down seldom answers and is paid for each time."""
MOST_TOLD = 400
"""Characters of a refused sentence that its writer is reminded of."""
DECISION = "decision"
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z“])")


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid")


class EvidenceNamed(_Form):
    """A reference of the prompt's material, with the exact quote where it is a passage."""

    ref: str
    quote: str


class ClaimWritten(_Form):
    """One sentence of an answer and what it rests on."""

    text: str
    evidence: list[EvidenceNamed] = Field(max_length=6)


class SentenceWritten(ClaimWritten):
    """One sentence of a memo, with the points it stands for."""

    points: list[str] = Field(max_length=6)


class MemoWorded(_Form):
    """Sentences offered for points of a memo."""

    sentences: list[SentenceWritten] = Field(max_length=40)


class AnswerWritten(_Form):
    """An answer, or the word that the passages hold none."""

    covered: bool
    claims: list[ClaimWritten] = Field(max_length=8)


class ClaimsJudged(_Form):
    """One verdict for each claim, in order."""

    entailed: list[bool]


class SegmentsTranslated(_Form):
    """One translation for each segment, in order."""

    segments: list[str]


@dataclass(frozen=True)
class Material:
    """What a prompt may refer to, each under its short name."""

    passages: Mapping[str, Passage]
    facts: Mapping[FactKey, Fact]
    lines: Mapping[str, Line]
    decides: bool
    sources: Mapping[str, Source]
    cited: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    """Passage → the quotes that points rest on; its other sentences need not be told."""

    @classmethod
    def of_memo(cls, brief: MemoBrief, plain: Draft) -> "Material":
        """What the points of a memo rest on, and the lines and facts beside it."""
        used = [
            one
            for section in plain.sections
            if section.id in WORDED
            for c in section.claims
            for one in c.evidence
        ]
        keys = dict.fromkeys(
            one.passage for one in used if one.kind == "passage" and one.passage in brief.passages
        )
        cited = {one.line for one in used if one.kind == "calculation"}
        quotes: dict[str, set[str]] = {}
        for one in used:
            if one.kind == "passage":
                quotes.setdefault(one.passage, set()).add(one.quote)
        return cls(
            passages={f"P{number}": brief.passages[key] for number, key in enumerate(keys, 1)},
            facts={key: fact for key, fact in brief.facts.items() if fact.said and fact.value is not None},
            lines={key: line for key, line in brief.lines.items() if key in cited},
            decides=True,
            sources=brief.sources,
            cited={key: frozenset(found) for key, found in quotes.items()},
        )

    @classmethod
    def of_answer(cls, brief: AnswerBrief) -> "Material":
        """The passages that a search found, best first."""
        found = [brief.passages[hit.passage_id] for hit in brief.hits if hit.passage_id in brief.passages]
        found = found[:MOST_PASSAGES]
        numbered = {f"P{number}": passage for number, passage in enumerate(found, 1)}
        return cls(passages=numbered, facts={}, lines={}, decides=False, sources=brief.sources)

    def passages_told(self) -> str:
        """The passages for a prompt, fenced."""
        told = {
            name: {"publisher": self._publisher(p), "text": _cited_part(p.body, self.cited.get(p.id))}
            for name, p in self.passages.items()
        }
        return fenced("passages", told)

    def facts_told(self) -> str:
        """The facts for a prompt: what was said, fenced."""
        return fenced("facts", {key: fact.said for key, fact in self.facts.items()})

    def lines_told(self) -> str:
        """The calculation lines for a prompt, fenced."""
        told = {
            key: f"{line.label}: {_number(line.low)} to {_number(line.high)} {line.unit}"
            for key, line in self.lines.items()
        }
        return fenced("lines", told)

    def resolved(self, named: Sequence[EvidenceNamed]) -> tuple[Evidence, ...] | None:
        """The evidence that references name; None when one of them names nothing."""
        found: list[Evidence] = []
        for one in named:
            ref = one.ref.strip()
            if ref in self.passages:
                found.append(PassageEvidence(passage=self.passages[ref].id, quote=one.quote))
            elif ref in FACT_KEYS and ref in self.facts:
                found.append(FactEvidence(fact=ref))
            elif ref in self.lines:
                found.append(CalculationEvidence(line=ref))
            elif ref == DECISION and self.decides:
                found.append(DecisionEvidence())
            else:
                return None
        return tuple(found)

    def named(self, evidence: Iterable[Evidence]) -> list[dict[str, str]]:
        """Evidence as references of this material; what it doesn't hold is left out."""
        names = {passage.id: name for name, passage in self.passages.items()}
        told: list[dict[str, str]] = []
        for one in evidence:
            match one:
                case PassageEvidence() if one.passage in names:
                    told.append({"ref": names[one.passage], "quote": one.quote})
                case FactEvidence():
                    told.append({"ref": one.fact, "quote": ""})
                case CalculationEvidence():
                    told.append({"ref": one.line, "quote": ""})
                case DecisionEvidence():
                    told.append({"ref": DECISION, "quote": ""})
                case _:
                    pass
        return told

    def _publisher(self, passage: Passage) -> str:
        source = self.sources.get(passage.source_id)
        return source.publisher if source else ""


def points_told(plain: Draft, material: Material) -> str:
    """The sentences that may be worded anew, each with its id and evidence; never the move itself."""
    told: dict[str, object] = {}
    for section in plain.sections:
        if section.id not in WORDED:
            continue
        for at, claim in enumerate(section.claims):
            if (section.id, at) != ("first", 0):
                refs = [one["ref"] for one in material.named(claim.evidence)]
                told[f"{section.id}.{at}"] = {"text": claim.text.replace("*", ""), "rests on": " ".join(refs)}
    return fenced("points", told)


def wordings(sentences: Sequence[SentenceWritten], material: Material) -> tuple[Wording, ...]:
    """The sentences of a memo whose points and references mean something."""
    found: list[Wording] = []
    for sentence in sentences:
        places = [_place(point) for point in sentence.points]
        evidence = material.resolved(sentence.evidence)
        sections = {place[0] for place in places if place is not None}
        if evidence is None or len(sections) != 1 or None in places:
            continue
        numbers = tuple(sorted({place[1] for place in places if place is not None}))
        claim = Claim(text=sentence.text.strip(), evidence=evidence)
        found.append(Wording(section=sections.pop(), points=numbers, claim=claim))
    return tuple(found)


def answer_wordings(claims: Sequence[ClaimWritten], material: Material) -> tuple[Wording, ...]:
    """The sentences of an answer whose references mean something."""
    resolved = ((claim.text.strip(), material.resolved(claim.evidence)) for claim in claims)
    return tuple(
        Wording(section=ANSWER, claim=Claim(text=text, evidence=evidence))
        for text, evidence in resolved
        if evidence
    )


def refused_told(objections: Sequence[Objection], material: Material) -> str:
    """What verification refused, for a prompt: points, text, evidence and reasons, fenced."""
    told = [
        {
            "points": [f"{one.wording.section}.{at}" for at in one.wording.points],
            "text": one.wording.claim.text[:MOST_TOLD],
            "evidence": material.named(one.wording.claim.evidence),
            "reasons": list(one.reasons),
        }
        for one in objections
    ]
    return fenced("refused", told)


def _cited_part(body: str, quotes: frozenset[str] | None) -> str:
    """The sentences and rows of a passage that quotes come from; all of it where none is named."""
    if not quotes:
        return body
    parts = [part for line in body.split("\n") for part in _SENTENCE_END.split(line)]
    kept = [part for part in parts if any(quote in part or part in quote for quote in quotes)]
    return "\n".join(kept) if all(any(q in part for part in kept) for q in quotes) else body


def _place(point: str) -> tuple[str, int] | None:
    section, _, at = point.strip().rpartition(".")
    return (section, int(at)) if section in WORDED and at.isascii() and at.isdigit() else None


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == round(value) else f"{value:,.2f}"
