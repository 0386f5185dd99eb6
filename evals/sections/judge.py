"""What a judge model says of answers and memos, and how far that judge agrees with labels made by hand.

Belongs to the full profile: a judge is slow and costs money. Where none is configured there are no cases, and
`notes` says that nothing was measured. The claims come first: an unfit judge is known early.
"""

import asyncio
import statistics
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from pydantic import JsonValue

from evals.judge.outcomes import JudgedRun, plain, spread
from evals.judge.settings import UNMEASURED, JudgeSettings, load_judge_settings
from evals.metrics import judge as metrics
from evals.product import Product
from evals.results import CaseResult, Profile, Said
from evals.sections import ordered

if TYPE_CHECKING:
    from evals.judge.claims import LabelledClaim
    from evals.judge.client import Judge
    from evals.judge.samples import Asked

NAME = "judge"

PARTS = ("claims", "answers", "memos")

AGREEMENT = metrics.judge_agreement.name
MEASURED = {
    "faithfulness": metrics.judged_faithfulness,
    "answer_relevancy": metrics.judged_answer_relevancy,
    "factual_correctness": metrics.judged_factual_correctness,
    "context_recall": metrics.judged_context_recall,
}
"""Ragas' name of a metric → ours over its runs."""


def run(
    product: Product,
    profile: Profile,
    order: Random | None = None,
    *,
    settings: JudgeSettings | None = None,
    parts: Sequence[str] = PARTS,
    limit: int | None = None,
) -> Iterator[CaseResult]:
    """The claims, then the answers, then the memos; of each part `limit` cases at most.

    Raises JudgeUnreachable as soon as asking on is of no use.
    """
    chosen = settings or load_judge_settings()
    if profile == "fast" or not chosen.configured:
        return
    from evals.judge.claims import load_claims
    from evals.judge.samples import asked, consulted, load_judge_cases

    cases = load_judge_cases()
    with _bench(chosen, product.settings().models) as bench:
        if "claims" in parts:
            for claim in ordered(load_claims(), order)[:limit]:
                yield bench.claim(product, claim)
        if "answers" in parts:
            for question in ordered(cases.questions, order)[:limit]:
                yield bench.sample(asked(product, question))
        if "memos" in parts:
            for message in ordered(cases.consultations, order)[:limit]:
                yield bench.sample(consulted(product, message))


class Bench:
    """A judge with the loop it lives in, and the product's embedding model beside it."""

    def __init__(self, judge: "Judge", loop: asyncio.Runner, models: Path) -> None:
        from advisor.adapters.embedder import OnnxEmbedder
        from evals.judge.embedding import LocalEmbedding

        self._judge = judge
        self._loop = loop
        self._embedding = LocalEmbedding(OnnxEmbedder(models))

    def claim(self, product: Product, claim: "LabelledClaim") -> CaseResult:
        """The judge's verdicts on one labelled claim."""
        from evals.judge.claims import claim_context, verdict
        from evals.judge.scoring import gathered

        before, text = self._spent(), claim_context(product.corpus, claim)
        work = [verdict(self._judge, claim, text) for _ in range(self._judge.settings.runs)]
        runs = self._loop.run(gathered(work))
        scored = metrics.judge_agreement.score(**plain(runs))
        return CaseResult(
            section=NAME,
            id=f"claim/{claim.id}",
            scores={AGREEMENT: scored.value},
            why={AGREEMENT: scored.why} if scored.why else {},
            expected={
                "claim": claim.claim,
                "supported": claim.supported,
                "kind": claim.kind,
                "passages": text,
            },
            got={"runs": {AGREEMENT: _told(runs)}, "spent": self._since(before)},
        )

    def sample(self, asked: "Asked") -> CaseResult:
        """Every metric of one answer or memo."""
        from evals.judge.scoring import judged

        before, sample = self._spent(), asked.sample
        found = self._loop.run(judged(self._judge, self._embedding, sample))
        scored = {MEASURED[name].name: MEASURED[name].score(**plain(runs)) for name, runs in found.items()}
        return CaseResult(
            section=NAME,
            id=sample.id,
            scores={name: score.value for name, score in scored.items()},
            why={name: score.why for name, score in scored.items() if score.why},
            expected=sample.reference or None,
            got={
                "judged": sample.answer,
                "contexts": list(sample.contexts),
                "runs": {MEASURED[name].name: _told(runs) for name, runs in found.items()},
                "spent": self._since(before),
            },
            transcript=(Said(who="user", text=asked.said), Said(who="advisor", text=asked.reply)),
        )

    def _spent(self) -> tuple[int, int, int]:
        return self._judge.requests, self._judge.prompt_tokens, self._judge.answer_tokens

    def _since(self, before: tuple[int, int, int]) -> JsonValue:
        names = ("requests", "prompt_tokens", "answer_tokens")
        return {name: now - then for name, now, then in zip(names, self._spent(), before, strict=True)}


