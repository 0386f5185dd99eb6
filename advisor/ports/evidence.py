"""The evidence port: passages found by meaning and by words, and figures by what they measure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from advisor.domain.evidence import Figure, Hit, Passage, Source


@dataclass(frozen=True)
class Finding:
    """What the typed figures say to a question for a figure.

    `figures` answer it. Where none does, `missing` says in words what no guide gives, and `nearest` are the
    rows nearest to it, called `closest`; they are no answer. Both empty: no guide gives anything near.
    `regions` are the places asked for, `by_city` says that a city was named where guides name the country,
    and `claims` that a vendor's claims of itself were asked for.
    """

    figures: tuple[Figure, ...] = ()
    nearest: tuple[Figure, ...] = ()
    missing: str = ""
    closest: str = ""
    regions: frozenset[str] = frozenset()
    by_city: bool = False
    claims: bool = False


class Evidence(Protocol):
    """Reads an index. Raises KnowledgeError (`advisor.errors`) when it can't be read."""

    def search(self, query: str, k: int = 10, sources: str | Sequence[str] | None = None) -> list[Hit]:
        """The best `k` passages, best first; empty when nothing fits.

        `sources` limits to source ids, or names one collection; None searches all collections.
        """
        ...

    def passages(self, ids: Sequence[str]) -> dict[str, Passage]:
        """The passages with these ids; ids that are not in the index are left out."""
        ...

    def sources(self) -> Mapping[str, Source]:
        """All sources in the index, by id."""
        ...

    def figures(self, question: str) -> Finding | None:
        """What the typed figures say to the question; None when it asks for no figure.

        A finding without figures means that no guide gives what was asked, so that a passage nearby must
        not be taken for an answer.
        """
        ...
