"""Typing mistakes in a question, mended by the collection's own words. Knows no dictionary.

A word is taken for a mistake only when neither the collection has it nor the model as one piece: names and
ordinary words that the guides never use stay as they are, so that they can still tell that nothing fits.
"""

import re
from collections.abc import Callable, Sequence

_PART = re.compile(r"[^\W\d_]+|[\W\d_]+")
SHORTEST = 4  # letters; shorter words have too many neighbours
LONG = 7  # letters from which two slips are allowed instead of one
MOST_WORDS = 40  # a longer text is no question typed in haste


def mended(question: str, words: Sequence[str], count: Callable[[str], int]) -> str:
    """`question` with likely slips replaced by words of the collection, `words`, most frequent first.

    `count` gives the word pieces of a text, with the special ones. A replacement keeps the first letter.
    """
    parts = _PART.findall(question)
    if len(parts) > 2 * MOST_WORDS:
        return question
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    known = set(words)
    one_piece = count("a")

    def mend(part: str) -> str:
        word = part.lower()
        if not word.isalpha() or len(word) < SHORTEST or word in known or count(word) <= one_piece:
            return part
        same_start = [other for other in words if other[0] == word[0]]
        slips = 1 if len(word) < LONG else 2
        found = process.extractOne(word, same_start, scorer=OSA.distance, score_cutoff=slips)
        return found[0] if found else part

    return "".join(mend(part) for part in parts)
