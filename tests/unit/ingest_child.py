"""Run by test_ingest_faults.py in a process of its own: an ingest that dies, stalls or runs out of disk.

python ingest_child.py kill FOLDER (STAGE DONE ROOT)...   SIGKILLs each when progress says STAGE, DONE
python ingest_child.py hold FOLDER ROOT                   says "holding" inside, then waits for a line
python ingest_child.py fsize BYTES FOLDER ROOT            no file may grow beyond BYTES
"""

import os
import resource
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from advisor.errors import AdvisorError
from advisor.testing.embedding import HashingEmbedder
from ingest.pipeline import ingest_paths

Progress = Callable[[str, int, int], None]


def dying(stage: str, done: int) -> Progress:
    def progress(now: str, number: int, _total: int) -> None:
        if (now, number) == (stage, done):
            os.kill(os.getpid(), signal.SIGKILL)

    return progress


def holding(stage: str, done: int, _total: int) -> None:
    if (stage, done) == ("words", 0):
        print("holding", flush=True)
        sys.stdin.readline()


def ingest(folder: str, root: str, progress: Progress | None = None) -> None:
    try:
        report = ingest_paths([folder], "guides", Path(root), HashingEmbedder(), progress=progress)
    except AdvisorError as error:
        print(type(error).__name__, error, flush=True)
    else:
        print("done", report.generation, flush=True)


def kill_each(folder: str, rest: list[str]) -> None:
    """Forks for each, so that the slow imports are paid once; prints how each ended."""
    import bm25s  # noqa: F401
    import chromadb  # noqa: F401

    for stage, done, root in zip(rest[::3], rest[1::3], rest[2::3], strict=True):
        process = os.fork()
        if process == 0:
            ingest(folder, root, dying(stage, int(done)))
            os._exit(0)
        _, status = os.waitpid(process, 0)
        print(stage, done, "killed" if os.WIFSIGNALED(status) else "lived", flush=True)


def main() -> None:
    match sys.argv[1:]:
        case ["kill", folder, *rest]:
            kill_each(folder, rest)
        case ["hold", folder, root]:
            ingest(folder, root, holding)
        case ["fsize", size, folder, root]:
            _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
            resource.setrlimit(resource.RLIMIT_FSIZE, (int(size), hard))
            ingest(folder, root)
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
