"""What stands beside the text: the panel, citations, what-if, documents to download, history, feedback."""

import io
import json
import re
from pathlib import Path

import docx
import pypdf
from playwright.sync_api import expect

from advisor.domain.memo import Memo
from advisor.interfaces.documents.formats import FORMATS
from tests.browser.conftest import Chat, OpenChat, Server
from tests.browser.test_consultation import TYPED
from tests.browser.test_truth import begun


def with_memo(chat: OpenChat) -> Chat:
    """A conversation whose second turn is a memo."""
    talk = begun(chat)
    talk.say(f"{TYPED[0]} {TYPED[1]} Give me the memo now.")
    talk.replied(2)
    return talk


def memo_of(text: str) -> str:
    """A reply without what the what-if controls show."""
    return text.partition("What if")[0]


def test_the_panel_lists_what_was_said_and_is_corrected(chat: OpenChat) -> None:
    talk = with_memo(chat)
    page, corrected = talk.page, "Correcting: state of the data"
    panel = page.get_by_test_id("panel")
    data = panel.get_by_test_id("fact-data_readiness")
    expect(data).to_contain_text("ready to use")
    expect(data.locator("q")).to_contain_text("The data is ready")
    data.get_by_role("button", name="Correct").click()
    data.get_by_text("Messy, scattered or hard to reach").click()
    talk.replied(3)
    expect(panel.get_by_test_id("fact-data_readiness")).to_contain_text("messy")
    expect(page.locator("[data-step-type=user_message]").last).to_contain_text(corrected)
    assert "data engineer" in talk.replies()[-1]
    talk.reload()
    talk.replied(3)
    expect(page.locator("[data-step-type=user_message]").last).to_contain_text(corrected)
    expect(page.get_by_test_id("fact-data_readiness")).to_contain_text("messy")


def test_a_fact_is_corrected_in_ones_own_words(chat: OpenChat) -> None:
    talk = begun(chat)
    days = talk.page.get_by_test_id("panel").get_by_test_id("fact-timeline_days")
    expect(days).to_contain_text("42 days")
    days.get_by_role("button", name="Correct").click()
    days.get_by_role("textbox").fill("five months")
    days.get_by_text("Say it").click()
    talk.replied(2)
    expect(talk.page.get_by_test_id("panel").get_by_test_id("fact-timeline_days")).to_contain_text("1")
    expect(talk.page.get_by_test_id("panel").get_by_test_id("fact-timeline_days").locator("q")).to_have_text(
        "five months"
    )
    assert len(talk.choices()) > 1, "the open question stays open"


def test_the_bar_moves_with_each_answer(chat: OpenChat) -> None:
    talk = begun(chat)
    meter = talk.page.locator("[data-testid=standing] [role=meter]")
    first = int(meter.get_attribute("aria-valuenow") or -1)
    expect(talk.page.get_by_test_id("standing")).to_contain_text("Open and able to change it:")
    talk.say(f"{TYPED[0]} {TYPED[1]}")
    talk.replied(2)
    second = int(meter.get_attribute("aria-valuenow") or -1)
    assert 0 <= first < second <= 100


def test_a_number_opens_its_source(chat: OpenChat) -> None:
    talk = with_memo(chat)
    page = talk.page
    page.locator("[data-step-type=assistant_message] a.element-link:visible").last.click()
    passage = page.get_by_test_id("passage")
    expect(passage.locator("h3")).to_have_text(re.compile("^Digest of .+, “.+”$"))
    expect(passage.locator("dl")).to_contain_text("Publisher sells")
    expect(passage.locator("blockquote mark")).not_to_be_empty()
    expect(passage).to_contain_text("Our own words")
    assert page.url.endswith(talk.thread), "the conversation was left"
    marked = passage.locator("blockquote mark").inner_text()
    whole = passage.locator("blockquote").inner_text()
    assert marked in whole
    # The same from a section that opens on a click, and after a reload.
    talk.reload()
    talk.replied(2)
    details = page.get_by_test_id("details")
    details.get_by_text("What lost, and why").click()
    details.locator("details[open] a.element-link").first.click()
    expect(page.get_by_test_id("passage").locator("blockquote mark")).not_to_be_empty()


