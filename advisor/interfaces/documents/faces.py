"""The fonts of this package: which of them carries a character, and a small font of the characters used.

For files that bring no fonts of their own: a name in a script that the reader's machine has no font for
must not become a row of boxes. Knows no shaping; whoever sets the text does that.
"""

import io
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import as_file, files
from itertools import groupby

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

FILES = {
    "Noto Sans": "NotoSans-Regular.ttf",
    "Noto Sans Arabic": "NotoSansArabic-Regular.ttf",
    "Noto Sans Hebrew": "NotoSansHebrew-Regular.ttf",
    "Droid Sans Fallback": "DroidSansFallback.ttf",
    "Noto Emoji": "NotoEmoji-Regular.ttf",
}
"""Families in the order in which they are asked for a character."""

RIGHT_TO_LEFT = ("Noto Sans Arabic", "Noto Sans Hebrew")

_COMMON = (range(0x0590), range(0x1E00, 0x2000), range(0x2000, 0x2600))
"""Letters, punctuation, currencies and arrows of Europe, which every system has."""
_JOINS = {0x200C, 0x200D, 0xFE0E, 0xFE0F}


def segments(text: str) -> Iterator[tuple[str | None, str]]:
    """The text in pieces, each with the family that carries it; None for what every system has."""
    families: list[str | None] = []
    for character in text:
        joins = ord(character) in _JOINS or character.isspace()
        families.append(families[-1] if joins and families else _family(character))
    place = 0
    for family, group in groupby(families):
        length = len(list(group))
        yield family, text[place : place + length]
        place += length


def small_font(family: str, characters: Iterable[str]) -> bytes:
    """A font of this family that holds these characters and how they join, and no others."""
    options = Options(layout_features=["*"], notdef_outline=True, glyph_names=False, hinting=False)
    with _opened(family) as font, io.BytesIO() as out:
        subsetter = Subsetter(options)
        subsetter.populate(text="".join(sorted(set(characters))))
        subsetter.subset(font)
        font.save(out, reorderTables=False)
        return out.getvalue()


@cache
def _family(character: str) -> str | None:
    if any(ord(character) in common for common in _COMMON):
        return None
    return next((family for family in FILES if ord(character) in _carried(family)), None)


@cache
def _carried(family: str) -> frozenset[int]:
    with _opened(family) as font:
        return frozenset(font.getBestCmap() or ())


def _opened(family: str) -> TTFont:
    with as_file(files("advisor.interfaces.documents").joinpath("fonts", FILES[family])) as path:
        return TTFont(io.BytesIO(path.read_bytes()), recalcTimestamp=False)
