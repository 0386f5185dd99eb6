"""Other wordings of claims: each stands on its own evidence or its claims stay as they are."""

from collections.abc import Mapping, Sequence

from advisor.domain.memo import Claim, Draft, Objection, Section, Wording
from advisor.policy.grounding.folding import fold, without_markers
from advisor.policy.grounding.grounds import Grounds
from advisor.policy.grounding.numerals import read_quantities
from advisor.policy.grounding.verify import Verifier


def examined(
    draft: Draft, offered: Sequence[Wording], grounds: Grounds, verifier: Verifier
) -> tuple[tuple[Wording, ...], tuple[Objection, ...]]:
    """The wordings that stand, and those that don't with the reasons.

    One falls that fails verification, points at nothing, stands for a claim that another one stands for,
    or leaves out a figure that its claims tell.
    """
    sections = {section.id: section for section in draft.sections}
    taken: set[tuple[str, int]] = set()
    standing: list[Wording] = []
    refused: list[Objection] = []
    for wording in offered:
        reasons = [f"{fault.kind}: {fault.detail}" for fault in verifier.check(wording.claim, grounds)]
        reasons += _misplaced(wording, sections, taken)
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
        claims = tuple(_plain(wording.claim) for wording in whole)
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
            claims.append(_plain(wording.claim))
    return section.model_copy(update={"claims": tuple(claims)})


def _plain(claim: Claim) -> Claim:
    return claim.model_copy(update={"text": without_markers(claim.text).strip()})


def _misplaced(wording: Wording, sections: Mapping[str, Section], taken: set[tuple[str, int]]) -> list[str]:
    if not wording.points:
        return []
    section = sections.get(wording.section)
    if section is None or not all(0 <= at < len(section.claims) for at in wording.points):
        return ["points: stands for a point that does not exist"]
    if any((wording.section, at) in taken for at in wording.points):
        return ["points: another sentence stands for this point already"]
    wanted = {figure for at in wording.points for figure in _figures(section.claims[at].text)}
    left_out = sorted(wanted - _figures(wording.claim.text))
    return [f"numeral: leaves out {', '.join(left_out)}"] if left_out else []


def _figures(text: str) -> frozenset[str]:
    """The figures of a text, each in one form however it is written."""
    found = read_quantities(fold(without_markers(text)))
    return frozenset(
        f"{one.low:g} to {one.high:g} {one.unit}".strip() for one in found if one.kind != "label"
    )