def test_what_if_moves_the_recommendation_and_keeps_nothing(chat: OpenChat) -> None:
    talk = with_memo(chat)
    page, what_if = talk.page, talk.page.get_by_test_id("what-if")
    result = page.get_by_test_id("what-if-result")
    before = talk.replies()
    what_if.get_by_label("Ownership after launch").select_option("yes")
    expect(result).to_contain_text("The first move becomes an AI engineer as a specialist contractor")
    what_if.get_by_role("button", name="As it stands").click()
    expect(result).to_contain_text("Move one of them")
    what_if.get_by_label("Budget in dollars").fill("15000")
    expect(result).to_contain_text("The first move")
    what_if.get_by_label("It must work in so many days").fill("182")
    expect(result).to_contain_text("The first move")
    talk.reload()
    talk.replied(2)
    assert [text.split("What if")[0] for text in talk.replies()] == [
        text.split("What if")[0] for text in before
    ]
    expect(page.get_by_test_id("fact-durable_ownership")).to_contain_text("done when it runs")


def test_each_form_is_downloaded_and_opened_again(chat: OpenChat, tmp_path: Path) -> None:
    talk = with_memo(chat)
    files: dict[str, bytes] = {}
    for form in FORMATS:
        with talk.page.expect_download() as waiting:
            talk.page.get_by_test_id(f"download-{form}").click()
        assert re.fullmatch(rf"memo-[a-z0-9-]+\.{form}", waiting.value.suggested_filename)
        waiting.value.save_as(tmp_path / form)
        files[form] = (tmp_path / form).read_bytes()
    memo = Memo.model_validate_json(files["json"])
    told = memo.sections[0].claims[0].text
    assert told in files["md"].decode()
    assert told in files["html"].decode()
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(files["pdf"])).pages]
    assert len(pages) > 3
    assert told in " ".join(" ".join(pages).split())
    paragraphs = [paragraph.text for paragraph in docx.Document(io.BytesIO(files["docx"])).paragraphs]
    assert any(told in text for text in paragraphs)
    assert json.loads(files["json"])["certificate"]["schema"]


def test_conversations_are_listed_renamed_and_deleted_with_their_memos(
    chat: OpenChat, server: Server
) -> None:
    talk = with_memo(chat)
    page, thread = talk.page, talk.thread
    entry = page.locator(f"#thread-{thread}")
    expect(entry).to_contain_text("We are a Series A")
    entry.hover()
    entry.locator("#thread-options").click()
    page.get_by_role("menuitem", name="Rename").click()
    page.get_by_role("dialog").get_by_role("textbox").fill("Review answers")
    page.get_by_role("dialog").get_by_role("button", name="Confirm").click()
    expect(entry).to_contain_text("Review answers")
    talk.reload()
    talk.replied(2)
    expect(page.locator(f"#thread-{thread}")).to_contain_text("Review answers")
    assert b"Review answers" in kept_by(server)
    entry.hover()
    entry.locator("#thread-options").click()
    page.get_by_role("menuitem", name="Delete").click()
    page.get_by_role("button", name="Confirm").click()
    expect(page.locator(f"#thread-{thread}")).to_have_count(0)
    assert page.request.get(f"{server.url}/advisor/memo/{thread}/m2.json").status == 404
    assert thread.encode() not in kept_by(server)
    assert b"Review answers" not in kept_by(server)


def kept_by(server: Server) -> bytes:
    """All that the conversations' database holds on disk, its journal included."""
    return b"".join(file.read_bytes() for file in sorted(server.home.glob("conversations.sqlite*")))


def test_feedback_is_kept_with_the_certificate(chat: OpenChat) -> None:
    talk = with_memo(chat)
    page = talk.page
    page.locator(".positive-feedback-off").last.click()
    page.get_by_role("dialog").get_by_role("textbox").fill("It saved us a hire.")
    page.locator("#submit-feedback").click()
    expect(page.locator(".positive-feedback-on")).to_have_count(1)
    talk.reload()
    talk.replied(2)
    expect(page.locator(".positive-feedback-on")).to_have_count(1)
    page.locator(".positive-feedback-on").click()
    expect(page.locator(".positive-feedback-on")).to_have_count(0)
    talk.reload()
    talk.replied(2)
    expect(page.locator(".positive-feedback-on")).to_have_count(0)
