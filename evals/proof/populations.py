"""All rules, predicates, thresholds and figure rows of the product, each with the faults it can have.

Computed from the product's own files, so that what is added later can be sampled too.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from advisor.domain.vocabulary import ENGAGEMENTS, LEVELS, ROLES
from advisor.policy.playbook_files import Strength
from advisor.policy.predicates import PREDICATES
from corpus.catalog import LEVELS as FIGURE_LEVELS
from corpus.catalog import REGIONS
from evals.proof.changes import Apply, Tree
from evals.proof.copies import CHECKOUT
from evals.proof.thresholds import Number, deciding_numbers

Kind = Literal["rules", "predicates", "thresholds", "figures"]
KINDS: tuple[Kind, ...] = get_args(Kind)

RULES = "advisor/playbook/rules"
FIGURES = "corpus/figures"
PREDICATES_FILE = "advisor/policy/predicates.py"
MOVES = "advisor/playbook/moves.yaml"

Entry = dict[str, Any]


@dataclass(frozen=True)
class Fault:
    """One fault of a member: in words, and how it is made."""

    what: str
    apply: Apply


@dataclass(frozen=True)
class Member:
    """A rule, predicate, threshold or figure row, with its faults by operator. None is empty."""

    kind: Kind
    name: str
    faults: Mapping[str, tuple[Fault, ...]]


def population(kind: Kind) -> list[Member]:
    """Every member of a kind, by name."""
    tree = Tree(CHECKOUT)
    found: list[Member] = {
        "rules": _rules,
        "predicates": _predicates,
        "thresholds": _thresholds,
        "figures": _figures,
    }[kind](tree)
    kept = [replace(one, faults={name: each for name, each in one.faults.items() if each}) for one in found]
    return sorted(kept, key=lambda one: one.name)


def _files(tree: Tree, folder: str) -> list[str]:
    return sorted(f"{folder}/{path.name}" for path in (tree.root / folder).glob("*.yaml"))


# --- rules --------------------------------------------------------------------------------------------


def _rules(tree: Tree) -> list[Member]:
    targets = {target for move in tree.load(MOVES) for target in _targets(move)} | set(LEVELS)
    return [
        Member("rules", str(rule["id"]), _rule_faults(name, rule, sorted(targets)))
        for name in _files(tree, RULES)
        for rule in tree.load(name)["rules"]
    ]


def _targets(move: Entry) -> tuple[str, str, str]:
    return move["role"], move["engagement"], f"{move['role']}+{move['engagement']}"


def _rule_faults(file: str, rule: Entry, targets: list[str]) -> dict[str, tuple[Fault, ...]]:
    rule_id = str(rule["id"])

    def changed(what: str, **fields: object) -> Fault:
        def change(entry: Entry) -> Entry:
            return {key: value for key, value in (entry | fields).items() if value is not None}

        return Fault(f"Rule {rule_id} {what}.", _entry_changed(file, "rules", rule_id, change))

    faults: dict[str, tuple[Fault, ...]] = {
        "sign_flipped": (
            changed(
                "speaks for what it speaks against",
                supports=rule.get("opposes"),
                opposes=rule.get("supports"),
            ),
        ),
        "dropped": (Fault(f"Rule {rule_id} is gone.", _entry_dropped(file, "rules", rule_id)),),
        "strength_stepped": (),
        "target_swapped": (),
    }
    for part in ("when", "unless"):
        names = rule.get(part, [])
        faults[f"{part}_dropped"] = tuple(
            changed(f"no longer asks {part} {name}", **{part: [other for other in names if other != name]})
            for name in names
        )
    for side in ("supports", "opposes"):
        for target, strength in rule.get(side, {}).items():
            for other in _next_to(strength):
                stepped = rule[side] | {target: other}
                faults["strength_stepped"] += (
                    changed(f"{side} {target} as {other}, not {strength}", **{side: stepped}),
                )
            for other in _alike(target, targets):
                if other in rule.get("supports", {}) or other in rule.get("opposes", {}):
                    continue
                swapped = {other if key == target else key: value for key, value in rule[side].items()}
                faults["target_swapped"] += (
                    changed(f"{side} {other} instead of {target}", **{side: swapped}),
                )
    return faults


def _next_to(strength: str) -> list[str]:
    order = get_args(Strength)
    place = order.index(strength)
    return [order[at] for at in (place - 1, place + 1) if 0 <= at < len(order)]


def _alike(target: str, targets: list[str]) -> list[str]:
    """Other targets of the same kind: roles for a role, levels for a level, pairs for a pair."""
    for kind in (ROLES, ENGAGEMENTS, LEVELS):
        if target in kind:
            return [other for other in targets if other in kind and other != target]
    return [other for other in targets if "+" in other and other != target]


# --- predicates ---------------------------------------------------------------------------------------


def _predicates(tree: Tree) -> list[Member]:
    return [Member("predicates", name, _predicate_faults(name)) for name in PREDICATES]


def _predicate_faults(name: str) -> dict[str, tuple[Fault, ...]]:
    """The predicate turned round, always false, or always true where what it reads is known."""
    known = "all(case.value(key) is not None for key in kept.reads)"
    bodies = {
        "negated": ("is turned round", "not kept.test(case)"),
        "negated_where_known": (
            "is turned round where all it reads is known",
            f"{known} and not kept.test(case)",
        ),
        "never": ("never holds", "False"),
        "always_where_known": ("holds whenever all it reads is known", known),
    }
    return {
        operator: (Fault(f"Predicate {name} {what}.", _redefined(name, body)),)
        for operator, (what, body) in bodies.items()
    }


def _redefined(name: str, body: str) -> Apply:
    code = (
        f"def _faulty(kept: Predicate) -> None:\n"
        f"    faulty = Predicate(kept.name, kept.reads, lambda case: {body}, kept.borders)\n"
        f"    PREDICATES[{name!r}] = faulty\n\n\n"
        f"_faulty(PREDICATES[{name!r}])"
    )
    return lambda tree: tree.append(PREDICATES_FILE, code)


# --- thresholds ---------------------------------------------------------------------------------------


def _thresholds(tree: Tree) -> list[Member]:
    return [Member("thresholds", number.name, _number_faults(number)) for number in deciding_numbers(tree)]


def _number_faults(number: Number) -> dict[str, tuple[Fault, ...]]:
    faults: dict[str, tuple[Fault, ...]] = {}
    for operator, value in moved(number.value).items():
        what = f"{number.name} is {value:g} instead of {number.value:g}."
        faults[operator] = (Fault(what, number.set_to(value)),)
    return faults


def moved(value: float) -> dict[str, float]:
    """Other values by operator: half as much again, half; for small whole numbers one more and one less."""
    whole = isinstance(value, int)
    found: dict[str, float] = {
        "times_1.5": round(value * 1.5) if whole else round(value * 1.5, 6),
        "times_0.5": round(value * 0.5) if whole else round(value * 0.5, 6),
    }
    if value == 0 or (whole and abs(value) <= 10):
        found |= {"plus_1": value + 1, "minus_1": value - 1}
    return {operator: other for operator, other in found.items() if other != value}


# --- figures ------------------------------------------------------------------------------------------


def _figures(tree: Tree) -> list[Member]:
    return [
        Member("figures", str(row["id"]), _row_faults(name, row))
        for name in _files(tree, FIGURES)
        for row in tree.load(name)["figures"]
    ]


def _row_faults(file: str, row: Entry) -> dict[str, tuple[Fault, ...]]:
    row_id = str(row["id"])

    def changed(field: str, value: object) -> Fault:
        what = f"Figure {row_id}: {field} is {value} instead of {row.get(field)}."
        return Fault(what, _entry_changed(file, "figures", row_id, lambda entry: entry | {field: value}))

    faults: dict[str, tuple[Fault, ...]] = {
        "dropped": (Fault(f"Figure {row_id} is gone.", _entry_dropped(file, "figures", row_id)),)
    }
    low, high = row.get("low"), row.get("high")
    if low:
        faults["low_altered"] = (changed("low", _scaled(low, 0.8)),)
    if high:
        faults["high_altered"] = (changed("high", _scaled(high, 1.25)),)
    fields: dict[str, tuple[str, ...]] = {"role": ROLES, "level": FIGURE_LEVELS, "region": REGIONS}
    for field, values in fields.items():
        if row.get(field) is not None:
            faults[f"{field}_changed"] = tuple(
                changed(field, other) for other in values if other != row[field]
            )
    if row["unit"] == "money":
        faults["unit_changed"] = (changed("currency", "EUR" if row["currency"] != "EUR" else "GBP"),)
    else:
        faults["unit_changed"] = tuple(
            changed("unit", other)
            for other in ("weeks", "months", "percent", "items")
            if other != row["unit"]
        )
    return faults


def _scaled(value: float, factor: float) -> float:
    """A fifth less or a quarter more; of a small whole number, one less or more."""
    if isinstance(value, int):
        other = round(value * factor)
        return other if other != value else value + (1 if factor > 1 else -1)
    return round(value * factor, 4)


# --- entries of a file --------------------------------------------------------------------------------


def _entry_changed(file: str, key: str, entry_id: str, change: Callable[[Entry], Entry]) -> Apply:
    def apply(tree: Tree) -> None:
        content = tree.load(file)
        content[key] = [change(entry) if str(entry["id"]) == entry_id else entry for entry in content[key]]
        tree.dump(file, content)

    return apply


def _entry_dropped(file: str, key: str, entry_id: str) -> Apply:
    def apply(tree: Tree) -> None:
        content = tree.load(file)
        content[key] = [entry for entry in content[key] if str(entry["id"]) != entry_id]
        tree.dump(file, content)

    return apply
