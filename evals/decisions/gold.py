"""Typed facts → first move, against cases written from the guides: `python -m evals.decisions`.

A case passes when role and engagement are both among those that its author accepts, and is wrong when
either is one that a guide calls wrong there. How often the sets were looked at while rules were written:
worked never before their rules; dev always; the two independent ones after a first, blind run (75 and 92
of 100); held_out never, but it shares its plan of slots with dev.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, JsonValue

from advisor.assembly import builtin_rulebook
from advisor.domain.case import Case
from advisor.domain.vocabulary import Engagement, Role
from advisor.policy.decide import first_move
from advisor.policy.playbook_files import MoveEntry

CASES = Path(__file__).parents[1] / "cases"
SETS = ("dev", "held_out", "independent_1", "independent_2")
WORKED = "worked"


class GoldCase(BaseModel):
    """A buyer's known facts, and which first moves its author accepts or calls wrong by a guide.

    `situation` is what the buyer would write, where the author gives it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    set: str
    id: str
    facts: dict[str, JsonValue]
    roles: tuple[Role, ...]
    engagements: tuple[Engagement, ...]
    wrong: tuple[Role | Engagement, ...]
    situation: str = ""

    @property
    def case(self) -> Case:
        """The facts, typed."""
        return Case.of(self.facts)


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


def gold_cases(*names: str) -> Iterator[GoldCase]:
    """The cases of these sets. Raises ValueError when a file holds anything else."""
    for name in names:
        yield from _worked() if name == WORKED else _written(name)


def accepted(gold: GoldCase, move: MoveEntry) -> bool:
    """Whether its author accepts this first move."""
    return move.role in gold.roles and move.engagement in gold.engagements


def called_wrong(gold: GoldCase, move: MoveEntry) -> tuple[str, ...]:
    """What a guide calls wrong in this first move."""
    return tuple(part for part in (move.role, move.engagement) if part in gold.wrong)


def agreement(name: str) -> Agreement:
    """The policy against one set of cases."""
    cases = list(gold_cases(name))
    moves = [first_move(builtin_rulebook(), gold.case) for gold in cases]
    pairs = list(zip(cases, moves, strict=True))
    return Agreement(
        len(cases),
        tuple(gold.id for gold, move in pairs if not accepted(gold, move)),
        tuple(gold.id for gold, move in pairs if called_wrong(gold, move)),
    )


def _worked() -> Iterator[GoldCase]:
    rows: list[dict[str, Any]] = yaml.safe_load((CASES / "worked_cases.yaml").read_text("utf-8"))
    for row in rows:
        yield GoldCase(
            set=WORKED,
            id=row["id"],
            facts=row["facts"],
            roles=row["roles"],
            engagements=row["engagements"],
            wrong=row["wrong"],
        )


def _written(name: str) -> Iterator[GoldCase]:
    for line in (CASES / f"decisions_{name}.jsonl").read_text("utf-8").splitlines():
        if not line.strip():
            continue
        row: Mapping[str, Any] = json.loads(line)
        gold = row["gold"]
        yield GoldCase(
            set=name,
            id=row["id"],
            facts={key: value for key, value in row["facts"].items() if value not in (None, "unknown")},
            roles=gold["roles_ok"],
            engagements=gold["engagement_ok"],
            wrong=(*gold["roles_wrong"], *gold["engagement_wrong"]),
            situation=row["situation"],
        )
