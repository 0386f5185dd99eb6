"""The simulation against closed forms, and what must hold of it whatever the ranges."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.policy.costs.book import Shape, SimulationEntry
from advisor.policy.costs.simulation import (
    Simulation,
    Uncertain,
    percentiles,
    shares_of_variance,
    unit_draws,
)

DRAWS = 8192
POINTS = (10, 50, 90)


def simulation(shape: Shape = "uniform", seed: int = 1) -> Simulation:
    return Simulation(SimulationEntry(draws=DRAWS, seed=seed, shape=shape, percentiles=POINTS, dominating=3))


def test_the_percentiles_of_one_range_are_exact_to_a_slice() -> None:
    found = percentiles(simulation().between("a", 100, 200).draws, POINTS)
    assert found == pytest.approx((110, 150, 190), abs=2 * 100 / DRAWS)


def test_a_triangular_shape_has_the_quantiles_of_its_distribution() -> None:
    found = percentiles(simulation("triangular").between("a", 0, 1).draws, POINTS)
    low = math.sqrt(0.1 / 2)  # F(x) = 2 x² below the middle
    assert found == pytest.approx((low, 0.5, 1 - low), abs=1e-3)


@pytest.mark.parametrize("seed", range(5))
def test_the_sum_of_two_equal_ranges_is_a_triangle(seed: int) -> None:
    draw = simulation(seed=seed)
    found = percentiles((draw.between("a", 0, 1) + draw.between("b", 0, 1)).draws, POINTS)
    low = math.sqrt(2 * 0.1)  # F(x) = x² / 2 below 1
    assert found == pytest.approx((low, 1, 2 - low), abs=0.02)


@pytest.mark.parametrize("seed", range(5))
def test_the_sum_of_two_unequal_ranges_is_a_trapezoid(seed: int) -> None:
    draw = simulation(seed=seed)
    found = percentiles((draw.between("a", 0, 2) + draw.between("b", 0, 1)).draws, POINTS)
    low = math.sqrt(4 * 0.1)  # F(x) = x² / 4 below 1
    assert found == pytest.approx((low, 1.5, 3 - low), abs=0.03)


def test_rate_times_hours_has_the_mean_and_variance_of_a_product() -> None:
    draw = simulation()
    product = (draw.between("rate", 100, 200) * draw.between("hours", 171, 514)).draws
    rate, hours = 150.0, 342.5
    of_rate, of_hours = 100**2 / 12, (514 - 171) ** 2 / 12
    variance = of_rate * of_hours + of_rate * hours**2 + of_hours * rate**2
    assert product.mean() == pytest.approx(rate * hours, rel=5e-3)
    assert product.var() == pytest.approx(variance, rel=3e-2)


def test_each_publisher_is_as_likely_however_many_rows_it_gives() -> None:
    draws = simulation().one_of("pay", [[(0, 1)], [(10, 11), (20, 21)]]).draws
    # Half the draws in 0–1, a quarter in each of 10–11 and 20–21, none between.
    assert percentiles(draws, (10, 25, 60, 90)) == pytest.approx((0.2, 0.5, 10.4, 20.6), abs=0.05)
    assert (draws <= 1).mean() == pytest.approx(0.5, abs=1 / DRAWS)
    assert not ((draws > 1) & (draws < 10)).any()
    assert not ((draws > 11) & (draws < 20)).any()


def test_a_mark_follows_the_range_that_was_drawn() -> None:
    draw, groups = simulation(), [[(0.0, 1.0)], [(10.0, 11.0), (20.0, 21.0)]]
    marked = draw.picked("pay", [[False], [True, False]])
    values = draw.one_of("pay", groups).draws
    assert ((values >= 10) & (values <= 11) == (marked == 1.0)).all()


def test_another_input_shifts_no_draw_of_the_others() -> None:
    alone = simulation().between("a", 0, 1).draws.copy()
    draw = simulation()
    draw.between("something new", 3, 4)
    assert np.array_equal(alone, draw.between("a", 0, 1).draws)
    assert not np.array_equal(alone, simulation(seed=2).between("a", 0, 1).draws)


def test_inputs_of_two_names_are_not_correlated() -> None:
    names = [unit_draws(name, 1, DRAWS) for name in ("a", "b", "c", "rate", "hours")]
    correlations = np.corrcoef(names) - np.eye(len(names))
    assert np.abs(correlations).max() < 0.05


def test_the_draws_are_shared_and_cannot_be_written_to() -> None:
    with pytest.raises(ValueError, match="read-only"):
        unit_draws("a", 1, DRAWS)[0] = 2.0


def test_the_shares_of_a_sum_are_those_of_the_variances() -> None:
    draw = simulation()
    a, b = draw.between("a", 0, 3).draws, draw.between("b", 0, 4).draws
    shares = shares_of_variance(a + b, {"a": [a], "b": [b]})
    assert list(shares) == ["b", "a"], "the largest comes first"
    assert shares == pytest.approx({"a": 9 / 25, "b": 16 / 25}, abs=0.02)


def test_the_shares_of_a_product_leave_what_both_do_together() -> None:
    draw = simulation()
    a, b = draw.between("a", 0, 1).draws, draw.between("b", 0, 1).draws
    # Var(ab) = 1/9 - 1/16 = 7/144; Var(E[ab|a]) = Var(a) / 4 = 1/48 = 3/144.
    assert shares_of_variance(a * b, {"a": [a], "b": [b]}) == pytest.approx(
        {"a": 3 / 7, "b": 3 / 7}, abs=0.02
    )


def test_a_choice_and_what_follows_it_count_as_one_input() -> None:
    draw, rows = simulation(), [[(0.0, 1.0)], [(10.0, 11.0)]]
    value, dear = draw.one_of("pay", rows).draws, draw.picked("pay", [[False], [True]])
    other = draw.between("other", 0, 1).draws
    total = value * (1 + dear) + other
    shares = shares_of_variance(total, {"pay": [value, value * dear], "other": [other]})
    assert shares["pay"] + shares["other"] == pytest.approx(1, abs=0.01)


def test_what_does_not_vary_has_no_shares() -> None:
    draw = simulation()
    fixed = draw.exactly(5.0).draws
    assert shares_of_variance(fixed, {"a": [fixed]}) == {}
    varying = draw.between("a", 0, 1).draws
    assert list(shares_of_variance(varying, {"a": [varying], "fixed": [fixed]})) == ["a"]


def test_a_quotient_turns_the_ends_round() -> None:
    draw = simulation()
    hours = draw.exactly(300_000) / draw.between("rate", 100, 200)
    assert (hours.low, hours.high) == (1500, 3000)
    # The share p of 300,000 / rate lies below 300,000 / (200 - 100 p).
    found = percentiles(hours.draws, POINTS)
    assert found == pytest.approx((300_000 / 190, 300_000 / 150, 300_000 / 110), rel=1e-3)


ranges = st.tuples(st.floats(0, 1e6), st.floats(0, 1e6)).map(lambda pair: (min(pair), max(pair)))
groups = st.lists(st.lists(ranges, min_size=1, max_size=3), min_size=1, max_size=4)


def _within(amount: Uncertain) -> None:
    slack = 1e-9 * max(1.0, amount.high)
    low, middle, high = percentiles(amount.draws, POINTS)
    assert amount.low - slack <= low <= middle <= high <= amount.high + slack


@settings(max_examples=60, deadline=None)
@given(a=ranges, b=ranges, rows=groups)
def test_percentiles_are_in_order_and_inside_the_ends(
    a: tuple[float, float], b: tuple[float, float], rows: list[list[tuple[float, float]]]
) -> None:
    draw = simulation()
    first, second, third = draw.between("a", *a), draw.between("b", *b), draw.one_of("rows", rows)
    for amount in (first, third, first + second, first * second, third * first + second):
        _within(amount)


@settings(max_examples=60, deadline=None)
@given(rows=groups, low=st.floats(0, 100), high=st.floats(0, 100), more=st.floats(0, 100))
def test_no_percentile_falls_when_a_term_rises(
    rows: list[list[tuple[float, float]]], low: float, high: float, more: float
) -> None:
    draw, ends = simulation(), (min(low, high), max(low, high))
    base = draw.one_of("rows", rows)
    before = percentiles((base + draw.between("a", *ends)).draws, POINTS)
    after = percentiles((base + draw.between("a", ends[0] + more, ends[1] + more)).draws, POINTS)
    assert all(then <= now + 1e-6 for then, now in zip(before, after, strict=True))


@settings(max_examples=40, deadline=None)
@given(slopes=st.lists(st.floats(0.1, 10), min_size=1, max_size=6))
def test_shares_lie_between_none_and_all(slopes: list[float]) -> None:
    draw = simulation()
    inputs = {f"x{number}": draw.between(f"x{number}", 0, slope).draws for number, slope in enumerate(slopes)}
    total = sum(inputs.values(), draw.exactly(0.0).draws)
    shares = shares_of_variance(total, {name: [draws] for name, draws in inputs.items()})
    assert all(0 <= share <= 1 + 1e-9 for share in shares.values())
    assert sum(shares.values()) == pytest.approx(1, abs=0.1)
