"""The retrieval section: gold told by content, metrics of ranks, what must hold of passages, probes."""

import pytest

from advisor.domain.evidence import Hit, Locator, Passage
from corpus.builtin import load_corpus
from evals.metrics import METRICS
from evals.metrics import retrieval as metrics
from evals.retrieval_gold import Gold, found_ids, load_gold, named, runs_of
from evals.retrieval_metrics import Case, every_question
from evals.retrieval_passages import (
    Document,
    halves,
    long_document,
    lost,
    misplaced,
    too_long,
    without_header,
    without_path,
)
from evals.retrieval_probes import near_duplicates, nothing_fits, spelling, weighing, words
from evals.sections import retrieval
from ingest import chunk
from ingest import sentences as sentence_ends
from ingest.chunk import passages as cut

BODY = "Hiring takes ninety days. Notice periods, offers, interviews and sourcing count too, so begin early."


def count(text: str) -> int:
    return len(text.split()) + 2


def document(text: str) -> tuple[Document, list[Passage]]:
    return Document("guide", "A guide", text), cut(text, "guide", "guide.md", "A guide", count, 256)


# --- gold -----------------------------------------------------------------------------------------------


def test_every_gold_passage_is_kept_and_told_from_all_others():
    gold, passages = load_gold(), load_corpus().passages
    assert set(gold.runs) == set(named(every_question()))
    for passage in passages.values():
        held = gold.held(passage.source_id, passage.body, gold.runs)
        assert held == ({passage.id} if passage.id in gold.runs else set()), passage.id


def test_a_gold_passage_cut_in_two_or_joined_is_still_found():
    gold = Gold({"g/a/text-1": runs_of(BODY)})
    first, second = BODY[:25], BODY[26:]
    wanted = ["g/a/text-1"]
    assert found_ids(gold, [("g/a/text-7", "g", f"{BODY} And here is one more sentence.")], wanted) == wanted
    assert found_ids(gold, [("g/a/text-8", "g", second)], wanted) == wanted
    assert found_ids(gold, [("g/x/text-1", "g", "Nothing of the kind stands here.")], wanted) == [
        "g/x/text-1"
    ]
    assert found_ids(gold, [("h/a/text-7", "h", BODY)], wanted) == ["h/a/text-7"]
    assert found_ids(gold, [("1", "g", second), ("2", "g", f"{first} {second}")], wanted) == wanted


def test_there_are_questions_of_each_kind_and_side():
    cases = every_question()
    assert len(cases) >= 200
    assert {case.kind for case in cases} == {*retrieval.KINDS, "none"}
    assert len([case for case in cases if case.kind == "several"]) >= 16
    assert len([case for case in cases if case.side == "meaning"]) >= 30
    assert len([case for case in cases if case.side == "words"]) >= 12


# --- metrics --------------------------------------------------------------------------------------------


def test_ranks_are_scored_by_hand_worked_values():
    found, gold = ["x", "a", "y", "b"], ["a", "b", "c"]
    assert metrics.mrr.score(found=found, gold=gold).value == pytest.approx(0.5)
    ideal = 1 + 1 / 1.5849625 + 1 / 2
    assert metrics.ndcg_at_10.score(found=found, gold=gold).value == pytest.approx(
        (1 / 1.5849625 + 1 / 2.32192809) / ideal
    )
    assert metrics.id_based_context_precision.score(found=found, gold=gold).value == pytest.approx(0.5)
    assert metrics.id_based_context_recall.score(found=found, gold=gold).value == pytest.approx(2 / 3)
    assert metrics.hit_at_5.score(found=found, parts=[["a"], ["b", "c"]]).value == 1.0
    assert metrics.hit_at_5.score(found=found, parts=[["a"], ["c"]]).value == 0.0


def test_nothing_found_is_zero_and_no_missing_number():
    for name in ("id_based_context_precision", "id_based_context_recall", "ndcg_at_10", "mrr"):
        scored = METRICS[name].score(found=[], gold=["a"])
        assert (scored.value, scored.why) == (0.0, "nothing was found")
    assert metrics.withheld.score(found=[]).value == 1.0
    assert metrics.withheld.score(found=["a"]).why == "gave a"


def test_a_case_is_scored_by_what_its_hits_hold():
    case = Case("How long?", (frozenset({"g/a/text-1"}),), "lexical", "dev", "words")
    hit = Hit(
        passage_id="g/a/text-9",
        source_id="g",
        text=f"A guide › A\n{BODY}",
        score=0.5,
        locator=Locator(path="g"),
    )
    result = retrieval.asked(case, [hit], Gold({"g/a/text-1": runs_of(BODY)}))
    assert result.id == "lexical: How long?"
    assert result.scores["mrr"] == result.scores["hit_at_5"] == result.scores["found_by_words"] == 1.0
    assert "withheld" not in result.scores
    nothing = retrieval.asked(Case("Bread?", (), "none", "dev"), [hit], Gold({}))
    assert nothing.scores == {"withheld": 0.0}


