"""Metrics by a judge model: ragas' own, each the mean of several runs in which a failed run counts as 0."""

import statistics

from evals.metrics.registry import Scored, scored_by


@scored_by("judge")
def judged_faithfulness(values: list[float], reasons: list[str], failed: int) -> Scored:
    """Share of the answer's statements that the passages behind it support, as a judge model sees it.

    The mean of the runs; a run that fails or gives NaN is 0.
    Range: 0 to 1.
    Source: ragas 0.4.3, collections.Faithfulness; Es et al. 2023, RAGAS, arXiv 2309.15217.
    """
    return _mean(values, reasons, failed)


@scored_by("judge")
def judged_answer_relevancy(values: list[float], reasons: list[str], failed: int) -> Scored:
    """How near the question lies to those that a judge model makes of the answer: cosine of MiniLM vectors.

    0 for an answer that commits to nothing, and for a cosine below 0. The mean of the runs; one failed is 0.
    Range: 0 to 1; good answers lie well below 1, since no question comes back word by word.
    Source: ragas 0.4.3, collections.AnswerRelevancy; Es et al. 2023, RAGAS, arXiv 2309.15217.
    """
    return _mean(values, reasons, failed)


@scored_by("judge")
def judged_factual_correctness(values: list[float], reasons: list[str], failed: int) -> Scored:
    """F1 of the answer's claims against those of a reference in our words, as a judge model sees it.

    The mean of the runs; a run that fails or finds no claim is 0.
    Range: 0 to 1; an answer that is right but says more than the reference lies below 1.
    Source: ragas 0.4.3, collections.FactualCorrectness, mode f1.
    """
    return _mean(values, reasons, failed)


@scored_by("judge")
def judged_context_recall(values: list[float], reasons: list[str], failed: int) -> Scored:
    """Share of the reference's statements that the cited and found passages hold, as a judge model sees it.

    The mean of the runs; a run that fails or gives NaN is 0.
    Range: 0 to 1.
    Source: ragas 0.4.3, collections.ContextRecall.
    """
    return _mean(values, reasons, failed)


@scored_by("judge")
def judge_agreement(values: list[float], reasons: list[str], failed: int) -> Scored:
    """Share of runs in which the judge model's verdict on a hand-labelled claim is the label.

    Measures the judge, not the product; a verdict that fails is a wrong one.
    Range: 0 to 1.
    Source: ours; verdicts by the statement prompt of ragas 0.4.3, collections.Faithfulness.
    """
    return _mean(values, reasons, failed)


def _mean(values: list[float], reasons: list[str], failed: int) -> Scored:
    told = " · ".join(dict.fromkeys(reason for reason in reasons if reason))
    runs = f"{failed} of {len(values)} runs failed; " if failed else ""
    return Scored(statistics.fmean(values), runs + told)
