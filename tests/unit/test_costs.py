"""Costs against sums worked out by hand: the move's own price, and every route to the same work."""

import dataclasses
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.assembly import builtin_rulebook
from advisor.domain.case import Case
from advisor.domain.costs import Costs, Estimate, RouteId
from advisor.domain.evidence import Figure
from advisor.domain.facts import FactValueError, canonical_value
from advisor.policy.costs import costs, price
from advisor.policy.costs.book import Factor, TermEntry
from advisor.policy.costs.compare import _costs  # pyright: ignore[reportPrivateUsage]
from advisor.policy.costs.rows import pay_rows, read_place
from advisor.policy.rulebook import Rulebook

RULEBOOK = builtin_rulebook()
BOOK = RULEBOOK.costs
HIRE, CONTRACT, OFFSHORE = "ai_engineer_full_time", "ai_developer_contractor", "ai_engineer_offshore_team"
CASES = [
    {},
    {"timeline_days": 45},
    {"delay_cost_usd": 20_000},
    {"region_preference": "India", "delay_cost_usd": {"min": 5000, "max": 9000, "currency": "EUR"}},
    {"region_preference": "London"},
]


def worked(move: str, values: dict[str, object] | None = None, rulebook: Rulebook = RULEBOOK) -> Costs:
    return costs(rulebook, rulebook.move(move), Case.of(values or {}))


def estimate(found: Costs, route: RouteId) -> Estimate:
    one = found.estimate(route)
    assert one is not None, route
    return one


def points(one: Estimate) -> tuple[float, float, float]:
    return one.p10.low, one.p50.low, one.p90.low


def with_book(change: Callable[[Factor], Factor], **more: object) -> Rulebook:
    """The rulebook with every factor changed, and perhaps other fields of the cost book."""

    def changed(entries: tuple[TermEntry, ...]) -> tuple[TermEntry, ...]:
        return tuple(e.model_copy(update={"factors": tuple(change(f) for f in e.factors)}) for e in entries)

    terms = {"hire": changed(BOOK.hire), "project": changed(BOOK.project), "offshore": changed(BOOK.offshore)}
    work = BOOK.work.model_copy(update={"worked": change(BOOK.work.worked)})
    book = BOOK.model_copy(update={**terms, "work": work, **more})
    return dataclasses.replace(RULEBOOK, costs=book, hash=book.model_dump_json())


def low_end(factor: Factor) -> Factor:
    """The assumption at its low end: nothing is left uncertain about it."""
    return factor.model_copy(update={"high": factor.low})


def with_figures(kept: Callable[[Figure], bool], rulebook: Rulebook = RULEBOOK) -> Rulebook:
    """The rulebook without the pay figures that are not to be kept."""
    figures = {f.id: f for f in rulebook.figures.values() if not f.metric.startswith("pay_") or kept(f)}
    return dataclasses.replace(rulebook, figures=figures, hash=f"{rulebook.hash} {sorted(figures)}")


# --- the move's own price -------------------------------------------------------------------------


def test_an_hourly_move_costs_hours_times_rate() -> None:
    priced = price(RULEBOOK, RULEBOOK.move(CONTRACT), Case())
    lines = {line.id: line for line in priced.lines}
    assert (lines["hours"].low, lines["hours"].high) == (171, 514)  # 30 and 90 days of 40 hours a week
    assert priced.cost is not None
    assert (priced.cost.low, priced.cost.high) == (171 * 100, 514 * 200)
    assert lines["rate"].passage == "arsum-hire-ai-engineer/planning-ranges/row-5"


def test_a_deadline_cuts_the_duration_and_names_its_origin() -> None:
    case = Case.of({"timeline_days": 45})
    priced = price(RULEBOOK, RULEBOOK.move(CONTRACT), case)
    assert priced.duration_days == (30, 45)
    assert next(line for line in priced.lines if line.id == "duration_cut").fact == "timeline_days"
    short = price(RULEBOOK, RULEBOOK.move(CONTRACT), Case.of({"timeline_days": 10}))
    assert short.duration_days == (30, 90), "a deadline does not make the work shorter"


