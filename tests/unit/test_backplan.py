"""Back-planning against dates counted by hand, from 20 November 2026."""

import datetime as dt
from importlib.resources import files
from typing import Any

import pytest
from pydantic import ValidationError

from advisor.assembly import builtin_rulebook
from advisor.domain.case import Case, Interval
from advisor.domain.decision import Line, Recommendation, Reference
from advisor.policy.backplan import (
    Length,
    Span,
    TimelineFile,
    deadline_dates,
    latest_starts,
    length_words,
    plan_for,
    span,
    stages_of,
    standing,
    with_other_length,
    work_begins,
)
from advisor.policy.decide import decide
from advisor.policy.kits.dating import timeline
from advisor.policy.playbook_files import read_entries

TODAY = dt.date(2026, 11, 20)
NAME = "kits/timeline.yaml"
ENTRIES = read_entries(
    {NAME: files("advisor").joinpath("playbook", "kits", "timeline.yaml").read_text("utf-8")},
    NAME,
    TimelineFile,
)
SOME = decide(builtin_rulebook(), Case(), TODAY)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def moved(
    engagement: str, *, role: str = "ai_engineer", level: str | None = None, length: Any = None
) -> Recommendation:
    """A decision whose first move is this one, with a duration of its own where `length` gives one."""
    first = SOME.first.model_copy(update={"role": role, "engagement": engagement, "level": level})
    lines = (length,) if length is not None else ()
    return SOME.model_copy(update={"first": first, "then": (), "calculation": lines})


def duration(low: int, high: int, quote: str | None = None) -> Line:
    origin = "source" if quote else "assumption"
    return Line(id="duration", label="Duration", low=low, high=high, unit="days", formula="", origin=origin,
                passage="a/b/text-1" if quote else None, quote=quote)  # fmt: skip


def test_each_stage_must_begin_before_all_that_follows_it_fits() -> None:
    spans = [Span(3, 10), Span(90, 120), Span(61, 90)]
    deadline = (day("2027-12-25"), day("2027-12-25"))
    assert latest_starts(spans, deadline) == [
        (day("2027-05-19"), day("2027-07-24")),  # 220 and 154 days before
        (day("2027-05-29"), day("2027-07-27")),  # 210 and 151
        (day("2027-09-26"), day("2027-10-25")),  # 90 and 61
    ]


def test_a_deadline_in_a_range_widens_both_ends() -> None:
    deadline = (day("2027-05-19"), day("2027-06-08"))
    assert latest_starts([Span(28, 42)], deadline) == [(day("2027-04-07"), day("2027-05-11"))]


def test_a_leap_day_and_a_year_end_are_counted() -> None:
    deadline = (day("2028-03-01"), day("2028-03-01"))
    assert latest_starts([Span(1, 61)], deadline) == [(day("2027-12-31"), day("2028-02-29"))]


def test_a_deadline_is_counted_from_today() -> None:
    assert deadline_dates(Interval(30, 72), TODAY) == (day("2026-12-20"), day("2027-01-31"))
    assert deadline_dates(None, TODAY) is None


@pytest.mark.parametrize(
    ("early", "late", "kind"),
    [
        ("2026-11-20", "2026-12-01", "ample"),  # today is not past
        ("2026-11-19", "2026-11-20", "tight"),
        ("2026-11-10", "2026-11-19", "passed"),
    ],
)
def test_how_a_start_stands_is_told_by_both_of_its_ends(early: str, late: str, kind: str) -> None:
    assert standing((day(early), day(late)), TODAY)[0] == kind


def test_a_passed_start_says_by_how_many_days() -> None:
    values = standing((day("2026-07-23"), day("2026-11-19")), TODAY)[1]
    assert (values["late_ago"], values["early_ago"]) == ("1 day", "120 days")


def test_a_full_time_hire_in_100_days_is_too_late_by_both_counts() -> None:
    """100 days are 28 February 2027; at least 3 + 90 + 61 days are needed, at most 10 + 120 + 90."""
    dated = timeline(ENTRIES, moved("full_time"), Case.of({"timeline_days": 100}), TODAY)
    (told,) = dated.told
    assert told.id == "passed"
    assert "passed 54 days ago, on 27 September 2026" in told.text
    assert "120 days ago, on 23 July 2026" in told.text
    assert dated.rows[0].cells[2].startswith("23 July 2026 to 27 September 2026; passed 54 days ago")
    assert dated.rows[2].cells[2] == "30 November 2026 to 29 December 2026"


def test_a_range_that_only_quick_stages_fit_says_so() -> None:
    dated = timeline(ENTRIES, moved("full_time"), Case.of({"timeline_days": {"min": 180, "max": 200}}), TODAY)
    (told,) = dated.told
    assert told.id == "tight"
    assert "begin by 5 January 2027, 46 days from today" in told.text
    assert "passed 40 days ago, on 11 October 2026" in told.text


def test_ample_time_names_both_dates() -> None:
    dated = timeline(ENTRIES, moved("full_time"), Case.of({"timeline_days": 400}), TODAY)
    (told,) = dated.told
    assert told.id == "ample"
    assert "begin by 24 July 2027, 246 days from today" in told.text
    assert told.text.endswith("begin by 19 May 2027.")


def test_without_a_deadline_there_are_lengths_and_no_dates_and_a_blank_is_open() -> None:
    dated = timeline(ENTRIES, moved("full_time"), Case(), TODAY)
    assert [line.open_blanks for line in dated.told] == [("deadline",)]
    assert dated.header == ENTRIES.undated_header
    assert {len(row.cells) for row in dated.rows} == {3}
    assert not any(str(year) in row.text for row in dated.rows for year in (2026, 2027))


