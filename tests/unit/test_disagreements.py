"""The ledger: every disagreement of the guides is in it, none is invented, and what is told of it stands."""

import datetime as dt
import random

import pytest
import yaml

from advisor.adapters.local_writer.disagreements import LocalDisagreements
from advisor.assembly import builtin_corpus, builtin_rulebook, builtin_verifier, playbook_files
from advisor.domain.case import Case
from advisor.domain.decision import Recommendation
from advisor.domain.disagreement import Disagreement, Spread, Touch, lines_of, passages_of, shared_extent
from advisor.domain.evidence import Figure
from advisor.domain.memo import Draft
from advisor.errors import PlaybookError
from advisor.policy.decide import decide
from advisor.policy.disagreements import (
    FILE,
    MOST_SHOWN,
    differ,
    for_memo,
    ledger,
    not_compared,
    read_ledger,
    touching,
    undisclosed,
)
from advisor.policy.grounding import Grounds
from tests.unit.figures import guide, made, packaged_phrases

TODAY = dt.date(2026, 11, 20)
ARSUM, GROOVY, REMVIX, CONSULTANCY = "Arsum", "Groovy Web", "Remvix", "an unnamed consultancy"


def text() -> str:
    return playbook_files()[FILE]


def topic(name: str) -> Disagreement:
    return next(one for one in ledger(builtin_rulebook()) if one.id == name)


# --- the conflict table of ../shared/DOMAIN.md, row by row ----------------------------------------------

FIGURE_ROWS: list[tuple[str, list[tuple[str, float | None, float | None, bool]]]] = [
    (
        "senior_base_us",
        [
            (ARSUM, 180_000, 280_000, False),
            (GROOVY, 170_000, 220_000, False),
            (GROOVY, 160_000, 220_000, False),
            (GROOVY, 180_000, 180_000, False),
            (REMVIX, 175_000, 220_000, False),
            (CONSULTANCY, 200_000, 280_000, True),
        ],
    ),
    (
        "mid_base_us",
        [
            (ARSUM, 150_000, 200_000, False),
            (GROOVY, 140_000, 170_000, False),
            (REMVIX, 150_000, 175_000, False),
            (CONSULTANCY, 140_000, 190_000, False),
        ],
    ),
    ("entry_base_us", [(GROOVY, 110_000, 140_000, False), (CONSULTANCY, 95_000, 130_000, False)]),
    (
        "staff_pay_us",
        [
            (ARSUM, 280_000, None, True),
            (GROOVY, 220_000, 320_000, True),
            (REMVIX, 220_000, None, True),
            (REMVIX, 300_000, None, True),
            (CONSULTANCY, 300_000, 500_000, True),
        ],
    ),
    ("data_scientist_us", [(GROOVY, 140_000, 190_000, False), (CONSULTANCY, 100_000, 200_000, True)]),
    (
        "hourly_expert",
        [
            (ARSUM, 100, 200, False),
            (ARSUM, 200, 350, False),
            (GROOVY, 45, 80, False),
            (GROOVY, 80, 120, False),
            (CONSULTANCY, 150, 400, False),
        ],
    ),
    (
        "time_to_hire",
        [(ARSUM, 90, 120, False), (REMVIX, 6, 12, False), (CONSULTANCY, 6, 12, False), (GROOVY, 1, 2, False)],
    ),
    ("swe_to_ai_engineer", [(GROOVY, 3, 6, False), (CONSULTANCY, 6, 12, False)]),
    (
        "offshore_saving",
        [
            (GROOVY, 3, 4, False),
            (GROOVY, 30, 40, False),
            (GROOVY, 70, 90, False),
            (REMVIX, 4, 6, False),
            (REMVIX, 2, 3, False),
        ],
    ),
]

