"""Write: the decision becomes a draft. The draft is not shown before it is verified."""

import datetime as dt
from collections.abc import Mapping

from advisor.domain.evidence import Passage
from advisor.policy.kits import Kits
from advisor.policy.rulebook import Rulebook
from advisor.ports.evidence import Evidence
from advisor.ports.language import Language, MemoBrief
from advisor.steps.decide import recommendation
from advisor.steps.disputes import disputed
from advisor.steps.kit import KitSections, kit_of
from advisor.steps.phrasebook import Phrasebook
from advisor.steps.record import Record
from advisor.steps.speaking import spoken, turn_of


async def write(
    record: Record,
    language: Language,
    local: Language,
    evidence: Evidence,
    rulebook: Rulebook,
    kits: Kits,
    phrases: Phrasebook,
) -> Record:
    """The record with a drafted memo. Its kit is data filled in, whoever writes the rest."""
    brief = memo_brief(record, evidence, rulebook)
    record, draft = await spoken(record, lambda by: by.write_memo(brief), language, local)
    kit = KitSections(phrases).sections(kit_of(record, rulebook, kits))
    return record.model_copy(update={"draft": draft.model_copy(update={"sections": (*draft.sections, *kit)})})


def memo_brief(record: Record, evidence: Evidence, rulebook: Rulebook) -> MemoBrief:
    """What a memo on this record may rest on."""
    return MemoBrief(
        today=dt.date.fromisoformat(record.today),
        recommendation=recommendation(record, rulebook),
        facts=record.facts(),
        passages=memo_passages(record, evidence, rulebook),
        sources={**evidence.sources(), **rulebook.sources},
        turn=turn_of(record),
        disputed=disputed(record),
    )


def memo_passages(record: Record, evidence: Evidence, rulebook: Rulebook) -> Mapping[str, Passage]:
    """The passages named by `retrieve`; a built-in one comes from the corpus, so it is never missing."""
    ours = {key: rulebook.passages[key] for key in record.passages if key in rulebook.passages}
    others = evidence.passages([key for key in record.passages if key not in ours])
    return {**others, **ours}
