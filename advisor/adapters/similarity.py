"""Likeness of a text to examples, by the embedder; the examples' vectors are kept."""

from collections.abc import Sequence

from advisor.ports.embedding import Embedder, Vectors


class EmbeddedSimilarity:
    """Cosine likeness in -1..1. The first call loads the model."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._examples: dict[tuple[str, ...], Vectors] = {}

    def __call__(self, text: str, candidates: Sequence[str]) -> Sequence[float]:
        """One likeness for each candidate."""
        key = tuple(candidates)
        if key not in self._examples:
            self._examples[key] = self._embedder.embed(key)
        (vector,) = self._embedder.embed([text])
        return [float(likeness) for likeness in self._examples[key] @ vector]
