"""The HTML report of the evals as a file, and the command that compares two runs."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from evals.report.__main__ import main
from evals.report.html import embedded, page, write_html
from evals.results import Run, write_run
from tests.unit import evals_run as sample


class Elements(HTMLParser):
    """Each element's attributes, and the text of scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.inside: dict[str, list[str]] = {"script": [], "style": [], "h1": []}
        self._open = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        self._open = tag
        if tag in self.inside:
            self.inside[tag].append("")

    def handle_endtag(self, tag: str) -> None:
        self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open in self.inside:
            self.inside[self._open][-1] += data


@pytest.fixture(scope="module")
def gate_page() -> str:
    run, first = sample.now(), sample.before()
    return page(run, sample.verdict(run, first), first, sample.METRICS)


def test_the_file_asks_for_nothing(gate_page: str) -> None:
    elements = Elements(gate_page)
    assert {tag for tag, _ in elements.found} & {"link", "img", "iframe", "object", "base"} == set()
    leads = [given[name] or "" for _, given in elements.found for name in ("href", "src") if name in given]
    assert leads
    assert [lead for lead in leads if not lead.startswith("#")] == []
    assert [given for _, given in elements.found if any(name.startswith("on") for name in given)] == []
    assert "url(" not in gate_page
    assert "@import" not in gate_page


def test_only_our_script_and_style_may_run(gate_page: str) -> None:
    elements = Elements(gate_page)
    policy = next(given["content"] or "" for tag, given in elements.found if "http-equiv" in given)
    data, script = elements.inside["script"]
    [style] = elements.inside["style"]
    for name, text in (("script-src", script), ("style-src", style)):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{name} 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert json.loads(data)["compared"] is True


def test_hostile_text_stays_text(gate_page: str) -> None:
    assert "<script>alert" not in gate_page
    assert "<img" not in gate_page
    told = json.loads(Elements(gate_page).inside["script"][0])
    case = next(one for one in told["cases"] if one["id"] == "phrasing/02")
    assert case["now"]["said"] == [["user", sample.HOSTILE]]


def test_embedded_text_can_not_end_its_element() -> None:
    value = {"text": "</script><!--<script> & \u2028\u2029 ‘é’", "far": float("inf"), "none": float("nan")}
    text = embedded(value)  # pyright: ignore[reportArgumentType]
    assert not set("<>&\u2028\u2029") & set(text)
    assert json.loads(text) == {"text": value["text"], "far": None, "none": None}


def test_what_the_page_embeds_of_a_case(gate_page: str) -> None:
    told = json.loads(Elements(gate_page).inside["script"][0])
    cases = {f"{one['section']}/{one['id']}": one for one in told["cases"]}
    assert len(cases) == 78
    worse = cases["decision/dev-009"]
    assert (worse["how"], worse["now"]["scores"]["first_move_agrees"]) == ("worse", 0.0)
    assert worse["was"]["got"]["first"]["role"] == "ai_engineer"
    assert "was" not in cases["decision/dev-001"]
    assert "now" not in cases["retrieval/typos-8"]
    assert cases["retrieval/low-overlap-2"]["gate"][0]["metric"] == "id_context_recall"
    assert told["metrics"]["questions_asked"]["lower"] is True


def test_the_headline_says_what_was_found() -> None:
    run, first = sample.now(), sample.before()
    passed = sample.verdict(first, first).model_copy(update={"passed": True, "findings": ()})
    heads = [
        Elements(page(run, sample.verdict(run, first), metrics=sample.METRICS)).inside["h1"],
        Elements(page(first, passed, metrics=sample.METRICS)).inside["h1"],
        Elements(page(run, None, first, sample.METRICS)).inside["h1"],
        Elements(page(run, metrics=sample.METRICS)).inside["h1"],
    ]
    assert heads == [["Gate failed for 4 reasons"], ["Gate passed"], ["Two runs compared"], ["Evals"]]


def test_each_metric_tells_what_it_is(gate_page: str) -> None:
    about = (
        "Normalised discounted cumulative gain of the first ten passages.\nRange: 0 to 1. Higher is better."
    )
    assert about in gate_page


def test_an_empty_run_makes_a_page(tmp_path: Path) -> None:
    empty = Run(profile="fast", date="today", versions={}, seconds={}, totals={}, cases=())
    write_html(empty, tmp_path / "new folder" / "report.html", metrics={})
    assert "today" in (tmp_path / "new folder" / "report.html").read_text("utf-8")


# --- command --------------------------------------------------------------------------------------------


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    first, second = tmp_path / "a.json", tmp_path / "b.json"
    write_run(sample.before(), first)
    write_run(sample.now(), second)
    return first, second


def test_two_files_compared(
    files: tuple[Path, Path], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    report = tmp_path / "report.html"
    assert main([*map(str, files), "--html", str(report)]) == 0
    said = capsys.readouterr().out
    assert "retrieval/low-overlap-2  arsum-hire-ai-engineer/when-to-hire/text-2 is not among" in said
    assert "1 case vanished" in said
    assert "Two runs compared" in report.read_text("utf-8")


def test_the_gates_file_shows_its_verdict(
    files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    run = sample.now()
    verdict = sample.verdict(run, sample.before())
    files[1].write_text(
        json.dumps({"run": run.model_dump(mode="json"), "verdict": verdict.model_dump(mode="json")})
    )
    assert main([str(files[1])]) == 0
    assert "✗ gate failed for 4 reasons" in capsys.readouterr().out


@pytest.mark.parametrize("content", [None, "", "{}", "[1]", '{"run": 1, "verdict": 2}', "\x00\xff"])
def test_a_file_that_is_no_run(
    content: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.json"
    if content is not None:
        path.write_text(content, "latin-1")
    assert main([str(path)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert re.fullmatch(rf"{re.escape(str(path))} (is no run of the evals|can't be read)\. .*\n", said.err)


def test_a_run_of_another_form_is_refused(
    files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    files[0].write_text(files[0].read_text("utf-8").replace('"form": 1', '"form": 9'))
    assert main([*map(str, files)]) == 2
    assert "is a run of form 9, this reads 1." in capsys.readouterr().err