def totals(cases: Sequence[CaseResult]) -> dict[str, float]:
    """Spread and failures of each metric, the judge's kappa and agreement by kind, and what it all cost."""
    found: dict[str, float] = {}
    for metric in (*MEASURED.values(), metrics.judge_agreement):
        runs = [told for case in cases if (told := _runs(case, metric.name))]
        if runs:
            found[f"{metric.name}_spread"] = statistics.fmean(told["spread"] for told in runs)
            found[f"{metric.name}_deviation"] = statistics.fmean(told["deviation"] for told in runs)
            found[f"{metric.name}_failed_runs"] = float(sum(len(told["failed"]) for told in runs))
    found |= _agreement([case for case in cases if AGREEMENT in case.scores])
    spent = [case.got["spent"] for case in cases if isinstance(case.got, dict) and "spent" in case.got]
    for name in ("requests", "prompt_tokens", "answer_tokens"):
        if spent:
            found[name] = float(sum(_number(entry, name) for entry in spent))
    return found


def gates(cases: Sequence[CaseResult], settings: JudgeSettings | None = None) -> bool:
    """Whether the judge agrees with the hand labels well enough for its metrics to bind."""
    floor = (settings or load_judge_settings()).kappa_floor
    return totals(cases).get("kappa", -1.0) >= floor


def notes(cases: Sequence[CaseResult] = (), settings: JudgeSettings | None = None) -> list[str]:
    """What a reader of a run must know: that nothing was measured, or by whom and whether that judge is fit.

    Without `cases` it says by which rule the judge's metrics bind.
    """
    chosen = settings or load_judge_settings()
    if not chosen.configured:
        return [UNMEASURED]
    sums = totals([case for case in cases if case.section == NAME])
    if "kappa" not in sums:
        rule = f"its metrics bind only where judge.kappa is {chosen.kappa_floor:g} or more"
        return [f"judge {chosen.model} at {chosen.host}: asked in the full profile only; {rule}"]
    told = (
        f"judge {chosen.model}: on the hand-labelled claims kappa {sums['kappa']:.2f} "
        f"(spread {sums['kappa_spread']:.2f}), accuracy {sums['accuracy']:.2f}"
    )
    if gates(cases, chosen):
        return [f"{told}: fit"]
    return [f"{told}: unfit, under {chosen.kappa_floor:g}; its metrics are shown and bind nothing"]


def _agreement(cases: Sequence[CaseResult]) -> dict[str, float]:
    """Kappa of each run over all claims: its mean and spread; agreement by kind of claim."""
    from evals.judge.claims import kappa

    labelled = [(_label(case), _runs(case, AGREEMENT)["values"], case.scores[AGREEMENT]) for case in cases]
    if not labelled:
        return {}
    labels = [supported for (supported, _), _, _ in labelled]
    runs = min(len(values) for _, values, _ in labelled)
    kappas = [kappa(labels, [values[at] == 1.0 for _, values, _ in labelled]) for at in range(runs)]
    found = {"accuracy": statistics.fmean(score for _, _, score in labelled)}
    if known := [value for value in kappas if value is not None]:
        found |= {"kappa": statistics.fmean(known), "kappa_spread": max(known) - min(known)}
    for kind in dict.fromkeys(kind for (_, kind), _, _ in labelled):
        scores = [score for (_, other), _, score in labelled if other == kind]
        found[f"agreement_{kind}"] = statistics.fmean(scores)
    return found


def _label(case: CaseResult) -> tuple[bool, str]:
    held: Any = case.expected
    return bool(held["supported"]), str(held["kind"])


def _runs(case: CaseResult, metric: str) -> dict[str, Any]:
    got: Any = case.got
    runs: Mapping[str, Any] = got.get("runs", {}) if isinstance(got, dict) else {}
    return runs.get(metric, {})


def _number(entry: JsonValue, name: str) -> float:
    value: Any = entry.get(name, 0) if isinstance(entry, dict) else 0
    return float(value)


def _told(runs: Sequence[JudgedRun]) -> JsonValue:
    whole = spread(runs)
    return {
        "values": [run.value for run in runs],
        "spread": whole.range,
        "deviation": whole.deviation,
        "failed": [run.reason for run in runs if run.failure],
    }


@contextmanager
def _bench(settings: JudgeSettings, models: Path) -> Iterator[Bench]:
    from evals.judge.client import Judge

    with asyncio.Runner() as loop:
        judge = Judge(settings)
        try:
            yield Bench(judge, loop, models)
        finally:
            loop.run(judge.close())
