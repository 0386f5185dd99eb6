"""Measures the product: `python -m evals` (make evals).

    python -m evals                        all cases; table, JSON and HTML report
    python -m evals --fast --only safety   the gate's cases of one section

The numbers stand beside the committed baseline; nothing fails here, see `python -m evals.gate` for that.
Exit 0: measured. 1: a section could not be measured. 2: nothing could.
"""

import argparse
import sys
from pathlib import Path

OUT = Path(__file__).parents[1] / ".cache" / "evals"


def main(arguments: list[str] | None = None) -> int:
    """Runs, writes and shows."""
    from evals.faults import told

    chosen = _parser().parse_args(arguments)
    try:
        return _measure(chosen)
    except KeyboardInterrupt:
        print("Stopped. Nothing was written.", file=sys.stderr)
        return 130
    except Exception as error:  # noqa: BLE001  the face: no traceback reaches a user
        print(told(error), file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m evals", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--fast", action="store_true", help="the gate's cases alone")
    parser.add_argument("--only", nargs="+", metavar="SECTION", help="these sections alone")
    parser.add_argument("--out", type=Path, default=OUT, help="where run.json and report.html go")
    return parser


def _measure(chosen: argparse.Namespace) -> int:
    from evals.gate.baseline import load_baseline
    from evals.gate.judging import judge
    from evals.gate.limits import load_limits
    from evals.gate.passing import chosen_sections
    from evals.lanes import run_in_lanes
    from evals.report.html import write_html
    from evals.report.terminal import Screen, show
    from evals.results import write_run

    names = chosen_sections(chosen.only)
    with Screen() as screen:
        run = run_in_lanes("fast" if chosen.fast else "full", names, screen)
    verdict = judge(run, load_baseline(), load_limits())
    show(run, verdict)
    data, page = chosen.out / "run.json", chosen.out / "report.html"
    write_run(run, data)
    write_html(run, page, verdict)
    print(f"Written: {_near(data)} and {_near(page)}")
    return 1 if run.broken else 0


def _near(path: Path) -> Path:
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


if __name__ == "__main__":
    sys.exit(main())
