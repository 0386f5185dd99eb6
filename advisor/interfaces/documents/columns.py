"""How wide the columns of a table are: by what they hold, so that no word of the usual length is broken."""

from advisor.interfaces.documents.document import Cite, Grid, Runs, text_of

LONGEST_WORD = 18
GROWTH = 0.8
MARKER = 5
"""Characters that a reference takes, with its brackets."""


def shares(grid: Grid) -> tuple[float, ...]:
    """The part of the width that each column gets; the sum is 1.

    A column grows with what it holds, but less than in proportion, and never falls below its longest word.
    """
    columns = [
        [(grid.header[at], ()), *((text_of(row[at]), row[at]) for row in grid.rows)]
        for at in range(len(grid.header))
    ]
    wanted: list[float] = []
    for column in columns:
        words = max((len(word) for text, _ in column for word in text.split()), default=1)
        mean = sum(len(text) + MARKER * _references(runs) for text, runs in column) / len(column)
        wanted.append(max(mean**GROWTH, min(words, LONGEST_WORD) + 2.0))
    return tuple(width / sum(wanted) for width in wanted)


def _references(runs: Runs) -> int:
    return sum(isinstance(run, Cite) for run in runs)