ADVICE_ROWS: list[tuple[str, list[tuple[str, str]]]] = [
    (
        "first_move",
        [
            (ARSUM, "durable ownership"),
            (GROOVY, "contract first"),
            (REMVIX, "full-time employees"),
            (CONSULTANCY, "more than the job needs"),
        ],
    ),
    ("level_of_first_hire", [(GROOVY, "mid-level"), (ARSUM, "senior"), (CONSULTANCY, "senior")]),
    ("llm_feature_on_apis", [(ARSUM, "AI developer or a senior product engineer"), (GROOVY, "AI engineer")]),
    (
        "must_train_models",
        [
            (REMVIX, "trained from scratch"),
            (ARSUM, "narrow exercise"),
            (GROOVY, "fine-tuning last"),
            (CONSULTANCY, "pre-built"),
        ],
    ),
    (
        "interviews",
        [
            (GROOVY, "leave open"),
            (REMVIX, "do not suffice"),
            (ARSUM, "limited in time"),
            (REMVIX, "4–6 hours"),
        ],
    ),
    ("dependency_risk", [(ARSUM, "permanent owner"), (CONSULTANCY, "a single person knows")]),
    ("expectations_of_speed", [(ARSUM, "too fast"), (GROOVY, "Faster delivery")]),
]

FOUND_BY_THE_SWEEP = {"any_level_pay_us", "years_of_mid_level", "years_of_senior_level"}


@pytest.mark.parametrize(("name", "positions"), FIGURE_ROWS, ids=[row[0] for row in FIGURE_ROWS])
def test_a_row_of_figures_is_found(
    name: str, positions: list[tuple[str, float | None, float | None, bool]]
) -> None:
    told = {
        (one.publisher, one.figure.low, one.figure.high, one.figure.open_ended)
        for one in topic(name).positions
        if one.figure is not None
    }
    assert set(positions) <= told


@pytest.mark.parametrize(("name", "positions"), ADVICE_ROWS, ids=[row[0] for row in ADVICE_ROWS])
def test_a_row_of_advice_is_found(name: str, positions: list[tuple[str, str]]) -> None:
    for publisher, words in positions:
        said = [one.says for one in topic(name).positions if one.publisher == publisher]
        assert any(words.lower() in one.lower() for one in said), (publisher, words)


def test_the_claim_of_speed_is_shown_as_a_claim() -> None:
    (claim,) = (one for one in topic("expectations_of_speed").positions if one.claim)
    assert claim.figure is not None
    assert (claim.publisher, claim.figure.low, claim.figure.high) == (GROOVY, 10, 20)


def test_no_row_is_invented() -> None:
    topics = ledger(builtin_rulebook())
    named = {row[0] for row in (*FIGURE_ROWS, *ADVICE_ROWS)}
    assert len(named) == 16
    assert {one.id for one in topics} == named | FOUND_BY_THE_SWEEP
    for one in topics:
        assert len(one.positions) >= 2
        assert differ(one), one.id


def test_the_sweep_leaves_no_pair_of_figures_that_differ() -> None:
    left = undisclosed(builtin_corpus().figures, ledger(builtin_rulebook()), not_compared(text()))
    assert [(one.id, other.id) for one, other in left] == []


@pytest.mark.parametrize(
    ("name", "low", "high", "open_ended", "overlap"),
    [
        ("senior_base_us", 200_000, 220_000, False, "range"),
        ("mid_base_us", 150_000, 170_000, False, "range"),
        ("entry_base_us", 110_000, 130_000, False, "range"),
        ("staff_pay_us", 280_000, 280_000, True, "range"),
        ("swe_to_ai_engineer", 6, 6, False, "point"),
        ("offshore_saving", 3, 3, False, "point"),
        ("hourly_expert", 150, 200, False, "range"),
    ],
)
def test_what_lies_in_all(name: str, low: float, high: float, open_ended: bool, overlap: str) -> None:
    spread = topic(name).spread
    assert spread is not None
    assert (spread.low, spread.high, spread.open_ended, spread.overlap) == (low, high, open_ended, overlap)


def test_the_times_to_hire_do_not_overlap() -> None:
    spread = topic("time_to_hire").spread
    assert spread is not None
    assert spread.overlap == "none"


def test_a_publisher_with_two_guides_is_one_voice() -> None:
    one = topic("llm_feature_on_apis")
    assert [position.publisher for position in one.positions].count(ARSUM) == 2
    assert one.publishers == (ARSUM, GROOVY)
    spread = topic("senior_base_us").spread
    assert spread is not None
    assert spread.voices == 4


