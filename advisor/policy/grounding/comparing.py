"""Words that take a side (under and over, before and after, ready and messy) need it from the evidence."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from advisor.policy.grounding.folding import words
from advisor.policy.grounding.lexicon import Lexicon, Opposite
from advisor.policy.grounding.negation import Cue, text_signs
from advisor.policy.grounding.numberwords import in_digits

_BOUNDS_FIGURE = re.compile(
    r"[\w-]+(?:\s+(?:than|least|most|of|to))*(?:\s+(?:the|about|around|usual|a))*\s+[$£€₹]?\d"
)
_AT_END = re.compile(r"at\s+(?:least|most)", re.IGNORECASE)
_CELL = re.compile(r"\|")
_EDGES = re.compile(r"\||[.;](?=\s)")
_REACH = 40  # characters before a word in which a negation of it is looked for
_NEAR = 4  # content words on each side by which two uses of a word are told apart


@dataclass(frozen=True)
class Use:
    """A word that takes a side, where, and the stems around it."""

    word: str
    start: int
    context: frozenset[str]
    turned: bool  # by a negation right before it


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
            for use in ours[side]:
                if verdict := _verdict(side, use.context, near, far, opposite.strict):
                    found.append(f"“{use.word}” {verdict}")
    return tuple(dict.fromkeys(found))


def layered_faults(
    claim: str,
    layers: Sequence[Sequence[str]],
    settled: Collection[tuple[int, int]],
    lexicon: Lexicon,
) -> Iterable[str]:
    """As `comparison_faults`, but the first of `layers` in which a side is taken decides.

    `settled` are places of the claim whose order is compared otherwise.
    """
    for opposite in lexicon.opposites:
        ours = _sides(claim, opposite, lexicon, raw=True)
        known = [_all_sides(layer, opposite, lexicon, raw=True) for layer in layers] if any(ours) else []
        near = next((sides for sides in known if any(sides)), ((), ()))
        for side in (0, 1):
            for use in ours[side]:
                if any(start <= use.start < end for start, end in settled):
                    continue
                if opposite.id == "order" and lexicon.conditions.fullmatch(use.word):
                    continue  # "once it is clear" orders less than it sets a condition
                if opposite.id == "bound" and not _same_object(use, near[1 - side]):
                    continue  # without a figure "within" and "over" say where, not how much
                verdict = _verdict(side, use.context, near, ((), ()), False)
                other = near[1 - side]
                if verdict and not (use.turned and not near[side] and not any(one.turned for one in other)):
                    yield f"“{use.word}” {verdict}"


def _same_object(use: Use, others: Sequence[Use]) -> bool:
    beside = {anchor for anchor in use.context if anchor.startswith("<")}
    return any(beside & other.context for other in others)


Sides = tuple[tuple[Use, ...], tuple[Use, ...]]


def _verdict(side: int, context: frozenset[str], near: Sides, far: Sides, strict: bool) -> str:
    same, other = near[side], near[1 - side]
    if same and other:
        ours = max(len(context & there.context) for there in same)
        theirs = max(len(context & there.context) for there in other)
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


def _all_sides(texts: Iterable[str], opposite: Opposite, lexicon: Lexicon, raw: bool = False) -> Sides:
    found: tuple[list[Use], list[Use]] = ([], [])
    for text in texts:
        sides = _sides(text, opposite, lexicon, raw=raw)
        found[0].extend(sides[0])
        found[1].extend(sides[1])
    return tuple(found[0]), tuple(found[1])


@lru_cache(maxsize=65536)
def _sides(
    folded: str, opposite: Opposite, lexicon: Lexicon, claimed: bool = False, raw: bool = False
) -> Sides:
    """The uses of each side's words with the stems around them; a negation turns the side round.

    In a claim (`claimed`) a word behind "without", "rather than" and the like is left out. `raw`: each
    word counts for its own side, negated or not.
    """
    found: tuple[list[Use], list[Use]] = ([], [])
    spans = [(match, side) for side in (0, 1) for match in opposite.sides[side].finditer(folded)]
    if not spans:
        return (), ()
    neutral = [
        match
        for match in lexicon.neutral.finditer(folded)
        if not (raw and _AT_END.fullmatch(match.group()))  # "at least" beside a figure is left out below
    ]
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
        denied = _negated_at(folded, match.start(), lexicon) or len(covering) % 2 == 1
        turned = denied if raw else len(turning) % 2 == 1
        use = Use(match.group(), match.start(), _context(folded, match.start(), lexicon, raw), turned)
        found[1 - side if turned and not raw else side].append(use)
    return tuple(found[0]), tuple(found[1])


def _turns(cue: Cue, place: int, folded: str, lexicon: Lexicon) -> bool:
    """Whether a negation turns the word at `place` round: "not very clean" is messy.

    "Not the main cost of a wrong hire" leaves the wrong hire wrong: other words stand between.
    """
    if lexicon.clausal.fullmatch(cue.word) is None:
        return False
    return not any(lexicon.content(word) for word, _, _ in words(folded[cue.end : place]))


def _negated_at(folded: str, place: int, lexicon: Lexicon) -> bool:
    """Whether a negation stands before a place with no word of content between."""
    cues = list(lexicon.forward.finditer(folded, max(0, place - _REACH), place))
    return bool(cues) and not any(
        lexicon.content(word) for word, _, _ in words(folded[cues[-1].end() : place])
    )


def _covers(longer: re.Match[str], match: re.Match[str]) -> bool:
    return (
        longer is not match
        and longer.start() <= match.start()
        and match.end() <= longer.end()
        and longer.span() != match.span()
    )


def _context(folded: str, place: int, lexicon: Lexicon, raw: bool) -> frozenset[str]:
    """The stems next to a place, in the same cell; `raw`: in the same sentence, the nearest twice."""
    edges = [edge.start() for edge in (_EDGES if raw else _CELL).finditer(folded)]
    begin = max((edge + 1 for edge in edges if edge < place), default=0)
    end = min((edge for edge in edges if edge > place), default=len(folded))
    before: list[str] = []
    after: list[str] = []
    for word, start, stop in words(folded):
        if begin <= start < end and (anchor := lexicon.content(word)) is not None:
            if stop <= place:
                before.append(anchor)
            elif start > place:
                after.append(anchor)
    beside = [f"<{anchor}" for anchor in (*before[-1:], *after[:1])] if raw else []
    return frozenset((*before[-_NEAR:], *after[:_NEAR], *beside))
