"""What a call of a language model cost: the row of its model and day, or nothing known."""

import datetime as dt
import re

import pytest

from advisor.adapters.prices import Price, cost, known_prices, load_prices, price_of
from advisor.errors import PlaybookError
from tests.unit.test_usage import NOON, call

ROW = """
  - model: {model}
    from: {since}
    input_usd_per_million: {input}
    output_usd_per_million: 10
    source: a test
    checked: 2026-01-01
"""


def rows(*texts: str) -> str:
    return "prices:" + "".join(texts)


def row(model: str, since: str = "2026-01-01", price: str = "1", more: str = "") -> str:
    return ROW.format(model=model, since=since, input=price) + (f"    {more}\n" if more else "")


OWN = load_prices(
    rows(
        row("m", "2026-01-01", "1", "cached_input_usd_per_million: 0.1"),
        row("m", "2026-06-01", "2"),
        row("m-2026-05-05", "2026-01-01", "5"),
        row("offer", "2026-01-01", "3", "until: 2026-01-31"),
    )
)


@pytest.mark.parametrize(
    ("model", "day", "tokens", "usd"),
    [
        ("m", "2026-01-01", (1_000_000, None, 100_000), 2.0),
        ("m", "2026-05-31", (1_000_000, 500_000, 0), 0.55),
        ("m", "2026-06-01", (1_000_000, 500_000, 0), 2.0),  # no cached price: as the others
        ("m", "2026-01-01", (10, 1000, 0), 0.000001),  # more cached than sent: all of it was
        ("m", "2026-01-01", (0, 0, 0), 0.0),
        ("m", "2025-12-31", (1, 0, 1), None),  # before the first row
        ("m-2026-03-03", "2026-06-01", (1_000_000, None, 0), 2.0),
        ("m-2026-05-05", "2026-06-01", (1_000_000, None, 0), 5.0),  # a snapshot with a row of its own
        ("m-2026-05-05", "2025-06-01", (1_000_000, None, 0), None),
        ("m-mini", "2026-06-01", (1, 0, 1), None),
        ("m-latest", "2026-06-01", (1, 0, 1), None),
        ("M", "2026-06-01", (1, 0, 1), None),
        ("openai/m", "2026-06-01", (1, 0, 1), None),
        ("offer", "2026-01-31", (1_000_000, None, 0), 3.0),
        ("offer", "2026-02-01", (1_000_000, None, 0), None),  # the offer is over, and nothing is known after
        ("m", "2026-06-01", (None, None, 5), None),
        ("m", "2026-06-01", (5, 0, None), None),
    ],
)
def test_a_call_costs_what_the_row_of_its_model_and_day_says(
    model: str, day: str, tokens: tuple[int | None, int | None, int | None], usd: float | None
) -> None:
    started = dt.datetime.fromisoformat(f"{day}T00:00:00+00:00")
    assert cost(call(model=model, tokens=tokens, started=started), OWN) == pytest.approx(usd)


def test_the_day_of_a_price_is_one_of_utc() -> None:
    begun = dt.datetime(2026, 6, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    found = price_of(call(model="m", started=begun), OWN)
    assert found is not None
    assert found.since == dt.date(2026, 1, 1)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (rows(row("good"), row("bad", price="-1")), r"row 2 \(bad\) is not a price: input_usd_per_million"),
        (rows(row("bad", price="cheap")), r"row 1 \(bad\)"),
        (rows(row("bad", price="yes")), r"row 1 \(bad\)"),
        (rows(row("bad", price=".nan")), r"row 1 \(bad\)"),
        (rows(row("bad", since="last summer")), r"row 1 \(bad\) is not a price: from"),
        (rows(row("bad", more="discount: 3")), r"row 1 \(bad\) is not a price: discount"),
        (rows(row("bad", more="until: 2025-01-01")), r"row 1 \(bad\).* ends before it begins"),
        (rows(row("'' # none")), "row 1 is not a price: model"),
        ("prices:\n  - 5\n", "row 1 is not a price"),
        (rows(row("m"), row("m")), "has 2 prices of m from 2026-01-01"),
        ("[]", "no list called prices"),
        ("prices: none", "no list called prices"),
        ("", "no list called prices"),
        ("prices: [", "not valid YAML"),
    ],
)
def test_a_wrong_price_is_named(text: str, told: str) -> None:
    with pytest.raises(PlaybookError, match=told):
        load_prices(text, "mine.yaml")


@pytest.mark.parametrize("price", known_prices(), ids=lambda price: f"{price.model}-{price.since}")
def test_each_price_that_comes_along_can_be_true(price: Price) -> None:
    cached = price.cached_input_usd_per_million
    assert 0 < (cached or price.input_usd_per_million) <= price.input_usd_per_million
    assert price.input_usd_per_million < price.output_usd_per_million < 100
    assert price.since <= price.checked
    assert re.search(r"\w\.\w+/\w", price.source), "names no page"


def test_prices_that_come_along() -> None:
    of_mini = call(model="gpt-4o-mini-2024-07-18")
    assert cost(of_mini, known_prices()) == pytest.approx((600 * 0.15 + 400 * 0.075 + 500 * 0.6) / 1e6)
    on_launch = dt.datetime(2026, 7, 9, tzinfo=dt.UTC)
    terra = [price_of(call(model="gpt-5.6-terra", started=day), known_prices()) for day in (on_launch, NOON)]
    assert [found and found.output_usd_per_million for found in terra] == [15, 12]
    assert cost(call(model="llama3.1"), known_prices()) is None
