"""Which roles and engagements a text names, and where."""

from dataclasses import dataclass
from functools import lru_cache

from advisor.domain.vocabulary import ROLES, Engagement, Role
from advisor.policy.grounding.lexicon import Lexicon

Name = Role | Engagement


@dataclass(frozen=True)
class Mention:
    """A role or engagement named in a text, by which form and where."""

    name: Name
    form: str
    start: int
    end: int


@lru_cache(maxsize=8192)
def mentions(folded: str, lexicon: Lexicon) -> tuple[Mention, ...]:
    """Every role and engagement that a folded text names; a form for two of them gives two."""
    found: list[Mention] = []
    for match in lexicon.names.finditer(folded):
        form = " ".join(match.group().lower().replace("-", " ").split())
        for name in _names(form, lexicon):
            found.append(Mention(name, match.group(), match.start(), match.end()))
    return tuple(found)


def _names(form: str, lexicon: Lexicon) -> tuple[Name, ...]:
    for ending in ("", "'s", "s'", "s"):
        if form.endswith(ending) and (known := lexicon.forms.get(form.removesuffix(ending))):
            return known
    return ()


def named(folded: str, lexicon: Lexicon) -> frozenset[Name]:
    """The roles and engagements that a folded text names."""
    return frozenset(mention.name for mention in mentions(folded, lexicon))


def is_role(name: Name) -> bool:
    """Whether a name is a role; otherwise it is an engagement."""
    return name in ROLES
