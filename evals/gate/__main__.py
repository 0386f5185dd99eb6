"""Fails when the product got worse: `python -m evals.gate` (make gate).

    python -m evals.gate                       the fast profile against the committed baseline
    python -m evals.gate --full                all cases
    python -m evals.gate update --reason "…"   what a new baseline would give up; --accept writes it

Exit 0: as good as the baseline. 1: worse, each reason is told. 2: the gate itself could not run.
"""

import argparse
import sys
from pathlib import Path


def main(arguments: list[str] | None = None) -> int:
    """Runs the gate or updates the baseline."""
    from evals.faults import told

    chosen = _parser().parse_args(arguments)
    try:
        from evals.gate import updating
        from evals.gate.passing import gate

        if chosen.command == "update":
            return updating.update(chosen.reason, chosen.accept)
        return gate(
            "full" if chosen.full else "fast",
            only=chosen.only,
            stop_at_first=chosen.stop_at_first,
            shuffle=chosen.shuffle,
            json_file=chosen.json,
            html_file=chosen.html,
        )
    except KeyboardInterrupt:
        print("Stopped. Nothing was written.", file=sys.stderr)
        return 130
    except Exception as error:  # noqa: BLE001  the face: no traceback reaches a user
        if from_product(error):
            print(f"The product does not load: {told(error)}")
            return 1
        print(told(error), file=sys.stderr)
        return 2


def from_product(error: BaseException) -> bool:
    """Whether a fault was raised by the product's own code, not by the evals'."""
    names: list[str] = []
    trace = error.__traceback__
    while trace is not None:
        names.append(str(trace.tb_frame.f_globals.get("__name__", "")).partition(".")[0])
        trace = trace.tb_next
    ours = [name for name in names if name in ("advisor", "corpus", "ingest", "evals", "__main__")]
    return bool(ours) and ours[-1] in ("advisor", "corpus", "ingest")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m evals.gate", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    profile = parser.add_mutually_exclusive_group()
    profile.add_argument("--fast", action="store_true", help="the fast profile; the default")
    profile.add_argument("--full", action="store_true", help="all cases")
    parser.add_argument("--only", nargs="+", metavar="SECTION", help="these sections alone")
    parser.add_argument(
        "--stop-at-first", action="store_true", help="stop after the first section that fails"
    )
    parser.add_argument("--shuffle", type=int, metavar="SEED", help="measure the cases in another order")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the run and the verdict there")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write the report there")
    commands = parser.add_subparsers(dest="command", metavar="update")
    update = commands.add_parser("update", help="make this checkout the baseline")
    update.add_argument("--reason", required=True, help="why; kept with the baseline")
    update.add_argument("--accept", action="store_true", help="write it, giving up what is shown")
    return parser


if __name__ == "__main__":
    sys.exit(main())
