"""A hundred threads at once: each is about its own work, and nothing is answered twice."""

from concurrent.futures import ThreadPoolExecutor

from tests.slack.conftest import OpenTalk
from tests.slack.talk import Talk, shown

THREADS, CHANNELS = 100, 10
SYLLABLES = ("ba", "ce", "di", "fo", "gu", "ka", "le", "mi", "no", "pu")


def word(number: int) -> str:
    """A word that no other thread has."""
    return "".join(SYLLABLES[int(digit)] for digit in f"{number:03d}") + "rium"


def test_a_hundred_threads_don_t_mix(talk: OpenTalk, together: ThreadPoolExecutor) -> None:
    talks = [talk(channel=f"C{1 + number % CHANNELS}") for number in range(THREADS)]
    slack, bot = talks[0].slack, talks[0].bot

    def mention(number: int) -> None:
        text = f"We want our app to draft answers to letters about {word(number)}, on OpenAI, in six weeks."
        said = slack.say(talks[number].channel, f"U{1 + number % 50}", text, mention=True)
        talks[number].root = said.ts
        assert [one.status for one in said.answers] == [200, 200]

    def go_on(number: int) -> None:
        here = talks[number]
        if number % 2:
            slack.press(here.last().ts, here.choices()[0], "U2")
        else:
            slack.say(here.channel, "U2", "The data is messy.", thread_ts=here.root)

    list(together.map(mention, range(THREADS)))
    bot.idle()
    assert [len(one.answers()) for one in talks] == [1] * THREADS
    list(together.map(go_on, range(THREADS)))
    bot.idle()
    assert [len(one.answers()) for one in talks] == [2] * THREADS
    for number, here in enumerate(talks):
        assert spoken_of(here) == {word(number)}
        assert ("ready" if number % 2 else "messy") in shown(here.last()).split("\n")[0]
        assert here.choices(here.answers()[0]) == [], "its question is answered"


def spoken_of(talk: Talk) -> set[str]:
    """The words of all threads that the bot's messages in one speak of."""
    told = " ".join(shown(one) for one in talk.answers())
    return {word(number) for number in range(THREADS) if word(number) in told}
