"""`advisor ingest`: documents into a collection, with a bar while it works and a line for each file."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from advisor.interfaces.cli_errors import DONE, NO
from advisor.interfaces.cli_output import Screen, is_terminal, printable
from ingest.index import Progress

STAGES = {
    "read": "Reading",
    "embed": "Embedding",
    "words": "Indexing words",
    "publish": "Putting the index in place",
}
REFUSED = ("rejected", "unsupported")


def ingest(paths: Sequence[str], collection: str, screen: Screen) -> int:
    """Brings the files in and reports on each; exit code 1 when one was refused."""
    from advisor.assembly import Workshop
    from advisor.settings import load_settings
    from ingest.pipeline import ingest_paths

    settings = load_settings()
    workshop = Workshop(settings, screen.notice)
    with _told(screen) as progress:
        done = ingest_paths(paths, collection, settings.index, workshop.embedder, progress=progress)
    report = done.to_json()
    if screen.as_json:
        screen.json(report)
    else:
        from advisor.interfaces.cli_show import show_report

        show_report(report, screen)
    return NO if _refused(report) else DONE


def _refused(report: dict[str, Any]) -> bool:
    return any(file["outcome"] in REFUSED for file in report["files"])


@contextmanager
def _told(screen: Screen) -> Iterator[Progress]:
    """A bar on a terminal, a line for each stage elsewhere; both on stderr."""
    import sys

    if not is_terminal(sys.stderr):
        yield _Lines(screen)
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bars(*columns, console=screen.err, transient=True) as bars:
        tasks: dict[str, Any] = {}

        def tell(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(printable(STAGES.get(stage, stage)), total=total)
            bars.update(tasks[stage], completed=done, total=total)

        yield tell


class _Lines:
    """Says each stage once, when it begins."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._said: set[str] = set()

    def __call__(self, stage: str, done: int, total: int) -> None:
        if stage not in self._said:
            self._said.add(stage)
            self._screen.notice(f"{STAGES.get(stage, stage)} ({total})")
