"""The knowledge section: records free of names, order and prose, and faults that its metrics see."""

from collections.abc import Callable
from typing import Any

import pytest
import yaml

from advisor.adapters.openai_language.prompts import PromptFile
from advisor.assembly import builtin_corpus, builtin_rulebook, playbook_files
from advisor.domain.lines import Reference
from advisor.policy.rulebook import Rulebook, load_rulebook
from corpus.builtin import Corpus
from evals import knowledge_files
from evals.knowledge_files import Found, fillings, prompts
from evals.knowledge_records import brief, content, difference, numbered, shape
from evals.product import Product
from evals.results import CaseResult
from evals.sections import knowledge

RULES = "rules/arsum-ai-developer.yaml"


def cases(entries: knowledge.Entries) -> dict[str, CaseResult]:
    return {case.id: case for case in knowledge._cases(entries)}


def changed(before: dict[str, CaseResult], now: dict[str, CaseResult]) -> dict[str, str]:
    assert before.keys() == now.keys()
    told = {name: knowledge.differs(before[name].record, now[name].record) for name in before}
    return {name: what for name, what in told.items() if what}


def rulebook(change: Callable[[Any], Any], file: str = RULES) -> Rulebook:
    """The rulebook with one file changed."""
    corpus, texts = builtin_corpus(), playbook_files()
    loaded = yaml.safe_load(texts[file])
    change(loaded)
    texts[file] = yaml.safe_dump(loaded, allow_unicode=True)
    return load_rulebook(texts, corpus.passages, corpus.sources, corpus.figures)


def advice(book: Rulebook) -> dict[str, CaseResult]:
    return cases(knowledge.advice(book, book.passages))


def test_the_whole_section_is_clean_and_names_each_entry_once():
    with Product() as product:
        found = list(knowledge.run(product, "fast"))
    assert len({case.id for case in found}) == len(found) > 500
    assert [case.id for case in found if min(case.scores.values(), default=1.0) < 1.0] == []


def test_rules_in_another_order_under_other_names_are_the_same():
    def reordered(loaded: Any) -> None:
        loaded["rules"].reverse()
        for number, rule in enumerate(loaded["rules"]):
            rule |= {"id": f"other.{number}", "why": "Said in other words."}
            rule["when"] = list(reversed(rule.get("when", [])))

    assert changed(advice(builtin_rulebook()), advice(rulebook(reordered))) == {}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            lambda rule: rule["supports"].update(ai_developer="slight"),
            "supports, ai_developer: now slight, was strong",
        ),
        (lambda rule: rule.update(unless=["it_is_core_ip"]), "unless: new it_is_core_ip"),
        (lambda rule: rule.update(when=["must_run_as_ai"]), "gone automates_an_internal_workflow"),
    ],
)
def test_an_altered_rule_is_told(change: Callable[[Any], None], told: str):
    book = rulebook(lambda loaded: change(loaded["rules"][0]))
    found = changed(advice(builtin_rulebook()), advice(book))
    assert list(found) == ["rule: arsum-ai-developer: Who to Hire First, row 1"]
    assert told in next(iter(found.values()))


def test_citations_of_another_rule_are_told():
    def exchanged(loaded: Any) -> None:
        first, second = loaded["rules"][0], loaded["rules"][3]
        first["rests_on"], second["rests_on"] = second["rests_on"], first["rests_on"]

    assert len(changed(advice(builtin_rulebook()), advice(rulebook(exchanged)))) == 2


def test_another_seed_is_no_difference_and_another_weight_is():
    other = rulebook(lambda loaded: loaded.update(seed=7, completions=300), "weights.yaml")
    assert changed(advice(builtin_rulebook()), advice(other)) == {}
    other = rulebook(lambda loaded: loaded.update(interested_percent=80), "weights.yaml")
    assert changed(advice(builtin_rulebook()), advice(other)) == {
        "weights": "interested_percent: now 80, was 75"
    }


def corpus_with(at: str, **values: object) -> Corpus:
    corpus = builtin_corpus()
    rows = tuple(row.model_copy(update=values) if row.id == at else row for row in corpus.figures)
    return Corpus(corpus.sources, corpus.passages, rows, corpus.hash)


def figures(corpus: Corpus) -> dict[str, CaseResult]:
    return cases(knowledge.figures(corpus))


SENIOR = "arsum-hire-senior-ai-engineer-base"


@pytest.mark.parametrize(
    ("values", "metric"),
    [
        ({"low": 190000}, "figure_in_quote"),
        ({"date": "2020-01-01"}, "figure_dated"),
        ({"passage": "arsum-hire-ai-engineer/planning-ranges/row-5"}, "quote_in_passage"),
    ],
)
def test_a_figure_without_its_lineage_fails(values: dict[str, object], metric: str):
    broken = [case for case in figures(corpus_with(SENIOR, **values)).values() if case.why]
    assert [set(case.why) for case in broken] == [{metric}]


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"low": 190000}, "low: now 190000, was 180000"),
        ({"open_ended": True}, "open_ended: now true, was false"),
        ({"counts_to": "offer"}, "counts_to: now offer, was null"),
    ],
)
def test_an_altered_figure_is_told(values: dict[str, object], told: str):
    before, now = figures(builtin_corpus()), figures(corpus_with(SENIOR, **values))
    assert changed(before, now) == {"figure: arsum-hire-ai-engineer: $180K–280K base #1": told}


