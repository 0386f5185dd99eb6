"""While a turn runs: stopping it, loading the page, a second page, a failing turn, a deleted conversation.

A scripted language model holds the turn as long as the test wants, then fails, so that the local one ends it.
"""

import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from advisor.interfaces.web.wording import wording
from advisor.testing.openai_server import Fails, OpenAIServer, Request
from tests.browser.conftest import OpenChat, Serve, Server
from tests.browser.test_consultation import WORK

HELD = 60
"""Seconds after which a forgotten gate opens by itself."""


@pytest.fixture(scope="module")
def gate() -> threading.Event:
    """Open: turns run. Cleared: they wait in their first call of the model."""
    opened = threading.Event()
    opened.set()
    return opened


@pytest.fixture(scope="module")
def slow(serve: Serve, gate: threading.Event) -> Iterator[Server]:
    """A server whose language model waits for the gate."""

    def script(_: Request) -> Fails:
        gate.wait(HELD)
        return Fails(400)

    with OpenAIServer(script) as model:
        yield serve(OPENAI_BASE_URL=model.url, OPENAI_API_KEY="none", ADVISOR_MODEL="scripted")
        gate.set()


@pytest.fixture(autouse=True)
def _open_again(gate: threading.Event) -> Iterator[None]:
    yield
    gate.set()


def test_a_stopped_turn_ends_all_the_same(chat: OpenChat, slow: Server, gate: threading.Event) -> None:
    talk = chat(at=slow).open()
    expect(talk.page.locator("#welcome-screen")).to_contain_text("The language model scripted at")
    gate.clear()
    talk.say(WORK)
    talk.page.locator("#stop-button").click()
    gate.set()
    talk.replied(1)
    assert talk.messages() == [WORK]
    assert len(talk.replies()) == 1, "what Chainlit says of a stop is gone, since nothing was stopped"
    talk.press(talk.choices()[0])
    talk.replied(2)
    assert len(talk.replies()) == 2


def test_a_message_after_a_stop_is_shown_as_well(chat: OpenChat, slow: Server, gate: threading.Event) -> None:
    talk = chat(at=slow).open()
    gate.clear()
    talk.say(WORK)
    talk.page.locator("#stop-button").click()
    talk.say("Give me the memo now.")
    talk.page.locator("[data-step-type=user_message]").nth(1).wait_for()
    gate.set()
    talk.replied(2)
    assert talk.messages() == [WORK, "Give me the memo now."]
    expect(talk.page.get_by_test_id("documents")).to_have_count(1)
    expect(talk.page.get_by_test_id("standing")).to_have_count(1)


def test_a_page_loaded_in_mid_turn_shows_it_at_once_and_its_end(
    chat: OpenChat, slow: Server, gate: threading.Event
) -> None:
    talk = chat(at=slow).open()
    talk.say(WORK)
    talk.replied(1)
    gate.clear()
    talk.say("five months from now")
    talk.page.locator("[data-step-type=user_message]").nth(1).wait_for()
    other = chat(beside=talk).open(f"/thread/{talk.thread}")
    expect(other.page.locator("[data-step-type=user_message]")).to_have_count(2)
    expect(other.page.locator("[data-step-type=assistant_message]")).to_have_count(1)
    gate.set()
    other.replied(2)
    talk.replied(2)
    assert other.replies() == talk.replies()


def test_a_deleted_conversation_takes_no_more_messages(chat: OpenChat, slow: Server) -> None:
    talk = chat(at=slow).open()
    talk.say(WORK)
    talk.replied(1)
    other = chat(beside=talk).open(f"/thread/{talk.thread}")
    other.replied(1)
    gone = talk.page.request.delete(f"{slow.url}/project/thread", data={"threadId": talk.thread})
    assert gone.ok
    expect(other.page.get_by_text(wording().deleted).first).to_be_visible()
    other.say("Are you there?")
    expect(other.page.locator("[data-step-type=assistant_message]").last).to_contain_text(wording().deleted)
    listed = talk.page.request.post(
        f"{slow.url}/project/threads", data={"pagination": {"first": 20}, "filter": {}}
    )
    assert talk.thread not in listed.text()
