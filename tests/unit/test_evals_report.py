"""The reports of the evals: numbers, the terminal, the comparison of two runs, rows and figures."""

import io
import re
from xml.etree import ElementTree

import pytest
from rich.console import Console

from evals.gate.paired import sign_test
from evals.report import numbers
from evals.report.compare import Comparison, compare, first_difference
from evals.report.figures import bullet, figures_of
from evals.report.rows import families, rows_of, single
from evals.report.terminal import Screen, changes, table
from evals.results import CaseResult, Run, Total
from tests.unit import evals_run as sample

COLOURS = re.compile("\x1b\\[[0-9;]*3[0-9]")


@pytest.fixture(scope="module")
def compared() -> Comparison:
    return compare(sample.before(), sample.now(), sample.METRICS)


def printed(renderable: object, width: int) -> str:
    console = Console(file=io.StringIO(), width=width, force_terminal=True, color_system="standard")
    console.print(renderable)
    return console.file.getvalue()  # pyright: ignore[reportAttributeAccessIssue]


def plain(renderable: object, width: int) -> str:
    return re.sub("\x1b\\[[0-9;]*m", "", printed(renderable, width))


def gate_table(width: int) -> str:
    run = sample.now()
    return plain(table(run, sample.verdict(run, sample.before()), metrics=sample.METRICS), width)


# --- numbers --------------------------------------------------------------------------------------------


def test_numbers_line_up() -> None:
    assert [numbers.shown(value) for value in (1, 0.5, -0.25)] == ["1.000", "0.500", "−0.250"]
    assert [numbers.shown(value, share=False) for value in (1234.5, 231.4, 5.666, 0.0)] == [
        "1,234",
        "231",
        "5.67",
        "0",
    ]
    assert [numbers.changed(value, 0.9) for value in (0.0625, -0.083, 0, 0.0004, 1e-9)] == [
        "+0.062",
        "−0.083",
        "0",
        "+0.0004",
        "0",
    ]
    assert numbers.changed(-24.53, 271, share=False) == "−25"
    assert numbers.interval(0.5, 1, decimals=2) == "0.50–1.00"
    assert (numbers.seconds(9.96), numbers.seconds(125.2)) == ("10.0 s", "2 min 05 s")
    assert (numbers.chance(0.0004), numbers.chance(0.0312)) == ("< 0.001", "0.031")
    assert (numbers.count(1, "case"), numbers.count(1532, "case")) == ("1 case", "1,532 cases")


# --- terminal -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [80, 120])
def test_the_table_fits(width: int) -> None:
    text = gate_table(width)
    assert max(len(line.rstrip()) for line in text.splitlines()) <= width
    heads = [line.split() for line in text.splitlines() if line.startswith("metric")]
    assert heads[0][:2] == ["metric", "value"]
    assert heads[0][-1] == ("worse/better" if width == 120 else "−/+")


def test_a_failing_metric_is_marked_without_colour() -> None:
    lines = gate_table(80).splitlines()
    row = next(line for line in lines if "id_context_recall " in line and "≥" in line)
    assert row.startswith("✗ id_context_recall  0.922")
    assert row.split()[-3:] == ["0.8", "−0.062", "2/0"]
    assert next(line for line in lines if "ndcg_at_10" in line).startswith("  ndcg_at_10")


def test_invariants_that_hold_and_parts_take_a_line_each() -> None:
    text = gate_table(80)
    assert "✓ 1 invariant holds (6 cases): numerals_traced" in text
    assert text.count("numerals_traced") == 1
    assert "✗ quotes_valid       0.833" in text
    assert "recall of 6 parts: 0.734 (timeline_days) to 0.970 (data_readiness)" in text
    assert "recall, timeline_days" not in text


def test_the_reasons_end_with_the_verdict() -> None:
    text = gate_table(80)
    assert "retrieval/low-overlap-2  1 → 0" in text
    assert "figures could not be measured: CorpusError" in text
    assert text.count("CorpusError") == 1
    assert "Judge metrics are unmeasured" in text
    assert text.splitlines()[-1] == "✗ gate failed for 4 reasons; 77 cases, 46.4 s, 1 not in the baseline"


def test_a_gate_that_passed_says_so() -> None:
    run = sample.before()
    passed = sample.verdict(run, run).model_copy(update={"passed": True, "findings": (), "new_cases": 0})
    assert plain(table(run, passed, metrics=sample.METRICS), 80).splitlines()[-1] == (
        "✓ gate passed; 77 cases, 46.0 s"
    )


def test_no_colour_where_none_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    run = sample.now()
    report = table(run, sample.verdict(run, sample.before()), metrics=sample.METRICS)
    assert COLOURS.search(printed(report, 80))
    monkeypatch.setenv("NO_COLOR", "1")
    assert not COLOURS.search(printed(report, 80))


