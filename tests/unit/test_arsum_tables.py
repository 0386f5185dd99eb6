"""The decision tables of the first guide: each row, given its facts, yields the row's move."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from advisor.assembly import builtin_rulebook
from advisor.domain.case import Case
from advisor.policy.decide import first_move

TABLES = Path(__file__).parents[2] / "evals" / "cases" / "arsum_tables.yaml"
ROWS: list[dict[str, Any]] = yaml.safe_load(TABLES.read_text("utf-8"))


@pytest.mark.parametrize("row", ROWS, ids=lambda r: f"{r['table']}-{r['row']}-{r.get('note', '')}")
def test_row_yields_its_move(row: dict[str, Any]) -> None:
    move = first_move(builtin_rulebook(), Case.of(row["facts"]))
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
