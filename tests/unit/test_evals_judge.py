"""The metrics that need a judge model, against a real endpoint: honest, broken, hostile and dead."""

import asyncio
import contextlib
import json
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from advisor.testing.embedding import HashingEmbedder
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
from evals.judge.client import Judge, JudgeUnreachable
from evals.judge.embedding import LocalEmbedding
from evals.judge.outcomes import JudgedRun, plain, spread
from evals.judge.scoring import MetricName, Sample, judged, wrong_answers
from evals.judge.settings import JudgeSettings
from evals.metrics.judge import judged_faithfulness
from tests.unit.judge_model import CLAIMS, CLASSES, QUESTION, STATEMENTS, VERDICTS, form_of, honest

KEY = "sk-judge-4f1c99"

SAMPLE = Sample(
    "answer/q",
    "How long does hiring take?",
    "Hiring takes ninety days. Rates doubled in May.",
    ("Hiring takes ninety days with notice periods.",),
    "Hiring takes ninety days with notice periods.",
)
MEMO = Sample("memo/m", SAMPLE.question, SAMPLE.answer, SAMPLE.contexts)


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No judge of the developer's own is asked, and ragas reports nothing."""
    for name in ("MODEL", "BASE_URL", "API_KEY"):
        monkeypatch.delenv(f"ADVISOR_JUDGE_{name}", raising=False)


def settings(server: OpenAIServer | str, **changed: Any) -> JudgeSettings:
    url = server if isinstance(server, str) else server.url
    fixed: dict[str, Any] = {
        "model": "judge-1",
        "base_url": url,
        "api_key": KEY,
        "timeout": 5,
        "retries": 0,
        "runs": 1,
    }
    return JudgeSettings(**(fixed | changed))


def measured(
    script: Script, sample: Sample = SAMPLE, **changed: Any
) -> tuple[dict[MetricName, tuple[JudgedRun, ...]], Judge, list[Request]]:
    """All metrics of a sample against a script."""
    server = OpenAIServer(script).start()
    try:

        async def run() -> tuple[dict[MetricName, tuple[JudgedRun, ...]], Judge]:
            judge = Judge(settings(server, **changed))
            try:
                return await judged(judge, LocalEmbedding(HashingEmbedder()), sample), judge
            finally:
                await judge.close()

        found, judge = asyncio.run(run())
        return found, judge, server.requests
    finally:
        server.close()


def in_turn(*steps: Step) -> Callable[[Request], Step]:
    """The steps one after the other, the last one for ever."""
    left: Iterator[Step] = iter(steps[:-1])
    return lambda request: next(left, steps[-1])


def only(form: str, step: Step) -> Callable[[Request], Step]:
    """Honest, but for one form."""
    return lambda request: step if form_of(request) == form else honest(request)


def test_an_honest_judge_scores_what_the_texts_share() -> None:
    found, judge, requests = measured(honest, runs=3)
    values = {name: [run.value for run in runs] for name, runs in found.items()}
    assert values["faithfulness"] == [0.5] * 3
    assert values["factual_correctness"] == [0.5] * 3  # 1 of 2 claims; the reference's one is not all there
    assert values["context_recall"] == [1.0] * 3
    assert all(0.0 < value < 1.0 for value in values["answer_relevancy"])
    assert "Rates doubled in May" in found["faithfulness"][0].finding
    assert "not in the reference: “Rates doubled" in found["factual_correctness"][0].finding
    assert "left out: “Hiring takes ninety days with" in found["factual_correctness"][0].finding
    # 2 questions for faithfulness, 3 for relevancy, 4 for correctness, 1 for recall, three times over
    assert len(requests) == judge.requests == 30
    assert judge.prompt_tokens > judge.answer_tokens > 0
    assert {request.key for request in requests} == {KEY}
    assert all(request.body["max_tokens"] == 8_000 for request in requests)


def test_a_memo_has_no_reference_and_is_judged_by_faithfulness_alone() -> None:
    found, _, requests = measured(honest, MEMO)
    assert list(found) == ["faithfulness"]
    assert len(requests) == 2


