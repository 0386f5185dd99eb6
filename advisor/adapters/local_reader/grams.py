"""A text as runs of words and of letters, for the trained heads: what an embedding is blind to.

Words under a negation are marked, so that "nobody owns it" and "Ana owns it" share little; numbers become
orders of size. A feature's weight is TF-IDF without counts (Spärck Jones 1972), each kind scaled to
length one. This module doesn't know what the features stand for.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

WORDS_A_RUN = 3
LETTERS = (3, 5)
REACH = 6
"""Words after a negation that are marked, unless a stop or a "but" comes first."""

_TOKEN = re.compile(r"\d[\d.,']*|[a-z]+(?:'[a-z]+)?|[?!.,;:()]")
_NEGATION = re.compile(
    r"not|no|never|none|nobody|nothing|neither|nor|without|hardly|barely|cannot|cant|dont|doesnt|isnt|wont|"
    r"arent|nowhere|zero|\w+n't"
)
_STOPS = frozenset("?!.,;:()")
_TURNS = frozenset(("but", "because", "so", "although", "though"))
_PLAIN = str.maketrans("‘’", "''")
_SIZES = ((1, "one"), (3, "few"), (12, "handful"), (249, "tens"), (999, "hundreds"))
_NUMBERS = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
        "sixteen seventeen eighteen nineteen".split()
    )
} | {
    word: 10 * number
    for number, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)
}


@dataclass(frozen=True)
class Kind:
    """One kind of features: name → place, the weight of each place, and the weight of the kind."""

    places: Mapping[str, int]
    rarity: Floats
    weight: float


def tokens(text: str) -> list[str]:
    """Words, numbers and stops in lower case."""
    return _TOKEN.findall(text.lower().translate(_PLAIN))


def marked(found: Sequence[str]) -> list[str]:
    """Tokens with `_n` behind those that a negation reaches, and numbers as orders of size."""
    out: list[str] = []
    reach = 0
    for at, token in enumerate(found):
        if token in _STOPS:
            reach = 0
            out.append(token)
            continue
        if token in _TURNS:
            reach = 0
        if _NEGATION.fullmatch(token):
            reach = REACH
            out.append(token)
            continue
        number = _number(found, at)
        if number is not None and not token[0].isdigit():
            out.append(f"#{number}")  # "one person" beside its size: the word may be no number at all
        word = f"#{number}" if number is not None and token[0].isdigit() else token
        out.append(f"{word}_n" if reach > 0 else word)
        reach -= 1
    return out


def word_runs(text: str) -> set[str]:
    """Runs of one to three marked words; a marked word unmarked as well."""
    words = ["^", *marked(tokens(text)), "$"]
    runs = {
        " ".join(words[at : at + length])
        for length in range(1, WORDS_A_RUN + 1)
        for at in range(len(words) - length + 1)
    }
    return runs | {word.removesuffix("_n") for word in words}


def letter_runs(text: str) -> set[str]:
    """Runs of three to five letters inside words, so that a slip of the pen costs little."""
    low, high = LETTERS
    runs: set[str] = set()
    for word in {*tokens(text)}:
        edged = f" {word} "
        runs.update(
            edged[at : at + length]
            for length in range(low, high + 1)
            for at in range(len(edged) - length + 1)
        )
    return runs


def learnt(runs: Iterable[set[str]], fewest: int, most: int, weight: float) -> Kind:
    """The features found in at least `fewest` texts, the most frequent `most` of them."""
    texts = [*runs]
    counts = Counter(run for found in texts for run in found)
    kept = sorted((run for run, count in counts.items() if count >= fewest), key=lambda r: (-counts[r], r))
    rarity = [math.log((1 + len(texts)) / (1 + counts[run])) + 1 for run in kept[:most]]
    places = {run: at for at, run in enumerate(kept[:most])}
    return Kind(places, np.array(rarity, dtype=np.float32), weight)


def row(runs: set[str], kind: Kind) -> Floats:
    """The text's weights at each place, together of length `kind.weight`."""
    found = np.zeros(len(kind.rarity), dtype=np.float32)
    places = [kind.places[run] for run in runs if run in kind.places]
    found[places] = kind.rarity[places]
    length = float(np.linalg.norm(found))
    return found * np.float32(kind.weight / length) if length else found


def rows(texts: Sequence[str], words: Kind, letters: Kind) -> Floats:
    """Shape (texts, word features + letter features)."""
    found = np.zeros((len(texts), len(words.rarity) + len(letters.rarity)), dtype=np.float32)
    for at, text in enumerate(texts):
        found[at, : len(words.rarity)] = row(word_runs(text), words)
        found[at, len(words.rarity) :] = row(letter_runs(text), letters)
    return found


def _number(found: Sequence[str], at: int) -> str | None:
    """The order of size of the number at this token; None when it is none."""
    token, after = found[at], found[at + 1 : at + 3]
    if token[0].isdigit():
        digits = token.replace(",", "").replace("'", "").rstrip(".")
        try:
            number = float(digits)
        except ValueError:
            return None
        if "," not in token and digits.isdigit() and 1900 <= number <= 2099:
            return "year"
        number *= 1000 if after[:1] in (["k"], ["thousand"]) else 1
    elif token in _NUMBERS:
        number = float(_NUMBERS[token])
        number *= (100 if "hundred" in after else 1) * (1000 if "thousand" in after else 1)
    else:
        return None
    return next((name for most, name in _SIZES if number <= most), "thousands")
