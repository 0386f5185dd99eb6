"""Buttons of a question: each question is answered once, whoever presses what, how often and when."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from advisor.interfaces.slack.wording import wording
from advisor.testing.slack_people import buttons
from tests.slack.conftest import OpenTalk
from tests.slack.talk import WORK, shown


def test_the_buttons_of_an_answered_message_give_way_to_the_answer(talk: OpenTalk) -> None:
    here = talk()
    here.say(WORK)
    asked = here.last()
    label = here.choices()[0]
    here.press(label, "U2", asked)
    now = here.again(asked)
    assert here.choices(asked) == []
    assert wording().answered.format(answer=label, name="Grace") in shown(now)
    assert "Why I ask" in shown(now), "the rest stays"
    assert len(here.answers()) == 2


def test_a_button_pressed_twice_at_once_counts_once(talk: OpenTalk, together: ThreadPoolExecutor) -> None:
    here = talk()
    here.say(WORK)
    asked = here.last()
    press = here.slack.press(asked.ts, here.choices()[0], "U1", deliver=False).payload
    answers = list(together.map(lambda _: here.slack.deliver(press, "interactive"), range(5)))
    here.bot.idle()
    assert [one.status for one in answers] == [200] * 5
    assert len(here.answers()) == 2


def test_a_late_press_is_told_to_the_one_who_pressed(talk: OpenTalk) -> None:
    here = talk()
    here.say(WORK)
    asked, (first, second, *_) = here.last(), here.choices()
    late = here.slack.press(asked.ts, second, "U2", deliver=False).payload
    here.press(first, "U1", asked)
    here.slack.deliver(late, "interactive")
    assert wording().answered_before in here.whispered("U2")
    here.bot.idle()
    assert len(here.answers()) == 2
    assert wording().answered.format(answer=first, name="Ada") in shown(here.again(asked))


def test_a_press_after_an_answer_in_words_changes_nothing(talk: OpenTalk) -> None:
    here = talk()
    here.say(WORK)
    asked, labels = here.last(), here.choices()
    late = here.slack.press(asked.ts, labels[1], "U2", deliver=False).payload
    here.say("The data is ready.", "U1")
    assert here.choices(asked) == []
    assert wording().answered_in_words.format(name="Ada") in shown(here.again(asked))
    here.slack.deliver(late, "interactive")
    here.bot.idle()
    assert wording().answered_before in here.whispered("U2")
    assert len(here.answers()) == 2


@pytest.mark.parametrize("first", [0, 1])
def test_of_two_buttons_at_once_one_counts_and_the_other_is_told(
    talk: OpenTalk, together: ThreadPoolExecutor, first: int
) -> None:
    here = talk()
    here.say(WORK)
    asked, labels = here.last(), here.choices()[:2]
    people = {"U1": labels[first], "U2": labels[1 - first]}
    presses = [
        here.slack.press(asked.ts, label, user, deliver=False).payload for user, label in people.items()
    ]
    list(together.map(lambda press: here.slack.deliver(press, "interactive"), presses))
    here.bot.idle()
    assert len(here.answers()) == 2
    settled = shown(here.again(asked))
    names = {"U1": "Ada", "U2": "Grace"}
    (winner,) = [
        user
        for user, label in people.items()
        if wording().answered.format(answer=label, name=names[user]) in settled
    ]
    (loser,) = {*people} - {winner}
    assert wording().answered_before in here.whispered(loser)
    assert here.whispers(winner) == []
    assert people[winner].lower() in shown(here.last()).lower()


def test_the_question_after_a_side_question_is_answered_by_either_message(talk: OpenTalk) -> None:
    here = talk()
    here.say(WORK)
    asked = here.last()
    here.say("What does a senior AI engineer cost?")
    label = here.choices()[0]
    here.press(label, "U1", asked)
    assert here.choices(asked) == []
    (side,) = [one for one in here.answers() if wording().feedback_good in buttons(one)]
    assert here.choices(side) == [], "both messages put the same question"
    assert wording().answered.format(answer=label, name="Ada") in shown(here.again(side))


def test_a_press_on_a_message_of_a_forgotten_conversation_says_so(talk: OpenTalk, forget: object) -> None:
    here = talk()
    here.say(WORK)
    here.say("What does a senior AI engineer cost?")
    side = here.last()
    assert callable(forget)
    forget(here)
    before = len(here.answers())
    here.press(wording().quotes, "U1", side)
    assert wording().gone in here.whispered("U1")
    here.press(here.choices(side)[0], "U2", side)
    here.bot.idle()
    assert len(here.answers()) == before
