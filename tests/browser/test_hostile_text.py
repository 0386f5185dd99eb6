"""HTML, Markdown and script in a user's text or in a document are shown as text."""

import re
import subprocess
import sys

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenChat, Serve, Server
from tests.conftest import environment

MARKUP = (
    "<script>window.hit=1</script> <img src=x onerror=window.hit=2> [link](javascript:window.hit=3) "
    "![pixel](http://evil.example/p.png) www.evil.example https://evil.example/a ada@evil.example "
    ":note[x] **bold** <b>b</b> `code` # head"
)
WORK = f"We want our app to answer customers' mails from {MARKUP} with a hosted model in six weeks."
DOCUMENT = (
    "The vendor answers incidents on weekends within four hours. Incidents at night wait until the vendor "
    "opens. <script>window.hit=4</script> <img src=x onerror=window.hit=5> "
    "[www.evil.example](javascript:window.hit=6) https://evil.example/b\n"
)


@pytest.fixture(scope="module")
def with_document(serve: Serve) -> Server:
    """A server whose index holds a hostile document."""
    server = serve()
    server.stop()
    file = server.home / "weekend incidents.txt"
    file.write_text(DOCUMENT)
    subprocess.run(
        [sys.executable, "-m", "advisor", "ingest", str(file)],
        env=environment(server.home, server.model_cache),
        capture_output=True,
        check=True,
    )
    server.start()
    return server


def harmless(page: Page) -> None:
    """Nothing of it ran, became an element, or leads anywhere."""
    assert page.evaluate("window.hit") is None
    for element in ("script", "img"):
        assert page.locator(f".message-content {element}").count() == 0
    assert page.locator("b").filter(has_text=re.compile("^b$")).count() == 0
    leads = page.locator("a").evaluate_all("links => links.map(link => link.href)")
    assert not [link for link in leads if "evil" in link or link.startswith(("javascript", "mailto"))]


def test_a_users_markup(chat: OpenChat) -> None:
    talk = chat().open()
    talk.say(WORK)
    talk.replied(1)
    harmless(talk.page)
    expect(talk.page.locator("[data-step-type=user_message]")).to_contain_text(
        "<script>window.hit=1</script>"
    )
    talk.say("Give me the memo now.")
    talk.replied(2)
    harmless(talk.page)
    for summary in talk.page.locator("[data-testid=details] summary").all():
        summary.click()
    harmless(talk.page)
    talk.reload()
    talk.replied(2)
    harmless(talk.page)


def test_a_conversations_name(chat: OpenChat) -> None:
    talk = chat().open()
    talk.say("<img src=x onerror=window.hit=7> we want AI")
    talk.replied(1)
    expect(talk.page.locator(f"#thread-{talk.thread}")).to_contain_text("<img src=x")
    harmless(talk.page)


def test_a_documents_markup(chat: OpenChat, with_document: Server) -> None:
    talk = chat(at=with_document).open()
    talk.say("When are incidents on weekends answered by the vendor?")
    talk.replied(1)
    assert "within four hours" in talk.replies()[-1]
    harmless(talk.page)
    talk.page.locator("a.element-link").first.click()
    passage = talk.page.get_by_test_id("passage")
    expect(passage.locator("blockquote")).to_contain_text("<script>window.hit=4</script>")
    expect(passage).to_contain_text("Quoted word for word")
    harmless(talk.page)
