"""Scopes of negation: for each word, name and figure of a text, whether a negation covers it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from advisor.policy.grounding.folding import words
from advisor.policy.grounding.lexicon import Lexicon
from advisor.policy.grounding.naming import mentions
from advisor.policy.grounding.numberwords import in_digits
from advisor.policy.grounding.numerals import Quantity, read_quantities

EITHER = 0  # behind "before", "rather than" …: may be said with or without a negation

_SUBJECTS = frozenset(
    {"nobody", "nothing", "none", "no one"}
)  # "costs nobody can state, weak specs": ends there
_BRIEF_WORDS = 3  # content words that "no" and "without" reach
_LIST_WORDS = 4  # a comma before or after so few words is taken for one of a list, not for a clause's end
_QUESTION = re.compile(r"[^.!?|]*\?(?=\s*\|)")  # in a row: what follows "If yes" and "If no" answers it
_HEAD = re.compile(r"(?:^|(?<=\| ))[^|:]{1,40}:(?=\s)")
_EDGE = re.compile(r"[,;:.!?()|\"]|\s-\s|›")
_AND = re.compile(r"\s(?:and|or)\s", re.IGNORECASE)
_NEW_CLAUSE = re.compile(r"\s*(?:and|but|or)\b", re.IGNORECASE)
_NON = re.compile(r"\bnon-(\w+)", re.IGNORECASE)


@dataclass(frozen=True)
class Cue:
    """A negation and what it covers."""

    word: str
    start: int
    end: int
    scope: tuple[int, int]
    anchors: frozenset[str]
    head: str | None = None  # what it negates first: the word behind it, or else the one before


@dataclass(frozen=True)
class Signs:
    """What a text speaks of: each stem, "@name" and "#figure" with the signs it has: 1, -1, EITHER."""

    of: dict[str, frozenset[int]]
    cues: tuple[Cue, ...]
    turns: bool  # holds a condition, by which a statement may be turned round


@dataclass(frozen=True)
class _Span:
    word: str
    start: int
    end: int
    begin: int
    stop: int
    brief: bool = False


@lru_cache(maxsize=8192)
def text_signs(text: str, lexicon: Lexicon) -> Signs:
    """Every stem, "@name" and "#figure" of a folded text with its signs."""
    folded = in_digits(text)
    spans = _spans(folded, lexicon)
    either = [(match.end(), _clause_end(folded, match.end())) for match in lexicon.deferring.finditer(folded)]
    either.extend(match.span() for match in _QUESTION.finditer(folded))
    either.extend(_adverse_cells(folded, lexicon))
    of: dict[str, set[int]] = {}
    covered: list[set[str]] = [set() for _ in spans]
    heads_of: list[str | None] = [None for _ in spans]
    behind = [False for _ in spans]
    heads = [match.span() for match in _HEAD.finditer(folded)] if " | " in folded else []
    for anchor, start in sorted(_anchors(folded, lexicon), key=lambda placed: placed[1]):
        if any(span.start <= start < span.end for span in spans):
            continue
        if any(begin <= start < stop for begin, stop in heads):
            continue  # "Commodity or not?: Non-commodity": the head of a column says nothing
        covering = _covering(spans, start)
        for index in covering:
            covered[index].add(anchor)
            if start < spans[index].start:
                heads_of[index] = anchor
            elif not behind[index]:
                heads_of[index], behind[index] = anchor, True
        open_ = any(begin <= start < stop for begin, stop in either)
        of.setdefault(anchor, set()).add(EITHER if open_ else (-1 if len(covering) % 2 else 1))
    cues = tuple(
        Cue(
            span.word,
            span.start,
            span.end,
            (span.begin, span.stop),
            frozenset(covered[index]),
            heads_of[index],
        )
        for index, span in enumerate(spans)
    )
    signs = {anchor: frozenset(found) for anchor, found in of.items()}
    return Signs(signs, cues, lexicon.conditional.search(folded) is not None)


def _covering(spans: Sequence[_Span], place: int) -> list[int]:
    """The negations that cover a place: all before it, and of those after it only the next."""
    before = [index for index, span in enumerate(spans) if span.end <= place < span.stop]
    if brief := [index for index in before if spans[index].brief]:
        return brief[-1:]  # "not a system without a detour" says nothing new of the detour
    after = [index for index, span in enumerate(spans) if span.begin <= place < span.start]
    return before + after[:1]


def _spans(folded: str, lexicon: Lexicon) -> list[_Span]:
    harmless = [match.span() for match in lexicon.harmless.finditer(folded)]
    found: list[_Span] = []
    for match in lexicon.forward.finditer(folded):
        if any(start <= match.start() < end for start, end in harmless):
            continue
        if match.group().lower() == "nor" and found:
            continue  # "neither … nor" is one negation
        clausal = lexicon.clausal.fullmatch(match.group()) is not None
        begin, stop = _scope(folded, match.span(), clausal, lexicon)
        brief = lexicon.brief.fullmatch(match.group()) is not None
        found.append(_Span(match.group(), match.start(), match.end(), begin, stop, brief))
    found.extend(_Span("non-", m.start(), m.start(1), m.start(1), m.end(1)) for m in _NON.finditer(folded))
    found.sort(key=lambda span: span.start)
    found = _without_pairs(folded, found)
    return [_until_next(folded, span, found[index + 1 :]) for index, span in enumerate(found)]


def _without_pairs(folded: str, spans: Sequence[_Span]) -> list[_Span]:
    """Without pairs that undo each other: "not premature", "not without"."""
    kept: list[_Span] = []
    for span in spans:
        if kept and not folded[kept[-1].end : span.start].strip():
            kept.pop()
        else:
            kept.append(span)
    return kept


def _until_next(folded: str, span: _Span, later: Sequence[_Span]) -> _Span:
    """A scope ends at an "and" behind which another negation starts: "no eval set and no clear path"."""
    for other in later:
        if other.start < span.stop and (joint := _AND.search(folded, span.end, other.start)):
            return replace(span, stop=joint.start())
    return span


def _adverse_cells(folded: str, lexicon: Lexicon) -> Iterable[tuple[int, int]]:
    """The cells of a row under a head such as "Wrong-hire pattern": what stands there is advised against."""
    if "|" not in folded:
        return
    start = 0
    for cell in folded.split("|"):
        if lexicon.adverse.search(cell.partition(":")[0]):
            yield start, start + len(cell)
        start += len(cell) + 1


def _anchors(folded: str, lexicon: Lexicon) -> Iterable[tuple[str, int]]:
    for word, start, _ in words(folded):
        if (anchor := lexicon.content(word)) is not None:
            yield anchor, start
    for mention in mentions(folded, lexicon):
        yield f"@{mention.name}", mention.start
    for quantity in read_quantities(folded):
        for anchor in figure_anchors(quantity):
            yield anchor, quantity.start


def figure_anchors(quantity: Quantity) -> tuple[str, ...]:
    """A figure as one compares its sign: by its ends alone."""
    if quantity.kind == "date":
        return (f"#{quantity.date}",)
    if quantity.kind == "label":
        return ()  # a name like any other word
    if quantity.kind == "percent":
        return (f"#{quantity.low:.0f}%",)
    return tuple(dict.fromkeys((f"#{quantity.low:g}", f"#{quantity.high:g}")))


def _scope(folded: str, cue: tuple[int, int], clausal: bool, lexicon: Lexicon) -> tuple[int, int]:
    start, end = cue
    word = folded[start:end].lower()
    brief = lexicon.brief.fullmatch(word) is not None
    stop = _clause_end(folded, end, lists=word not in _SUBJECTS and not brief)
    if brief:
        following = [
            place for told, place, _ in words(folded) if end <= place < stop and lexicon.content(told)
        ]
        stop = following[_BRIEF_WORDS] if len(following) > _BRIEF_WORDS else stop
    for closing in lexicon.closing.finditer(folded, end, stop):
        if folded[end : closing.start()].strip():  # "not before" goes on, "not ready before" ends
            stop = closing.start()
            break
    return (_clause_start(folded, start, lexicon) if clausal else end, stop)


def _clause_end(folded: str, place: int, lists: bool = True) -> int:
    for edge in _EDGE.finditer(folded, place):
        if edge.group() != "," or not lists:
            return edge.start()
        following = _EDGE.search(folded, edge.end())
        item = folded[edge.end() : following.start() if following else len(folded)].lower().split()
        if item[:1] in (["not"], ["no"], ["never"], ["but"]):
            return edge.start()
        if _ends_a_list(item):
            continue
        listed = item[:1] in (["or"], ["nor"], ["and"]) or (
            following is not None and following.group() == ","
        )
        if len(item) > _LIST_WORDS or not (listed or len(item) <= _LIST_WORDS // 2):
            return edge.start()
    return len(folded)


def _ends_a_list(item: list[str]) -> bool:
    """Whether words after a comma are the last two of a list: "…, an ML engineer or an AI developer"."""
    at = next((place for place, word in enumerate(item) if word in ("or", "nor")), 0)
    return 0 < at <= _LIST_WORDS and 0 < len(item) - at - 1 <= _LIST_WORDS


def _clause_start(folded: str, place: int, lexicon: Lexicon) -> int:
    """Where the clause of a negation at `place` starts; right there for ", not a contractor"."""
    edges = list(_EDGE.finditer(folded, 0, place))
    if edges and not folded[edges[-1].end() : place].strip():
        return place
    begin = last = 0
    for edge in edges:
        joined = _NEW_CLAUSE.match(folded, edge.end())
        if edge.group() != "," or joined or len(folded[last : edge.start()].split()) > _LIST_WORDS:
            begin = edge.end()
        last = edge.end()
    for closing in lexicon.closing.finditer(folded, begin, place):
        begin = closing.end()
    return begin