def test_a_long_name_is_folded_not_cut() -> None:
    name = "a_very_long_name_of_a_metric_that_no_table_of_eighty_columns_has_room_for"
    run = sample.before().model_copy(update={"totals": {name: Total(value=0.5, cases=3, low=0.1, high=0.9)}})
    text = plain(table(run, metrics={}), 80)
    assert max(len(line) for line in text.splitlines()) <= 80
    assert re.search(r"^  a_very_long\w+  0\.500 +0\.10–0\.90 +3$", text, re.MULTILINE)
    assert name in re.sub(r"\s+(0\.500.*)?", "", text)


def test_what_a_case_holds_is_no_markup_and_no_escape() -> None:
    case = CaseResult(
        section="s", id="[red]x[/]\x1b[2J", scores={"m": 0.0}, why={"m": "[bold]\x1b]0;t\x07no"}
    )
    before = Run(profile="fast", date="", versions={}, seconds={}, totals={}, cases=())
    text = printed(changes(compare(before, before.model_copy(update={"cases": (case,)}), {})), 80)
    assert "s/[red]x[/][2J" in text
    assert "\x1b[2J" not in text
    assert "\x1b]0" not in text


def test_progress_is_plain_lines_where_nobody_looks() -> None:
    console = Console(file=io.StringIO(), width=100)
    with Screen(console) as screen:
        screen.begins("retrieval")
        screen.counts("retrieval", 1)
        screen.ends("retrieval", 178, 6.44, "")
        screen.begins("figures")
        screen.ends("figures", 0, 0.1, "CorpusError: a row without a date")
    lines = console.file.getvalue().splitlines()  # pyright: ignore[reportAttributeAccessIssue]
    assert lines == [
        "  retrieval           178 cases        6.4 s",
        "  figures               0 cases        0.1 s",
        "    ✗ CorpusError: a row without a date",
    ]


def test_progress_on_a_terminal_counts_cases() -> None:
    console = Console(file=io.StringIO(), width=100, force_terminal=True)
    with Screen(console) as screen:
        screen.begins("retrieval")
        screen.counts("retrieval", 41)
        assert screen._progress is not None
        screen._progress.refresh()
        screen.ends("retrieval", 178, 6.44, "")
        assert screen._progress.tasks == []
    assert "41 cases" in console.file.getvalue()  # pyright: ignore[reportAttributeAccessIssue]


# --- two runs -------------------------------------------------------------------------------------------


def test_every_kind_of_change(compared: Comparison) -> None:
    found = {how: [f"{one.section}/{one.id}" for one in compared.of(how)] for how in ("worse", "better")}
    assert found["worse"] == [
        "decision/dev-009",
        "retrieval/low-overlap-2",
        "retrieval/low-overlap-5",
        "grounding/memo-3",
        "dialogue/dev-006",
    ]
    assert found["better"] == ["understanding/phrasing/05"]
    assert [one.id for one in compared.of("vanished")] == ["typos-8"]
    assert [one.id for one in compared.of("appeared")] == ["typos-9"]
    other = compared.of("other")
    assert [(one.id, one.why) for one in other] == [("dev-011", "another outcome: margin 2.1 → 1.7")]


def test_why_says_what_is_wrong_now_and_what_no_more(compared: Comparison) -> None:
    whys = {one.id: one.why for one in compared.cases}
    assert whys["low-overlap-2"] == "arsum-hire-ai-engineer/when-to-hire/text-2 is not among the first 10"
    assert whys["phrasing/05"] == "no more: timeline_days not read"
    assert whys["dev-006"] == "questions_asked 4 → 5"
    assert whys["dev-009"].endswith("another outcome: first.role ai_engineer → ml_engineer")


def test_metrics_are_paired_over_the_cases_of_both(compared: Comparison) -> None:
    move = compared.metrics["first_move_agrees"]
    assert (move.paired, move.worse, move.better) == (12, 1, 0)
    assert move.p == sign_test(1, 0)
    recall = compared.metrics["id_context_recall"]
    assert recall.paired == 31
    assert recall.before is not None
    assert recall.now is not None
    assert recall.now - recall.before == pytest.approx(-2 / 31)
    assert compared.metrics["right_first_move"].p is None
    assert compared.metrics["understanding.recall, regulated"].p is None


def test_fewer_is_better_where_the_metric_says_so(compared: Comparison) -> None:
    asked = compared.metrics["questions_asked"]
    assert (asked.worse, asked.better) == (1, 0)
    turned = compare(sample.now(), sample.before(), sample.METRICS)
    assert turned.metrics["questions_asked"].better == 1
    assert "dev-006" in [one.id for one in turned.of("better")]
    assert [one.id for one in turned.of("vanished")] == ["typos-9"]


def test_a_section_decides_what_differs_in_its_records() -> None:
    told = compare(sample.before(), sample.now(), sample.METRICS, {"decision": lambda was, now: ""})
    assert told.of("other") == []
    assert "another outcome" not in next(one.why for one in told.cases if one.id == "dev-009")


