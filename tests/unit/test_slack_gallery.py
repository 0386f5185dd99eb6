"""The Slack bot's page, and the messages it shows, are what the bot says today, word for word."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from advisor import Advisor
from advisor.settings import Settings
from evals.slack_consultation import Shown, consultation
from evals.slack_drawing import marked, page_of
from evals.slack_gallery import FOLDER, PAGE, page, written


@pytest.fixture(scope="module")
def shown(
    tmp_path_factory: pytest.TempPathFactory, prepared_home: Path, model_cache: Path
) -> Iterator[list[Shown]]:
    home = Path(shutil.copytree(prepared_home, tmp_path_factory.mktemp("gallery") / "home"))
    settings = Settings.model_construct(home=home, model_cache=model_cache)
    with Advisor.open(settings) as advisor:
        yield consultation(advisor, settings)


def test_slack_takes_every_message(shown: list[Shown]) -> None:
    assert {one.name: one.faults for one in shown if one.faults} == {}


def test_page_and_messages_are_written_again(shown: list[Shown]) -> None:
    texts = written(shown)
    kept = {path for path in FOLDER.iterdir() if path.suffix == ".json"} | {PAGE}
    assert kept == texts.keys()
    assert {path.name for path, text in texts.items() if path.read_text("utf-8") != text} == set()


def test_a_message_that_the_page_does_not_name_is_noticed(shown: list[Shown]) -> None:
    with pytest.raises(RuntimeError, match=r"differ in \['files'\]"):
        page({one.name: one for one in shown if one.name != "files"})


def test_every_picture_of_the_page_exists_and_no_other() -> None:
    named = re.findall(r"\]\(slack/(\w+\.png)\)", PAGE.read_text("utf-8"))
    assert sorted(named) == sorted(path.name for path in FOLDER.glob("*.png"))


def test_the_page_names_every_setting() -> None:
    text = PAGE.read_text("utf-8")
    ours = [name for name in Settings.model_fields if name.startswith("slack_")]
    assert [name for name in ours if f"`ADVISOR_{name.upper()}`" not in text] == []


def test_every_message_can_be_drawn(shown: list[Shown]) -> None:
    for one in shown:
        assert "Hiring advisor" in page_of(one) or one.kind in ("modal", "prompts")


def test_buttons_go_when_a_question_is_answered(shown: list[Shown]) -> None:
    drawn = {one.name: page_of(one) for one in shown}
    assert "Messy, scattered" in drawn["question"]
    assert "Messy, scattered" not in drawn["question_pressed"]
    assert "Answered by Ben" in drawn["question_in_words"]


@pytest.mark.parametrize(
    ("mrkdwn", "drawn"),
    [
        ("a *b c* d", "a <b>b c</b> d"),
        ("_so it is_ [1]", "<i>so it is</i> [1]"),
        ("snake_case_name and 2 * 3 * 4", "snake_case_name and 2 * 3 * 4"),
        ("&lt;b&gt; &amp; `x`", "&lt;b&gt; &amp; <code>x</code>"),
        (
            "<https://a.example/?x=1&amp;y=2|the *guide*>",
            '<a href="https://a.example/?x=1&amp;y=2">the <b>guide</b></a>',
        ),
        ("Ada:\n> one\n> two", 'Ada:\n<span class="quote">one</span><span class="quote">two</span>'),
        ("• one\n• two", "• one\n• two"),
    ],
)
def test_mrkdwn_is_drawn(mrkdwn: str, drawn: str) -> None:
    assert marked(mrkdwn) == drawn
