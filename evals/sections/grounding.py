"""Grounding: whether what a user gets rests on what it names.

Side questions inside and outside the guides, whole conversations with their memos, a user's own document,
and the verifier itself on claims known to be right or wrong. All but the last is judged by code that the
product does not share, so that a verifier switched off is seen as well.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random
from typing import Any, cast

import yaml
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from advisor.domain.memo import Memo
from evals.dialogues import conversations
from evals.grounding import ingested
from evals.metrics import grounding as metrics
from evals.product import TODAY, Product
from evals.results import CaseResult, Profile, Said
from evals.sections import ordered
from evals.sections.grounding_findings import Findings
from evals.sections.grounding_memos import dialogue_case, look_at, topics_difference, unnoticed_changes
from evals.sections.grounding_shown import answer_without_lineage, misflagged, parted, presented
from evals.sections.grounding_verifier import verdicts_differ, verifier_cases

NAME = "grounding"
QUESTIONS = Path(__file__).parents[1] / "grounding" / "questions.yaml"


class Questions(BaseModel):
    """Side questions by id: those that the guides cover, and those that none of them does."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    inside: dict[str, str] = Field(min_length=20)
    outside: dict[str, str] = Field(min_length=20)


def run(product: Product, profile: Profile, order: Random | None = None) -> Iterator[CaseResult]:
    """Every case of the section; the conversations are those of the dialogue section."""
    questions = load_questions()
    asked = [(f"inside/{name}", text, True) for name, text in questions.inside.items()]
    asked += [(f"outside/{name}", text, False) for name, text in questions.outside.items()]
    for name, text, covered in ordered(asked, order):
        yield question_case(product, name, text, covered)
    yield ingested_case(product)
    held = conversations(product, profile)
    for one in ordered(held, order):
        yield dialogue_case(one, product)
    memos = [reply.memo for one in held for reply in one.replies if reply.memo is not None]
    if memos:
        yield tampered_case(product, memos[0])
    yield from verifier_cases(profile, order)


def differs(before: JsonValue, now: JsonValue) -> str:
    """What differs between two records: of verdicts on claims, or of the topics that a memo shows."""
    if isinstance(before, dict) or isinstance(now, dict):
        return verdicts_differ(_mapping(before), _mapping(now))
    if before is None or now is None:
        return "" if before == now else "a memo was given in only one of the two runs"
    return topics_difference(cast(list[list[str]], before), cast(list[list[str]], now))


def load_questions() -> Questions:
    """The side questions of this section."""
    return Questions.model_validate(yaml.safe_load(QUESTIONS.read_text("utf-8")))


def question_case(product: Product, name: str, text: str, covered: bool) -> CaseResult:
    """One side question, asked in a conversation of its own."""
    reply = product.advisor.reply_sync(f"grounding/{name}", text, today=TODAY)
    findings = Findings()
    look_at(reply, [text], product, findings)
    if covered and reply.covered:
        findings.add(metrics.citation_recall, answer_without_lineage(parted(reply)[0]))
    scores, why = findings.scores()
    if covered:
        metric, scored = metrics.covers_inside, metrics.covers_inside.score(covered=reply.covered)
    else:
        figures = presented(reply, product.corpus, text)
        metric = metrics.declines_outside
        scored = metric.score(covered=reply.covered, kind=reply.kind, presented=figures)
    return CaseResult(
        section=NAME,
        id=name,
        scores={**scores, metric.name: scored.value},
        why={**why, metric.name: scored.why} if scored.why else why,
        expected="answered from the guides" if covered else "no answer",
        got={"kind": reply.kind, "covered": reply.covered},
        transcript=(Said(who="user", text=text), Said(who="advisor", text=reply.text)),
    )


def ingested_case(product: Product) -> CaseResult:
    """A question that a document of the user's own covers: its quotes are the document's own words."""
    reply = ingested.asked(product.corpus, product.home, TODAY)
    wrong = misflagged(reply.citations, product.corpus.sources)
    cited = {one.source_id for one in reply.citations}
    if ingested.SOURCE.id not in cited:
        wrong.append("the user's own document is not cited")
    scored = metrics.verbatim_flag.score(wrong=wrong)
    name = metrics.verbatim_flag.name
    return CaseResult(
        section=NAME,
        id="ingested/verbatim",
        scores={name: scored.value},
        why={name: scored.why} if scored.why else {},
        transcript=(Said(who="user", text=ingested.QUESTION), Said(who="advisor", text=reply.text)),
    )


def tampered_case(product: Product, memo: Memo) -> CaseResult:
    """A certificate that was changed after it was issued, change by change."""
    scored = metrics.tampering_seen.score(wrong=unnoticed_changes(memo, product))
    name = metrics.tampering_seen.name
    why = {name: scored.why} if scored.why else {}
    return CaseResult(section=NAME, id="certificate/tampered", scores={name: scored.value}, why=why)


def _mapping(record: JsonValue) -> Mapping[str, Any]:
    return record if isinstance(record, dict) else {}
