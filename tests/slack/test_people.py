"""Several people in one thread: who said what, and what happens where two of them disagree."""

from tests.slack.conftest import OpenTalk
from tests.slack.talk import MEMO_NOW, Talk, memo_of, shown

WORK = (
    "We run software for property managers, 120 people. Customers drown in maintenance tickets and we want "
    "our app to read them and send each one to the right contractor, on OpenAI. We have three months."
)
LATER = "No, we have two years for it."
SETTLED = "Three months it is."
WHICH = "Which of them holds?"


def memo(talk: Talk) -> str:
    """The memo as Markdown."""
    talk.say(MEMO_NOW)
    assert memo_of(talk)
    return (talk.files()[-1].data or b"").decode()


def test_the_memo_says_who_said_what(talk: OpenTalk) -> None:
    here = talk()
    here.say(WORK, "U1")
    here.say("The data is ready.", "U2")
    told = memo(here)
    assert "“We have three months” (Ada)" in told
    assert "“The data is ready” (Grace)" in told


def test_a_button_speaks_for_the_one_who_pressed_it(talk: OpenTalk) -> None:
    here = talk()
    here.say(WORK, "U1")
    label = here.choices()[0]
    here.press(label, "U2")
    assert f"“{label}” (Grace)" in memo(here)


def test_two_who_disagree_are_both_named_with_their_words_and_asked(talk: OpenTalk) -> None:
    here = talk()
    here.say(WORK, "U1")
    here.say("The data is ready. Our CTO can judge AI work.", "U1")
    here.say(LATER, "U2")
    asked = shown(here.last())
    assert WHICH in asked
    for words in ("Ada", "We have three months", "Grace", "we have two years for it"):
        assert words in asked
    here.say(SETTLED, "U1")
    assert WHICH not in shown(here.last())
    assert "90 days" in shown(here.last())
    told = memo(here)
    assert "Three months it is" in told


def test_one_person_who_corrects_herself_is_not_in_dispute(talk: OpenTalk) -> None:
    here = talk()
    here.say(WORK, "U1")
    here.say(LATER, "U1")
    assert "Grace" not in shown(here.last())
    assert "Ada" not in shown(here.last())
