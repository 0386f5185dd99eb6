"""A run in the terminal: progress while it goes, then one table that fits 80 columns."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING

from rich.cells import cell_len, chop_cells
from rich.console import Console, ConsoleOptions, ConsoleRenderable, RenderResult
from rich.padding import Padding
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

from advisor.interfaces.cli_output import is_terminal, printable
from evals.report import numbers
from evals.report.compare import HOW, SAID, Comparison
from evals.report.rows import Row, families, known_metrics, rows_of, sections_of, single
from evals.results import Run

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evals.gate.verdict import Verdict
    from evals.metrics import Metric

WIDE = 100
"""Columns from which there is room for three decimals of an interval."""

PLAIN_WIDTH = 120
"""Columns of what does not go to a terminal."""

SHOWN_CASES = 5
"""Cases named for each reason; the HTML report has all of them."""

GAP = "  "

LISTED_CASES = 20
"""Cases named for each kind of change between two runs."""

FAILED, HELD, WORSE, BETTER = "bold red", "green", "red", "green"


class Screen:
    """Tells how a run goes, section by section. Use as a context manager; it watches a run."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or console_on(sys.stdout)
        self._progress: Progress | None = None

    def __enter__(self) -> "Screen":
        if self.console.is_terminal:
            self._progress = Progress(
                SpinnerColumn(),
                TextColumn("{task.description:<16}", markup=False),
                TextColumn("{task.fields[told]:>12}", markup=False),
                TimeElapsedColumn(),
                console=self.console,
                transient=True,
            )
            self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._progress is not None:
            self._progress.stop()
            self._progress = None

    def begins(self, name: str) -> None:
        """A section starts."""
        if self._progress is not None:
            self._progress.add_task(printable(name), total=None, told="")

    def counts(self, name: str, done: int) -> None:
        """So many of its cases are done."""
        if self._progress is not None:
            for task in self._progress.tasks:
                if task.description == printable(name) and not task.finished:
                    self._progress.update(task.id, told=numbers.count(done, "case"))

    def ends(self, name: str, cases: int, seconds: float, broken: str) -> None:
        """A section is done; `broken`: why it could not be."""
        if self._progress is not None:
            for task in self._progress.tasks:
                if task.description == printable(name):
                    self._progress.remove_task(task.id)
                    break
        told = f"  {printable(name):<16} {numbers.count(cases, 'case'):>12} {numbers.seconds(seconds):>12}"
        self.console.print(Text(told))
        if broken:
            self.console.print(
                Padding(Text(f"✗ {printable(broken)}", style=FAILED), (0, 0, 0, 4), expand=False)
            )

    def line(self, text: str = "") -> None:
        """A line of text as it is."""
        self.console.print(Text(printable(text)))


def console_on(stream: object) -> Console:
    """Rich on a stream; characters that its encoding lacks are replaced, not an error."""
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="replace")  # pyright: ignore[reportAttributeAccessIssue]
    width = None if is_terminal(stream) else PLAIN_WIDTH  # pyright: ignore[reportArgumentType]
    return Console(file=stream, markup=False, emoji=False, highlight=False, width=width)  # pyright: ignore[reportArgumentType]


def table(
    run: Run,
    verdict: "Verdict | None" = None,
    comparison: Comparison | None = None,
    metrics: "Mapping[str, Metric] | None" = None,
) -> ConsoleRenderable:
    """The metrics of a run by section, then every reason for which the gate failed, for rich to print.

    With a comparison in place of a verdict, changes are those from the run before.
    """
    known = known_metrics() if metrics is None else metrics
    return _Report(run, verdict, rows_of(run, verdict, comparison.metrics if comparison else {}, known))


def show(run: Run, verdict: "Verdict | None" = None, comparison: Comparison | None = None) -> None:
    """Prints the table, and what differs from another run if there is one, on stdout."""
    console = console_on(sys.stdout)
    console.print(table(run, verdict, comparison))
    if comparison is not None:
        console.print(changes(comparison))


def changes(comparison: Comparison) -> ConsoleRenderable:
    """The cases that differ between two runs, kind by kind, for rich to print."""
    return _Changes(comparison)


@dataclass(frozen=True)
class _Report:
    run: Run
    verdict: "Verdict | None"
    rows: list[Row]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield from self._table(options.max_width)
        for note in self.run.notes:
            yield Text()
            yield Text(printable(note), style="dim")
        for name, why in self.run.broken.items():
            yield Text()
            yield Text(f"✗ {name} could not be measured: {printable(why)}", style=FAILED)
        if self.verdict is not None:
            yield from _judged(self.run, self.verdict)

    def _table(self, width: int) -> Iterator[Text]:
        lines: list[_Line] = [self._header(width)]
        for section in sections_of(self.run, self.rows):
            rows = [row for row in self.rows if row.section == section]
            told = [] if section in self.run.broken else [*_families(rows), *_held(rows)]
            lines += [Text(), Text(printable(section), style="bold")]
            lines += [self._cells(row, width) for row in single(rows)]
            lines += [Text.assemble("  ", line, overflow="ellipsis", no_wrap=True) for line in told]
            if section in self.run.broken:
                lines.append(Text("✗ could not be measured", style=FAILED))
        yield from _aligned(lines, width)

    @property
    def _compared(self) -> bool:
        return any(row.before is not None for row in self.rows)

    def _header(self, width: int) -> list[Text]:
        names = ["metric", "value", "95 %", "cases"]
        names += ["floor"] if self.verdict is not None else []
        names += ["change", "worse/better" if width >= WIDE else "−/+"] if self._compared else []
        return [Text(name, style="dim") for name in names]

    def _cells(self, row: Row, width: int) -> list[Text]:
        total, style = row.total, FAILED if row.failed else ""
        spread = ""
        if total.low is not None and total.high is not None:
            spread = numbers.interval(total.low, total.high, row.share, 3 if width >= WIDE else 2)
        cells = [
            Text(f"{'✗' if row.failed else ' '} {printable(row.titled)}", style=style),
            Text(numbers.shown(total.value, row.share), style=style),
            Text(spread, style="dim"),
            Text(f"{total.cases:,}", style="dim"),
        ]
        if self.verdict is not None:
            cells.append(Text(row.bound, style="dim"))
        return cells + (_moved(row) if self._compared else [])


