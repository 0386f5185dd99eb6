"""The decision tables of "hire AI engineer": by that guide's own rules, each row yields the row's move.

Read alone, because a row says what its guide advises; what all guides together advise is in
test_worked_cases.py.
"""

import dataclasses
from pathlib import Path
from typing import Any

import pytest
import yaml

from advisor.assembly import builtin_rulebook
from advisor.domain.case import Case
from advisor.policy.scoring import Scorer

GUIDE = "arsum-hire-ai-engineer"
TABLES = Path(__file__).parents[2] / "evals" / "cases" / "arsum_tables.yaml"
ROWS: list[dict[str, Any]] = yaml.safe_load(TABLES.read_text("utf-8"))
OWN = tuple(spoken for spoken in builtin_rulebook().rules if spoken.source.id == GUIDE)
ALONE = Scorer(dataclasses.replace(builtin_rulebook(), rules=OWN, hash=f"{GUIDE} alone"))


@pytest.mark.parametrize("row", ROWS, ids=lambda r: f"{r['table']}-{r['row']}-{r.get('note', '')}")
def test_row_yields_its_move(row: dict[str, Any]) -> None:
    move = ALONE.moves[int(ALONE.first(Case.of(row["facts"]))[0])]
    assert move.role in row.get("roles", [move.role])
    assert move.engagement in row.get("engagements", [move.engagement])


def test_every_decision_table_of_the_guide_is_here() -> None:
    rows = {(r["table"], r["row"]) for r in ROWS}
    expected = {
        "Executive Decision Box": 5,
        "Quick Hiring Decision Tree": 6,
        "Do You Actually Need an AI Engineer?": 6,
        "What an AI Engineer Does": 6,
        "Commodity vs Non-Commodity Breakdown": 7,
        "When an Agency Beats a Dedicated Hire": 10,
    }
    for table, count in expected.items():
        assert {n for t, n in rows if t == table} == set(range(1, count + 1)), table
