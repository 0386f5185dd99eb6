"""An index is whole after whatever goes wrong: kills, two writers, full and read-only disks, damage."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from pathlib import Path

import pytest

from advisor.errors import IndexBusy, IndexDamaged, IndexForeign, KnowledgeError, StorageReadOnly
from advisor.testing.embedding import HashingEmbedder
from ingest.generations import Collection
from ingest.pipeline import Report, ingest_paths

UserContext = Callable[[], AbstractContextManager[None]]
Ingest = Callable[..., Report]
Found = Callable[..., str]

CHECKOUT = Path(__file__).parents[2]
CHILD = Path(__file__).with_name("ingest_child.py")


def current(root: Path) -> Path:
    return Collection(root, "guides").opened()


# Kills, locks and disks


def child(*arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(CHILD), *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


STAGES = [("read", 1), ("embed", 0), ("embed", 4), ("words", 0), ("publish", 0), ("publish", 1)]


def test_a_kill_at_any_stage_leaves_an_index_that_answers(
    found: Found, ingest: Ingest, index_root: Path, guides: Path, tmp_path: Path
):
    ingest()
    (guides / "new.md").write_text("# New\n\nKangaroos hop.\n")
    roots = {stage: tmp_path / f"{stage[0]}-{stage[1]}" for stage in STAGES}
    for copy in roots.values():
        shutil.copytree(index_root, copy)
    steps = [part for stage, copy in roots.items() for part in (*stage, copy)]
    out, errors = child("kill", guides, *steps).communicate()
    assert out.splitlines() == [f"{stage} {done} killed" for stage, done in STAGES], errors
    for stage, copy in roots.items():
        assert found(copy, "senior base"), stage
        swapped = stage == ("publish", 1)
        assert ("hop" in found(copy, "kangaroos")) is swapped, stage
        report = ingest_paths([guides], "guides", copy, HashingEmbedder())
        assert report.changed is not swapped, stage
        assert "hop" in found(copy, "kangaroos"), stage
        assert {path.name for path in (copy / "guides" / "generations").iterdir()} == {"1", "2"}, stage


def test_a_second_writer_is_told_and_readers_go_on(
    found: Found, ingest: Ingest, index_root: Path, guides: Path
):
    ingest()
    (guides / "new.md").write_text("# New\n\nKangaroos hop.\n")
    first = child("hold", guides, index_root)
    assert first.stdout is not None
    assert first.stdout.readline() == "holding\n"
    with pytest.raises(IndexBusy, match="Another process is writing") as refused:
        ingest()
    assert refused.value.retryable
    assert found(index_root, "senior base")
    assert "hop" not in found(index_root, "kangaroos")
    out, _ = first.communicate("go on\n")
    assert out == "done 2\n"
    assert "hop" in found(index_root, "kangaroos")
    assert ingest().changed is False


@pytest.mark.parametrize("size", [300, 100_000])  # the passages' file fails, then Chroma's database
def test_a_full_disk_is_said_and_nothing_is_lost(
    found: Found, size: int, ingest: Ingest, index_root: Path, guides: Path
):
    ingest()
    before = current(index_root)
    (guides / "new.md").write_text("# New\n\nKangaroos hop.\n")
    out, errors = child("fsize", size, guides, index_root).communicate()
    assert out.startswith("StorageFull The disk that holds "), out + errors
    assert "Traceback" not in errors
    assert current(index_root) == before
    assert found(index_root, "senior base")
    assert ingest().changed


def test_a_read_only_folder_is_said(
    found: Found, ingest: Ingest, index_root: Path, guides: Path, ordinary_user: UserContext
):
    index_root.mkdir(mode=0o555)
    with ordinary_user(), pytest.raises(StorageReadOnly, match="is read-only"):
        ingest()
    index_root.chmod(0o755)
    ingest()
    (guides / "new.md").write_text("# New\n\nKangaroos hop.\n")
    (index_root / "guides" / "generations").chmod(0o555)
    with ordinary_user(), pytest.raises(StorageReadOnly):
        ingest()
    (index_root / "guides" / "generations").chmod(0o755)
    assert found(index_root, "senior base")
    assert ingest().changed


# Damage


def damage_database(index: Path) -> None:
    (index / "chroma" / "chroma.sqlite3").write_bytes(b"garbage" * 1000)


def damage_pages(index: Path) -> None:
    with (index / "chroma" / "chroma.sqlite3").open("r+b") as file:
        file.seek(40_000)
        file.write(b"\xff" * 60_000)


def empty_database(index: Path) -> None:
    (index / "chroma" / "chroma.sqlite3").write_bytes(b"")


def drop_vectors(index: Path) -> None:
    with closing(sqlite3.connect(index / "chroma" / "chroma.sqlite3")) as database, database:
        database.execute("DELETE FROM collections")


def remove_vectors(index: Path) -> None:
    shutil.rmtree(index / "chroma")


def damage_words(index: Path) -> None:
    (index / "bm25" / "data.csc.index.npy").write_bytes(b"\x93NUMPY")


def cut_passages(index: Path) -> None:
    os.truncate(index / "passages.jsonl", 50)


def damage_rows(index: Path) -> None:
    (index / "rows.json").write_text("{}")


REPAIRABLE = [
    damage_database,
    damage_pages,
    empty_database,
    drop_vectors,
    remove_vectors,
    damage_words,
    cut_passages,
    damage_rows,
]


@pytest.mark.parametrize("damage", REPAIRABLE, ids=lambda damage: damage.__name__)
def test_a_damaged_index_is_said_and_another_ingest_repairs_it(
    found: Found,
    damage: Callable[[Path], None],
    ingest: Ingest,
    index_root: Path,
    guides: Path,
    capfd: pytest.CaptureFixture[str],
):
    ingest()
    damage(current(index_root))
    with pytest.raises(IndexDamaged, match="run `advisor ingest`"):
        found(index_root, "senior base")
    report = ingest(guides / "pay.md")  # the other file is read again too
    assert (report.passages, report.embedded) == (3, 3)
    assert found(index_root, "senior base")
    assert "notice" in found(index_root, "notice periods")
    assert "panicked" not in capfd.readouterr().err


def test_a_file_gone_from_a_damaged_index_is_said(ingest: Ingest, index_root: Path, guides: Path):
    ingest()
    cut_passages(current(index_root))
    (guides / "time.md").unlink()
    report = ingest(guides / "pay.md")
    assert report.removed == [str(guides / "time.md")]
    assert "ingest it again" in report.files[-1].reason


def corrupt_manifest(index_root: Path) -> None:
    (current(index_root) / "manifest.json").write_text('{"schema_version": 1')


def missing_manifest(index_root: Path) -> None:
    (current(index_root) / "manifest.json").unlink()


def odd_pointer(index_root: Path) -> None:
    (index_root / "guides" / "CURRENT").write_text("latest\n")


def pointer_to_nothing(index_root: Path) -> None:
    (index_root / "guides" / "CURRENT").write_text("99\n")


def other_program(index_root: Path) -> None:
    path = current(index_root) / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "program": "another"}))


def later_version(index_root: Path) -> None:
    path = current(index_root) / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "schema_version": 99}))


@pytest.mark.parametrize(
    ("damage", "error"),
    [
        (corrupt_manifest, IndexDamaged),
        (missing_manifest, IndexDamaged),
        (odd_pointer, IndexDamaged),
        (pointer_to_nothing, IndexDamaged),
        (other_program, IndexForeign),
        (later_version, IndexForeign),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_an_index_that_cannot_be_understood_is_left_alone(
    found: Found,
    damage: Callable[[Path], None],
    error: type[KnowledgeError],
    ingest: Ingest,
    index_root: Path,
):
    ingest()
    damage(index_root)
    with pytest.raises(error, match="Delete the folder"):
        found(index_root, "senior base")
    with pytest.raises(error, match="Delete the folder"):
        ingest()
    shutil.rmtree(index_root / "guides")  # what the message says
    assert ingest().generation == 1


def test_a_folder_that_is_no_index_is_left_alone(ingest: Ingest, index_root: Path):
    (index_root / "guides").mkdir(parents=True)
    (index_root / "guides" / "thesis.doc").write_text("precious")
    with pytest.raises(IndexForeign, match="holds files that are no index"):
        ingest()
    assert [path.name for path in (index_root / "guides").iterdir()] == ["thesis.doc"]


def test_a_failing_embedder_leaves_the_old_index(
    found: Found, ingest: Ingest, index_root: Path, guides: Path
):
    class Failing(HashingEmbedder):
        def embed(self, texts):
            raise OSError(5, "Input/output error")

    ingest()
    (guides / "new.md").write_text("# New\n\nKangaroos hop.\n")
    with pytest.raises(Exception, match="Input/output error"):
        ingest(embedder=Failing())
    assert [path.name for path in (index_root / "guides" / "generations").iterdir()] == ["1"]
    assert found(index_root, "senior base")
