"""The own retrieval questions: gold passages exist, both halves are mixed, and quality holds its floors."""

from collections import Counter
from importlib.resources import as_file, files
from pathlib import Path

import pytest

from advisor.adapters.chroma_evidence import ChromaEvidence
from advisor.adapters.embedder import OnnxEmbedder
from corpus.builtin import load_corpus
from evals.retrieval_metrics import Case, Scores, read_questions, scored
from ingest.pipeline import ingest_paths

CASES = read_questions()
KINDS = ("lexical", "paraphrased", "typo", "several", "none")


def test_every_gold_passage_exists():
    known = set(load_corpus().passages)
    assert {gold for case in CASES for gold in case.gold} - known == set()


def test_each_kind_is_in_both_halves():
    kinds = Counter((case.kind, case.half) for case in CASES)
    assert len(CASES) >= 170
    assert set(kinds) == {(kind, half) for kind in KINDS for half in ("dev", "test")}


def test_no_question_is_asked_twice():
    times = Counter(case.question for case in CASES)
    assert [question for question in times if times[question] > 1] == []


def test_a_question_of_several_parts_is_answered_only_by_all_of_them():
    case = Case("Fast and slow?", (frozenset({"a", "b"}), frozenset({"c"})), "several", "dev")
    assert case.answered(["b", "x", "c"])
    assert not case.answered(["a", "b"])
    assert case.gold == {"a", "b", "c"}


def test_nothing_answers_a_question_without_gold():
    assert not Case("Who won the cup?", (), "none", "dev").answered(["a"])


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory, real_embedder: OnnxEmbedder) -> ChromaEvidence:
    root: Path = tmp_path_factory.mktemp("index")
    with as_file(files("corpus") / "digests") as digests:
        sources = {digests / f"{source.id}.md": source for source in load_corpus().sources.values()}
        ingest_paths([digests], "measured", root, real_embedder, sources)
    return ChromaEvidence(root, real_embedder)


def test_the_index_holds_the_passages_that_rules_cite(evidence: ChromaEvidence):
    known = load_corpus().passages
    indexed = evidence.passages(list(known))
    assert {passage.id: passage.text for passage in indexed.values()} == {
        passage.id: passage.text for passage in known.values()
    }


def measured(evidence: ChromaEvidence, cases: list[Case]) -> Scores:
    result = scored(lambda question: [hit.passage_id for hit in evidence.search(question, 10)], cases)
    assert result is not None
    return result


def answerable(half: str) -> list[Case]:
    return [case for case in CASES if case.half == half and case.kind != "none"]


@pytest.mark.parametrize("half", ["dev", "test"])
def test_an_answer_is_among_the_first_five(half: str, evidence: ChromaEvidence):
    # The questions of the first guide keep their floor among four guides more: measured 0.91 and 0.84.
    first = {case.question for case in read_questions(only="arsum-hire-ai-engineer")}
    assert measured(evidence, [c for c in answerable(half) if c.question in first]).hit_at_5 >= 0.80


@pytest.mark.parametrize("half", ["dev", "test"])
def test_an_answer_to_harder_wording_is_among_the_first_five(half: str, evidence: ChromaEvidence):
    # Questions on the other guides share few words with them: measured 0.59 and 0.68, 0.80 is wanted.
    first = {case.question for case in read_questions(only="arsum-hire-ai-engineer")}
    assert measured(evidence, [c for c in answerable(half) if c.question not in first]).hit_at_5 >= 0.55


@pytest.mark.parametrize("half", ["dev", "test"])
def test_ranks_hold_their_floors(half: str, evidence: ChromaEvidence):
    found = measured(evidence, answerable(half))
    # Measured 0.53 and 0.62, 0.61 and 0.69, 0.01 and 0.00; one question more or less is 0.015.
    assert found.ndcg_at_10 >= 0.50
    assert found.mrr >= 0.58
    assert found.withheld <= 0.04


@pytest.mark.parametrize(("kind", "floor"), [("lexical", 0.95), ("typo", 0.95), ("paraphrased", 0.52)])
def test_each_kind_holds_its_floor(kind: str, floor: float, evidence: ChromaEvidence):
    # Measured 1.00, 1.00 and 0.56; the eight questions of several parts are too few for a floor.
    assert measured(evidence, [case for case in CASES if case.kind == kind]).hit_at_5 >= floor


@pytest.mark.parametrize("half", ["dev", "test"])
def test_some_questions_without_an_answer_get_none(half: str, evidence: ChromaEvidence):
    nothing = [case for case in CASES if case.half == half and case.kind == "none"]
    # Measured 0.30 and 0.20: what lies near the topic is never withheld; one question is 0.05.
    assert measured(evidence, nothing).withheld >= 0.15
