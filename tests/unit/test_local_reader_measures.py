"""The local reader: measures and the facts kept as said, in wordings other than the plain ones."""

import pytest

from advisor.domain.facts import canonical_value
from advisor.domain.vocabulary import FactKey
from tests.unit.reading import days, facts


@pytest.mark.parametrize(
    ("say", "low", "high"),
    [
        ("before Diwali", 343, 343),
        ("by Thanksgiving 2027", 370, 370),
        ("before Ramadan starts", 80, 80),
        ("T+90", 90, 90),
        ("by EOY", 41, 41),
        ("by the end of 2027", 406, 406),
        ("by end of FY27", 406, 406),
        ("the week after next", 10, 16),
        ("in two weeks' time", 14, 14),
        ("four 2-week sprints", 56, 56),
        ("live on 1.9.2027", 285, 285),
        ("by month's end", 10, 10),
        ("before the exhibition opens on 3 June", 195, 195),
    ],
)
def test_calendar_terms(say: str, low: int, high: int) -> None:
    assert facts(say)["timeline_days"] == days(low, high)


@pytest.mark.parametrize(
    "say",
    ["30 days payment terms", "forecast for next year", "it paid for itself by June", "by Diwali 2040"],
)
def test_times_that_are_no_deadline(say: str) -> None:
    assert "timeline_days" not in facts(say)


@pytest.mark.parametrize(
    ("say", "amount", "currency"),
    [
        ("half of what they asked, they wanted 90k", 45_000, "USD"),
        ("we've got about £15,000 left", 15_000, "GBP"),
        ("R$ 150k", 150_000, "BRL"),
        ("we have 70k, no wait, 45k", 45_000, "USD"),
        ("We got two bids between 60 and 80k; what we actually have is 35k", 35_000, "USD"),
    ],
)
def test_budgets(say: str, amount: float, currency: str) -> None:
    value = facts(say)["budget_usd"]
    assert (value["min"], value["max"], value["currency"]) == (amount, amount, currency)


@pytest.mark.parametrize("say", ["my salary is 90k", "we burn 80k a month", "hosting costs 3k a month"])
def test_money_that_is_neither_budget_nor_cost_of_delay(say: str) -> None:
    assert not {"budget_usd", "delay_cost_usd"} & facts(say).keys()


@pytest.mark.parametrize(
    ("say", "amount", "currency"),
    [
        ("every month without it costs us 20k", 20_000, "USD"),
        ("we lose £7k a week", 30_000, "GBP"),
        ("every quarter we wait means 90k gone", 30_000, "USD"),
        ("we are bleeding 3k a day in chargebacks", 90_000, "USD"),
    ],
)
def test_the_cost_of_delay_is_an_amount_a_month(say: str, amount: float, currency: str) -> None:
    got = facts(say)
    assert got["delay_cost_usd"]["min"] == pytest.approx(amount)
    assert got["delay_cost_usd"]["currency"] == currency
    assert "budget_usd" not in got
    assert canonical_value("delay_cost_usd", got["delay_cost_usd"]) == got["delay_cost_usd"]


@pytest.mark.parametrize("say", ["each wrong payment costs us 5k", "a contractor costs 15k a month"])
def test_other_costs_are_no_cost_of_delay(say: str) -> None:
    assert "delay_cost_usd" not in facts(say)


@pytest.mark.parametrize(
    ("key", "say", "value"),
    [
        (
            "volume",
            "somewhere around a couple of thousand parcels a day",
            "a couple of thousand parcels a day",
        ),
        ("volume", "hundreds of supplier invoices each week", "hundreds of supplier invoices each week"),
        ("volume", "700 hours of video a month", "700 hours of video a month"),
        ("volume", "It sorts returns, 80/day", "80/day"),
        (
            "existing_team",
            "We employ a bioinformatician and two interns",
            "a bioinformatician and two interns",
        ),
        (
            "existing_team",
            "Team today: 2 backend, 1 data, me as PM",
            "Team today: 2 backend, 1 data, me as PM",
        ),
        ("existing_team", "Just myself plus a working student", "Just myself plus a working student"),
        ("existing_team", "three testers, nobody on ML", "three testers, nobody on ML"),
        ("region_preference", "anywhere but Russia", "anywhere but Russia"),
        ("region_preference", "within two hours of CET please", "within two hours of CET please"),
        ("region_preference", "on site in Leeds, four days", "on site in Leeds, four days"),
        ("region_preference", "ideally someone near Gdansk", "ideally someone near Gdansk"),
        ("company_stage", "headcount: 120", "smb"),
        ("company_stage", "roughly 400 on payroll", "mid_market"),
        ("workflow", "what it does: reads meter photos", "reads meter photos"),
        ("workflow", "sorts parcels. 30k.", "sorts parcels."),
        (
            "workflow",
            "a slackbot that pulls numbers from Looker",
            "a slackbot that pulls numbers from Looker",
        ),
        ("workflow", "Photos of roofs in, quotes out", "Photos of roofs in, quotes out"),
        ("workflow", "Ghent bakery, 12 people. live captioning of meetings", "live captioning of meetings"),
    ],
)
def test_texts_as_said(key: FactKey, say: str, value: str) -> None:
    assert facts(say)[key] == value


@pytest.mark.parametrize(
    ("key", "say"),
    [
        ("volume", "we pay 900 a month for Zendesk"),
        ("volume", "the freelancer takes 650 a day"),
        ("volume", "our CEO works 70 hours a week"),
        ("existing_team", "it takes two developers and a designer"),
        ("existing_team", "our last two developers quit in March"),
        ("region_preference", "a shop in Lyon with 12 people"),
        ("region_preference", "our data must stay in Germany"),
        ("company_stage", "we interviewed 40 people"),
        ("company_stage", "2 people from finance will run it"),
        ("workflow", "our CTO reviews all the code"),
        ("workflow", "a lawyer signs off on every answer"),
        ("workflow", "the model must be retrained every month for years"),
        ("workflow", "we tried a chatbot last year and dropped it"),
        ("regulated", "mas que nada"),
    ],
)
def test_what_only_looks_like_a_fact(key: FactKey, say: str) -> None:
    assert key not in facts(say)


@pytest.mark.parametrize(("say", "regime"), [("FINMA watches us", "FINMA"), ("MAS licensed", "MAS")])
def test_supervisors_are_regimes(say: str, regime: str) -> None:
    assert facts(say)["regulated"]["regimes"] == [regime]
