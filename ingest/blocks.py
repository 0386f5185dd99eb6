"""The blocks a document consists of, whatever its format. Knows nothing of files, passages or models."""

from dataclasses import dataclass

FIRST_LEVEL = 1


@dataclass(frozen=True)
class Heading:
    """A heading; `level` 1 is the highest, `line` is 1-based."""

    level: int
    text: str
    line: int


@dataclass(frozen=True)
class Paragraph:
    """Running text on one line; `preformatted` text (code, formulas) keeps its line breaks."""

    text: str
    line: int
    preformatted: bool = False


@dataclass(frozen=True)
class Item:
    """One point of a list, without its nested points; `marker` is what stands before it."""

    text: str
    line: int
    depth: int = 0
    marker: str = "-"

    def written(self) -> str:
        """The item as a line of a body."""
        return f"{'  ' * self.depth}{self.marker} {self.text}"


@dataclass(frozen=True)
class ListBlock:
    """A list with its nested lists laid flat, in reading order."""

    items: tuple[Item, ...]
    line: int


@dataclass(frozen=True)
class Row:
    """The cells of one table row."""

    cells: tuple[str, ...]
    line: int


@dataclass(frozen=True)
class Table:
    """A table; `header` may hold empty cells."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]
    line: int


Block = Heading | Paragraph | ListBlock | Table
