"""Names behind a user's words: “three months” (Ada). Who said it is no claim, and no place for a figure.

A display name is anything its owner typed. What is shown of it is letters, so that it can neither act as
markup nor pass a figure off as one that was checked. One that reads as a figure ("Five Million") isn't shown.
"""

import re
import unicodedata
from collections.abc import Sequence

from advisor.policy.grounding.folding import fold
from advisor.policy.grounding.numerals import read_quantities
from advisor.policy.grounding.saying import held_by
from advisor.policy.grounding.support import Support

NAMELESS = "someone"
"""Shown for a name of which nothing can be shown."""

_LETTERS = frozenset(("Mn", "Mc"))
_WITHIN = frozenset("-'’ ")
_ATTRIBUTED = re.compile(r'"([^"]+)" \(([^()"]+?)(?:, not sure)?\)')


def name_shown(by: str) -> str:
    """A display name as it may stand in a text: its letters, in one line."""
    plain = unicodedata.normalize("NFKC", by)
    kept = "".join(c if _shows(c) else " " for c in plain)
    name = " ".join(word.strip("-'’") for word in kept.split()).strip()
    return NAMELESS if not name or read_quantities(fold(name)) else " ".join(name.split())


def _shows(character: str) -> bool:
    category = unicodedata.category(character)
    return category.startswith("L") or category in _LETTERS or character in _WITHIN


def unattributed(folded: str, supports: Sequence[Support]) -> str:
    """A folded text without the names set behind words that a cited fact holds, if its speaker bears them."""

    def cut(match: re.Match[str]) -> str:
        said, name = match.groups()
        bearers = (by_name(support) for support in held_by(said, supports))
        return f'"{said}"' if name in bearers else match[0]

    return _ATTRIBUTED.sub(cut, folded)


def by_name(support: Support) -> str:
    """The folded name of who said a fact; "" where that isn't known."""
    by = support.fact[1].by if support.fact is not None else None
    return fold(name_shown(by)) if by else ""


def as_attributed(support: Support) -> str:
    """The forms in which the name of who said a fact may stand behind its words, folded."""
    name = by_name(support)
    return f"({name}) ({name}, not sure)" if name else ""
