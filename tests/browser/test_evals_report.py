"""The HTML report of the evals in Chromium: hostile text, filters, search, links, small screens, keyboard."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from evals.report.html import write_html
from evals.results import CaseResult, Run, Said
from tests.unit import evals_run as sample

PAGE = 60
"""Cases that the page draws at a time."""

Shown = Callable[..., Page]


@pytest.fixture
def shown(browser: Browser, tmp_path: Path) -> Iterator[Shown]:
    """Opens a report; it may ask for nothing, log nothing and open no dialog."""
    asked: list[str] = []
    told: list[str] = []
    pages: list[Page] = []

    def opened(kind: str = "gate", at: str = "", run: Run | None = None, **options: object) -> Page:
        file = tmp_path / "report.html"
        now, before = run or sample.now(), sample.before()
        verdict = sample.verdict(now, before) if kind == "gate" else None
        write_html(now, file, verdict, before if kind == "compare" else None, sample.METRICS)
        page = browser.new_page(
            **{"viewport": {"width": 1280, "height": 900}, **options}  # pyright: ignore[reportArgumentType]
        )
        pages.append(page)
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: told.append(message.text))
        page.on("pageerror", lambda error: told.append(str(error)))
        page.on("dialog", lambda dialog: (told.append("a dialog"), dialog.dismiss()))
        page.goto(f"{file.as_uri()}{at}")
        return page

    yield opened
    for page in pages:
        page.close()
    assert [url for url in asked if not url.startswith("file:")] == []
    assert told == []


def rows(page: Page) -> list[str]:
    """The ids of the cases that are drawn, in their order."""
    return page.locator("#list > li > details > summary .id").all_inner_texts()


def test_hostile_text_is_shown_as_text(shown: Shown) -> None:
    page = shown(at="#case=safety%2Finjection-1")
    expect(page.locator("#list .text").first).to_contain_text(sample.HOSTILE)
    expect(page.locator(".findings")).to_contain_text(sample.HOSTILE)
    assert page.locator("img").count() == 0
    assert page.locator("script").count() == 2


def test_a_script_that_got_in_would_not_run(browser: Browser, tmp_path: Path) -> None:
    write_html(sample.now(), tmp_path / "report.html", metrics=sample.METRICS)
    page = browser.new_page()
    page.goto((tmp_path / "report.html").as_uri())
    ran = page.evaluate(
        """() => { const made = document.createElement("script"); made.textContent = "window.hit = 1";
        document.body.append(made); return window.hit === 1; }"""
    )
    page.close()
    assert ran is False


def test_filters(shown: Shown) -> None:
    page = shown()
    expect(page.locator("#told")).to_have_text("All 78 cases")
    page.locator("#section").select_option("dialogue")
    expect(page.locator("#told")).to_have_text("12 of 78 cases")
    page.locator("#show").select_option("failing")
    assert rows(page) == ["dev-008", "dev-010"]
    page.locator("#show").select_option("gate")
    expect(page.locator("#told")).to_have_text("0 of 78 cases")
    page.get_by_role("button", name="Clear").click()
    expect(page.locator("#told")).to_have_text("All 78 cases")


def test_cases_of_a_metric_come_worst_first(shown: Shown) -> None:
    page = shown()
    page.locator("a[href='#metric=questions_asked']").click()
    expect(page.locator("#told")).to_have_text("12 of 78 cases, the worst first")
    asked = [int(text) for text in page.locator("#list summary .n").all_inner_texts()]
    assert asked == sorted(asked, reverse=True)
    page.locator("#metric").select_option("id_context_recall")
    assert rows(page)[:2] == ["low-overlap-2", "low-overlap-5"]


def test_search_reads_transcripts_and_outcomes(shown: Shown) -> None:
    page = shown()
    page.locator("#search").fill("ONERROR=alert")
    expect(page.locator("#told")).to_have_text("6 of 78 cases")
    page.locator("#search").fill("supplier nobody")
    expect(page.locator("#told")).to_have_text("12 of 78 cases")
    page.locator("#search").fill("groovy-web-ai-engineer/costs/text-3")
    expect(page.locator("#told")).to_have_text("32 of 78 cases")


def test_a_reason_leads_to_its_case(shown: Shown) -> None:
    page = shown()
    page.get_by_role("link", name="grounding/memo-3").click()
    opened = page.locator("#list details[open]")
    expect(opened).to_have_count(1)
    expect(opened.locator(".id")).to_have_text("memo-3")
    expect(opened.locator("summary")).to_be_focused()
    expect(opened).to_contain_text("before")
    page.get_by_role("link", name="retrieval/typos-8").click()
    expect(page.locator("#list details[open] .id").last).to_have_text("typos-8")


def test_a_case_before_and_now_side_by_side(shown: Shown) -> None:
    page = shown("compare")
    expect(page.locator("#told")).to_have_text("9 of 78 cases")
    case = page.locator("#list > li[data-key='dialogue/dev-006']")
    case.locator("summary").click()
    expect(case.locator(".sides h4")).to_have_text(["Expected", "What came before", "What came now"])
    expect(case.locator(".outline .differs")).to_have_text(["4", "5"])
    now = case.locator(".both > .said:nth-child(even)")
    expect(now.last).to_contain_text("First move")
    left, right = (case.locator(".both h4").nth(side).bounding_box() for side in (0, 1))
    assert left is not None
    assert right is not None
    assert left["y"] == right["y"]
    assert left["x"] < right["x"]
    page.locator(".changes a.vanished").click()
    assert rows(page) == ["typos-8"]


def test_many_cases_are_drawn_as_they_are_looked_at(shown: Shown) -> None:
    said = (Said(who="user", text="We have a budget. " * 40), Said(who="advisor", text="How much? " * 200))
    many = tuple(
        CaseResult(section="dialogue", id=f"n-{number}", scores={"right_first_move": 1.0}, transcript=said)
        for number in range(2000)
    )
    page = shown("compare", run=sample.now().model_copy(update={"cases": many}))
    page.locator("#show").select_option("all")
    expect(page.locator("#told")).to_have_text("All 2,077 cases")
    assert len(rows(page)) == PAGE
    assert page.locator("#list .transcript").count() == 0
    page.get_by_role("button", name="Show 60 more of 2,017").click()
    assert len(rows(page)) == 2 * PAGE
    page.locator("#search").fill("n-1999")
    expect(page.locator("#told")).to_have_text("1 of 2,077 cases")


@pytest.mark.parametrize("width", [390, 768])
def test_a_small_screen_has_no_sideways_scroll(shown: Shown, width: int) -> None:
    page = shown("compare", "#case=decision%2Fdev-009", viewport={"width": width, "height": 800})
    expect(page.locator("#list details[open]")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_keyboard_alone(shown: Shown) -> None:
    page = shown()
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type("memo-3")
    expect(page.locator("#told")).to_have_text("1 of 78 cases")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#list details[open] .inside")).to_contain_text("numerals_traced")


def test_dark_where_dark_is_wanted(shown: Shown) -> None:
    colours = [
        shown(color_scheme=scheme).evaluate("getComputedStyle(document.body).backgroundColor")
        for scheme in ("light", "dark")
    ]
    assert colours == ["rgb(255, 255, 255)", "rgb(20, 24, 27)"]


def test_on_paper_there_are_no_controls(shown: Shown) -> None:
    page = shown()
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.locator("#filters")).to_be_hidden()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