def test_an_open_ended_rate_stays_open_ended() -> None:
    priced = price(RULEBOOK, RULEBOOK.move("ai_developer_marketplace"), Case())
    assert priced.cost is not None
    assert priced.cost.open_ended


def test_a_salary_is_the_guide_s_band_and_nothing_more() -> None:
    priced = price(RULEBOOK, RULEBOOK.move(HIRE), Case())
    assert priced.cost is not None
    assert (priced.cost.low, priced.cost.high, priced.cost.unit) == (180_000, 280_000, "USD a year")


@pytest.mark.parametrize("move", ["delivery_pod_agency", "data_engineer_full_time", "discovery"])
def test_where_no_figure_is_given_none_is_made_up(move: str) -> None:
    priced = price(RULEBOOK, RULEBOOK.move(move), Case())
    assert priced.cost is None
    assert priced.note == RULEBOOK.move(move).cost.note != ""


def test_a_pilot_is_stated_in_weeks_as_the_guide_does() -> None:
    weeks = next(line for line in price(RULEBOOK, RULEBOOK.move("pilot"), Case()).lines if line.id == "weeks")
    assert (weeks.low, weeks.high) == (4, 6)


def test_every_line_names_where_it_comes_from() -> None:
    for move in RULEBOOK.moves:
        for values in CASES:
            case = Case.of({**values, "timeline_days": 50})
            for line in (*price(RULEBOOK, move, case).lines, *costs(RULEBOOK, move, case).lines()):
                assert line.low <= line.high
                assert (line.origin == "source") == (line.passage is not None)
                assert (line.origin == "user") == (line.fact is not None)


# --- the routes -----------------------------------------------------------------------------------


def test_with_nothing_uncertain_but_the_salary_the_first_year_is_a_multiple_of_it() -> None:
    remvix = with_figures(lambda f: f.id == "remvix-hire-senior-us-base", with_book(low_end, claims=()))
    one = estimate(worked(HIRE, rulebook=remvix), "salaried")
    # 175–220K; benefits 18 %, recruiting 5 %, 60 hours at the hire's own pay of 2,080 hours, tools 2 %,
    # and 3 months of pay with a chance of 5 %.
    times = 1 + 0.18 + 0.05 + 60 / 2080 + 0.02 + 0.05 * 3 / 12
    assert (one.total.low, one.total.high) == pytest.approx((175_000 * times, 220_000 * times), abs=1)
    wanted = [175_000 + share * 45_000 for share in (0.1, 0.5, 0.9)]
    assert points(one) == pytest.approx([round(base * times, -3) for base in wanted])
    assert [(line.label, line.low) for line in one.dominated_by] == [("Base salary", 100)]


def test_with_nothing_uncertain_but_the_rate_a_delivery_is_hours_times_rate_times_shares() -> None:
    arsum = with_figures(
        lambda f: f.id == "arsum-hire-senior-contractor-hourly", with_book(low_end, claims=())
    )
    fixed = {"timeline_days": 30}  # the window is 30 to 90 days, so exactly 30 are left
    one = estimate(worked(CONTRACT, fixed, arsum), "project")
    shares = 0.05 + 0.45 + 0.10 + 0.10 + 0.02 + 0.05 + 0.05 + 0.05
    wanted = [171 * rate * shares for rate in (110, 150, 190)]
    assert points(one) == pytest.approx([round(w, -2 if w < 20_000 else -3) for w in wanted])


def test_the_first_year_has_seven_terms_and_a_delivery_eight() -> None:
    stated = estimate(worked(HIRE, {"delay_cost_usd": 20_000}), "salaried")
    assert len(stated.terms) == len(BOOK.hire) == 7
    unsaid = estimate(worked(HIRE), "salaried")
    assert len(unsaid.terms) == 6
    assert unsaid.leaves_out[0] == "delay while the hire ramps up, still open"
    assert len(estimate(worked(CONTRACT), "project").terms) == len(BOOK.project) == 8
    pilot = estimate(worked("pilot"), "project")
    assert {line.label for line in pilot.terms}.isdisjoint({"Support and monitoring", "Requests for changes"})
    assert "requests for changes after it" in pilot.leaves_out


