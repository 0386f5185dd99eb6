"""Files → a new generation of a collection, swapped in whole. `ingest_paths` tells the story.

What the given paths hold is added or replaced, the collection's other files stay, and files that vanished
from a given folder leave. Vectors of passages that did not change are taken over.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from advisor.domain.evidence import Passage, Source
from advisor.errors import IndexDamaged, InputError, KnowledgeError, StorageReadOnly
from advisor.ports.embedding import Embedder
from ingest import chunk
from ingest.generations import Collection, collections
from ingest.index import OpenIndex, Progress, build, seal
from ingest.load import Refused, find_files, load
from ingest.manifest import FileEntry, read_manifest
from ingest.plan import Before, FileReport, Plan, Work, plan, source_of
from ingest.storage import anew, writing

SourceMap = Mapping[Path, Source] | Mapping[str, Source]


@dataclass(frozen=True)
class Report:
    """What a run did. `generation` is 0 as long as the collection has no index; `removed` are paths."""

    collection: str
    generation: int
    changed: bool
    files: list[FileReport] = field(default_factory=list[FileReport])
    removed: list[str] = field(default_factory=list[str])
    passages: int = 0
    embedded: int = 0
    reused: int = 0
    seconds: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """Plain JSON, with the keys of the fields."""
        return {
            **vars(self),
            "files": [vars(file) for file in self.files],
            "seconds": round(self.seconds, 3),
        }


def ingest_paths(
    paths: Sequence[str | Path],
    collection: str,
    root: Path,
    embedder: Embedder,
    sources: SourceMap | None = None,
    progress: Progress | None = None,
) -> Report:
    """Brings `collection` under `root` up to date with the files and folders in `paths`.

    `sources` maps file paths to registry entries; a file without one gets an entry of its own with
    publisher and interests unknown. `progress` is told stage (read, embed, words, publish), done and total.
    Bad files are reported, not raised. Raises BadPath before anything is written, then IndexBusy,
    IndexForeign, IndexDamaged, StorageError or ModelError; after each of them, and after a kill at any
    instant, the index that was there before is whole.
    """
    started = time.perf_counter()
    root = Path(root)
    where = Collection(root, collection)
    found, folders = find_files(paths, skip=root)
    with writing(where.folder), where.writer():
        run = _Run(where, root, embedder, progress or _silent)
        try:
            report = run.carry_out(plan(found, folders, _by_path(sources), run.before))
        finally:
            run.close()
    return replace(report, seconds=time.perf_counter() - started)


def is_current(
    paths: Sequence[str | Path],
    collection: str,
    root: Path,
    embedder_name: str,
    sources: SourceMap | None = None,
) -> bool:
    """Whether `ingest_paths` would find nothing to do, told from hashes alone: fast, and nothing heavy.

    Trusts the index's own files; a reader notices when they are damaged. Raises BadPath, IndexDamaged,
    IndexForeign.
    """
    where = Collection(Path(root), collection)
    found, folders = find_files(paths, skip=Path(root))
    if where.current() is None:
        return False
    manifest = read_manifest(where.opened())
    same_form = manifest.embedder.name == embedder_name and manifest.chunker == chunk.VERSION
    before = Before(manifest, intact=True, same_form=same_form)
    return same_form and not plan(found, folders, _by_path(sources), before).changes


def _by_path(sources: SourceMap | None) -> dict[Path, Source]:
    return {Path(path).resolve(): source for path, source in (sources or {}).items()}


def _silent(_stage: str, _done: int, _total: int) -> None:
    pass


class _Run:
    """One ingest under the writer's lock."""

    def __init__(self, where: Collection, root: Path, embedder: Embedder, tell: Progress) -> None:
        self._where = where
        self._embedder = embedder
        self._tell = tell
        self._taken = _source_ids(root)
        self._index: OpenIndex | None = None
        self._files: list[FileEntry] = []
        self._sources: dict[str, Source] = {}
        self._reports: list[FileReport] = []
        self.before = self._look()

    def close(self) -> None:
        if self._index:
            self._index.close()

    def _look(self) -> Before:
        """The index as it is. A damaged one can be replaced as long as its manifest says what was in it."""
        if self._where.current() is None:
            return Before()
        folder = self._where.opened()
        manifest = read_manifest(folder)
        same_form = manifest.embedder.name == self._embedder.name and manifest.chunker == chunk.VERSION
        try:
            self._index = OpenIndex(folder)
            self._index.check()
        except (IndexDamaged, StorageReadOnly):
            self.close()
            self._index = None
            return Before(manifest, intact=False, same_form=same_form)
        return Before(manifest, intact=True, same_form=same_form)

    def carry_out(self, todo: Plan) -> Report:
        if not todo.changes:
            return self._nothing_done(todo)
        leaving = [self.before.source(entry) for entry in todo.removed]
        self._taken -= {source.id for source in leaving if source}
        number, folder = self._where.begin()
        published = False
        try:
            reusable = self._index if self._same_vectors() else None
            embedded, reused = build(folder, self._passages(todo), self._embedder, reusable, self._tell)
            self._tell("publish", 0, 1)
            name = self._where.name
            manifest = seal(folder, name, number, self._embedder, self._files, self._sources)
            self._where.publish(number)
            published = True
        finally:
            if not published:
                self._where.discard(number)
        self._tell("publish", 1, 1)
        files = [*self._reports, *todo.refused]
        removed = [entry.path for entry in todo.removed]
        return Report(name, number, True, files, removed, manifest.passages, embedded, reused)

    def _nothing_done(self, todo: Plan) -> Report:
        manifest = self.before.manifest
        reports = [_reported(work, work.entry) for work in todo.works if work.reported and work.entry]
        return Report(
            collection=self._where.name,
            generation=manifest.generation if manifest else 0,
            changed=False,
            files=[*reports, *todo.refused],
            passages=manifest.passages if manifest else 0,
            reused=manifest.passages if manifest else 0,
        )

    def _same_vectors(self) -> bool:
        manifest = self.before.manifest
        return manifest is not None and manifest.embedder.name == self._embedder.name

    def _passages(self, todo: Plan) -> Iterator[Passage]:
        """All passages of the new generation, file by file; notes each file's entry on the way."""
        row = 0
        for done, work in enumerate(todo.works):
            self._tell("read", done, len(todo.works))
            number = 0
            for passage in self._copied(work) if work.how == "copy" else self._read(work):
                yield passage
                number += 1
            if self._files and self._files[-1].path == str(work.path):
                self._files[-1] = self._files[-1].model_copy(update={"first": row, "passages": number})
                if work.reported:
                    self._reports.append(_reported(work, self._files[-1]))
            row += number
        self._tell("read", len(todo.works), len(todo.works))

    def _copied(self, work: Work) -> Iterator[Passage]:
        entry = work.entry
        source = self.before.source(entry)
        if entry is None or source is None or self._index is None:
            raise IndexDamaged(
                f"The index in {self._where.folder} names a file without its source.",
                anew(self._where.folder),
            )
        self._note(work, entry.sha256, source)
        yield from self._index.passages.stream(entry.first, entry.passages)

    def _read(self, work: Work) -> Iterator[Passage]:
        document = load(work.path)
        if isinstance(document, Refused):  # it changed since the plan was made
            self._reports.append(FileReport(str(work.path), document.outcome, document.reason))
            return
        source = source_of(work, document, self.before, self._taken)
        self._note(work, document.sha256, source)
        yield from chunk.passages(
            document.text,
            source.id,
            work.shown,
            source.title,
            self._embedder.count,
            self._embedder.window,
            document.format,
        )

    def _note(self, work: Work, sha256: str, source: Source) -> None:
        if source.id in self._sources:
            raise InputError(
                f"Two files have the same source id {source.id!r}: {work.path} is the second.",
                "Give each file a source of its own.",
            )
        self._taken.add(source.id)
        self._sources[source.id] = source
        self._files.append(
            FileEntry(
                path=str(work.path),
                shown=work.shown,
                sha256=sha256,
                source_id=source.id,
                outcome="ingested",
                first=0,
                passages=0,
            )
        )


def _reported(work: Work, entry: FileEntry) -> FileReport:
    return FileReport(work.reported or entry.path, work.outcome, work.reason, entry.passages)


def _source_ids(root: Path) -> set[str]:
    """Source ids in use under `root`, so that a citation never means two documents."""
    taken: set[str] = set()
    for collection in collections(root):
        try:
            taken |= read_manifest(collection.opened()).sources.keys()
        except KnowledgeError:
            continue  # its own next ingest says so
    return taken
