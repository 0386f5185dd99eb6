"""Text → vectors with onnxruntime. Knows nothing of passages or indexes; see model_export for the model."""

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from advisor.adapters.model_export import DEFAULT_MODEL, Exported, exported, model_folder, model_name
from advisor.adapters.threads import limit_threads
from advisor.errors import ModelError
from advisor.ports.embedding import Vectors

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Encoding, Tokenizer

BATCH = 16  # texts a run: more only pads more on two cores
SLAB = 2048  # texts tokenized and sorted by length at once: bounds memory


class OnnxEmbedder:
    """Implements `ports.embedding.Embedder`. Building one does nothing; the first use loads the model.

    `cache` keeps the exported model, `model` is a name or folder of a sentence-transformers model,
    `threads` defaults to all cores. Raises ModelError or StorageError at the first use.
    """

    def __init__(
        self,
        cache: Path,
        model: str | Path | None = None,
        threads: int | None = None,
        progress: Callable[[str], None] | None = None,
    ) -> None:
        self._cache = Path(cache)
        self._model = model or DEFAULT_MODEL
        self._threads = threads
        self._progress = progress or (lambda _: None)

    @property
    def name(self) -> str:
        """Model and content hash; known without loading the model."""
        return self._name

    @cached_property
    def _name(self) -> str:
        return model_name(self._cache, self._model, model_folder(self._model))

    @property
    def dimensions(self) -> int:
        return self._exported.card.dimensions

    @property
    def window(self) -> int:
        return self._exported.card.window

    def count(self, text: str) -> int:
        return len(self._counting.encode(text).ids)

    def embed(self, texts: Sequence[str]) -> Vectors:
        vectors = np.empty((len(texts), self.dimensions), dtype=np.float32)
        for start in range(0, len(texts), SLAB):
            self._embed_slab(texts[start : start + SLAB], vectors[start : start + SLAB])
        return vectors

    def _embed_slab(self, texts: Sequence[str], into: Vectors) -> None:
        encodings = self._cutting.encode_batch(list(texts))
        # Texts of like length share a batch, so that little of it is padding.
        order = sorted(range(len(texts)), key=lambda index: len(encodings[index].ids))
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            into[batch] = self._run([encodings[index] for index in batch])

    def _run(self, batch: Sequence["Encoding"]) -> Vectors:
        longest = max(len(encoding.ids) for encoding in batch)
        shape = (len(batch), longest)
        fields = {
            "input_ids": np.full(shape, self._exported.card.pad_id, dtype=np.int64),
            "attention_mask": np.zeros(shape, dtype=np.int64),
            "token_type_ids": np.zeros(shape, dtype=np.int64),
        }
        for row, encoding in enumerate(batch):
            length = len(encoding.ids)
            fields["input_ids"][row, :length] = encoding.ids
            fields["attention_mask"][row, :length] = encoding.attention_mask
            fields["token_type_ids"][row, :length] = encoding.type_ids
        feeds = {name: fields[name] for name in self._exported.card.inputs}
        return np.asarray(self._session.run(["vectors"], feeds)[0], dtype=np.float32)

    @cached_property
    def _exported(self) -> Exported:
        return exported(self._cache, self._model, self._progress)

    @cached_property
    def _session(self) -> "InferenceSession":
        import onnxruntime
        from onnxruntime.capi.onnxruntime_pybind11_state import Fail, InvalidGraph, InvalidProtobuf

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = limit_threads(self._threads)
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        found = self._exported
        try:
            return onnxruntime.InferenceSession(str(found.onnx), options, providers=["CPUExecutionProvider"])
        except (Fail, InvalidGraph, InvalidProtobuf) as error:
            raise ModelError(
                f"The exported model in {found.folder} can't be run.", f"Delete {found.folder} and try again."
            ) from error

    @cached_property
    def _counting(self) -> "Tokenizer":
        return self._tokenizer(cut=False)

    @cached_property
    def _cutting(self) -> "Tokenizer":
        return self._tokenizer(cut=True)

    def _tokenizer(self, cut: bool) -> "Tokenizer":
        limit_threads(self._threads)
        from tokenizers import Tokenizer

        # The file may carry the truncation and padding of the model's training: both are ours to set.
        tokenizer = Tokenizer.from_file(str(self._exported.tokenizer))
        tokenizer.no_padding()
        tokenizer.no_truncation()
        if cut:
            tokenizer.enable_truncation(max_length=self.window)
        return tokenizer
