"""The kit: what a reader takes away to act on a recommendation, filled in from the case, line by line."""

from advisor.domain.decision import Line
from advisor.domain.facts import Frozen
from advisor.domain.memo import Evidence


class KitLine(Frozen):
    """One line or table row, what it rests on, and the blanks in it that are still open.

    `cells` holds a row as shown; a line of running text has one.
    """

    id: str
    cells: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    open_blanks: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The line as one text; the cells of a row with a bar between them."""
        return " | ".join(self.cells)


class KitPart(Frozen):
    """One artifact: lines, then perhaps a table under `header`.

    `follows` is True when the part is for a move that comes after the first one.
    """

    id: str
    title: str
    label: str
    follows: bool = False
    lines: tuple[KitLine, ...] = ()
    header: tuple[str, ...] = ()
    rows: tuple[KitLine, ...] = ()

    @property
    def open_blanks(self) -> tuple[str, ...]:
        """The blanks still open anywhere in the part, each once."""
        lines = (*self.lines, *self.rows)
        return tuple(dict.fromkeys(blank for line in lines for blank in line.open_blanks))


class Kit(Frozen):
    """The parts that a case needs, and the lines of calculation that their dates and counts rest on."""

    parts: tuple[KitPart, ...]
    calculation: tuple[Line, ...] = ()

    @property
    def passages(self) -> tuple[str, ...]:
        """Every passage that a line of the kit cites, each once."""
        lines = (line for part in self.parts for line in (*part.lines, *part.rows))
        cited = (one.passage for line in lines for one in line.evidence if one.kind == "passage")
        return tuple(dict.fromkeys(cited))

    def part(self, part_id: str) -> KitPart | None:
        """The part with this id, None when the case does not need it."""
        return next((part for part in self.parts if part.id == part_id), None)
