"""Charts: every figure stands in the memo, every ground has a name, and every drawing shows all of it."""

import re
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from pydantic import JsonValue

from advisor.assembly import builtin_rulebook
from advisor.domain.memo import Memo
from advisor.interfaces.documents import drawing
from advisor.interfaces.documents.charts import Chart, ChartRow, _ground_labels, charts_of
from tests.unit.documents import sample_memos

FIGURE = re.compile(r"\d[\d,]*(?:\.\d+)?")


@pytest.fixture(scope="module")
def memos(
    prepared_home: Path, model_cache: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Memo, ...]:
    return sample_memos(prepared_home, model_cache, tmp_path_factory.getbasetemp())


def _numbers(value: JsonValue) -> set[float]:
    if isinstance(value, dict):
        return {number for held in value.values() for number in _numbers(held)}
    if isinstance(value, list):
        return {number for held in value for number in _numbers(held)}
    return {float(value)} if isinstance(value, int | float) and not isinstance(value, bool) else set()


def test_the_kinds_of_chart_for_which_there_are_figures(memos: tuple[Memo, ...]) -> None:
    assert [one.id for one in charts_of(memos[0])] == ["drivers", "options", "routes", "cost_drivers", "time"]
    assert [one.id for one in charts_of(memos[1])] == ["drivers", "options", "time"]


def test_every_figure_of_a_chart_stands_in_the_memo(memos: tuple[Memo, ...]) -> None:
    for memo in memos:
        held = _numbers(memo.model_dump(mode="json", exclude={"text", "sections", "citations"}))
        for chart in charts_of(memo):
            if chart.id == "drivers":
                continue
            texts = [chart.summary.replace("P10", "").replace("P50", "").replace("P90", "")]
            texts += [row.shown for row in chart.rows]
            found = {float(number.replace(",", "")) for text in texts for number in FIGURE.findall(text)}
            assert found <= held, chart.id


def test_the_points_by_ground_come_to_the_score(memos: tuple[Memo, ...]) -> None:
    for memo in memos:
        chart = charts_of(memo)[0]
        assert sum(row.mid or 0 for row in chart.rows) == memo.recommendation.score
        assert [row.shown.replace("−", "-") for row in chart.rows] == [
            f"{row.mid:+.0f}" for row in chart.rows
        ]


def test_the_first_move_is_marked_in_each_comparison(memos: tuple[Memo, ...]) -> None:
    for chart in charts_of(memos[0])[1:3]:
        assert [row.highlighted for row in chart.rows] == [True] + [False] * (len(chart.rows) - 1)


def test_stages_follow_one_another_and_another_word_on_one_lies_beside_it(memos: tuple[Memo, ...]) -> None:
    chart = charts_of(memos[1])[-1]
    spans = [(row.start, row.low, row.high) for row in chart.rows]
    assert spans == [(0, 3, 10), (3, 93, 130), (93, 154, 220), (3, 45, 94), (None, None, None)]
    assert chart.rows[-1].mid == 180
    assert "after it if each takes its longest" in chart.summary


def test_every_ground_of_a_rule_has_a_name() -> None:
    assert {spoken.rule.ground for spoken in builtin_rulebook().rules} <= set(_ground_labels())


@pytest.mark.parametrize("width", [drawing.WIDE, drawing.NARROW])
def test_a_drawing_holds_all_words_as_text_inside_its_frame(width: float, memos: tuple[Memo, ...]) -> None:
    long = ChartRow(label="An unbroken " + "x" * 200, mid=3, shown="3", note="what < & > is")
    odd = Chart(id="options", kind="bars", title="T", summary="S", unit="u", rows=(long, long))
    for chart in (*charts_of(memos[0]), *charts_of(memos[1]), odd):
        root = ElementTree.fromstring(drawing.svg(chart, width))
        texts = [one for one in root.iter() if one.tag.endswith("}text")]
        said = "".join("".join(one.itertext()) for one in texts).replace(" ", "")
        for row in chart.rows:
            assert row.label.replace(" ", "") in said
            assert row.shown.replace(" ", "") in said
        _, _, wide, high = map(float, (root.get("viewBox") or "").split())
        assert wide == width
        ruler = drawing._Ruler(drawing.Figure(dpi=72))
        rows: dict[float, list[tuple[float, float]]] = {}
        for one in texts:
            x, y = float(one.get("x") or 0), float(one.get("y") or 0)
            style = one.get("style") or ""
            length = ruler.width("".join(one.itertext()), "bold" if "700" in style else "normal")
            left = x - length if "text-anchor: end" in style else x
            assert left >= 0
            assert left + length <= wide
            assert drawing.SIZE * 0.7 < y < high
            rows.setdefault(round(y, 1), []).append((left, left + length))
        for spans in rows.values():
            spans.sort()
            assert all(after[0] >= before[1] for before, after in pairwise(spans))


def test_a_negative_bar_is_told_apart_without_its_colour(memos: tuple[Memo, ...]) -> None:
    drawn = drawing.svg(charts_of(memos[1])[0])
    pointed = re.findall(r"url\(#([\w-]+)\)", drawn)
    assert len(pointed) == 2
    assert all(f'id="{one}"' in drawn for one in pointed)


def test_a_chart_is_plain_json(memos: tuple[Memo, ...]) -> None:
    for chart in charts_of(memos[0]):
        assert Chart.model_validate_json(chart.model_dump_json()) == chart
        assert chart.title in chart.alternative
        assert all(row.shown in chart.alternative for row in chart.rows)
