"""Evidence from the indexes on disk: Chroma for meaning, BM25 for words, one score for both.

Opening is lazy, and a new generation is picked up at the next call. Knows nothing of files or of how an
index is made.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from advisor.adapters.figure_lookup import asked_figures
from advisor.adapters.fusion import fits, folded, fused, known_share
from advisor.adapters.similarity import EmbeddedSimilarity
from advisor.adapters.spelling import mended
from advisor.domain.evidence import Figure, Hit, Passage, Source
from advisor.errors import IndexMissing, KnowledgeError
from advisor.ports.embedding import Embedder, Vectors
from advisor.ports.evidence import Finding
from ingest.generations import Collection, collections
from ingest.index import OpenIndex
from ingest.lexical import stems

CANDIDATES = 50  # passages taken from each side before they are weighed together
SPARE = 2  # times k passages are looked at, in case some fold into others
QUERY_CHARACTERS = 4000  # of a longer question the beginning is searched for


class _Found(NamedTuple):
    """A candidate: its score and where it lies."""

    score: float
    collection: str
    row: int


class ChromaEvidence:
    """Implements `ports.evidence.Evidence` over the collections under `root`.

    `names` limits it to some collections, None takes all there are at each call. `figures` are the typed
    rows that `figures()` chooses from. Raises IndexMissing, IndexDamaged, IndexForeign, ModelError or a
    StorageError when something is asked, never when it is built. Calls from several threads take turns.
    """

    def __init__(
        self,
        root: Path,
        embedder: Embedder,
        figures: Sequence[Figure] = (),
        names: Sequence[str] | None = None,
    ) -> None:
        self._root = Path(root)
        self._embedder = embedder
        self._figures = tuple(figures)
        self._similarity = EmbeddedSimilarity(embedder)
        self._names = None if names is None else tuple(names)
        self._open: dict[str, OpenIndex] = {}
        self._turn = threading.RLock()

    def search(self, query: str, k: int = 10, sources: str | Sequence[str] | None = None) -> list[Hit]:
        question = query[:QUERY_CHARACTERS]
        with self._turn:
            indexes = self._indexes()
            if k < 1 or not question.strip():
                return []
            found: list[_Found] = []
            vectors: dict[str, Vectors] = {}
            for name, index in indexes.items():
                wanted = _wanted(index, name, indexes, sources)
                if wanted is None or wanted:
                    found += self._candidates(name, index, question, wanted, vectors)
            found.sort(key=lambda candidate: (-candidate.score, candidate.collection, candidate.row))
            best = found[: SPARE * k]
            passages = {hit: indexes[hit.collection].passages.read([hit.row])[0] for hit in best}
            kept = folded(best, lambda hit: passages[hit].body)[:k]
            return [_hit(passages[candidate], candidate.score) for candidate in kept]

    def passages(self, ids: Sequence[str]) -> dict[str, Passage]:
        with self._turn:
            found: dict[str, Passage] = {}
            for index in self._indexes().values():
                rows = [
                    index.passages.row_of[wanted]
                    for wanted in ids
                    if wanted in index.passages.row_of and wanted not in found
                ]
                found.update((passage.id, passage) for passage in index.passages.read(rows))
            return {wanted: found[wanted] for wanted in ids if wanted in found}

    def sources(self) -> Mapping[str, Source]:
        with self._turn:
            merged: dict[str, Source] = {}
            for index in self._indexes().values():
                for source_id, source in index.manifest.sources.items():
                    merged.setdefault(source_id, source)
            return merged

    def figures(self, question: str) -> Finding | None:
        with self._turn:
            return asked_figures(question[:QUERY_CHARACTERS], self._figures, self._similarity)

    def close(self) -> None:
        """Closes the files; the next call opens them again."""
        with self._turn:
            for index in self._open.values():
                index.close()
            self._open.clear()

    def _candidates(
        self,
        name: str,
        index: OpenIndex,
        question: str,
        wanted: Sequence[str] | None,
        embedded: dict[str, Vectors],
    ) -> Iterator[_Found]:
        """The best passages of one collection, none when nothing fits.

        `wanted` are source ids, None for all; `embedded` keeps what this search has embedded already.
        """
        index.manifest.require(self._embedder.name, index.folder)
        if not index.manifest.passages:
            return
        text = mended(question, index.words.vocabulary, self._embedder.count)
        if text not in embedded:
            embedded[text] = self._embedder.embed([text])[0]
        vector, words = embedded[text], stems(text)
        bm25 = index.words.scores(words)
        rows = _rows(index, wanted)
        near = index.vectors.nearest(vector, min(CANDIDATES, len(rows)), wanted)
        similarity = {index.passages.row_of[passage_id]: cosine for passage_id, cosine in near}
        by_words = rows[np.argsort(-bm25[rows], kind="stable")[:CANDIDATES]]
        missing = [int(row) for row in by_words if bm25[row] > 0 and int(row) not in similarity]
        if missing:
            vectors = index.vectors.get([index.passages.ids[row] for row in missing])
            similarity.update(zip(missing, (vectors @ vector).tolist(), strict=True))
        candidates = np.fromiter(similarity, dtype=np.int64)
        cosines = np.fromiter(similarity.values(), dtype=np.float32)
        scores = fused(cosines, bm25[candidates], index.words.rarest)
        known = known_share(words, index.words.rarity, index.words.knows)
        if len(scores) and fits(float(scores.max()), known):
            for row, score in zip(candidates, scores, strict=True):
                yield _Found(float(score), name, int(row))

    def _indexes(self) -> dict[str, OpenIndex]:
        """The current generation of each collection, opened if it changed since the last call."""
        if self._names is None:
            wanted = collections(self._root)
        else:
            wanted = [Collection(self._root, name) for name in self._names]
        if not wanted:
            raise IndexMissing(
                f"There is no index in {self._root} yet.", "Run `advisor ingest` on a file or folder."
            )
        for gone in self._open.keys() - {collection.name for collection in wanted}:
            self._open.pop(gone).close()
        return {collection.name: self._current(collection) for collection in wanted}

    def _current(self, collection: Collection) -> OpenIndex:
        folder = collection.opened()
        held = self._open.get(collection.name)
        if held and held.folder == folder:
            return held
        try:
            fresh = OpenIndex(folder)
        except KnowledgeError:
            # Two ingests may have ended since the pointer was read: then the folder is gone, rightly.
            if collection.opened() == folder:
                raise
            return self._current(collection)
        if held:
            held.close()
        self._open[collection.name] = fresh
        return fresh


def _wanted(
    index: OpenIndex, name: str, names: Mapping[str, OpenIndex], sources: str | Sequence[str] | None
) -> list[str] | None:
    """The source ids to search in a collection: None for all of them, an empty list for none."""
    if sources is None or sources == name:
        return None
    if isinstance(sources, str):
        sources = [] if sources in names else [sources]
    if name in sources:
        return None
    return [source_id for source_id in sources if source_id in index.manifest.sources]


def _rows(index: OpenIndex, wanted: Sequence[str] | None) -> np.ndarray:
    """The rows of these sources, or all."""
    if wanted is None:
        return np.arange(index.manifest.passages)
    spans = [
        np.arange(entry.first, entry.first + entry.passages)
        for entry in index.manifest.files
        if entry.source_id in wanted
    ]
    return np.concatenate(spans) if spans else np.arange(0)


def _hit(passage: Passage, score: float) -> Hit:
    return Hit(
        passage_id=passage.id,
        source_id=passage.source_id,
        text=passage.text,
        score=round(min(1.0, score), 4),
        locator=passage.locator,
    )
