"""Changes that keep the meaning: those of `harmless.yaml`, and rules reordered or renamed."""

import random
import re
from pathlib import Path

from evals.proof.changes import Apply, Change, Tree
from evals.proof.chosen import read_changes
from evals.proof.populations import RULES

HARMLESS = Path(__file__).parent / "harmless.yaml"

ORDERS = (1, 22, 333, 4444, 55555)
"""Seeds of the orders that rules are put into."""

RENAMED = (
    "arsum-hire-ai-engineer",
    "arsum-ai-developer",
    "groovy-web-ai-engineer",
    "remvix-hire-ai-engineers",
)
"""Sources whose rules get other ids, one source at a time."""

_RULE = re.compile(r"(?m)^  - id: ")


def harmless_changes() -> list[Change]:
    """Every harmless change, those of the file first."""
    ordered = [
        Change(f"rules_reordered_{seed}", "Rules in another order.", "rule order", _reordered(seed))
        for seed in ORDERS
    ]
    renamed = [
        Change(
            f"rules_renamed_{source.replace('-', '_')}",
            "Rules under other ids.",
            "rule names",
            _renamed(source),
        )
        for source in RENAMED
    ]
    return [*read_changes(HARMLESS), *ordered, *renamed]


def _reordered(seed: int) -> Apply:
    """The rules of each file in an order by seed; the text of each stays as it is."""

    def apply(tree: Tree) -> None:
        for path in sorted((tree.root / RULES).glob("*.yaml")):
            name = f"{RULES}/{path.name}"
            head, *rules = _blocks(tree.read(name))
            random.Random(f"{seed}/{name}").shuffle(rules)
            tree.write(name, "".join([head, *rules]))

    return apply


def _renamed(source: str) -> Apply:
    """Every rule of a source under another id. Nothing in the product names a rule but its own file."""

    def apply(tree: Tree) -> None:
        name = f"{RULES}/{source}.yaml"
        tree.write(name, re.sub(r"(?m)^  - id: (\S+)$", r"  - id: \1_renamed", tree.read(name)))

    return apply


def _blocks(text: str) -> list[str]:
    """What stands before the first rule, then each rule, all ending in a line feed."""
    text = f"{text.rstrip()}\n\n"
    starts = [match.start() for match in _RULE.finditer(text)]
    ends = [*starts[1:], len(text)]
    return [text[: starts[0]], *(text[start:end] for start, end in zip(starts, ends, strict=True))]
