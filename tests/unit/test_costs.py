"""Costs against sums worked out by hand."""

import pytest

from advisor.assembly import builtin_rulebook
from advisor.domain.case import Case
from advisor.policy.costs import price

RULEBOOK = builtin_rulebook()


def test_an_hourly_move_costs_hours_times_rate() -> None:
    priced = price(RULEBOOK, RULEBOOK.move("ai_developer_contractor"), Case())
    lines = {line.id: line for line in priced.lines}
    assert (lines["hours"].low, lines["hours"].high) == (171, 514)  # 30 and 90 days of 40 hours a week
    assert priced.cost is not None
    assert (priced.cost.low, priced.cost.high) == (171 * 100, 514 * 200)
    assert lines["rate"].passage == "arsum-hire-ai-engineer/planning-ranges/row-5"


def test_a_deadline_cuts_the_duration_and_names_its_origin() -> None:
    case = Case.of({"timeline_days": 45})
    priced = price(RULEBOOK, RULEBOOK.move("ai_developer_contractor"), case)
    assert priced.duration_days == (30, 45)
    assert next(line for line in priced.lines if line.id == "duration_cut").fact == "timeline_days"
    short = price(RULEBOOK, RULEBOOK.move("ai_developer_contractor"), Case.of({"timeline_days": 10}))
    assert short.duration_days == (30, 90), "a deadline does not make the work shorter"


def test_an_open_ended_rate_stays_open_ended() -> None:
    priced = price(RULEBOOK, RULEBOOK.move("ai_developer_marketplace"), Case())
    assert priced.cost is not None
    assert priced.cost.open_ended


def test_a_salary_is_the_guide_s_band_and_nothing_more() -> None:
    priced = price(RULEBOOK, RULEBOOK.move("ai_engineer_full_time"), Case())
    assert priced.cost is not None
    assert (priced.cost.low, priced.cost.high, priced.cost.unit) == (180_000, 280_000, "USD a year")


@pytest.mark.parametrize("move", ["delivery_pod_agency", "data_engineer_full_time", "discovery"])
def test_where_no_figure_is_given_none_is_made_up(move: str) -> None:
    priced = price(RULEBOOK, RULEBOOK.move(move), Case())
    assert priced.cost is None
    assert "gives no" in priced.note


def test_a_pilot_is_stated_in_weeks_as_the_guide_does() -> None:
    weeks = next(line for line in price(RULEBOOK, RULEBOOK.move("pilot"), Case()).lines if line.id == "weeks")
    assert (weeks.low, weeks.high) == (4, 6)


def test_every_line_names_where_it_comes_from() -> None:
    for move in RULEBOOK.moves:
        for line in price(RULEBOOK, move, Case.of({"timeline_days": 50})).lines:
            assert line.low <= line.high
            assert (line.origin == "source") == (line.passage is not None)
            assert (line.origin == "user") == (line.fact is not None)
