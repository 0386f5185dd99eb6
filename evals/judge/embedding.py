"""The product's own embedding model as ragas wants it: answer relevancy needs no second endpoint."""

from typing import Any

from advisor.ports.embedding import Embedder
from evals.metrics import registry as _registry  # noqa: F401 - ragas must not be imported before it

from ragas.embeddings.base import BaseRagasEmbedding  # isort: skip


class LocalEmbedding(BaseRagasEmbedding):
    """Vectors of an Embedder: unit length, lists of floats."""

    def __init__(self, embedder: Embedder) -> None:
        super().__init__()
        self._embedder = embedder

    def embed_text(self, text: str, **_kwargs: Any) -> list[float]:
        return self._embedder.embed([text])[0].tolist()

    async def aembed_text(self, text: str, **_kwargs: Any) -> list[float]:
        return self.embed_text(text)
