"""What an ingest does with each file: read it, copy its passages, or let it go. Only decides."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from advisor.domain.evidence import Source
from ingest.chunk import slug, title_of
from ingest.load import Document, FoundFile, Outcome, Refused, load
from ingest.manifest import FileEntry, Manifest

UNKNOWN = "unknown"  # publisher and interests of a file that nobody described


@dataclass(frozen=True)
class FileReport:
    """What became of one file; `reason` is empty when there is nothing to say."""

    path: str
    outcome: Outcome
    reason: str = ""
    passages: int = 0


@dataclass(frozen=True)
class Work:
    """A file that the new generation holds: read anew or copied from the one before.

    `reported` is the path in the report, None for a file that this run was not asked about.
    """

    how: Literal["read", "copy"]
    path: Path
    shown: str
    entry: FileEntry | None
    wanted: Source | None
    reported: str | None
    outcome: Outcome = "ingested"
    reason: str = ""


@dataclass(frozen=True)
class Before:
    """The index as it is: its manifest, whether its files can be read, whether its form is still ours."""

    manifest: Manifest | None = None
    intact: bool = True
    same_form: bool = True

    def entries(self) -> dict[Path, FileEntry]:
        return {Path(entry.path): entry for entry in self.manifest.files} if self.manifest else {}

    def source(self, entry: FileEntry | None) -> Source | None:
        return self.manifest.sources.get(entry.source_id) if self.manifest and entry else None


@dataclass
class Plan:
    """The files of the new generation in order, the files that get none, and the ones that leave."""

    works: list[Work] = field(default_factory=list[Work])
    refused: list[FileReport] = field(default_factory=list[FileReport])
    removed: list[FileEntry] = field(default_factory=list[FileEntry])

    @property
    def changes(self) -> bool:
        return bool(self.removed) or any(work.how == "read" for work in self.works)


def plan(
    found: Sequence[FoundFile], folders: Sequence[Path], wanted: Mapping[Path, Source], before: Before
) -> Plan:
    """What to do with the found files and with those that the collection already holds."""
    made = Plan()
    given = {file.path for file in found}
    # A source that now comes from another path has moved, as the built-in guides do with the program.
    moved = {source.id for path, source in wanted.items() if path in given}
    for path, entry in before.entries().items():
        if path in given:
            continue
        if entry.source_id in moved or any(path.is_relative_to(folder) for folder in folders):
            made.removed.append(entry)
        else:
            _other(made, path, entry, before)
    for file in found:
        _given(made, file, before.entries().get(file.path), wanted.get(file.path), before)
    return made


def _given(
    made: Plan, file: FoundFile, entry: FileEntry | None, wanted: Source | None, before: Before
) -> None:
    if (readable := _readable(file.given)) != file.given:
        # Neither the manifest nor a citation could hold such a name.
        made.refused.append(FileReport(readable, "rejected", "its name is not valid UTF-8: rename the file"))
        return
    loaded = load(file.path)
    if isinstance(loaded, Refused):
        if entry is None or not before.intact:
            made.refused.append(FileReport(file.given, loaded.outcome, loaded.reason))
        else:
            reason = f"{loaded.reason}; the version ingested before stays"
            made.works.append(
                Work("copy", file.path, entry.shown, entry, None, file.given, loaded.outcome, reason)
            )
        return
    described = wanted is None or wanted == before.source(entry)
    same = entry is not None and entry.sha256 == loaded.sha256 and described
    if same and before.intact and before.same_form:
        made.works.append(Work("copy", file.path, file.shown, entry, wanted, file.given, "unchanged"))
    else:
        made.works.append(Work("read", file.path, file.shown, entry, wanted, file.given))


def _readable(name: str) -> str:
    """A file name as text: bytes that are no UTF-8 become question marks."""
    return name.encode("utf-8", "replace").decode("utf-8")


def _other(made: Plan, path: Path, entry: FileEntry, before: Before) -> None:
    """A file of the collection that this run was not asked about: it stays as it is, if it can."""
    if before.intact and before.same_form:
        made.works.append(Work("copy", path, entry.shown, entry, None, None))
        return
    loaded = load(path)
    if isinstance(loaded, Document) and loaded.sha256 == entry.sha256:
        made.works.append(Work("read", path, entry.shown, entry, None, None))
    elif before.intact:
        made.works.append(Work("copy", path, entry.shown, entry, None, None))
    else:
        made.removed.append(entry)
        reason = "its passages were damaged with the index, and the file is gone or changed: ingest it again"
        made.refused.append(FileReport(entry.path, "rejected", reason))


def source_of(work: Work, document: Document, before: Before, taken: set[str]) -> Source:
    """The registry entry of a file that is read: the one given, the one it had, or one of its own."""
    if work.wanted:
        return work.wanted
    title = title_of(document.text, document.format) or _spoken(work.path.stem)
    if (had := before.source(work.entry)) is not None:
        return had.model_copy(update={"title": title}) if had.publisher == UNKNOWN else had
    return Source(
        id=_free(slug(work.path.stem), taken), title=title, publisher=UNKNOWN, sells=UNKNOWN, digest=False
    )


def _free(name: str, taken: set[str]) -> str:
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}-{number}"
    return free


def _spoken(stem: str) -> str:
    """A file name as a title: `rate_card-2026` becomes `Rate card 2026`."""
    words = re.sub(r"[\s_-]+", " ", stem).strip() or stem
    return words[:1].upper() + words[1:]