def test_runs_that_differ_are_told_with_their_spread() -> None:
    yes = {"statements": [{"statement": "a", "reason": "r", "verdict": 1}] * 2}
    no = {"statements": [{"statement": "a", "reason": "r", "verdict": 0}] * 2}
    verdicts = in_turn(Says(yes), Says(no), Says(yes))
    script: Callable[[Request], Step] = lambda r: verdicts(r) if form_of(r) == VERDICTS else honest(r)  # noqa: E731
    found, _, _ = measured(script, MEMO, runs=3, at_once=1)
    whole = spread(found["faithfulness"])
    assert sorted(run.value for run in found["faithfulness"]) == [0.0, 1.0, 1.0]
    assert (whole.mean, whole.range, whole.failed) == (pytest.approx(2 / 3), 1.0, 0)
    assert whole.deviation == pytest.approx(0.57735, abs=1e-5)


LONG = Says('{"statements": ["Hiring', finish="length")
FAULTS: list[tuple[str, Step, str, int]] = [
    ("malformed", Says("{nope"), "malformed", 2),
    ("fenced", Says("Sure! Here you go:"), "malformed", 2),
    ("wrong form", Says({"answer": "yes"}), "malformed", 2),
    ("wrong type", Says({"statements": "all of it"}), "malformed", 2),
    ("no statements: NaN", Says({"statements": []}), "empty", 1),
    ("refusal", Refuses(), "refused", 2),
    ("filtered", Says("", finish="content_filter"), "refused", 2),
    ("cut at the limit", LONG, "too_long", 1),
    ("too many requests", Fails(429), "busy", 1),
    ("server error", Fails(500), "server", 1),
    ("cut connection", Cuts(), "broke_off", 1),
]


@pytest.mark.parametrize(
    ("step", "kind", "asked"), [row[1:] for row in FAULTS], ids=[row[0] for row in FAULTS]
)
def test_a_fault_is_a_failed_run_that_counts_as_zero(step: Step, kind: str, asked: int) -> None:
    found, _, requests = measured(lambda request: step, MEMO)
    [run] = found["faithfulness"]
    assert run.failure is not None
    assert (run.failure.kind, run.value) == (kind, 0.0)
    assert len(requests) == asked  # one more asking where the answer was at fault, and no more
    scored = judged_faithfulness.score(**plain((run, JudgedRun(1.0))))
    assert scored.value == 0.5
    assert scored.why.startswith(f"1 of 2 runs failed; failed ({kind})")


def test_a_stalled_answer_ends_in_time() -> None:
    found, _, _ = measured(lambda request: Stalls(), MEMO, timeout=0.2)
    [run] = found["faithfulness"]
    assert run.failure is not None
    assert run.failure.kind == "timeout"


def test_a_fault_that_passes_is_made_good() -> None:
    steps = [Fails(500), honest, Says("{nope"), honest]
    found, _, requests = measured(steps, MEMO, retries=1)
    assert found["faithfulness"][0].value == 0.5
    assert len(requests) == 4


def test_answers_of_the_right_form_that_answer_nothing_are_failures() -> None:
    one = {"statement": "Hiring takes ninety days.", "reason": "r", "verdict": 1}
    none = {"statement": "s", "reason": "r", "attributed": 3}
    cases: list[tuple[str, Any, MetricName, str]] = [
        (VERDICTS, {"statements": [one]}, "faithfulness", "1 verdicts on 2 statements"),
        (VERDICTS, {"statements": []}, "faithfulness", "no statement"),
        (VERDICTS, {"statements": [one, {**one, "verdict": 7}]}, "faithfulness", "verdict was 7"),
        (CLAIMS, {"claims": []}, "factual_correctness", "no statement"),
        (CLASSES, {"classifications": []}, "context_recall", "no statement"),
        (CLASSES, {"classifications": [none]}, "context_recall", "verdict was 3"),
        (QUESTION, {"question": " ", "noncommittal": 0}, "answer_relevancy", "no question"),
        (STATEMENTS, {"statements": []}, "faithfulness", "no statement"),
    ]
    for form, answer, metric, words in cases:
        found, _, _ = measured(only(form, Says(answer)))
        [run] = found[metric]
        assert run.value == 0.0, form
        assert run.failure is not None, form
        assert words in run.failure.words


def test_relevancy_is_best_for_the_very_question() -> None:
    found, _, _ = measured(only(QUESTION, Says({"question": SAMPLE.question, "noncommittal": 0})))
    assert found["answer_relevancy"][0].value == pytest.approx(1.0)


