"""An index grows with its files: what is taken in, kept, replaced and let go."""

import json
import os
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np
import pytest

from advisor.domain.evidence import Source
from advisor.errors import BadPath, IndexForeign, IndexMissing, InputError
from advisor.testing.embedding import HashingEmbedder
from ingest import chunk
from ingest.generations import Collection
from ingest.index import OpenIndex
from ingest.manifest import read_manifest
from ingest.pipeline import Report, ingest_paths, is_current

UserContext = Callable[[], AbstractContextManager[None]]
Ingest = Callable[..., Report]
Found = Callable[..., str]


def current(root: Path) -> Path:
    return Collection(root, "guides").opened()


def outcomes(report: Report) -> dict[str, str]:
    return {Path(file.path).name: file.outcome for file in report.files}


def edit(path: Path, old: str, new: str) -> None:
    path.write_text(path.read_text().replace(old, new))


# What an ordinary run does


def test_a_first_run_ingests_all_and_the_index_answers(
    found: Found, ingest: Ingest, index_root: Path, guides: Path
):
    report = ingest()
    assert report.to_json() == {
        "collection": "guides",
        "generation": 1,
        "changed": True,
        "files": [
            {"path": str(guides / "pay.md"), "outcome": "ingested", "reason": "", "passages": 2},
            {"path": str(guides / "time.md"), "outcome": "ingested", "reason": "", "passages": 1},
        ],
        "removed": [],
        "passages": 3,
        "embedded": 3,
        "reused": 0,
        "seconds": round(report.seconds, 3),
    }
    json.dumps(report.to_json())
    assert found(index_root, "senior base") == "Pay › Bands\nLevel: Senior | Base: $180K"


def test_the_manifest_says_what_the_index_was_made_of(ingest: Ingest, index_root: Path, guides: Path):
    ingest()
    manifest = read_manifest(current(index_root))
    assert (manifest.embedder.name, manifest.embedder.dimensions) == ("hashing@1", 64)
    assert manifest.chunker == chunk.VERSION
    assert [(Path(entry.path), entry.shown, entry.passages, entry.first) for entry in manifest.files] == [
        (guides / "pay.md", "guides/pay.md", 2, 0),
        (guides / "time.md", "guides/time.md", 1, 2),
    ]
    pay = manifest.sources["pay"]
    assert (pay.title, pay.publisher, pay.sells, pay.digest) == ("Pay", "unknown", "unknown", False)


def test_an_unchanged_run_does_nothing_and_says_so(
    ingest: Ingest, index_root: Path, hashing: HashingEmbedder
):
    ingest()
    before = sorted((path, path.stat().st_mtime_ns) for path in current(index_root).glob("*.json*"))
    embedded = hashing.embedded
    report = ingest()
    assert (report.changed, report.generation, report.embedded, report.reused) == (False, 1, 0, 3)
    assert outcomes(report) == {"pay.md": "unchanged", "time.md": "unchanged"}
    assert [file.passages for file in report.files] == [2, 1]
    assert hashing.embedded == embedded
    assert sorted((path, path.stat().st_mtime_ns) for path in current(index_root).glob("*.json*")) == before


def test_only_what_changed_is_embedded_again(found: Found, ingest: Ingest, index_root: Path, guides: Path):
    ingest()
    edit(guides / "pay.md", "$150K", "$155K")
    report = ingest()
    assert (report.generation, report.embedded, report.reused) == (2, 1, 2)
    assert outcomes(report) == {"pay.md": "ingested", "time.md": "unchanged"}
    assert "$155K" in found(index_root, "Mid base")
    assert "$150K" not in found(index_root, "Mid base $150K")


def test_vectors_taken_over_are_the_same(
    ingest: Ingest, index_root: Path, guides: Path, hashing: HashingEmbedder
):
    ingest()
    (guides / "more.md").write_text("# More\n\nSomething else.\n")
    ingest()
    index = OpenIndex(current(index_root))
    for passage in index.passages.stream():
        assert np.allclose(index.vectors.get([passage.id]), hashing.embed([passage.text]), atol=1e-6)
    index.close()


