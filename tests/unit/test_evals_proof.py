"""The proof of the gate: changes apply, samples are complete and repeatable, trials tell outcomes apart."""

import ast
import json
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from advisor.policy.predicates import PREDICATES
from evals.proof.__main__ import main
from evals.proof.changes import Change, NoLongerApplies, Tree
from evals.proof.chosen import MUTATIONS, chosen_mutations, read_changes
from evals.proof.copies import CHECKOUT, copy_into, files_of
from evals.proof.harmless import harmless_changes
from evals.proof.populations import KINDS, moved, population
from evals.proof.report import proved, summary
from evals.proof.sampled import sampled_mutations
from evals.proof.thresholds import all_numbers, deciding_numbers, limits
from evals.proof.trials import Trial, environment_of, first_finding, trial

RULE_FILE = "advisor/playbook/rules/arsum-ai-developer.yaml"
PHRASES = "advisor/prompts/phrases.yaml"


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the product's files, restored after each use by `touched`."""
    names = [name for name in files_of() if name.startswith(("advisor/", "corpus/", "ingest/"))]
    kept = [name for name in names if name.endswith((".py", ".yaml", ".md"))]
    return copy_into(tmp_path_factory.mktemp("product"), names=kept)


def yaml_of(text: str) -> Any:
    return yaml.load(text, yaml.CSafeLoader)


