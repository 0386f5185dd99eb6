"""Does a claim affirm what its evidence denies, or deny what it affirms?

Compares, for each word, name and figure that a claim shares with its evidence, whether a negation covers
it here and there. It does not know that two differently worded sentences contradict each other.
"""

import re
from collections.abc import Iterable, Sequence

from advisor.policy.grounding.folding import sentences
from advisor.policy.grounding.lexicon import Lexicon
from advisor.policy.grounding.negation import EITHER, Cue, Signs, figure_anchors, text_signs
from advisor.policy.grounding.numerals import Quantity
from advisor.policy.grounding.topic import stems

_AFFIRMED = frozenset({1})
_LEAST_PART = 0.5  # of what a negation covers must stand in the evidence, for a contradiction
_YES_OR_NO = re.compile(r"([^|.]*)\?\s*\|\s*If yes:([^|]*)\|\s*If no:(.*)$", re.IGNORECASE)


def polarity_faults(
    claim: str,
    evidence: Sequence[str],
    lexicon: Lexicon,
    figures: Iterable[Quantity] = (),
    names: bool = True,
) -> tuple[str, ...]:
    """Where a folded claim says the opposite of the folded texts it cites, in words.

    `figures` are held by the evidence without standing in its texts: a fact's value, a line's result.
    `names` is False where the names are compared otherwise.
    """
    held = _merged(text_signs(_answered(claim, text, lexicon), lexicon) for text in evidence)
    for figure in figures:
        for anchor in figure_anchors(figure):
            held.of.setdefault(anchor, _AFFIRMED)
    found: list[str] = []
    for sentence in sentences(claim):
        ours = text_signs(sentence, lexicon)
        near = held if lexicon.recommending.search(sentence) else _loosened(held, ours)
        denied = [cue for cue in ours.cues if _against(cue, ours, near.of)]
        dropped = [cue for cue in held.cues if _dropped(cue, near, ours)]
        if (len(denied) + len(dropped)) % 2 == 1 or (denied and not dropped and not ours.turns):
            found.extend(f"“{cue.word}” denies what the evidence says" for cue in denied)
            found.extend(f"the evidence says “{cue.word}”, the claim does not" for cue in dropped)
        # "Unless you own it, do not hire" turns "hire if you own it" round twice, and says the same.
        turned = ours.turns and len(denied) + len(dropped) == 2
        if names and not turned:
            found.extend(_named(ours, near))
    return tuple(dict.fromkeys(found))


def _loosened(held: Signs, ours: Signs) -> Signs:
    """The evidence without the negations whose own verb the claim doesn't use.

    "A and B must not be compared" says nothing against "A and B are different products".
    """
    of = dict(held.of)
    for cue in held.cues:
        if cue.head not in ours.of:
            for anchor in cue.anchors:
                of[anchor] = of[anchor] | {EITHER}
    return Signs(of, held.cues, held.turns)


def _named(ours: Signs, held: Signs) -> Iterable[str]:
    for anchor, signs in ours.of.items():
        if not anchor.startswith("@") or EITHER in signs:
            continue
        there = held.of.get(anchor)
        if there is not None and EITHER not in there and not signs & there:
            yield f"speaks for or against {anchor[1:]}, where the evidence says the opposite"


def _answered(claim: str, text: str, lexicon: Lexicon) -> str:
    """A row of question, "If yes" and "If no" as a statement, by the answer that the claim speaks of."""
    row = _YES_OR_NO.search(text)
    if row is None:
        return text
    ours = stems(claim, lexicon)
    yes, no = stems(row[2], lexicon), stems(row[3], lexicon)
    if len(ours & (yes - no)) > len(ours & (no - yes)):
        return f"{row[1]}. {row[2]}"
    if len(ours & (no - yes)) > len(ours & (yes - no)):
        return f"Not {row[1].partition(':')[2].replace(',', ' ')}. {row[3]}"
    return text


def _against(cue: Cue, ours: Signs, held: dict[str, frozenset[int]]) -> bool:
    """Whether what the cue covers stands in the evidence without a negation.

    What two negations cover ("not the lack of") is affirmed, and so not counted.
    """
    shared = [anchor for anchor in cue.anchors if anchor in held and -1 in ours.of[anchor]]
    opposed = [anchor for anchor in shared if -1 not in held[anchor] and EITHER not in held[anchor]]
    return 2 * len(opposed) > len(shared) and _LEAST_PART * len(cue.anchors) <= len(opposed)


def _dropped(cue: Cue, held: Signs, ours: Signs) -> bool:
    """Whether the claim repeats what the cue covers in the evidence, without a negation."""
    shared = [anchor for anchor in cue.anchors if anchor in ours.of]
    plain = [
        anchor for anchor in shared if ours.of[anchor] == _AFFIRMED and not held.of[anchor] & {1, EITHER}
    ]
    return 2 * len(plain) > len(shared) and _LEAST_PART * len(cue.anchors) <= len(plain)


def _merged(all_signs: Iterable[Signs]) -> Signs:
    of: dict[str, frozenset[int]] = {}
    cues: list[Cue] = []
    for signs in all_signs:
        cues.extend(signs.cues)
        for anchor, found in signs.of.items():
            of[anchor] = of.get(anchor, frozenset()) | found
    return Signs(of, tuple(cues), False)


def adverse_faults(claim: str, quotes: Sequence[str], lexicon: Lexicon) -> tuple[str, ...]:
    """Where a folded claim cites something as a mistake or a weakness, but doesn't call it one.

    It does by a word ("the usual mistake is …") or by a negation ("do not expect …"), not by both.
    """
    held = _merged(text_signs(quote, lexicon) for quote in quotes)
    for sentence in sentences(claim):
        signs = text_signs(sentence, lexicon)
        cues = [cue for cue in signs.cues if lexicon.clausal.fullmatch(cue.word)]
        called = list(lexicon.adverse.finditer(sentence))
        if not called and not cues:
            return ("the evidence calls this a mistake or a weakness, the claim does not",)
        covered = any(
            cue.scope[0] <= one.start() < cue.scope[1] and cue.start < one.start()
            for one in called
            for cue in cues
        )
        if covered or (called and any(_against(cue, signs, held.of) for cue in cues)):
            return ("the evidence calls this a mistake or a weakness, the claim denies it",)
    return ()
