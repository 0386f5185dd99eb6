"""The embedding port: text becomes vectors. Used by ingest and by the evidence adapter."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]


class Embedder(Protocol):
    """A sentence-transformers model. Vectors are unit length, float32."""

    @property
    def name(self) -> str:
        """What a manifest records: model and revision; another name means other vectors."""
        ...

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        ...

    @property
    def window(self) -> int:
        """Word pieces the model reads; longer text would be cut."""
        ...

    def count(self, text: str) -> int:
        """Word pieces of `text`, with the model's own special ones."""
        ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), dimensions), in the order given."""
        ...
