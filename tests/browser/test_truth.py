"""The conversation's own record is the one truth: whatever happens to a page, it shows that, once."""

from playwright.sync_api import expect

from tests.browser.conftest import Chat, OpenChat, Serve
from tests.browser.test_consultation import WORK


def begun(chat: OpenChat, **where: object) -> Chat:
    """A conversation with its first question open."""
    talk = chat(**where).open()
    talk.say(WORK)
    talk.replied(1)
    return talk


def seen(talk: Chat) -> tuple[list[str], list[str], list[str]]:
    """What a page shows of a conversation."""
    return talk.messages(), talk.replies(), talk.choices()


def test_a_reload_in_mid_question(chat: OpenChat) -> None:
    talk = begun(chat)
    before = seen(talk)
    assert len(before[2]) > 1
    talk.reload()
    talk.replied(1)
    assert seen(talk) == before
    talk.press(before[2][0])
    talk.replied(2)
    assert talk.messages() == [WORK, before[2][0]]
    assert len(talk.replies()) == 2


def test_a_memo_is_there_again_after_a_reload(chat: OpenChat) -> None:
    talk = begun(chat)
    talk.say("Give me the memo now.")
    talk.replied(2)
    before = seen(talk)
    talk.reload()
    talk.replied(2)
    assert seen(talk) == before
    for part in ("documents", "charts", "what-if", "details"):
        expect(talk.page.get_by_test_id(part)).to_be_visible()


def test_a_second_tab_shows_the_same_and_follows(chat: OpenChat) -> None:
    talk = begun(chat)
    other = chat(beside=talk).open(f"/thread/{talk.thread}")
    other.replied(1)
    assert seen(other) == seen(talk)
    talk.press(talk.choices()[0])
    talk.replied(2)
    other.replied(2)
    assert seen(other) == seen(talk)
    other.press(other.choices()[0])
    other.replied(3)
    talk.replied(3)
    assert seen(other) == seen(talk)
    assert len(talk.messages()) == 3


def test_an_answer_to_a_question_that_is_no_longer_open_changes_nothing(chat: OpenChat) -> None:
    talk = begun(chat)
    late = chat(beside=talk).open(f"/thread/{talk.thread}")
    late.replied(1)
    # The other page hears nothing of the answer, as a tab that slept would not.
    first, second, *_ = late.choices()
    held = late.page.locator("[data-testid=choices] button:enabled").get_by_text(second, exact=True)
    handle = held.element_handle()
    assert handle is not None
    late.page.evaluate(
        """button => {
            const key = Object.keys(button).find(name => name.startsWith('__reactProps'));
            window.pressed = button[key].onClick;
        }""",
        handle,
    )
    talk.press(first)
    talk.replied(2)
    late.replied(2)
    late.page.evaluate("window.pressed()")
    expect(late.page.get_by_text("This question was answered in the meantime")).to_be_visible()
    late.replied(2)
    assert late.messages() == [WORK, first]
    assert seen(late) == seen(talk)


def test_a_lost_connection_misses_nothing(chat: OpenChat) -> None:
    talk = begun(chat)
    other = chat(beside=talk).open(f"/thread/{talk.thread}")
    other.replied(1)
    session = other.page.context.new_cdp_session(other.page)
    session.send("Network.enable")
    offline = {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0}
    session.send("Network.emulateNetworkConditions", offline)
    talk.press(talk.choices()[0])
    talk.replied(2)
    online = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    session.send("Network.emulateNetworkConditions", online)
    other.replied(2)
    assert seen(other) == seen(talk)


def test_a_killed_server_comes_back_with_everything(chat: OpenChat, serve: Serve) -> None:
    server = serve()
    talk = begun(chat, at=server)
    before = seen(talk)
    server.kill()
    server.start()
    # The page finds its way back by itself …
    talk.page.locator("[data-testid=choices] button:enabled").first.wait_for()
    talk.replied(1)
    assert seen(talk) == before
    # … and a page opened anew shows the same.
    talk.reload()
    talk.replied(1)
    assert seen(talk) == before
    talk.press(before[2][0])
    talk.replied(2)
    assert talk.messages() == [WORK, before[2][0]]


def test_a_server_killed_in_mid_turn_answers_once(chat: OpenChat, serve: Serve) -> None:
    server = serve()
    talk = begun(chat, at=server)
    talk.say("Give me the memo now.")
    # As soon as the message is on its way; how far the turn has come is left to chance.
    talk.page.locator("[data-step-type=user_message]").nth(1).wait_for()
    server.kill()
    server.start()
    talk.reload()
    talk.page.get_by_test_id("standing").wait_for()
    if len(talk.messages()) == 1:  # it never reached the record: nothing is half said
        assert len(talk.replies()) == 1
        talk.say("Give me the memo now.")
        talk.replied(2)
    assert talk.messages() == [WORK, "Give me the memo now."]
    assert len(talk.replies()) == 2
    expect(talk.page.get_by_test_id("documents")).to_have_count(1)
