"""A hundred claims labelled by hand, half of them supported by their passages, to measure a judge.

The judge sees them through the very prompt by which ragas' faithfulness has statements judged.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from advisor.policy.grounding.folding import fold_quote
from corpus.builtin import Corpus
from evals.judge.client import Judge, JudgeUnreachable, Recording
from evals.judge.failures import JudgeFailed
from evals.judge.outcomes import Failure, JudgedRun
from evals.judge.samples import context
from evals.judge.scoring import MOST, wrong_answers

CLAIMS = Path(__file__).parents[1] / "cases" / "judge_claims.jsonl"

ClaimKind = Literal[
    # supported
    "paraphrase",
    "arithmetic",
    "summary",
    "table_row",
    "implied",
    # not supported
    "figure_altered",
    "negation",
    "scope_widened",
    "role_swapped",
    "publisher_swapped",
    "order_reversed",
    "not_in_passage",
    "partly_supported",
]

SUPPORTED_KINDS: frozenset[ClaimKind] = frozenset(
    {"paraphrase", "arithmetic", "summary", "table_row", "implied"}
)


class ClaimsUnreadable(ValueError):
    """The file of claims is wrong, or a quote stands in no passage any more."""


class Support(BaseModel):
    """A passage by id, and words of it by which it is found again when it was cut anew."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    passage: str
    quote: str = Field(min_length=8)


class LabelledClaim(BaseModel):
    """A claim, the passages it is to be judged by, and whether they support all of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^c\d{3}$")
    claim: str = Field(min_length=20)
    passages: tuple[Support, ...] = Field(min_length=1)
    supported: bool
    kind: ClaimKind


def load_claims(path: Path = CLAIMS) -> tuple[LabelledClaim, ...]:
    """The claims in file order. Raises ClaimsUnreadable naming the line."""
    claims: list[LabelledClaim] = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        try:
            claim = LabelledClaim.model_validate(json.loads(line))
        except (ValidationError, json.JSONDecodeError) as error:
            raise ClaimsUnreadable(f"{path.name}, line {number}: {error}") from error
        if claim.supported != (claim.kind in SUPPORTED_KINDS):
            raise ClaimsUnreadable(f"{path.name}, line {number}: the kind {claim.kind} belies the label")
        if claim.id in {other.id for other in claims}:
            raise ClaimsUnreadable(f"{path.name}, line {number}: {claim.id} comes twice")
        claims.append(claim)
    return tuple(claims)


def claim_context(corpus: Corpus, claim: LabelledClaim) -> str:
    """What the judge is to judge the claim by. Raises ClaimsUnreadable for a quote that stands nowhere."""
    return "\n\n".join(dict.fromkeys(_found(corpus, claim, support) for support in claim.passages))


def _found(corpus: Corpus, claim: LabelledClaim, support: Support) -> str:
    words = fold_quote(support.quote)
    source = support.passage.partition("/")[0]
    named = corpus.passages.get(support.passage)
    others = [passage for passage in corpus.passages.values() if passage.source_id == source]
    for passage in [named, *others] if named else others:
        if words in fold_quote(passage.text):
            return context(corpus, passage)
    raise ClaimsUnreadable(f"{claim.id}: “{support.quote}” stands in no passage of {source}")


async def verdict(judge: Judge, claim: LabelledClaim, text: str) -> JudgedRun:
    """1 where the judge's verdict is the label, 0 where it is not or none came. Raises JudgeUnreachable."""
    from ragas.metrics.collections.faithfulness import util as ragas

    recording = Recording(judge)
    prompt = ragas.NLIStatementPrompt().to_string(
        ragas.NLIStatementInput(context=text, statements=[claim.claim])
    )
    try:
        await recording.agenerate(prompt, ragas.NLIStatementOutput)
    except JudgeUnreachable:
        raise
    except JudgeFailed as failed:
        return JudgedRun(failure=failed.failure)
    if failure := wrong_answers([{"claims": [claim.claim]}, *recording.answers]):
        return JudgedRun(failure=failure)
    entries = recording.answers[0]["statements"]
    if not entries:
        return JudgedRun(failure=Failure("empty", "it gave no verdict"))
    says, reason = bool(entries[0]["verdict"]), str(entries[0]["reason"])
    if says == claim.supported:
        return JudgedRun(1.0)
    label = "supported" if claim.supported else f"not supported ({claim.kind})"
    return JudgedRun(
        0.0, judge.without_key(f"the label is {label}, the judge says otherwise: {reason}")[:MOST]
    )


def kappa(labels: Sequence[bool], agreed: Sequence[bool]) -> float | None:
    """Cohen's kappa of hand labels and verdicts; a failed verdict stands as the wrong one.

    None where all labels are the same: chance agreement is then not defined. Source: Cohen 1960, Educational
    and Psychological Measurement 20, by scikit-learn.
    """
    if len(set(labels)) < 2:
        return None
    from sklearn.metrics import cohen_kappa_score

    said = [label if right else not label for label, right in zip(labels, agreed, strict=True)]
    return float(cohen_kappa_score(labels, said))