def test_the_terms_of_every_estimate_sum_up_and_hold_its_percentiles() -> None:
    for move in RULEBOOK.moves:
        for values in CASES:
            for one in worked(move.id, values).estimates:
                low, high = (sum(getattr(term, end) for term in one.terms) for end in ("low", "high"))
                assert (one.total.low, one.total.high) == pytest.approx((low, high), abs=len(one.terms))
                assert one.total.low <= points(one)[0] <= points(one)[1] <= points(one)[2] <= one.total.high
                assert sum(line.low for line in one.dominated_by) <= 101


def test_each_publisher_s_own_row_stands_and_no_average_does() -> None:
    one = estimate(worked(HIRE), "salaried")
    rows = {(line.low, line.high): line.open_ended for line in one.inputs if line.origin == "source"}
    assert rows == {
        (180_000, 280_000): False,  # Arsum
        (170_000, 220_000): False,  # Groovy Web
        (175_000, 220_000): False,  # Remvix
        (200_000, 280_000): True,  # the consultancy
    }
    assert one.open_ended, "one of them leaves the end open"
    assert (one.terms[0].low, one.terms[0].high) == (170_000, 280_000)


def test_a_year_by_the_hour_has_the_hours_of_a_salaried_year() -> None:
    one = estimate(worked(HIRE), "hourly_year")
    assert one.total.low == pytest.approx(100 * 2080 * 0.82, abs=1)
    assert one.total.high == pytest.approx(400 * 2080 * 0.90, abs=1)


def test_offshore_net_is_raw_and_its_overheads() -> None:
    found = worked(OFFSHORE)
    raw, net = estimate(found, "offshore_raw"), estimate(found, "offshore_net")
    assert found.first == "offshore_net"
    assert net.terms[0].low == raw.terms[0].low == 28_000  # Remvix, senior, India
    assert raw.terms[0].high == pytest.approx(80 * 2080 * 0.90, abs=1)  # Groovy Web, senior, by the hour
    assert all(before < after for before, after in zip(points(raw), points(net), strict=True))
    assert points(net)[1] < points(estimate(found, "salaried"))[1]


def test_what_an_employer_adds_is_added_to_salaries_and_not_to_hourly_rates() -> None:
    senior = ("groovy-web-offshore-senior-hourly", "remvix-hire-senior-india-base")
    kept = (*senior, "remvix-hire-senior-us-base")
    priced = _one_salary(with_figures(lambda f: f.id in kept, with_book(low_end, claims=())))
    net = estimate(worked(OFFSHORE, rulebook=priced), "offshore_net")
    home = 175_000 * (0.02 + 0.05 + 0.01)
    # Half the draws are salaries of 28–45K with 15 and 10 % on top; half are 45–80 an hour.
    low, high = (28_000 + 0.2 * 17_000) * 1.25 + home, (45 + 0.8 * 35) * 2080 * 0.82 + home
    assert (net.p10.low, net.p90.low) == pytest.approx((low, high), abs=600)
    hourly = with_figures(lambda f: f.id in kept and "india" not in f.id, priced)
    alone = estimate(worked(OFFSHORE, rulebook=hourly), "offshore_net")
    assert [line.label for line in alone.terms][1:] == [
        "Onboarding at a distance",
        "Management at a distance",
        "Tools for distributed work",
    ]
    assert alone.total.low == pytest.approx(45 * 2080 * 0.82 + home, abs=4)
    assert not any("open" in text for text in alone.leaves_out)


def _one_salary(rulebook: Rulebook) -> Rulebook:
    """The rulebook with Remvix's senior salary at home at the low end of its band."""
    figures = {**rulebook.figures}
    salary = figures["remvix-hire-senior-us-base"]
    figures[salary.id] = salary.model_copy(update={"high": salary.low})
    return dataclasses.replace(rulebook, figures=figures, hash=f"{rulebook.hash} one salary")


def test_a_named_country_keeps_to_its_rows() -> None:
    raw = estimate(worked(OFFSHORE, {"region_preference": "Bangalore"}), "offshore_raw")
    regions = {
        RULEBOOK.figures[line.id.removeprefix("cost.row.")].region for line in raw.inputs if line.passage
    }
    assert regions == {"india", "offshore"}


