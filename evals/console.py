"""What the evals' commands print: progress while they run, the verdict at the end."""

from collections.abc import Iterator
from contextlib import contextmanager

from evals.gate.verdict import Verdict
from evals.results import Run
from evals.runner import Watcher

CASES_SHOWN = 6


def line(text: str) -> None:
    """One line on stdout."""
    print(text, flush=True)


class Lines:
    """A line for each section that ends."""

    def begins(self, name: str) -> None: ...

    def counts(self, name: str, done: int) -> None: ...

    def ends(self, name: str, cases: int, seconds: float, broken: str) -> None:
        line(f"   {name:14} {cases:5} cases {seconds:6.1f} s{'  could not be measured' if broken else ''}")


@contextmanager
def screen() -> Iterator[Watcher]:
    """Shows how a run goes."""
    yield Lines()


def told_verdict(run: Run, verdict: Verdict) -> None:
    """Each reason to fail with its cases, then the outcome in a line."""
    for finding in verdict.findings:
        line(f"{finding.kind}: {finding.message}")
        for case in finding.cases[:CASES_SHOWN]:
            change = "" if case.now is None else f" {_number(case.before)} → {_number(case.now)}"
            line(f"    {case.section}/{case.id}{change}  {case.why}")
        if len(finding.cases) > CASES_SHOWN:
            line(f"    and {len(finding.cases) - CASES_SHOWN} more")
    took = sum(run.seconds.values())
    outcome = "passed" if verdict.passed else "failed"
    line(f"Gate {outcome}: {len(run.cases)} cases, {len(verdict.findings)} findings, {took:.0f} s.")


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}"
