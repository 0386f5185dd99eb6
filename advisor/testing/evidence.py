"""Evidence from passages held in memory: BM25 alone, no files, no model. For tests and examples."""

from collections.abc import Mapping, Sequence

import numpy as np

from advisor.adapters.figure_lookup import asked_figures
from advisor.adapters.fusion import folded
from advisor.domain.evidence import Figure, Hit, Passage, Source
from advisor.ports.evidence import Finding
from ingest.lexical import LexicalIndex, stems


class MemoryEvidence:
    """Implements `ports.evidence.Evidence`; all passages form one collection called `collection`."""

    def __init__(
        self,
        passages: Sequence[Passage],
        sources: Mapping[str, Source],
        figures: Sequence[Figure] = (),
        collection: str = "memory",
    ) -> None:
        self._passages = list(passages)
        self._sources = dict(sources)
        self._figures = tuple(figures)
        self._collection = collection
        self._words = LexicalIndex.build(passage.text for passage in passages)

    def search(self, query: str, k: int = 10, sources: str | Sequence[str] | None = None) -> list[Hit]:
        bm25 = self._words.scores(stems(query))
        scores = bm25 / (bm25 + self._words.rarest)
        wanted = self._wanted(sources)
        best = [
            int(row)
            for row in np.argsort(-scores, kind="stable")
            if scores[row] > 0 and self._passages[row].source_id in wanted
        ]
        kept = folded(best[: 2 * max(k, 0)], lambda row: self._passages[row].body)[: max(k, 0)]
        return [self._hit(row, float(scores[row])) for row in kept]

    def passages(self, ids: Sequence[str]) -> dict[str, Passage]:
        held = {passage.id: passage for passage in self._passages}
        return {wanted: held[wanted] for wanted in ids if wanted in held}

    def sources(self) -> Mapping[str, Source]:
        return dict(self._sources)

    def figures(self, question: str) -> Finding | None:
        return asked_figures(question, self._figures)

    def _wanted(self, sources: str | Sequence[str] | None) -> set[str]:
        given = {sources} if isinstance(sources, str) else set(sources or [self._collection])
        return set(self._sources) if self._collection in given else given

    def _hit(self, row: int, score: float) -> Hit:
        passage = self._passages[row]
        return Hit(
            passage_id=passage.id,
            source_id=passage.source_id,
            text=passage.text,
            score=round(score, 4),
            locator=passage.locator,
        )
