"""The labelled claims with their grounds, as verification sees them.

Quotes are looked for in the passages of the digest, so that the claims survive a new numbering.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

from advisor.domain.costs import Costs, Delay
from advisor.domain.decision import Alternative, FollowOn, Line, Move, Recommendation, WithoutPublisher
from advisor.domain.decision import Flip as DecisionFlip
from advisor.domain.evidence import Passage, Source
from advisor.domain.facts import Fact
from advisor.domain.memo import (
    CalculationEvidence,
    Claim,
    DecisionEvidence,
    Evidence,
    FactEvidence,
    OwnWording,
    PassageEvidence,
)
from advisor.policy.grounding import Grounds, Verifier, load_lexicon
from advisor.policy.grounding.folding import fold_quote
from ingest.chunk import passages

ROOT = Path(__file__).parents[2]
CLAIMS = Path(__file__).parent / "claims.yaml"
LEXICON = ROOT / "advisor" / "playbook" / "lexicon.yaml"
DIGESTS = ROOT / "corpus" / "digests"
SOURCE = "arsum-hire-ai-engineer"

Half = Literal["dev", "test"]
HALVES: tuple[tuple[Half, str], ...] = (("dev", "claims"), ("test", "held_out"))


@dataclass(frozen=True)
class Case:
    """A correct claim and the half it belongs to."""

    claim: Claim
    half: Half


@dataclass(frozen=True)
class Cases:
    """All labelled claims, what they rest on, and the verifier with the product's lexicon."""

    cases: tuple[Case, ...]
    grounds: Grounds
    verifier: Verifier


def load_cases() -> Cases:
    """The labelled claims. Raises ValueError for a quote that stands nowhere in the digest."""
    content = yaml.load(CLAIMS.read_text(encoding="utf-8"), yaml.CSafeLoader)
    digest = (DIGESTS / content["digest"]).read_text(encoding="utf-8")
    found = passages(
        digest, SOURCE, content["digest"], "Hire AI engineer", lambda text: len(text.split()), 400
    )
    grounds = Grounds(
        passages={passage.id: passage for passage in found},
        facts={key: _fact(entry) for key, entry in content["facts"].items()},
        lines={entry["id"]: Line(**entry) for entry in content["lines"]},
        recommendation=_recommendation(content["recommendation"]),
        today=content["today"]
        if isinstance(content["today"], dt.date)
        else dt.date.fromisoformat(content["today"]),
        sources={SOURCE: _source()},
    )
    cases = tuple(
        Case(
            Claim(text=entry["text"], evidence=tuple(_evidence(entry, grounds.passages))),
            half,
        )
        for half, key in HALVES
        for entry in content.get(key, ())
    )
    return Cases(cases, grounds, Verifier(load_lexicon(LEXICON.read_text(encoding="utf-8"))))


def _source() -> Source:
    return Source(
        id=SOURCE,
        title="Hire AI engineer",
        publisher="Arsum",
        sells="agency builds",
        date="2026-05-29",
        url="https://guides.invalid/hire-ai-engineer",
        digest=True,
    )


def _evidence(entry: Mapping[str, Any], known: Mapping[str, Passage]) -> Sequence[Evidence]:
    found: list[Evidence] = []
    for quote in entry.get("quotes", ()):
        sections = entry.get("sections", ())
        places = [
            passage
            for passage in known.values()
            if fold_quote(quote) in fold_quote(passage.text)
            and (not sections or passage.locator.headings[-1] in sections)
        ]
        if not places:
            raise ValueError(f"no passage holds {quote!r}")
        found.append(PassageEvidence(passage=places[0].id, quote=quote))
    found.extend(FactEvidence(fact=key) for key in entry.get("facts", ()))
    found.extend(CalculationEvidence(line=line) for line in entry.get("lines", ()))
    if entry.get("decision"):
        found.append(DecisionEvidence())
    if entry.get("own"):
        found.append(OwnWording())
    return found


def _fact(entry: Mapping[str, Any]) -> Fact:
    return Fact(value=entry["value"], said=entry["said"], message_id="m1", status="stated")


NO_COSTS = Costs(
    who="",
    offshore_named=False,
    first=None,
    estimates=(),
    without=(),
    break_even=None,
    delay=Delay(stated=None, per_week=None, waiting=None, total=None),
    claims=(),
)


def _recommendation(entry: Mapping[str, Any]) -> Recommendation:
    given: dict[str, Any] = {
        "first": Move(**entry["first"]),
        "then": tuple(FollowOn(**move, passage="", quote="") for move in entry["then"]),
        "alternatives": tuple(Alternative(**move, rule="") for move in entry["alternatives"]),
        "score": entry["score"],
        "runner_up": Alternative(**entry["runner_up"], rule=""),
        "margin": entry["margin"],
        "confidence": "settled",
        "flips": tuple(DecisionFlip(**flip, move=flip["label"]) for flip in entry["flips"]),
        "without": tuple(WithoutPublisher(**one) for one in entry["without"]),
        "next_question": None,
        "chance_of_change": 0.0,
        "playbook_hash": "",
        "date": "2026-11-20",
    }
    # The rest are tuples of rules, lines and the like, which these claims do not speak of.
    fields = {name: given.get(name, ()) for name in Recommendation.model_fields}
    return Recommendation(**{**fields, "costs": NO_COSTS})