def test_a_country_with_its_own_currency_is_not_set_against_dollars() -> None:
    found = worked(HIRE, {"region_preference": "London", "delay_cost_usd": 20_000})
    assert estimate(found, "salaried").unit == "GBP"
    assert estimate(found, "hourly_year").unit == "USD"
    assert found.break_even is None
    assert "Delay while the hire ramps up" not in [line.label for line in estimate(found, "salaried").terms]


def test_a_place_no_guide_covers_is_said_to_be_none() -> None:
    assert any("the place you named" in text for text in estimate(
        worked(HIRE, {"region_preference": "Berlin"}), "salaried").stands_in)  # fmt: skip
    for text in ("San Francisco", "remote", "anywhere", "US only"):
        assert not any(
            "the place you named" in said
            for said in estimate(worked(HIRE, {"region_preference": text}), "salaried").stands_in
        )


@pytest.mark.parametrize(
    ("text", "home", "abroad", "unknown"),
    [
        (None, "us", ("offshore", "india", "eastern_europe"), False),
        ("close to us", "us", ("offshore", "india", "eastern_europe"), True),
        ("US or UK", "us", ("offshore", "india", "eastern_europe"), False),
        ("the UK", "uk", ("offshore", "india", "eastern_europe"), False),
        ("Warsaw", "us", ("offshore", "eastern_europe"), False),
        ("offshore is fine", "us", ("offshore", "india", "eastern_europe"), False),
    ],
)
def test_places_are_read(text: str | None, home: str, abroad: tuple[str, ...], unknown: bool) -> None:
    place = read_place(BOOK, text)
    assert (place.home, place.abroad, place.unknown) == (home, abroad, unknown)


def test_a_role_without_figures_has_no_estimate_and_one_that_stands_in_is_named() -> None:
    none = worked("data_engineer_full_time")
    assert none.estimates == ()
    assert none.first is None
    assert len(none.without) == 5
    assert all("a data engineer" in text for text in none.without)
    stood = estimate(worked(CONTRACT), "salaried")
    assert stood.stands_in == ("no guide prices an AI developer; an AI engineer stands in",)


def test_rows_of_a_level_go_before_rows_of_any_level_and_base_before_unsaid() -> None:
    mid = pay_rows(RULEBOOK, "year", "ml_engineer", "mid", ("us",))
    assert [(one.publisher, [f.low for f in one.figures]) for one in mid] == [
        ("Arsum", [150_000]),
        ("an unnamed consultancy", [130_000]),
    ]
    senior = pay_rows(RULEBOOK, "year", "ai_engineer", "senior", ("us",))
    assert [f.low for one in senior if one.publisher == "Groovy Web" for f in one.figures] == [170_000]


def test_a_level_that_no_guide_prices_by_the_hour_is_named() -> None:
    found = costs(RULEBOOK, RULEBOOK.move(HIRE), Case(), level="mid")
    assert found.who == "an AI engineer, mid level"
    assert estimate(found, "hourly_year").stands_in == (
        "no guide prices mid level by the hour; senior stands in",
    )


def test_a_freelancer_s_rate_prices_the_task_and_not_a_year_of_senior_work() -> None:
    found = worked("ai_developer_marketplace")
    assert estimate(found, "project").open_ended
    assert estimate(found, "hourly_year").total.low == estimate(worked(CONTRACT), "hourly_year").total.low


def test_the_same_case_gives_the_same_costs_bit_for_bit() -> None:
    for move in (HIRE, CONTRACT, OFFSHORE):
        once = worked(move).model_dump_json()
        _costs.cache_clear()
        assert worked(move).model_dump_json() == once


def test_what_has_no_bearing_on_costs_changes_none() -> None:
    assert worked(HIRE, {"core_ip": "yes", "workflow": "tickets"}) == worked(HIRE)


