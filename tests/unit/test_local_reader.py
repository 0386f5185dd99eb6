"""The local reader: what each wording sets, what it must leave alone, what it asks for."""

from collections.abc import Mapping

import pytest

from advisor.adapters.local_reader import LocalReader, load_reading
from advisor.assembly import builtin_rulebook, question_choices
from advisor.domain.commands import (
    OpenQuestion,
    Reading,
    SetFact,
)
from advisor.domain.reply import Choice
from advisor.domain.vocabulary import FactKey
from advisor.ports.language import ReadingContext
from tests.unit.reading import TODAY, days, facts, of_kind, read, texts


@pytest.mark.parametrize(
    ("say", "wanted"),
    [
        ("six weeks", days(42)),
        ("a fortnight", days(14)),
        ("2 sprints", days(28)),
        ("two sprints of three weeks", days(42)),
        ("three to four months", days(90, 120)),
        ("half a year", days(180)),
        ("a month and a half", days(45)),
        ("maybe 2 months, could slip to 3", days(60, 90)),
        ("not five weeks, more like nine", days(63)),
        ("sorry, 4 not 3 months", days(120)),
        ("The deadline is March 3rd", days(103)),
        ("live by the end of January", days(72)),
        ("by mid-April", days(146)),
        ("we ship in Q2", days(132, 222)),
        ("before summer", days(193, 213)),
        ("due on 2027-02-01", days(73)),
        ("it must run by 25/12/2026", days(35)),
    ],
)
def test_times_for_this_work(say: str, wanted: Mapping[str, int]) -> None:
    assert facts(say)["timeline_days"] == wanted


@pytest.mark.parametrize(
    "say",
    [
        "the first trial lasted five weeks last spring",
        "she quits in three weeks",
        "she has ten years of experience",
        "we meet every two weeks",
        "60 deals a month",
        "if we had six months",
        "77 days, just joking, forget it",
        "as soon as possible",
        "how long does it take to hire in six weeks?",
        "Our CTO left in the spring",
    ],
)
def test_other_times_are_left(say: str) -> None:
    assert "timeline_days" not in facts(say)


def test_a_date_that_has_passed_is_asked_about() -> None:
    reading = read("Go-live: 03/06/2026.")
    assert "timeline_days" not in facts("Go-live: 03/06/2026.")
    assert "passed" in reading.queries[0]


def test_a_date_with_two_readings_is_asked_about() -> None:
    reading = read("Go-live: 03/06/2027.")
    assert not of_kind(reading, SetFact)
    assert "3 June 2027" in reading.queries[0]
    assert "6 March 2027" in reading.queries[0]


@pytest.mark.parametrize(
    ("say", "low", "high", "currency"),
    [
        ("budget is 25-30k", 25_000, 30_000, "USD"),
        ("we have half a mil", 500_000, 500_000, "USD"),
        ("eight hundred bucks", 800, 800, "USD"),
        ("£115k signed off", 115_000, 115_000, "GBP"),
        ("forty thousand quid", 40_000, 40_000, "GBP"),
        ("€60k approved", 60_000, 60_000, "EUR"),
        ("we set aside 30 lakh", 3_000_000, 3_000_000, "INR"),
        ("between 30 and 50 thousand", 30_000, 50_000, "USD"),
        ("8k tops", 8_000, 8_000, "USD"),
        ("not 200k, 20k", 20_000, 20_000, "USD"),
        ("the last team burned 500k, now I have a fifth of that", 100_000, 100_000, "USD"),
        ("one and a half million", 1_500_000, 1_500_000, "USD"),
        ("the boss won't go past 12 grand", 12_000, 12_000, "USD"),
    ],
)
def test_money_to_spend(say: str, low: float, high: float, currency: str) -> None:
    budget = facts(say)["budget_usd"]
    assert (budget["min"], budget["max"], budget["currency"]) == (low, high, currency)
    assert budget["original"] in say


@pytest.mark.parametrize(
    "say",
    [
        "a guy quoted $95 an hour",
        "somebody wrote that architects earn 190k in Boston",
        "we raised 12 million last year",
        "a breach would cost us two million in fines",
        "our cloud bill is 14k a month",
        "2,200 pages per minute",
        "if we had a million dollars",
        "what does a $200k engineer do?",
    ],
)
def test_other_money_is_left(say: str) -> None:
    assert "budget_usd" not in facts(say)


def test_a_negative_budget_is_asked_about() -> None:
    reading = read("budget -5 dollars, 90 days")
    assert facts("budget -5 dollars, 90 days") == {"timeline_days": days(90)}
    assert "-5 dollars" in reading.queries[0]


