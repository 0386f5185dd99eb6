"""Typed facts → first move, against cases written from the guides: `python -m evals.decisions`.

A case passes when role and engagement are both among those that its author accepts, and is wrong when
either is one that a guide calls wrong there. How often the sets were looked at while rules were written:
dev always; the two independent ones after a first, blind run (75 and 92 of 100); held_out never, but it
shares its plan of slots with dev.
"""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from advisor.assembly import builtin_rulebook
from advisor.domain.case import Case
from advisor.policy.decide import first_move

CASES = Path(__file__).parent / "cases"
SETS = ("dev", "held_out", "independent_1", "independent_2")


@dataclass(frozen=True)
class Agreement:
    """Of `count` cases, the ids that missed and those of them that are wrong by a guide."""

    count: int
    missed: tuple[str, ...]
    wrong: tuple[str, ...]

    @property
    def share(self) -> float:
        """Cases that pass, 0..1."""
        return 1 - len(self.missed) / self.count


def agreement(name: str) -> Agreement:
    """The policy against one set of cases."""
    rows: list[dict[str, Any]] = [
        json.loads(line)
        for line in (CASES / f"decisions_{name}.jsonl").read_text("utf-8").splitlines()
        if line.strip()
    ]
    missed: list[str] = []
    wrong: list[str] = []
    for row in rows:
        known = {key: value for key, value in row["facts"].items() if value not in (None, "unknown")}
        move, gold = first_move(builtin_rulebook(), Case.of(known)), row["gold"]
        if move.role not in gold["roles_ok"] or move.engagement not in gold["engagement_ok"]:
            missed.append(row["id"])
        if move.role in gold["roles_wrong"] or move.engagement in gold["engagement_wrong"]:
            wrong.append(row["id"])
    return Agreement(len(rows), tuple(missed), tuple(wrong))


def main() -> int:
    """One line a set."""
    for name in SETS:
        found = agreement(name)
        passed = found.count - len(found.missed)
        print(f"{name:15} {passed:3} of {found.count:3}  missed {', '.join(found.missed) or 'none'}", end="")
        print(f"  wrong by a guide: {', '.join(found.wrong) or 'none'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
