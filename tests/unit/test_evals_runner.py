"""The runner: sections in turn, faults told, cases filed; and that what it needs is all there."""

import datetime as dt
import types
from collections.abc import Iterator
from random import Random

import pytest

from advisor.errors import PlaybookError
from evals import runner
from evals.faults import Unprepared, told
from evals.gate.__main__ import from_product
from evals.gate.baseline import load_baseline
from evals.gate.limits import load_limits, unbounded
from evals.metrics import METRICS
from evals.product import Product
from evals.results import CaseResult, Profile
from evals.sections import NAMES, Section, ordered, section


@pytest.fixture
def product() -> Iterator[Product]:
    with Product() as opened:
        yield opened


def _section(name: str, *results: CaseResult, fault: Exception | None = None) -> Section:
    def run(product: Product, profile: Profile, order: Random | None = None) -> Iterator[CaseResult]:
        yield from ordered(results, order)
        if fault is not None:
            raise fault

    return Section(name, run, lambda cases: {"count": len(cases)}, None, lambda cases: [f"{name} noted"])


def _ran(monkeypatch: pytest.MonkeyPatch, product: Product, *parts: Section, shuffle: int | None = None):
    by_name = {part.name: part for part in parts}
    monkeypatch.setattr(runner, "section", by_name.__getitem__)
    return runner.run_sections(product, "fast", list(by_name), shuffle=shuffle)


def _result(part: str, name: str, **scores: float) -> CaseResult:
    return CaseResult(section=part, id=name, scores=scores)


@pytest.fixture(scope="module")
def a_metric() -> str:
    section("decision")
    return "first_move_right"


def test_every_section_loads_and_every_metric_is_bounded() -> None:
    for name in NAMES:
        assert section(name).name == name
    limits = load_limits()
    assert unbounded(limits) == []
    assert set(limits.metrics) <= set(METRICS)
    assert {metric.section for metric in METRICS.values()} <= set(NAMES)


def test_the_baseline_holds_cases_of_every_section_that_needs_no_judge() -> None:
    cases = load_baseline().cases.values()
    assert {kept.section for kept in cases if kept.fast} == set(NAMES) - {"judge"}
    assert sum("ndcg_at_10" in kept.scores or "withheld" in kept.scores for kept in cases) >= 150


def test_no_invariant_fails_in_the_baseline() -> None:
    for name in NAMES:
        section(name)
    for kept in load_baseline().cases.values():
        for name, value in kept.scores.items():
            assert not METRICS[name].invariant or value == METRICS[name].best, (kept.id, name)


def test_a_run_holds_all_sections_with_means_and_totals(
    monkeypatch: pytest.MonkeyPatch, product: Product, a_metric: str
) -> None:
    first = _section("one", _result("one", "a", **{a_metric: 1.0}), _result("one", "b", **{a_metric: 0.5}))
    run = _ran(monkeypatch, product, first, _section("two", _result("two", "a")))
    assert run.totals[a_metric].value == 0.75
    assert run.totals[a_metric].cases == 2
    assert run.totals["one.count"].value == 2
    assert run.notes == ("one noted", "two noted")
    assert [case.section for case in run.cases] == ["one", "one", "two"]


def test_a_section_that_fails_is_told_and_the_next_one_goes_on(
    monkeypatch: pytest.MonkeyPatch, product: Product
) -> None:
    bad = _section("one", _result("one", "a"), fault=RuntimeError("fell\nover"))
    run = _ran(monkeypatch, product, bad, _section("two", _result("two", "a")))
    assert run.broken["one"].startswith("RuntimeError: fell over (")
    assert "two" in run.seconds


@pytest.mark.parametrize(
    ("result", "fault"),
    [
        (_result("other", "a"), "is filed under other"),
        (_result("one", "a", never_registered=1.0), "unregistered metric: never_registered"),
    ],
)
def test_a_result_out_of_place_breaks_its_section(
    monkeypatch: pytest.MonkeyPatch, product: Product, result: CaseResult, fault: str
) -> None:
    assert fault in _ran(monkeypatch, product, _section("one", result)).broken["one"]


def test_a_case_named_twice_breaks_its_section(monkeypatch: pytest.MonkeyPatch, product: Product) -> None:
    run = _ran(monkeypatch, product, _section("one", _result("one", "a"), _result("one", "a")))
    assert "names a case twice: a" in run.broken["one"]


def test_shuffling_alters_the_order_alone(monkeypatch: pytest.MonkeyPatch, product: Product) -> None:
    results = [_result("one", f"case-{n}") for n in range(20)]
    plain = _ran(monkeypatch, product, _section("one", *results))
    mixed = _ran(monkeypatch, product, _section("one", *results), shuffle=3)
    assert plain.cases != mixed.cases
    assert plain.by_id() == mixed.by_id()


def test_the_product_under_measure_needs_no_model_and_has_a_home_of_its_own(product: Product) -> None:
    settings = product.settings()
    assert settings.home == product.home
    assert settings.model == "none"
    assert product.settings(model="scripted").model == "scripted"


def test_faults_are_told_in_one_line() -> None:
    assert told(Unprepared("Do this.")) == "Do this."
    assert told(PlaybookError("It is wrong.", "Mend it.")) == str(PlaybookError("It is wrong.", "Mend it."))
    assert told(ValueError("a\n b")) == "ValueError: a b"


def test_a_fault_of_the_product_is_told_from_one_of_the_evals() -> None:
    def raised(name: str) -> BaseException:
        code = compile("def fail():\n    raise ValueError('no')\n", "<test>", "exec")
        module = types.ModuleType(name)
        exec(code, module.__dict__)
        try:
            module.fail()
        except ValueError as error:
            return error
        raise AssertionError

    assert from_product(raised("advisor.policy.rulebook"))
    assert from_product(raised("ingest.chunk"))
    assert not from_product(raised("evals.runner"))


def test_the_day_of_the_cases_is_fixed() -> None:
    from evals.product import TODAY

    assert dt.date(2026, 11, 20) == TODAY
