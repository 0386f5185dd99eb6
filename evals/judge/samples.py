"""What the judge is shown: the product's answers to side questions, and what its memos claim of the guides.

The product is asked as users ask it; the contexts are the passages it cited and those its search found, each
with a line on who published it, as replies name publishers too.
"""

import re
from collections.abc import Iterable
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field

from advisor.domain.evidence import Passage
from advisor.domain.memo import Claim, FactEvidence, Memo, PassageEvidence
from advisor.domain.reply import Reply
from corpus.builtin import Corpus
from evals.judge.scoring import Sample
from evals.product import TODAY, Product

QUESTIONS = Path(__file__).parents[1] / "cases" / "judge_questions.yaml"

FOUND = 5
"""Passages of the search that stand beside the cited ones."""

CLAIMING = ("first", "why")
"""The sections of a memo whose claims lead to its first move."""

_MARKER = re.compile(r"\s?\[\d+\]")


class SideQuestion(BaseModel):
    """A question to the guides and what a good answer holds, in our words."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^q\d\d$")
    question: str = Field(min_length=10)
    reference: str = Field(min_length=40)


class Consultation(BaseModel):
    """One message that gets a memo at once."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^m\d$")
    message: str = Field(min_length=40)


class JudgeCases(BaseModel):
    """The file of cases."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    questions: tuple[SideQuestion, ...] = Field(min_length=1)
    consultations: tuple[Consultation, ...] = Field(min_length=1)


class Asked(BaseModel):
    """A sample with the messages it comes from."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    sample: Sample
    said: str
    reply: str


def load_judge_cases(path: Path = QUESTIONS) -> JudgeCases:
    """The questions and consultations. Raises ValueError for a wrong file or an id that comes twice."""
    cases = JudgeCases.model_validate(yaml.safe_load(path.read_text("utf-8")))
    ids = [case.id for case in (*cases.questions, *cases.consultations)]
    if twice := {name for name in ids if ids.count(name) > 1}:
        raise ValueError(f"{path.name}: {', '.join(sorted(twice))} comes twice")
    return cases


def asked(product: Product, case: SideQuestion) -> Asked:
    """The product's answer to a side question, with its contexts."""
    reply = product.advisor.reply_sync(f"judge-{case.id}", case.question, today=TODAY)
    cited = [citation.passage_id for citation in reply.citations]
    found = [hit.passage_id for hit in product.advisor.search(case.question, k=FOUND)]
    contexts = contexts_of(product.corpus, dict.fromkeys([*cited, *found]))
    sample = Sample(f"answer/{case.id}", case.question, answer_text(reply), contexts, case.reference)
    return Asked(sample=sample, said=case.question, reply=reply.text)


def consulted(product: Product, case: Consultation) -> Asked:
    """What the memo claims of the guides on the way to its first move, and what that rests on.

    Raises ValueError when the message gets no memo.
    """
    reply = product.advisor.reply_sync(f"judge-{case.id}", case.message, today=TODAY)
    if reply.memo is None:
        raise ValueError(f"{case.id}: no memo came of it")
    claims = claims_of_guides(reply.memo)
    cited = [
        entry.passage for claim in claims for entry in claim.evidence if isinstance(entry, PassageEvidence)
    ]
    contexts = (*contexts_of(product.corpus, dict.fromkeys(cited)), f"The user said: {case.message}")
    sample = Sample(f"memo/{case.id}", case.message, " ".join(claim.text for claim in claims), contexts)
    return Asked(sample=sample, said=case.message, reply=reply.text)


def claims_of_guides(memo: Memo) -> list[Claim]:
    """The leading claims that rest on passages and on what the user said alone.

    Those that rest on the decision or a calculation are held against these by other sections.
    """
    return [
        claim
        for section in memo.sections
        if section.id in CLAIMING
        for claim in section.claims
        if any(isinstance(entry, PassageEvidence) for entry in claim.evidence)
        and all(isinstance(entry, PassageEvidence | FactEvidence) for entry in claim.evidence)
    ]


def answer_text(reply: Reply) -> str:
    """The answer as read: without markers, and without the question that is still open."""
    text = reply.text
    if reply.question is not None:
        text = text.partition(f"**{reply.question.text}**")[0]
    return _MARKER.sub("", text).strip()


def contexts_of(corpus: Corpus, ids: Iterable[str]) -> tuple[str, ...]:
    """The text of each passage under a line on its publisher."""
    return tuple(context(corpus, corpus.passages[name]) for name in ids)


def context(corpus: Corpus, passage: Passage) -> str:
    """One passage as the judge reads it."""
    source = corpus.sources[passage.source_id]
    dated = source.date or "undated"
    return f"Published by {source.publisher} ({dated}), which sells {source.sells}:\n{passage.text}"
