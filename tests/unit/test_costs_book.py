"""A cost book with a fault in it does not load, and says what is wrong; what it assumes is shown."""

import pytest

from advisor.assembly import builtin_corpus, builtin_rulebook, playbook_files
from advisor.domain.case import Case
from advisor.errors import PlaybookError
from advisor.policy.costs import costs
from advisor.policy.rulebook import load_rulebook

RULEBOOK = builtin_rulebook()
BOOK = RULEBOOK.costs


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("quote: Base salary.", "quote: Base wages.", "quotes “Base wages.”"),
        ("window: arsum-hire-workflow-window", "window: gone", "names 'gone', no such figure"),
        ("low: 0.05, high: 0.25, unit: share", "low: 0.5, high: 0.25, unit: share", "wrong entry"),
        ("worked_out: hours_of_pay", "worked_out: share_of_base", "wrong entry"),
        ("id: managers_pay", "id: benefits", "there are two of benefits"),
        ('reason: "until a new engineer ships alone"', 'reason: ""', "wrong entry"),
        ("shape: uniform ", "shape: lumpy ", "wrong entry"),
        ("rate: groovy-web-offshore-senior-hourly", "rate: gone", "claim groovy_web_offshore names 'gone'"),
    ],
)
def test_a_fault_in_the_cost_book_is_named(old: str, new: str, message: str) -> None:
    files, corpus = playbook_files(), builtin_corpus()
    assert files["costs.yaml"].count(old) >= 1
    files["costs.yaml"] = files["costs.yaml"].replace(old, new, 1)
    with pytest.raises(PlaybookError) as caught:
        load_rulebook(files, corpus.passages, corpus.sources, corpus.figures)
    assert message in str(caught.value)


def test_every_assumption_gives_its_reason_and_every_reason_is_shown() -> None:
    stated = Case.of({"delay_cost_usd": 20_000})
    moves = ("ai_engineer_full_time", "ai_developer_contractor", "ai_engineer_offshore_team")
    lines = [line for move in moves for line in costs(RULEBOOK, RULEBOOK.move(move), stated).lines()]
    shown = " ".join(line.formula for line in lines)
    for terms in (BOOK.hire, BOOK.project, BOOK.offshore):
        for term in terms:
            assert all(factor.reason in shown for factor in term.factors), term.id


def test_the_book_holds_what_it_says() -> None:
    assert BOOK.work.paid_hours == 2080
    assert all(route in BOOK.routes for route in BOOK.engagement_routes.values())
