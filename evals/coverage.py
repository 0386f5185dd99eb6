"""Which rows of the guides does the playbook carry? Counts for each guide, from `coverage/<source>.yaml`.

A row is one line of one artifact of a guide: a table's row, a bullet, a question, a paragraph of
advice. It decides when it says, from a buyer's situation, whom to hire, which engagement comes
first or what not to choose, and then names the rules that carry this advice; otherwise it informs,
and may name notes that tell it, or rules that draw on what it describes. A passage is never used
when no rule, note, other entry of the playbook or figure cites it. This module does not know whether
a rule says the same as its row: that is for a reader to judge.

    python -m evals.coverage
    python -m evals.coverage --unused      # also names the passages never used
"""

import argparse
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from advisor.assembly import builtin_corpus, builtin_rulebook

HERE = Path(__file__).resolve().parent
ROWS = HERE / "coverage"
PLAYBOOK = HERE.parent / "advisor" / "playbook"
_CITED = re.compile(r"\bpassage: *[\"']?([a-z0-9-]+/[a-z0-9-]+/[a-z]+-\d+)")


class Row(BaseModel):
    """One row of an artifact. `when` and `then` are prose: the buyer's situation and the advice."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    artifact: str
    row: str | int
    says: str
    passage: str
    decides: bool
    when: str | None = None
    then: str | None = None
    rules: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class GuideRows(BaseModel):
    """All rows of one guide, in its order."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Count:
    """The counts of one guide; `unused` are the ids of passages that nothing cites."""

    source: str
    rows: int
    deciding: int
    rules: int
    passages: int
    unused: tuple[str, ...]

    @property
    def informing(self) -> int:
        """The rows that decide nothing."""
        return self.rows - self.deciding

    def cells(self) -> tuple[str, ...]:
        """The counts as one line of the table."""
        numbers = (self.rows, self.deciding, self.informing, self.rules, self.passages, len(self.unused))
        return (self.source, *map(str, numbers))


HEADINGS = ("guide", "rows", "deciding", "informing", "rules", "passages", "never used")


def load_rows(folder: Path = ROWS) -> dict[str, tuple[Row, ...]]:
    """Source id → its rows. Raises ValidationError (pydantic) for an entry of another shape."""
    guides: dict[str, tuple[Row, ...]] = {}
    for path in sorted(folder.glob("*.yaml")):
        guide = GuideRows.model_validate(yaml.safe_load(path.read_text("utf-8")))
        guides[guide.source] = guide.rows
    return guides


def cited_passages(playbook: Path = PLAYBOOK) -> frozenset[str]:
    """The ids of the passages that an entry of the playbook or a figure cites."""
    texts = [path.read_text("utf-8") for path in sorted(playbook.rglob("*.yaml"))]
    cited = {passage for text in texts for passage in _CITED.findall(text)}
    return frozenset(cited | {figure.passage for figure in builtin_corpus().figures})


def count(guides: Mapping[str, tuple[Row, ...]], cited: frozenset[str]) -> list[Count]:
    """The counts of each guide, against the built-in playbook and corpus."""
    speakers = [spoken.source.id for spoken in builtin_rulebook().rules]
    counts: list[Count] = []
    for source, rows in guides.items():
        passages = [name for name in builtin_corpus().passages if name.split("/")[0] == source]
        unused = tuple(name for name in passages if name not in cited)
        deciding = sum(row.decides for row in rows)
        counts.append(Count(source, len(rows), deciding, speakers.count(source), len(passages), unused))
    return counts


def table(lines: list[tuple[str, ...]]) -> str:
    """Lines of cells, first column to the left, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join([line[0].ljust(widths[0]), *map(str.rjust, line[1:], widths[1:])]) for line in lines
    )


def total(counts: list[Count]) -> Count:
    """All guides together."""
    return Count(
        "all",
        sum(one.rows for one in counts),
        sum(one.deciding for one in counts),
        sum(one.rules for one in counts),
        sum(one.passages for one in counts),
        tuple(name for one in counts for name in one.unused),
    )


def main(arguments: list[str] | None = None) -> int:
    """Exit 0 when printed, 2 when there are no rows."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--unused", action="store_true", help="name the passages that nothing cites")
    options = parser.parse_args(arguments)
    guides = load_rows()
    if not guides:
        print(f"no rows in {ROWS}")
        return 2
    counts = count(guides, cited_passages())
    whole = total(counts)
    print(table([HEADINGS, *(one.cells() for one in counts), whole.cells()]))
    if options.unused:
        print(*whole.unused, sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
