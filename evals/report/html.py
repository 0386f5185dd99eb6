"""A run as one HTML file that asks for nothing else: verdict, metrics, figures, and every case.

The cases are embedded as JSON and drawn by the page's script as they are looked at; all of their text goes
in as text. A Content-Security-Policy admits this script and this style alone, by their hashes.
"""

import base64
import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from pydantic import JsonValue
from pydantic_core import to_json

from evals.report import numbers
from evals.report.compare import HOW, SAID, Comparison, How, compare, known_differs
from evals.report.figures import Figure, bullet, figures_of
from evals.report.rows import Row, known_metrics, rows_of, sections_of, single
from evals.results import CaseResult, Run

if TYPE_CHECKING:
    from evals.gate.verdict import Finding, Verdict
    from evals.metrics import Metric

HERE = Path(__file__).parent

SHOWN_CASES = 5
"""Cases shown below a reason; the others fold out."""

_UNSAFE = {ord(mark): f"\\u{ord(mark):04x}" for mark in "<>&\u2028\u2029"}


def write_html(
    run: Run,
    path: Path,
    verdict: "Verdict | None" = None,
    before: Run | None = None,
    metrics: "Mapping[str, Metric] | None" = None,
) -> None:
    """Writes the report. `before`: a run to compare with, case by case; `metrics`: the registry if None."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page(run, verdict, before, metrics), "utf-8", errors="replace")


def page(
    run: Run,
    verdict: "Verdict | None" = None,
    before: Run | None = None,
    metrics: "Mapping[str, Metric] | None" = None,
) -> str:
    """The whole file as text."""
    known = known_metrics() if metrics is None else metrics
    comparison = None if before is None else compare(before, run, known, known_differs(before, run))
    told = _Told(run, verdict, before, comparison, known)
    style, script = ((HERE / name).read_text("utf-8") for name in ("page.css", "page.js"))
    return (
        _environment()
        .get_template("page.html")
        .render(
            told=told,
            style=Markup(style),
            script=Markup(script),
            policy=f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
            "img-src data:; base-uri 'none'; form-action 'none'",
            data=Markup(embedded(told.data())),
        )
    )


def embedded(value: JsonValue) -> str:
    """JSON that no text inside can end: "<", ">" and "&" are written as escapes of the JSON."""
    return to_json(value, inf_nan_mode="null").decode().translate(_UNSAFE)


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"bullet": bullet, "seconds": numbers.seconds, "chance": numbers.chance}
    environment.filters |= {"value": _value, "interval": _interval, "change": _change, "turn": _turn}
    environment.globals |= {"count": numbers.count, "shown_cases": SHOWN_CASES}
    return environment


@dataclass(frozen=True)
class Part:
    """One section of the table of metrics."""

    name: str
    cases: int
    seconds: float | None
    broken: str
    rows: tuple[Row, ...]
    held: tuple[Row, ...]


@dataclass(frozen=True)
class _Told:
    """What the page says, in the words and numbers that it says it with."""

    run: Run
    verdict: "Verdict | None"
    before: Run | None
    comparison: Comparison | None
    metrics: "Mapping[str, Metric]"

    @cached_property
    def rows(self) -> list[Row]:
        return rows_of(
            self.run, self.verdict, self.comparison.metrics if self.comparison else {}, self.metrics
        )

    @property
    def title(self) -> str:
        if self.verdict is None:
            return "Two runs compared" if self.before else "Evals"
        if self.verdict.passed:
            return "Gate passed"
        return f"Gate failed for {numbers.count(len(self.verdict.findings), 'reason')}"

    @property
    def state(self) -> str:
        return "" if self.verdict is None else "passed" if self.verdict.passed else "failed"

    @property
    def when(self) -> str:
        return moment(self.run.date)

    @property
    def was_when(self) -> str:
        return moment(self.before.date) if self.before else ""

    @property
    def summary(self) -> list[str]:
        """The facts of the run in a few short phrases."""
        told = [
            f"{self.run.profile} profile",
            numbers.count(len(self.run.cases), "case"),
            numbers.count(len(sections_of(self.run)), "section"),
            numbers.seconds(sum(self.run.seconds.values())),
        ]
        if self.verdict is not None and self.verdict.new_cases:
            told.append(f"{self.verdict.new_cases:,} not in the baseline")
        return told

    @property
    def changes(self) -> list[tuple[How, int, str]]:
        """(kind, number, in words) for each kind of change between the two runs."""
        if self.comparison is None:
            return []
        counted: list[tuple[How, int]] = [(how, len(self.comparison.of(how))) for how in HOW]
        return [(how, number, SAID[how]) for how, number in counted if number]

    @property
    def findings(self) -> "tuple[Finding, ...]":
        return self.verdict.findings if self.verdict else ()

    @property
    def broken(self) -> dict[str, str]:
        """Sections that could not be measured, where no finding says so."""
        told = {finding.section for finding in self.findings if finding.kind == "broken"}
        return {name: why for name, why in self.run.broken.items() if name not in told}

    @property
    def parts(self) -> list[Part]:
        found: list[Part] = []
        for name in sections_of(self.run, self.rows):
            rows = [row for row in self.rows if row.section == name]
            found.append(
                Part(
                    name=name,
                    cases=sum(case.section == name for case in self.run.cases),
                    seconds=self.run.seconds.get(name),
                    broken=self.run.broken.get(name, ""),
                    rows=tuple(single(rows)),
                    held=tuple(row for row in rows if row.holds),
                )
            )
        return found

    @property
    def compared(self) -> bool:
        return any(row.before is not None for row in self.rows)

    @cached_property
    def figures(self) -> list[Figure]:
        return figures_of(self.run, self.rows, self.before)

    def data(self) -> JsonValue:
        """What the script draws the cases from."""
        was = self.before.by_id() if self.before else {}
        changed = {(one.section, one.id): one for one in self.comparison.cases} if self.comparison else {}
        blamed: dict[tuple[str, str], list[JsonValue]] = {}
        for finding in self.findings:
            for case in finding.cases:
                blamed.setdefault((case.section, case.id), []).append(
                    {"kind": finding.kind, "metric": finding.metric, "why": case.why, "was": case.before}
                )
        cases: list[JsonValue] = []
        now = self.run.by_id()
        for key in dict.fromkeys([*now, *was, *blamed]):
            change = changed.get(key)
            told: dict[str, JsonValue] = {"section": key[0], "id": key[1]}
            if key in now:
                told["now"] = _case(now[key])
            if key in was and was[key] != now.get(key):
                told["was"] = _case(was[key])
            if key in blamed:
                told["gate"] = blamed[key]
            if change is not None:
                told |= {"how": change.how, "change": change.why}
            cases.append(told)
        said: dict[str, JsonValue] = {how: SAID[how] for how in HOW}
        metrics: dict[str, JsonValue] = {
            name: {"lower": metric.better == "lower", "best": metric.best, "unit": metric.unit}
            for name, metric in self.metrics.items()
        }
        return {"cases": cases, "metrics": metrics, "said": said, "compared": self.before is not None}


def _case(case: CaseResult) -> JsonValue:
    """A case without what it leaves out; its record only where it says more than what came."""
    told: dict[str, JsonValue] = {"scores": dict(case.scores), "why": dict(case.why)}
    if case.expected is not None:
        told["expected"] = case.expected
    if case.got is not None:
        told["got"] = case.got
    if case.record is not None and case.record != case.got:
        told["record"] = case.record
    if case.transcript:
        told["said"] = [[said.who, said.text] for said in case.transcript]
    return told


def _value(row: Row) -> str:
    return numbers.shown(row.total.value, row.share)


def _interval(row: Row) -> str:
    low, high = row.total.low, row.total.high
    return "" if low is None or high is None else numbers.interval(low, high, row.share)


def _change(row: Row) -> str:
    change = row.change
    return "new" if change is None else numbers.changed(change, row.total.value, row.share)


def _turn(row: Row) -> str:
    """The class of a change."""
    return "soft" if not row.change else "fell" if row.got_worse else "rose"


def moment(date: str) -> str:
    """ "22 November 2026, 02:14 UTC"; a date that is none is shown as it is."""
    try:
        found = dt.datetime.fromisoformat(date)
    except ValueError:
        return date
    zone = f" {found.tzname()}" if found.tzname() else ""
    return f"{found.day} {found:%B %Y, %H:%M}{zone}"
