"""Verify: what has no lineage is cut before the user sees it, whoever wrote it."""

import datetime as dt

from advisor.domain.case import Case
from advisor.domain.disagreement import lines_of
from advisor.policy.disagreements import for_memo
from advisor.policy.grounding import Grounds, Verifier
from advisor.policy.kits import Kits
from advisor.policy.rulebook import Rulebook
from advisor.ports.evidence import Evidence
from advisor.steps.decide import recommendation
from advisor.steps.kit import kit_of
from advisor.steps.record import Record
from advisor.steps.write import memo_passages


def verify(record: Record, evidence: Evidence, rulebook: Rulebook, kits: Kits, verifier: Verifier) -> Record:
    """The record with its draft cut to what is grounded, and what was cut, in words."""
    if record.draft is None:
        raise ValueError("nothing was drafted")
    decision = recommendation(record, rulebook)
    grounds = Grounds(
        passages=memo_passages(record, evidence, rulebook),
        facts=record.facts(),
        lines={line.id: line for line in (*decision.lines(), *kit_of(record, rulebook, kits).calculation)}
        | lines_of(for_memo(rulebook, decision, Case.from_facts(record.facts()))),
        recommendation=decision,
        today=dt.date.fromisoformat(record.today),
        sources={**evidence.sources(), **rulebook.sources},
    )
    verified = verifier.verify(record.draft, grounds)
    cut = tuple(f"{fault.kind}: {fault.claim}" for fault in verified.faults)
    return record.model_copy(update={"draft": verified.draft, "cut": cut})
