"""A playbook with a fault in it does not load, and says what is wrong and what to do."""

import re
from collections.abc import Callable

import pytest

from advisor.assembly import builtin_corpus, builtin_rulebook, playbook_files
from advisor.errors import PlaybookError
from advisor.policy.rulebook import load_rulebook

RULES = "rules/arsum-hire-ai-engineer.yaml"
Edit = Callable[[dict[str, str]], None]


def replaced(file: str, old: str, new: str) -> Edit:
    def edit(files: dict[str, str]) -> None:
        assert old in files[file], old
        files[file] = files[file].replace(old, new, 1)

    return edit


def appended(file: str, text: str) -> Edit:
    def edit(files: dict[str, str]) -> None:
        files[file] += text

    return edit


RULE = """
  - id: arsum.extra
    row: none
    ground: kind_of_work
    when: [{when}]
    supports: {{{supports}}}
    why: A sentence.
    rests_on:
      - {{passage: {passage}, quote: "{quote}"}}
"""
GOOD = {
    "when": "builds_on_hosted_models",
    "supports": "ai_developer: slight",
    "passage": "arsum-hire-ai-engineer/tl-dr/text-1",
    "quote": "begin with an AI developer, a senior contractor",
}


def rule(**changed: str) -> Edit:
    return appended(RULES, RULE.format(**{**GOOD, **changed}))


WITHOUT_OFFSHORE = {
    name: text.replace("offshore_team: ", "contractor: ")
    for name, text in playbook_files().items()
    if name.startswith("rules/")
}
FAULTS: list[tuple[str, Edit, str]] = [
    (
        "unknown predicate",
        rule(when="sells_lemonade"),
        "uses the predicate 'sells_lemonade', which does not exist",
    ),
    ("dead citation", rule(passage="arsum-hire-ai-engineer/gone/row-9"), "row-9', which does not exist"),
    ("dead quote", rule(quote="words of nobody"), "quotes “words of nobody”, which is not in"),
    ("can never fire", rule(when="it_is_core_ip, it_is_not_core_ip"), "can never fire"),
    ("unknown target", rule(supports="wizard: strong"), "speaks of 'wizard'"),
    ("unknown strength", rule(supports="ai_developer: mighty"), "wrong entry at rules"),
    ("supports nothing", rule(supports=""), "neither supports nor opposes"),
    (
        "same id twice",
        appended(RULES, (RULE * 2).format(**GOOD)),
        "two of rule arsum.extra",
    ),
    (
        "unknown source",
        replaced(RULES, "source: arsum-hire-ai-engineer", "source: nobody"),
        "not in the registry",
    ),
    ("no YAML", appended(RULES, "\n  - [unclosed"), "is not valid YAML"),
    ("unknown field", replaced("moves.yaml", "  prior: 4", "  prior: 4\n  colour: blue"), "wrong entry"),
    (
        "unknown figure",
        replaced("moves.yaml", "figure: arsum-hire-senior-ai-engineer-base", "figure: gone"),
        "no such figure",
    ),
    (
        "unknown next move",
        replaced("sequences.yaml", "move: pilot\n", "move: rocket\n"),
        "'rocket', no such move",
    ),
    (
        "sequence after nothing",
        replaced("sequences.yaml", "after: [pilot]", "after: [parade]"),
        "speaks of 'parade'",
    ),
    ("note for nothing", replaced("notes.yaml", "goes_with: [pilot]", "goes_with: [parade]"), "of 'parade'"),
    (
        "note that can't hold",
        replaced("notes.yaml", "when: [it_is_regulated]", "when: [it_is_core_ip, it_is_not_core_ip]"),
        "can never hold",
    ),
    ("bad answer", replaced("questions.yaml", "value: messy", "value: sticky"), "not 'sticky'"),
    (
        "unreachable role",
        lambda files: files.update(WITHOUT_OFFSHORE),
        "No rule can reach offshore_team",
    ),
    (
        "contradiction of unknowns",
        replaced("contradictions.yaml", "is_one_bounded_task", "is_a_teapot"),
        "uses the predicate 'is_a_teapot'",
    ),
    ("missing file", lambda files: files.__delitem__("weights.yaml"), "has no file weights.yaml"),
]


def load(files: dict[str, str]) -> object:
    corpus = builtin_corpus()
    return load_rulebook(files, corpus.passages, corpus.sources, corpus.figures)


@pytest.mark.parametrize(("name", "edit", "message"), FAULTS, ids=[name for name, _, _ in FAULTS])
def test_a_fault_is_named_with_its_remedy(name: str, edit: Edit, message: str) -> None:
    files = playbook_files()
    edit(files)
    with pytest.raises(PlaybookError, match=re.escape(message)) as caught:
        load(files)
    assert caught.value.remedy.endswith(".")


def test_the_packaged_playbook_loads_and_a_good_rule_more_does_too() -> None:
    files = playbook_files()
    rule()(files)
    assert load(files) != builtin_rulebook()
    assert load(playbook_files()) == builtin_rulebook()


def test_every_rule_names_its_row_and_its_passage() -> None:
    for spoken in builtin_rulebook().rules:
        assert spoken.rule.row
        assert spoken.rule.why.endswith(".")
        assert all(reference.passage.startswith(spoken.source.id) for reference in spoken.rule.rests_on)


def test_support_of_what_the_publisher_sells_weighs_less() -> None:
    spoken = next(s for s in builtin_rulebook().rules if s.rule.id == "arsum.need_5_bounded")
    assert spoken.interested
    assert spoken.weights["agency"] < spoken.weights["contractor"]
