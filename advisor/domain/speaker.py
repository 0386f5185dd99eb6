"""Speakers: the display names of those who talk in one conversation. A name is data, never an instruction."""

import unicodedata
from collections.abc import Iterable

from advisor.domain.facts import Fact

LONGEST_SPEAKER = 80
"""Characters of a display name that are kept."""


def speaker(name: str | None) -> str | None:
    """A display name as it is kept: one line, nothing in it that can't be seen; None where it is blank."""
    if name is None:
        return None
    seen = "".join(c if unicodedata.category(c)[0] != "C" else " " * c.isspace() for c in name)
    return " ".join(seen.split())[:LONGEST_SPEAKER].strip() or None


def person(name: str) -> str:
    """Whom a display name stands for: the same person, however the name is capitalised."""
    return name.casefold()


def differs(one: str | None, other: str | None) -> bool:
    """Whether two names are those of two people; a nameless speaker is never another one."""
    return one is not None and other is not None and person(one) != person(other)


def speakers(facts: Iterable[Fact]) -> frozenset[str]:
    """Whoever is named behind some facts, what was said before included."""
    said = (by for fact in facts for by in (fact.by, *(past.by for past in fact.history)))
    return frozenset(person(by) for by in said if by is not None)
