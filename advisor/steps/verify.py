"""Verify: what has no lineage is cut before the user sees it, whoever wrote it.

Other wordings are checked first: one revision is asked for those that fail, and where they fail again
the claims stay in the local writer's words.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from advisor.domain.case import Case
from advisor.domain.disagreement import lines_of
from advisor.domain.memo import Draft, Objection
from advisor.errors import CallsSpent, LanguageError
from advisor.policy.disagreements import for_memo
from advisor.policy.grounding import Grounds, Verifier
from advisor.policy.grounding.wordings import examined, worded
from advisor.policy.kits import Kits
from advisor.policy.rulebook import Rulebook
from advisor.ports.evidence import Evidence
from advisor.ports.language import AnswerBrief, Language, MemoBrief
from advisor.steps.decide import recommendation
from advisor.steps.kit import kit_of
from advisor.steps.record import Record
from advisor.steps.speaking import noticed
from advisor.steps.write import memo_brief, memo_passages


async def verify(
    record: Record,
    language: Language,
    evidence: Evidence,
    rulebook: Rulebook,
    kits: Kits,
    verifier: Verifier,
) -> Record:
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
    wording = await settled(
        record.draft, lambda: memo_brief(record, evidence, rulebook), grounds, verifier, language
    )
    verified = verifier.verify(wording.draft, grounds)
    cut = tuple(f"{fault.kind}: {fault.claim}" for fault in verified.faults)
    record = record.model_copy(update={"draft": verified.draft, "cut": (*wording.cut, *cut)})
    return record if wording.error is None else noticed(record, wording.error)


@dataclass(frozen=True)
class Settled:
    """A draft with the wordings that stand put in, what was refused in words, and what failed on the way."""

    draft: Draft
    cut: tuple[str, ...] = ()
    error: LanguageError | None = None


async def settled(
    draft: Draft,
    brief: Callable[[], MemoBrief | AnswerBrief],
    grounds: Grounds,
    verifier: Verifier,
    language: Language,
) -> Settled:
    """The draft with those of its wordings that stand, after one revision of those that don't."""
    if not draft.wordings:
        return Settled(draft)
    plain = draft.model_copy(update={"wordings": ()})
    standing, refused = examined(plain, draft.wordings, grounds, verifier)
    error: LanguageError | None = None
    cut = _told(refused)
    try:
        if refused:
            revised = await language.revise(brief(), refused)
            standing, refused = examined(plain, (*standing, *revised), grounds, verifier)
            cut += _told(refused)
        judged = await language.judge(brief(), [wording.claim for wording in standing])
        cut += tuple(f"judge: {w.claim.text}" for w, good in zip(standing, judged, strict=True) if not good)
        standing = tuple(w for w, good in zip(standing, judged, strict=True) if good)
    except CallsSpent:
        pass  # what stands so far was verified; the rest keeps the local words
    except LanguageError as failed:
        error = failed
    return Settled(worded(plain, standing), cut, error)


def _told(refused: Sequence[Objection]) -> tuple[str, ...]:
    return tuple(f"wording: {one.wording.claim.text} ({'; '.join(one.reasons)})" for one in refused)
