"""Asks the judge model alone: its agreement with the hand labels, then ragas' metrics over answers and memos.

    ADVISOR_JUDGE_MODEL=… ADVISOR_JUDGE_API_KEY=… python -m evals.judge
    python -m evals.judge --part claims --limit 20      # 20 labelled claims: is this judge any good?
    python -m evals.judge -o judge.json                 # the run as JSON, for comparing

Exit 0 when it was measured or there is no judge to ask, 2 when the judge or a setting can't be used.
"""

import argparse
import datetime as dt
import importlib.metadata
import sys
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from advisor.errors import AdvisorError
from evals.judge.settings import JudgeSettings, load_judge_settings
from evals.metrics.registry import METRICS
from evals.product import Product
from evals.results import CaseResult, Run, Total, scores_of, write_run
from evals.sections import judge as section


def main(arguments: list[str] | None = None) -> int:
    """The command; its exit code."""
    parser = argparse.ArgumentParser(prog="python -m evals.judge", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--part", choices=section.PARTS, help="one part alone")
    parser.add_argument("--limit", type=int, default=None, help="most cases of each part")
    parser.add_argument("-o", "--output", type=Path, default=None, help="write the run as JSON")
    given = parser.parse_args(arguments)
    console, progress = Console(), Console(stderr=True)
    try:
        settings = load_judge_settings()
        if not settings.configured:
            console.print(section.notes(settings=settings)[0], markup=False, highlight=False, soft_wrap=True)
            return 0
        started = time.monotonic()
        cases = _cases(settings, given.part, given.limit, progress)
    except AdvisorError as error:
        progress.print(f"{error.message} {error.remedy}", markup=False, style="red", soft_wrap=True)
        return 2
    run = _run(settings, cases, time.monotonic() - started)
    _show(run, console)
    if given.output:
        write_run(run, given.output)
    return 0


def _cases(
    settings: JudgeSettings, part: str | None, limit: int | None, progress: Console
) -> list[CaseResult]:
    wanted = (part,) if part else section.PARTS
    found: list[CaseResult] = []
    with Product() as product:
        for case in section.run(product, "full", settings=settings, parts=wanted, limit=limit):
            found.append(case)
            scores = ", ".join(f"{name} {value:.2f}" for name, value in case.scores.items())
            progress.print(f"{case.id}: {scores}", markup=False, highlight=False)
    return found


def _run(settings: JudgeSettings, cases: list[CaseResult], seconds: float) -> Run:
    sums = section.totals(cases)
    totals = {f"{section.NAME}.{name}": Total(value=sums[name], cases=len(cases)) for name in sums}
    for name in METRICS:
        if values := list(scores_of(cases, name).values()):
            totals[name] = Total(value=sum(values) / len(values), cases=len(values))
    versions = {name: importlib.metadata.version(name) for name in ("ragas", "openai", "instructor")}
    return Run(
        profile="full",
        date=dt.datetime.now(dt.UTC).date().isoformat(),
        versions=versions | {"judge": settings.model or ""},
        seconds={section.NAME: round(seconds, 1)},
        totals=totals,
        cases=tuple(cases),
        notes=tuple(section.notes(cases, settings)),
    )


def _show(run: Run, console: Console) -> None:
    table = Table("metric", "value", "cases")
    for name, total in sorted(run.totals.items()):
        table.add_row(name, f"{total.value:.3f}", str(total.cases))
    console.print(table)
    for note in run.notes:
        console.print(note, markup=False, highlight=False, soft_wrap=True)


if __name__ == "__main__":
    sys.exit(main())
