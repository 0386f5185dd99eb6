"""Text in one form for comparing: widths, digits, dashes, quote marks and spaces folded, then cut up.

Folding is for reading only; what is shown to a user is never folded.
"""

import re
import unicodedata
from functools import lru_cache
from threading import Lock
from typing import Protocol, cast

import Stemmer

_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹘﹣－"), "-")
_QUOTES = {
    **dict.fromkeys(map(ord, "‘’‚‛′`´"), "'"),
    **dict.fromkeys(map(ord, "“”„‟″«»"), '"'),
}
_MARKER = re.compile(r"\s*\[\d{1,3}\](?!\()")
_SENTENCE = re.compile(r"(?<=[.!?;])[\"')\]]*\s+(?=[\"'(\[$£€₹A-Z0-9])")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_ABBREVIATED = re.compile(r"\b(?:e\.g|i\.e|vs|approx|incl|etc|U\.S|no)\.$", re.IGNORECASE)

_stemming = Lock()  # a Stemmer keeps a cache of its own and may not be entered twice


class _Stems(Protocol):
    def stemWord(self, word: str) -> str: ...  # the library's own spelling


@lru_cache(maxsize=1)
def _stemmer() -> _Stems:
    return cast(_Stems, Stemmer.Stemmer("english"))  # pyright: ignore[reportUnknownMemberType]


@lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """`text` with compatibility forms, every script's digits, dashes, quotes and spaces made plain."""
    made = "".join(_plain(character) for character in text)
    made = unicodedata.normalize("NFKC", made).translate(_DASHES).translate(_QUOTES)
    return " ".join(made.split())


def _plain(character: str) -> str:
    if character.isascii():
        return character
    if unicodedata.category(character) == "Nd":
        return str(unicodedata.digit(character))
    if unicodedata.category(character) == "No" and "VULGAR FRACTION" in unicodedata.name(character, ""):
        # "1½" is 1.5: the leading zero goes when the whole number stands before it.
        return f"{unicodedata.numeric(character):.4g}".removeprefix("0")
    return character


def fold_quote(text: str) -> str:
    """`text` with white space folded and typographic quote marks and dashes made plain, nothing else."""
    return " ".join(text.translate(_DASHES).translate(_QUOTES).split())


def without_markers(text: str) -> str:
    """`text` without citation markers such as [3]: the renderer numbers citations, not the writer."""
    return _MARKER.sub("", text)


@lru_cache(maxsize=8192)
def sentences(folded: str) -> tuple[str, ...]:
    """Folded text cut at sentence ends and semicolons."""
    found: list[str] = []
    start = 0
    for stop in _SENTENCE.finditer(folded):
        piece = folded[start : stop.end()].strip()
        if not _ABBREVIATED.search(piece):
            found.append(piece)
            start = stop.end()
    rest = folded[start:].strip()
    return (*found, rest) if rest else tuple(found)


@lru_cache(maxsize=16384)
def stem(word: str) -> str:
    """The stem of one lower-case word."""
    with _stemming:
        return _stemmer().stemWord(word)


@lru_cache(maxsize=8192)
def words(folded: str) -> tuple[tuple[str, int, int], ...]:
    """The words of folded text in lower case, each with its start and end."""
    return tuple((m.group().lower(), m.start(), m.end()) for m in _WORD.finditer(folded))
