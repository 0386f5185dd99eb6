"""Other wordings of claims: each says what its claims say, or they stay as they are."""

from collections.abc import Mapping, Sequence

from advisor.domain.memo import Claim, Draft, Objection, Section, Wording
from advisor.policy.grounding.folding import without_markers
from advisor.policy.grounding.grounds import Grounds
from advisor.policy.grounding.verify import Verifier


def examined(
    draft: Draft, offered: Sequence[Wording], grounds: Grounds, verifier: Verifier
) -> tuple[tuple[Wording, ...], tuple[Objection, ...]]:
    """The wordings that stand, and those that don't with the reasons.

    One falls that fails verification, points at nothing, or stands for a claim that another one stands for.
    """
    sections = {section.id: section for section in draft.sections}
    taken: set[tuple[str, int]] = set()
    standing: list[Wording] = []
    refused: list[Objection] = []
    for wording in offered:
        reasons = _misplaced(wording, sections, taken)
        if not reasons:
            points = [sections[wording.section].claims[at] for at in wording.points]
            faults = verifier.check_wording(wording.claim, points, grounds)
            reasons = [f"{fault.kind}: {fault.detail}" for fault in faults]
        if reasons:
            refused.append(Objection(wording=wording, reasons=tuple(dict.fromkeys(reasons))))
            continue
        taken |= {(wording.section, at) for at in wording.points}
        standing.append(wording)
    return tuple(standing), tuple(refused)


def worded(draft: Draft, standing: Sequence[Wording]) -> Draft:
    """The draft with its claims in the words that stand, and no wordings left.

    Wordings without points take the place of the whole draft: one section in other words.
    """
    whole = [wording for wording in standing if not wording.points]
    if whole:
        claims = tuple(_shown(wording.claim, ()) for wording in whole)
        section = Section(id=whole[0].section, heading="", claims=claims)
        return Draft(title=draft.title, sections=(section,))
    by_section: dict[str, dict[int, Wording]] = {}
    for wording in standing:
        by_section.setdefault(wording.section, {}).update(dict.fromkeys(wording.points, wording))
    sections = tuple(_reworded(section, by_section.get(section.id, {})) for section in draft.sections)
    return Draft(title=draft.title, sections=sections)


def _reworded(section: Section, wordings: Mapping[int, Wording]) -> Section:
    claims: list[Claim] = []
    for at, claim in enumerate(section.claims):
        wording = wordings.get(at)
        if wording is None:
            claims.append(claim)
        elif at == min(wording.points):
            plain = tuple(section.claims[place] for place in wording.points)
            claims.append(_shown(wording.claim, plain))
    return section.model_copy(update={"claims": tuple(claims)})


def _shown(claim: Claim, instead_of: tuple[Claim, ...]) -> Claim:
    text = without_markers(claim.text).strip()
    return Claim(text=text, evidence=claim.evidence, instead_of=instead_of)


def _misplaced(wording: Wording, sections: Mapping[str, Section], taken: set[tuple[str, int]]) -> list[str]:
    if not wording.points:
        return []
    section = sections.get(wording.section)
    if section is None or not all(0 <= at < len(section.claims) for at in wording.points):
        return ["points: stands for a point that does not exist"]
    taken_up = any((wording.section, at) in taken for at in wording.points)
    return ["points: another sentence stands for this point already"] if taken_up else []
