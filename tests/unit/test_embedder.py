"""The real embedder: agrees with sentence-transformers, survives a damaged cache, says what it lacks."""

import os
import shutil
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np
import pytest

from advisor.adapters import model_export
from advisor.adapters.embedder import OnnxEmbedder
from advisor.adapters.model_export import DEFAULT_MODEL, model_folder
from advisor.adapters.threads import cores
from advisor.errors import ModelError, StorageReadOnly
from advisor.testing.embedding import HashingEmbedder

UserContext = Callable[[], AbstractContextManager[None]]

SAMPLES = [
    "How many days until a new engineer starts?",
    "Between 90 and 120 days.",
    "",
    "Ünïcödé, 日本語 and 👍 in one line",
    "word " * 700,  # far more than the window
    "$180K–280K base",
]


@pytest.fixture(scope="module")
def expected() -> np.ndarray:
    """What sentence-transformers itself makes of the samples."""
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(model_folder(DEFAULT_MODEL)), device="cpu", local_files_only=True)
    return np.asarray(model.encode(SAMPLES, normalize_embeddings=True))


def test_it_agrees_with_sentence_transformers(real_embedder: OnnxEmbedder, expected: np.ndarray):
    found = real_embedder.embed(SAMPLES)
    assert found.dtype == np.float32
    assert found.shape == (len(SAMPLES), real_embedder.dimensions) == (6, 384)
    assert np.abs(found - expected).max() < 1e-5


def test_order_and_company_do_not_matter(real_embedder: OnnxEmbedder):
    many = [f"sentence {number} " + "long " * (number % 50) for number in range(70)]
    together = real_embedder.embed(many)
    for number in (0, 33, 69):
        assert np.abs(real_embedder.embed([many[number]])[0] - together[number]).max() < 1e-5
    assert np.allclose(np.linalg.norm(together, axis=1), 1.0, atol=1e-5)


def test_count_includes_the_special_pieces_and_does_not_stop_at_the_window(real_embedder: OnnxEmbedder):
    assert real_embedder.window == 256
    assert real_embedder.count("hire") == 3
    assert real_embedder.count("word " * 700) == 702


def test_nothing_to_embed_gives_an_empty_array(real_embedder: OnnxEmbedder):
    assert real_embedder.embed([]).shape == (0, 384)


def test_the_name_carries_model_and_content(real_embedder: OnnxEmbedder, tmp_path: Path):
    name, _, content = real_embedder.name.partition("@")
    assert name == DEFAULT_MODEL
    assert len(content) == 12
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(b"weights")
    names = [OnnxEmbedder(tmp_path / "cache", folder).name for _ in range(2)]
    assert names[0] == names[1]
    assert names[0].startswith("mine@")
    (folder / "model.safetensors").write_bytes(b"other weights")
    assert OnnxEmbedder(tmp_path / "cache", folder).name != names[0]


def test_a_cached_model_is_used_as_it_is(model_cache: Path, monkeypatch: pytest.MonkeyPatch):
    OnnxEmbedder(model_cache).embed(["exported before this"])
    monkeypatch.setattr(model_export, "_export", None)
    assert OnnxEmbedder(model_cache).embed(["x"]).shape == (1, 384)


@pytest.mark.parametrize(
    "damage", ["truncated: model.onnx", "flipped: model.onnx", "no: card.json", "no: tokenizer.json"]
)
def test_a_damaged_cache_is_made_again(
    damage: str,
    tmp_path: Path,
    model_cache: Path,
    real_embedder: OnnxEmbedder,
    monkeypatch: pytest.MonkeyPatch,
):
    real_embedder.embed(["exported before this"])
    folder = real_embedder.name.replace("@", "-")
    good, broken = model_cache / folder, tmp_path / folder
    broken.mkdir()
    for file in good.iterdir():
        if file.name != damage.partition(": ")[2]:
            os.symlink(file, broken / file.name)
    onnx = (good / "model.onnx").read_bytes()
    if damage.startswith("truncated"):
        (broken / "model.onnx").write_bytes(onnx[: len(onnx) // 2])
    if damage.startswith("flipped"):
        (broken / "model.onnx").write_bytes(onnx[:50_000_000] + b"\xff" * 8 + onnx[50_000_008:])
    exports: list[str] = []

    def export(_source: Path, name: str, to: Path) -> None:  # the real one takes ten seconds
        exports.append(name)
        for file in good.iterdir():
            os.symlink(file, to / file.name)

    monkeypatch.setattr(model_export, "_export", export)
    told: list[str] = []
    found = OnnxEmbedder(tmp_path, progress=told.append).embed(["hire"])
    assert exports == [real_embedder.name]
    assert len(told) == 1
    assert np.array_equal(found, real_embedder.embed(["hire"]))
    assert sorted(path.name for path in tmp_path.iterdir()) == [folder, f"{DEFAULT_MODEL}.hash.json"]


def test_a_failed_export_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def export(_source: Path, _name: str, to: Path) -> None:
        (to / "model.onnx").write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(model_export, "_export", export)
    with pytest.raises(Exception, match="full"):
        OnnxEmbedder(tmp_path).embed(["x"])
    assert [path.name for path in tmp_path.iterdir()] == [f"{DEFAULT_MODEL}.hash.json"]


def test_a_cache_that_cannot_be_written_is_said(tmp_path: Path, ordinary_user: UserContext):
    cache = tmp_path / "cache"
    cache.mkdir(mode=0o555)
    with ordinary_user(), pytest.raises(StorageReadOnly):
        OnnxEmbedder(cache).embed(["x"])


def test_a_model_that_is_not_there_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(ModelError, match="holds no model"):
        _ = OnnxEmbedder(tmp_path, empty).name
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ModelError, match="neither as a folder nor on the model hub"):
        _ = OnnxEmbedder(tmp_path, "nobody/no-such-model").name
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(ModelError, match="pip install"):
        _ = OnnxEmbedder(tmp_path).name


def test_a_model_that_cannot_be_loaded_is_said(tmp_path: Path):
    folder = tmp_path / "broken"
    shutil.copytree(model_folder(DEFAULT_MODEL), folder, ignore=shutil.ignore_patterns("*.safetensors"))
    (folder / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(ModelError, match="can't be loaded"):
        OnnxEmbedder(tmp_path / "cache", folder).embed(["x"])


def test_building_one_does_nothing(tmp_path: Path):
    OnnxEmbedder(tmp_path / "none", "nobody/no-such-model")
    assert list(tmp_path.iterdir()) == []


def test_threads_are_all_cores_unless_said_otherwise():
    assert cores() >= 1
    assert cores(3) == 3


def test_it_can_be_used_from_other_threads(real_embedder: OnnxEmbedder):
    found: list[np.ndarray] = []
    threads = [
        threading.Thread(target=lambda: found.append(real_embedder.embed(["the same text"])))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert all(np.abs(vectors - found[0]).max() < 1e-6 for vectors in found)


def test_the_hashing_embedder_keeps_the_same_promises(hashing: HashingEmbedder):
    found = hashing.embed(["hire an engineer", "hire an engineer", "bake bread", ""])
    assert found.shape == (4, hashing.dimensions)
    assert found.dtype == np.float32
    assert np.allclose(np.linalg.norm(found, axis=1), 1.0)
    assert np.array_equal(found[0], found[1])
    assert found[0] @ found[2] < 0.9
    assert hashing.count("hire an engineer") == 5
