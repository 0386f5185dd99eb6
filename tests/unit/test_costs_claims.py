"""Vendors' claims worked out again, and the memo's sections on costs: nothing of them is cut."""

import datetime as dt
from importlib.resources import files
from types import SimpleNamespace
from typing import Any, cast

import pytest

from advisor.adapters.local_writer.costs import CostSections
from advisor.assembly import builtin_rulebook, builtin_verifier
from advisor.domain.case import Case
from advisor.domain.costs import ClaimChecked
from advisor.domain.decision import Recommendation
from advisor.domain.facts import Statement, canonical_value, fold
from advisor.domain.memo import Draft, Section
from advisor.domain.vocabulary import FactKey
from advisor.errors import PlaybookError
from advisor.policy.costs import costs
from advisor.policy.costs.claims import payback_months
from advisor.policy.grounding import Grounds, Verified
from advisor.steps.phrasebook import Phrasebook, load_phrasebooks

RULEBOOK = builtin_rulebook()
TODAY = dt.date(2026, 11, 20)
HIRE, OFFSHORE = "ai_engineer_full_time", "ai_engineer_offshore_team"


def checked(claim: str) -> ClaimChecked:
    found = costs(RULEBOOK, RULEBOOK.move(HIRE), Case()).claims
    return next(one for one in found if one.id == claim)


def test_groovy_web_s_offshore_senior_is_less_than_twice_as_cheap() -> None:
    one = checked("groovy_web_offshore")
    year = one.workings[-1]
    assert (year.low, year.high) == (45 * 2080, 80 * 2080) == (93_600, 166_400)
    (times,) = one.compared
    # 170 / 93.6 and 220 / 166.4
    assert (times.low, times.high) == (1.3, 1.8)
    assert (one.claimed.low, one.claimed.high) == (3, 4)
    assert one.verdict == "below"


def test_remvix_s_own_midpoints_hold_for_some_of_its_bands() -> None:
    one = checked("remvix_offshore")
    # Senior (175 + 220) / (60 + 80), mid (150 + 175) / (45 + 60), senior / (28 + 45), mid / (18 + 28)
    assert [line.low for line in one.compared] == [2.8, 3.1, 5.4, 7.1]
    assert (one.claimed.low, one.claimed.high) == (4, 6)
    assert one.verdict == "mixed"


def test_the_consultancy_s_payback_needs_dear_labour() -> None:
    one = checked("consultancy_payback")
    needed, *months = one.compared
    assert needed.low == 128.2  # 200,000 / (30 x 52)
    assert [line.low for line in months] == [51.3, 25.6]
    assert one.verdict == "above"


@pytest.mark.parametrize(("value", "months"), [(200_000 / 1560, 12), (100, 15.3846), (50, 30.7692)])
def test_payback_falls_as_labour_gets_dearer(value: float, months: float) -> None:
    assert payback_months(200_000, 1560, value, 12) == pytest.approx(months, abs=1e-3)


def test_every_number_of_a_check_comes_from_a_figure_of_that_publisher() -> None:
    for one in costs(RULEBOOK, RULEBOOK.move(HIRE), Case()).claims:
        assert one.sells in one.claimed.label
        for line in one.lines():
            if line.passage is not None:
                assert RULEBOOK.passages[line.passage].source_id == one.source_id
                assert line.quote is not None


def phrases() -> Phrasebook:
    folder = files("advisor").joinpath("prompts")
    return load_phrasebooks(
        {name: folder.joinpath(name).read_text("utf-8") for name in ("phrases.yaml", "costs.yaml")}
    )


def decided(move: str, favoured: tuple[str, ...] = ()) -> Recommendation:
    """As much of a recommendation as the sections look at."""
    publishers = {source.publisher for source in RULEBOOK.sources.values()}
    interests = [SimpleNamespace(publisher=one, favoured=one in favoured) for one in publishers]
    first = SimpleNamespace(engagement=RULEBOOK.move(move).engagement)
    made: Any = SimpleNamespace(first=first, interests=interests, alternatives=(), then=())
    return cast(Recommendation, made)