@pytest.mark.parametrize(
    ("say", "key", "value"),
    [
        ("we call the Claude API from our web shop", "work_type", "api_features"),
        ("an internal tool for HR", "work_type", "internal_automation"),
        ("question answering over confidential case files", "work_type", "rag_sensitive"),
        ("our own fine-tuned Mistral serves the traffic", "work_type", "custom_models_serving"),
        ("pretraining our own model from scratch", "work_type", "model_research"),
        ("first the ETL and the permissions", "work_type", "data_plumbing"),
        ("dashboards and a churn forecast", "work_type", "data_analysis"),
        ("a CRUD app, no AI in it", "work_type", "non_ai_software"),
        ("a one-off migration run", "work_type", "one_off"),
        ("nobody can tell whether it's an API or a model", "work_type", "unclear"),
        ("our data is clean", "data_readiness", "ready"),
        ("our data isn't clean", "data_readiness", "messy"),
        ("we have no data yet", "data_readiness", "none"),
        ("someone must own it for years", "durable_ownership", "yes"),
        ("no one-off: a person has to look after it for years", "durable_ownership", "yes"),
        ("fire and forget", "durable_ownership", "no"),
        ("it's what we sell", "core_ip", "yes"),
        ("it's not our core product", "core_ip", "no"),
        ("our CTO reviews the code", "technical_leadership", "yes"),
        ("we don't have a CTO", "technical_leadership", "no"),
        ("all development is outsourced", "technical_leadership", "no"),
        ("closed our Series A", "company_stage", "series_a"),
        ("pre-seed, two founders", "company_stage", "pre_seed"),
        ("our seed days are over, Series B since May", "company_stage", "series_b"),
        ("a firm of 60 people", "company_stage", "smb"),
        ("we're 400 people", "company_stage", "mid_market"),
        ("we're 1,800 people", "company_stage", "enterprise"),
        ("our support lead will own it after launch", "post_launch_owner", "named"),
        ("there is no owner", "post_launch_owner", "none"),
        ("zero tolerance for errors", "mistake_tolerance", "low"),
        ("an editor corrects every draft anyway", "mistake_tolerance", "high"),
        ("a few errors are ok if someone checks a sample", "mistake_tolerance", "medium"),
        ("an off-the-shelf tool does it", "buy_option", "exists"),
        ("no vendor handles our format", "buy_option", "no"),
        ("the pilot paid for itself", "value_proven", "yes"),
        ("we have no proof of value", "value_proven", "no"),
        ("we need product, data, backend and QA at once", "several_disciplines", "yes"),
    ],
)
def test_values_of_a_closed_list(say: str, key: str, value: str) -> None:
    assert facts(say)[key] == value


@pytest.mark.parametrize(
    ("say", "key"),
    [
        ("I can't promise that we keep it running for years", "durable_ownership"),
        ("maybe someday it becomes our core product", "core_ip"),
        ("if we were a bank we'd be regulated", "regulated"),
        ("do we need to care about HIPAA?", "regulated"),
        ("competitors brag about fine-tuned models of their own", "work_type"),
        ("we're looking for a CTO", "technical_leadership"),
        ("let's hire thirty ML engineers", "existing_team"),
        ("we're headquartered in Oslo", "region_preference"),
    ],
)
def test_doubt_supposition_and_others_set_nothing(say: str, key: str) -> None:
    assert key not in facts(say)


def test_regimes() -> None:
    assert facts("HIPAA and SOX apply")["regulated"] == {"value": "yes", "regimes": ["HIPAA", "SOX"]}
    assert facts("Not regulated, HIPAA doesn't apply")["regulated"] == {"value": "no", "regimes": []}


def test_the_work_that_decides_more_wins_and_the_other_is_told() -> None:
    reading = read("our own model in production, and dashboards for management")
    assert {c.value for c in of_kind(reading, SetFact) if c.key == "work_type"} == {"custom_models_serving"}
    assert "data analysis" in reading.notices[0]


def test_words_of_the_user() -> None:
    got = facts("2,200 pages per minute, two backend developers, people in the EU only")
    assert got["volume"] == "2,200 pages per minute"
    assert got["existing_team"] == "two backend developers"
    assert got["region_preference"] == "people in the EU only"
    workflow = facts("We want to classify support emails by urgency and draft a reply.")["workflow"]
    assert workflow.startswith("classify support emails by urgency")


@pytest.mark.parametrize("say", ["hi there", "thanks, that makes sense", "sorry, wrong window", "ok"])
def test_talk_is_unread(say: str) -> None:
    assert read(say) == Reading(unread=True)


