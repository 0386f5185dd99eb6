"""Two people state a fact in two ways: it is said and asked about once, where the advice could hang on it."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from advisor.assembly import builtin_rulebook
from advisor.conversation.advisor import AdvisorCore
from advisor.domain.case import Case
from advisor.domain.facts import canonical_value
from advisor.domain.memo import Draft
from advisor.domain.vocabulary import FactKey
from advisor.policy.contradictions import contrary, could_change
from advisor.policy.grounding import sweep
from advisor.testing.language import ScriptedLanguage
from tests.conversations.people import (
    ACTUALLY,
    AGAIN,
    BEGUN,
    BOTH,
    GUESS,
    KNOWN,
    LONG,
    MAYBE,
    NEARLY,
    READS,
    SHORT,
    SILENT,
    STILL,
    TEAM,
    TEAM_TOO,
    YEARS,
    disputes,
    say,
    situation,
)
from tests.conversations.scripts import SCRIPT, local_language, open_scripted

OPENING, HOSTED, COST, WHY, WEEKS, WHAT_IF, SOUP, YOUNG, OWN, ENDS, NO_IDEA, NOW, RESTART, THANKS = SCRIPT


@pytest.fixture
def advisor(tmp_path: Path) -> Iterator[AdvisorCore]:
    language = ScriptedLanguage(READS, local_language())
    with open_scripted(tmp_path / "conversations.sqlite", language) as opened:
        yield opened


@pytest.fixture
def reading(tmp_path: Path) -> Iterator[AdvisorCore]:
    """An advisor that reads for itself."""
    with open_scripted(tmp_path / "reading.sqlite", local_language()) as opened:  # pyright: ignore
        yield opened


# --- two people disagree --------------------------------------------------------------------------


@pytest.mark.parametrize("line", [LONG, ACTUALLY, MAYBE, GUESS])
def test_a_disagreement_is_named_with_both_statements_and_asked(line: str, advisor: AdvisorCore) -> None:
    reply = say(advisor, *BEGUN, ("Ben", line))
    assert reply.kind == "question"
    assert "Ada said “We have three months”, Ben says “" in reply.text
    assert disputes(reply)
    assert reply.question is not None
    assert reply.question.fact == "timeline_days"
    assert reply.question.choices[-1].label == "Don't know"
    assert reply.facts["timeline_days"].value == YEARS, "the later one holds till it is settled"


@pytest.mark.parametrize("by", ["Ada", "ADA", None])
def test_one_person_is_no_two(by: str | None, advisor: AdvisorCore) -> None:
    reply = say(advisor, *BEGUN, (by, ACTUALLY))
    assert not disputes(reply)
    assert reply.facts["timeline_days"].value == YEARS


@pytest.mark.parametrize("about", ["timeline_days", None])
def test_an_answer_against_someone_else_is_a_disagreement(
    about: FactKey | None, advisor: AdvisorCore
) -> None:
    asked = say(advisor, *BEGUN).question
    assert asked is not None
    reply = advisor.reply_sync("t", "Later than that" if about else LONG, by="Ben", about=about)
    assert disputes(reply)
    assert reply.question is not None
    assert reply.question.fact == "timeline_days"
    record = advisor._known("t")  # pyright: ignore[reportPrivateUsage]
    assert asked.fact not in record.asked, "what was open before may be asked again"


@pytest.mark.parametrize("line", [SHORT, LONG, NEARLY])
@pytest.mark.parametrize("by", ["Ada", "Ben", "Cleo", None])
def test_the_answer_settles_it_whoever_gives_it(by: str | None, line: str, advisor: AdvisorCore) -> None:
    reply = say(advisor, *BEGUN, ("Ben", LONG), (by, line))
    assert not disputes(reply)
    (settled,) = (c for c in READS[line])  # pyright: ignore
    assert reply.facts["timeline_days"].value == settled.value  # pyright: ignore
    memo = say(advisor, ("Ada", NOW))
    assert "is taken" not in "\n".join(situation(memo))


def test_a_choice_pressed_after_the_question_passed_settles_it_too(advisor: AdvisorCore) -> None:
    say(advisor, *BEGUN, ("Ben", LONG), ("Ben", TEAM))
    reply = advisor.reply_sync("t", "In two to three months", by="Cleo", about="timeline_days")
    assert not disputes(reply)
    assert "is taken" not in "\n".join(situation(say(advisor, ("Ada", NOW))))


@pytest.mark.parametrize("line", [SILENT, TEAM])
def test_who_leaves_it_open_is_not_asked_again_and_the_memo_tells(line: str, advisor: AdvisorCore) -> None:
    reply = say(advisor, *BEGUN, ("Ben", LONG), ("Ben", line))
    assert not disputes(reply)
    assert reply.facts["timeline_days"].value == YEARS
    assert not disputes(say(advisor, ("Ada", STILL))), "the same two values are asked about once"
    assert not disputes(say(advisor, ("Ben", AGAIN)))
    reply = say(advisor, ("Ada", NOW))
    lines = situation(reply)
    taken = lines.index(
        "Time until it must work: “Two years” (Ben) is taken; “Still three months” (Ada) was said before"
    )
    assert taken > 0
    assert reply.memo is not None
    assert advisor.replay(reply.memo.certificate) == []
    assert not disputes(say(advisor, ("Ben", THANKS)))


def test_who_wants_the_memo_now_gets_it_and_it_tells(tmp_path: Path) -> None:
    both = "Two years, just tell me."
    reads = {**READS, both: (*READS[LONG], *READS[NOW])}  # pyright: ignore
    with open_scripted(tmp_path / "c.sqlite", ScriptedLanguage(reads, local_language())) as advisor:
        reply = say(advisor, *BEGUN, ("Ben", both))
        assert reply.kind == "recommendation"
        assert "(Ben) is taken; “We have three months” (Ada) was said before" in "\n".join(situation(reply))
        assert say(advisor, ("Ben", THANKS)).kind == "answer", "and it is not brought up again"


def test_another_pair_of_values_is_another_disagreement(advisor: AdvisorCore) -> None:
    reply = say(advisor, *BEGUN, ("Ben", LONG), ("Ben", SILENT), ("Cleo", WEEKS))
    assert disputes(reply)
    assert "Ben said “It's two years”, Cleo says “Ten weeks”" in reply.text


def test_intervals_that_overlap_are_no_disagreement(advisor: AdvisorCore) -> None:
    assert not disputes(say(advisor, *BEGUN, ("Ben", NEARLY)))


def test_a_disagreement_that_changes_nothing_is_not_asked_about(advisor: AdvisorCore) -> None:
    reply = say(advisor, *BEGUN, ("Ada", TEAM), ("Ben", TEAM_TOO))
    assert not disputes(reply), "texts are not compared"
    assert reply.facts["existing_team"].said == "We are five"
    assert [past.said for past in reply.facts["existing_team"].history] == ["Two of us"]


def test_two_disagreements_in_one_message_are_asked_one_after_the_other(advisor: AdvisorCore) -> None:
    first = say(advisor, *BEGUN, ("Ben", BOTH))
    second = say(advisor, ("Ada", OWN))
    asked = [reply.question.fact for reply in (first, second) if reply.question is not None]
    assert [disputes(first), disputes(second)] == [True, True]
    assert asked == ["durable_ownership", "timeline_days"], "time matters once somebody must own it"
    assert "Ada said “someone owns it for years”, Ben says “nobody owns it”" in first.text
    assert "Ada said “We have three months”, Ben says “Two years”" in second.text


def test_a_restart_or_a_fact_taken_back_ends_a_disagreement(advisor: AdvisorCore) -> None:
    say(advisor, *BEGUN, ("Ben", LONG), ("Ben", RESTART), ("Ada", KNOWN))
    assert not disputes(say(advisor, ("Ada", LONG)))
    assert disputes(say(advisor, ("Ben", SHORT))), "a new beginning, in which it was not named yet"


def test_people_who_look_alike_are_told_apart(advisor: AdvisorCore) -> None:
    asked = say(advisor, ("anna1", KNOWN), ("anna1", SHORT), ("anna2", LONG))
    assert "Anna said “We have three months”, someone else says “It's two years”" in asked.text


def test_a_question_in_the_same_message_is_answered_first(tmp_path: Path) -> None:
    mixed = "Two years. What does a senior AI engineer cost?"
    reads = {**READS, mixed: (*READS[LONG], *READS[COST])}  # pyright: ignore
    with open_scripted(tmp_path / "c.sqlite", ScriptedLanguage(reads, local_language())) as advisor:
        reply = say(advisor, *BEGUN, ("Ben", mixed))
        assert (reply.kind, reply.covered) == ("answer", True)
        assert disputes(reply)
        assert reply.question is not None
        assert reply.question.fact == "timeline_days"
        again = say(advisor, ("Ben", COST))
        assert not disputes(again)
        assert again.question == reply.question, "still open"


# --- read by the real reader ----------------------------------------------------------------------

PRODUCT = (
    "We build AI features on hosted models in our product, our CTO can judge AI work and the data is clean. "
    "Someone must own it for years. We have three months."
)


def test_a_dispute_over_the_deadline_from_end_to_end(reading: AdvisorCore) -> None:
    reply = say(reading, ("Ada", PRODUCT), ("Ben", "no, it's two years"))
    assert "Ada said “We have three months”, Ben says “it's two years”" in reply.text
    assert reply.question is not None
    assert reply.question.fact == "timeline_days"
    assert not disputes(say(reading, ("Ada", "OK, two years then")))
    memo = say(reading, ("Ben", "Just give me the memo now.")).memo
    assert memo is not None
    assert memo.recommendation.first.engagement == "full_time"
    assert (
        sweep(
            memo.text,
            Draft(title=memo.title, sections=memo.sections),
            memo.citations,
            (memo.text.split("\n\n")[1],),
        )
        == ()
    )
    assert reading.replay(memo.certificate) == []


def test_a_dispute_over_ownership_left_open_from_end_to_end(reading: AdvisorCore) -> None:
    reply = say(reading, ("Ada", PRODUCT), ("Ben", "Nobody has to own it, once it runs it runs."))
    assert disputes(reply)
    assert "Ada said “Someone must own it for years”, Ben says “" in reply.text
    assert not disputes(say(reading, ("Ben", "don't know")))
    lines = situation(say(reading, ("Ben", "Just give me the memo now.")))
    (at,) = (n for n, line in enumerate(lines) if "is taken" in line)
    assert "(Ben) is taken; “Someone must own it for years” (Ada) was said before" in lines[at]
    assert lines[at + 1].startswith("If someone must own it for years, the first move would be "), lines[
        at + 1
    ]


# --- the policy alone -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "one", "other", "expected"),
    [
        ("core_ip", "yes", "no", True),
        ("core_ip", "yes", "yes", False),
        ("regulated", {"value": "yes", "regimes": ["HIPAA"]}, "yes", False),
        ("regulated", {"value": "yes", "regimes": ["HIPAA"]}, "no", True),
        ("timeline_days", {"min": 30, "max": 60}, {"min": 60, "max": 90}, False),
        ("timeline_days", {"min": 30, "max": 60}, {"min": 61, "max": 90}, True),
        ("budget_usd", 50_000, {"min": 50_000, "max": 50_000, "currency": "EUR"}, True),
        ("delay_cost_usd", 10, 10, False),
        ("workflow", "a", "b", False),
        ("core_ip", None, "no", False),
    ],
)
def test_which_values_cannot_both_be_meant(key: FactKey, one: object, other: object, expected: bool) -> None:
    values = canonical_value(key, one), canonical_value(key, other)
    assert contrary(key, *values) is expected
    assert contrary(key, *reversed(values)) is expected


def test_what_could_change_the_advice_is_found_quickly() -> None:
    rulebook = builtin_rulebook()
    values = (canonical_value("timeline_days", 85), canonical_value("timeline_days", 88))
    far = (canonical_value("timeline_days", 90), canonical_value("timeline_days", 730))
    known = {"work_type": "api_features", "technical_leadership": "yes", "durable_ownership": "yes"}
    could_change(rulebook, Case.of(known), "timeline_days", far)
    began = time.perf_counter()
    assert could_change(rulebook, Case.of({**known, "timeline_days": 730}), "timeline_days", far)
    assert not could_change(rulebook, Case.of({**known, "timeline_days": 730}), "timeline_days", values)
    assert time.perf_counter() - began < 0.2


def test_what_matters_only_after_an_open_answer_could_change_the_advice() -> None:
    rulebook = builtin_rulebook()
    far = (canonical_value("timeline_days", 90), canonical_value("timeline_days", 730))
    known = {"work_type": "api_features", "technical_leadership": "yes", "data_readiness": "ready"}
    case = Case.of({**known, "timeline_days": 730})
    closed: list[FactKey] = [entry.fact for entry in rulebook.questions]
    assert not could_change(rulebook, case, "timeline_days", far, closed)
    assert could_change(rulebook, case, "timeline_days", far)
