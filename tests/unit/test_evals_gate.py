"""The gate's judgement: what fails it, what does not, and that a baseline gives nothing up unseen."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from evals.gate.baseline import Baseline, Change, Kept, load_baseline, with_run, write_baseline
from evals.gate.judging import judge
from evals.gate.limits import Limit, Limits
from evals.gate.paired import bootstrap_test, interval, sign_test
from evals.gate.verdict import Verdict
from evals.metrics import METRICS, Scored, scored_by
from evals.results import CaseResult, Run, Total

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def metrics(monkeypatch: pytest.MonkeyPatch) -> None:
    """A graded metric, one where lower is better, and an invariant, in a registry of their own."""
    for name in list(METRICS):
        monkeypatch.delitem(METRICS, name)

    @scored_by("toy")
    def right(value: float) -> Scored:
        """Whether it is right. Range: 0 to 1. Source: this test."""
        return Scored(value, "" if value == 1 else "wrong")

    @scored_by("toy", lowest=0, highest=float("inf"), better="lower")
    def asked(value: float) -> float:
        """How many were asked. Range: 0 upwards. Source: this test."""
        return value

    @scored_by("toy", invariant=True)
    def safe(value: float) -> float:
        """Whether it is safe. Range: 0 or 1. Source: this test."""
        return value

    yield
    for metric in (right, asked, safe):
        METRICS.pop(metric.name, None)


def run_of(values: dict[str, float], metric: str = "right", records: dict[str, str] | None = None) -> Run:
    cases = tuple(
        CaseResult(
            section="toy",
            id=name,
            scores={metric: value},
            why={metric: "said the wrong thing"},
            record=(records or {}).get(name),
        )
        for name, value in values.items()
    )
    mean = sum(values.values()) / len(values)
    return Run(
        profile="fast",
        date="2026-11-20T00:00:00+00:00",
        versions={},
        seconds={"toy": 1.0},
        totals={metric: Total(value=mean, cases=len(values))},
        cases=cases,
    )


def judged(
    before: Run, now: Run, limit: Limit | None = None, metric: str = "right", differs: bool = False
) -> Verdict:
    baseline = with_run(
        Baseline(cases={}, totals={}), before, before.by_id(), Change(date="2026-11-20", reason="first")
    )
    limits = Limits(
        significance=0.05, resamples=2000, metrics={metric: limit or Limit(drop=1.0, test="sign")}
    )
    return judge(now, baseline, limits, lambda _: _otherwise if differs else None)


def _otherwise(before: object, now: object) -> str:
    return "" if before == now else f"{before} → {now}"


ALL_RIGHT = {f"case-{n}": 1.0 for n in range(20)}


def test_the_same_run_passes() -> None:
    verdict = judged(run_of(ALL_RIGHT), run_of(ALL_RIGHT))
    assert verdict.passed
    assert verdict.findings == ()


@pytest.mark.parametrize(("worse", "passes"), [(4, True), (5, False)])
def test_a_fall_within_the_drop_fails_once_the_sign_test_tells_it_from_chance(
    worse: int, passes: bool
) -> None:
    """Of five cases that changed, all five worse have p = 1/32; of four, 1/16."""
    fallen = ALL_RIGHT | {f"case-{n}": 0.0 for n in range(worse)}
    verdict = judged(run_of(ALL_RIGHT), run_of(fallen))
    assert verdict.passed is passes
    if not passes:
        (finding,) = verdict.findings
        assert finding.kind == "significant"
        assert [case.id for case in finding.cases] == [f"case-{n}" for n in range(worse)]
        assert finding.cases[0].why == "said the wrong thing"
        assert verdict.metrics["right"].failed


def test_what_lies_within_the_baselines_rounding_is_no_fall() -> None:
    thirds = {f"case-{n}": 2 / 3 for n in range(20)}
    limit = Limit(drop=0.0, test="bootstrap")
    verdict = judged(run_of(thirds), run_of(dict.fromkeys(thirds, 0.6666662)), limit)
    assert verdict.passed
    assert verdict.metrics["right"].worse == 0


def test_better_cases_weigh_against_worse_ones() -> None:
    before = ALL_RIGHT | {f"case-{n}": 0.0 for n in range(10, 14)}
    now = ALL_RIGHT | {f"case-{n}": 0.0 for n in range(5)}
    verdict = judged(run_of(before), run_of(now))
    assert verdict.passed
    assert (verdict.metrics["right"].worse, verdict.metrics["right"].better) == (5, 4)


def test_a_fall_beyond_the_allowed_drop_fails_however_few_cases_it_takes() -> None:
    fallen = ALL_RIGHT | {"case-0": 0.0}
    assert judged(run_of(ALL_RIGHT), run_of(fallen), Limit(drop=0.05)).passed
    verdict = judged(run_of(ALL_RIGHT), run_of(fallen), Limit(drop=0.04))
    assert [finding.kind for finding in verdict.findings] == ["drop"]


def test_a_mean_beyond_the_floor_fails_even_where_the_baseline_was_no_better() -> None:
    low = ALL_RIGHT | {f"case-{n}": 0.0 for n in range(10)}
    verdict = judged(run_of(low), run_of(low), Limit(floor=0.6))
    assert [finding.kind for finding in verdict.findings] == ["floor"]


def test_where_lower_is_better_a_rise_is_a_fall() -> None:
    few, more = {f"case-{n}": 3.0 for n in range(20)}, {f"case-{n}": 4.0 for n in range(20)}
    limit = Limit(floor=5.0, drop=0.5)
    assert judged(run_of(more, "asked"), run_of(few, "asked"), limit, "asked").passed
    verdict = judged(run_of(few, "asked"), run_of(more, "asked"), limit, "asked")
    assert [finding.kind for finding in verdict.findings] == ["drop"]
    most = dict.fromkeys(few, 6.0)
    assert {
        finding.kind
        for finding in judged(run_of(most, "asked"), run_of(most, "asked"), limit, "asked").findings
    } == {"floor"}


def test_an_invariant_fails_with_one_case_even_when_the_baseline_held_it_too() -> None:
    one = ALL_RIGHT | {"case-7": 0.0}
    verdict = judged(run_of(one, "safe"), run_of(one, "safe"), Limit(), "safe")
    (finding,) = verdict.findings
    assert finding.kind == "invariant"
    assert [case.id for case in finding.cases] == ["case-7"]


def test_a_record_that_is_other_than_the_baselines_fails_with_what_differs() -> None:
    values = {"a": 1.0, "b": 1.0}
    before, now = run_of(values, records={"a": "x", "b": "y"}), run_of(values, records={"a": "x", "b": "z"})
    verdict = judged(before, now, differs=True)
    (finding,) = verdict.findings
    assert finding.kind == "record"
    assert "1 of 2" in finding.message
    assert [(case.id, case.why) for case in finding.cases] == [("b", "y → z")]


def test_a_case_that_is_not_measured_any_more_fails() -> None:
    fewer = {name: value for name, value in ALL_RIGHT.items() if name != "case-3"}
    verdict = judged(run_of(ALL_RIGHT), run_of(fewer))
    assert [finding.kind for finding in verdict.findings] == ["missing"]


def test_a_score_that_is_not_given_any_more_fails() -> None:
    before = run_of(ALL_RIGHT)
    bare = before.cases[0].model_copy(update={"scores": {}})
    verdict = judged(before, before.model_copy(update={"cases": (bare, *before.cases[1:])}))
    assert [finding.kind for finding in verdict.findings] == ["missing"]
    assert "right" in verdict.findings[0].cases[0].why


def test_a_new_case_fails_nothing_and_is_counted() -> None:
    verdict = judged(run_of(ALL_RIGHT), run_of(ALL_RIGHT | {"new": 1.0}))
    assert verdict.passed
    assert verdict.new_cases == 1


def test_a_section_that_broke_fails() -> None:
    now = run_of(ALL_RIGHT).model_copy(update={"broken": {"toy": "it fell over"}, "cases": (), "totals": {}})
    verdict = judged(run_of(ALL_RIGHT), now)
    assert [finding.kind for finding in verdict.findings] == ["broken"]
    assert "it fell over" in verdict.findings[0].message


def test_what_is_not_gated_is_shown_and_fails_nothing() -> None:
    none = dict.fromkeys(ALL_RIGHT, 0.0)
    verdict = judged(run_of(ALL_RIGHT), run_of(none), Limit(floor=0.9, drop=0.0, gated=False))
    assert verdict.passed
    assert verdict.metrics["right"].worse == 20


@given(st.integers(0, 40), st.integers(0, 40))
def test_the_sign_test_is_the_tail_of_a_fair_coin(worse: int, better: int) -> None:
    expected = binom.sf(worse - 1, worse + better, 0.5) if worse + better else 1.0
    assert sign_test(worse, better) == pytest.approx(expected)


def test_the_bootstrap_tells_a_steady_fall_from_noise() -> None:
    assert bootstrap_test([0.1] * 10, 2000) < 0.01
    assert bootstrap_test([0.5, -0.4, 0.3, -0.35], 2000) > 0.2
    assert bootstrap_test([-0.1] * 10, 2000) == 1.0
    assert bootstrap_test([], 2000) == 1.0


def test_the_interval_of_a_mean_holds_it_and_narrows_with_more_cases() -> None:
    few, many = [0.0, 1.0] * 10, [0.0, 1.0] * 1000
    low, high = interval(few, 2000)
    assert low < 0.5 < high
    closer = interval(many, 2000)
    assert low < closer[0] < 0.5 < closer[1] < high
    assert interval([1.0, 1.0], 2000) == (1.0, 1.0)


def test_a_baseline_reads_back_as_it_was_written(tmp_path: Path) -> None:
    first = run_of({"b": 1.0, "a": 0.5}, records={"a": "ä"})
    kept = with_run(
        Baseline(cases={}, totals={}), first, [("toy", "a")], Change(date="2026-11-20", reason="first")
    )
    write_baseline(kept, tmp_path)
    assert load_baseline(tmp_path) == kept
    lines = (tmp_path / "toy.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["a", "b"]
    assert load_baseline(tmp_path).expected("fast").keys() == {("toy", "a")}
    assert load_baseline(tmp_path).expected("full").keys() == {("toy", "a"), ("toy", "b")}


def test_a_section_that_is_gone_leaves_the_baseline(tmp_path: Path) -> None:
    (tmp_path / "old.jsonl").write_text('{"id": "x", "fast": true}\n')
    write_baseline(
        Baseline(cases={("toy", "a"): Kept(section="toy", id="a", fast=True)}, totals={}), tmp_path
    )
    assert [path.name for path in sorted(tmp_path.glob("*.jsonl"))] == ["toy.jsonl"]


def test_a_metric_without_range_or_source_is_refused() -> None:
    with pytest.raises(ValueError, match="Range: and Source:"):

        @scored_by("toy")
        def bare() -> float:
            """Measures something."""
            return 1.0


def test_a_metric_that_fails_or_leaves_its_range_is_no_score() -> None:
    with pytest.raises(ValueError, match="right"):
        METRICS["right"].score(value=float("nan"))
    with pytest.raises(ValueError, match="right"):
        METRICS["right"].score(value=1.5)


def test_a_result_is_never_nan() -> None:
    with pytest.raises(ValueError, match="no finite number"):
        CaseResult(section="toy", id="a", scores={"right": float("nan")})


@pytest.mark.parametrize(
    ("arguments", "told"),
    [(["--only", "nonsense"], "There is no section nonsense"), (["update"], "--reason")],
)
def test_wrong_arguments_are_told_in_a_sentence(arguments: list[str], told: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "evals.gate", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr
