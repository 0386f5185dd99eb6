"""Sentence ends, and where a sentence longer than a window may be cut. Knows nothing of passages."""

import re
from collections.abc import Callable

# A stop after one of these does not end a sentence.
_ABBREVIATIONS = frozenset(
    (
        *("a.m", "approx", "avg", "b.sc", "ca", "cf", "ch", "co", "corp", "dept", "dr", "e.g", "eq", "est"),
        *("etc", "excl", "fig", "figs", "i.e", "inc", "incl", "jr", "ltd", "m.sc", "max", "min", "mr", "mrs"),
        *("ms", "no", "nos", "p", "p.m", "ph.d", "pp", "prof", "resp", "sec", "sr", "st", "u.k", "u.s"),
        *("u.s.a", "vol", "vs"),
    )
)
_STOP = re.compile(r"(?<=[.!?…])[\"'”’»)\]]*\s+(?=[\"'“‘«(\[]*[A-Z0-9À-ÖØ-ÞΑ-ΩА-Я$€£])|(?<=[。！？])")
_LAST_WORD = re.compile(r"([\w.]+)\.$")
_CLAUSE = re.compile(r"(?<=[;:,)])\s+|\s+(?=[–—(])")


def sentences(text: str) -> list[str]:
    """`text` cut at its sentence ends; joined with one space each the pieces give it back."""
    pieces: list[str] = []
    start = 0
    for stop in _STOP.finditer(text):
        piece = text[start : stop.end()].strip()
        if piece and not _ends_in_abbreviation(piece):
            pieces.append(piece)
            start = stop.end()
    if rest := text[start:].strip():
        pieces.append(rest)
    return pieces


def _ends_in_abbreviation(piece: str) -> bool:
    word = _LAST_WORD.search(piece)
    if word is None:
        return False
    bare = word.group(1)
    return bare.lower() in _ABBREVIATIONS or (len(bare) == 1 and bare.isupper() and bare != "I")


def cut(sentence: str, fits: Callable[[str], bool]) -> list[str]:
    """A sentence too long for a passage, in pieces that fit: at clause ends, then between words.

    A single word that does not fit (a data URL, a key) is cut between characters.
    """
    for separator in (_CLAUSE, re.compile(r"\s+")):
        parts = [part for part in separator.split(sentence) if part]
        if len(parts) > 1 and all(fits(part) for part in parts):
            return packed(parts, fits)
    words = sentence.split()
    if len(words) > 1:
        pieces = [piece for word in words for piece in ([word] if fits(word) else cut(word, fits))]
        return packed(pieces, fits)
    middle = len(sentence) // 2
    if middle == 0:
        return [sentence]
    halves = (sentence[:middle], sentence[middle:])
    return [piece for half in halves for piece in ([half] if fits(half) else cut(half, fits))]


def packed(parts: list[str], fits: Callable[[str], bool], glue: str = " ") -> list[str]:
    """`parts` joined to as few pieces as fit, in order; a part that does not fit stays alone."""
    pieces: list[str] = []
    for part in parts:
        if pieces and fits(grown := f"{pieces[-1]}{glue}{part}"):
            pieces[-1] = grown
        else:
            pieces.append(part)
    return pieces