def test_other_files_stay_and_vanished_ones_leave(
    found: Found, ingest: Ingest, index_root: Path, guides: Path, tmp_path: Path
):
    ingest()
    other = tmp_path / "elsewhere.txt"
    other.write_text("Notes of a hiring manager about notebooks.")
    assert ingest(other).passages == 4
    (guides / "time.md").unlink()
    report = ingest()
    assert report.removed == [str(guides / "time.md")]
    assert {Path(entry.path).name for entry in read_manifest(current(index_root)).files} == {
        "elsewhere.txt",
        "pay.md",
    }
    assert "notice" not in found(index_root, "notice periods 90 days")


def test_a_moved_file_keeps_its_source_id(ingest: Ingest, index_root: Path, guides: Path):
    ingest()
    (guides / "deep").mkdir()
    (guides / "time.md").rename(guides / "deep" / "time.md")
    report = ingest()
    assert (report.embedded, report.reused) == (0, 3)
    assert set(read_manifest(current(index_root)).sources) == {"pay", "time"}


def test_files_of_one_name_get_sources_of_their_own(
    ingest: Ingest, index_root: Path, guides: Path, hashing: HashingEmbedder
):
    (guides / "b").mkdir()
    shutil.copy(guides / "pay.md", guides / "b" / "pay.md")
    ingest()
    assert set(read_manifest(current(index_root)).sources) == {"pay", "pay-2", "time"}
    ingest_paths([guides / "time.md"], "second", index_root, hashing)
    assert set(read_manifest(Collection(index_root, "second").opened()).sources) == {"time-2"}


def test_the_same_content_under_two_paths_is_taken_in_twice(
    ingest: Ingest, index_root: Path, guides: Path, tmp_path: Path
):
    ingest()
    for folder in ("copy", "copy-of-copy"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "pay.md").write_text((guides / "pay.md").read_text())
    report = ingest(tmp_path / "copy", tmp_path / "copy-of-copy")
    assert [file.outcome for file in report.files] == ["ingested", "ingested"]
    assert ingest(tmp_path / "copy").changed is False


def test_a_given_source_is_kept_and_a_changed_one_is_taken_over(
    ingest: Ingest, index_root: Path, guides: Path
):
    source = Source(id="acme", title="Acme’s pay", publisher="Acme", sells="hats", digest=True)
    ingest(sources={guides / "pay.md": source})
    assert read_manifest(current(index_root)).sources["acme"] == source
    assert ingest().changed is False
    again = ingest(sources={guides / "pay.md": source.model_copy(update={"sells": "shoes"})})
    assert (again.changed, again.embedded) == (True, 0)
    assert read_manifest(current(index_root)).sources["acme"].sells == "shoes"
    with pytest.raises(InputError, match="Two files have the same source id"):
        ingest(sources={guides / "pay.md": source, guides / "time.md": source})
    assert read_manifest(current(index_root)).sources["acme"].sells == "shoes"


def test_a_source_that_moved_takes_its_passages_along(ingest: Ingest, index_root: Path, guides: Path):
    source = Source(id="acme", title="Acme’s pay", publisher="Acme", sells="hats", digest=True)
    ingest(guides / "pay.md", sources={guides / "pay.md": source})
    elsewhere = guides.with_name("elsewhere")
    guides.rename(elsewhere)
    report = ingest(elsewhere / "pay.md", sources={elsewhere / "pay.md": source})
    assert (report.passages, report.embedded, report.removed) == (2, 0, [str(guides / "pay.md")])
    assert set(read_manifest(current(index_root)).sources) == {"acme"}


def test_the_corpus_hash_depends_on_content_alone(
    ingest: Ingest, index_root: Path, guides: Path, tmp_path: Path
):
    ingest()
    first = read_manifest(current(index_root)).corpus_hash
    moved = tmp_path / "moved"
    shutil.copytree(guides, moved)
    ingest_paths([moved], "other", index_root, HashingEmbedder())
    assert read_manifest(Collection(index_root, "other").opened()).corpus_hash == first
    edit(guides / "pay.md", "Mid", "Middle")
    ingest()
    assert read_manifest(current(index_root)).corpus_hash != first


def test_another_embedder_or_chunker_builds_it_anew(
    found: Found, ingest: Ingest, index_root: Path, guides: Path, monkeypatch: pytest.MonkeyPatch
):
    ingest()
    other = HashingEmbedder("other@2", dimensions=32)
    with pytest.raises(IndexForeign, match="was made with the embedding model hashing@1, not with other@2"):
        found(index_root, "senior", other)
    report = ingest(guides / "pay.md", embedder=other)
    assert (report.embedded, report.reused) == (3, 0)
    assert found(index_root, "senior base", other)
    monkeypatch.setattr(chunk, "VERSION", "2")
    assert not is_current([guides], "guides", index_root, other.name)
    assert ingest(embedder=other).changed