def written(
    move: str, values: dict[str, Any], favoured: tuple[str, ...] = (), level: Any = None
) -> tuple[tuple[Section, ...], Verified]:
    found = costs(RULEBOOK, RULEBOOK.move(move), Case.of(values), level)
    sections = CostSections(phrases()).write(found, decided(move, favoured))
    facts = fold(
        Statement(key=cast(FactKey, key), value=canonical_value(key, value), said=str(value), message_id="m1")
        for key, value in values.items()
    )
    lines = {line.id: line for line in found.lines()}
    grounds = Grounds(RULEBOOK.passages, facts, lines, None, TODAY, RULEBOOK.sources)
    return sections, builtin_verifier().verify(Draft(title="Memo", sections=sections), grounds)


EVERYONE = ("Groovy Web", "Remvix", "an unnamed consultancy")
CASES: list[dict[str, Any]] = [
    {},
    {"timeline_days": 45, "delay_cost_usd": 20_000},
    {"region_preference": "London", "delay_cost_usd": {"min": 5000, "max": 9000}},
    {
        "region_preference": "somewhere in India",
        "delay_cost_usd": {"min": 500, "max": 900, "currency": "EUR"},
    },
]


@pytest.mark.parametrize("move", [move.id for move in RULEBOOK.moves])
def test_nothing_of_the_sections_is_cut(move: str) -> None:
    for values in CASES:
        for level in (None, "mid"):
            sections, verified = written(move, values, EVERYONE, level)
            assert verified.faults == ()
            assert verified.draft.sections == sections


def test_the_first_move_s_route_comes_first_and_the_others_stand_beside_it() -> None:
    (routes, terms, reading), _ = written(HIRE, {})
    assert routes.table is not None
    labels = [cells[0] for cells, _ in routes.table.rows]
    assert labels[0] == "On salary, the first year (first move)"
    assert len(labels) == 5
    assert terms.table is not None
    assert len(terms.table.rows) == 6
    assert any("hours a year" in claim.text for claim in reading.claims)


def test_the_sections_stay_short() -> None:
    for move in RULEBOOK.moves:
        sections, _ = written(move.id, {"delay_cost_usd": 20_000}, EVERYONE)
        rows = sum(2 + len(section.table.rows) for section in sections if section.table)
        paragraphs = sum(len(section.claims) if section.listed else 1 for section in sections)
        assert rows + paragraphs + len(sections) <= 28


def test_vendors_arithmetic_is_shown_where_the_case_touches_it_and_nowhere_else() -> None:
    def shown(move: str, values: dict[str, Any], favoured: tuple[str, ...] = ()) -> list[str]:
        *_, reading = written(move, values, favoured)[0]
        texts = [claim.text for claim in reading.claims]
        return [name for name in EVERYONE for text in texts if text.casefold().startswith(name.casefold())]

    assert shown(HIRE, {}) == []
    assert shown(HIRE, {"region_preference": "Poland"}) == ["Groovy Web", "Remvix"]
    assert shown(OFFSHORE, {}) == ["Groovy Web", "Remvix"]
    assert shown(HIRE, {}, ("an unnamed consultancy",)) == ["an unnamed consultancy"]


def test_where_nothing_is_priced_nothing_is_written() -> None:
    assert written("data_engineer_full_time", {})[0] == ()


def test_delay_is_told_open_until_the_user_prices_it() -> None:
    def delays(values: dict[str, Any]) -> list[str]:
        *_, reading = written(HIRE, values)[0]
        return [claim.text for claim in reading.claims if "delay" in claim.text]

    assert "is open, and in no sum" in delays({})[-1]
    (said,) = delays({"delay_cost_usd": 13_000})
    assert said.startswith("A week of delay costs $3,000 by your figure; waiting 90–120 days")


def test_phrases_of_two_files_are_one_book_and_an_id_stands_once() -> None:
    assert phrases().say("verdict_below") == "short of the claim"
    with pytest.raises(PlaybookError, match="phrase a stands in another file too"):
        load_phrasebooks({"one.yaml": "a: {text: x}", "two.yaml": "a: {text: y}"})
