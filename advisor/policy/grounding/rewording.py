"""A sentence that stands for verified claims, or for its quotes, in other words: it may say what they say.

It rests on what its claims rest on, tells the figures and names that they tell, and puts every negation,
every order and every comparison as they do.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from advisor.domain.memo import Claim, Evidence
from advisor.policy.grounding.comparing import layered_faults
from advisor.policy.grounding.folding import fold, sentences, without_markers
from advisor.policy.grounding.grounds import Fault, Grounds
from advisor.policy.grounding.lexicon import Lexicon
from advisor.policy.grounding.naming import Name, mentions, named
from advisor.policy.grounding.negatives import unaccounted
from advisor.policy.grounding.numerals import Quantity, read_quantities
from advisor.policy.grounding.ordering import order_verdicts
from advisor.policy.grounding.support import Support
from advisor.policy.grounding.topic import LEAST_SHARE, Rarity, stems, support
from advisor.policy.grounding.tracing import Held, held_in, untraced

_REACH = 20  # characters before "enough" in which its negation is looked for
_LEAST_SHARE = 0.33  # of a sentence's weight that its points must hold, and of a point's that it must
_FEW_STEMS = 3  # a point with no more is judged by its figures and names alone
_QUOTED = re.compile(r'"([^"]+)"')


def strays(evidence: Sequence[Evidence], points: Sequence[Claim]) -> Iterable[str]:
    """The evidence of a sentence that none of its points rests on, in words.

    The user's facts and the decision made of them stand behind every point.
    """
    known = [one for point in points for one in point.evidence]
    passages = {one.passage for one in known if one.kind == "passage"}
    lines: set[str] = {one.line for one in known if one.kind == "calculation"}
    for one in evidence:
        match one.kind:
            case "passage":
                if one.passage not in passages:
                    yield f"no point rests on {one.passage}"
            case "calculation":
                if one.line not in lines:
                    yield f"no point rests on the line {one.line}"
            case "own":
                yield "it is no wording of the advisor's own"
            case "fact" | "decision":
                pass


class Rewording:
    """One claim's folded text against the texts it stands for."""

    def __init__(
        self,
        text: str,
        points: Sequence[Claim],
        supports: Sequence[Support],
        grounds: Grounds,
        lexicon: Lexicon,
    ) -> None:
        self._shown = text
        self._lexicon = lexicon
        self._grounds = grounds
        self._points = [fold(without_markers(point.text)).replace("*", "") for point in points]
        self._quotes = [support.quote for support in supports if support.kind == "passage"]
        self._windows = [support.window for support in supports if support.kind == "passage"]
        self._said = [support.said for support in supports if support.kind == "fact"]
        self._decided = any(support.kind == "decision" for support in supports)
        self._around = [support.around for support in supports]
        self._claim = fold(without_markers(text))

    def faults(self, held: Sequence[Held], rare: Rarity) -> Iterable[Fault]:
        """Everything in which it says other than what it stands for. `held` are the figures it may tell."""
        yield from self._told("quote", self._misquoted())
        if self._points:
            yield from self._figures(held)
            yield from self._told("name", self._names())
        lexicon, quoted = self._lexicon, self._quoted()
        claim = _without_all(self._claim, quoted)
        texts = [_without_all(text, quoted) for text in self._texts()]
        main, rest = texts[: len(self._points)], texts[len(self._points) :]
        quotes = [_without_all(quote, quoted) for quote in self._quotes]
        layers = [[*main, *quotes], rest, self._around]
        ordered = order_verdicts(claim, layers[0], lexicon)
        wider = order_verdicts(claim, rest, lexicon)
        verdicts = [one for one in ordered.values() if one.same] or [
            one for place, one in wider.items() if one.same and ordered[place].same is None
        ]
        deferred = sum(one.denied for one in verdicts), sum(one.denial for one in verdicts)
        if _short(self._points):
            claim = _without_shortage(claim, lexicon)
        yield from self._told("polarity", unaccounted(claim, main, quotes, rest, lexicon, deferred))
        settled: list[tuple[int, int]] = []
        for place, one in ordered.items():
            if one.same is False:
                yield Fault(self._shown, "comparison", f"“{claim[slice(*place)]}” puts the other thing first")
            elif one.same or wider[place].same:
                settled.append(place)
        yield from self._told("comparison", layered_faults(claim, layers, settled, lexicon))
        yield from self._told("off_topic", self._beside(rare))

    def _told(self, kind: str, details: Iterable[str]) -> Iterable[Fault]:
        for detail in details:
            yield Fault(self._shown, kind, detail)  # pyright: ignore[reportArgumentType]

    def _texts(self) -> list[str]:
        return [*self._points, *self._windows, *self._said]

    def _quoted(self) -> list[str]:
        return _QUOTED.findall(self._claim)

    def _misquoted(self) -> Iterable[str]:
        everything = [_letters(text) for text in (*self._texts(), *self._around)]
        for stretch in self._quoted():
            if not any(f" {_letters(stretch)} " in f" {text} " for text in everything):
                yield f"“{stretch}” was neither said nor quoted"

    def _figures(self, held: Sequence[Held]) -> Iterable[Fault]:
        """Its figures are those of its points, all but what stands in the user's own words."""
        told = [one for text in self._points for one in held_in(text)]
        # "Eight parts" for "eight terms": the figure is what counts.
        told = [replace(one, quantity=replace(one.quantity, elided=True)) for one in told]
        vocabulary = frozenset(stem for text in self._texts() for stem in stems(text, self._lexicon))
        for one in untraced(self._claim, (*told, *held), vocabulary):
            yield Fault(self._shown, one.kind, one.detail)
        known = {_ends(one.quantity) for one in told}
        claimed = read_quantities(self._claim)
        for quantity in claimed:
            if quantity.kind not in ("label", "date") and _ends(quantity) not in known:
                yield Fault(self._shown, "numeral", f"“{quantity.shown}” is in none of its points")
        ours = {_ends(quantity) for quantity in claimed}
        for text in self._points:
            for quantity in read_quantities(_QUOTED.sub(" ", text)):
                if quantity.kind != "label" and _ends(quantity) not in ours:
                    yield Fault(self._shown, "numeral", f"leaves out “{quantity.shown}”")
        labels = {pair for text in self._points for pair in _labelled(text)}
        for name, figure in _labelled(self._claim):
            if (name, figure) not in labels:
                yield Fault(self._shown, "numeral", f"“{name}” is not this figure's name")

    def _names(self) -> Iterable[str]:
        held: frozenset[Name] = frozenset()
        for text in (*self._points, *self._quotes):
            held |= named(text, self._lexicon)
        decided = self._grounds.recommendation
        if not held and self._decided and decided is not None:
            held = frozenset((decided.first.role, decided.first.engagement))
        absent = [one for one in mentions(self._claim, self._lexicon) if one.name not in held]
        carried = {(one.start, one.end) for one in mentions(self._claim, self._lexicon) if one not in absent}
        for one in absent:
            if (one.start, one.end) not in carried:
                yield f"no point names “{one.form}”"
        told = " ".join((*self._points, *self._windows)).casefold()
        for source in self._grounds.sources.values():
            publisher = fold(source.publisher)
            if re.search(rf"\b{re.escape(publisher)}\b", self._claim) and publisher.casefold() not in told:
                yield f"no point names “{publisher}”"

    def _beside(self, rare: Rarity) -> Iterable[str]:
        """Where a sentence says much that its points and quotes don't, or leaves out most of a point."""
        lexicon = self._lexicon
        window = frozenset(stem for text in self._texts() for stem in stems(text, lexicon))
        least = _LEAST_SHARE if self._points else LEAST_SHARE
        for sentence in sentences(self._claim):
            share = support(sentence, window, frozenset(), rare, lexicon)
            if share is not None and share < least:
                yield f"“{sentence}” speaks of something else ({share:.0%} shared)"
        ours = stems(self._claim, lexicon)
        for point in self._points:
            told = _QUOTED.sub(" ", point)  # the user's own words may be told otherwise
            share = support(told, ours, frozenset(), rare, lexicon)
            if share is not None and share < _LEAST_SHARE and len(stems(told, lexicon)) > _FEW_STEMS:
                yield f"leaves out most of “{point}” ({share:.0%} told)"