@pytest.mark.parametrize("values", [{"region": "uk"}, {"level": "mid"}, {"role": "data_engineer"}])
def test_a_figure_of_something_else_is_told(values: dict[str, str]):
    found = changed(figures(builtin_corpus()), figures(corpus_with(SENIOR, **values)))
    assert any(told.startswith("about: ") and next(iter(values.values())) in told for told in found.values())


def test_a_figure_under_another_name_is_the_same():
    other = corpus_with(SENIOR, id="other", label="Other words")
    assert changed(figures(builtin_corpus()), figures(other)) == {}


def test_a_quote_that_is_not_in_its_passage_is_told():
    passages = builtin_corpus().passages
    name = "arsum-hire-ai-engineer/the-simplest-rule/text-1"
    good = Reference(passage=name, quote="hire full-time")
    assert knowledge._unquoted([good], passages) == []
    assert knowledge._unquoted([Reference(passage=name, quote="hire half-time")], passages)
    assert knowledge._unquoted([Reference(passage="no/such/text-1", quote="x")], passages)


def test_a_disagreement_that_no_topic_holds_is_told(monkeypatch: pytest.MonkeyPatch):
    book = builtin_rulebook()
    topics = [topic for topic in knowledge.ledger(book) if topic.id != "mid_base_us"]
    monkeypatch.setattr(knowledge, "ledger", lambda _: topics)
    ((_, faults),) = dict(knowledge.disagreements(book, book.passages))["disagreements"].faults
    assert "pay_salary ai_engineer mid us" in faults[0]


def test_a_dropped_variable_of_a_prompt_is_told(monkeypatch: pytest.MonkeyPatch):
    text = "---\nvariables: [question, most]\n---\n# system\nAt most {{ most }}.\n# user\n{{ question }}\n"
    real = knowledge_files.packaged

    def read(package: str, *path: str) -> str:
        return text if path[-1] == "write_answer.md" else real(package, *path)

    before = dict(prompts())["prompt: write_answer"]
    monkeypatch.setattr(knowledge_files, "packaged", read)
    files = {**knowledge_files.builtin_prompts(), "write_answer": PromptFile("write_answer", text)}
    monkeypatch.setattr(knowledge_files, "builtin_prompts", lambda: files)
    now = dict(prompts())["prompt: write_answer"]
    assert difference(before.record, now.record) == "gone passages"
    assert [metric.name for metric, faults in now.faults if faults] == ["prompt_filled"]


def test_the_places_that_fill_a_prompt_are_read():
    assert fillings('x = self._prompts["judge"].fill(claims=1)\nfill(self, y)') == {"judge": [["claims"]]}


def test_content_keeps_what_decides_and_drops_prose():
    figure = builtin_corpus().figures[0]
    entry = {
        "id": "a",
        "label": "words",
        "seed": 3,
        "when": ["b", "a"],
        "days": [30, 4],
        "figure": figure.id,
        "rests_on": {"passage": "g/heading/text-2", "quote": "some  words"},
        "none": None,
    }
    assert content(entry, {figure.id: figure}) == {
        "when": ["a", "b"],
        "days": [30, 4],
        "figure": brief(figure),
        "rests_on": "g/heading: “some words”",
    }


def test_shape_counts_texts_and_keeps_names_and_numbers():
    assert shape({"week": 7, "cues": ["a", "b"], "mixed": [1, "x"]}) == {
        "week": 7,
        "cues": "2 texts",
        "mixed": ["1 texts", 1],
    }


def test_entries_of_one_name_are_numbered_by_content():
    entries = [("a", {"x": 2}, "second"), ("b", None, ""), ("a", {"x": 1}, "first")]
    assert [(name, beside) for name, _, beside in numbered(entries)] == [
        ("a #1", "first"),
        ("a #2", "second"),
        ("b", ""),
    ]


def test_difference_tells_the_first_in_one_line():
    assert difference({"a": [1, 2]}, {"a": [1, 2]}) == ""
    assert difference({"a": {"b": 1}}, {"a": {"b": 2}}) == "a, b: now 2, was 1"
    assert difference({"a": 1}, {}) == "a is gone, was 1"
    assert difference({}, {"a": 1}) == "a is new: 1"
    assert difference(["x", "y"], ["y", "z"]) == "gone x; new z"
    assert difference(["x", "y"], ["y", "x"]) == "in another order"


def test_an_entry_without_faults_has_no_scores_of_its_own():
    (case,) = knowledge._cases(iter([("a", Found({"x": 1}))]))
    assert (case.id, case.scores, case.record) == ("a", {}, {"x": 1})
