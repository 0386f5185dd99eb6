"""Runs ragas' metrics against the judge, several times over each sample, and checks what the judge said.

Ragas takes an answer of the right form for a right answer: it divides by the verdicts that came, not by the
statements sent, takes a verdict of 7 for a yes, and lets NaN pass. Each is a failure here, and that is 0.
"""

import asyncio
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from evals.judge.client import Judge, JudgeUnreachable, Recording
from evals.judge.embedding import LocalEmbedding
from evals.judge.failures import JudgeFailed
from evals.judge.outcomes import Failure, JudgedRun

MetricName = Literal["faithfulness", "answer_relevancy", "factual_correctness", "context_recall"]

MOST = 240
"""Letters of a finding."""


@dataclass(frozen=True)
class Sample:
    """What is judged: question, answer, the passages behind it, and a reference where there is one."""

    id: str
    question: str
    answer: str
    contexts: tuple[str, ...]
    reference: str = ""

    @property
    def metrics(self) -> tuple[MetricName, ...]:
        """The metrics that say something about it."""
        if not self.reference:
            return ("faithfulness",)
        return ("faithfulness", "answer_relevancy", "factual_correctness", "context_recall")


async def judged(
    judge: Judge, embedding: LocalEmbedding, sample: Sample
) -> dict[MetricName, tuple[JudgedRun, ...]]:
    """Every metric of a sample, each as often as the settings say. Raises JudgeUnreachable."""
    runs = judge.settings.runs
    work = [(name, _run(judge, embedding, name, sample)) for name in sample.metrics for _ in range(runs)]
    found = await gathered([run for _, run in work])
    names = [name for name, _ in work]
    return {
        metric: tuple(run for name, run in zip(names, found, strict=True) if name == metric)
        for metric in sample.metrics
    }


async def gathered(runs: Sequence[Any]) -> list[JudgedRun]:
    """All results in order; a judge that can't be asked is raised once all have ended."""
    found = await asyncio.gather(*runs, return_exceptions=True)
    for result in found:
        if isinstance(result, BaseException):
            raise result
    return [result for result in found if isinstance(result, JudgedRun)]


async def _run(judge: Judge, embedding: LocalEmbedding, name: MetricName, sample: Sample) -> JudgedRun:
    recording = Recording(judge)
    try:
        result = await _score(name, recording, embedding, sample)
    except JudgeUnreachable:
        raise
    except JudgeFailed as failed:
        return JudgedRun(failure=failed.failure)
    except Exception as error:  # noqa: BLE001 - an error of the metric is a failed run with its reason
        broken = Failure("broken", f"the metric itself failed: {type(error).__name__}")
        return JudgedRun(failure=wrong_answers(recording.answers) or broken)
    if failure := wrong_answers(recording.answers):
        return JudgedRun(failure=failure)
    value = float(result.value) if result.value is not None else math.nan
    if name == "answer_relevancy":
        value = min(1.0, max(0.0, value)) if math.isfinite(value) else value  # a cosine, with its rounding
    if not math.isfinite(value):
        return JudgedRun(failure=Failure("empty", "ragas made no number of what it said"))
    if not 0.0 <= value <= 1.0:
        return JudgedRun(failure=Failure("inconsistent", f"what it said makes {value:g}, outside 0 to 1"))
    finding = FINDINGS[name](recording.answers) if value < 1.0 else ""
    return JudgedRun(value, judge.without_key(finding)[:MOST])


async def _score(name: MetricName, judge: Recording, embedding: LocalEmbedding, sample: Sample) -> Any:
    from ragas.metrics import collections

    contexts = list(sample.contexts)
    match name:
        case "faithfulness":
            return await collections.Faithfulness(llm=judge).ascore(
                user_input=sample.question, response=sample.answer, retrieved_contexts=contexts
            )
        case "answer_relevancy":
            return await collections.AnswerRelevancy(llm=judge, embeddings=embedding).ascore(
                user_input=sample.question, response=sample.answer
            )
        case "factual_correctness":
            return await collections.FactualCorrectness(llm=judge).ascore(
                response=sample.answer, reference=sample.reference
            )
        case "context_recall":
            return await collections.ContextRecall(llm=judge).ascore(
                user_input=sample.question, retrieved_contexts=contexts, reference=sample.reference
            )


def wrong_answers(answers: Sequence[dict[str, Any]]) -> Failure | None:
    """What is wrong with answers of the right form: nothing in them, too few verdicts, no yes or no."""
    sent = 0
    for answer in answers:
        if "noncommittal" in answer:
            if not answer["question"].strip():
                return Failure("empty", "it made no question of the answer")
            verdicts = [answer["noncommittal"]]
        elif "classifications" in answer:
            verdicts = [entry["attributed"] for entry in answer["classifications"]]
        elif _verdicts(answer):
            verdicts = [entry["verdict"] for entry in _verdicts(answer)]
            if len(verdicts) != sent:
                return Failure("inconsistent", f"it gave {len(verdicts)} verdicts on {sent} statements")
        else:
            statements = answer.get("claims") or answer.get("statements") or ()
            sent, verdicts = len(statements), [1] * len(statements)
        if not verdicts:
            return Failure("empty", "it found no statement to judge")
        if bad := [verdict for verdict in verdicts if verdict not in (0, 1)]:
            return Failure("inconsistent", f"its verdict was {bad[0]}, neither 0 nor 1")
    return None


def _verdicts(answer: dict[str, Any]) -> list[dict[str, Any]]:
    return [entry for entry in answer.get("statements") or () if isinstance(entry, dict)]


def _refused(answer: dict[str, Any]) -> list[str]:
    """The statements that a verdict is against, the judge's reason behind each."""
    entries = [(entry, entry["verdict"]) for entry in _verdicts(answer)]
    entries += [(entry, entry["attributed"]) for entry in answer.get("classifications") or ()]
    return [f"“{entry['statement']}” ({entry['reason']})" for entry, verdict in entries if not verdict]


def _unsupported(answers: Sequence[dict[str, Any]]) -> str:
    found = [line for answer in answers for line in _refused(answer)]
    return _told("not supported by the passages", found)


def _unfound(answers: Sequence[dict[str, Any]]) -> str:
    found = [line for answer in answers for line in _refused(answer)]
    return _told("of the reference, the passages lack", found)


def _apart(answers: Sequence[dict[str, Any]]) -> str:
    # Ragas judges the answer by the reference first, then the reference by the answer.
    both = [_refused(answer) for answer in answers if _verdicts(answer)]
    told = [
        _told(word, found)
        for word, found in zip(("not in the reference", "left out"), both, strict=False)
        if found
    ]
    return "; ".join(told)


def _asked(answers: Sequence[dict[str, Any]]) -> str:
    if all(answer["noncommittal"] for answer in answers):
        return "the answer commits to nothing"
    return f"it reads as an answer to: {answers[0]['question']}"


def _told(word: str, found: Sequence[str]) -> str:
    more = f" and {len(found) - 1} more" if len(found) > 1 else ""
    return f"{word}: {found[0]}{more}" if found else ""


FINDINGS: dict[MetricName, Callable[[Sequence[dict[str, Any]]], str]] = {
    "faithfulness": _unsupported,
    "answer_relevancy": _asked,
    "factual_correctness": _apart,
    "context_recall": _unfound,
}