def _letters(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", text.lower()))


def _without_all(text: str, stretches: Sequence[str]) -> str:
    """`text` without stretches that both sides hold word for word."""
    for stretch in stretches:
        pattern = r"\W+".join(map(re.escape, re.findall(r"[^\W_]+", stretch)))
        if pattern:
            text = re.sub(rf"\b{pattern}\b", " ", text, flags=re.IGNORECASE)
    return text


def _short(points: Sequence[str]) -> bool:
    """Whether the points set a sum or a time against a larger one that is needed at least."""
    told = [quantity for text in points for quantity in read_quantities(text)]
    return any(
        have.kind == need.kind and have.unit == need.unit and need.bound == "lower" and have.high < need.low
        for have in told
        for need in told
    )


def _without_shortage(claim: str, lexicon: Lexicon) -> str:
    """A claim without the negation by which it says that something is not enough.

    Where it says that it is, one is put in, which nothing will bear out.
    """
    for match in reversed(list(lexicon.sufficing.finditer(claim))):
        cues = list(lexicon.forward.finditer(claim, max(0, match.start() - _REACH), match.start()))
        if cues:
            claim = claim[: cues[-1].start()] + claim[cues[-1].end() :]
        else:
            claim = f"{claim[: match.start()]}never {claim[match.start() :]}"
    return claim


def _ends(quantity: Quantity) -> tuple[str, float, float]:
    return quantity.kind, quantity.low, quantity.high


def _labelled(text: str) -> Iterable[tuple[str, float]]:
    """The figures that follow a label at once: P10 $112,000."""
    found = read_quantities(text)
    for first, second in pairwise(found):
        if first.kind == "label" and second.kind != "label":
            yield first.unit, second.low
