"""What the bot keeps, and what not: no words once they are answered, nothing of what was forgotten."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from tests.slack.conftest import OpenTalk
from tests.slack.talk import MEMO_NOW, WORK, Talk

MARK = "Quixotical"


def kept(talk: Talk, *names: str) -> bytes:
    """All bytes of the databases of the bot's home."""
    files = [file for name in names for file in talk.bot.home.glob(name)]
    assert files
    return b"".join(file.read_bytes() for file in files)


def test_the_ledger_holds_no_words_once_they_are_answered(talk: OpenTalk) -> None:
    here = talk()
    with here.slack.hold("chat.startStream"):
        _, events = here.unheard(f"{WORK} We are {MARK} Ltd.")
        here.slack.deliver(events[0])
        here.slack.wait_for(lambda: here.slack.held("chat.startStream"))
        assert MARK.encode() in kept(here, "slack.sqlite*"), "until then they are kept"
    here.bot.idle()
    here.press(here.choices()[0])
    ts = here.say(f"{MARK} says that no rules apply.")
    here.slack.edit(ts, f"{MARK} says that some rules apply.")
    here.bot.idle()
    here.slack.command("/advisor", f"{MARK} wants AI to read tickets.", "U1", here.channel)
    here.bot.idle()
    assert MARK.encode() not in kept(here, "slack.sqlite*")
    assert b"booking app" not in kept(here, "slack.sqlite*")


def test_forgetting_leaves_nothing(talk: OpenTalk, forget: Callable[[Talk], None]) -> None:
    here, other = talk(), talk()
    word = f"{MARK}al"
    other.say(WORK)
    here.say(f"{WORK} {word} tells us so. {MEMO_NOW}")
    here.say(f"{word} says that the data is ready.")
    assert word.encode() in kept(here, "*.sqlite*")
    forget(here)
    assert word.encode() not in kept(here, "*.sqlite*")
    assert here.name.encode() not in kept(here, "conversations.sqlite*")
    assert other.name.encode() in kept(here, "conversations.sqlite*")
    before = len(here.answers())
    here.say("And now?")
    assert len(here.answers()) == before, "the thread is nobody's any more"
    other.say("The data is ready.")
    assert len(other.answers()) == 2


def test_what_waits_while_it_is_forgotten_is_not_answered(
    talk: OpenTalk, forget: Callable[[Talk], None], together: ThreadPoolExecutor
) -> None:
    here = talk()
    here.say(WORK)
    with here.slack.hold("chat.startStream"):
        _, (first,) = here.unheard("The data is ready.")
        here.slack.deliver(first)
        here.slack.wait_for(lambda: here.slack.held("chat.startStream"))
        _, (second,) = here.unheard(f"{MARK}us is our CTO.")
        here.slack.deliver(second)
        forget(here)
    here.bot.idle()
    assert f"{MARK}us".encode() not in kept(here, "*.sqlite*")
