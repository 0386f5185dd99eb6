"""An embedder without a model: words hashed into a vector. The same text gives the same vector anywhere."""

import hashlib
import re
from collections.abc import Sequence

import numpy as np

from advisor.ports.embedding import Vectors

_WORD = re.compile(r"\w+")


class HashingEmbedder:
    """Implements `ports.embedding.Embedder`: texts that share words are near each other.

    `count` counts words, and the two special pieces a model would add. `embedded` counts the texts it was
    given, so that a test can tell what was embedded again.
    """

    def __init__(self, name: str = "hashing@1", dimensions: int = 64, window: int = 256) -> None:
        self._name = name
        self._dimensions = dimensions
        self._window = window
        self.embedded = 0

    @property
    def name(self) -> str:
        return self._name

    @property
    def dimensions(self) -> int:
        return self._dimensions

    @property
    def window(self) -> int:
        return self._window

    def count(self, text: str) -> int:
        return len(_WORD.findall(text)) + 2

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.embedded += len(texts)
        vectors = np.zeros((len(texts), self._dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in _WORD.findall(text.lower()):
                digest = hashlib.blake2b(word.encode(), digest_size=8).digest()
                sign = 1.0 if digest[0] & 1 else -1.0
                vectors[row, int.from_bytes(digest[1:], "big") % self._dimensions] += sign
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        vectors[lengths[:, 0] == 0, 0] = 1.0  # a text without words still needs unit length
        lengths[lengths == 0] = 1.0
        return vectors / lengths
