"""The timeline of a kit: the stages as rows, the sentence on how time stands, and when the work begins."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from advisor.domain.case import Case
from advisor.domain.decision import Line, Recommendation
from advisor.domain.kit import KitLine
from advisor.domain.memo import CalculationEvidence, Evidence, FactEvidence, OwnWording, PassageEvidence
from advisor.policy.backplan import (
    WINDOWS,
    Dates,
    Stage,
    TimelineFile,
    between,
    day,
    deadline_dates,
    length_line,
    length_words,
    plan_for,
    stages_of,
    standing,
    start_line,
    with_other_length,
    work_begins,
)

DEADLINE_BLANK = "deadline"


@dataclass(frozen=True)
class Dated:
    """What is dated in a kit, and the lines of calculation behind it."""

    told: tuple[KitLine, ...] = ()
    header: tuple[str, ...] = ()
    rows: tuple[KitLine, ...] = ()
    lines: tuple[Line, ...] = ()
    work_begins: Dates | None = None
    start_told: tuple[KitLine, ...] = ()

    def window(self, from_day: int) -> tuple[str, str]:
        """When the window that begins on this day of the work does, and the line that says so."""
        if self.work_begins is None:
            raise ValueError("nothing says when the work begins")
        shift = dt.timedelta(days=from_day - 1)
        dates = (self.work_begins[0] + shift, self.work_begins[1] + shift)
        return between(dates), _window_id(from_day)


def timeline(entries: TimelineFile, recommendation: Recommendation, case: Case, today: dt.date) -> Dated:
    """The timeline of the first move; nothing where no plan goes with it."""
    first = recommendation.first
    targets = (first.role, first.engagement, f"{first.role}+{first.engagement}")
    plan = plan_for(entries, targets)
    if plan is None:
        return Dated()
    deadline = deadline_dates(case.timeline_days, today)
    stages = stages_of(entries, plan, recommendation, deadline)
    others = [
        stage
        for other in entries.others
        if (not other.levels or first.level in other.levels)
        and (stage := with_other_length(stages, other, deadline)) is not None
    ]
    told, lines = _standing(entries.texts, stages, deadline, today)
    rows: list[KitLine] = []
    for stage in (*stages, *others):
        row, computed = _row(entries.texts, stage, deadline, today)
        rows.append(row)
        lines += computed
    begins = work_begins(stages, plan, today)
    lines += _windows(begins, today)
    return Dated(
        told=told,
        header=entries.header if deadline else entries.undated_header,
        rows=tuple(rows),
        lines=tuple(lines),
        work_begins=begins,
        start_told=(_start(entries.texts, begins),),
    )


def _say(texts: Mapping[str, str], name: str, values: Mapping[str, str]) -> str:
    return texts[name].format_map(values)


def _standing(
    texts: Mapping[str, str], stages: list[Stage], deadline: Dates | None, today: dt.date
) -> tuple[tuple[KitLine, ...], list[Line]]:
    """How time stands, or that no deadline was named."""
    begins = stages[0].begins
    if deadline is None or begins is None:
        line = KitLine(
            id="no_deadline",
            cells=(texts["no_deadline"],),
            evidence=(OwnWording(),),
            open_blanks=(DEADLINE_BLANK,),
        )
        return (line,), []
    kind, values = standing(begins, today)
    text = _say(texts, kind, {**values, "deadline": between(deadline)})
    line = Line(
        id="kit.standing",
        label="Latest start",
        low=(begins[0] - today).days,
        high=(begins[1] - today).days,
        unit="days",
        formula=text,
        origin="computed",
    )
    evidence: tuple[Evidence, ...] = (FactEvidence(fact="timeline_days"), CalculationEvidence(line=line.id))
    return (KitLine(id=kind, cells=(text,), evidence=evidence),), [_deadline(deadline, today), line]


def _deadline(deadline: Dates, today: dt.date) -> Line:
    return Line(
        id="kit.deadline",
        label="Deadline",
        low=(deadline[0] - today).days,
        high=(deadline[1] - today).days,
        unit="days",
        formula=f"as you named it: {between(deadline)}",
        origin="user",
        fact="timeline_days",
    )


def _row(
    texts: Mapping[str, str], stage: Stage, deadline: Dates | None, today: dt.date
) -> tuple[KitLine, list[Line]]:
    length = length_line(stage)
    reference = stage.length.rests_on
    evidence: list[Evidence] = []
    if reference is not None:
        evidence.append(PassageEvidence(passage=reference.passage, quote=reference.quote))
    evidence.append(CalculationEvidence(line=length.id))
    lines = [length]
    origin = "as the guide gives it" if reference else f"assumed: {stage.length.why}"
    cells = (stage.label, length_words(stage.length))
    if stage.begins is not None and deadline is not None:
        kind, values = standing(stage.begins, today)
        shown = values["dates"] if kind == "ample" else _say(texts, f"row_{kind}", values)
        formula = f"{between(deadline)}, less this stage and those behind it: {shown}"
        lines.append(start_line(stage, stage.begins, today, formula))
        evidence.append(CalculationEvidence(line=lines[-1].id))
        cells = (*cells, shown)
    return KitLine(id=stage.id, cells=(*cells, origin), evidence=tuple(evidence)), lines


def _window_id(from_day: int) -> str:
    return f"kit.window.{from_day}"


def _windows(begins: Dates, today: dt.date) -> list[Line]:
    """When each window of the first ninety days begins, if the first stage begins today."""
    found: list[Line] = []
    for from_day in WINDOWS:
        shift = dt.timedelta(days=from_day - 1)
        dates = (begins[0] + shift, begins[1] + shift)
        found.append(
            Line(
                id=_window_id(from_day),
                label=f"Day {from_day} of the work",
                low=(dates[0] - today).days,
                high=(dates[1] - today).days,
                unit="days",
                formula=f"{day(today)} plus the stages before the work: {between(dates)}",
                origin="computed",
            )
        )
    return found


def _start(texts: Mapping[str, str], begins: Dates) -> KitLine:
    text = _say(texts, "work_begins", {"begins": between(begins)})
    return KitLine(id="work_begins", cells=(text,), evidence=(CalculationEvidence(line=_window_id(1)),))