_Line = Text | list[Text]
"""A line over the whole width, or cells."""


def _aligned(lines: Sequence[_Line], width: int) -> Iterator[Text]:
    """Cells in columns: the first to the left and folded where there is no room, the others to the right."""
    rows = [line for line in lines if isinstance(line, list)]
    widths = [max(cell_len(row[place].plain) for row in rows) for place in range(len(rows[0]))]
    room = max(width - sum(widths[1:]) - len(GAP) * (len(widths) - 1), 12)
    widths[0] = min(widths[0], room)
    for line in lines:
        if isinstance(line, Text):
            yield line
            continue
        parts = chop_cells(line[0].plain, widths[0]) or [""]
        told = Text.assemble((parts[0].ljust(widths[0] + len(parts[0]) - cell_len(parts[0])), line[0].style))
        for cell, wide in zip(line[1:], widths[1:], strict=True):
            told.append(GAP + " " * (wide - cell_len(cell.plain)))
            told.append_text(cell)
        told.rstrip()
        yield told
        for part in parts[1:]:
            yield Text(f"  {part}", style=line[0].style)


def _moved(row: Row) -> list[Text]:
    """The change, and how many cases are worse and better."""
    counted = Text(f"{row.worse}/{row.better}" if row.worse or row.better else "")
    if row.change is None:
        return [Text("new", style="dim"), counted]
    style = "dim" if not row.change else WORSE if row.got_worse else BETTER
    return [Text(numbers.changed(row.change, row.total.value, row.share), style=style), counted]


def _families(rows: Sequence[Row]) -> Iterator[Text]:
    """One line for all parts of a total: the range, and which part is the lowest."""
    for (_, stem), parts in families(rows).items():
        low = min(parts, key=lambda part: parts[part].total.value)
        high = max(parts, key=lambda part: parts[part].total.value)
        first, last = parts[low], parts[high]
        told = f"{stem} of {len(parts)} parts: {numbers.shown(first.total.value, first.share)} ({low})"
        yield Text(printable(f"{told} to {numbers.shown(last.total.value, last.share)} ({high})"), "dim")


def _held(rows: Sequence[Row]) -> Iterator[Text]:
    """One line for the invariants that hold."""
    held = [row for row in rows if row.holds]
    if held:
        counts = [row.total.cases for row in held]
        within = "up to " if min(counts) < max(counts) else ""
        named = numbers.count(len(held), "invariant holds", "invariants hold")
        told = f"{named} ({within}{numbers.count(max(counts), 'case')}): "
        names = ", ".join(printable(row.label) for row in held)
        yield Text.assemble(("✓ ", HELD), told, (names, "dim"))


def _judged(run: Run, verdict: "Verdict") -> Iterator[ConsoleRenderable]:
    """Every reason with its first cases; last of all the verdict, where the eye is when a command ends."""
    for finding in verdict.findings:
        if finding.kind == "broken" and finding.section in run.broken:
            continue
        yield Text()
        yield Text(f"✗ {printable(finding.message)}", style=FAILED)
        for case in finding.cases[:SHOWN_CASES]:
            yield _Case(f"{case.section}/{case.id}", case.why, case.before, case.now)
        if (more := len(finding.cases) - SHOWN_CASES) > 0:
            yield Text(f"    and {more:,} more", style="dim")
    yield Text()
    told = f"{numbers.count(len(run.cases), 'case')}, {numbers.seconds(sum(run.seconds.values()))}"
    if verdict.new_cases:
        told += f", {verdict.new_cases:,} not in the baseline"
    if verdict.passed:
        yield Text.assemble(("✓ gate passed", f"bold {HELD}"), f"; {told}")
    else:
        yield Text.assemble(
            (f"✗ gate failed for {numbers.count(len(verdict.findings), 'reason')}", FAILED), f"; {told}"
        )


@dataclass(frozen=True)
class _Case:
    """A case and what is wrong with it, on one line where there is room, else on two."""

    name: str
    why: str
    before: float | None = None
    now: float | None = None

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        told = Text.assemble("    ", printable(self.name))
        if self.now is not None:
            start = "" if self.before is None else f"{self.before:.4g} → "
            told.append(f"  {start}{self.now:.4g}", "dim")
        why = Text(" ".join(printable(self.why).split()), style="dim")
        if why and told.cell_len + 2 + why.cell_len <= options.max_width:
            yield Text.assemble(told, "  ", why)
        else:
            yield told
            if why:
                yield Padding(why, (0, 0, 0, 6), expand=False)


@dataclass(frozen=True)
class _Changes:
    comparison: Comparison

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        if not self.comparison.cases:
            yield Text("No case differs.")
        for how in HOW:
            found = self.comparison.of(how)
            if not found:
                continue
            yield Text()
            yield Text(f"{numbers.count(len(found), 'case')} {SAID[how]}", style="bold")
            for case in found[:LISTED_CASES]:
                yield _Case(f"{case.section}/{case.id}", case.why)
            if len(found) > LISTED_CASES:
                yield Text(f"    and {len(found) - LISTED_CASES:,} more", style="dim")
