"""The evidence port: passages found by meaning and by words, and figures by what they measure."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from advisor.domain.evidence import Figure, Hit, Passage, Source


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

    def figures(self, question: str) -> list[Figure] | None:
        """The typed figures that the question asks for.

        None when it asks for no figure; empty when it asks for one that no guide gives, so that a
        passage nearby must not be taken for an answer.
        """
        ...
