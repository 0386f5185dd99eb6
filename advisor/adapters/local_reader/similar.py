"""Likeness of meaning, where cues don't decide: an embedder may be given, none is needed."""

from collections.abc import Callable, Sequence

Similarity = Callable[[str, Sequence[str]], Sequence[float]]
"""text, candidates → one likeness (cosine) for each candidate."""

LIKE = 0.42
"""The least likeness that counts."""
CLEARLY = 0.07
"""By how much the best value must lead the next one."""


def nearest(text: str, examples: Sequence[tuple[str, str]], similarity: Similarity) -> str | None:
    """The value whose examples are clearly most like the text; None when none clearly is.

    `examples`: (value, example) pairs.
    """
    if not examples:
        return None
    scores: dict[str, float] = {}
    for (value, _), score in zip(examples, similarity(text, [e for _, e in examples]), strict=True):
        scores[value] = max(scores.get(value, -1.0), float(score))
    ranked = sorted(scores, key=scores.__getitem__, reverse=True)
    runner_up = scores[ranked[1]] if len(ranked) > 1 else -1.0
    best = scores[ranked[0]]
    return ranked[0] if best >= LIKE and best - runner_up >= CLEARLY else None
