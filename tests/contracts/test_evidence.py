"""What every Evidence promises, in memory and on disk alike."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from advisor.adapters.chroma_evidence import ChromaEvidence
from advisor.domain.evidence import Figure, Source
from advisor.ports.evidence import Evidence
from advisor.testing.embedding import HashingEmbedder
from advisor.testing.evidence import MemoryEvidence
from ingest.chunk import passages
from ingest.pipeline import ingest_paths

COLLECTION = "handbook"

PAY = """# Pay

## Bands

| Level | Base |
|---|---|
| Senior engineer | $180K |
| Junior engineer | $110K |

## Contractors

Senior contractors invoice between $100 and $200 for each hour of work.
"""
TIME = """# Time to hire

## Duration

Recruiting somebody takes ninety days, and the notice period is counted in.

## Security

Ask which logs are kept, and who may read the prompts.
"""
COPY = """# Copy

## Duration

Recruiting somebody takes ninety days, and the notice period is counted in.
"""
GUIDES = {"pay": PAY, "time": TIME, "zz-copy": COPY}

SOURCES = {
    name: Source(id=name, title=name.title(), publisher=f"{name} press", sells="books", date="2026-01-02")
    for name in GUIDES
}
FIGURES = [
    Figure(
        id="senior-base",
        metric="pay_salary",
        low=180000,
        high=180000,
        currency="USD",
        unit="money",
        period="year",
        basis="base",
        role="ai_engineer",
        level="senior",
        region="us",
        label="Senior engineer, base salary",
        source_id="pay",
        passage="pay/bands/row-1",
        quote="$180K",
    )
]


def in_memory(_: Path) -> MemoryEvidence:
    embedder = HashingEmbedder()
    found = [
        passage
        for name, text in GUIDES.items()
        for passage in passages(text, name, f"{name}.md", name.title(), embedder.count, embedder.window)
    ]
    return MemoryEvidence(found, SOURCES, FIGURES, COLLECTION)


def on_disk(tmp_path: Path) -> ChromaEvidence:
    folder = tmp_path / "guides"
    folder.mkdir()
    for name, text in GUIDES.items():
        (folder / f"{name}.md").write_text(text)
    embedder = HashingEmbedder()
    sources = {folder / f"{name}.md": source for name, source in SOURCES.items()}
    ingest_paths([folder], COLLECTION, tmp_path / "index", embedder, sources)
    return ChromaEvidence(tmp_path / "index", embedder, FIGURES)


@pytest.fixture(params=[in_memory, on_disk], ids=["memory", "chroma"])
def evidence(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Evidence]:
    built = request.param(tmp_path)
    yield built
    if isinstance(built, ChromaEvidence):
        built.close()


def ids(evidence: Evidence, question: str, k: int = 10, sources: str | list[str] | None = None) -> list[str]:
    return [hit.passage_id for hit in evidence.search(question, k, sources)]


@pytest.mark.parametrize(
    ("question", "passage"),
    [
        ("junior engineer base", "pay/bands/row-2"),
        ("what do contractors invoice for each hour", "pay/contractors/text-1"),
        ("which logs are kept and who reads prompts", "time/security/text-1"),
    ],
)
def test_the_passage_that_shares_the_words_comes_first(evidence: Evidence, question: str, passage: str):
    assert ids(evidence, question)[0] == passage


def test_hits_stand_alone_and_say_where_they_come_from(evidence: Evidence):
    hit = evidence.search("senior engineer base", 1)[0]
    assert hit.text == "Pay › Bands\nLevel: Senior engineer | Base: $180K"
    assert hit.source_id == "pay"
    assert hit.locator.headings == ("Pay", "Bands")
    assert (hit.locator.row, hit.locator.line) == (1, 7)
    assert Path(hit.locator.path).name == "pay.md"


def test_scores_fall_and_lie_in_0_to_1(evidence: Evidence):
    scores = [hit.score for hit in evidence.search("senior engineer hour notice logs")]
    assert len(scores) > 1
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


@pytest.mark.parametrize("k", [0, 1, 2, 100])
def test_at_most_k_hits(evidence: Evidence, k: int):
    assert len(ids(evidence, "senior engineer hour notice logs", k)) <= k


@pytest.mark.parametrize("question", ["", "   ", "?!", "\x00", "photosynthesis", "xylophone zebra quartz"])
def test_nothing_is_found_when_nothing_fits(evidence: Evidence, question: str):
    assert evidence.search(question) == []


def test_a_very_long_question_is_answered(evidence: Evidence):
    assert ids(evidence, "junior engineer base " * 2500)[0] == "pay/bands/row-2"


def test_one_source_several_sources_or_a_collection(evidence: Evidence):
    question = "senior engineer hour notice logs"
    assert {name.split("/")[0] for name in ids(evidence, question, sources="pay")} == {"pay"}
    assert {name.split("/")[0] for name in ids(evidence, question, sources=["pay", "time"])} == {
        "pay",
        "time",
    }
    assert ids(evidence, question, sources=COLLECTION) == ids(evidence, question)
    assert ids(evidence, question, sources=["pay", "nobody"]) == ids(evidence, question, sources="pay")
    assert ids(evidence, question, sources="nobody") == []


def test_passages_that_say_the_same_fold_into_one(evidence: Evidence):
    found = ids(evidence, "recruiting somebody takes ninety days notice period")
    assert sum(name.endswith("/duration/text-1") for name in found) == 1


def test_rows_that_differ_in_a_figure_do_not_fold(evidence: Evidence):
    assert {"pay/bands/row-1", "pay/bands/row-2"} <= set(ids(evidence, "engineer level base bands"))


def test_passages_by_id_in_the_order_asked_without_unknown_ones(evidence: Evidence):
    wanted = ["time/security/text-1", "nobody/x/text-1", "pay/bands/row-1"]
    found = evidence.passages(wanted)
    assert list(found) == ["time/security/text-1", "pay/bands/row-1"]
    assert found["pay/bands/row-1"].body == "Level: Senior engineer | Base: $180K"
    assert evidence.passages([]) == {}


def test_sources_by_id(evidence: Evidence):
    assert dict(evidence.sources()) == SOURCES


def test_figures_that_are_asked_for(evidence: Evidence):
    found = evidence.figures("What is the base salary of a senior AI engineer in the US?")
    assert found is not None
    assert list(found.figures) == FIGURES


def test_a_figure_that_no_row_gives_is_none_but_the_nearest_is_named_as_such(evidence: Evidence):
    found = evidence.figures("What does a senior AI engineer earn in Poland?")
    assert found is not None
    assert found.figures == ()
    assert list(found.nearest) == FIGURES
    assert (found.missing, found.closest) == (
        "an AI engineer, senior level, in Eastern Europe",
        "an AI engineer, senior level, in the US",
    )


def test_a_question_for_no_figure_finds_none(evidence: Evidence):
    assert evidence.figures("Should we hire an agency?") is None


def test_the_same_question_gives_the_same_answer(evidence: Evidence):
    first = evidence.search("senior engineer hour notice logs")
    assert all(evidence.search("senior engineer hour notice logs") == first for _ in range(3))
