"""Metrics of retrieval: ranks of gold passages, withheld searches, and what must hold of every passage.

Ranks are those of names as `evals.retrieval_gold` gives them: a gold passage is told by what it holds.
"""

import asyncio
import math
from collections.abc import Collection, Sequence
from typing import Any

from evals.metrics.registry import Metric, Scored, enter, scored_by  # first: it tells ragas not to report

# isort: split
from ragas import SingleTurnSample
from ragas.metrics import MetricResult
from ragas.metrics._context_precision import IDBasedContextPrecision
from ragas.metrics._context_recall import IDBasedContextRecall

DEPTH = 10
"""How many passages a search is asked for."""

_NOTHING = "nothing was found"


class _Shipped:
    """A metric of ragas of the older kind, with the `score` that newer ones have.

    Ragas gives no number where nothing was found; for a question that has an answer that is a 0.
    """

    def __init__(self, metric: Any) -> None:
        self._metric = metric

    def score(self, *, found: Sequence[str], gold: Collection[str]) -> Any:
        if not found:
            return MetricResult(value=0.0, reason=_NOTHING)
        sample = SingleTurnSample(retrieved_context_ids=list(found), reference_context_ids=sorted(gold))
        value = asyncio.run(self._metric.single_turn_ascore(sample))
        missed = sorted(set(gold) - set(found))
        return MetricResult(value=value, reason=f"not found: {_few(missed)}" if missed else "")


def _shipped(metric: Any, about: str) -> Metric:
    return enter(Metric(metric.name, "retrieval", "higher", 0.0, 1.0, "", False, about, _Shipped(metric)))


id_based_context_precision = _shipped(
    IDBasedContextPrecision(),
    """The share of the first ten passages that are gold; 0 where nothing was found.

    Range: 0 to 1. Source: ragas, IDBasedContextPrecision, as it is shipped.""",
)
id_based_context_recall = _shipped(
    IDBasedContextRecall(),
    """The share of the gold passages that are among the first ten. A question names all that answer it, so
    that 1 is seldom needed.

    Range: 0 to 1. Source: ragas, IDBasedContextRecall, as it is shipped.""",
)


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _where(found: Sequence[str], gold: Collection[str]) -> str:
    """In one line, where the first gold passage stands, or what came first instead."""
    if not found:
        return _NOTHING
    place = next((at for at, name in enumerate(found, start=1) if name in gold), None)
    if place is None:
        return f"none of {_few(sorted(gold))} is among {len(found)}; first is {found[0]}"
    return f"the first gold passage is number {place}, behind {found[0]}" if place > 1 else ""


@scored_by("retrieval")
def ndcg_at_10(found: list[str], gold: list[str]) -> Scored:
    """The discounted gain of gold passages among the first ten, over the best that is attainable.

    Each gold passage gains 1, discounted by the logarithm to base 2 of its place plus one.
    Range: 0 to 1. Source: Järvelin and Kekäläinen (2002), with gains of 0 and 1.
    """
    gain = sum(1 / math.log2(place + 2) for place, name in enumerate(found[:DEPTH]) if name in gold)
    best = sum(1 / math.log2(place + 2) for place in range(min(DEPTH, len(gold))))
    return Scored(gain / best, _where(found, gold))


@scored_by("retrieval")
def mrr(found: list[str], gold: list[str]) -> Scored:
    """One over the place of the first gold passage among ten, 0 where there is none; its mean is the MRR.

    Range: 0 to 1. Source: mean reciprocal rank, Voorhees (TREC-8, 1999).
    """
    value = next((1 / place for place, name in enumerate(found[:DEPTH], start=1) if name in gold), 0.0)
    return Scored(value, _where(found, gold))


@scored_by("retrieval")
def hit_at_5(found: list[str], parts: list[list[str]]) -> Scored:
    """Whether the first five passages hold one for every part of the answer.

    Range: 0 or 1. Source: hit rate at 5; a question of several parts needs all of them.
    """
    missed = [part for part in parts if set(part).isdisjoint(found[:5])]
    return Scored(float(not missed), f"not among the first five: {_few(missed[0])}" if missed else "")


@scored_by("retrieval")
def found_by_meaning(found: list[str], parts: list[list[str]]) -> Scored:
    """Whether a question is answered among ten that only likeness of meaning answered when it was written.

    Range: 0 or 1. Source: ours; each of the two sides of a hybrid search has to earn its place.
    """
    return _answered(found, parts)


@scored_by("retrieval")
def found_by_words(found: list[str], parts: list[list[str]]) -> Scored:
    """Whether a question is answered among ten that only words in common answered when it was written.

    Range: 0 or 1. Source: ours; each of the two sides of a hybrid search has to earn its place.
    """
    return _answered(found, parts)


def _answered(found: Sequence[str], parts: Sequence[Sequence[str]]) -> Scored:
    missed = [part for part in parts if set(part).isdisjoint(found)]
    return Scored(float(not missed), f"not among ten: {_few(missed[0])}" if missed else "")


@scored_by("retrieval")
def withheld(found: list[str]) -> Scored:
    """Whether a search gives nothing for a question that no digest answers.

    Range: 0 or 1. Source: ours, after "knows when nothing fits".
    """
    return Scored(float(not found), f"gave {found[0]}" if found else "")


def _clean(faults: Sequence[str]) -> Scored:
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    return Scored(float(not faults), f"{faults[0]}{more}" if faults else "")


@scored_by("retrieval", invariant=True)
def search_scope_kept(faults: list[str]) -> Scored:
    """Whether a search in one guide gives only its passages, no more than asked for, best first, none twice.

    Range: 0 or 1. Source: ours, the interface of `Advisor.search`.
    """
    return _clean(faults)


@scored_by("retrieval", invariant=True)
def sentences_whole(faults: list[str]) -> Scored:
    """Whether each line of each passage is made of whole sentences, items or cells of its document.

    Range: 0 or 1. Source: ours, "never a sentence cut in half"; sentences are told apart here anew.
    """
    return _clean(faults)


@scored_by("retrieval", invariant=True)
def passages_short(faults: list[str]) -> Scored:
    """Whether no passage has over 250 words, heading path included, nor more pieces than the model reads.

    Range: 0 or 1. Source: ours, the interface of `Advisor.search`.
    """
    return _clean(faults)


@scored_by("retrieval", invariant=True)
def rows_with_header(faults: list[str]) -> Scored:
    """Whether each cell of each table row stands behind the name of its column.

    Range: 0 or 1. Source: ours, "each table row with its header".
    """
    return _clean(faults)


@scored_by("retrieval", invariant=True)
def passages_located(faults: list[str]) -> Scored:
    """Whether ids are unique, and path, line, headings and row lead to where the passage stands.

    Range: 0 or 1. Source: ours, the locator of a passage; the headings are read here, not by the chunker.
    """
    return _clean(faults)


@scored_by("retrieval", invariant=True)
def headings_in_text(faults: list[str]) -> Scored:
    """Whether each passage begins with its title and the heading it stands under.

    Range: 0 or 1. Source: ours, "a heading path on each passage".
    """
    return _clean(faults)


@scored_by("retrieval", invariant=True)
def nothing_lost(faults: list[str]) -> Scored:
    """Whether every word of the document is in its passages, as often as in the document at least.

    Range: 0 or 1. Source: ours.
    """
    return _clean(faults)
