"""Whole consultations in a browser: the first visit, by buttons, by typing, on a phone."""

import re

from playwright.sync_api import expect

from advisor.interfaces.web.wording import wording
from tests.browser.conftest import OpenChat

WORK = (
    "We are a Series A start-up with a booking app for restaurants. We want the app to draft answers to "
    "guests' reviews from the restaurant's own notes, on OpenAI. It must be live in six weeks."
)
TYPED = (
    "We have five developers and nobody on AI. The data is ready. No product does it. It pays, we tried it "
    "by hand for a month, and one person can build it.",
    "It is not what we sell, and it is done when it runs. No special rules apply. Our product lead will own "
    "it after launch. Our CTO can judge AI work.",
    "Just give me the memo now.",
)
MOST_QUESTIONS = 10


def test_the_first_visit_says_what_it_is(chat: OpenChat) -> None:
    page = chat().open().page
    welcome = page.locator("#welcome-screen")
    expect(welcome).to_contain_text("Whom to bring in for AI work, if anyone.")
    expect(welcome).to_contain_text("I give no legal advice, rank no candidates")
    expect(welcome).to_contain_text("No language model is connected")
    expect(page.locator("#starters button")).to_have_text([one.label for one in wording().starters])
    assert page.title() == "Hiring advisor"


def test_a_whole_consultation_by_buttons(chat: OpenChat) -> None:
    talk = chat().open()
    talk.page.locator("#starters button").first.click()
    for turn in range(1, MOST_QUESTIONS + 1):
        talk.replied(turn)
        labels = talk.choices()
        if not labels:
            break
        assert labels[-1] == "Don't know"
        assert "Why I ask:" in talk.replies()[-1]
        lines = talk.replies()[-1].split("\n")
        assert [lines.count(label) for label in labels] == [1] * len(labels), "the choices stand twice"
        talk.press(labels[0])
    asked = len(talk.messages()) - 1
    assert 2 <= asked < MOST_QUESTIONS
    memo = talk.replies()[-1]
    for heading in ("Do this first", "How sure", "Why", "What would change this"):
        assert f"\n{heading}\n" in memo
    expect(talk.page.get_by_test_id("documents")).to_be_visible()
    expect(talk.page.get_by_test_id("what-if")).to_be_visible()
    # What was pressed stays marked, and can't be pressed again.
    expect(talk.page.locator("[data-testid=choices] button[aria-pressed=true]")).to_have_count(asked)
    expect(talk.page.locator("[data-testid=choices] button:enabled")).to_have_count(0)


def test_a_whole_consultation_by_typing(chat: OpenChat) -> None:
    talk = chat().open()
    for turn, text in enumerate((WORK, *TYPED), start=1):
        talk.say(text)
        talk.replied(turn)
        if talk.page.get_by_test_id("documents").count():
            break
    memo = talk.replies()[-1]
    assert "Bring in an AI developer as a senior contractor." in memo
    details = talk.page.get_by_test_id("details")
    details.get_by_text("The situation as understood").click()
    expect(details).to_contain_text("Our CTO can judge AI work")
    talk.page.get_by_test_id("charts").get_by_text("Cost ranges by route").click()
    expect(talk.page.get_by_test_id("chart-routes")).to_contain_text(re.compile(r"\$\d+,000 \(\$\d+,000 to"))


def test_the_steps_open_and_say_what_happened(chat: OpenChat) -> None:
    talk = chat().open()
    talk.say(WORK)
    talk.replied(1)
    page = talk.page
    page.get_by_text("How this was worked out").click()
    for stage in ("understand", "decide", "ask"):
        page.get_by_text(wording().stages[stage], exact=True).click()
    expect(page.locator("[data-step-type=tool]").first).to_contain_text(re.compile(r"\d facts read"))
    expect(page.locator("[data-step-type=tool]").first).to_contain_text(re.compile(r"\d+ rules fired"))


def test_a_side_question_is_answered_and_the_open_one_stays(chat: OpenChat) -> None:
    talk = chat().open()
    talk.say(WORK)
    talk.replied(1)
    before = talk.choices()
    talk.say("What does a senior AI engineer cost in the US?")
    talk.replied(2)
    assert talk.choices() == before
    assert "Groovy Web" in talk.replies()[-1]


def test_nothing_to_read_is_told_politely(chat: OpenChat) -> None:
    talk = chat().open()
    talk.say("?!")
    talk.replied(1)
    assert len(talk.replies()) == 1
    assert "Traceback" not in talk.page.content()


def test_a_phone_holds_it_all(chat: OpenChat) -> None:
    phone = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
    talk = chat(**phone).open()
    page = talk.page
    page.locator("#starters button").nth(1).click()
    talk.replied(1)
    expect(page.get_by_test_id("panel")).to_have_count(0)
    page.get_by_test_id("open-panel").click()
    expect(page.get_by_test_id("panel")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("panel")).to_have_count(0)
    talk.press(talk.choices()[0])
    talk.replied(2)
    talk.say("Give me the memo now.")
    talk.replied(3)
    for tab in page.locator("[data-testid=charts] [role=tab]").all():
        tab.click()
        assert _beyond(page, "[data-testid=charts] figure") == []
    for part in ("documents", "what-if", "standing"):
        assert _beyond(page, f"[data-testid={part}]") == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator("a.element-link").first.click()
    expect(page.get_by_test_id("passage")).to_be_visible()


def _beyond(page: object, part: str) -> list[str]:
    """What of a part lies outside the screen's width."""
    return page.evaluate(  # type: ignore[attr-defined]
        """part => [...document.querySelectorAll(part + ' *')]
            .filter(e => e.getBoundingClientRect().right > window.innerWidth + 1)
            .map(e => e.textContent)""",
        part,
    )
