"""The corpus holds what the guide holds, in our words, and refuses data that is wrong."""

import re
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
import yaml

from advisor.domain.evidence import Figure, Passage, Source
from advisor.errors import CorpusError
from corpus import catalog
from evals import figures_check, originality
from ingest.chunk import passages

ROOT = Path(__file__).parents[2]
SEEDS = ROOT / originality.SEEDS
ARSUM = "arsum-hire-ai-engineer"

# Rows of tables and points of lists in each section of the first guide's digest.
ARSUM_ROWS = {
    "executive-decision-box": 5,
    "quick-hiring-decision-tree": 6,
    "do-you-actually-need-an-ai-engineer": 6,
    "commodity-vs-non-commodity-breakdown": 7,
    "what-an-ai-engineer-does": 6,
    "source-backed-compensation-anchors": 4,
    "planning-ranges": 6,
    "interview-scorecard": 7,
}
ARSUM_POINTS = {
    "benchmarks": [4],
    "one-sentence-system-brief": [5],
    "five-ways-ai-hiring-fails": [5],
    "what-buyers-actually-worry-about": [4],
    "first-year-ai-hire-cost": [7],
    "project-delivery-cost": [8],
    "modelled-example-the-wrong-hire-detour": [4, 4],
    "practical-take-home-assignment": [5, 6],
    "security-and-governance-check": [8],
    "security-references": [3],
    "common-mistakes": [5],
    "when-an-agency-beats-a-dedicated-hire": [5, 5],
    "next-steps": [7],
    "methodology-note": [5],
}


@cache
def sources() -> dict[str, Source]:
    return catalog.load_sources(catalog.read_text(catalog.SOURCES))


@cache
def corpus_passages() -> dict[str, Passage]:
    found: dict[str, Passage] = {}
    for source_id, name in catalog.digest_files().items():
        text = catalog.read_text(name)
        for passage in passages(text, source_id, name, "", lambda body: len(body.split()), 400):
            found[passage.id] = passage
    return found


@cache
def figures() -> tuple[Figure, ...]:
    texts = {name: catalog.read_text(name) for name in catalog.figure_files().values()}
    return catalog.load_figures(texts, corpus_passages(), sources())


def arsum_sections() -> dict[str, list[Passage]]:
    sections: dict[str, list[Passage]] = {}
    for passage in corpus_passages().values():
        if passage.source_id == ARSUM:
            sections.setdefault(passage.id.split("/")[1], []).append(passage)
    return sections


# The real data


def test_every_digest_is_registered_and_every_registered_digest_is_there() -> None:
    catalog.check_digests(catalog.digest_files(), sources())
    assert ARSUM in catalog.digest_files()


def test_the_first_guide_declares_its_interest() -> None:
    arsum = sources()[ARSUM]
    assert (arsum.publisher, arsum.date, arsum.digest) == ("Arsum", "2026-05-29", True)
    assert {"agency", "pilot", "consultancy_partner"} <= set(arsum.favours)
    assert not {"full_time", "contractor", "ai_engineer"} & set(arsum.favours)
    assert arsum.left_out


def test_every_figure_is_dated_and_quotes_its_passage() -> None:
    assert len(figures()) >= 20
    for figure in figures():
        assert figure.quote in corpus_passages()[figure.passage].body
        assert figures_check.holds(figure, figure.quote), figure.id
        assert figure.date == sources()[figure.source_id].date


@pytest.mark.parametrize(
    ("figure_id", "low", "high", "open_ended"),
    [
        ("arsum-hire-mid-ai-engineer-base", 150_000, 200_000, False),
        ("arsum-hire-senior-ai-engineer-base", 180_000, 280_000, False),
        ("arsum-hire-staff-ai-engineer-base", 280_000, None, True),
        ("arsum-hire-marketplace-hourly", 25, 100, True),
        ("arsum-hire-senior-contractor-hourly", 100, 200, False),
        ("arsum-hire-specialist-contractor-hourly", 200, 350, False),
        ("arsum-hire-time-to-hire", 90, 120, False),
        ("arsum-hire-contract-below-days", None, 60, False),
        ("arsum-hire-pilot-length", 4, 6, False),
    ],
)
def test_planning_figures(figure_id: str, low: int, high: int | None, open_ended: bool) -> None:
    figure = next(figure for figure in figures() if figure.id == figure_id)
    assert (figure.low, figure.high, figure.open_ended) == (low, high, open_ended)


