"""Draws the claims on which the verifier is measured, and freezes them with their grounds.

    python -m evals.grounding.freeze

Drawn are, by a hash of the claim and so without a seed, up to so many wrong claims of each kind and group,
and of the right ones. Added are claims that hang on one word of the lexicon each, made from patterns and
kept where leaving out the word turns the verdict. Takes some minutes. What is drawn anew changes the
baseline: run it when claims, kinds of change or the lexicon were extended on purpose, and read the change.
"""

import dataclasses
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from advisor.domain.memo import Claim
from advisor.policy.grounding import Grounds, Verifier, load_lexicon
from evals.grounding.cases import LEXICON, load_cases
from evals.grounding.checked import RIGHT, Checked, faults, write_checked
from evals.grounding.drafted import Drafted, drafted
from evals.grounding.lexicon_words import hanging_on_words
from evals.grounding.mutations import mutations

MOST = {"hand": 16, "answers": 9, "memos": 5}
"""Wrong claims of each kind, by group."""
MOST_RIGHT = {"hand": 150, "answers": 50, "memos": 30}


def main() -> None:
    cases, lexicon = load_cases(), load_lexicon(LEXICON.read_text("utf-8"))
    grounds: dict[str, Grounds] = {"hand": cases.grounds}
    found: list[Checked] = []
    claims = [case.claim for case in cases.cases if case.half == "dev"]
    found += [_checked("hand", RIGHT, "hand", claim) for claim in claims]
    for one in mutations(claims, cases.grounds.passages, lexicon):
        found.append(_checked("hand", one.kind, "hand", one.claim))
    for group, shared, drafts in _groups():
        grounds[shared] = _least(drafts)
        by_claim = {id(draft.claim): draft for draft in drafts}
        found += [_checked(group, RIGHT, shared, draft.claim, draft.points, worded=True) for draft in drafts]
        worded = [draft.claim for draft in drafts]
        for one in mutations(worded, grounds[shared].passages, lexicon):
            points = by_claim[id(one.origin)].points
            found.append(_checked(group, one.kind, shared, one.claim, points, worded=True))
    drawn = list(_drawn(found))
    for kind, passage, claim in hanging_on_words():
        drawn.append(_checked("words", kind, "", claim).model_copy(update={"passage": passage}))
    unique = {one.id: one for one in drawn}
    used = sorted({one.grounds for one in unique.values()} - {""})
    write_checked([*unique.values()], {name: grounds[name] for name in used})
    verifier = Verifier(lexicon)
    odd = [one for one in unique.values() if bool(faults(one, verifier, grounds)) == (one.kind == RIGHT)]
    print(f"{len(unique)} claims, {len(odd)} of them judged otherwise than they should be")


def _checked(
    group: str, kind: str, grounds: str, claim: Claim, points: Iterable[Claim] = (), worded: bool = False
) -> Checked:
    text = f"{grounds} {kind} {claim.model_dump_json()}"
    name = hashlib.sha256(text.encode()).hexdigest()[:10]
    return Checked(
        id=name, group=group, kind=kind, grounds=grounds, claim=claim, points=tuple(points), worded=worded
    )


def _drawn(found: Iterable[Checked]) -> Iterator[Checked]:
    """The first of each group and kind, in the order of their hashes."""
    by_kind: dict[tuple[str, str], dict[str, Checked]] = defaultdict(dict)
    for one in found:
        by_kind[one.group, one.kind][one.id] = one
    for (group, kind), claims in sorted(by_kind.items()):
        most = MOST_RIGHT[group] if kind == RIGHT else MOST[group]
        yield from [claims[name] for name in sorted(claims)][:most]


def _groups() -> Iterator[tuple[str, str, list[Drafted]]]:
    """Drafts by what they were written from: answers, and wordings of memos that rest on no decision.

    What the decision and its costs are is not the verifier's doing, and would tie the claims to the playbook.
    """
    by_material: dict[str, list[Drafted]] = defaultdict(list)
    for draft in drafted("dev"):
        evidence = [e for claim in (draft.claim, *draft.points) for e in claim.evidence]
        if all(one.kind in ("passage", "fact") for one in evidence):
            by_material[draft.shared].append(draft)
    for shared, drafts in by_material.items():
        yield ("memos" if drafts[0].points else "answers"), shared, drafts


def _least(drafts: list[Drafted]) -> Grounds:
    """The grounds of some drafts without decision and calculation; of a memo's the passages they cite."""
    given = drafts[0].grounds
    cited = {
        one.passage
        for draft in drafts
        for claim in (draft.claim, *draft.points)
        for one in claim.evidence
        if one.kind == "passage"
    }
    passages: Mapping[str, object] = given.passages
    if drafts[0].points:
        passages = {key: passage for key, passage in given.passages.items() if key in cited}
    used = {given.passages[key].source_id for key in passages if key in given.passages}
    return dataclasses.replace(
        given,
        passages=passages,  # pyright: ignore[reportArgumentType]
        lines={},
        recommendation=None,
        sources={key: source for key, source in given.sources.items() if key in used},
    )


if __name__ == "__main__":
    main()