def test_an_answer_that_commits_to_nothing_is_no_failure() -> None:
    found, _, _ = measured(only(QUESTION, Says({"question": "Who knows?", "noncommittal": 1})))
    [run] = found["answer_relevancy"]
    assert (run.value, run.failure) == (0.0, None)
    assert run.finding == "the answer commits to nothing"
    assert wrong_answers([{"question": "Who?", "noncommittal": 2}])


def test_an_error_inside_a_metric_is_a_failed_run(monkeypatch: pytest.MonkeyPatch) -> None:
    from ragas.metrics.collections import Faithfulness

    async def breaks(*_: object, **__: object) -> None:
        raise KeyError("statements")

    monkeypatch.setattr(Faithfulness, "ascore", breaks)
    found, _, _ = measured(honest, MEMO)
    assert found["faithfulness"][0].reason == "failed (broken): the metric itself failed: KeyError"


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (Fails(401, f"no such key: {KEY}"), "does not accept the key (HTTP 401)"),
        (Fails(404), "no such model"),
        (Fails(429, "pay first", "insufficient_quota"), "no quota left"),
        (Fails(400), "rejects the form of the request (HTTP 400)"),
    ],
)
def test_a_judge_that_never_will_answer_is_asked_once(
    step: Step, words: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with OpenAIServer(lambda request: step) as server, pytest.raises(JudgeUnreachable) as told:
        asyncio.run(_asked(server, runs=3, at_once=1))
    assert len(server.requests) == 1
    assert words in told.value.message
    written = capfd.readouterr()
    assert KEY not in str(told.value) + caplog.text + written.out + written.err


def test_a_dead_endpoint_stops_at_once_and_is_named() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(JudgeUnreachable) as told:
        asyncio.run(_asked(f"http://user:{KEY}@127.0.0.1:{port}/v1", runs=2, at_once=1))
    assert (
        told.value.message
        == f"The judge model 'judge-1' at 127.0.0.1:{port} can't be asked: no connection can be made."
    )


def test_an_endpoint_that_goes_down_is_given_up_after_three_failures_in_a_row() -> None:
    steps = in_turn(honest(_request()), Fails(500), Fails(500), Fails(500))
    with OpenAIServer(steps) as server, pytest.raises(JudgeUnreachable, match="its server fails"):
        asyncio.run(_asked(server, runs=20, at_once=1))
    assert len(server.requests) == 4


def test_the_key_stands_in_no_result_even_if_the_judge_says_it() -> None:
    echo = {"statements": [{"statement": KEY, "reason": f"your key is {KEY}", "verdict": 0}] * 2}
    found, _, _ = measured(only(VERDICTS, Says(echo)), MEMO)
    assert "[key]" in found["faithfulness"][0].finding
    assert KEY not in json.dumps([run.reason for run in found["faithfulness"]])


def test_nothing_is_reported_to_anybody(monkeypatch: pytest.MonkeyPatch) -> None:
    from ragas import _analytics
    from ragas.llms import base

    def reported(*_: object) -> None:
        raise AssertionError("ragas made an event")

    monkeypatch.setattr(base, "track", reported)
    monkeypatch.setattr("requests.post", reported)
    assert _analytics.do_not_track()
    found, _, _ = measured(honest, MEMO)
    assert found["faithfulness"][0].failure is None


def test_no_more_questions_are_under_way_than_allowed() -> None:
    under_way, most, lock = 0, 0, threading.Lock()
    third = threading.Barrier(3, timeout=0.5)  # breaks when only two are ever there at once

    def counted(request: Request) -> Step:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        with contextlib.suppress(threading.BrokenBarrierError):
            third.wait()
        with lock:
            under_way -= 1
        return honest(request)

    measured(counted, MEMO, runs=3, at_once=2)
    assert most <= 2


async def _asked(server: OpenAIServer | str, **changed: Any) -> None:
    judge = Judge(settings(server, **changed))
    try:
        await judged(judge, LocalEmbedding(HashingEmbedder()), MEMO)
    finally:
        await judge.close()


def _request() -> Request:
    prompt = f'"title": "{STATEMENTS}"\ninput: {{"question": "q", "answer": "One. Two."}}\nOutput: '
    return Request("/v1/chat/completions", {"messages": [{"role": "user", "content": prompt}]}, KEY)