def test_modelled_figures_are_marked_as_a_model() -> None:
    modelled = [f for f in figures() if f.passage.startswith(f"{ARSUM}/modelled-example")]
    assert len(modelled) == 4
    assert all("modelled" in figure.label or "a model" in figure.label for figure in modelled)


def test_every_numeral_of_the_digest_has_a_figure() -> None:
    known = {end for figure in figures() for end in (figure.low, figure.high)}
    for passage in arsum_sections_text():
        without_dates = re.sub(r"\b29 May 2026\b|\b2026\b|^\d\. ", " ", passage.body, flags=re.MULTILINE)
        written = [n for n in figures_check.numbers_in(without_dates) if n > 12]
        assert set(written) <= known, passage.id


def arsum_sections_text() -> list[Passage]:
    return [passage for section in arsum_sections().values() for passage in section]


# Completeness


@pytest.mark.parametrize(("section", "count"), ARSUM_ROWS.items())
def test_tables_are_complete(section: str, count: int) -> None:
    rows = [p.locator.row for p in arsum_sections()[section] if p.locator.row is not None]
    assert rows == list(range(1, count + 1))


@pytest.mark.parametrize(("section", "counts"), ARSUM_POINTS.items())
def test_lists_are_complete(section: str, counts: list[int]) -> None:
    lists = [p.body for p in arsum_sections()[section] if "/list-" in p.id]
    assert [len(re.findall(r"^(?:-|\d+\.) ", body, re.MULTILINE)) for body in lists] == counts


def test_no_section_has_rows_or_lists_beyond_those_counted() -> None:
    kinds = Counter(
        (passage.id.split("/")[1], passage.id.split("/")[2].partition("-")[0])
        for passage in arsum_sections_text()
    )
    assert {section for section, kind in kinds if kind == "row"} == set(ARSUM_ROWS)
    assert {section for section, kind in kinds if kind == "list"} == set(ARSUM_POINTS)


def test_section_headings_are_unique_and_paragraphs_short() -> None:
    for name in catalog.digest_files().values():
        lines = catalog.read_text(name).splitlines()
        headings = [line for line in lines if line.startswith("#")]
        assert len(headings) == len(set(headings))
        assert [line for line in headings if line.startswith("# ")] == headings[:1]
        assert all(len(line.split()) <= 90 for line in lines)


def test_the_brief_keeps_its_five_blanks() -> None:
    assert corpus_passages()[f"{ARSUM}/one-sentence-system-brief/text-1"].body.count("___") == 5


# Bad data is refused

SOURCE: dict[str, object] = {"id": "acme", "title": "Hire", "publisher": "Acme", "sells": "audits"}
FIGURE: dict[str, object] = {
    "id": "pay",
    "metric": "pay_salary",
    "low": 100000,
    "high": 120000,
    "currency": "USD",
    "unit": "money",
    "period": "year",
    "label": "Pay",
    "source_id": ARSUM,
    "passage": f"{ARSUM}/planning-ranges/row-2",
    "quote": "$180K–280K base",
}


def sources_text(*changes: dict[str, object]) -> str:
    return yaml.safe_dump({"sources": [SOURCE | change for change in changes]})


def figures_text(*changes: dict[str, object]) -> str:
    return yaml.safe_dump({"figures": [FIGURE | change for change in changes]})


