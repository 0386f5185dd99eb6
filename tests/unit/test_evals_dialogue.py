"""The section of dialogue: what simulated users say, what counts against the advisor, what is held once."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import pytest

from advisor.assembly import Advisor
from advisor.conversation.advisor import AdvisorCore
from advisor.domain.facts import Fact
from advisor.domain.reply import Question, Reply
from advisor.domain.vocabulary import FACT_KEYS, FactKey
from advisor.settings import load_settings
from evals import dialogues
from evals.dialogues import FAST, OPEN_SETS, cases_of, conversations, hold, load, table
from evals.metrics import METRICS
from evals.product import Product
from evals.sections import dialogue as section

GOLD = {
    "roles_ok": ["ai_engineer"],
    "engagement_ok": ["contractor"],
    "roles_wrong": [],
    "engagement_wrong": [],
}
FACTS = {
    "core_ip": {"value": "no", "answer": "no, it helps us"},
    "data_readiness": {"value": "ready", "answer": "all clean"},
}
CASE: dict[str, Any] = {"id": "tried", "opening": "We need help.", "facts": FACTS, "gold": GOLD}


class Scripted:
    """Says the replies it was given, whatever the user says, and keeps what he said."""

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies)
        self.heard: list[str] = []

    def reply_sync(self, thread: str, text: str, today: object = None) -> Reply:
        self.heard.append(text)
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


def asks(key: FactKey, kind: str = "question", facts: Mapping[str, Fact] | None = None) -> Reply:
    question = Question(fact=key, text=f"What about {key}?", choices=(), why="")
    given = {"thread": "t", "message_id": "m", "kind": kind, "text": "…", "question": question}
    return Reply.model_validate({**given, "facts": dict(facts or {})})


END = Reply(thread="t", message_id="m", kind="answer", text="That is all.")


def held(*replies: Reply, **changed: object) -> tuple[dialogues.Held, list[str]]:
    advisor = Scripted(*replies, END)
    return hold(cast(AdvisorCore, advisor), {**CASE, **changed}), advisor.heard


def known(value: object, sure: str = "sure", status: str = "stated") -> Fact:
    return Fact.model_validate(
        {"value": value, "said": "so", "message_id": "m1", "status": status, "sure": sure}
    )


def test_a_user_answers_from_what_is_true_and_says_where_he_does_not_know():
    one, heard = held(asks("core_ip"), asks("data_readiness"), asks("regulated"))
    assert heard[:4] == ["We need help.", "no, it helps us", "all clean", "I don't know."]
    assert one.asked == ["core_ip", "data_readiness", "regulated"]
    assert one.repeated == one.known == []


def test_a_question_that_comes_again_is_asked_twice():
    one, _ = held(asks("core_ip"), asks("data_readiness"), asks("core_ip"))
    assert one.repeated == ["core_ip"]
    scores, why = section.scored(one)
    assert scores["nothing_asked_twice"] == 0.0
    assert why["nothing_asked_twice"] == "asked twice: core_ip"


def test_a_question_that_stays_open_over_a_side_question_is_not_asked_twice():
    aside = [{"after": 1, "say": "what does that cost?"}]
    one, heard = held(asks("core_ip"), asks("core_ip", kind="answer"), interjections=aside)
    assert heard[1:3] == ["what does that cost?", "no, it helps us"]
    assert one.asked == ["core_ip"]
    assert one.repeated == []
    one, _ = held(asks("core_ip"), asks("core_ip"))
    assert one.repeated == ["core_ip"]


def test_asking_for_what_was_stated_counts_and_confirming_a_guess_does_not():
    one, _ = held(asks("core_ip", facts={"core_ip": known("no")}))
    assert one.known == ["core_ip"]
    assert section.scored(one)[0]["nothing_known_asked"] == 0.0
    for fact in (known("no", sure="guessed"), known(None, status="unknown"), known("no", status="assumed")):
        one, _ = held(asks("core_ip", facts={"core_ip": fact}))
        assert one.known == []


CLASH = {"between": ["core_ip"], "what": "…", "if_challenged": "I meant no.", "sets": {"core_ip": "no"}}


def test_a_contradiction_is_named_by_asking_for_what_was_stated_in_whatever_words():
    one, heard = held(
        asks("data_readiness"), asks("core_ip", facts={"core_ip": known("yes")}), contradiction=CLASH
    )
    assert heard[2] == "I meant no."
    assert one.clash_named is True
    assert one.known == []
    assert section.scored(one)[0]["contradiction_named"] == 1.0


def test_a_contradiction_is_not_named_by_an_ordinary_question():
    one, _ = held(asks("core_ip"), asks("data_readiness"), contradiction=CLASH)
    assert one.clash_named is False
    assert section.scored(one)[0]["contradiction_named"] == 0.0
    assert "contradiction_named" not in section.scored(held(asks("core_ip"))[0])[0]


def test_a_correction_is_taken_when_it_holds_in_the_end():
    change = [{"utterance": "Sorry, it is what we sell.", "before": {}, "sets": {"core_ip": "yes"}}]
    questions = [asks("core_ip"), asks("data_readiness"), asks("regulated")]
    one, heard = held(*questions, asks("buy_option", facts={"core_ip": known("yes")}), changes=change)
    assert "Sorry, it is what we sell." in heard
    assert (one.taken, one.not_taken) == ([], ["core_ip"])  # the last reply knows nothing of it
    last = Reply.model_validate({**END.model_dump(), "facts": {"core_ip": known("yes")}})
    advisor = Scripted(*questions, last)
    one = hold(cast(AdvisorCore, advisor), {**CASE, "changes": change})
    assert (one.taken, one.not_taken) == (["core_ip"], [])
    assert section.scored(one)[0]["correction_taken"] == 1.0


def test_a_fact_taken_back_must_be_gone():
    change = [{"utterance": "Forget it.", "before": {}, "sets": {"budget_usd": None}}]
    questions = [asks("core_ip"), asks("data_readiness"), asks("regulated")]
    one, _ = held(*questions, changes=change)
    assert one.taken == ["budget_usd"]


def test_without_a_memo_the_first_move_is_wrong_and_said_to_be_missing():
    one, _ = held(asks("core_ip"))
    scores, why = section.scored(one)
    assert scores["reaches_memo"] == scores["first_move_in_dialogue"] == 0.0
    assert why["first_move_in_dialogue"] == "the first move is never given"


@pytest.fixture(scope="module")
def real(
    prepared_home: Path, model_cache: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[AdvisorCore]:
    home = Path(shutil.copytree(prepared_home, tmp_path_factory.mktemp("dialogue") / "home"))
    with Advisor.open(load_settings(home=home, model_cache=model_cache, model="none")) as advisor:
        yield advisor


class Held:
    """A product whose advisor is this one."""

    def __init__(self, advisor: AdvisorCore) -> None:
        self.advisor = advisor


def test_a_whole_conversation_with_a_user_who_contradicts_himself(real: Advisor):
    case = next(case for case in load("more") if case["id"] == "more-009")
    one = hold(real, case)
    result = section.result(case, one)
    assert result.scores["reaches_memo"] == 1.0
    assert result.scores["contradiction_named"] == 1.0
    assert result.scores["correction_taken"] == 1.0
    assert one.memo is not None
    assert result.got == {
        "role": one.memo.recommendation.first.role,
        "engagement": one.memo.recommendation.first.engagement,
        "kind of user": ["contradicting"],
        "asked": one.asked,
        "misread": one.misread,
        "answers not read": one.unread,
    }
    assert [said.text for said in result.transcript][:2] == [case["opening"], one.replies[0].text]
    assert result.record is None


def test_each_conversation_is_held_once_with_a_product(monkeypatch: pytest.MonkeyPatch):
    cases = [{**CASE, "id": name} for name in ("one", "two")]
    monkeypatch.setattr(dialogues, "cases_of", lambda profile: cases if profile == "full" else cases[:1])
    advisor = Scripted(END)
    product = cast(Product, Held(cast(AdvisorCore, advisor)))
    first = conversations(product, "fast")
    assert conversations(product, "full")[0] is first[0]
    assert advisor.heard.count(CASE["opening"]) == 2
    other = cast(Product, Held(cast(AdvisorCore, advisor)))
    assert conversations(other, "fast")[0] is not first[0]


def test_the_fast_profile_is_part_of_the_full_one_and_has_every_kind_of_user():
    fast, full = cases_of("fast"), cases_of("full")
    ids = {case["id"] for case in full}
    assert {case["id"] for case in fast} <= ids
    assert len(ids) == len(full) == sum(len(load(name)) for name in OPEN_SETS)
    assert len(fast) == sum(map(len, FAST.values()))
    kinds = {kind for case in fast for kind in dialogues.kinds_of(case)}
    assert kinds >= {"answering", "dodging", "correcting", "contradicting", "asking back", "impatient"}


def test_the_closed_half_is_one_result_without_a_line():
    one, _ = held(asks("core_ip"))
    two, _ = held(asks("core_ip"), asks("core_ip"))
    result = section.closed_half([one, two])
    assert result.scores["nothing_asked_twice"] == 0.5
    assert result.transcript == ()
    assert CASE["opening"] not in result.model_dump_json()


def test_totals_tell_kinds_of_users_apart():
    results = [section.result(CASE, one) for one in _with_grades((1.0, 0.0, 0.5))]
    assert section.totals(results) == {
        "first move, answering users": 0.5,
        "facts misread a conversation": 0.0,
    }


def _with_grades(grades: Sequence[float]) -> Iterator[dialogues.Held]:
    for grade in grades:
        one, _ = held(asks("core_ip"))
        one.score = grade
        yield one


def test_our_own_users_are_well_formed():
    for case in load("more"):
        assert {*case["facts"]} <= {*FACT_KEYS}
        assert not {*case["gold"]["roles_ok"]} & {*case["gold"]["roles_wrong"]}
        assert not {*case["gold"]["engagement_ok"]} & {*case["gold"]["engagement_wrong"]}
        for told in (*dialogues.changes_of(case), case.get("contradiction") or {"sets": {}}):
            assert {*told["sets"]} <= {*FACT_KEYS}


def test_the_table_counts_what_happened():
    one, _ = held(asks("core_ip"), asks("core_ip"))
    told = table("tried", [one])
    assert "a question repeated     in 1" in told
    assert "questions               mean 2.0, most 2" in told


def test_the_metrics_are_filed_under_the_section():
    mine = {name for name, metric in METRICS.items() if metric.section == section.NAME}
    assert mine >= {*section.scored(held(asks("core_ip"))[0])[0], "contradiction_named", "correction_taken"}
