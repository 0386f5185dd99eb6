"""Does the evidence speak of what the claim speaks of? Words count by how rare they are."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from advisor.domain.evidence import Passage
from advisor.policy.grounding.folding import fold, sentences, words
from advisor.policy.grounding.lexicon import Lexicon
from advisor.policy.grounding.numerals import read_quantities

LEAST_SHARE = 0.27  # of a sentence's weight that must stand in the evidence
SURE_SHARE = 0.5  # below it a claim is compared with the other passages too …
MUCH_BETTER = 0.3  # … and is taken for miscited when one of them shares so much more
FIGURE_WEIGHT = 3.0
FEWEST_STEMS = 2  # a sentence with fewer is judged by its figures and names alone


@dataclass(frozen=True)
class Rarity:
    """How much a stem tells: its inverse document frequency over the passages at hand."""

    passages: int
    frequency: Mapping[str, int]

    def weight(self, stem: str) -> float:
        return math.log((self.passages + 2) / (self.frequency.get(stem, 0) + 1)) + 0.1


def rarity(passages: Iterable[Passage], lexicon: Lexicon) -> Rarity:
    """The rarity of every stem over `passages`."""
    frequency: dict[str, int] = {}
    count = 0
    for passage in passages:
        count += 1
        for stem in stems(passage.body, lexicon):
            frequency[stem] = frequency.get(stem, 0) + 1
    return Rarity(count, frequency)


@lru_cache(maxsize=8192)
def stems(text: str, lexicon: Lexicon) -> frozenset[str]:
    """The content stems of a text."""
    return frozenset(stem for word, _, _ in words(fold(text)) if (stem := lexicon.content(word)) is not None)


def off_topic(
    folded: str, window: frozenset[str], around: frozenset[str], rare: Rarity, lexicon: Lexicon
) -> tuple[str, ...]:
    """The sentences of a folded claim that share too little with what it cites.

    A stem in the quoted sentences (`window`) counts whole, one in the rest of the passage by half.
    """
    found: list[str] = []
    for sentence in sentences(folded):
        share = support(sentence, window, around, rare, lexicon)
        if share is not None and share < LEAST_SHARE:
            found.append(f"“{sentence}” speaks of something else ({share:.0%} shared)")
    return tuple(found)


def support(
    sentence: str, window: frozenset[str], around: frozenset[str], rare: Rarity, lexicon: Lexicon
) -> float | None:
    """The share of a sentence's weight that its evidence holds, 0 to 1; None when it is too short."""
    ours = stems(sentence, lexicon)
    if len(ours) < FEWEST_STEMS:
        return None
    figures = FIGURE_WEIGHT * len(read_quantities(sentence))  # by now each is known to have lineage
    total = figures + sum(rare.weight(stem) for stem in ours)
    held = figures + sum(
        rare.weight(stem) * (1.0 if stem in window else 0.5 if stem in around else 0.0) for stem in ours
    )
    return held / total


def miscited(
    folded: str,
    cited: frozenset[str],
    window: frozenset[str],
    passages: Iterable[Passage],
    rare: Rarity,
    lexicon: Lexicon,
) -> tuple[str, ...]:
    """The sentences of a folded claim that another passage than the `cited` ones carries far better.

    `window` are the stems of those cited.
    """
    found: list[str] = []
    others: list[Passage] | None = None
    for sentence in sentences(folded):
        share = support(sentence, window, frozenset(), rare, lexicon)
        if share is None or share >= SURE_SHARE:
            continue
        others = others if others is not None else [one for one in passages if one.id not in cited]
        for other in others:
            better = support(sentence, stems(other.body, lexicon), frozenset(), rare, lexicon)
            if better is not None and better >= share + MUCH_BETTER:
                found.append(f"“{sentence}” is said in {other.id}, not in what it cites")
                break
    return tuple(found)
