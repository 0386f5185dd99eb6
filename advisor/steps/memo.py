"""Memo: the verified draft gets its numbers, its sources and its certificate, and becomes the reply."""

import datetime as dt

from advisor.domain.decision import Recommendation
from advisor.domain.facts import Fact, canonical_value
from advisor.domain.memo import Draft, Memo
from advisor.domain.vocabulary import FactKey
from advisor.policy.certificate import issue
from advisor.policy.kits import Kits
from advisor.policy.rulebook import Rulebook
from advisor.ports.evidence import Evidence
from advisor.steps.citing import Numbering, section_markdown
from advisor.steps.compose import compose
from advisor.steps.decide import recommendation
from advisor.steps.kit import CHAT, is_exported_only, kit_of
from advisor.steps.phrasebook import Phrasebook
from advisor.steps.record import Piece, Record
from advisor.steps.section_order import in_order
from advisor.steps.write import memo_passages


def memo(
    record: Record,
    evidence: Evidence,
    rulebook: Rulebook,
    kits: Kits,
    corpus_hash: str,
    phrases: Phrasebook,
) -> tuple[Record, Memo]:
    """The record with the reply said, and the memo to keep beside it."""
    if record.draft is None:
        raise ValueError("nothing was drafted")
    decision = recommendation(record, rulebook)
    passages = memo_passages(record, evidence, rulebook)
    sources = {**evidence.sources(), **rulebook.sources}
    alone = Numbering(passages, sources)
    kit = kit_of(record, rulebook, kits)
    exported = _exported(record.draft)
    certificate = issue(
        rulebook,
        corpus_hash,
        record.facts(),
        record.closed(),
        decision,
        record.draft,
        passages,
        kit.calculation,
    )
    made = Memo(
        title=record.draft.title,
        date=record.today,
        recommendation=decision,
        sections=exported.sections,
        text=_markdown(exported, alone, decision, record.today),
        citations=alone.citations(),
        certificate=certificate,
    )
    # In the reply the numbers go on after those of an answer given before the memo.
    earlier = [citation for piece in record.pieces for citation in piece.citations]
    within = Numbering(passages, sources, earlier)
    told = tuple(section for section in record.draft.sections if not is_exported_only(section))
    text = _markdown(record.draft.model_copy(update={"sections": told}), within, decision, record.today)
    opening = phrases.say(_why_now(record, decision))
    record = record.with_piece(Piece(text=opening), Piece(text=text, citations=within.citations()))
    record = record.model_copy(update={"memo_on": record.fingerprint()})
    return compose(record, "recommendation", memo=made, assumed=_assumed(decision)), made


def _why_now(record: Record, decision: Recommendation) -> str:
    """The phrase that says why the memo comes now: asked for, settled, or enough was asked."""
    if record.answer_now:
        return "as_asked"
    return "settled_now" if decision.next_question is None else "enough_asked"


def _assumed(decision: Recommendation) -> dict[FactKey, Fact]:
    """The facts that the memo takes for granted."""
    facts: dict[FactKey, Fact] = {}
    for assumption in decision.assumptions:
        if assumption.value is not None:
            held = canonical_value(assumption.fact, assumption.value)
            facts[assumption.fact] = Fact(value=held, said=None, message_id=None, status="assumed")
    return facts


def _exported(draft: Draft) -> Draft:
    """The draft for the exported memo, in its order: the kit's parts, and not the section that names them."""
    kept = in_order(section for section in draft.sections if section.id != CHAT)
    return draft.model_copy(update={"sections": kept})


def _markdown(draft: Draft, numbering: Numbering, decision: Recommendation, today: str) -> str:
    date = dt.date.fromisoformat(today)
    head = f"{date.day} {date:%B %Y} · playbook {decision.playbook_hash[:8]} · replay with `advisor replay`"
    parts = [f"# {draft.title}", head]
    for section in draft.sections:
        parts += [f"## {section.heading}", section_markdown(section, numbering)]
    parts.append("## Sources")
    parts.append("\n".join(f"- [{c.number}] {c.line(with_interest=False)}" for c in numbering.all()))
    return "\n\n".join(parts) + "\n"
