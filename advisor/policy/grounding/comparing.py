"""Words that take a side (under and over, before and after, ready and messy) need it from the evidence."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from advisor.policy.grounding.folding import words
from advisor.policy.grounding.lexicon import Lexicon, Opposite
from advisor.policy.grounding.negation import Cue, text_signs
from advisor.policy.grounding.numberwords import in_digits

_BOUNDS_FIGURE = re.compile(
    r"[\w-]+(?:\s+(?:than|least|most|of|to))*(?:\s+(?:the|about|around|usual|a))*\s+[$£€₹]?\d"
)
_NEAR = 4  # content words on each side by which two uses of a word are told apart


def comparison_faults(
    claim: str, windows: Sequence[str], around: Sequence[str], lexicon: Lexicon
) -> tuple[str, ...]:
    """The words of a folded claim that take the other side than the folded texts it cites.

    `windows` are the sentences quoted, `around` the passages they stand in: a side may be taken from
    there when the sentences themselves take none.
    """
    found: list[str] = []
    for opposite in lexicon.opposites:
        ours = _sides(claim, opposite, lexicon, claimed=True)
        if not any(ours):
            continue
        near = _all_sides(windows, opposite, lexicon)
        far = _all_sides(around, opposite, lexicon)
        for side in (0, 1):
            for word, context in ours[side]:
                if verdict := _verdict(side, context, near, far, opposite.strict):
                    found.append(f"“{word}” {verdict}")
    return tuple(dict.fromkeys(found))


Use = tuple[str, frozenset[str]]
Sides = tuple[tuple[Use, ...], tuple[Use, ...]]


def _verdict(side: int, context: frozenset[str], near: Sides, far: Sides, strict: bool) -> str:
    same, other = near[side], near[1 - side]
    if same and other:
        ours = max(len(context & there) for _, there in same)
        theirs = max(len(context & there) for _, there in other)
        return "stands with the other side in the evidence" if theirs > ours else ""
    if same:
        return ""
    if other:
        return "says the opposite of the evidence"
    if far[side]:
        return ""
    if far[1 - side]:
        return "says the opposite of the evidence" if strict else ""
    return "compares, and nothing cited does" if strict else ""


def _all_sides(texts: Iterable[str], opposite: Opposite, lexicon: Lexicon) -> Sides:
    found: tuple[list[Use], list[Use]] = ([], [])
    for text in texts:
        sides = _sides(text, opposite, lexicon)
        found[0].extend(sides[0])
        found[1].extend(sides[1])
    return tuple(found[0]), tuple(found[1])


@lru_cache(maxsize=65536)
def _sides(folded: str, opposite: Opposite, lexicon: Lexicon, claimed: bool = False) -> Sides:
    """The uses of each side's words with the stems around them; a negation turns the side round.

    In a claim (`claimed`) a word behind "without", "rather than" and the like is left out.
    """
    found: tuple[list[Use], list[Use]] = ([], [])
    spans = [(match, side) for side in (0, 1) for match in opposite.sides[side].finditer(folded)]
    if not spans:
        return (), ()
    neutral = list(lexicon.neutral.finditer(folded))
    cues = text_signs(folded, lexicon).cues
    for match, side in spans:
        if any(_covers(other, match) for other in (*neutral, *(other for other, _ in spans))):
            continue  # "less" inside "no less than"
        if opposite.id not in ("order", "rank") and _BOUNDS_FIGURE.match(in_digits(folded[match.start() :])):
            continue  # bounds of figures are compared with the figures
        covering = [cue for cue in cues if cue.end <= match.start() < cue.scope[1]]
        if claimed and any(lexicon.clausal.fullmatch(cue.word) is None for cue in covering):
            continue  # "without outside help" is not "with inside help"
        turning = [cue for cue in covering if _turns(cue, match.start(), folded, lexicon)]
        use = (match.group(), _context(folded, match.start(), lexicon))
        found[side if len(turning) % 2 == 0 else 1 - side].append(use)
    return tuple(found[0]), tuple(found[1])


def _turns(cue: Cue, place: int, folded: str, lexicon: Lexicon) -> bool:
    """Whether a negation turns the word at `place` round: "not very clean" is messy.

    "Not the main cost of a wrong hire" leaves the wrong hire wrong: other words stand between.
    """
    if lexicon.clausal.fullmatch(cue.word) is None:
        return False
    return not any(lexicon.content(word) for word, _, _ in words(folded[cue.end : place]))


def _covers(longer: re.Match[str], match: re.Match[str]) -> bool:
    return (
        longer is not match
        and longer.start() <= match.start()
        and match.end() <= longer.end()
        and longer.span() != match.span()
    )


def _context(folded: str, place: int, lexicon: Lexicon) -> frozenset[str]:
    """The stems next to a place, in the same cell."""
    begin, end = folded.rfind("|", 0, place) + 1, folded.find("|", place)
    end = len(folded) if end < 0 else end
    before: list[str] = []
    after: list[str] = []
    for word, start, stop in words(folded):
        if begin <= start < end and (anchor := lexicon.content(word)) is not None:
            if stop <= place:
                before.append(anchor)
            elif start > place:
                after.append(anchor)
    return frozenset((*before[-_NEAR:], *after[:_NEAR]))
