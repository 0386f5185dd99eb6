"""What the web chat makes of a reply's text before its Markdown is drawn."""

from advisor.domain.reply import Choice, Question
from advisor.interfaces.reply_text import without_choices
from advisor.interfaces.web.shown import inert, unfolded

OPEN = ("Do this first", "Why")
QUESTION = Question(
    fact="data_readiness",
    text="Is the data ready?",
    choices=(Choice(label="Ready", value="ready"), Choice(label="Don't know", value=None)),
    why="It decides.",
)
ASKED = "**Is the data ready?**\n\n- Ready\n- Don't know\n\n*Why I ask: It decides.* [1]"
MEMO = (
    "I stop asking.\n\n# Memo: x\n\n20 November 2026\n\n## Do this first\n\n**Wait.**\n\n"
    "## Costs\n\n| a |\n|---|\n| 1 |"
    "\n\n## Why\n\nBecause.\n\n## Sources\n\n- [1] A.\n"
)


def test_addresses_stay_words() -> None:
    said = "see https://evil.example/x, www.evil.example, ada@evil.example and mailto:ada@evil.example"
    for whole in ("https://", "www.evil", "ada@evil", "mailto:ada"):
        assert whole in said
        assert whole not in inert(said)
    assert inert(said).replace("\u2060", "").replace("\\:", ":") == said


def test_a_colon_before_a_word_is_no_directive() -> None:
    assert inert("a :note b ::box c:d at 10:30: yes") == "a \\:note b \\:\\:box c\\:d at 10:30: yes"


def test_choices_stand_as_buttons_only() -> None:
    shown = without_choices(f"You said:\n\n- Ready\n\n{ASKED}", QUESTION)
    assert shown.count("- Ready") == 1
    assert "Don't know" not in shown
    assert "*Why I ask: It decides.* [1]" in shown


def test_a_memo_is_folded_and_nothing_is_lost() -> None:
    text, details = unfolded(MEMO, None, OPEN)
    assert "## Do this first" in text
    assert "## Why\n\nBecause." in text
    assert "Costs" not in text
    assert [detail["heading"] for detail in details] == ["Costs", "Sources"]
    assert details[0]["text"] == "| a |\n|---|\n| 1 |"


def test_an_answer_is_shown_whole() -> None:
    text, details = unfolded(f"It costs.\n\n{ASKED}", QUESTION, OPEN)
    assert text == "It costs.\n\n**Is the data ready?**\n\n*Why I ask: It decides.* [1]"
    assert details == []
