"""The memo: claims with the evidence each rests on, in sections, and its certificate."""

import hashlib
import json
from typing import Annotated, Literal

from pydantic import Field, JsonValue

from advisor.domain.decision import Recommendation
from advisor.domain.evidence import Citation
from advisor.domain.facts import Frozen, not_set
from advisor.domain.vocabulary import FactKey


class PassageEvidence(Frozen):
    """Rests on a passage: the exact words in it."""

    kind: Literal["passage"] = "passage"
    passage: str
    quote: str


class FactEvidence(Frozen):
    """Rests on what the user said; `message_id`: in that message, though another statement holds now."""

    kind: Literal["fact"] = "fact"
    fact: FactKey
    message_id: str | None = Field(default=None, exclude_if=not_set)


class CalculationEvidence(Frozen):
    """Rests on a line of a calculation."""

    kind: Literal["calculation"] = "calculation"
    line: str


class DecisionEvidence(Frozen):
    """Rests on the decision itself: its first move, a flip, a follow-on, an alternative."""

    kind: Literal["decision"] = "decision"


class OwnWording(Frozen):
    """The advisor's own words: headings, offers, questions. It may claim nothing and hold no figure."""

    kind: Literal["own"] = "own"


Evidence = Annotated[
    PassageEvidence | FactEvidence | CalculationEvidence | DecisionEvidence | OwnWording,
    Field(discriminator="kind"),
]


class Claim(Frozen):
    """One sentence and what it rests on.

    `instead_of` are the plain claims that it says in other words: it stands only where they stand. It is
    empty where it says its quotes in other words, and None where it is a plain claim itself.
    """

    text: str
    evidence: tuple[Evidence, ...]
    instead_of: "tuple[Claim, ...] | None" = None


class Table(Frozen):
    """A table whose rows are claims: the cells as shown, and what the row rests on."""

    header: tuple[str, ...]
    rows: tuple[tuple[tuple[str, ...], tuple[Evidence, ...]], ...]


class Section(Frozen):
    """A heading with claims, as running text or as a list, and perhaps a table after them."""

    id: str
    heading: str
    claims: tuple[Claim, ...] = ()
    listed: bool = False
    table: Table | None = None


class Wording(Frozen):
    """One sentence offered instead of claims of a section: those at `points`, counted from 0.

    Without points it stands for no claim in particular: an answer in other words.
    """

    section: str
    points: tuple[int, ...] = ()
    claim: Claim


class Objection(Frozen):
    """A wording that verification refused, and why, in words."""

    wording: Wording
    reasons: tuple[str, ...]


class Draft(Frozen):
    """What a writer returns: sections of claims, before verification.

    The sections are a whole memo or answer as they are. `wordings` are put in their place one by one,
    if they stand.
    """

    title: str
    sections: tuple[Section, ...]
    wordings: tuple[Wording, ...] = ()


class Memo(Frozen):
    """A verified memo. `certificate` is plain JSON and can be replayed."""

    title: str
    date: str
    recommendation: Recommendation
    sections: tuple[Section, ...]
    citations: tuple[Citation, ...]
    certificate: dict[str, JsonValue]
    text: str

    @property
    def certificate_hash(self) -> str:
        """Names the certificate: the SHA-256 of its JSON with sorted keys, as 64 hexadecimal digits."""
        text = json.dumps(self.certificate, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
