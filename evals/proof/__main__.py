"""Proves the gate: `python -m evals.proof mutations` and `python -m evals.proof harmless`.

    python -m evals.proof mutations             every chosen fault and 40 sampled ones, one at a time
    python -m evals.proof harmless              50 changes that keep the meaning
    python -m evals.proof mutations --list      what would be changed
    python -m evals.proof mutations --only kit_dropped bm25_dropped

Each change is made in a fresh copy of the checkout, and the gate is run there. Nothing here is changed.
Exit 0: the proof holds. 1: it does not. 2: it could not be tried.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from rich.console import Console

from evals.proof.changes import Change
from evals.proof.chosen import chosen_mutations
from evals.proof.harmless import harmless_changes
from evals.proof.report import OUTCOMES, proved, show, write_json
from evals.proof.sampled import SAMPLED, SEED, sampled_mutations
from evals.proof.trials import TIMEOUT, Trial, trial, trials


def main(arguments: list[str] | None = None) -> int:
    """Tries the changes and tells what came of them."""
    chosen = _parser().parse_args(arguments)
    console = Console(stderr=True)
    changes = _changes(chosen)
    if unknown := sorted(set(chosen.only or ()) - {change.name for change in changes}):
        console.print(f"There is no change {', '.join(unknown)}. See --list.", markup=False)
        return 2
    changes = [change for change in changes if not chosen.only or change.name in chosen.only]
    if chosen.list:
        for change in changes:
            print(f"{change.name}  [{change.layer}]  {change.what}")
        return 0
    began = time.monotonic()
    tried = _tried(changes, chosen, console)
    found = proved(chosen.proof, tried, time.monotonic() - began)
    show(found, Console(width=None if sys.stdout.isatty() else 240))
    if chosen.json:
        write_json(found, chosen.json)
    return 0 if found.holds else 1


def _tried(changes: Sequence[Change], chosen: argparse.Namespace, console: Console) -> list[Trial]:
    """The trials in the order of their changes; each is told when it ends."""
    done: dict[str, Trial] = {}
    run = partial(trial, timeout=chosen.timeout, keep=chosen.keep)
    for one in trials(changes, chosen.jobs, run):
        done[one.name] = one
        told = f"{len(done)}/{len(changes)}  {one.name}: {OUTCOMES[chosen.proof][one.outcome]}"
        console.print(f"{told}  {one.section}  ({one.seconds:.0f} s)", markup=False)
    return [done[change.name] for change in changes]


def _changes(chosen: argparse.Namespace) -> list[Change]:
    if chosen.proof == "harmless":
        return harmless_changes()
    return [*chosen_mutations(), *sampled_mutations(chosen.seed, chosen.sampled)]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m evals.proof", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    proofs = parser.add_subparsers(dest="proof", required=True)
    for name, about in (
        ("mutations", "faults that the gate must catch"),
        ("harmless", "changes it must let pass"),
    ):
        one = proofs.add_parser(name, help=about)
        one.add_argument("--only", nargs="+", metavar="NAME", help="these changes alone")
        one.add_argument("--jobs", type=int, default=2, help="trials at once (2)")
        one.add_argument("--json", type=Path, metavar="FILE", help="write all results there")
        one.add_argument("--list", action="store_true", help="tell the changes and stop")
        one.add_argument("--keep", action="store_true", help="keep the copies in the temporary folder")
        one.add_argument("--timeout", type=float, default=TIMEOUT, help=f"seconds for one run ({TIMEOUT:g})")
        if name == "mutations":
            one.add_argument("--seed", type=int, default=SEED, help=f"of the sample ({SEED})")
            one.add_argument("--sampled", type=int, default=SAMPLED, help=f"size of the sample ({SAMPLED})")
    return parser


if __name__ == "__main__":
    sys.exit(main())
