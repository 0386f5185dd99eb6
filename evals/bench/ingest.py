"""How fast ingest is beside the bare embedder on the same texts, and how much memory it takes.

    python -m evals.bench.ingest [--guides FOLDER] [--copies N] [--models CACHE]

`measure` is for `make bench`. The text is the guides in FOLDER if it is there, else the digests, in copies
that differ a little. Each round ingests into a new collection, so that no vector is taken over; the rounds
alternate, because a shared machine drifts.
"""

import argparse
import re
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from advisor.adapters.embedder import OnnxEmbedder
from advisor.ports.embedding import Embedder, Vectors
from corpus.catalog import digest_files, read_text
from ingest.generations import Collection
from ingest.index import OpenIndex
from ingest.pipeline import ingest_paths

SEEDS = Path("../shared/seeds")
ROUNDS = 5


@dataclass(frozen=True)
class IngestBench:
    """Passages a second, the median round of each.

    `share` is the part of ingest's time spent in the embedder, which is its share of the bare embedder's
    speed on a machine where nothing else runs; speeds of two rounds on a shared one can't be compared.

    `again_seconds` is a second run over the unchanged files, `peak_megabytes` the process's largest
    resident set, libraries and model included.
    """

    passages: int
    tokens: int
    bare_per_second: float
    ingest_per_second: float
    share: float
    again_seconds: float
    peak_megabytes: float

    def lines(self) -> list[str]:
        return [
            f"ingest: {self.passages} passages, {self.tokens} word pieces",
            f"  bare embedder      {self.bare_per_second:8.1f} passages/s",
            f"  whole ingest       {self.ingest_per_second:8.1f} passages/s, {self.share:.0%} of bare",
            f"  unchanged again    {self.again_seconds:8.2f} s",
            f"  peak memory        {self.peak_megabytes:8.0f} MB",
        ]


def measure(models: Path, guides: Path | None = None, copies: int = 4) -> IngestBench:
    """Ingests the texts into a fresh index and embeds the same passages bare, in turn."""
    embedder = OnnxEmbedder(models, progress=lambda words: print(words, file=sys.stderr))
    embedder.embed(["load the model first"])
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "texts"
        folder.mkdir()
        _write_texts(folder, guides, copies)
        ingest_paths([folder], "warm", Path(temporary), embedder)  # imports and file caches are not measured
        index = OpenIndex(Collection(Path(temporary), "warm").opened())
        texts = [passage.text for passage in index.passages.stream()]
        bare: list[float] = []
        whole: list[float] = []
        shares: list[float] = []
        for number in range(ROUNDS):
            started = time.perf_counter()
            embedder.embed(texts)
            bare.append(len(texts) / (time.perf_counter() - started))
            timed = _Timed(embedder)
            report = ingest_paths([folder], f"round-{number}", Path(temporary), timed)
            whole.append(report.passages / report.seconds)
            shares.append(timed.seconds / report.seconds)
        again = ingest_paths([folder], "warm", Path(temporary), embedder)
        index.close()
        return IngestBench(
            passages=len(texts),
            tokens=sum(embedder.count(text) for text in texts),
            bare_per_second=statistics.median(bare),
            ingest_per_second=statistics.median(whole),
            share=statistics.median(shares),
            again_seconds=again.seconds,
            peak_megabytes=_peak_megabytes(),
        )


class _Timed:
    """An embedder that notes the seconds spent in `embed`."""

    def __init__(self, inner: Embedder) -> None:
        self._inner = inner
        self.name, self.dimensions, self.window, self.count = (
            inner.name,
            inner.dimensions,
            inner.window,
            inner.count,
        )
        self.seconds = 0.0

    def embed(self, texts: Sequence[str]) -> Vectors:
        started = time.perf_counter()
        vectors = self._inner.embed(texts)
        self.seconds += time.perf_counter() - started
        return vectors


def _write_texts(folder: Path, guides: Path | None, copies: int) -> None:
    found = sorted(guides.glob("*.txt")) if guides and guides.is_dir() else []
    texts = {path.name: path.read_text(encoding="utf-8") for path in found}
    texts = texts or {Path(name).name: read_text(name) for name in digest_files().values()}
    for copy in range(copies):
        for name, text in texts.items():
            (folder / f"{copy}-{name}").write_text(_varied(text, copy), encoding="utf-8")


def _varied(text: str, copy: int) -> str:
    """The same text with other words in it."""
    words: Sequence[str] = ("engineer", "specialist", "developer", "colleague", "expert", "person")
    return re.sub(r"\bengineer\b", words[copy % len(words)] + (f" {copy}" if copy else ""), text)


def _peak_megabytes() -> float:
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size / 1_000_000 if sys.platform == "darwin" else size / 1_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--guides", type=Path, default=SEEDS)
    parser.add_argument("--copies", type=int, default=4)
    parser.add_argument("--models", type=Path, default=Path(".cache/models"))
    chosen = parser.parse_args()
    print("\n".join(measure(chosen.models, chosen.guides, chosen.copies).lines()))


if __name__ == "__main__":
    main()
