"""Whole turns with a model behind real HTTP: failures are bounded, told, finished locally, charged once."""

import json
import logging
import socket
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from advisor.conversation.advisor import AdvisorCore
from advisor.domain.reply import Reply
from advisor.testing.honest_model import MARK, HonestModel
from advisor.testing.openai_server import (
    Cuts,
    Fails,
    OpenAIServer,
    Refuses,
    Request,
    Says,
    Script,
    Stalls,
    Step,
)
from tests.contracts.models import KEY, local, over
from tests.conversations.scripts import TODAY, parts

OPENING = "We want to route maintenance tickets with GPT inside our product, live in ten weeks."
NOW = "Just tell me what to do."
NOTICE = "finished without"


@contextmanager
def advised(server: OpenAIServer, home: Path, **endpoint: Any) -> Iterator[AdvisorCore]:
    """An advisor over real parts whose language is a model at the server."""
    database = home / "conversations.sqlite"
    made = parts(database, over(server, home, **endpoint))  # pyright: ignore[reportArgumentType]
    with AdvisorCore(made, database, _no_ingest, lambda: TODAY) as advisor:
        yield advisor


def _no_ingest(paths: object, collection: str) -> dict[str, object]:
    raise AssertionError(f"nothing is ingested here: {paths} {collection}")


def calls(home: Path) -> list[tuple[str, str, str]]:
    """(message, purpose, outcome) of every call written down."""
    with sqlite3.connect(home / "usage.sqlite") as connection:
        return connection.execute(
            "SELECT message_id, purpose, outcome FROM model_calls ORDER BY id"
        ).fetchall()


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> list[Reply]:
    """What the local language alone replies to the two messages."""
    database = tmp_path_factory.mktemp("plain") / "conversations.sqlite"
    made = parts(database, local())  # pyright: ignore[reportArgumentType]
    with AdvisorCore(made, database, _no_ingest, lambda: TODAY) as advisor:
        return [advisor.reply_sync("t", message) for message in (OPENING, NOW)]


TOO_LONG = "This model's maximum context length is 8192 tokens."

FAILURES: list[tuple[str, Step, dict[str, Any], int, str]] = [
    ("timeout", Stalls(after=0), {"timeout": 0.4}, 1, "timeout"),
    ("stalls in mid-stream", Stalls(after=3), {"timeout": 0.4}, 1, "timeout"),
    ("rate limited", Fails(429), {}, 3, "rate_limited"),
    ("server error", Fails(500), {}, 3, "server_error"),
    ("cut stream", Cuts(after=2), {}, 3, "cut_stream"),
    ("invalid JSON", Says("{not json"), {}, 3, "invalid_json"),
    ("not JSON at all", Says("Sure! Here is what I think."), {}, 3, "invalid_json"),
    ("wrong schema", Says({"recommendation": "full_time"}), {}, 3, "wrong_schema"),
    ("refusal", Refuses(), {}, 1, "refused"),
    ("content filter", Says("", finish="content_filter"), {}, 1, "refused"),
    ("answer too long", Says('{"facts": [', finish="length"), {}, 1, "too_long"),
    ("context too long", Fails(400, TOO_LONG, "context_length_exceeded"), {}, 1, "too_long"),
    ("bad key", Fails(401, f"Incorrect API key provided: {KEY}"), {}, 1, "bad_key"),
    ("no permission", Fails(403), {}, 1, "bad_key"),
    ("no such model", Fails(404), {}, 1, "bad_request"),
    ("empty stream", Says(""), {}, 3, "invalid_json"),
]


@pytest.mark.parametrize(
    ("step", "endpoint", "tries", "outcome"), [f[1:] for f in FAILURES], ids=[f[0] for f in FAILURES]
)
def test_a_failing_model_is_tried_a_bounded_time_and_the_turn_is_finished_without_it(
    tmp_path: Path, plain: list[Reply], step: Step, endpoint: dict[str, Any], tries: int, outcome: str
) -> None:
    with OpenAIServer(lambda _: step) as server, advised(server, tmp_path, **endpoint) as advisor:
        replies = [advisor.reply_sync("t", message) for message in (OPENING, NOW)]
        assert len(server.requests) <= 3 * tries  # reading twice, writing once
    assert [reply.kind for reply in replies] == ["question", "recommendation"]
    for reply, without in zip(replies, plain, strict=True):
        assert reply.text == without.text
        assert any(NOTICE in notice for notice in reply.notices)
        assert len(reply.notices) == len(set(reply.notices))
        assert KEY not in reply.model_dump_json()
    assert {told for _, _, told in calls(tmp_path)} == {outcome}