class Recording(Tree):
    """A tree that remembers what stood there before."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.before: dict[str, str] = {}

    def write(self, name: str, text: str) -> None:
        self.before.setdefault(name, self.read(name))
        super().write(name, text)

    def restore(self) -> None:
        for name, text in self.before.items():
            (self.root / name).write_text(text, "utf-8")


def made(change: Change, product: Path) -> dict[str, tuple[str, str]]:
    """File → its text before and after the change; the copy is as before again."""
    tree = Recording(product)
    try:
        change.apply(tree)
        return {name: (text, tree.read(name)) for name, text in tree.before.items()}
    finally:
        tree.restore()


# --- the faults and the harmless changes -----------------------------------------------------------


@pytest.mark.parametrize("change", chosen_mutations(), ids=lambda change: change.name)
def test_each_chosen_fault_applies_to_the_product_as_it_is(change: Change, product: Path):
    after = made(change, product)
    assert after
    for name, (before, now) in after.items():
        assert name.startswith(("advisor/", "corpus/", "ingest/"))
        if name.endswith(".py"):
            assert ast.dump(ast.parse(before)) != ast.dump(ast.parse(now))
        else:
            assert yaml_of(before) != yaml_of(now)


@pytest.mark.parametrize("change", harmless_changes(), ids=lambda change: change.name)
def test_each_harmless_change_applies_to_the_product_as_it_is(change: Change, product: Path):
    after = made(change, product)
    assert bool(after) != bool(change.arguments or change.environment)
    for name, (_, now) in after.items():
        if name.endswith(".py"):
            ast.parse(now)


def test_there_are_enough_faults_and_each_layer_has_some():
    chosen = chosen_mutations()
    assert len(chosen) + len(sampled_mutations()) >= 60
    assert {change.layer for change in chosen} >= {
        *("rules", "predicates", "weights", "next_question", "flips", "costs", "backplan", "disagreements"),
        *("figures", "reader", "conversation", "citations", "memo", "certificate", "grounding", "ingest"),
        *("retrieval", "model", "safety"),
    }
    assert len(harmless_changes()) == 50


def test_names_are_given_once():
    names = [change.name for change in (*chosen_mutations(), *sampled_mutations(), *harmless_changes())]
    assert len(names) == len(set(names))


def test_rules_in_another_order_are_the_same_rules(product: Path):
    reordered = next(change for change in harmless_changes() if change.name == "rules_reordered_1")
    after = made(reordered, product)
    assert len(after) == 5
    for before, now in after.values():
        was, is_now = yaml_of(before)["rules"], yaml_of(now)["rules"]
        assert was != is_now
        assert sorted(was, key=lambda rule: rule["id"]) == sorted(is_now, key=lambda rule: rule["id"])


def test_a_renamed_rule_keeps_all_but_its_id(product: Path):
    renamed = next(
        change for change in harmless_changes() if change.name == "rules_renamed_arsum_ai_developer"
    )
    ((before, now),) = made(renamed, product).values()
    was, is_now = yaml_of(before)["rules"], yaml_of(now)["rules"]
    assert [{**rule, "id": None} for rule in was] == [{**rule, "id": None} for rule in is_now]
    assert not {rule["id"] for rule in was} & {rule["id"] for rule in is_now}


# --- what is changed is the copy -------------------------------------------------------------------


def test_a_change_leaves_the_original_untouched_even_behind_a_hard_link(tmp_path: Path):
    original, copy = tmp_path / "original", tmp_path / "copy"
    for folder in (original, copy):
        (folder / "advisor").mkdir(parents=True)
    (original / "advisor/a.py").write_text("LIMIT = 1\n")
    (copy / "advisor/a.py").hardlink_to(original / "advisor/a.py")
    Tree(copy).replace("advisor/a.py", "LIMIT = 1", "LIMIT = 2")
    assert (original / "advisor/a.py").read_text() == "LIMIT = 1\n"
    assert (copy / "advisor/a.py").read_text() == "LIMIT = 2\n"


@pytest.mark.parametrize("text", ["", "LIMIT = 1\nLIMIT = 1\n"])
def test_a_text_that_is_not_there_just_once_no_longer_applies(tmp_path: Path, text: str):
    (tmp_path / "advisor").mkdir()
    (tmp_path / "advisor/a.py").write_text(text)
    with pytest.raises(NoLongerApplies):
        Tree(tmp_path).replace("advisor/a.py", "LIMIT = 1", "LIMIT = 2")


def test_a_fault_in_the_evals_is_refused(tmp_path: Path):
    (tmp_path / "evals").mkdir()
    (tmp_path / "evals/a.py").write_text("LIMIT = 1\n")
    with pytest.raises(NoLongerApplies):
        Tree(tmp_path).replace("evals/a.py", "LIMIT = 1", "LIMIT = 2")


def test_a_file_of_changes_with_an_edit_of_two_kinds_is_refused(tmp_path: Path):
    path = tmp_path / "changes.yaml"
    edit = {"file": "advisor/a.py", "old": "a", "new": "b", "at": ["c"]}
    path.write_text(yaml.safe_dump([{"name": "a", "layer": "l", "what": "w", "edits": [edit]}]))
    with pytest.raises(ValueError, match="either old and new, or at"):
        read_changes(path)
    assert MUTATIONS.exists()


# --- populations and samples -----------------------------------------------------------------------


def test_every_rule_and_figure_row_is_in_its_population():
    rules, figures = population("rules"), population("figures")
    told = [
        rule["id"]
        for path in (CHECKOUT / "advisor/playbook/rules").glob("*.yaml")
        for rule in yaml_of(path.read_text("utf-8"))["rules"]
    ]
    rows = [
        row["id"]
        for path in (CHECKOUT / "corpus/figures").glob("*.yaml")
        for row in yaml_of(path.read_text("utf-8"))["figures"]
    ]
    assert [one.name for one in rules] == sorted(told)
    assert [one.name for one in figures] == sorted(rows)


def test_every_predicate_is_in_its_population():
    assert [one.name for one in population("predicates")] == sorted(PREDICATES)


def test_every_number_is_a_threshold_or_named_with_a_reason():
    tree = Tree(CHECKOUT)
    thresholds = {number.name for number in deciding_numbers(tree)}
    assert {one.name for one in population("thresholds")} == thresholds
    assert "advisor/policy/predicates.py: HIGH_VOLUME_PER_DAY" in thresholds
    assert "advisor/policy/predicates.py: must_ship_within_60_days 1" in thresholds
    assert "advisor/adapters/fusion.py: NOTHING_FITS" in thresholds
    assert "advisor/playbook/weights.yaml: ask_above_chance" in thresholds
    assert "advisor/adapters/embedder.py: BATCH" in {number.name for number in all_numbers(tree)} - thresholds


def test_no_named_limit_is_left_without_a_number():
    from fnmatch import fnmatchcase

    names = [number.name for number in all_numbers(Tree(CHECKOUT))]
    assert [one.where for one in limits() if not any(fnmatchcase(name, one.where) for name in names)] == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_member_of_a_population_has_faults(kind: str):
    for member in population(kind):  # pyright: ignore[reportArgumentType]
        assert member.faults, member.name
        assert all(member.faults.values()), member.name


def test_the_faults_of_every_kind_can_be_made(product: Path):
    for kind in KINDS:
        for member in population(kind)[::70]:
            for operator, faults in member.faults.items():
                change = Change(operator, faults[0].what, kind, faults[0].apply)
                assert made(change, product), (member.name, operator)


def test_a_number_is_found_behind_letters_that_take_several_bytes(product: Path):
    number = next(one for one in deciding_numbers(Tree(CHECKOUT)) if one.name.endswith(": NEAR_ENOUGH"))
    ((_, now),) = made(Change("n", "w", "l", number.set_to(0.75)), product).values()
    assert "\nNEAR_ENOUGH = 0.75\n" in now


def test_a_sample_is_the_same_for_the_same_seed_and_spread_over_the_populations():
    one, again, other = sampled_mutations(5, 12), sampled_mutations(5, 12), sampled_mutations(6, 12)
    assert [change.what for change in one] == [change.what for change in again]
    assert [change.what for change in one] != [change.what for change in other]
    assert [change.layer for change in one] == [f"sampled {kind}" for kind in KINDS for _ in range(3)]


@pytest.mark.parametrize(
    ("value", "others"),
    [
        (60, {90, 30}),
        (3, {4, 2}),
        (0, {1, -1}),
        (0.5, {0.75, 0.25}),
        (1, {2, 0}),
    ],
)
def test_a_threshold_is_moved_by_half_or_by_one(value: float, others: set[float]):
    assert set(moved(value).values()) == others


# --- trials ----------------------------------------------------------------------------------------

STUB = """
import json, sys
from pathlib import Path
verdict = Path(sys.argv[sys.argv.index("--json") + 1])
text = Path("advisor/a.py").read_text()
import advisor
assert Path(advisor.__file__).parent == Path.cwd() / "advisor", advisor.__file__
namespace = {}
exec(text, namespace)
code = namespace["CODE"]
if code == 1:
    case = {"section": "safety", "id": "case-1", "why": "was declined, is answered"}
    broken = {"kind": "broken", "section": "model", "message": "model could not be measured"}
    found = {"kind": "record", "section": "safety", "message": "1 of 3 outcomes", "cases": [case]}
    verdict.write_text(json.dumps({"run": {}, "verdict": {"findings": [broken, found]}}))