def test_a_position_that_favours_what_its_publisher_sells_is_marked() -> None:
    interested = {one.publisher for one in topic("first_move").positions if one.interested}
    assert interested == {ARSUM, GROOVY, CONSULTANCY}
    assert all(one.interested for one in topic("offshore_saving").positions)
    assert not any(one.interested for one in topic("years_of_mid_level").positions)


# --- made by hand -------------------------------------------------------------------------------------

PAY = made("one-pay", low=100_000, high=140_000, source_id="one")
MORE = made("two-pay", low=120_000, high=160_000, source_id="two")


def spread_of(*ends: tuple[float | None, float | None, bool]) -> Spread | None:
    rows = [made(f"row-{n}", low=a, high=b, open_ended=c) for n, (a, b, c) in enumerate(ends)]
    return shared_extent(rows, len(rows))


def test_two_ranges_share_what_lies_in_both() -> None:
    found = spread_of((100_000, 140_000, False), (120_000, 160_000, False))
    assert found is not None
    assert (found.overlap, found.low, found.high, found.unit) == ("range", 120_000, 140_000, "USD per year")


def test_an_open_end_has_no_top() -> None:
    found = spread_of((100_000, None, True), (120_000, 160_000, True))
    assert found is not None
    assert (found.overlap, found.low, found.open_ended) == ("range", 120_000, True)


def test_ranges_apart_share_nothing() -> None:
    found = spread_of((100_000, 110_000, False), (120_000, 160_000, False))
    assert found is not None
    assert found.overlap == "none"


def test_one_figure_has_no_spread() -> None:
    assert spread_of((100_000, 140_000, False)) is None


def test_weeks_and_days_are_compared_in_days() -> None:
    weeks = made("weeks", low=6, high=12, unit="weeks", currency=None, period=None)
    days = made("days", low=80, high=120, unit="days", currency=None, period=None)
    found = shared_extent([weeks, days], 2)
    assert found is not None
    assert (found.low, found.high, found.unit) == (80, 84, "days")


def small_ledger(*figures: Figure, **changes: object) -> tuple[Disagreement, ...]:
    entry: dict[str, object] = {
        "id": "pay",
        "question": "What is paid?",
        "subject": "pay",
        "kind": "figures",
        "compared": [{"metric": "pay_salary"}],
        "reconciled": "no",
        "how": "pay differs.",
        "rests_on": [{"passage": figures[0].passage, "quote": figures[0].quote}],
    }
    file = yaml.safe_dump({"not_compared": {}, "topics": [entry | changes]})
    passages, sources = guide(*figures)
    return read_ledger(file, {figure.id: figure for figure in figures}, passages, sources)


def test_positions_are_read_from_the_figures() -> None:
    (one,) = small_ledger(PAY, MORE)
    assert [(p.publisher, p.figure.low) for p in one.positions if p.figure] == [
        ("One", 100_000),
        ("Two", 120_000),
    ]
    assert one.publishers == ("One", "Two")


def test_the_highest_figure_is_interested_where_that_is_what_the_publisher_sells() -> None:
    (one,) = small_ledger(PAY, MORE, favours={"high": ["agency"]})
    assert [position.interested for position in one.positions] == [False, True]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"compared": [{"metric": "pay_hourly"}]}, "selects no figure"),
        ({"compared": [{"id": "one-pay"}]}, "no two positions that differ"),
        ({"rests_on": [{"passage": PAY.passage, "quote": "never said"}]}, "which is not in"),
        ({"rests_on": [{"passage": "nobody/x/row-1", "quote": "x"}]}, "which does not exist"),
        ({"touches": [{"when": ["the_moon_is_full"]}]}, "the predicate the_moon_is_full"),
        ({"touches": [{"targets": ["wizard"]}]}, "names wizard"),
        ({"favours": {"any": ["wizard"]}}, "names wizard"),
        ({"reconciled": "maybe"}, "reconciled"),
    ],
)
def test_a_wrong_topic_is_refused(changes: dict[str, object], said: str) -> None:
    with pytest.raises(PlaybookError, match=said):
        small_ledger(PAY, MORE, **changes)


