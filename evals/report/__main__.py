"""One run, or two case by case: `python -m evals.report A.json [B.json]`.

    python -m evals.report now.json                  its table
    python -m evals.report before.json now.json      what moved; which cases got worse, better or new
    python -m evals.report before.json now.json --html report.html

Files are those of `python -m evals` and of `python -m evals.gate --json`, whose verdict is shown too.
Exit 0: shown. 2: a file is no run.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from evals.results import Run, RunUnreadable, read_run

if TYPE_CHECKING:
    from evals.gate.verdict import Verdict


def main(arguments: list[str] | None = None) -> int:
    """Reads, compares and shows."""
    chosen = _parser().parse_args(arguments)
    try:
        files = [read(path) for path in (chosen.first, chosen.second) if path is not None]
    except RunUnreadable as error:
        print(error, file=sys.stderr)
        return 2
    from evals.report.compare import compare, known_differs
    from evals.report.html import write_html
    from evals.report.rows import known_metrics
    from evals.report.terminal import show

    run, verdict = files[-1]
    before = files[0][0] if len(files) > 1 else None
    comparison = before and compare(before, run, known_metrics(), known_differs(before, run))
    show(run, verdict, comparison)
    if chosen.html is not None:
        try:
            write_html(run, chosen.html, verdict, before)
        except OSError as error:
            print(f"{chosen.html} can't be written: {error.strerror}.", file=sys.stderr)
            return 2
        print(f"Written: {chosen.html}")
    return 0


def read(path: Path) -> "tuple[Run, Verdict | None]":
    """A run, and the verdict on it where the file is the gate's. Raises RunUnreadable."""
    from evals.gate.verdict import Verdict

    try:
        told = json.loads(path.read_text("utf-8"))
        if isinstance(told, dict) and told.keys() == {"run", "verdict"}:
            return Run.model_validate_json(json.dumps(told["run"])), Verdict.model_validate_json(
                json.dumps(told["verdict"])
            )
    except ValidationError as error:
        raise RunUnreadable(f"{path} is no run of the evals.", "Write one with: python -m evals") from error
    except (OSError, ValueError):
        pass  # read_run says what is wrong with it
    return read_run(path), None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m evals.report", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("first", type=Path, metavar="A.json", help="a run; the earlier of two")
    parser.add_argument("second", type=Path, metavar="B.json", nargs="?", help="the later run")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write the report there")
    return parser


if __name__ == "__main__":
    sys.exit(main())
