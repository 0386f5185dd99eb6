"""The section of understanding: what is scored, what is kept as a record, and what counts as a difference."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from advisor.adapters.local_reader import durations
from advisor.domain.commands import Reading, RetractFact, SetFact
from advisor.domain.vocabulary import ENUMERATED, FACT_KEYS
from evals.metrics import METRICS
from evals.product import Product
from evals.results import CaseResult
from evals.sections import understanding as section
from evals.understanding import Case, lines, targeted

PHRASED: Case = {
    "say": "Series A, live in ten weeks, 60k dollars.",
    "facts": {"company_stage": "series_a", "timeline_days": 70, "budget_usd": 60000},
}
ANSWERED: Case = {
    "fact": "durable_ownership",
    "question": "Once it is live, must someone own it for years, or is it done when it runs?",
    "say": "nah, once it runs it runs",
    "value": "no",
}
PLACED: Case = {
    "fact": "data_readiness",
    "question": "Is the data ready, messy or not there?",
    "say": "the middle one",
    "value": "messy",
}
LABELLED: Case = {**PLACED, "say": "Not there yet", "value": "none"}


@pytest.fixture(scope="module")
def ears(model_cache: Path) -> Iterator[section.Ears]:
    with Product(model_cache) as product:
        yield section.Ears(product)


@pytest.fixture
def read(ears: section.Ears) -> Callable[[Case], CaseResult]:
    def result(case: Case) -> CaseResult:
        given = section.answer_result if "fact" in case else section.message_result
        return given(ears, "tried", case)

    return result


def test_a_message_read_in_full_scores_one_and_keeps_its_facts(read: Callable[[Case], CaseResult]):
    result = read(PHRASED)
    assert result.scores == {"message_read": 1.0, "nothing_misread": 1.0}
    assert result.why == {}
    assert isinstance(result.record, dict)
    assert result.record["facts"] == {
        "company_stage": "series_a",
        "timeline_days": {"min": 70, "max": 70},
        "budget_usd": {"min": 60000.0, "max": 60000.0, "currency": "USD"},
    }
    assert result.record["right"] == ["budget_usd", "company_stage", "timeline_days"]


def test_a_wrong_value_is_misread_and_one_that_is_not_there_is_missed(read: Callable[[Case], CaseResult]):
    facts = {**PHRASED["facts"], "timeline_days": 200, "core_ip": "yes"}
    result = read({**PHRASED, "facts": facts})
    # Two right, one stored wrong, two wanted that are not stored so.
    assert result.scores == {"message_read": pytest.approx(2 * 2 / (2 * 2 + 1 + 2)), "nothing_misread": 0.0}
    assert result.why["message_read"] == "timeline_days misread, core_ip not read"


def test_a_message_without_facts_is_read_in_full_when_nothing_is_stored(read: Callable[[Case], CaseResult]):
    assert read({"say": "Thanks, that helps.", "facts": {}}).scores["message_read"] == 1.0
    assert read({"say": "We have ten weeks.", "facts": {}}).scores == {
        "message_read": 0.0,
        "nothing_misread": 0.0,
    }


def test_an_answer_is_right_wrong_or_left_alone(read: Callable[[Case], CaseResult]):
    assert read(ANSWERED).scores == {"answer_read": 1.0, "answer_not_misread": 1.0}
    assert read({**ANSWERED, "value": "yes"}).scores == {"answer_read": 0.0, "answer_not_misread": 0.0}
    unread = read({**ANSWERED, "say": "why do you ask?", "value": "yes"})
    assert unread.scores == {"answer_read": 0.0, "answer_not_misread": 1.0}
    assert read({**ANSWERED, "say": "why do you ask?", "value": "nothing"}).scores["answer_read"] == 1.0


def test_an_answer_by_a_label_is_scored_and_not_recorded(read: Callable[[Case], CaseResult]):
    placed, labelled = read(PLACED), read(LABELLED)
    assert placed.scores == labelled.scores == {"answer_read": 1.0, "answer_not_misread": 1.0}
    assert placed.record is not None
    assert labelled.record is None


def test_a_reading_that_changes_is_told_fact_by_fact(
    read: Callable[[Case], CaseResult], monkeypatch: pytest.MonkeyPatch
):
    case: Case = {
        "say": "If we had a year, what then? We are Series A.",
        "facts": {"company_stage": "series_a"},
    }
    before = read(case).record
    assert section.differs(before, read(case).record) == ""
    monkeypatch.setattr(durations.Durations, "_counts", lambda *given, **more: True)
    told = section.differs(before, read(case).record)
    assert told.startswith("timeline_days was not read, is ")


def test_what_was_right_before_is_said_so():
    facts = {"core_ip": "no", "regulated": {"value": "yes", "regimes": []}}
    before = {"facts": facts, "unsure": {}, "others": [], "corrects": False, "right": ["core_ip"]}
    now = {**before, "facts": {**facts, "core_ip": "yes"}, "right": []}
    assert section.differs(before, now) == 'core_ip was "no" (right), is "yes"'
    assert section.differs(before, {**before, "right": []}) == ""
    assert "how sure" in section.differs(before, {**before, "unsure": {"core_ip": "guessed"}})
    assert section.differs(None, before) != ""


def test_a_record_holds_values_and_not_how_they_are_written():
    said = SetFact(key="workflow", value="Reads  Mails", said="Reads Mails", sure="hedged")
    budget = {"min": 1.0, "max": 1.0, "currency": "EUR", "original": "1 €"}
    reading = Reading(
        commands=(
            said,
            SetFact(key="budget_usd", value=budget, said="1 €"),
            RetractFact(key="core_ip", said="forget"),
        )
    )
    assert section.record_of(reading, ()) == {
        "facts": {"workflow": "reads mails", "budget_usd": {"min": 1.0, "max": 1.0, "currency": "EUR"}},
        "unsure": {"workflow": "hedged"},
        "others": ["retracts core_ip"],
        "corrects": False,
        "right": [],
    }


def test_totals_count_facts_over_all_messages(read: Callable[[Case], CaseResult]):
    missed = read({**PHRASED, "facts": {**PHRASED["facts"], "core_ip": "yes"}})
    told = section.totals([read(PHRASED), missed, read(ANSWERED)])
    assert told["precision, all facts"] == 1.0
    assert told["recall, all facts"] == pytest.approx(6 / 7)
    assert told["recall, core_ip"] == 0.0
    assert told["F1, enumerated facts"] == pytest.approx(2 * 2 / (2 * 2 + 1))


def test_a_set_told_as_a_total_shows_no_line(ears: section.Ears):
    phrased = section.messages_total(ears, "closed", [PHRASED, {"utterance": "Thanks.", "facts": {}}])
    answered = section.answers_total(ears, "closed", [ANSWERED, {**ANSWERED, "value": "yes"}])
    assert phrased.scores == {"set_precision": 1.0, "set_recall": 1.0, "set_f1": 1.0}
    assert answered.scores == {"set_answers_read": 0.5}
    for one in (phrased, answered):
        assert one.transcript == ()
        assert PHRASED["say"] not in one.model_dump_json()
        assert ANSWERED["say"] not in one.model_dump_json()


def test_each_targeted_case_is_a_case_of_its_own_and_names_known_facts():
    phrasing, answers = targeted()
    dev = [
        lines(section_file)
        for section_file in sorted((Path(__file__).parents[2] / "evals/understanding/dev").glob("*.jsonl"))
    ]
    said = [case["say"] for case in phrasing]
    asked = [(case["fact"], case["say"]) for case in answers]
    assert len(said) == len(set(said))
    assert len(asked) == len(set(asked))
    assert not {case["say"] for rows in dev for case in rows} & {say for say in said if len(say.split()) > 3}
    for case in phrasing:
        assert {*case["facts"], *case.get("forbid", {}), *case.get("optional", {})} <= {*FACT_KEYS}
    for case in answers:
        assert case["fact"] in FACT_KEYS
        if case["fact"] in ENUMERATED and isinstance(case["value"], str):
            assert case["value"] in {*ENUMERATED[case["fact"]], "nothing"}


def test_the_metrics_are_filed_under_the_section():
    mine = {name for name, metric in METRICS.items() if metric.section == section.NAME}
    assert {"message_read", "nothing_misread", "answer_read", "answer_not_misread"} <= mine
