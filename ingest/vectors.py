"""The vectors of passages in a Chroma collection on disk. The only place that knows Chroma.

Chroma is given our vectors and keeps nothing else but ids and source ids: BM25 and the passages' text
lie beside it.
"""

import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from advisor.errors import AdvisorError, IndexDamaged, StorageError
from advisor.ports.embedding import Vectors
from ingest.storage import anew, full, read_only

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection

BATCH = 5000  # Chroma takes 5,461 at once
_NAME = "passages"
_DATABASE = "chroma.sqlite3"
_SMALL = 64_000_000  # bytes of a database that is checked whole when it is opened
# Chroma's own settings miss neighbours: measured 180 of 201 found, with these 201 of 201.
_HNSW = {"space": "cosine", "ef_construction": 200, "max_neighbors": 32, "ef_search": 500}

_FULL = re.compile(
    r"code: 13\b|disk is full|disk I/O error|No space left|os error (?:28|27|122)\b|File too large"
)
_READ_ONLY = re.compile(r"code: 8\b|readonly database|Permission denied|Read-only|os error (?:13|30)\b")


class _Chroma:
    """Turns what Chroma raises in the block, its Rust panics included, into errors of our tree."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None or isinstance(error, AdvisorError):
            return
        # A Rust panic is a BaseException of a module that can't be imported, so it goes by its name.
        ours = isinstance(error, (OSError, ValueError, RuntimeError))
        chromas = any(base.__name__ in ("ChromaError", "PanicException") for base in kind.__mro__)
        if ours or chromas:
            raise self.translated(str(error)) from error

    def translated(self, words: str) -> StorageError | IndexDamaged:
        if _FULL.search(words):
            return full(self._folder)
        if _READ_ONLY.search(words):
            return read_only(self._folder)
        return damaged(self._folder)


def damaged(folder: Path) -> IndexDamaged:
    return IndexDamaged(f"The vector index in {folder} is missing or damaged.", anew(folder.parents[2]))


class VectorStore:
    """One generation's vectors. Raises IndexDamaged, StorageFull or StorageReadOnly."""

    def __init__(self, folder: Path, client: "Client", collection: "Collection") -> None:
        self._folder = folder
        self._client = client
        self._collection = collection

    @classmethod
    def create(cls, folder: Path) -> "VectorStore":
        with _Chroma(folder):
            client = _client(folder)
            collection = client.create_collection(
                _NAME,
                embedding_function=None,
                configuration={"hnsw": _HNSW},  # pyright: ignore[reportArgumentType]
            )
        return cls(folder, client, collection)

    @classmethod
    def open(cls, folder: Path, rows: int) -> "VectorStore":
        """The vectors in `folder`, which must be `rows` many."""
        _check_database(folder)
        with _Chroma(folder):
            client = _client(folder)
            try:
                collection = client.get_collection(_NAME, embedding_function=None)
                found = collection.count()
                if found:
                    collection.peek(1)
            except BaseException:
                client.close()
                raise
        if found != rows:
            client.close()
            raise damaged(folder)
        return cls(folder, client, collection)

    def add(self, ids: Sequence[str], source_ids: Sequence[str], vectors: Vectors) -> None:
        """Adds rows; `vectors` has shape (len(ids), dimensions)."""
        with _Chroma(self._folder):
            for start in range(0, len(ids), BATCH):
                part = slice(start, start + BATCH)
                self._collection.upsert(
                    ids=list(ids[part]),
                    embeddings=vectors[part],
                    metadatas=[{"source_id": source_id} for source_id in source_ids[part]],
                )

    def count(self) -> int:
        with _Chroma(self._folder):
            return self._collection.count()

    def get(self, ids: Sequence[str]) -> Vectors:
        """The vectors of these ids, in the order given; shape (len(ids), dimensions). An id may recur."""
        found: dict[str, Any] = {}
        each = list(dict.fromkeys(ids))
        with _Chroma(self._folder):
            for start in range(0, len(each), BATCH):
                part = self._collection.get(ids=each[start : start + BATCH], include=["embeddings"])
                vectors = part["embeddings"]
                found.update(zip(part["ids"], [] if vectors is None else vectors, strict=True))
        if len(found) != len(each):
            raise damaged(self._folder)
        return np.asarray([found[wanted] for wanted in ids], dtype=np.float32)

    def nearest(
        self, vector: Vectors, number: int, source_ids: Sequence[str] | None = None
    ) -> list[tuple[str, float]]:
        """The ids nearest to `vector` (shape (dimensions,)) with their cosine similarity, best first."""
        where: Any = {"source_id": {"$in": list(source_ids)}} if source_ids is not None else None
        with _Chroma(self._folder):
            found = self._collection.query(
                query_embeddings=vector[np.newaxis, :], n_results=number, where=where, include=["distances"]
            )
        distances = (found["distances"] or [[]])[0]
        return [
            (passage_id, 1.0 - float(gap)) for passage_id, gap in zip(found["ids"][0], distances, strict=True)
        ]

    def close(self) -> None:
        self._client.close()


def _client(folder: Path) -> "Client":
    import chromadb
    from chromadb.config import Settings

    client = chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))
    return cast("Client", client)  # the declared type lacks close()


def _check_database(folder: Path) -> None:
    """Refuses a damaged database before Chroma opens it: Chroma would panic, or make a new empty one."""
    database = folder / _DATABASE
    try:
        if not database.is_file() or database.stat().st_size == 0:
            raise damaged(folder)
        if database.stat().st_size > _SMALL:
            return
        with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            whole = connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
    except (OSError, sqlite3.Error) as error:
        raise damaged(folder) from error
    if not whole:
        raise damaged(folder)
