"""What `python -m evals.bench` measures, each imported only in the process that measures it."""

from collections.abc import Callable
from pathlib import Path

from evals.bench.rows import Row

MODELS = Path(".cache/models")


def startup() -> list[Row]:
    from evals.bench.startup import measure

    return measure(MODELS)


def turns() -> list[Row]:
    from evals.bench.turns import measure

    return measure(MODELS)


def ingest() -> list[Row]:
    from evals.bench.ingest import measure

    found = measure(MODELS)
    return [
        Row("ingest", "bare embedder", [found.bare_per_second], "passages/s", f"{found.passages} passages"),
        Row("ingest", "whole ingest", [found.ingest_per_second], "passages/s"),
        Row("ingest", "share of the bare speed", [100 * found.share], "%", "aim: 90 or more"),
        Row("ingest", "unchanged files again", [found.again_seconds], "s"),
        Row("ingest", "peak memory", [found.peak_megabytes], "MB"),
    ]


def reading() -> list[Row]:
    from evals.bench.reading import facts

    return facts()


def model() -> list[Row]:
    from evals.bench.model import measure

    return measure(MODELS)


def web() -> list[Row]:
    from evals.bench.web import measure

    return measure(MODELS)


PIECES: dict[str, Callable[[], list[Row]]] = {
    "startup": startup,
    "turns": turns,
    "ingest": ingest,
    "reading": reading,
    "model": model,
    "web": web,
}