def test_the_stage_of_the_move_takes_as_long_as_the_memo_says() -> None:
    case = Case.of({"timeline_days": 100})
    move = moved("contractor", length=duration(30, 90, "has to ship in 30–90 days"))
    dated = timeline(ENTRIES, move, case, TODAY)
    work = next(row for row in dated.rows if row.id == "work")
    assert work.cells[1:3] == ("30–90 days", "30 November 2026 to 29 January 2027")
    line = next(line for line in dated.lines if line.id == "kit.work.length")
    assert (line.origin, line.passage) == ("source", "a/b/text-1")


def test_a_length_in_weeks_is_shown_in_the_weeks_of_its_guide() -> None:
    move = moved("pilot", role="none_yet", length=duration(28, 42, "Pilot of 4–6 weeks before hiring"))
    dated = timeline(ENTRIES, move, Case.of({"timeline_days": 100}), TODAY)
    assert [row.cells[1] for row in dated.rows] == ["5–14 days", "4–6 weeks", "3–7 days"]
    assert dated.rows[1].cells[2] == "10 January 2027 to 28 January 2027"  # 49 and 31 days before


def test_a_length_that_no_guide_gives_is_marked_as_assumed() -> None:
    dated = timeline(ENTRIES, moved("contractor", length=duration(20, 40)), Case(), TODAY)
    line = next(line for line in dated.lines if line.id == "kit.work.length")
    assert (line.low, line.high, line.origin) == (20, 40, "assumption")
    assert "assumed: no guide" in next(row for row in dated.rows if row.id == "work").cells[-1]


def test_other_guides_stand_beside_the_stage_and_change_nothing_else() -> None:
    senior = timeline(ENTRIES, moved("full_time", level="senior"), Case.of({"timeline_days": 400}), TODAY)
    mid = timeline(ENTRIES, moved("full_time", level="mid"), Case.of({"timeline_days": 400}), TODAY)
    assert [row.id for row in mid.rows] == ["write_brief", "hire", "live_pilot", "hire_remvix"]
    assert [row.id for row in senior.rows] == [*(row.id for row in mid.rows), "hire_consultancy"]
    assert senior.rows[:3] == mid.rows[:3]
    # 6-12 weeks and 61-90 days before 25 December 2027; 6-12 months of 30 days likewise.
    assert senior.rows[3].cells[1:3] == ("6–12 weeks", "4 July 2027 to 13 September 2027")
    assert (
        senior.rows[4].cells[2].startswith("1 October 2026 to 28 April 2027; the early date passed 50 days")
    )


def test_another_length_of_a_stage_that_is_not_planned_is_not_told() -> None:
    plan = plan_for(ENTRIES, ("none_yet", "discovery", "none_yet+discovery"))
    assert plan is not None
    stages = stages_of(ENTRIES, plan, moved("discovery"), None)
    assert all(with_other_length(stages, other, None) is None for other in ENTRIES.others)


def test_the_work_begins_when_what_comes_before_it_is_done() -> None:
    plan = plan_for(ENTRIES, ("full_time",))
    assert plan is not None
    stages = stages_of(ENTRIES, plan, moved("full_time"), None)
    assert work_begins(stages, plan, TODAY) == (day("2027-02-21"), day("2027-03-30"))  # 93 and 130 days on


def test_every_date_and_length_is_a_line_with_its_origin() -> None:
    dated = timeline(ENTRIES, moved("full_time"), Case.of({"timeline_days": 400}), TODAY)
    origins = {line.id: line.origin for line in dated.lines}
    assert len(origins) == len(dated.lines)
    assert origins["kit.deadline"] == "user"
    assert origins["kit.hire.length"] == "source"
    assert origins["kit.write_brief.length"] == "assumption"
    assert origins["kit.hire.begin"] == "computed"
    assert all((line.passage is not None) == (line.origin == "source") for line in dated.lines)


def test_the_windows_of_the_plan_begin_thirty_days_apart() -> None:
    dated = timeline(ENTRIES, moved("full_time"), Case(), TODAY)
    assert dated.window(1)[0] == "21 February 2027 to 30 March 2027"
    assert dated.window(31)[0] == "23 March 2027 to 29 April 2027"
    assert dated.window(61)[0] == "22 April 2027 to 29 May 2027"
    assert {dated.window(day)[1] for day in (1, 31, 61)} <= {line.id for line in dated.lines}


def test_every_row_rests_on_its_length_and_its_date() -> None:
    dated = timeline(ENTRIES, moved("contractor"), Case.of({"timeline_days": 72}), TODAY)
    known = {line.id for line in dated.lines}
    for row in dated.rows:
        cited = {one.line for one in row.evidence if one.kind == "calculation"}
        assert cited == {f"kit.{row.id}.length", f"kit.{row.id}.begin"}
        assert cited <= known


def test_every_move_has_a_timeline() -> None:
    for move in builtin_rulebook().moves:
        assert plan_for(ENTRIES, move.targets) is not None


def test_a_length_must_stand_in_its_quote_or_say_that_it_is_assumed() -> None:
    quoted = Reference(passage="a/b/text-1", quote="takes 6–12 weeks")
    assert span(Length(low=6, high=12, unit="weeks", rests_on=quoted)) == Span(42, 84)
    for wrong in (
        {"low": 6, "high": 13, "unit": "weeks", "rests_on": quoted},
        {"low": 6, "high": 12},
        {"low": 12, "high": 6, "why": "no guide gives it"},
    ):
        with pytest.raises(ValidationError):
            Length(**wrong)


def test_a_length_of_one_reads_as_one() -> None:
    assert length_words(Length(low=1, high=1, why="assumed")) == "1 day"
    assert length_words(Length(low=4, high=6, unit="weeks", why="assumed")) == "4–6 weeks"
