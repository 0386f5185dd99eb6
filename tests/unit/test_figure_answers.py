"""A question for a figure: every guide's position, never an average, and "not given" where none has one."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import pytest

from advisor.adapters.embedder import OnnxEmbedder
from advisor.adapters.figure_lookup import Similarity, asked_figures, known_asks
from advisor.adapters.figure_scope import cues, places, read_scope
from advisor.adapters.local_writer import LocalAnswers
from advisor.adapters.similarity import EmbeddedSimilarity
from advisor.assembly import builtin_corpus, builtin_rulebook, builtin_verifier
from advisor.domain.disagreement import Disagreement, FigureAnswer
from advisor.domain.evidence import Figure, Passage
from advisor.domain.memo import Claim, Section
from advisor.policy.disagreements import ledger
from advisor.policy.figure_answers import MOST_NEAREST, answer_by_figures, nearest_figures
from advisor.policy.grounding import Grounds
from advisor.ports.evidence import Finding
from advisor.ports.language import AnswerBrief
from corpus.catalog import LEVELS, REGIONS
from evals.figure_questions import load_questions, numbers_in
from tests.unit.figures import guide, made, packaged_phrases

TODAY = dt.date(2026, 11, 20)


@dataclass(frozen=True)
class Told:
    """A written answer after verification: its text, its table rows, and whether it covers the question."""

    text: str
    rows: tuple[tuple[str, ...], ...]
    covered: bool


@cache
def topics() -> tuple[Disagreement, ...]:
    return ledger(builtin_rulebook())


def found(question: str, similarity: Similarity | None = None) -> Finding:
    finding = asked_figures(question, builtin_corpus().figures, similarity)
    assert finding is not None, question
    return finding


def ids(finding: Finding) -> set[str]:
    return {figure.id for figure in finding.figures}


def told(question: str) -> Told:
    """The answer to a question as a user gets it, without a model of meaning."""
    finding, corpus = found(question), builtin_corpus()
    if finding.figures:
        answer = answer_by_figures(
            finding.figures, topics(), corpus.passages, corpus.sources, finding.regions, finding.claims
        )
        return written(answer.model_copy(update={"by_city": finding.by_city}))
    nearest = nearest_figures(finding.nearest, corpus.passages, corpus.sources)
    missing = {"missing": finding.missing, "closest": finding.closest}
    return written(FigureAnswer(positions=nearest, covered=False, **missing))


def written(answer: FigureAnswer, passages: dict[str, Passage] | None = None) -> Told:
    corpus = builtin_corpus()
    known = {key: (passages or corpus.passages)[key] for key in answer.passages()}
    draft = LocalAnswers(packaged_phrases()).write(AnswerBrief("?", (), answer, known, corpus.sources))
    grounds = Grounds(known, {}, answer.lines(), None, TODAY, corpus.sources)
    verified = builtin_verifier().verify(draft.draft, grounds)
    assert verified.faults == ()
    sections: Sequence[Section] = verified.draft.sections
    claims: list[Claim] = [claim for section in sections for claim in section.claims]
    rows = tuple(cells for section in sections if section.table for cells, _ in section.table.rows)
    return Told(
        " ".join([*(c.text for c in claims), *(" | ".join(row) for row in rows)]), rows, draft.covered
    )


# --- every guide's position -----------------------------------------------------------------------------


def test_a_pay_question_shows_every_publisher_with_date_and_interest_and_what_lies_in_all() -> None:
    answer = told("What is the base salary of a senior AI engineer in the US?")
    assert answer.covered
    assert {row[0] for row in answer.rows} == {"Arsum", "Groovy Web", "Remvix", "an unnamed consultancy"}
    arsum = next(row for row in answer.rows if row[0] == "Arsum")
    assert arsum[1].startswith("$180,000–$280,000 base per year")
    assert arsum[2] == "2026-05-29"
    assert arsum[3].startswith("agency builds and consulting")
    assert next(row for row in answer.rows if row[0] == "Remvix")[2] == "undated"
    assert "Only $200,000–220,000 per year lies in all four." in answer.text
    assert "Reconciled in part" in answer.text


def test_ranges_apart_are_said_to_be_apart() -> None:
    answer = told("How long does it take to hire a senior AI engineer?")
    assert "They do not overlap." in answer.text
    assert {90, 120, 6, 12} <= numbers_in(answer.text)
    assert "Reconciled in part: they count different spans" in answer.text


def test_a_figure_that_one_guide_gives_is_said_to_be_its_own() -> None:
    answer = told("What does a senior AI engineer earn in India?")
    assert answer.text.startswith("Only Remvix gives this: $28,000–$45,000 base per year")
    assert "offshore recruiting" in answer.text


def test_rows_of_one_publisher_are_said_to_be_of_one() -> None:
    answer = told("What does an AI engineer earn in Poland?")
    assert len(answer.rows) == 3
    assert "The other guides name no figure for this." in answer.text


def test_a_question_for_one_row_brings_the_others_on_the_same_question() -> None:
    answer = told("What does a senior AI contractor charge per hour in the US?")
    assert {100, 200, 150, 400, 350} <= numbers_in(answer.text)
    assert not {45, 80} & numbers_in(answer.text)  # offshore was not asked for


def test_two_hand_made_guides_are_never_averaged() -> None:
    one, two = made("one-pay"), made("two-pay", low=120_000, high=160_000, source_id="two")
    passages, sources = guide(one, two)
    answer = answer_by_figures([one, two], (), passages, sources)
    assert numbers_in(written(answer, passages).text) == {100_000, 140_000, 120_000, 160_000}


def test_a_band_for_two_roles_is_told_once() -> None:
    one, again = made("one-pay"), made("one-mlops", role="mlops_engineer")
    passages, sources = guide(one, again)
    assert len(answer_by_figures([one, again], (), passages, sources).positions) == 1


def test_two_open_bands_that_begin_alike_are_both_told() -> None:
    one = made("one-pay", high=280_000, open_ended=True)
    other = made("one-other", high=260_000, open_ended=True, role="ml_engineer")
    passages, sources = guide(one, other)
    assert len(answer_by_figures([one, other], (), passages, sources).positions) == 2


@pytest.mark.parametrize("figure", builtin_corpus().figures, ids=lambda figure: figure.id)
def test_every_figure_can_be_told(figure: Figure) -> None:
    corpus = builtin_corpus()
    assert written(answer_by_figures([figure], (), corpus.passages, corpus.sources)).covered


# --- roles, levels and places ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "same"),
    [
        (
            "What does a junior AI engineer earn in the US?",
            "What does an entry-level AI engineer earn in the US?",
        ),
        ("Pay of a principal AI engineer in the UK", "Pay of a staff-level AI engineer in the UK"),
        ("Salary of a senior AI engineer in Warsaw", "Salary of a senior AI engineer in Eastern Europe"),
        ("Salary of a senior AI engineer in Kraków", "Salary of a senior AI engineer in Eastern Europe"),
        ("Salary of a senior AI engineer in Bucharest", "Salary of a senior AI engineer in Eastern Europe"),
        ("Salary of a senior AI engineer in Bengaluru", "Salary of a senior AI engineer in India"),
        ("Salary of a senior AI engineer in Pune", "Salary of a senior AI engineer in India"),
        ("Salary of a senior AI engineer in Leeds", "Salary of a senior AI engineer in the UK"),
        ("Salary of a senior AI engineer in San Francisco", "Salary of a senior AI engineer in the US"),
        ("Salary of an AI engineer with 3 to 5 years", "Salary of a mid-level AI engineer"),
    ],
)
def test_two_names_of_one_thing(words: str, same: str) -> None:
    assert ids(found(words)) == ids(found(same)) != set()


def test_a_city_gets_a_remark() -> None:
    assert (
        "The guides name the country alone, not the city." in told("Senior AI engineer salary in London").text
    )
    assert "city" not in told("Senior AI engineer salary in the UK").text


def test_to_staff_names_no_level() -> None:
    assert read_scope("How much cheaper is it to staff AI engineers abroad?").levels == frozenset()
    assert read_scope("What does a staff AI engineer earn?").levels == {"staff"}


def test_us_is_a_country_only_in_capitals() -> None:
    assert read_scope("What would they charge us per hour?").asked == ()
    assert read_scope("What do they charge in the US?").asked == ("us",)


@pytest.mark.parametrize(
    ("question", "missing", "closest", "numbers"),
    [
        ("What does a senior AI engineer earn in Toronto?", "in Canada", "in the US", {180_000, 280_000}),
        ("What does a junior AI engineer earn in the UK?", "entry level", "mid-level, in the UK", {80_000}),
        ("What does a senior MLOps engineer earn in India?", "an MLOps engineer", "an AI engineer", {28_000}),
        ("What is the day rate of a senior AI contractor?", "senior level", "senior level", {100, 200}),
        ("How long does it take to hire a data engineer?", "a data engineer", "an AI engineer", {90, 120}),
    ],
)
def test_what_no_guide_covers_is_said_and_the_nearest_is_named_as_such(
    question: str, missing: str, closest: str, numbers: set[float]
) -> None:
    answer = told(question)
    assert not answer.covered
    assert answer.text.startswith("The guides do not give that figure (")
    before, _, after = answer.text.partition("The nearest that they do cover, and no answer to your question")
    assert missing in before
    assert not numbers_in(before)
    assert closest in after
    assert numbers <= numbers_in(after)
    assert len(answer.rows) <= MOST_NEAREST


def test_a_role_without_pay_names_the_nearest_roles_without_their_figures() -> None:
    answer = told("What should I offer a data engineer in the US?")
    assert not answer.covered
    assert "a data scientist or a software engineer" in answer.text
    assert not numbers_in(answer.text)


@pytest.mark.parametrize(
    "question",
    [
        "How many percent of equity should our first AI engineer get?",
        "What does sponsoring an H-1B cost?",
        "What percentage of salary do benefits add?",
        "What is the severance for an AI engineer?",
        "What does a CTO earn?",
        "What do we pay a head of sales?",
    ],
)
def test_a_subject_that_no_row_is_about_gets_no_number(question: str) -> None:
    answer = told(question)
    assert not answer.covered
    assert answer.rows == ()
    assert not numbers_in(answer.text)


def test_what_is_left_out_of_pay_is_not_what_is_asked_for() -> None:
    assert found("What does a senior AI engineer earn in the US without bonus and equity?").figures


# --- claims of a vendor ---------------------------------------------------------------------------------


def test_a_claim_is_told_as_a_claim_and_only_when_asked_for() -> None:
    answer = told("How much faster does Groovy Web claim to deliver?")
    assert "Groovy Web claims 10–20×" in answer.text
    assert told("How many offices does Groovy Web claim to have?").text.startswith("Groovy Web claims 3:")
    assert not [
        f for f in found("How much cheaper are offshore engineers?").figures if f.metric == "vendor_claim"
    ]
    assert "claims" not in told("How long does hiring an AI engineer take?").text


def test_a_number_on_the_market_is_no_claim_of_a_vendor_about_itself() -> None:
    text = told("How much has demand for AI engineers grown?").text
    assert text.startswith("Only Groovy Web gives this: 3.5")
    assert "LinkedIn" in text


# --- what asks for a figure -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "question",
    [
        "Should we hire an agency?",
        "What does an AI engineer do?",
        "Does that justify a salary?",
        "Why is a senior AI engineer so expensive?",
        "What are the terms of the first-year cost of an AI hire?",
        "What are the main benefits of hiring an AI engineer?",
        "",
    ],
)
def test_no_figure_is_asked_for(question: str) -> None:
    assert asked_figures(question, builtin_corpus().figures) is None


def test_a_number_that_no_ask_is_near_to_is_not_given() -> None:
    finding = found("How many kangaroos are there?")
    assert (finding.figures, finding.nearest, finding.missing) == ((), (), "")


@pytest.fixture(scope="session")
def meaning(real_embedder: OnnxEmbedder) -> EmbeddedSimilarity:
    return EmbeddedSimilarity(real_embedder)


@pytest.mark.parametrize(
    ("question", "figure"),
    [
        ("What does a seasoned independent AI engineer bill hourly?", "arsum-hire-senior-contractor-hourly"),
        ("How many typical requests should a quality harness run?", "groovy-web-evaluation-queries"),
        ("How expensive may one overlooked clause be?", "groovy-web-missed-clause"),
        ("How long until candidates walk away from a slow process?", "remvix-hire-process-limit"),
        ("Which score is too low?", "arsum-ai-developer-score-risky-first-hire"),
        ("How many months does a programmer need to re-skill to AI?", "groovy-web-swe-transition"),
    ],
)
def test_other_words_for_the_same(meaning: EmbeddedSimilarity, question: str, figure: str) -> None:
    assert figure in ids(found(question, meaning))


def test_questions_that_may_be_tuned_on_find_their_rows(meaning: EmbeddedSimilarity) -> None:
    """The lookup alone; `python -m evals.figure_questions` asks the whole advisor, both halves."""
    for question in (one for one in load_questions() if one.half == "dev"):
        finding = asked_figures(question.question, builtin_corpus().figures, meaning)
        assert finding is not None, question.id
        if question.none is None:
            assert set(question.rows) <= ids(finding), question.id
        else:
            assert not finding.figures, question.id
            assert question.none != "plain" or not finding.nearest, question.id


# --- the data -------------------------------------------------------------------------------------------


def test_every_figure_can_be_asked_for() -> None:
    figures = {figure.id: figure for figure in builtin_corpus().figures}
    asked = {name for ask in known_asks() for name in ask.figures}
    assert asked <= figures.keys()
    assert {name for name in figures.keys() - asked if not figures[name].metric.startswith("pay_")} == set()


def test_every_level_and_region_of_the_corpus_has_cues() -> None:
    assert {"entry" if level == "junior" else level for level in LEVELS} == set(cues().level_names)
    assert set(cues().levels) == {*cues().level_names, "other"}
    assert set(places().covered) == set(REGIONS)
    assert {near for place in places().elsewhere for near in place.near} <= set(REGIONS)


def test_the_cases_ask_for_every_figure_and_hold_its_numbers() -> None:
    questions, figures = load_questions(), {figure.id: figure for figure in builtin_corpus().figures}
    assert len(questions) >= 150
    assert len([one for one in questions if one.none]) >= 40
    assert len([one for one in questions if one.conflict]) >= 30
    assert {name for one in questions for name in one.rows} == figures.keys()
    for one in questions:
        ends = {
            end for name in one.rows for end in (figures[name].low, figures[name].high) if end is not None
        }
        assert set(one.numbers) == ends, one.id
    assert {half: len([q for q in questions if q.half == half]) for half in ("dev", "held_out")} == {
        "dev": 114,
        "held_out": 113,
    }