def test_the_sound_rows_behind_the_bad_ones_load() -> None:
    assert list(catalog.load_sources(sources_text({}))) == ["acme"]
    assert len(catalog.load_figures({"figures.yaml": figures_text({})}, corpus_passages(), sources())) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (sources_text({"colour": "red"}), "sources.yaml, row 1 (acme): colour: unknown field"),
        (sources_text({}, {}), "sources.yaml, row 2 (acme): this id was used before"),
        (sources_text({"favours": ["magic"]}), "favours names magic"),
        (sources_text({"sells": None}), "sources.yaml, row 1 (acme): sells:"),
        ("sources: [{id: acme}]", "title: field is missing"),
        ("sources: [3]", "sources.yaml, row 1: row:"),
        ("sources: [", "not readable as YAML"),
        ("guides: []", "one list named sources"),
        ("", "one list named sources"),
    ],
)
def test_bad_sources_are_refused(text: str, said: str) -> None:
    with pytest.raises(CorpusError) as refused:
        catalog.load_sources(text)
    assert said in refused.value.message
    assert refused.value.remedy


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (figures_text({"colour": "red"}), "figures.yaml, row 1 (pay): colour: unknown field"),
        (figures_text({}, {}), "figures.yaml, row 2 (pay): this id was used before"),
        (figures_text({"passage": f"{ARSUM}/planning-ranges/row-99"}), "there is no passage"),
        (figures_text({"quote": "$1"}), "the quote “$1” does not stand in"),
        (figures_text({"quote": " "}), "does not stand in"),
        (figures_text({"low": 130000}), "low 130000 is above high 120000"),
        (figures_text({"low": None, "high": None}), "neither low nor high"),
        (figures_text({"high": None}), "open_ended is false"),
        (figures_text({"source_id": "nobody"}), "no source nobody is registered"),
        (figures_text({"metric": "wage"}), "metric 'wage' is not one of pay_salary"),
        (figures_text({"unit": "usd"}), "unit 'usd' is not one of"),
        (figures_text({"role": "wizard"}), "role 'wizard' is not one of"),
        (figures_text({"level": "guru"}), "level 'guru' is not one of"),
        (figures_text({"region": "moon"}), "region 'moon' is not one of"),
        (figures_text({"counts_to": "christmas"}), "counts_to 'christmas' is not one of"),
        (figures_text({"currency": None}), "money needs currency and period"),
        (figures_text({"unit": "days"}), "currency with unit days"),
        (figures_text({"low": "a lot"}), "low"),
    ],
)
def test_bad_figures_are_refused(text: str, said: str) -> None:
    with pytest.raises(CorpusError) as refused:
        catalog.load_figures({"figures.yaml": text}, corpus_passages(), sources())
    assert refused.value.message.startswith("figures.yaml, row ")
    assert said in refused.value.message
    assert refused.value.remedy


def test_a_passage_of_another_source_is_refused() -> None:
    registry = sources() | catalog.load_sources(sources_text({}))
    texts = {"figures.yaml": figures_text({"source_id": "acme"})}
    with pytest.raises(CorpusError, match=f"belongs to {ARSUM}"):
        catalog.load_figures(texts, corpus_passages(), registry)


@pytest.mark.parametrize(
    ("check", "said"),
    [
        (lambda: catalog.check_digests(["stray"], {}), "digests/stray.md: no source with this id"),
        (lambda: catalog.check_digests([], sources()), f"digests/{ARSUM}.md is missing"),
        (
            lambda: catalog.check_digests(["acme"], catalog.load_sources(sources_text({}))),
            "digest: true is registered",
        ),
        (lambda: catalog.read_text("digests/stray.md"), "no file digests/stray.md"),
    ],
)
def test_missing_files_and_entries_are_refused(check: Callable[[], object], said: str) -> None:
    with pytest.raises(CorpusError) as refused:
        check()
    assert said in refused.value.message


# Originality

COPIED = "The quick brown fox jumps over the lazy dog near the river bank"


@pytest.mark.parametrize(
    ("ours", "runs"),
    [
        ("He said: the QUICK brown fox, jumps over the | lazy dog.", 1),  # markup and case hide nothing
        (COPIED, 1),  # overlapping runs are one finding
        (f"{COPIED}. Something else in between, then {COPIED}", 2),
        ("The quick brown fox jumps over the tired dog", 0),  # seven words
        ("A lazy dog near the river, and a brown fox", 0),
        ("", 0),
    ],
)
def test_shared_runs(ours: str, runs: int) -> None:
    assert len(originality.shared_runs({"ours": ours}, {"theirs": COPIED})) == runs


def test_a_row_of_figures_is_no_sentence() -> None:
    row = "mid $150k $200k senior $180k $280k staff $280k base pay"
    assert originality.shared_runs({"ours": row}, {"theirs": row}) == []