# --- what must hold of passages -------------------------------------------------------------------------

TEXT = """# A guide

## First part

The first sentence is here. The second one follows, e.g. with a comma.

- One item of a list. It has two sentences.
- Another **item**.

| Route | Speed |
|---|---|
| Agency | Fast |
| Hire | Slow |

### Inner part

The end.
"""


def test_the_chunker_keeps_what_must_hold():
    for whole in (document(TEXT), (long_document(), None)):
        one = whole[0]
        passages = whole[1] or cut(one.text, one.id, "long.md", one.title, count, 256)
        assert halves(one, passages) == without_header(one, passages) == misplaced(one, passages) == []
        assert lost(one, passages) == without_path(passages) == too_long(passages, count, 256) == []


@pytest.mark.parametrize(
    ("where", "name", "instead"),
    [
        (chunk, "sentences", str.split),
        (sentence_ends, "_ends_in_abbreviation", lambda _: False),
    ],
)
def test_a_chunker_that_cuts_inside_sentences_is_seen(
    monkeypatch: pytest.MonkeyPatch, where: object, name: str, instead: object
):
    monkeypatch.setattr(where, name, instead)
    one = long_document()
    assert halves(one, cut(one.text, one.id, "long.md", one.title, count, 256))


def changed(passages: list[Passage], at: int, **values: object) -> list[Passage]:
    return [passage.model_copy(update=values) if i == at else passage for i, passage in enumerate(passages)]


def test_each_fault_of_a_passage_is_seen():
    one, passages = document(TEXT)
    kinds = [passage.id.rpartition("/")[2] for passage in passages]
    text, row = kinds.index("text-1"), kinds.index("row-2")
    half = changed(passages, text, body="The first sentence is here. The second one")
    assert "“The first sentence" in halves(one, half)[0]
    assert halves(one, changed(passages, text, body="comma."))
    assert halves(one, changed(passages, text, body="The second one follows, e.g. with a comma.")) == []
    assert without_header(one, changed(passages, row, body="Hire | Slow"))[0].endswith("no “Route: Hire”")
    assert without_header(one, [p for i, p in enumerate(passages) if i != row])
    assert misplaced(one, [*passages, passages[0]]) == [f"two passages {passages[0].id}"]
    where = passages[text].locator
    assert misplaced(one, changed(passages, text, locator=where.model_copy(update={"line": 1})))
    assert misplaced(
        one, changed(passages, text, locator=where.model_copy(update={"headings": ("A guide",)}))
    )
    assert misplaced(one, changed(passages, row, locator=passages[row].locator.model_copy(update={"row": 1})))
    assert lost(one, passages[1:])
    assert without_path(changed(passages, text, text=passages[text].body))
    assert too_long(changed(passages, text, text="word " * 251), count, 256)
    assert too_long(passages, count, 5)


# --- probes ---------------------------------------------------------------------------------------------


def test_probes_show_a_moved_weight_or_threshold(monkeypatch: pytest.MonkeyPatch):
    import evals.retrieval_probes as probes
    from advisor.adapters import fusion
    from advisor.adapters import spelling as mending

    before = {"weighing": weighing(), "fits": nothing_fits(), "same": near_duplicates(), "slips": spelling()}
    monkeypatch.setattr(fusion, "MEANING", 0.59)
    assert retrieval.differs(before["weighing"], probes.weighing()).startswith("likeness ")
    monkeypatch.setattr(fusion, "NOTHING_FITS", 0.19)
    assert "least score" in retrieval.differs(before["fits"], probes.nothing_fits())
    monkeypatch.setattr(fusion, "SAME", 0.95)
    assert "words that differ" in retrieval.differs(before["same"], probes.near_duplicates())
    monkeypatch.setattr(mending, "LONG", 8)
    assert retrieval.differs(before["slips"], probes.spelling())


def test_probes_say_the_same_twice():
    assert retrieval.differs(words(), words()) == ""
    assert retrieval.differs({"a": 0.5}, {"a": 0.5001}) == ""
    assert retrieval.differs({"a": 0.5}, {"a": 0.51}) == "a: 0.51, was 0.5"
    assert retrieval.differs({"a": 0.5}, {}) == "a: None, was 0.5"
