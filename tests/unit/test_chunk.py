"""Passages: what is kept together, what is cut, ids, locators and sizes."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.domain.evidence import Passage
from ingest.chunk import MARGIN, MOST_CHARACTERS, MOST_WORDS, passages, slug, title_of
from ingest.load import clean

DIGESTS = Path(__file__).parents[2] / "corpus" / "digests"
WINDOW = 256


def count(text: str) -> int:
    return len(text.split()) + 2


def cut(text: str, format: str = "markdown", window: int = WINDOW, title: str = "Guide") -> list[Passage]:
    return passages(text, "src", "guide.md", title, count, window, format)


def by_id(found: list[Passage]) -> dict[str, Passage]:
    assert len({passage.id for passage in found}) == len(found)
    return {passage.id.removeprefix("src/"): passage for passage in found}


def test_a_table_row_stands_alone_with_its_header():
    found = by_id(
        cut("# Guide\n\n## Decision Box\n\n| If you need… | Choose… |\n|---|---|\n| An owner | Hire |\n")
    )
    row = found["decision-box/row-1"]
    assert row.body == "If you need…: An owner | Choose…: Hire"
    assert row.text == f"Guide › Decision Box\n{row.body}"
    assert row.locator.headings == ("Guide", "Decision Box")
    assert (row.locator.line, row.locator.row) == (7, 1)
    assert row.locator.section() == "Decision Box"


def test_rows_count_on_over_the_tables_of_a_section():
    table = "| A | B |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |\n"
    found = by_id(cut(f"## T\n\n{table}\nBetween.\n\n{table}\n"))
    assert [name for name in found if "/row-" in name] == ["t/row-1", "t/row-2", "t/row-3", "t/row-4"]
    assert found["t/row-3"].locator.row == 3


def test_empty_cells_and_missing_headers_leave_no_gap():
    found = by_id(cut("## T\n\n| A | |\n|---|---|\n| | x |\n| y | |\n"))
    assert [found[name].body for name in ("t/row-1", "t/row-2")] == ["x", "A: y"]


def test_a_list_keeps_the_paragraph_directly_before_it():
    found = by_id(cut("## S\n\nFar away.\n\nAsk these:\n\n- One?\n- Two?\n\nAfter.\n"))
    assert found["s/list-1"].body == "Ask these:\n- One?\n- Two?"
    assert found["s/text-1"].body == "Far away."
    assert found["s/text-2"].body == "After."
    assert found["s/list-1"].locator.line == 5


def test_nested_and_numbered_lists_keep_their_shape():
    found = by_id(cut("## S\n\n1. One\n   - deep\n2. Two\n"))
    assert found["s/list-1"].body == "1. One\n  - deep\n2. Two"


def test_short_paragraphs_are_joined_and_long_ones_are_not():
    short = "\n\n".join(f"Paragraph {number} says this." for number in range(5))
    assert len(cut(f"## S\n\n{short}")) == 1
    long = "\n\n".join("word " * 70 + "end." for _ in range(3))
    assert len(cut(f"## S\n\n{long}")) == 3


def test_a_question_answered_in_one_paragraph_stands_alone():
    found = cut("## FAQ\n\nHow long does it take? About 90 days.\n\nCan we hire abroad? Yes.\n")
    assert [passage.body for passage in found] == [
        "How long does it take? About 90 days.",
        "Can we hire abroad? Yes.",
    ]


def test_no_sentence_is_cut_in_half():
    sentences = [
        f"Sentence number {number} costs about $1.5 million, e.g. in Dr. Smith's U.S. lab."
        for number in range(60)
    ]
    found = cut("## S\n\n" + " ".join(sentences))
    assert len(found) > 1
    assert " ".join(passage.body for passage in found) == " ".join(sentences)
    for passage in found:
        assert passage.body.startswith("Sentence number")
        assert passage.body.endswith("lab.")


def test_only_a_sentence_longer_than_the_window_is_cut_and_then_between_words():
    found = cut("## S\n\n" + " ".join(f"word{number}" for number in range(700)) + ".")
    assert " ".join(passage.body for passage in found).split() == [
        *(f"word{number}" for number in range(699)),
        "word699.",
    ]


@pytest.mark.parametrize("format", ["markdown", "text"])
def test_an_endless_word_is_cut_though_a_tokenizer_takes_it_for_one_piece(format: str):
    def pieces(text: str) -> int:
        return sum(1 for _ in text.split()) + 2

    found = passages("x" * 100_000, "src", "a.md", "Guide", pieces, WINDOW, format)
    assert sum(passage.body.count("x") for passage in found) == 100_000
    assert max(len(passage.text) for passage in found) <= MOST_CHARACTERS


def test_a_long_list_repeats_its_lead_in():
    items = "\n".join(f"- {'word ' * 30}item {number}." for number in range(20))
    found = cut(f"## S\n\nAsk all of these:\n\n{items}\n")
    assert len(found) > 1
    assert all(passage.body.startswith("Ask all of these:\n- ") for passage in found)


def test_a_long_row_is_cut_between_cells_and_keeps_its_number():
    cell = "word " * 150
    found = by_id(cut(f"## T\n\n| A | B |\n|---|---|\n| {cell} | {cell} |\n| x | y |\n"))
    assert list(found) == ["t/row-1", "t/row-1-2", "t/row-2"]
    assert found["t/row-1-2"].body.startswith("B: word")
    assert found["t/row-1-2"].locator.row == 1


def test_markup_goes_and_words_stay():
    found = cut("## S\n\nA **bold** [link](https://e.org), `code`, ~~gone~~ & <b>tag</b><br>next.\n")
    assert found[0].body == "A bold link, code, gone & tag next."


def test_scripts_comments_and_front_matter_are_no_text():
    found = cut("---\ntitle: x\n---\n\n## S\n\n<script>evil()</script>\n\n<!-- hidden -->\n\nSeen.\n")
    assert [(passage.body, passage.locator.line) for passage in found] == [("Seen.", 11)]


def test_headings_with_one_name_get_ids_of_their_own():
    found = by_id(cut("## Note\n\nA.\n\n## Note\n\nB.\n\n## Note 2\n\nC.\n"))
    assert list(found) == ["note/text-1", "note-2/text-1", "note-2-2/text-1"]


def test_the_only_top_heading_is_the_title():
    found = cut("# Other title\n\nIntro.\n\n## S\n\n### Deep\n\nText.\n", title="Guide")
    assert [passage.locator.headings for passage in found] == [("Guide",), ("Guide", "S", "Deep")]
    assert cut("# Own title\n\nIntro.\n", title="")[0].locator.headings == ("Own title",)


def test_a_very_long_heading_leaves_room_for_the_text():
    found = cut(f"## {'Heading ' * 300}\n\nThe text itself.\n")
    assert found[0].text.endswith("The text itself.")
    assert len(found[0].text.split()) <= MOST_WORDS
    assert len(found[0].id) < 80


def test_slugs():
    assert slug("What’s in it? Costs & benefits") == "whats-in-it-costs-benefits"
    assert slug("Über Größe") == "uber-große"
    assert slug("…") == "section"
    assert len(slug("word " * 50)) <= 60


def test_text_files_with_pipes_soft_headings_and_lists():
    text = (
        "How to Hire Well\n"
        "The opening sentence of the guide is long enough to be a paragraph.\n"
        "Executive Decision Box\n"
        "| If you need | Choose |\n"
        "|---|---|\n"
        "| An owner | Hire |\n"
        "Common Mistakes\n"
        "Mistake 1: Hiring before defining the work\n"
        "Bad requirements produce noisy pipelines and much else.\n"
        "Before:\n"
        "- Six months.\n"
        "- A detour.\n"
        "Cost =\n"
        "base salary\n"
        "+ benefits\n"
        "+ ramp\n"
    )
    found = by_id(cut(text, "text", title=""))
    assert found["executive-decision-box/row-1"].body == "If you need: An owner | Choose: Hire"
    mistake = found["mistake-1-hiring-before-defining-the-work/text-1"]
    assert mistake.locator.headings == (
        "How to Hire Well",
        "Common Mistakes",
        "Mistake 1: Hiring before defining the work",
    )
    assert (
        found["mistake-1-hiring-before-defining-the-work/list-1"].body
        == "Before:\n- Six months.\n- A detour."
    )
    assert found["mistake-1-hiring-before-defining-the-work/list-2"].body == (
        "Cost = base salary\n+ benefits\n+ ramp"
    )


def test_a_heading_glued_to_a_link_by_a_copy_is_found():
    table = "| Q | A |\n|---|---|\n| a | b |\n"
    text = f"Opening words of the guide that are long enough.\nLearn more →Do You Need One?\n{table}"
    found = by_id(cut(text, "text"))
    assert found["do-you-need-one/row-1"].locator.line == 5


def test_large_files_take_linear_time():
    text = "\n".join(f"Short Title Number {number}\nand a line\n" for number in range(20_000))
    assert len(cut(text, "text")) == 20_000


def test_wrapped_text_is_joined_again():
    text = (
        "Payment\n\nWe pay on time and in full, as long as the invoice names the order and the\n"
        "person who placed it, and as long as the work has been accepted in writing by\nthat person.\n"
    )
    found = cut(text, "text", title="")
    assert [passage.body for passage in found] == [
        "We pay on time and in full, as long as the invoice names the order and the "
        "person who placed it, and as long as the work has been accepted in writing by that person."
    ]


def test_a_text_file_full_of_markdown_is_read_as_markdown():
    found = cut("# Title\n\n## Part\n\nSome **bold** words.\n", "text", title="")
    assert found[0].body == "Some bold words."
    assert title_of("# Title\n\n## Part\n\nText.\n", "text") == "Title"
    assert title_of("no heading here, only text.\n", "text") is None


def test_nothing_gives_nothing():
    assert cut("") == []
    assert cut("## Only a heading\n") == []


BLOCKS = st.lists(
    st.one_of(
        st.text(max_size=400),
        st.lists(st.text(max_size=60), min_size=1, max_size=30).map(
            lambda items: "\n".join(f"- {i}" for i in items)
        ),
        st.text(max_size=80).map(lambda heading: f"## {heading}"),
        st.lists(st.text(alphabet="ab cd|", max_size=40), min_size=1, max_size=5).map(
            lambda rows: "| A | B |\n|---|---|\n" + "\n".join(f"| {row} | x |" for row in rows)
        ),
        st.integers(200, 900).map(lambda number: "longer " * number),
        st.integers(200, 2000).map(lambda number: "x" * number),
    ),
    max_size=8,
).map("\n\n".join)


@settings(max_examples=150, deadline=None)
@given(raw=BLOCKS, format=st.sampled_from(["markdown", "text"]))
def test_any_text_gives_sound_passages(raw: str, format: str):
    text = clean(raw)  # as the loader hands it over

    def pieces(value: str) -> int:
        return sum(1 + len(word) // 5 for word in value.split()) + 2

    found = passages(text, "src", "any.md", "Any", pieces, WINDOW, format)
    assert len({passage.id for passage in found}) == len(found)
    for passage in found:
        assert passage.body.strip()
        assert passage.text.endswith(passage.body)
        assert len(passage.text.split()) <= MOST_WORDS
        assert pieces(passage.text) <= WINDOW - MARGIN
        assert 1 <= passage.locator.line <= text.count("\n") + 1
    again = passages(text, "src", "any.md", "Any", pieces, WINDOW, format)
    assert again == found


@pytest.mark.parametrize("digest", sorted(DIGESTS.glob("*.md")), ids=lambda path: path.stem)
def test_digests_are_well_cut(digest: Path):
    text = digest.read_text(encoding="utf-8")
    found = cut(text)
    rows = [line for line in text.splitlines() if line.startswith("|") and not line.startswith("|--")]
    headers = text.count("|--")
    assert headers > 0
    tables = sum(1 for line in text.splitlines() if line.startswith("|--"))
    assert sum("/row-" in passage.id for passage in found) == len(rows) - tables
