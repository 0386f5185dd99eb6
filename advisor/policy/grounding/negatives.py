"""Every negation of a claim must be one of its evidence, and every one of its points must be in the claim.

Negations are paired one by one, by the words they stand near. A word such as "missing" or "hold off" may
stand for one, and so may the opposite of the word that is negated; neither has to be repeated.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from advisor.policy.grounding.folding import words
from advisor.policy.grounding.lexicon import Lexicon
from advisor.policy.grounding.naming import mentions
from advisor.policy.grounding.numberwords import in_digits
from advisor.policy.grounding.topic import stems

_NEAR = 5  # content words on each side by which two negations are taken for the same
_CLOSE = 2  # content words behind a negation among which its head is looked for
_FEWEST = 2  # words near a negation and near what may stand for one, for the two to be the same
_BEHIND = 4  # words behind a negation of which one may be turned round
_PREFIXED = re.compile(r"\b(?:non-(?=\w)|(?:un|in|im|ir|dis|non)(?=\w{4}))(\w+)\b", re.IGNORECASE)
_ANSWER = re.compile(r"No,")
_STOP = re.compile(r"[.;:!?|]")
_SAME = 0.5  # of what stands near a negation of a quote, for it to be one of the points too


@dataclass(frozen=True)
class Negative:
    """A negation: `hard` ones say so themselves, the others may be read as one."""

    word: str
    hard: bool
    near: frozenset[str]
    heads: tuple[str, ...]
    behind: tuple[str, ...]  # the words that follow
    deferred: bool  # "not … until": says what "only then" says


@lru_cache(maxsize=8192)
def negatives(folded: str, lexicon: Lexicon) -> tuple[Negative, ...]:
    """The negations of a folded text in order."""
    text = in_digits(folded)
    found: list[tuple[int, int, bool]] = []
    skipped = [match.span() for match in lexicon.harmless.finditer(text)]
    for match in lexicon.forward.finditer(text):
        inside = [text[start:end].lower() for start, end in skipped if start <= match.start() < end]
        if inside and not inside[0].startswith("not "):
            continue
        if match.group().lower() == "nor" and found:
            continue
        if _ANSWER.match(text, match.start()):
            continue
        softer = match.group().lower() in lexicon.softer or _names_nobody(text, match.start(), lexicon)
        found.append((match.start(), match.end(), not softer))
    taken = [(start, end) for start, end, _ in found]
    for match in lexicon.soft.finditer(text):
        if not any(start < match.end() and match.start() < end for start, end in taken):
            found.append((match.start(), match.end(), False))
    placed = _placed(text, lexicon)
    return tuple(
        _negative(text, place, placed, lexicon) for place in _uncancelled(sorted(found), text, lexicon)
    )


def _uncancelled(
    found: Sequence[tuple[int, int, bool]], text: str, lexicon: Lexicon
) -> Iterable[tuple[int, int, bool]]:
    """Without the pairs that undo each other: "not silent", "do not keep it closed"."""
    undone: set[int] = set()
    for index, (_, end, hard) in enumerate(found[:-1]):
        start, stop, other = found[index + 1]
        between = text[end:start]
        if index in undone or not hard or other or len(between.split()) > _BEHIND or _STOP.search(between):
            continue
        if "," not in between and lexicon.undoing.fullmatch(text[start:stop]):
            undone |= {index, index + 1}
    return (one for index, one in enumerate(found) if index not in undone)


def _names_nobody(text: str, place: int, lexicon: Lexicon) -> bool:
    """Whether a negation is part of the name of a move: "no hire yet"."""
    return any(one.name == "none_yet" and one.start <= place < one.end for one in mentions(text, lexicon))


def _placed(text: str, lexicon: Lexicon) -> list[tuple[str, int]]:
    found = [
        (anchor, start) for word, start, _ in words(text) if (anchor := lexicon.content(word)) is not None
    ]
    found.extend((f"@{mention.name}", mention.start) for mention in mentions(text, lexicon))
    return sorted(found, key=lambda one: one[1])


def _negative(
    text: str, place: tuple[int, int, bool], placed: Sequence[tuple[str, int]], lexicon: Lexicon
) -> Negative:
    start, end, hard = place
    stop = next((match.start() for match in _STOP.finditer(text, end)), len(text))
    begin = max((match.end() for match in _STOP.finditer(text, 0, start)), default=0)
    before = [anchor for anchor, at in placed if begin <= at < start]
    after = [anchor for anchor, at in placed if end <= at < stop]
    near = frozenset((*before[-_NEAR:], *after[:_NEAR]))
    behind = tuple(word for word, _, _ in words(text[end:stop]))[:_BEHIND]
    deferred = any(not start <= one.start() < end for one in lexicon.until.finditer(text, begin, stop))
    plain = [anchor for anchor in after if not anchor.startswith("@")]
    return Negative(
        text[start:end].lower(), hard, near, tuple(plain[:_CLOSE]) or tuple(before[-1:]), behind, deferred
    )


def unaccounted(
    claim: str,
    points: Sequence[str],
    quotes: Sequence[str],
    further: Sequence[str],
    lexicon: Lexicon,
    deferred: tuple[int, int] = (0, 0),
) -> tuple[str, ...]:
    """The negations of a folded claim that its evidence lacks, and those of its points that it lacks.

    `points` are the folded texts that the claim says in other words, `quotes` and `further` what else it
    may draw on. Without points it needs those negations of the rest whose words it repeats. `deferred`
    negations of the claim, and of the evidence, are known to say that one thing comes after another.
    """
    everything = frozenset(stem for text in (*points, *quotes, *further) for stem in stems(text, lexicon))
    ours = (*negatives(claim, lexicon), *_prefixed(claim, everything, lexicon))
    said_in_claim = stems(claim, lexicon)
    required = [
        one
        for text in points
        for one in (*negatives(text, lexicon), *_prefixed(text, said_in_claim, lexicon))
    ]
    quoted = _distinct([one for text in quotes for one in negatives(text, lexicon)], required)
    beside = [one for text in further for one in negatives(text, lexicon)]
    theirs = (*required, *quoted, *_distinct(beside, (*required, *quoted)))
    loosely = len(required) if points else len(quoted)
    pairs = sorted(
        (-_alike(mine, other), not mine.hard, not other.hard, index, place)
        for index, mine in enumerate(ours)
        for place, other in enumerate(theirs)
        if _may_pair(mine, other, place < loosely, lexicon)
        and (place < loosely or not points)
        and not (other.word == "only" and deferred[0])
    )
    met: set[int] = set()
    used: set[int] = set()
    for *_, index, place in pairs:
        if index not in met and place not in used:
            met.add(index)
            used.add(place)
            if theirs[place].word == "only":  # "without an owner, no hire" is "only with an owner"
                met |= {n for n, mine in enumerate(ours) if lexicon.until.fullmatch(mine.word)}
    said = ". ".join((*points, *quotes, *further))
    left = [
        mine
        for index, mine in enumerate(ours)
        if index not in met and mine.hard and not _opposite(mine, said, lexicon)
    ]
    lacking = [
        (place, one)
        for place, one in enumerate(theirs)
        if place not in used and one.hard and not _opposite(one, claim, lexicon)
    ]
    needed = [one for place, one in lacking if place < len(required)]
    # In other words the two may share nothing: a negation left over here is taken for one left over there.
    left = _less(left, deferred[0])
    needed = _less(needed, deferred[1])
    paired = min(len(left), len(needed))
    left, needed = left[paired:], needed[paired:]
    spare = sum(not mine.hard and mine.word != "only" for n, mine in enumerate(ours) if n not in met)
    needed = needed[spare:]
    if not points:
        needed += _less([one for _, one in lacking if _repeated(one, said_in_claim)], deferred[1])
    found = [f"“{one.word}” denies what the evidence says" for one in left]
    found.extend(f"the evidence says “{one.word}”, the claim does not" for one in needed)
    return tuple(dict.fromkeys(found))


def _less(found: Sequence[Negative], deferred: int) -> list[Negative]:
    """Without as many of those that put one thing after another as are known to be right."""
    kept: list[Negative] = []
    for one in found:
        if one.deferred and deferred > 0:
            deferred -= 1
        else:
            kept.append(one)
    return kept


def _prefixed(folded: str, others: frozenset[str], lexicon: Lexicon) -> Iterable[Negative]:
    """The words that are negated in themselves where the other side has them plain: "unclean" for "clean"."""
    for match in _PREFIXED.finditer(folded):
        plain = lexicon.content(match[1].lower())
        if plain is not None and plain in others and lexicon.soft.fullmatch(match.group()) is None:
            placed = _placed(folded, lexicon)
            yield _negative(folded, (match.start(), match.start(1), False), placed, lexicon)


def _may_pair(mine: Negative, other: Negative, loosely: bool, lexicon: Lexicon) -> bool:
    """Whether two negations may be the same: by any word near them, or else by what they negate."""
    if (other.word == "only" and not mine.deferred) or (mine.word == "only" and not other.deferred):
        return False
    heads = bool(mine.heads) and mine.heads[:1] == other.heads[:1]
    if not loosely or lexicon.beside.fullmatch(other.word) or lexicon.beside.fullmatch(mine.word):
        return heads
    if mine.hard and other.hard:
        return bool(mine.near & other.near)
    linked = set(mine.heads) & other.near and set(other.heads) & mine.near
    return heads or (bool(linked) and len(mine.near & other.near) >= _FEWEST)


def _repeated(one: Negative, ours: frozenset[str]) -> bool:
    near = frozenset(anchor for anchor in one.near if not anchor.startswith("@"))
    return bool(set(one.heads) & ours) and len(near & ours) >= _SAME * len(near)


def _alike(mine: Negative, other: Negative) -> int:
    heads = 10 * (mine.heads[:1] == other.heads[:1]) + 3 * bool(set(mine.heads) & set(other.heads))
    return 2 * len(mine.near & other.near) + heads + (mine.word == other.word)


def _distinct(optional: Sequence[Negative], required: Sequence[Negative]) -> list[Negative]:
    """Those negations of quotes that the points don't already tell, each once."""
    kept: list[Negative] = []
    room = list(required)
    for one in optional:
        twin = next((other for other in room if _twins(one, other)), None)
        if twin is not None:
            room.remove(twin)
        elif not any(one.word == other.word and _twins(one, other) for other in kept):
            kept.append(one)
    return kept


def _twins(one: Negative, other: Negative) -> bool:
    shared = len(one.near & other.near)
    return shared >= _SAME * min(len(one.near), len(other.near)) and shared > 0


def _opposite(one: Negative, text: str, lexicon: Lexicon) -> bool:
    """Whether a text says the opposite of what is negated, and not that itself."""
    for opposite in lexicon.contraries:
        for side, other in (opposite.sides, opposite.sides[::-1]):
            if any(side.fullmatch(word) for word in one.behind) and other.search(text):
                return not side.search(text)
    return False
