"""Where a conversation stands, what could still change it, and decisions on supposed facts."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from advisor.assembly import builtin_rulebook
from advisor.conversation.advisor import AdvisorCore
from advisor.domain.reply import Reply
from advisor.domain.standing import StandingFact
from advisor.domain.vocabulary import ENUMERATED, FACT_KEYS, FactKey
from advisor.errors import InputError, UnknownThread
from tests.conversations.scripts import SCRIPT, open_scripted

OPENING, HOSTED, COST, WHY, WEEKS, WHAT_IF, SOUP, YOUNG, OWN, ENDS, NO_IDEA, NOW, RESTART, THANKS = SCRIPT


@pytest.fixture
def advisor(tmp_path: Path) -> Iterator[AdvisorCore]:
    with open_scripted(tmp_path / "conversations.sqlite") as opened:
        yield opened


def say(advisor: AdvisorCore, *messages: str) -> Reply:
    return [advisor.reply_sync("t", message) for message in messages][-1]


def shown(advisor: AdvisorCore) -> dict[FactKey, StandingFact]:
    return {fact.key: fact for fact in advisor.standing("t").facts}


def test_every_fact_with_a_question_is_shown_in_the_order_of_the_vocabulary(advisor: AdvisorCore) -> None:
    say(advisor, OPENING)
    asked = {entry.fact for entry in builtin_rulebook().questions}
    assert tuple(shown(advisor)) == tuple(key for key in FACT_KEYS if key in asked)
    for key, fact in shown(advisor).items():
        assert bool(fact.choices) == (key in ENUMERATED)
        assert fact.label == builtin_rulebook().question(key).label
        assert fact.text == builtin_rulebook().question(key).text
        assert not fact.choices or fact.choices[-1] == "Don't know"


def test_a_fact_is_stated_unknown_or_open(advisor: AdvisorCore) -> None:
    say(advisor, OPENING, HOSTED, NO_IDEA, WEEKS)
    facts = shown(advisor)
    work = facts["work_type"]
    assert (work.status, work.value, work.said) == ("stated", "api_features", "Hosted models")
    assert work.words.startswith("AI features in our product")
    assert facts["timeline_days"].words == "70 days"
    assert facts["timeline_days"].value == {"min": 70, "max": 70}
    unknown = facts["durable_ownership"]
    assert (unknown.status, unknown.value, unknown.words, unknown.said) == ("unknown", None, "", "No idea")
    untouched = facts["regulated"]
    assert (untouched.status, untouched.value, untouched.words, untouched.said) == ("open", None, "", None)


def test_a_fact_is_assumed_only_by_the_memo_that_stands(advisor: AdvisorCore) -> None:
    say(advisor, OPENING, HOSTED)
    assert shown(advisor)["data_readiness"].status == "open"
    reply = say(advisor, NOW)
    assumed = {key for key, fact in reply.facts.items() if fact.status == "assumed"}
    assert {key for key, fact in shown(advisor).items() if fact.status == "assumed"} == assumed
    assert shown(advisor)["data_readiness"].value == "ready"
    assert shown(advisor)["data_readiness"].words == "ready to use"
    standing = advisor.standing("t")
    assert (standing.has_memo, standing.memo_is_current) == (True, True)
    say(advisor, WEEKS)
    standing = advisor.standing("t")
    if not standing.memo_is_current:
        assert standing.has_memo
        assert "assumed" not in {fact.status for fact in standing.facts}


def test_the_standing_move_is_the_one_explained(advisor: AdvisorCore) -> None:
    say(advisor, OPENING, HOSTED)
    standing, decision = advisor.standing("t"), advisor.explain("t")
    assert standing.first_label == decision.first.label
    assert (standing.first_role, standing.first_engagement) == (
        decision.first.role,
        decision.first.engagement,
    )
    assert standing.margin == decision.margin
    assert standing.runner_up_label == decision.runner_up.label
    assert standing.turn == 2


def test_what_is_asked_right_now_can_still_change_the_move(advisor: AdvisorCore) -> None:
    question = say(advisor, OPENING, HOSTED).question
    assert question is not None
    standing = advisor.standing("t")
    assert standing.open_question == question
    assert standing.next_fact == question.fact
    assert standing.chance_of_change > advisor.explain("t").chance_of_change, "the open question counts"
    assert standing.settled == pytest.approx(1 - standing.chance_of_change)
    assert 0 <= standing.settled <= 1


def test_nothing_known_is_nothing_settled(advisor: AdvisorCore) -> None:
    say(advisor, SOUP)
    standing = advisor.standing("t")
    assert (standing.settled, standing.turn, standing.has_memo, standing.memo_is_current) == (
        0,
        1,
        False,
        False,
    )


def test_a_memo_with_nothing_left_to_ask_is_settled(advisor: AdvisorCore) -> None:
    reply = say(advisor, OPENING)
    for _ in range(20):
        if reply.question is None:
            break
        reply = advisor.reply_sync("t", "Don't know", about=reply.question.fact)
    assert reply.kind == "recommendation"
    standing = advisor.standing("t")
    assert standing.next_fact is None
    assert standing.open_question is None


def test_what_could_change_it_does_when_supposed(advisor: AdvisorCore) -> None:
    say(advisor, OPENING, HOSTED)
    standing = advisor.standing("t")
    assert len(standing.could_change) >= 3
    assert len({one.fact for one in standing.could_change}) == len(standing.could_change)
    assert standing.could_change[0].fact == standing.next_fact
    flips = {
        (one.fact, flip.label): flip.changes[one.fact]
        for one in advisor.explain("t").assumptions
        for flip in one.flips
    }
    for one in standing.could_change:
        supposed = advisor.suppose("t", {one.fact: flips[one.fact, one.to_label]})
        assert supposed.changed
        assert supposed.then.first.label == one.to_label
        assert supposed.now.first.label == standing.first_label


def test_supposing_keeps_nothing(advisor: AdvisorCore) -> None:
    say(advisor, OPENING, HOSTED)
    before, explained, said = advisor.standing("t"), advisor.explain("t"), advisor.turns("t")
    supposed = advisor.suppose("t", {"data_readiness": "none", "timeline_days": 30, "work_type": None})
    assert supposed.then != supposed.now
    assert (advisor.standing("t"), advisor.explain("t"), advisor.turns("t")) == (before, explained, said)


def test_supposing_nothing_or_the_same_changes_nothing(advisor: AdvisorCore) -> None:
    say(advisor, OPENING, HOSTED)
    for changes in ({}, {"work_type": "api_features"}):
        supposed = advisor.suppose("t", changes)
        assert not supposed.changed
        assert supposed.then.first == supposed.now.first


def test_a_fact_can_be_supposed_unknown(advisor: AdvisorCore) -> None:
    say(advisor, OPENING, HOSTED, ENDS)
    supposed = advisor.suppose("t", {"work_type": None})
    assert "work_type" not in {key for rule in supposed.then.rules_fired for key in rule.facts}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"work_type": "wizardry"}, "api_features"),
        ({"timeline_days": "soon"}, "None for unknown"),
        ({"nonsense": "yes"}, "Name one of them"),
        ({"budget_usd": -1}, "None for unknown"),
        ({"workflow": "  "}, "None for unknown"),
    ],
)
def test_what_a_fact_cannot_hold_is_refused_with_a_remedy(
    changes: dict[FactKey, object], told: str, advisor: AdvisorCore
) -> None:
    say(advisor, OPENING)
    with pytest.raises(InputError, match="can't be supposed") as raised:
        advisor.suppose("t", changes)
    assert told in raised.value.remedy


def test_the_day_is_that_of_the_last_turn_unless_another_is_given(advisor: AdvisorCore) -> None:
    advisor.reply_sync("t", OPENING, today=dt.date(2026, 12, 24))
    assert advisor.suppose("t", {}).now.date == "2026-12-24"
    assert advisor.suppose("t", {}, today=dt.date(2027, 1, 2)).now.date == "2027-01-02"


def test_an_unknown_conversation_stands_nowhere(advisor: AdvisorCore) -> None:
    for unknown in (lambda: advisor.standing("x"), lambda: advisor.suppose("x", {})):
        with pytest.raises(UnknownThread, match="no conversation called 'x'"):
            unknown()
