"""Meaning and words weighed together, and when neither fits. Pure numbers: no index, no model.

Measured with `python -m evals.retrieval_metrics` on the questions of evals/retrieval, halves dev (where the
constants were chosen) and test; evals/retrieval/README.md keeps the table. Reciprocal rank fusion came
out below this weighted sum on each kind of question: ranks forget how sure each side is.
"""

import re
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]
Item = TypeVar("Item")

MEANING = 0.6  # weight of the cosine similarity; 0.5 to 0.7 measured alike
UNIQUE_WORDS = 2.0  # a passage that shares this many words found nowhere else gets half the words' weight
KNOWN = 0.2  # weight of the share of the question's telling words that the collection knows at all
NOTHING_FITS = 0.20  # below it nothing fits: kept 97 % of the answerable questions on both halves
SAME = 0.97  # share of words that near-identical passages have in common, in order

_WORD = re.compile(r"\w+")
_DIGIT = re.compile(r"\d")


def fused(similarity: Floats, bm25: Floats, rarest: float) -> Floats:
    """Scores in 0..1 from cosine similarities and BM25 scores of the same passages.

    `rarest` is the inverse document frequency of a word that no passage has: it grows with the collection
    and makes BM25 scores of small and large collections comparable.
    """
    words = bm25 / (bm25 + UNIQUE_WORDS * rarest)
    return MEANING * np.clip(similarity, 0.0, 1.0) + (1.0 - MEANING) * words


def fits(best: float, known: float) -> bool:
    """Whether the best passage answers at all. `known` lies in 0..1: the question's telling words, weighed
    by rarity, that occur anywhere in the collection."""
    return best + KNOWN * known >= NOTHING_FITS


def known_share(stems: Sequence[str], rarity: Callable[[str], float], knows: Callable[[str], bool]) -> float:
    """The share of a question's words, weighed by rarity, that a collection knows; 0..1."""
    weights = {stem: rarity(stem) for stem in stems}
    whole = sum(weights.values())
    return sum(weight for stem, weight in weights.items() if knows(stem)) / whole if whole else 0.0


def folded(items: Sequence[Item], body: Callable[[Item], str]) -> list[Item]:
    """`items` without those whose body says the same as a better one's, word for word or nearly."""
    from rapidfuzz.distance import Indel

    kept: list[Item] = []
    seen: list[list[str]] = []
    for item in items:
        words = _WORD.findall(body(item).lower())
        # Figures must agree exactly: rows of a table often differ in nothing else.
        figures = [word for word in words if _DIGIT.search(word)]
        if any(
            figures == [word for word in other if _DIGIT.search(word)]
            and Indel.normalized_similarity(words, other, score_cutoff=SAME) >= SAME
            for other in seen
        ):
            continue
        kept.append(item)
        seen.append(words)
    return kept
