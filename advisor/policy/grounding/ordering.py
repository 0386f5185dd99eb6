"""What comes before what, and what is more than what: a claim must put two things as its evidence puts them.

"A before B", "after A, B" and "A; only then B" say the same, and so do "A takes longer than B" and "B is
less than A". Each is read as a pair: what comes first, or is more, and the other.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from advisor.policy.grounding.lexicon import Lexicon
from advisor.policy.grounding.negation import figure_anchors
from advisor.policy.grounding.numerals import read_quantities
from advisor.policy.grounding.topic import stems

Kind = Literal["time", "amount"]
_SENTENCE = re.compile(r"[.;!?|](?:\s|$)|\s\|\s")
_JOINING = re.compile(
    r"\b(?:and|but|so|or|then|only|just|even|also|still|yet|soon|shortly|right)\b|[^\w\s]", re.IGNORECASE
)
_NEXT = re.compile(r":\s|,\s(?:and|but|so|because|since|as|which|whereas)\b")
_PROHIBITS = re.compile(r"\s*(?:do not|don't|never|no)\b", re.IGNORECASE)
_FIRST = re.compile(r"\bfirst(?=\s*(?:[.;,:|]|$))", re.IGNORECASE)
_CLAUSE = re.compile(r"[,:()]\s|\s-\s")


@dataclass(frozen=True)
class Pair:
    """Two things in their order: `ahead` comes first or is more. `start` and `end` place the word."""

    kind: Kind
    word: str
    start: int
    end: int
    ahead: frozenset[str]
    behind: frozenset[str]
    plain: bool  # says so by "when" or "if", which in a claim need no lineage
    denied: bool = False  # "not A before B", which is B before A


@dataclass(frozen=True)
class Verdict:
    """Whether a word of a claim orders two things as the evidence does; None where it orders neither.

    `denied`: the claim says so by a negation; `denial`: the evidence does.
    """

    same: bool | None
    denied: bool = False
    denial: bool = False


def order_verdicts(claim: str, texts: Sequence[str], lexicon: Lexicon) -> dict[tuple[int, int], Verdict]:
    """For each word of a folded claim that orders two things, by its place: as in the evidence, or not."""
    theirs = [pair for text in texts for pair in pairs(text, lexicon)]
    verdicts: dict[tuple[int, int], Verdict] = {}
    for ours in pairs(claim, lexicon):
        if ours.plain and not ours.denied:
            continue
        scored = [(_agreement(ours, other), other) for other in theirs if other.kind == ours.kind]
        best = max((abs(score) for score, _ in scored), default=0)
        near = [(score, other) for score, other in scored if abs(score) == best]
        same = None if best == 0 or len({score for score, _ in near}) > 1 else near[0][0] > 0
        denial = any(other.denied for _, other in near)
        verdicts[ours.start, ours.end] = Verdict(same, ours.denied, denial)
    return verdicts


def _agreement(ours: Pair, theirs: Pair) -> int:
    same = len(ours.ahead & theirs.ahead) + len(ours.behind & theirs.behind)
    return same - len(ours.ahead & theirs.behind) - len(ours.behind & theirs.ahead)


@lru_cache(maxsize=8192)
def pairs(folded: str, lexicon: Lexicon) -> tuple[Pair, ...]:
    """The pairs that a folded text puts in order."""
    found = [_in_time(folded, match, lexicon) for match in lexicon.sequence.finditer(folded)]
    found.extend(_in_time(folded, match, lexicon) for match in _FIRST.finditer(folded))
    found.extend(_in_amount(folded, match, lexicon) for match in lexicon.than.finditer(folded))
    return tuple(pair for pair in found if pair.ahead or pair.behind)


def _in_time(folded: str, match: re.Match[str], lexicon: Lexicon) -> Pair:
    word = " ".join(match.group().lower().split())
    begin, stop = _sentence(folded, match)
    left, right = folded[begin : match.start()], _NEXT.split(folded[match.end() : stop])[0]
    if word != "first":
        left = left.rpartition(": ")[2]
    if not _JOINING.sub("", left).strip():
        if lexicon.earlier.fullmatch(word) and word.endswith("then"):
            left = folded[_sentence_before(folded, begin) : begin]
        else:
            cut = _CLAUSE.search(right)
            right, left = (right[: cut.start()], right[cut.end() :]) if cut else (right, left)
    ours, other = _content(left, lexicon), _content(right, lexicon)
    if other and not _PROHIBITS.match(left) and (last := _content(_CLAUSE.split(left)[-1], lexicon)):
        ours = last
    if not other:  # "ship before that"
        cuts = [edge.end() for edge in _CLAUSE.finditer(left)]
        if cuts:
            ours, other = _content(left[cuts[-1] :], lexicon), _content(left[: cuts[-1]], lexicon)
    ours, other = ours - other, other - ours
    main = left if _PROHIBITS.match(left) else _CLAUSE.split(left)[-1]
    denied = lexicon.until.fullmatch(word) is not None and lexicon.forward.search(main) is not None
    if denied:
        ours, other = other, ours
    earlier = word == "first" or lexicon.earlier.fullmatch(word) is not None
    ahead, behind = (ours, other) if earlier else (other, ours)
    plain = word == "first" or lexicon.conditions.fullmatch(word) is not None
    return Pair("time", word, match.start(), match.end(), ahead, behind, plain, denied)


def _in_amount(folded: str, match: re.Match[str], lexicon: Lexicon) -> Pair:
    begin, stop = _sentence(folded, match)
    left, right = folded[begin : match.start()], folded[match.end() : stop]
    cuts = [edge.end() for edge in _CLAUSE.finditer(left)]
    near = left[cuts[-1] :] if cuts else left
    between = match["between"] or ""
    ours = _content(f"{near} {between}", lexicon)
    cut = _CLAUSE.search(right)
    other = _content(right[: cut.start()] if cut else right, lexicon)
    earlier = _content(left[: cuts[-1]], lexicon) if cuts else frozenset[str]()
    ours, other = (ours or earlier), (other or earlier)
    ours, other = ours - other, other - ours
    less = lexicon.lesser.fullmatch(match["word"]) is not None
    ahead, behind = (other, ours) if less else (ours, other)
    return Pair(
        "amount",
        match["word"].lower(),
        match.start(),
        match.start("word") + len(match["word"]),
        ahead,
        behind,
        False,
    )


def _sentence(folded: str, match: re.Match[str]) -> tuple[int, int]:
    begin = max((edge.end() for edge in _SENTENCE.finditer(folded, 0, match.start())), default=0)
    edge = _SENTENCE.search(folded, match.end())
    return begin, edge.start() if edge else len(folded)


def _sentence_before(folded: str, begin: int) -> int:
    ends = [edge.end() for edge in _SENTENCE.finditer(folded, 0, begin)]
    return ends[-2] if len(ends) > 1 else 0


def _content(text: str, lexicon: Lexicon) -> frozenset[str]:
    figures = (anchor for quantity in read_quantities(text) for anchor in figure_anchors(quantity))
    return frozenset((*stems(text, lexicon), *_known(figures)))


def _known(anchors: Iterable[str]) -> Iterable[str]:
    return (anchor for anchor in anchors if anchor.startswith("#"))
