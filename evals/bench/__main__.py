"""Every benchmark in one table: `python -m evals.bench [--json] [PIECE ...]`.

Each piece runs in a process of its own, so that its memory is its own. Numbers are of this machine at this
hour: what else runs on it shows in them.
"""

import argparse
import json
import multiprocessing
import os
import platform
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict

from evals.bench.pieces import PIECES
from evals.bench.rows import Row


def main() -> None:
    known = ", ".join(PIECES)
    parser = argparse.ArgumentParser(prog="python -m evals.bench", description="Start, turns, ingest.")
    parser.add_argument("pieces", nargs="*", metavar="PIECE", help=f"some of {known}; all if none")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    chosen = parser.parse_args()
    unknown = [name for name in chosen.pieces if name not in PIECES]
    if unknown:
        parser.error(f"there is no piece {unknown[0]!r}; known are {known}")
    rows: list[Row] = []
    for name in chosen.pieces or PIECES:
        print(f"measuring {name} …", file=sys.stderr, flush=True)
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as alone:
            rows += alone.submit(PIECES[name]).result()
    machine = f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.system()}"
    if chosen.json:
        told = [asdict(row) | row.summary() for row in rows]
        print(json.dumps({"machine": machine, "rows": told}, indent=2))
    else:
        print(f"{machine}\n")
        print("\n".join(_table(rows)))


def _table(rows: list[Row]) -> list[str]:
    lines = [f"{'piece':8} {'what':36} {'min':>8} {'p50':>8} {'p95':>8} {'max':>8} {'runs':>5}  unit, note"]
    for row in rows:
        said = row.summary()
        numbers = " ".join(f"{said[key]:8.{row.decimals}f}" for key in ("min", "p50", "p95", "max"))
        note = ", ".join(part for part in (row.unit, row.note) if part)
        lines.append(f"{row.piece:8} {row.what:36} {numbers} {len(row.values):5}  {note}")
    return lines


if __name__ == "__main__":
    main()
