"""What only the index on disk has to do: stay lazy, follow new generations, serve several collections."""

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from advisor.adapters.chroma_evidence import ChromaEvidence
from advisor.domain.evidence import Hit
from advisor.errors import IndexMissing
from advisor.testing.embedding import HashingEmbedder
from ingest.generations import Collection
from ingest.pipeline import Report, ingest_paths

Ingest = Callable[..., Report]

CHECKOUT = Path(__file__).parents[2]


def test_building_one_imports_nothing_heavy_and_reads_no_index(tmp_path: Path):
    script = (
        "import sys; from pathlib import Path\n"
        "from advisor.adapters.chroma_evidence import ChromaEvidence\n"
        "from advisor.adapters.embedder import OnnxEmbedder\n"
        "ChromaEvidence(Path('none'), OnnxEmbedder(Path('none')))\n"
        "import ingest.pipeline\n"
        "heavy = {'chromadb', 'torch', 'sentence_transformers', 'onnxruntime', 'tokenizers', 'bm25s', "
        "'transformers', 'huggingface_hub', 'scipy', 'sklearn', 'charset_normalizer', 'rapidfuzz'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={"PYTHONPATH": str(CHECKOUT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "[]\n"
    assert list(tmp_path.iterdir()) == []


def test_without_an_index_it_says_so(index_root: Path, hashing: HashingEmbedder):
    evidence = ChromaEvidence(index_root, hashing)
    for ask in (lambda: evidence.search("x"), lambda: evidence.passages(["x"]), evidence.sources):
        with pytest.raises(IndexMissing, match="Run `advisor ingest`"):
            ask()
    with pytest.raises(IndexMissing, match="collection 'guides' has no index"):
        ChromaEvidence(index_root, hashing, names=["guides"]).sources()


def test_a_new_generation_is_picked_up(
    ingest: Ingest, index_root: Path, guides: Path, hashing: HashingEmbedder
):
    ingest()
    evidence = ChromaEvidence(index_root, hashing)
    assert "hop" not in "".join(hit.text for hit in evidence.search("kangaroos"))
    for number in range(3):
        (guides / "new.md").write_text(f"# New\n\nKangaroos hop {number} times.\n")
        ingest()
        assert evidence.search("kangaroos", 1)[0].text == f"New\nKangaroos hop {number} times."
    evidence.close()
    assert evidence.search("kangaroos", 1)


def test_a_generation_that_went_while_it_was_opened_is_no_damage(
    ingest: Ingest, index_root: Path, guides: Path, hashing: HashingEmbedder, monkeypatch: pytest.MonkeyPatch
):
    ingest()
    stale = Collection(index_root, "guides").opened()
    for number in range(2):
        (guides / "new.md").write_text(f"# New\n\nKangaroos hop {number} times.\n")
        ingest()
    fresh = Collection.opened
    answers = [stale]  # the pointer as it was read just before two ingests ended
    monkeypatch.setattr(Collection, "opened", lambda self: answers.pop() if answers else fresh(self))
    assert ChromaEvidence(index_root, hashing).search("kangaroos", 1)


def test_several_collections_are_one_corpus(
    ingest: Ingest, index_root: Path, tmp_path: Path, hashing: HashingEmbedder
):
    ingest()
    notes = tmp_path / "notes.md"
    notes.write_text("# Notes\n\n## Animals\n\nKangaroos hop while senior engineers walk.\n")
    evidence = ChromaEvidence(index_root, hashing)
    ingest_paths([notes], "own", index_root, hashing)
    assert set(evidence.sources()) == {"pay", "time", "notes"}
    assert {hit.source_id for hit in evidence.search("senior kangaroos")} >= {"pay", "notes"}
    assert {hit.source_id for hit in evidence.search("senior kangaroos", sources="own")} == {"notes"}
    assert {hit.source_id for hit in evidence.search("senior kangaroos", sources=["guides"])} <= {
        "pay",
        "time",
    }
    assert set(evidence.passages(["notes/animals/text-1", "pay/bands/row-1"])) == {
        "notes/animals/text-1",
        "pay/bands/row-1",
    }
    only = ChromaEvidence(index_root, hashing, names=["own"])
    assert set(only.sources()) == {"notes"}
    evidence.close()


def test_threads_take_turns_while_the_index_changes(
    ingest: Ingest, index_root: Path, guides: Path, hashing: HashingEmbedder
):
    ingest()
    evidence = ChromaEvidence(index_root, hashing)
    done = threading.Event()
    answers: list[list[Hit]] = []
    failures: list[BaseException] = []

    def read() -> None:
        try:
            while not done.is_set():
                answers.append(evidence.search("senior base", 1))
        except BaseException as error:
            failures.append(error)
            raise

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for number in range(4):
        (guides / "time.md").write_text(f"# Time\n\n## Other\n\nRevision {number}.\n")
        ingest()
    done.set()
    for reader in readers:
        reader.join()
    assert failures == []
    assert len(answers) > 4
    assert {hits[0].passage_id for hits in answers} == {"pay/bands/row-1"}