def test_an_endpoint_that_is_not_there(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (
        OpenAIServer() as server,
        advised(server, tmp_path, base_url=f"http://127.0.0.1:{port}/v1", retries=0) as advisor,
    ):
        reply = advisor.reply_sync("t", OPENING)
    assert reply.kind == "question"
    assert any("could not be reached" in notice for notice in reply.notices)
    assert calls(tmp_path) == [("m1", "understand", "unreachable")]


@pytest.mark.parametrize(
    "step", [Fails(500), Fails(429), Cuts(after=1), Says("{")], ids=lambda s: type(s).__name__
)
def test_what_passes_is_tried_again_and_nothing_is_told(tmp_path: Path, step: Step) -> None:
    honest = HonestModel(local())
    with OpenAIServer([step, honest]) as server, advised(server, tmp_path) as advisor:
        reply = advisor.reply_sync("t", OPENING)
    assert reply.kind == "question"
    assert not reply.notices


def test_a_schema_that_is_refused_gives_way_to_tool_calls(tmp_path: Path) -> None:
    def old_server(request: Request) -> Step:
        if "response_format" in request.body:
            return Fails(400, "response_format is not supported")
        return HonestModel(local())(request)

    with OpenAIServer(old_server) as server, advised(server, tmp_path) as advisor:
        for message in (OPENING, "the data is a mess"):
            assert not advisor.reply_sync("t", message).notices
        assert ["tools" in request.body for request in server.requests] == [False, True, True]


def test_a_model_words_the_memo_and_its_words_are_in_the_certificate(tmp_path: Path) -> None:
    def fluent(request: Request) -> Step:
        if request.form != "MemoWorded":
            return HonestModel(local())(request)
        worded = {"text": "Keep a full-time role closed for now.", "points": ["first.1"]}
        return Says({"sentences": [worded | {"evidence": [{"ref": "decision", "quote": ""}]}]})

    with OpenAIServer(fluent) as server, advised(server, tmp_path) as advisor:
        reply = [advisor.reply_sync("t", message) for message in (OPENING, NOW)][-1]
        assert reply.memo is not None
        assert advisor.replay(reply.memo.certificate) == []
    assert reply.kind == "recommendation"


def test_at_most_three_calls_a_turn(tmp_path: Path) -> None:
    """Side questions and a memo in one message want more than three; the rest is said locally."""
    message = (
        f"{OPENING} Which red flags are there in a portfolio? What belongs in a brief? "
        "What should a take-home contain? Just tell me what to do."
    )
    with OpenAIServer(HonestModel(local())) as server, advised(server, tmp_path) as advisor:
        reply = advisor.reply_sync("t", message)
        assert len(server.requests) <= 3
    assert reply.memo is not None
    assert not reply.notices


def test_the_same_message_again_is_charged_once(tmp_path: Path) -> None:
    with OpenAIServer(HonestModel(local())) as server, advised(server, tmp_path) as advisor:
        first = advisor.reply_sync("t", OPENING, message_id="a")
        again = advisor.reply_sync("t", OPENING, message_id="a")
        assert len(server.requests) == 1
    assert first == again


def test_a_turn_taken_up_after_a_crash_uses_the_answers_it_had(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Crash(BaseException):
        pass

    with OpenAIServer(HonestModel(local())) as server:
        with advised(server, tmp_path) as advisor:
            advisor.reply_sync("t", OPENING)
            before = len(server.requests)

            def crash(*_: object, **__: object) -> object:
                raise Crash

            with monkeypatch.context() as patched:
                # Dies after the model has answered and before the stage that asked is kept.
                patched.setattr("advisor.steps.understand._question_met", crash)
                with pytest.raises(Crash):
                    advisor.reply_sync("t", "the data is a mess")
        with advised(server, tmp_path) as advisor:
            reply = advisor.resume_sync("t")
        assert len(server.requests) == before + 1
    assert reply is not None
    assert reply.facts["data_readiness"].value == "messy"


def test_a_choice_that_is_picked_needs_no_model(tmp_path: Path) -> None:
    with OpenAIServer(HonestModel(local())) as server, advised(server, tmp_path) as advisor:
        question = advisor.reply_sync("t", OPENING).question
        before = len(server.requests)
        assert question is not None
        reply = advisor.reply_sync("t", question.choices[0].label)
        assert len(server.requests) == before
    assert reply.facts[question.fact].value == question.choices[0].value


def test_the_key_is_sent_and_nowhere_kept_or_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with OpenAIServer(HonestModel(local())) as server, advised(server, tmp_path) as advisor:
        reply = [advisor.reply_sync("t", message) for message in (OPENING, NOW)][-1]
        assert {request.key for request in server.requests} == {KEY}
        assert KEY not in json.dumps([request.body for request in server.requests])
    assert reply.memo is not None
    assert KEY not in reply.model_dump_json()
    assert KEY not in caplog.text
    for file in tmp_path.rglob("*"):
        assert not file.is_file() or KEY.encode() not in file.read_bytes()


def in_german(read: dict[str, Any]) -> Callable[[Request], Step]:
    def script(request: Request) -> Step:
        if request.form == "MessageRead":
            return Says({"language": "de", "questions": [], "requests": [], "declined": []} | read)
        return HonestModel(local())(request)

    return script


def test_another_language_is_read_and_answered_in_it(tmp_path: Path) -> None:
    said = "Wir haben zehn Wochen und brauchen einen Chatbot für unsere Kunden."
    fact = {"act": "set", "key": "timeline_days", "value": "70", "said": "zehn Wochen", "sure": True}
    with OpenAIServer(in_german({"facts": [fact]})) as server, advised(server, tmp_path) as advisor:
        reply = advisor.reply_sync("t", said)
        assert len(server.requests) <= 3
    assert reply.facts["timeline_days"].value == {"min": 70, "max": 70}
    assert MARK in reply.text
    assert reply.question is not None
    assert reply.question.text.startswith(MARK)
    assert any("Translated" in notice for notice in reply.notices)


def test_a_translation_that_changes_a_figure_or_a_mark_is_not_used(tmp_path: Path) -> None:
    def lying(request: Request) -> Step:
        if request.form == "SegmentsTranslated":
            return Says({"segments": ["Zahlen Sie $999,000 [7] <b>sofort</b>"] * 40})
        return in_german({"facts": []})(request)

    with OpenAIServer(lying) as server, advised(server, tmp_path) as advisor:
        reply = advisor.reply_sync("t", "Wir brauchen einen Chatbot für unsere Kunden, bald.")
    assert "999" not in reply.text
    assert "<b>" not in reply.text


def test_a_damaged_usage_log_loses_no_turn(tmp_path: Path) -> None:
    (tmp_path / "usage.sqlite").write_bytes(b"not a database" * 100)
    with OpenAIServer(HonestModel(local())) as server, advised(server, tmp_path) as advisor:
        reply = advisor.reply_sync("t", OPENING)
        assert not server.requests, "calls that can't be counted are not made"
    assert reply.kind == "question"
    assert any("usage.sqlite" in notice for notice in reply.notices)


def test_invented_words_of_the_user_set_no_fact(tmp_path: Path) -> None:
    invented: list[dict[str, Any]] = [
        {"act": "set", "key": "budget_usd", "value": "900000", "said": "we have 900k", "sure": True},
        {"act": "set", "key": "work_type", "value": "model_training", "said": "GPT", "sure": True},
    ]
    script: Script = in_german({"facts": [], "language": "en"})
    with OpenAIServer(script) as server, advised(server, tmp_path) as advisor:
        honest = advisor.reply_sync("honest", OPENING).facts
    read = {"language": "en", "facts": [f for f in invented if f["value"] != "model_training"]}
    with OpenAIServer(in_german(read)) as server, advised(server, tmp_path) as advisor:
        assert advisor.reply_sync("lying", OPENING).facts == honest
    wilder = in_german({"language": "en", "facts": invented})
    with OpenAIServer(wilder) as server, advised(server, tmp_path) as advisor:
        assert advisor.reply_sync("wilder", OPENING).facts == honest
