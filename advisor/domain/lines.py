"""Lines of a calculation, ranges, and references to the passages they come from."""

from typing import Literal

from advisor.domain.facts import Frozen
from advisor.domain.vocabulary import FactKey


class Line(Frozen):
    """One line of a calculation: a term as a range, its unit, how it came about and what from.

    `origin` is "source" (then `passage` names it), "user" (then `fact`), "assumption" or "computed".
    """

    id: str
    label: str
    low: float
    high: float
    unit: str
    formula: str
    origin: Literal["source", "user", "assumption", "computed"]
    passage: str | None = None
    quote: str | None = None
    fact: FactKey | None = None
    open_ended: bool = False


class Range(Frozen):
    """A range with its unit; `open_ended` when the source gives no upper end."""

    low: float
    high: float
    unit: str
    open_ended: bool = False


class Reference(Frozen):
    """A passage and the words in it that carry the claim."""

    passage: str
    quote: str