def test_the_script_fails_on_a_copy_and_when_there_is_nothing_to_compare(tmp_path: Path) -> None:
    guide_folder, mine, copy = tmp_path / "guides", tmp_path / "mine.md", tmp_path / "copy.md"
    guide_folder.mkdir()
    mine.write_text("Entirely our own account of the matter, told in another way.")
    copy.write_text(COPIED)
    assert originality.main([str(mine), "--seeds", str(guide_folder)]) == 2
    (guide_folder / "guide.txt").write_text(COPIED)
    assert originality.main([str(mine), "--seeds", str(guide_folder)]) == 0
    assert originality.main([str(copy), "--seeds", str(guide_folder)]) == 1


def test_no_text_of_ours_repeats_a_guide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    ours = originality.read_texts(originality.repository_files())
    ours |= {passage.id: passage.text for passage in corpus_passages().values()}
    assert any(name.endswith(f"{ARSUM}.md") for name in ours)
    guides = originality.read_sources(SEEDS)
    if not guides:  # nothing to compare with: then at least the script must say so and not pass
        assert originality.main(["--seeds", str(SEEDS)]) == 2
        return
    copy = {"copy": f"copied: {next(iter(guides.values()))}"}
    assert originality.shared_runs(copy, guides)
    assert [run.line() for run in originality.shared_runs(ours, guides)] == []


def test_a_value_and_the_next_key_of_json_are_no_sentence(tmp_path: Path) -> None:
    guide = {"guide": "pay more at the top of the market, where roles last"}
    apart, whole = tmp_path / "apart.jsonl", tmp_path / "whole.jsonl"
    apart.write_text('{"says":"pay more at the top of","the market where":"roles last"}')
    whole.write_text('{"says":"pay more at the top of the market where roles last"}')
    assert originality.shared_runs(originality.read_texts([apart]), guide) == []
    assert originality.shared_runs(originality.read_texts([whole]), guide)


# Figures against the originals


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("$180K-$280K base", [180_000, 280_000]),
        ("180–280K", [180_000, 280_000]),
        ("$180,000 to $280,000", [180_000, 280_000]),
        ("$110Kâ€“140K", [110_000, 140_000]),  # a dash whose encoding was damaged
        ("$25-100+/hr and $40/hr", [25, 100, 40]),
        ("Ten answers in a six-month detour of 120 people", [10, 6, 120]),
        ("$1.5M", [1_500_000]),
        ("4-6 weeks, then 90 KB", [4, 6, 90]),
    ],
)
def test_numbers_in(text: str, numbers: list[float]) -> None:
    assert figures_check.numbers_in(text) == numbers


GUIDE = "Intro 7\n| Pay |\nSenior $100K-$120K base\n→Next\nSenior $180K"


@pytest.mark.parametrize(
    ("row", "begin", "misses"),
    [
        ({}, "Pay", 0),
        ({"high": 180000, "quote": "$100K–180K"}, "Pay", 1),  # another section's number
        ({"quote": "$100K–130K"}, "Pay", 1),  # the quote says something else
        ({}, "Nowhere", 1),
    ],
)
def test_figures_are_compared_with_their_section(row: dict[str, object], begin: str, misses: int) -> None:
    figure = Figure.model_validate(FIGURE | {"quote": "$100K–120K", "passage": "acme/pay/row-1"} | row)
    guides = {ARSUM: figures_check.Guide("guide.txt", {"pay": (begin, "Next")})}
    outcome = figures_check.compare([figure], guides, {"guide.txt": GUIDE})
    assert (outcome.compared, len(outcome.misses)) == (1, misses)


def test_every_figure_names_a_part_of_its_guide() -> None:
    guides = figures_check.load_guides(figures_check.GUIDES)
    for figure in figures():
        assert figure.passage.split("/")[1] in guides[figure.source_id].sections


def test_the_figures_stand_in_the_guides_or_the_check_says_it_compared_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = figures_check.main(["--seeds", str(SEEDS)])
    printed = capsys.readouterr().out
    if SEEDS.is_dir():
        assert (code, f"{len(figures())} figures compared, 0 missed" in printed) == (0, True), printed
    else:
        assert (code, "nothing compared" in printed) == (2, True)