def test_one_score_up_and_one_down_is_mixed_and_a_lost_score_is_worse() -> None:
    def run(**scores: float) -> Run:
        case = CaseResult(section="s", id="1", scores=scores)
        return Run(profile="fast", date="", versions={}, seconds={}, totals={}, cases=(case,))

    assert compare(run(a=0, b=1), run(a=1, b=0), {}).cases[0].how == "mixed"
    assert compare(run(a=0, b=1), run(a=0), {}).cases[0].how == "worse"
    assert compare(run(a=0), run(a=0, b=1), {}).cases[0].how == "better"
    assert compare(run(a=0.5), run(a=0.5 + 1e-9), {}).cases == ()


def test_a_run_does_not_differ_from_itself() -> None:
    assert compare(sample.now(), sample.now(), sample.METRICS).cases == ()
    assert "No case differs." in plain(changes(compare(sample.now(), sample.now(), sample.METRICS)), 80)


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ({"a": [1, {"b": 2}]}, {"a": [1, {"b": 3}]}, "a.2.b 2 → 3"),
        ({"a": 1}, {"a": 1, "b": 2}, "b appeared"),
        ({"a": 1, "b": 2}, {"a": 1}, "b vanished"),
        ([1, 2], [1], "value [1, 2] → [1]"),
        ({"a": 1}, {"a": 1}, ""),
    ],
)
def test_the_first_difference(was: object, now: object, told: str) -> None:
    assert first_difference(was, now) == told  # pyright: ignore[reportArgumentType]


# --- rows and figures -----------------------------------------------------------------------------------


def test_parts_of_a_total_are_a_family_and_others_are_not() -> None:
    values = {f"s.hit_at_5_{kind}": 0.5 for kind in ("typo", "named", "distant")}
    values |= {f"s.cost_{kind}": 12.0 for kind in ("a", "b", "c")} | {"s.judge_kappa": 0.4}
    totals = {name: Total(value=value, cases=4) for name, value in values.items()}
    run = Run(profile="fast", date="", versions={}, seconds={"s": 1}, totals=totals, cases=())
    rows = rows_of(run, None, {}, {})
    assert {key: set(parts) for key, parts in families(rows).items()} == {
        ("s", "hit_at_5"): {"typo", "named", "distant"}
    }
    assert [row.label for row in single(rows)] == ["cost_a", "cost_b", "cost_c", "judge_kappa"]


def test_a_part_that_fails_has_its_own_row() -> None:
    run, first = sample.now(), sample.before()
    verdict = sample.verdict(run, first)
    name = "understanding.recall, regulated"
    failed = verdict.metrics[name].model_copy(update={"failed": True, "floor": 0.95})
    verdict = verdict.model_copy(update={"metrics": {**verdict.metrics, name: failed}})
    assert "✗ recall, regulated" in plain(table(run, verdict, metrics=sample.METRICS), 80)


def test_the_figures() -> None:
    run = sample.now()
    found = {figure.title: figure for figure in figures_of(run, rows_of(run, None, {}, sample.METRICS))}
    assert set(found) == {
        "Understanding: precision and recall",
        "Retrieval by kind of case",
        "Dialogue: questions asked",
        "Seconds by section",
    }
    facts = found["Understanding: precision and recall"]
    assert {line.label for line in facts.lines} == set(sample.FACTS)
    assert facts.lines[0].label == "timeline_days"
    kinds = {line.label: line.numbers for line in found["Retrieval by kind of case"].lines}
    assert kinds["low overlap"][0] == "0.750"
    assert [line.numbers[-1] for line in found["Retrieval by kind of case"].lines] == ["8", "8", "8", "8"]
    asked = {line.label: int(line.numbers[0]) for line in found["Dialogue: questions asked"].lines}
    assert sum(asked.values()) == 12
    assert asked["8"] == 0
    assert found["Seconds by section"].lines[0].numbers == ("1.2 s",)
    for figure in found.values():
        for line in figure.lines:
            assert ElementTree.fromstring(line.drawing).tag == "svg"


def test_a_bullet_shades_the_side_that_fails() -> None:
    run = sample.now()
    rows = {row.name: row for row in rows_of(run, sample.verdict(run, sample.before()), {}, sample.METRICS)}

    def shaded(name: str) -> tuple[str, str]:
        drawn = next(
            part for part in ElementTree.fromstring(bullet(rows[name])) if part.get("class") == "beyond"
        )
        return drawn.attrib["x"], drawn.attrib["width"]

    assert shaded("first_move_agrees") == ("0.00%", "80.00%")
    start, width = (float(value.rstrip("%")) for value in shaded("questions_asked"))
    assert start > 50
    assert start + width == pytest.approx(100, abs=0.02)
