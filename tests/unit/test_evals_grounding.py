"""The grounding section: each fault that it looks for is found in a reply that has just that fault."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from advisor.assembly import builtin_corpus, builtin_rulebook, builtin_verifier
from advisor.conversation.advisor import AdvisorCore
from advisor.domain.evidence import Citation
from advisor.domain.memo import Memo
from advisor.domain.reply import Reply
from advisor.policy.grounding import Grounds, Verifier, load_lexicon
from evals.grounding.cases import LEXICON
from evals.grounding.checked import RIGHT, faults, load_checked, load_grounds
from evals.grounding.ingested import SOURCE, asked
from evals.grounding.lineage import Lineage
from evals.grounding.shown import cited_pieces, memo_shown
from evals.grounding.tracing import in_days, shown, untraced
from evals.metrics import grounding as metrics
from evals.sections import grounding
from evals.sections.grounding_findings import Findings, Tally
from evals.sections.grounding_memos import look_at, topics_difference, topics_told, unnoticed_changes
from evals.sections.grounding_shown import (
    answer_mispointing,
    answer_without_lineage,
    invalid_citations,
    misflagged,
    misnumbered,
    parted,
    silent_of_interests,
)
from evals.sections.grounding_verifier import verdicts_differ
from tests.conversations.scripts import TODAY, local_language, parts

OPENING = (
    "We want to route maintenance tickets with GPT inside our product, live in ten weeks. We have $60k, the "
    "data is ready, and nobody here can judge AI work. Just tell me what to do."
)
QUESTION = "Who is contract-to-hire good for?"


class Measured:
    """What the section asks of a product, without an index."""

    corpus = builtin_corpus()
    rulebook = builtin_rulebook()


@pytest.fixture(scope="module")
def replies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Reply]]:
    database = tmp_path_factory.mktemp("grounding") / "c.sqlite"
    made = parts(database, local_language())  # pyright: ignore[reportArgumentType]

    def no_ingest(paths: object, collection: str) -> dict[str, object]:
        raise AssertionError(f"nothing is ingested here: {paths} {collection}")

    with AdvisorCore(made, database, no_ingest, lambda: TODAY) as advisor:
        yield {"memo": advisor.reply_sync("m", OPENING), "answer": advisor.reply_sync("a", QUESTION)}


def scores(reply: Reply, said: str) -> dict[str, float]:
    findings = Findings()
    look_at(reply, [said], Measured(), findings)  # pyright: ignore[reportArgumentType]
    return findings.scores()[0]


def changed(reply: Reply, **memo: Any) -> Reply:
    assert reply.memo is not None
    return reply.model_copy(update={"memo": reply.memo.model_copy(update=memo)})


def test_what_the_product_says_is_found_to_be_grounded(replies: Mapping[str, Reply]) -> None:
    found = scores(replies["memo"], OPENING) | scores(replies["answer"], QUESTION)
    assert len(found) >= 10
    assert {name: value for name, value in found.items() if value < 1} == {}


# --- numerals ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "grounds", "wrong"),
    [
        ("It costs $180,000.", ["pay is $180K"], []),
        ("From 100,000 to 200,000.", ["$100–200K"], []),
        ("It costs $180,001.", ["pay is $180K"], ["180,001"]),
        ("Plan for six months.", ["6 months"], []),
        ("Plan for six months.", ["5 months"], ["six months"]),
        ("One thing, and two of them.", [], []),
        ("1. First, 2. second", [], ["2"]),
        ("As of 2026-05-29.", ["2026-05-29"], []),
        ("As of 2026-05-28.", ["2026-05-29"], ["2026-05-28"]),
        ("P10 and P90", ["cost.p10", "cost.p90"], []),
        ("P20", ["cost.p10"], ["20"]),
        ("the 30-60-90 plan", [], []),
    ],
)
def test_a_numeral_is_traced_by_its_value(text: str, grounds: list[str], wrong: list[str]) -> None:
    assert untraced(text, grounds) == wrong


def test_a_calculated_amount_may_be_rounded_and_not_changed() -> None:
    assert untraced("about $186,000", [], [185_734.2]) == []
    assert untraced("about $187,000", [], [185_734.2]) == ["187,000"]
    assert untraced("76%", [], [76.0]) == []
    assert untraced("77%", [], [76.0]) == ["77"]


def test_spans_are_reckoned_in_days() -> None:
    assert in_days("six months, a year, 2 weeks") == [180, 365, 14]
    assert 180 in in_days("half a year")
    assert list(shown("40K of 3")) == [40_000, 3]


def test_each_numeral_of_a_memo_that_is_changed_has_no_lineage(replies: Mapping[str, Reply]) -> None:
    memo = replies["memo"].memo
    assert memo is not None
    certificate: Any = json.loads(json.dumps(memo.certificate))
    corpus = Measured.corpus
    lineage = Lineage(certificate, corpus.passages, corpus.sources, corpus.figures)
    for claim in certificate["claims"]:
        assert lineage.untraced(claim) == []
    (first,) = [
        one for one in certificate["claims"] if "90–120 days" in one["text"] and one["section"] == "first"
    ]
    assert lineage.untraced({**first, "text": first["text"].replace("120", "137")}) == ["137"]


# --- citations -----------------------------------------------------------------------------------------


def shifted(text: str) -> str:
    """Each marker one higher; the list of sources as it was."""
    import re

    head, split, sources = text.partition("## Sources")
    return re.sub(r"\[(\d+)\]", lambda match: f"[{int(match[1]) + 1}]", head) + split + sources


def test_markers_shifted_by_one_show_in_a_memo_and_in_an_answer(replies: Mapping[str, Reply]) -> None:
    memo, answer = replies["memo"], replies["answer"]
    assert memo.memo is not None
    told = scores(memo.model_copy(update={"text": shifted(memo.text)}), OPENING)
    assert told["citation_precision"] < 0.8
    told = scores(changed(memo, text=shifted(memo.memo.text)), OPENING)
    assert told["citation_precision"] < 0.8
    assert told["citations_numbered"] == 0
    told = scores(answer.model_copy(update={"text": shifted(answer.text)}), QUESTION)
    assert told["citation_precision"] < 0.8


def test_a_marker_left_out_and_a_sentence_put_in_cost_recall(replies: Mapping[str, Reply]) -> None:
    memo = replies["memo"].memo
    assert memo is not None
    bare = memo.text.replace(" [1]", "", 1)
    assert scores(changed(replies["memo"], text=bare), OPENING)["citation_recall"] < 1
    added = memo.text.replace("## Why", "Notaries are cheap.\n\n## Why", 1)
    assert scores(changed(replies["memo"], text=added), OPENING)["citation_recall"] < 1
    before = parted(replies["answer"])[0]
    assert answer_without_lineage(before).wrong == ()
    assert answer_without_lineage(f"{before}\n\nNotaries are cheap.").wrong == ("Notaries are cheap.",)


def test_an_answer_is_cut_behind_its_markers() -> None:
    pieces = cited_pieces("Yes. [1] No. [2][3]\n\n| A | B |\n|---|---|\n| x | y [4] |\n- item [5]")
    assert [(one.text, one.numbers) for one in pieces] == [
        ("Yes.", (1,)),
        ("No.", (2, 3)),
        ("x | y", (4,)),
        ("item", (5,)),
    ]


def test_a_memo_is_read_claim_by_claim() -> None:
    claims = [
        {"section": "why", "text": "A holds. So does B.", "evidence": []},
        {"section": "t", "text": "x | y|z", "evidence": []},
    ]
    text = "# Memo\n\n1 May · hash\n\n## Why\n\n**A holds. So does B.** [1][2] C does not. [3]\n\n"
    text += "| H | I |\n|---|---|\n| x | y\\|z [4] |\n\n## Sources\n\n- [1] P\n"
    told = memo_shown(text, claims)
    assert [(one.text, one.numbers, one.claim is not None) for one in told.stated] == [
        ("A holds. So does B.", (1, 2), True),
        ("C does not.", (3,), False),
        ("x | y|z", (4,), True),
    ]
    assert told.sources == (1,)


CHANGES: list[tuple[dict[str, Any], str]] = [
    ({"quote": "not a word of it"}, "quote_valid"),
    ({"quote": ""}, "quote_valid"),
    ({"sells": ""}, "quote_valid"),
    ({"publisher": "DreamForge"}, "quote_valid"),
    ({"date": "1999-01-01"}, "quote_valid"),
    ({"section": "elsewhere"}, "quote_valid"),
    ({"passage_id": "no-such/passage"}, "quote_valid"),
    ({"verbatim": True}, "verbatim_flag"),
    ({"number": 77}, "citations_numbered"),
]


@pytest.mark.parametrize(("change", "metric"), CHANGES, ids=[f"{m}-{next(iter(c))}" for c, m in CHANGES])
def test_a_citation_that_is_not_as_registered_is_seen(
    replies: Mapping[str, Reply], change: dict[str, Any], metric: str
) -> None:
    answer = replies["answer"]
    citations = (answer.citations[0].model_copy(update=change), *answer.citations[1:])
    assert scores(answer.model_copy(update={"citations": citations}), QUESTION)[metric] == 0


def test_a_quote_of_another_place_in_its_passage_is_not_what_a_claim_rests_on(
    replies: Mapping[str, Reply],
) -> None:
    memo = replies["memo"].memo
    assert memo is not None
    cut = tuple(one.model_copy(update={"quote": one.quote[:12]}) for one in memo.citations)
    assert invalid_citations(cut, Measured.corpus) == []
    assert scores(changed(replies["memo"], citations=cut), OPENING)["citation_precision"] < 0.5


def test_gaps_and_markers_to_nowhere_are_told(replies: Mapping[str, Reply]) -> None:
    citations = replies["answer"].citations
    assert misnumbered(replies["answer"].text, citations) == []
    assert any("[9]" in one for one in misnumbered(f"{replies['answer'].text} [9]", citations))
    assert any("no marker" in one for one in misnumbered("nothing", citations[:1]))


def test_the_words_of_a_users_document_are_its_own(tmp_path: Path) -> None:
    reply = asked(Measured.corpus, tmp_path, TODAY)
    assert SOURCE.id in {one.source_id for one in reply.citations}
    assert misflagged(reply.citations, Measured.corpus.sources) == []
    ours = [
        one.model_copy(update={"verbatim": False}) for one in reply.citations if one.source_id == SOURCE.id
    ]
    assert misflagged(ours, Measured.corpus.sources)


def test_an_answer_whose_markers_are_swapped_is_seen() -> None:
    def cited(number: int, quote: str) -> Citation:
        return Citation(
            number=number,
            passage_id="p",
            source_id="s",
            title="",
            publisher="",
            sells="",
            date=None,
            section="",
            quote=quote,
            verbatim=False,
            url=None,
        )

    citations = [cited(1, "Agencies deliver defined builds quickly"), cited(2, "Salaries begin at $90,000")]
    right = "Agencies deliver defined builds. [1] It pays $90,000. [2]"
    assert answer_mispointing(right, citations) == Tally(2, ())
    assert (
        len(answer_mispointing("Agencies deliver defined builds. [2] It pays $90,000. [1]", citations).wrong)
        == 2
    )


# --- what a memo owes ----------------------------------------------------------------------------------


def without_section(memo: Memo, text: str, name: str) -> str:
    heading = next(section.heading for section in memo.sections if section.id.startswith(name))
    start = text.index(f"## {heading}")
    return text[:start] + text[text.index("\n## ", start) + 1 :]


@pytest.mark.parametrize(
    ("section", "metric"),
    [
        ("flips", "memo_complete"),
        ("lost", "memo_complete"),
        ("interests", "memo_complete"),
        ("assumed", "memo_complete"),
        ("differ_", "disagreements_shown"),
    ],
)
def test_a_section_that_is_left_out_is_missed(
    replies: Mapping[str, Reply], section: str, metric: str
) -> None:
    reply = replies["memo"]
    assert reply.memo is not None
    text = without_section(reply.memo, reply.text, section)
    assert scores(reply.model_copy(update={"text": text}), OPENING)[metric] < 1


def test_what_a_publisher_sells_has_to_be_shown(replies: Mapping[str, Reply]) -> None:
    reply, corpus = replies["memo"], Measured.corpus
    assert silent_of_interests(reply.text, reply.citations, corpus).wrong == ()
    sells = next(iter(corpus.sources.values())).sells
    assert silent_of_interests(reply.text.replace(sells, "…"), reply.citations, corpus).wrong


def test_each_change_to_a_certificate_is_named_by_a_replay(
    replies: Mapping[str, Reply], monkeypatch: pytest.MonkeyPatch
) -> None:
    memo = replies["memo"].memo
    assert memo is not None
    assert unnoticed_changes(memo, Measured()) == []  # pyright: ignore[reportArgumentType]
    monkeypatch.setattr("evals.sections.grounding_memos.differences", lambda *_: [])
    assert len(unnoticed_changes(memo, Measured())) >= 8  # pyright: ignore[reportArgumentType]


def test_a_topic_that_is_dropped_changes_the_record(replies: Mapping[str, Reply]) -> None:
    memo = replies["memo"].memo
    assert memo is not None
    record: Any = topics_told(memo, Measured.rulebook)
    assert len(record) >= 2
    assert grounding.differs(record, [*reversed(record)]) == ""
    assert "no longer shows" in grounding.differs(record, record[1:])
    assert "another difference" in topics_difference(record[1:], record)
    assert grounding.differs(record, None)


# --- questions -----------------------------------------------------------------------------------------


def test_a_false_answer_and_a_figure_from_nowhere_are_counted() -> None:
    score = metrics.declines_outside.score
    assert score(covered=False, kind="answer", presented=[]).value == 1
    assert score(covered=None, kind="declined", presented=[]).value == 1
    assert score(covered=True, kind="answer", presented=[]).value == 0
    assert score(covered=False, kind="answer", presented=["$7"]).value == 0
    assert metrics.covers_inside.score(covered=False).value == 0


def test_there_are_enough_questions() -> None:
    questions = grounding.load_questions()
    assert len(questions.outside) >= 25
    assert not {*questions.inside.values()} & {*questions.outside.values()}


# --- the verifier --------------------------------------------------------------------------------------


def misjudged(verifier: Verifier) -> set[str]:
    grounds = load_grounds()
    return {one.id for one in load_checked() if bool(faults(one, verifier, grounds)) == (one.kind == RIGHT)}


def test_the_frozen_claims_are_judged_nearly_all_as_they_should_be() -> None:
    claims = load_checked()
    assert len(claims) >= 1000
    assert sum(one.kind == RIGHT for one in claims) >= 200
    assert len(misjudged(builtin_verifier())) <= 0.02 * len(claims)


def test_a_verifier_that_is_off_lets_every_wrong_claim_through() -> None:
    class Off(Verifier):
        def check(self, claim: Any, grounds: Grounds) -> tuple[()]:
            return ()

        def check_wording(self, claim: Any, points: Any, grounds: Grounds) -> tuple[()]:
            return ()

    off = Off(load_lexicon(LEXICON.read_text("utf-8")))
    assert misjudged(off) == {one.id for one in load_checked() if one.kind != RIGHT}


@pytest.mark.parametrize(
    "line",
    ["[not, never, cannot,", "ai_engineer: [AI engineer, AI engineering,", "[fast, faster, fastest,"],
)
def test_a_word_that_the_lexicon_lacks_changes_verdicts(line: str) -> None:
    head, _, word = line.rstrip(",").rpartition(", ")
    text = LEXICON.read_text("utf-8")
    assert line in text
    without = Verifier(load_lexicon(text.replace(line, f"{head},")))
    before, now = misjudged(builtin_verifier()), misjudged(without)
    assert now - before, word
    every = [one.id for one in load_checked()]
    told = verdicts_differ(
        {"checked": every, "misjudged": [*before]}, {"checked": every, "misjudged": [*now]}
    )
    assert told.startswith("the verifier now ")


def test_claims_that_only_one_run_checked_are_no_difference() -> None:
    one, other = load_checked()[:2]
    before = {"checked": [one.id], "misjudged": [one.id]}
    assert verdicts_differ(before, {"checked": [other.id], "misjudged": []}) == ""
    assert verdicts_differ(before, {"checked": [one.id], "misjudged": []}) != ""
