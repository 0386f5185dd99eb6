"""What a claim may rest on, and what is wrong with one that doesn't."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from advisor.domain.decision import Line, Recommendation
from advisor.domain.evidence import Passage, Source
from advisor.domain.facts import Fact
from advisor.domain.memo import Draft
from advisor.domain.vocabulary import FactKey

FaultKind = Literal[
    "no_lineage",  # no evidence at all
    "dead_passage",  # a passage that isn't among those given
    "dead_fact",  # a fact that nobody stated, or that is unknown
    "dead_line",  # a calculation line that doesn't exist
    "no_decision",  # rests on a decision where there is none
    "stray",  # rests on what none of the claims rests on that it says in other words
    "quote",  # the quote doesn't occur in its passage, or is too short to carry anything
    "numeral",  # a figure that nothing cited holds, or with another unit, currency or order
    "name",  # a role or engagement that nothing cited names
    "polarity",  # says the opposite of what it cites
    "comparison",  # under for over, before for after, more for less
    "off_topic",  # the evidence speaks of something else
    "own_wording",  # the advisor's own words, but they claim something
    "markup",  # markup, links, pings, invisible characters, block breaks
    "length",  # too long to be one sentence
]


@dataclass(frozen=True)
class Grounds:
    """All that claims may rest on. `sources` gives the only addresses that a claim may show."""

    passages: Mapping[str, Passage]
    facts: Mapping[FactKey, Fact]
    lines: Mapping[str, Line]
    recommendation: Recommendation | None
    today: dt.date
    sources: Mapping[str, Source] = field(default_factory=dict[str, Source])


@dataclass(frozen=True)
class Fault:
    """One thing wrong with one claim: the claim's text, the kind, and what exactly, in words."""

    claim: str
    kind: FaultKind
    detail: str


@dataclass(frozen=True)
class Verified:
    """The draft without what failed, and the faults of all that was dropped."""

    draft: Draft
    faults: tuple[Fault, ...]