def test_a_line_id_means_one_line() -> None:
    for move in RULEBOOK.moves:
        found = worked(move.id, {"delay_cost_usd": 5000})
        by_id = {line.id: line for line in found.lines()}
        for one in found.estimates:
            assert all(by_id[line.id] == line for line in one.lines())
        if found.break_even is not None:
            assert all(by_id[line.id] == line for line in found.break_even.lines())


FACTORS = [
    factor.id for terms in (BOOK.hire, BOOK.project, BOOK.offshore) for t in terms for factor in t.factors
]


@settings(max_examples=40, deadline=None)
@given(changed=st.sampled_from(FACTORS), more=st.floats(0.01, 1.0))
def test_no_route_gets_cheaper_when_a_term_rises(changed: str, more: float) -> None:
    def raised(factor: Factor) -> Factor:
        if factor.id != changed:
            return factor
        return factor.model_copy(update={"low": factor.low * (1 + more), "high": factor.high * (1 + more)})

    dearer = with_book(raised)
    for move in (HIRE, CONTRACT, OFFSHORE):
        values = {"delay_cost_usd": 20_000}
        after = {one.id: one for one in worked(move, values, dearer).estimates}
        rose = 0
        for one in worked(move, values).estimates:
            assert all(a <= b for a, b in zip(points(one), points(after[one.id]), strict=True))
            rose += after[one.id].total.high > one.total.high
        assert rose > 0, "the factor counts in no route"


# --- break-even and delay -------------------------------------------------------------------------


def test_the_break_even_is_the_hire_s_year_over_the_rate() -> None:
    arsum = with_figures(
        lambda f: f.id == "arsum-hire-senior-contractor-hourly" or f.id == "remvix-hire-senior-us-base",
        with_book(low_end, claims=()),
    )
    found = worked(HIRE, rulebook=_one_salary(arsum)).break_even
    assert found is not None
    loaded = 175_000 * (1 + 0.18 + 0.05 + 60 / 2080 + 0.05 * 3 / 12)  # tools are needed by the hour too
    assert found.compares[0].low == found.compares[0].high == pytest.approx(loaded, abs=1)
    assert (found.hours.low, found.hours.high) == pytest.approx((loaded / 200, loaded / 100), abs=1)
    wanted = [loaded / (200 - 100 * p) for p in (0.1, 0.5, 0.9)]
    assert [found.p10.low, found.p50.low, found.p90.low] == pytest.approx(wanted, abs=10)
    assert [line.low for line in found.months] == pytest.approx(
        [hours / (2080 / 12) for hours in wanted], abs=0.1
    )
    # A year has 2,080 x 0.82 hours; the hire wins where the rate is above loaded / hours.
    wins = (200 - loaded / (2080 * 0.82)) / 100
    assert found.hire_wins.low == pytest.approx(wins * 100, abs=1)


def test_delay_is_priced_by_the_user_s_figure_alone() -> None:
    open_ = worked(HIRE).delay
    assert (open_.stated, open_.per_week, open_.total) == (None, None, None)
    assert open_.waiting is not None
    assert (open_.waiting.low, open_.waiting.high, open_.waiting.unit) == (90, 120, "days")
    said = worked(HIRE, {"delay_cost_usd": {"min": 13_000, "max": 26_000}}).delay
    assert said.per_week is not None
    assert (said.per_week.low, said.per_week.high) == (3000, 6000)
    assert said.total is not None
    assert (said.total.low, said.total.high) == pytest.approx((3000 * 90 / 7, 6000 * 120 / 7), abs=1)


def test_delay_in_another_currency_is_in_no_sum_of_dollars() -> None:
    euros = worked(HIRE, {"delay_cost_usd": {"min": 9000, "max": 9000, "currency": "EUR"}})
    assert euros.delay.per_week is not None
    assert euros.delay.per_week.unit == "EUR per week"
    assert estimate(euros, "salaried").total == estimate(worked(HIRE), "salaried").total


def test_the_cost_of_delay_is_a_fact_like_a_budget() -> None:
    kept = {"min": 20_000.0, "max": 20_000.0, "currency": "USD", "original": None}
    assert canonical_value("delay_cost_usd", 20_000) == kept
    with pytest.raises(FactValueError, match="delay_cost_usd"):
        canonical_value("delay_cost_usd", -1)
