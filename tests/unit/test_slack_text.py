"""What the Slack bot makes of text: nothing in it acts, nothing is lost, nothing is cut within a sentence."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.interfaces.slack.blocks import LONGEST_LABEL, actions, button, packed, plain_text, sections
from advisor.interfaces.slack.mrkdwn import LONGEST, as_markdown, bold, escaped, length, of_markdown, pieces
from advisor.testing.block_kit import pings, violations

HOSTILE = (
    "<!everyone> <!here|here> <@U1> <#C1|general> @channel <https://evil.example|bank.example> "
    "https://evil.example www.evil.example m@evil.example *bold* _it_ ~no~ `code` &lt;!channel&gt; </b> & so"
)


def visible(text: str) -> str:
    """What a reader sees of escaped text, look-alikes read as what they stand for."""
    told = text.replace("\u2060", "").translate(str.maketrans("\u2217\u223c\u02cb\uff3f", "*~`_"))
    return told.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def test_nothing_a_person_says_acts() -> None:
    said = escaped(HOSTILE)
    assert pings(said) == []
    assert not re.search(r"[<>*~`]", said)
    assert not re.search(r"(?i)https?:|www\.|@\w", said)
    assert not re.search(r"&(?!amp;|lt;|gt;)", said)
    assert visible(said) == HOSTILE


@given(st.text())
def test_any_text_is_harmless_in_bold_in_a_section_and_in_a_stream(text: str) -> None:
    for shown in (escaped(text), bold(text), as_markdown(escaped(text))):
        assert pings(shown) == []
        assert "<" not in shown
    assert violations(sections([escaped(f"so {text}")])) == []


@given(st.text(alphabet=st.sampled_from("ab []()!:#*_~`<>&|\n-.1"), max_size=60))
def test_a_stream_makes_no_link_of_brackets(text: str) -> None:
    assert not re.search(r"\](?=[(:])", as_markdown(escaped(text)))


def test_a_reply_becomes_blocks_of_its_structure() -> None:
    text = (
        "What I read: *a*.\n\n**Is the data ready?**\n\n- Ready\n- Not\n\n*Why I ask: it decides.* [1]\n\n"
        "| Publisher | Says | As of |\n|---|---|---|\n| Arsum | $1 | 2026 [1] |\n| Remvix | $2 | undated |\n"
        "\n## Heading\n\n1. one\n2. two"
    )
    assert of_markdown(text) == [
        "What I read: _a_.",
        "*Is the data ready?*",
        "• Ready\n• Not",
        "_Why I ask: it decides._ [1]",
        "• *Arsum* · $1 · as of: 2026 [1]\n• *Remvix* · $2 · as of: undated",
        "*Heading*",
        "1. one\n2. two",
    ]


def test_markdown_of_a_stream_says_the_same() -> None:
    assert as_markdown("*Is it?*\n• *Arsum* · says: a_b [1]\n_Why_") == (
        "**Is it?**\n- **Arsum** · says: a_b [1]\n_Why_"
    )


SENTENCE = "One sentence stands here, e.g. with 3.5 percent in it. [1][2]"


def test_text_is_cut_between_sentences() -> None:
    found = pieces(" ".join([SENTENCE] * 30), 200)
    assert all(length(piece) <= 200 for piece in found)
    assert all(piece.startswith("One sentence") and piece.endswith("[1][2]") for piece in found)
    assert " ".join(found) == " ".join([SENTENCE] * 30)


def test_text_is_cut_between_lines_first() -> None:
    lines = [f"• line {number} is long enough to matter" for number in range(40)]
    found = pieces("\n".join(lines), 300)
    assert [line for piece in found for line in piece.split("\n")] == lines


@given(st.text(min_size=1, max_size=400), st.integers(20, 90))
def test_no_piece_is_too_long_and_nothing_is_lost(text: str, limit: int) -> None:
    said = escaped(text)
    found = pieces(said, limit)
    assert all(length(piece) <= limit for piece in found)
    assert "".join("".join(found).split()) == "".join(said.split())
    assert all(re.fullmatch(r"(?:[^&]|&(?:amp|lt|gt);)*", piece) for piece in found), "no entity is cut"


@pytest.mark.parametrize("count", [1, 44, 45, 46, 120])
def test_many_blocks_become_several_messages_with_the_buttons_last(count: int) -> None:
    end = actions([button("a", "Yes", {})]) + actions([button("b", "No", {})])
    found = packed(sections(f"Section {number}." for number in range(count)), end)
    told = [block for message in found for block in message.blocks]
    assert len([block for block in told if block["type"] == "section"]) == count
    assert list(found[-1].blocks[-2:]) == end
    assert len(found[-1].blocks) > 2, "the buttons stand below what they answer"
    assert all(violations(list(message.blocks)) == [] and message.text for message in found)


def test_a_long_text_becomes_several_messages_and_keeps_every_sentence() -> None:
    whole = " ".join(f"This is sentence number {number}." for number in range(2000))
    found = packed(sections([whole]))
    assert len(found) > 1
    told = [block["text"]["text"] for message in found for block in message.blocks]
    assert " ".join(told) == whole
    assert all(len(text) <= LONGEST for text in told)


def test_a_long_label_is_cut_at_a_word() -> None:
    shown = plain_text("AI features in our product, on hosted models (OpenAI, Anthropic, Google) and more")
    assert length(shown["text"]) <= LONGEST_LABEL
    assert shown["text"].endswith("Google) …") or shown["text"].endswith(" …")
