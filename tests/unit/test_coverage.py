"""Every row of the five guides is listed; a row that decides is carried by rules that cite it."""

import pytest
from pydantic import ValidationError

from advisor.assembly import builtin_corpus, builtin_rulebook
from evals import coverage
from evals.coverage import Row, load_rows

GUIDES = load_rows()
ROWS = [(source, row) for source, rows in GUIDES.items() for row in rows]
RULES = {spoken.rule.id: spoken for spoken in builtin_rulebook().rules}
NOTES = {note.id: note for note in builtin_rulebook().notes}
PASSAGES = builtin_corpus().passages

FEWEST_DECIDING = 130


def faults(source: str, row: Row) -> list[str]:
    """What is wrong with the rules and notes that a row names, one line each."""
    found = ["decides and names no rule"] if row.decides and not row.rules else []
    for rule_id in row.rules:
        if rule_id not in RULES:
            found.append(f"names {rule_id}, no such rule")
            continue
        spoken = RULES[rule_id]
        if spoken.source.id != source:
            found.append(f"names {rule_id}, a rule of {spoken.source.id}")
        if row.passage not in {cited.passage for cited in spoken.rule.rests_on}:
            found.append(f"names {rule_id}, which does not cite {row.passage}")
    for note_id in row.notes:
        if note_id not in NOTES:
            found.append(f"names {note_id}, no such note")
        elif row.passage not in {cited.passage for cited in NOTES[note_id].rests_on}:
            found.append(f"names {note_id}, which does not cite {row.passage}")
    return found


def test_every_guide_of_the_corpus_is_listed() -> None:
    assert set(GUIDES) == set(builtin_corpus().sources)


def test_every_row_stands_on_a_passage_of_its_guide() -> None:
    lost = [f"{source}: {row.id} on {row.passage}" for source, row in ROWS if row.passage not in PASSAGES]
    astray = [f"{source}: {row.id}" for source, row in ROWS if not row.passage.startswith(f"{source}/")]
    assert lost + astray == []


@pytest.mark.parametrize("source", GUIDES)
def test_no_two_rows_of_a_guide_have_one_id(source: str) -> None:
    ids = [row.id for row in GUIDES[source]]
    assert sorted(ids) == sorted(set(ids))


@pytest.mark.parametrize("source", GUIDES)
def test_every_deciding_row_is_carried_by_rules_that_cite_it(source: str) -> None:
    assert [f"{row.id} {fault}" for row in GUIDES[source] for fault in faults(source, row)] == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"rules": ()}, "decides and names no rule"),
        ({"rules": ("arsum.gone",)}, "no such rule"),
        ({"rules": ("remvix.build_core",)}, "a rule of remvix-hire-ai-engineers"),
        ({"rules": ("arsum.quick_fast",)}, "which does not cite"),
        ({"notes": ("gone",)}, "no such note"),
        ({"notes": ("data_limits",)}, "which does not cite"),
    ],
)
def test_a_fault_in_a_row_is_found(change: dict[str, tuple[str, ...]], fault: str) -> None:
    source = "arsum-hire-ai-engineer"
    good = next(row for row in GUIDES[source] if row.id == "exec-5")
    assert faults(source, good) == []
    assert any(fault in line for line in faults(source, good.model_copy(update=change)))


def test_a_row_says_when_and_then_exactly_if_it_decides() -> None:
    told = [f"{source}: {row.id}" for source, row in ROWS if row.decides != bool(row.when and row.then)]
    half = [f"{source}: {row.id}" for source, row in ROWS if bool(row.when) != bool(row.then)]
    assert told + half == []


def test_every_rule_of_the_playbook_is_named_by_a_row() -> None:
    named = {rule_id for _, row in ROWS for rule_id in row.rules}
    assert sorted(set(RULES) - named) == []


def test_every_passage_of_every_digest_is_covered_by_a_row() -> None:
    assert sorted(set(PASSAGES) - {row.passage for _, row in ROWS}) == []


def test_the_guides_decide_in_many_rows() -> None:
    assert sum(row.decides for _, row in ROWS) >= FEWEST_DECIDING


def test_a_row_with_an_unknown_field_is_refused() -> None:
    entry = {"id": "a", "artifact": "A", "row": 1, "says": "b", "passage": "c/d/text-1", "decides": False}
    assert Row.model_validate(entry).rules == ()
    with pytest.raises(ValidationError, match="rule_ids"):
        Row.model_validate({**entry, "rule_ids": []})


def test_the_counts_are_printed_for_each_guide(capsys: pytest.CaptureFixture[str]) -> None:
    assert coverage.main([]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [line[0] for line in lines] == ["guide", *GUIDES, "all"]
    decides = sum(row.decides for _, row in ROWS)
    assert list(map(int, lines[-1][1:5])) == [len(ROWS), decides, len(ROWS) - decides, len(RULES)]
    assert int(lines[-1][5]) == len(PASSAGES)


def test_passages_that_nothing_cites_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert coverage.main(["--unused"]) == 0
    printed = set(capsys.readouterr().out.splitlines())
    cited = {reference.passage for spoken in RULES.values() for reference in spoken.rule.rests_on}
    assert printed & set(PASSAGES)
    assert not printed & cited