sys.exit(code)
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A small checkout whose gate exits with the number in advisor/a.py."""
    import subprocess

    root = tmp_path / "checkout"
    (root / "advisor").mkdir(parents=True)
    (root / "advisor/__init__.py").write_text("")
    (root / "advisor/a.py").write_text("CODE = 0\n")
    (root / "stub.py").write_text(STUB)
    (root / ".gitignore").write_text("*.pyc\nignored.txt\n")
    (root / "ignored.txt").write_text("left out")
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    return root


def tried(checkout: Path, new: str, **more: float) -> Trial:
    change = Change("c", "w", "l", lambda tree: tree.replace("advisor/a.py", "CODE = 0", new))
    return trial(
        change, gate=(sys.executable, "stub.py"), checkout=checkout, timeout=more.get("timeout", 60.0)
    )


def test_a_gate_that_passes_lets_a_fault_survive(checkout: Path):
    found = tried(checkout, "CODE = int(0)")
    assert (found.outcome, found.caught) == ("passed", False)


def test_a_gate_that_fails_has_caught_it_and_says_where(checkout: Path):
    found = tried(checkout, "CODE = 1")
    assert (found.outcome, found.caught, found.section) == ("alarm", True, "safety")
    assert "case-1: was declined, is answered" in found.finding


def test_a_product_that_does_not_load_is_told_apart(checkout: Path):
    # The stub's advisor has no assembly, so that it can't be loaded: a gate that could not run had no chance.
    found = tried(checkout, "CODE = 2")
    assert (found.outcome, found.caught, found.section) == ("refused", True, "load")
    assert "advisor.assembly" in found.finding


def test_a_gate_that_could_not_run_proves_nothing(checkout: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("evals.proof.trials.REFUSAL", "import advisor")
    found = tried(checkout, "CODE = 2")
    assert (found.outcome, found.caught) == ("no_verdict", False)


def test_a_gate_that_hangs_is_ended(checkout: Path):
    found = tried(checkout, "while True:\n    pass", timeout=1.0)
    assert (found.outcome, found.caught) == ("too_slow", False)


def test_a_change_that_no_longer_applies_is_an_error(checkout: Path):
    change = Change("c", "w", "l", lambda tree: tree.replace("advisor/a.py", "nowhere", ""))
    found = trial(change, gate=(sys.executable, "stub.py"), checkout=checkout)
    assert found.outcome == "not_applied"
    assert not proved("mutations", [found, *[_caught()] * 99], 1.0).holds


def test_a_trial_leaves_the_checkout_as_it_was_and_copies_what_git_would(checkout: Path):
    before = {
        path: path.read_bytes() for path in checkout.rglob("*") if path.is_file() and ".git" not in path.parts
    }
    tried(checkout, "CODE = 1")
    assert {path: path.read_bytes() for path in before} == before
    assert files_of(checkout) == [".gitignore", "advisor/__init__.py", "advisor/a.py", "stub.py"]


def test_a_run_knows_no_setting_or_key_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ADVISOR_MODEL", "gpt")
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    found = environment_of(tmp_path, {"PYTHONHASHSEED": "1"})
    assert not any(name.startswith(("ADVISOR_", "OPENAI_")) for name in found)
    assert (found["PYTHONPATH"], found["PYTHONHASHSEED"]) == (str(tmp_path), "1")


def test_the_first_finding_is_one_that_failed_not_one_that_was_not_measured(tmp_path: Path):
    path = tmp_path / "verdict.json"
    broken = {"kind": "broken", "section": "model", "message": "not measured"}
    path.write_text(json.dumps({"findings": [broken]}))
    assert first_finding(path) == ("broken", "not measured")
    assert first_finding(tmp_path / "none.json") == ("", "")


def _caught() -> Trial:
    return Trial(name="n", what="w", layer="l", outcome="alarm", section="safety", finding="f")


def _passed() -> Trial:
    return Trial(name="n", what="w", layer="l", outcome="passed")


@pytest.mark.parametrize(("survivors", "holds"), [(5, True), (6, False)])
def test_nineteen_of_twenty_faults_must_be_caught(survivors: int, holds: bool):
    found = proved("mutations", [*[_caught()] * (100 - survivors), *[_passed()] * survivors], 60.0)
    assert found.holds is holds
    assert f"Caught {100 - survivors} of 100" in summary(found)


@pytest.mark.parametrize(("alarms", "holds"), [(1, True), (2, False)])
def test_one_false_alarm_is_allowed(alarms: int, holds: bool):
    assert proved("harmless", [*[_caught()] * alarms, *[_passed()] * (50 - alarms)], 60.0).holds is holds


def test_nothing_tried_proves_nothing():
    assert not proved("mutations", [], 0.0).holds
    assert not proved("harmless", [], 0.0).holds


def test_the_command_lists_what_it_would_change(capsys: pytest.CaptureFixture[str]):
    assert main(["mutations", "--list", "--sampled", "4", "--only", "kit_dropped"]) == 0
    assert capsys.readouterr().out.startswith("kit_dropped  [memo]")


def test_a_name_that_no_change_has_is_refused():
    assert main(["harmless", "--only", "no_such_change"]) == 2