@pytest.mark.parametrize(
    ("key", "say", "value"),
    [
        ("durable_ownership", "nah, once it runs it runs", "no"),
        ("durable_ownership", "Oh absolutely", "yes"),
        ("durable_ownership", "the IT desk can maintain it after that", "no"),
        ("durable_ownership", "no idea", None),
        ("timeline_days", "eight weeks", days(56)),
        ("timeline_days", "no fixed date", None),
        ("budget_usd", "depends", None),
        ("core_ip", "we make shoes", "no"),
        ("technical_leadership", "CTO.", "yes"),
        ("regulated", "not that I know of", {"value": "no", "regimes": []}),
        ("company_stage", "tiny, bootstrapped", "smb"),
        ("post_launch_owner", "head of sales", "named"),
        ("post_launch_owner", "nobody", "none"),
        ("mistake_tolerance", "a typo costs us a customer", "low"),
        ("buy_option", "nobody checked", None),
        ("data_readiness", "it's all in HubSpot", "ready"),
        ("work_type", "only OpenAI calls", "api_features"),
        ("existing_team", "just me and an intern", "just me and an intern"),
        ("region_preference", "dont care", "dont care"),
        ("volume", "can't say", None),
    ],
)
def test_answers_to_the_open_question(key: FactKey, say: str, value: object) -> None:
    got = facts(say, key)
    assert key in got
    assert got[key] == value


def test_a_bare_number_takes_the_unit_of_the_question() -> None:
    assert facts("8", "timeline_days", "How many weeks have you got?") == {"timeline_days": days(56)}
    assert facts("3-4", "timeline_days", "How many months?") == {"timeline_days": days(90, 120)}


def test_a_small_bare_budget_is_asked_about() -> None:
    reading = read("60", "budget_usd")
    assert not of_kind(reading, SetFact)
    assert "60,000" in reading.queries[0]


@pytest.mark.parametrize(
    "say", ["what does an ML engineer cost?", "why do you ask?", "just tell me", "hello", "start over"]
)
def test_what_is_no_answer_sets_nothing(say: str) -> None:
    assert facts(say, "durable_ownership") == {}


def test_an_answer_about_other_facts_is_read_too() -> None:
    got = facts("yes, and we have 40k and ten weeks", "core_ip")
    assert got["core_ip"] == "yes"
    assert got["timeline_days"] == days(70)
    assert got["budget_usd"]["min"] == 40_000


CHOICES: dict[FactKey, list[Choice]] = {
    "work_type": [
        Choice(label="Hosted models", value="api_features"),
        Choice(label="Our own models", value="custom_models_serving"),
        Choice(label="Don't know", value=None),
    ]
}


@pytest.mark.parametrize(
    ("say", "value"),
    [
        ("2", "custom_models_serving"),
        ("option 1", "api_features"),
        ("b)", "custom_models_serving"),
        ("hosted model", "api_features"),
        ("Don't know", None),
    ],
)
def test_choices_by_number_letter_and_label(say: str, value: str | None) -> None:
    reader = LocalReader(load_reading(texts()), choices=CHOICES)
    question = OpenQuestion(fact="work_type", text="Which?")
    reading = reader.understand(say, ReadingContext(today=TODAY, open_question=question))
    assert [(c.key, c.value) for c in of_kind(reading, SetFact)] == [("work_type", value)]


def test_likeness_decides_only_where_cues_do_not() -> None:
    asked: list[str] = []

    def likeness(text: str, candidates: list[str]) -> list[float]:
        asked.append(text)
        return [0.9 if "maintain" in c or "own it" in c else 0.1 for c in candidates]

    reader = LocalReader(load_reading(texts()), similarity=likeness)  # pyright: ignore[reportArgumentType]
    question = OpenQuestion(fact="durable_ownership", text="Who keeps it?")
    context = ReadingContext(today=TODAY, open_question=question)
    (command,) = reader.understand("like a garden", context).commands
    assert isinstance(command, SetFact)
    assert (command.value, command.sure) == ("yes", "guessed")
    reader.understand("no", context)
    assert asked == ["like a garden"]


@pytest.mark.parametrize(
    ("key", "label"),
    [
        (key, choice.label)
        for key, choices in question_choices(builtin_rulebook()).items()
        for choice in choices
    ],
)
def test_every_choice_that_is_shown_can_be_picked(key: FactKey, label: str) -> None:
    reader = LocalReader(load_reading(texts()), choices=question_choices(builtin_rulebook()))
    context = ReadingContext(today=TODAY, open_question=OpenQuestion(fact=key, text="?"))
    read = [c for c in reader.understand(label, context).commands if isinstance(c, SetFact) and c.key == key]
    assert len(read) == 1
    assert (read[0].value is None) == (label == "Don't know")


@pytest.mark.parametrize(
    ("key", "say"),
    [
        ("durable_ownership", "no, the budget is 300k"),
        ("data_readiness", "no, we sell furniture"),
        ("core_ip", "No CTO. I am not technical."),
        ("regulated", "no thanks"),
        ("durable_ownership", "Actually no deadline"),
        ("workflow", "asap"),
        ("workflow", "own it for years"),
        ("volume", "it is our product"),
    ],
)
def test_a_yes_or_a_word_in_passing_is_no_answer(key: FactKey, say: str) -> None:
    assert key not in facts(say, key)