def test_current_is_told_without_building(
    ingest: Ingest, index_root: Path, guides: Path, hashing: HashingEmbedder
):
    assert is_current([guides], "guides", index_root, hashing.name) is False
    ingest()
    assert is_current([guides], "guides", index_root, hashing.name)
    assert not is_current([guides], "guides", index_root, "another@1")
    edit(guides / "time.md", "90", "91")
    assert not is_current([guides], "guides", index_root, hashing.name)


def test_old_generations_go_but_the_one_before_stays(ingest: Ingest, index_root: Path, guides: Path):
    for number in range(4):
        edit(guides / "time.md", "periods", f"periods {number}")
        ingest()
    assert sorted(path.name for path in (index_root / "guides" / "generations").iterdir()) == ["3", "4"]


def test_progress_tells_stages_in_order(ingest: Ingest):
    told: list[tuple[str, int, int]] = []
    ingest(progress=lambda *step: told.append(step))
    assert list(dict.fromkeys(stage for stage, _, _ in told)) == ["read", "embed", "words", "publish"]
    assert told[-1] == ("publish", 1, 1)
    assert all(done <= total for _, done, total in told)


# Files that are no use


def test_bad_files_are_reported_and_the_rest_goes_on(
    ingest: Ingest, guides: Path, ordinary_user: UserContext
):
    (guides / "image.md").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20)
    (guides / "sheet.xlsx").write_bytes(b"PK")
    (guides / "empty.md").write_text("\n")
    (guides / "secret.md").write_text("secret")
    (guides / "secret.md").chmod(0)
    with ordinary_user():
        report = ingest()
    assert outcomes(report) == {
        "pay.md": "ingested",
        "time.md": "ingested",
        "image.md": "rejected",
        "sheet.xlsx": "unsupported",
        "empty.md": "rejected",
        "secret.md": "rejected",
    }
    assert all(file.reason for file in report.files if file.outcome in ("rejected", "unsupported"))


def test_a_file_gone_bad_keeps_what_was_ingested(
    found: Found, ingest: Ingest, index_root: Path, guides: Path
):
    ingest()
    (guides / "time.md").write_bytes(bytes(range(256)) * 20)
    report = ingest()
    assert outcomes(report)["time.md"] == "rejected"
    assert "the version ingested before stays" in report.files[-1].reason
    assert "notice" in found(index_root, "notice periods")


def test_a_name_that_is_no_text_is_reported(ingest: Ingest, guides: Path):
    Path(os.fsdecode(os.fsencode(guides) + b"/caf\xe9.md")).write_text("# Cafe\n\nSome text.\n")
    outcomes = {file.path.rsplit("/", 1)[-1]: file.outcome for file in ingest().files}
    assert outcomes == {"pay.md": "ingested", "time.md": "ingested", "caf?.md": "rejected"}


def test_an_empty_folder_makes_no_index(found: Found, ingest: Ingest, index_root: Path, tmp_path: Path):
    empty = tmp_path / "empty"
    empty.mkdir()
    report = ingest(empty)
    assert (report.generation, report.files, report.changed) == (0, [], False)
    with pytest.raises(IndexMissing):
        found(index_root, "anything")


def test_a_collection_can_become_empty(found: Found, ingest: Ingest, index_root: Path, guides: Path):
    ingest()
    for path in guides.iterdir():
        path.unlink()
    assert ingest().passages == 0
    assert found(index_root, "senior") == ""


def test_a_path_that_is_not_there_stops_before_anything_is_written(
    ingest: Ingest, index_root: Path, guides: Path
):
    with pytest.raises(BadPath):
        ingest(guides, guides / "nowhere.md")
    assert not index_root.exists()


@pytest.mark.parametrize("name", ["", "../up", "a/b", ".hidden", "x" * 65])
def test_odd_collection_names_are_refused(
    name: str, index_root: Path, guides: Path, hashing: HashingEmbedder
):
    with pytest.raises(InputError):
        ingest_paths([guides], name, index_root, hashing)
    assert not index_root.exists()
