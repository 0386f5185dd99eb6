"""The model section: what a prompt leaves out, what a hostile model gets through, what a failure changes."""

from pathlib import Path
from typing import Any

import pytest

from advisor.assembly import builtin_prompts
from advisor.conversation.advisor import AdvisorCore
from advisor.domain.reply import Reply
from advisor.policy.grounding import Verifier
from advisor.testing.honest_model import HonestModel
from advisor.testing.openai_server import Fails, OpenAIServer
from evals.bench.model import CONSULTATION, tokens_sent
from evals.grounding.hostile import KINDS, HostileModel, load_hostile
from evals.metrics import model as metrics
from evals.sections.model import LIED_TO, MEMO, given_to_user, how_advice_differs, how_failure_differs
from evals.sections.model_prompts import Exchange, prompt_cases, prompt_of
from tests.contracts.models import local
from tests.conversations.scripts import TODAY, parts
from tests.conversations.test_model_turns import advised


def conversation(home: Path, script: Any, messages: tuple[str, ...]) -> tuple[list[Reply], list[Exchange]]:
    """The replies of a scripted model, and each turn as the section keeps it."""
    made = home / "plain"
    made.mkdir()
    replies: list[Reply] = []
    turns: list[Exchange] = []
    server = OpenAIServer(script).start()
    try:
        plain_parts = parts(made / "c.sqlite", local())  # pyright: ignore[reportArgumentType]
        with (
            advised(server, home) as advisor,
            AdvisorCore(plain_parts, made / "c.sqlite", no_ingest, lambda: TODAY) as alone,
        ):
            before = None
            for message in messages:
                asked = len(server.requests)
                reply = advisor.reply_sync("t", message)
                plain = alone.reply_sync("t", message)
                turns.append(Exchange(message, before, plain, reply, tuple(server.requests[asked:])))
                replies.append(reply)
                before = plain
    finally:
        server.close()
    return replies, turns


def no_ingest(paths: object, collection: str) -> dict[str, object]:
    raise AssertionError(f"nothing is ingested here: {paths} {collection}")


def wrong_cases(turns: list[Exchange], *prompts: str) -> dict[str, str]:
    """The prompt cases below 1 of some prompts, with the reason."""
    found = {case.id.removeprefix("prompt/"): case for case in prompt_cases(turns)}
    name = metrics.prompt_holds.name
    return {
        key: case.why[name]
        for key, case in found.items()
        if case.scores[name] < 1 and key.partition(".")[0] in prompts
    }


def without(name: str, variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaves a variable of a prompt file out of what is sent."""
    prompts = builtin_prompts()

    class Dropping:
        def fill(self, **values: str) -> Any:
            return prompts[name].fill(**{**values, variable: ""})

    monkeypatch.setattr("tests.contracts.models.builtin_prompts", lambda: {**prompts, name: Dropping()})


ASKED = (CONSULTATION[0], CONSULTATION[1], "Just tell me what to do.")


def test_an_honest_model_is_told_everything_and_changes_no_advice(tmp_path: Path) -> None:
    replies, turns = conversation(tmp_path, HonestModel(local()), ASKED)
    for reply, turn in zip(replies, turns, strict=True):
        assert how_advice_differs(reply, turn.plain) == []
        assert turn.requests
        assert metrics.prompt_tokens.score(tokens=sum(map(tokens_sent, turn.requests))).value > 300
    assert wrong_cases(turns, "understand", "write_memo") == {}
    assert {prompt_of(one) for turn in turns for one in turn.requests} >= {"understand", "write_memo"}


@pytest.mark.parametrize(
    ("prompt", "variable"),
    [
        *(("understand", name) for name in ("today", "facts", "keys")),
        *(("write_memo", name) for name in ("decision", "facts", "lines", "most")),
    ],
)
def test_a_variable_that_a_prompt_lacks_is_told_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, prompt: str, variable: str
) -> None:
    without(prompt, variable, monkeypatch)
    _, turns = conversation(tmp_path, HonestModel(local()), ASKED)
    assert f"{prompt}.{variable}" in wrong_cases(turns, prompt)


def test_what_was_never_asked_counts_as_missing() -> None:
    found = wrong_cases([], *("understand", "write_memo", "write_answer", "revise", "judge", "translate"))
    assert len(found) >= 19
    assert set(found.values()) == {"it was never asked"}


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_hostile_reaches_the_user(tmp_path: Path, kind: str) -> None:
    drafts = load_hostile()
    (reply,), (turn,) = conversation(tmp_path, HostileModel(kind, drafts, local()), (LIED_TO[kind],))
    assert turn.requests
    told = given_to_user(reply)
    assert not [part for draft in drafts.of(kind).values() for part in draft.never if part in told]


def test_with_the_verifier_off_a_hostile_model_gets_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Verifier, "check", lambda *_: ())
    monkeypatch.setattr(Verifier, "check_wording", lambda *_: ())
    monkeypatch.setattr(Verifier, "_standing", lambda *_: ())
    drafts = load_hostile()
    (reply,), (turn,) = conversation(tmp_path, HostileModel("memo", drafts, local()), (MEMO,))
    told = given_to_user(reply)
    through = [name for name, draft in drafts.memo.items() if any(part in told for part in draft.never)]
    assert len(through) >= 3
    assert reply.text != turn.plain.text


def test_a_failing_model_leaves_the_local_reply_and_a_notice(tmp_path: Path) -> None:
    (reply,), (turn,) = conversation(tmp_path, lambda _: Fails(500), (MEMO,))
    assert how_failure_differs(reply, turn.plain) == []
    silent = reply.model_copy(update={"notices": ()})
    assert how_failure_differs(silent, turn.plain) == ["no notice tells that the model failed"]
    other = reply.model_copy(update={"text": f"{reply.text} And more."})
    assert how_failure_differs(other, turn.plain) == ["the reply is not the one without a model"]


def test_a_model_that_is_believed_on_facts_changes_the_advice(tmp_path: Path) -> None:
    (reply,), (turn,) = conversation(tmp_path, HonestModel(local()), (MEMO,))
    fact = reply.facts["timeline_days"].model_copy(update={"value": {"min": 400, "max": 400}})
    other = reply.model_copy(update={"facts": {**reply.facts, "timeline_days": fact}, "kind": "answer"})
    told = how_advice_differs(other, turn.plain)
    assert any("timeline_days" in one for one in told)
    assert any("answer" in one for one in told)
