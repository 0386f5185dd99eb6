"""Wordings and answers that language models drafted, each with what it may rest on.

The drafts are kept as they were written, with the plain claims they stand for; the grounds follow from
the case of the dialogue with that id, or from the passages that the writer was shown.
"""

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from advisor.assembly import builtin_corpus, builtin_kits, builtin_rulebook
from advisor.domain.case import Case
from advisor.domain.disagreement import lines_of
from advisor.domain.facts import Statement, canonical_value
from advisor.domain.memo import Claim
from advisor.policy.disagreements import for_memo
from advisor.policy.grounding import Grounds
from advisor.steps.kit import kit_of
from advisor.steps.record import Record
from advisor.steps.retrieve import retrieve
from advisor.steps.write import memo_brief
from advisor.testing.evidence import MemoryEvidence
from evals.dialogues import TODAY, load
from evals.grounding.cases import Half

DRAFTS = Path(__file__).parent / "drafts"
_CLAIMS = TypeAdapter(tuple[Claim, ...])


@dataclass(frozen=True)
class Drafted:
    """A claim as a model worded it, the plain claims it stands for (none for an answer), its grounds."""

    claim: Claim
    points: tuple[Claim, ...]
    grounds: Grounds
    shared: str
    """Drafts with the same word here were written from the same material."""


@cache
def drafted(half: Half) -> tuple[Drafted, ...]:
    """The correct drafts of a half, in the file's order."""
    entries = [json.loads(line) for line in (DRAFTS / f"{half}.jsonl").read_text("utf-8").splitlines()]
    cases = {case["id"]: case for case in load(half)}
    return tuple(_drafted(entry, cases) for entry in entries if "incorrect" not in entry)


def _drafted(entry: Mapping[str, Any], cases: Mapping[str, Mapping[str, Any]]) -> Drafted:
    claim = Claim.model_validate(entry["claim"])
    if "question" in entry:
        grounds = _answering(tuple(entry["passages"]))
        return Drafted(claim, (), grounds, entry["question"])
    grounds = _advising(entry["dialogue"], json.dumps(cases[entry["dialogue"]]["facts"]))
    points = _CLAIMS.validate_python(entry["points"])
    return Drafted(claim, points, grounds, entry["dialogue"])


@cache
def _evidence() -> MemoryEvidence:
    corpus = builtin_corpus()
    return MemoryEvidence(list(corpus.passages.values()), corpus.sources, corpus.figures)


@cache
def _answering(passages: tuple[str, ...]) -> Grounds:
    evidence = _evidence()
    sources = {**evidence.sources(), **builtin_rulebook().sources}
    return Grounds(evidence.passages(passages), {}, {}, None, TODAY, sources)


@cache
def _advising(case: str, facts: str) -> Grounds:
    """The grounds of the memo for a case whose facts (as JSON) were all said in one message."""
    rulebook, kits = builtin_rulebook(), builtin_kits()
    record = Record(
        thread=case, turn=1, statements=tuple(_statements(json.loads(facts))), today=TODAY.isoformat()
    )
    record = retrieve(record, _evidence(), rulebook, kits)
    brief = memo_brief(record, _evidence(), rulebook)
    decision = brief.recommendation
    lines = {line.id: line for line in (*decision.lines(), *kit_of(record, rulebook, kits).calculation)}
    lines |= lines_of(for_memo(rulebook, decision, Case.from_facts(record.facts())))
    return Grounds(
        brief.passages, brief.facts, lines, decision, dt.date.fromisoformat(record.today), brief.sources
    )


def _statements(facts: Mapping[str, Mapping[str, Any]]) -> Iterable[Statement]:
    for key, fact in facts.items():
        if fact["value"] not in (None, "unknown"):
            value = canonical_value(key, fact["value"])  # pyright: ignore[reportArgumentType]
            yield Statement.model_validate(
                {"key": key, "value": value, "said": fact["answer"], "message_id": "m1"}
            )
