"""Quotes: do they occur in their passage, and what stands around them there?"""

import re
from dataclasses import dataclass

from advisor.domain.evidence import Passage
from advisor.policy.grounding.folding import fold, fold_quote, sentences

FEWEST_WORDS = 3  # a shorter quote must be a whole cell or a whole line
_LISTED = re.compile(r"^\s*(?:[-*•]|\d+[.)])\s")
_BEFORE_CELL = ("", "|", ":", "›", ";")
_AFTER_CELL = ("", "|", ";", ".", "›")


@dataclass(frozen=True)
class Quoted:
    """Where a quote stands: its sentences (folded), the headings above, the whole passage (folded)."""

    window: str
    headings: str
    passage: str
    head: str = ""  # the column's head of the quoted cell, if it is one
    lead_in: str = ""  # the line that introduces the list, for a point of one


def find_quote(passage: Passage, quote: str) -> Quoted | str:
    """The surroundings of a quote in its passage, or what is wrong with it, in words."""
    wanted = fold_quote(quote)
    if not wanted:
        return "the quote is empty"
    units = _units(passage.text)
    whole = " ".join(unit for unit, _ in units)
    start = _occurrence(whole, wanted)
    if start is None:
        return f"“{quote}” does not occur in {passage.id}"
    end = start + len(wanted)
    if len(wanted.split()) < FEWEST_WORDS and not _is_cell(whole, start, end, units):
        return f"“{quote}” is too short to carry a claim"
    window, lead_in = _window(units, start, end)
    headings = fold(" › ".join(passage.locator.headings))
    return Quoted(window, headings, fold(passage.text), _head(passage, whole, start), lead_in)


def _occurrence(whole: str, wanted: str) -> int | None:
    """The first place where `wanted` stands without cutting a word or a number."""
    start = whole.find(wanted)
    while start >= 0:
        end = start + len(wanted)
        if not _cuts(whole, start) and not _cuts(whole, end):
            return start
        start = whole.find(wanted, start + 1)
    return None


def _cuts(text: str, place: int) -> bool:
    """Whether a cut at `place` would part a word, or a number from its digits, sign or magnitude."""
    if place in (0, len(text)):
        return False
    left, right = text[place - 1], text[place]
    if left.isalnum() and right.isalnum():
        return True
    if left in ".,-" and right.isdigit():
        return place >= 2 and text[place - 2].isdigit()
    if left.isdigit() and right in ".,-":
        return place + 1 < len(text) and text[place + 1].isdigit()
    return left in "$£€₹" or (left.isdigit() and right in "%+")


def _units(text: str) -> list[tuple[str, bool]]:
    """The passage in sentences, rows whole; True for a point of a list."""
    found: list[tuple[str, bool]] = []
    for line in text.split("\n"):
        plain = fold_quote(line)
        if not plain:
            continue
        listed = bool(_LISTED.match(line))
        pieces = (plain,) if listed or " | " in plain or " › " in plain else sentences(plain)
        found.extend((piece, listed) for piece in pieces)
    return found


def _window(units: list[tuple[str, bool]], start: int, end: int) -> tuple[str, str]:
    """The units that the quote touches, led by the line that introduces their list; and that line."""
    touched: list[str] = []
    place, lead_in, led_by = 0, "", ""
    for unit, listed in units:
        here = place < end and place + len(unit) > start
        if here and listed and lead_in and lead_in not in touched:
            touched.append(lead_in)
            led_by = lead_in
        if here:
            touched.append(unit)
        if not listed:
            lead_in = unit if unit.endswith(":") else ""
        place += len(unit) + 1
    return fold(" ".join(touched)), fold(led_by)


def _is_cell(whole: str, start: int, end: int, units: list[tuple[str, bool]]) -> bool:
    wanted = whole[start:end]
    if any(_bare(wanted) == _bare(unit) for unit, _ in units):
        return True
    before, after = whole[:start].rstrip()[-1:], whole[end:].lstrip()[:1]
    return before in _BEFORE_CELL and after in _AFTER_CELL


def _bare(unit: str) -> str:
    return unit.lstrip("-*• ").rstrip(".;")


def _head(passage: Passage, whole: str, start: int) -> str:
    if passage.locator.row is None:
        return ""
    cell = whole[whole.rfind("|", 0, start) + 1 : start]
    return fold(cell.rpartition("›")[2].partition(":")[0]) if ":" in cell else ""