def test_two_figures_of_one_publisher_are_not_two_voices() -> None:
    with pytest.raises(PlaybookError, match="two figures of one publisher"):
        small_ledger(PAY, MORE, made("one-again", low=90_000, high=95_000, source_id="one"))


def test_the_sweep_finds_a_pair_that_no_topic_holds() -> None:
    assert undisclosed([PAY, MORE], (), ()) == [(PAY, MORE)]
    assert undisclosed([PAY, MORE], small_ledger(PAY, MORE), ()) == []
    assert undisclosed([PAY, MORE], (), ["pay_salary"]) == []


@pytest.mark.parametrize(
    "other",
    [
        made("same", low=100_000, high=140_000, source_id="two"),
        made("mid", low=90_000, high=95_000, source_id="two", level="mid"),
        made("uk", low=90_000, high=95_000, source_id="two", region="uk", currency="GBP"),
        made("total", low=90_000, high=95_000, source_id="two", basis="total"),
        made("role", low=90_000, high=95_000, source_id="two", role="data_scientist"),
        made("hourly", low=90, high=95, source_id="two", metric="pay_hourly", period="hour"),
    ],
    ids=lambda figure: figure.id,
)
def test_what_is_not_comparable_does_not_disagree(other: Figure) -> None:
    assert undisclosed([PAY, other], (), ()) == []


def test_within_one_guide_too() -> None:
    again = made("one-table", low=90_000, high=140_000, source_id="one", basis="none")
    assert undisclosed([PAY, again], (), ()) == [(PAY, again)]


# --- what touches a case ------------------------------------------------------------------------------


def recommended(**facts: object) -> tuple[Recommendation, Case]:
    case = Case.of(facts)
    return decide(builtin_rulebook(), case, TODAY), case


def test_topics_touch_by_move_and_by_case_and_the_weightiest_comes_first() -> None:
    found, case = recommended(timeline_days={"min": 40, "max": 40})
    (pay,) = small_ledger(PAY, MORE)
    touches = {
        "never": Touch(targets=("mlops_engineer+buy_platform",), weight=9),
        "light": Touch(targets=(found.first.engagement,), weight=2),
        "case": Touch(when=("must_ship_within_60_days",), weight=5),
        "not_now": Touch(when=("has_less_than_half_a_year", "it_is_regulated"), weight=9),
    }
    named = [pay.model_copy(update={"id": name, "touches": (touch,)}) for name, touch in touches.items()]
    assert [one.id for one in touching(named, found, case)] == ["case", "light"]


def seeded(seed: int) -> tuple[Recommendation, Case]:
    draw = random.Random(seed)
    facts: dict[str, object] = {}
    for question in builtin_rulebook().questions:
        if question.answers and draw.random() < 0.6:
            facts[question.fact] = draw.choice(question.answers).value
    return recommended(**facts)


@pytest.mark.parametrize("seed", range(30))
def test_every_section_of_a_memo_stands(seed: int) -> None:
    decision, case = seeded(seed)
    topics = for_memo(builtin_rulebook(), decision, case)
    assert 1 <= len(topics) <= MOST_SHOWN
    assert faults(topics, decision) == []


def test_every_topic_can_be_told_with_all_its_positions() -> None:
    topics = ledger(builtin_rulebook())
    assert faults(topics, None) == []
    for one in topics:
        table = LocalDisagreements(packaged_phrases()).section(one).table
        assert table is not None
        assert len(table.rows) == len(one.positions)
        for (cells, _), position in zip(table.rows, one.positions, strict=True):
            assert cells[0] == position.publisher
            assert cells[2] == (position.date or "undated")
            assert position.sells in cells[3]


def faults(topics: tuple[Disagreement, ...], decision: Recommendation | None) -> list[object]:
    sections = LocalDisagreements(packaged_phrases()).sections(topics)
    passages = {key: builtin_corpus().passages[key] for key in passages_of(topics)}
    grounds = Grounds(passages, {}, lines_of(topics), decision, TODAY, builtin_corpus().sources)
    return list(builtin_verifier().verify(Draft(title="Memo", sections=sections), grounds).faults)
