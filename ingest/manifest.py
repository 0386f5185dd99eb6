"""What an index was made of: program, embedder, chunker, files and sources. A file beside the index.

Reading one tells without any heavy library whether an index is current, foreign or damaged.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from pydantic import ValidationError

from advisor.domain.evidence import Source
from advisor.domain.facts import Frozen
from advisor.errors import IndexDamaged, IndexForeign
from ingest import chunk
from ingest.load import Outcome
from ingest.storage import anew, replace_file

SCHEMA = 1
PROGRAM = "hiring-advisor"
FILE = "manifest.json"


class EmbedderCard(Frozen):
    """Which vectors an index holds."""

    name: str
    dimensions: int


class FileEntry(Frozen):
    """An ingested file. Its passages are rows `first` to `first + passages` of the index."""

    path: str
    shown: str
    sha256: str
    source_id: str
    outcome: Outcome
    first: int
    passages: int


class Manifest(Frozen):
    """The record of one generation."""

    schema_version: int = SCHEMA
    program: str = PROGRAM
    collection: str
    generation: int
    embedder: EmbedderCard
    chunker: str = chunk.VERSION
    corpus_hash: str
    passages: int
    files: tuple[FileEntry, ...]
    sources: dict[str, Source]

    def write(self, folder: Path) -> None:
        """Writes the manifest into a generation's folder, as its last file."""
        replace_file(folder / FILE, self.model_dump_json(indent=1).encode())

    def require(self, embedder_name: str, folder: Path) -> None:
        """Raises IndexForeign unless a query by this embedder can be answered from the index."""
        if self.embedder.name != embedder_name:
            raise IndexForeign(
                f"The index in {folder} was made with the embedding model {self.embedder.name}, "
                f"not with {embedder_name}.",
                f"Set the model back, or start anew: {anew(folder.parents[1])}",
            )


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a generation. Raises IndexDamaged or IndexForeign."""
    path = folder / FILE
    damaged = IndexDamaged(
        f"The index's manifest {path} is missing or unreadable.",
        anew(folder.parents[1]),
    )
    try:
        data = path.read_bytes()
    except OSError as error:
        raise damaged from error
    try:
        manifest = Manifest.model_validate_json(data)
    except ValidationError as error:
        raise damaged from error
    if (manifest.schema_version, manifest.program) != (SCHEMA, PROGRAM):
        raise IndexForeign(
            f"The index in {folder} was made by another program or version.",
            anew(folder.parents[1]),
        )
    return manifest


def corpus_hash(hashes: Iterable[str]) -> str:
    """One hash over the files' hashes, whatever their names, folders and order."""
    return hashlib.sha256("\n".join(sorted(hashes)).encode()).hexdigest()
