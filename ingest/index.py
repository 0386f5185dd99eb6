"""One generation on disk: passages, vectors, words and manifest. Written once, then only read."""

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from advisor.domain.evidence import Passage, Source
from advisor.errors import IndexDamaged
from advisor.ports.embedding import Embedder
from ingest.lexical import LexicalIndex
from ingest.manifest import EmbedderCard, FileEntry, Manifest, corpus_hash, read_manifest
from ingest.passage_file import PassageFile
from ingest.storage import anew
from ingest.vectors import VectorStore

SLAB = 2048  # passages embedded at once: sorted by length inside, so more saves padding and costs memory

Progress = Callable[[str, int, int], None]  # stage, done, total


class OpenIndex:
    """A generation opened for reading, each part when it is needed. Raises IndexDamaged, IndexForeign or
    StorageReadOnly, at any use.

    Chroma writes to its folder when it opens one, so a read-only folder can't be read.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest = read_manifest(folder)
        self.passages = PassageFile(folder)
        if len(self.passages) != self.manifest.passages:
            raise self._damaged()

    @cached_property
    def words(self) -> LexicalIndex:
        """Opened at the first use."""
        try:
            found = LexicalIndex.open(self.folder / "bm25")
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise self._damaged() from error
        if found.rows != self.manifest.passages:
            raise self._damaged()
        return found

    @cached_property
    def vectors(self) -> VectorStore:
        """Opened at the first use, which imports Chroma."""
        return VectorStore.open(self.folder / "chroma", self.manifest.passages)

    def check(self) -> None:
        """Opens all parts, so that damage shows."""
        _ = self.words, self.vectors

    def close(self) -> None:
        if "vectors" in self.__dict__:
            self.vectors.close()
            del self.vectors

    def _damaged(self) -> IndexDamaged:
        return IndexDamaged(f"The index in {self.folder} is damaged.", anew(self.folder.parents[1]))


def build(
    folder: Path,
    passages: Iterable[Passage],
    embedder: Embedder,
    reusable: OpenIndex | None,
    progress: Progress,
) -> tuple[int, int]:
    """Writes passages, vectors and words into an empty generation; returns (embedded, reused).

    A passage whose content hash is in `reusable` takes its vector from there. The manifest comes last,
    by `seal`: a folder without one is no index.
    """
    stored = PassageFile.write(folder, passages)
    known = _rows_by_hash(reusable)
    embedded = reused = 0
    vectors = VectorStore.create(folder / "chroma")
    try:
        for first in range(0, len(stored), SLAB):
            progress("embed", first, len(stored))
            slab = list(stored.stream(first, min(SLAB, len(stored) - first)))
            found, fresh = _vectors(slab, embedder, reusable, known)
            vectors.add([passage.id for passage in slab], [passage.source_id for passage in slab], found)
            embedded += fresh
            reused += len(slab) - fresh
        progress("embed", len(stored), len(stored))
        if vectors.count() != len(stored):
            raise IndexDamaged(
                f"Vectors were lost while {folder} was written.", "Run `advisor ingest` again."
            )
    finally:
        vectors.close()
    progress("words", 0, len(stored))
    LexicalIndex.build(passage.text for passage in stored.stream()).save(folder / "bm25")
    progress("words", len(stored), len(stored))
    return embedded, reused


def _rows_by_hash(index: OpenIndex | None) -> dict[str, int]:
    if index is None:
        return {}
    return {content_hash: row for row, content_hash in enumerate(index.passages.hashes)}


def _vectors(
    slab: Sequence[Passage], embedder: Embedder, reusable: OpenIndex | None, known: dict[str, int]
) -> tuple[np.ndarray, int]:
    """The vectors of `slab` in order, shape (len(slab), dimensions), and how many had to be embedded."""
    fresh = [place for place, passage in enumerate(slab) if passage.content_hash not in known]
    old = [place for place, passage in enumerate(slab) if passage.content_hash in known]
    found = np.empty((len(slab), embedder.dimensions), dtype=np.float32)
    if fresh:
        found[fresh] = embedder.embed([slab[place].text for place in fresh])
    if old and reusable:
        rows = [known[slab[place].content_hash] for place in old]
        found[old] = reusable.vectors.get([reusable.passages.ids[row] for row in rows])
    return found, len(fresh)


def seal(
    folder: Path,
    collection: str,
    generation: int,
    embedder: Embedder,
    files: Sequence[FileEntry],
    sources: dict[str, Source],
) -> Manifest:
    """Writes the manifest: from now on the folder is a whole index."""
    manifest = Manifest(
        collection=collection,
        generation=generation,
        embedder=EmbedderCard(name=embedder.name, dimensions=embedder.dimensions),
        corpus_hash=corpus_hash(entry.sha256 for entry in files),
        passages=sum(entry.passages for entry in files),
        files=tuple(files),
        sources=sources,
    )
    manifest.write(folder)
    return manifest
