"""An answer that names one of the choices shown: by number, letter, place in the order, or label."""

import re
from collections.abc import Sequence

from rapidfuzz import fuzz

from advisor.domain.reply import Choice
from advisor.domain.vocabulary import FactKey

SAME_LABEL = 88
"""Likeness of a message to a choice's label (0 to 100) from which it is that choice."""
SHORT = 15
"""Words up to which "the former" in a message speaks of the choices."""
MEASURED: tuple[FactKey, ...] = ("timeline_days", "budget_usd", "volume")
"""Facts whose answer may be a bare number, so that "2" is no place in a list."""

_PICK = re.compile(r"\W*(?:option|number|choice|no\.?|#|answer)?\s*\(?(\d)[).]?\W*")
_LETTER = re.compile(r"\W*(?:option|choice|answer)?\s*\(?([a-e])\)\W*|\W*(?:option|choice)\s+([a-e])\W*")
_OF_TWO = re.compile(r"(?<!not )(?<!neither )\bthe (former|latter)\b")
_PLACE = re.compile(
    r"(?:(?:i'd|i would|we'd) (?:say|pick|go (?:for|with)|take)|it's|it is|that's|that would be|so|rather|"
    r"more|probably|definitely|clearly|certainly|mostly|i think|i guess|then|well|\W)*"
    r"(?:the )?(first|1st|second|2nd|third|3rd|fourth|4th|fifth|5th|middle|last)"
    r"(?: (?:one|option|choice|answer|thing|bullet|of (?:the|these|those)(?: \w+){0,2}))?"
    r"(?:,? (?:i think|i guess|i'd say|please|clearly|sadly|probably|for us|mostly))?\W*"
)
_PLACES = {"first": 0, "1st": 0, "second": 1, "2nd": 1, "third": 2, "3rd": 2, "fourth": 3, "4th": 3}
_PLACES |= {"fifth": 4, "5th": 4}


def picked(text: str, key: FactKey, choices: Sequence[Choice]) -> Choice | None:
    """The choice that the whole message names; `text` in lower case with plain quotes."""
    lower = text.strip(" .!\"'`")
    if not choices or not lower:
        return None
    valued = sum(choice.value is not None for choice in choices)
    at = _place(lower, key, len(choices), valued)
    if at is not None:
        return choices[at] if 0 <= at < len(choices) else None
    scores = [fuzz.ratio(lower, choice.label.lower()) for choice in choices]
    best = max(range(len(scores)), key=scores.__getitem__)
    if scores[best] >= SAME_LABEL and scores.count(scores[best]) == 1:
        return choices[best]
    if len(lower) < 5:
        return None
    holding = [c for c in choices if re.search(rf"\b{re.escape(lower)}\b", c.label.lower())]
    return holding[0] if len(holding) == 1 else None


def _place(lower: str, key: FactKey, count: int, valued: int) -> int | None:
    """The number of the choice that is named by its place, from 0; "don't know" has a number only."""
    letter = _LETTER.fullmatch(lower)
    if letter:
        return ord(letter[1] or letter[2]) - ord("a")
    number = _PICK.fullmatch(lower)
    if number:
        at = int(number[1]) - 1
        return at if key not in MEASURED and 0 <= at < count else None
    of_two = _OF_TWO.findall(lower)
    if of_two and valued == 2 and len(lower.split()) <= SHORT and len(set(of_two)) == 1:
        return 0 if of_two[0] == "former" else 1
    opening = re.split(r"[.;:]|,(?= (?:and|but|because|since|as)\b)", lower)[0]
    place = _PLACE.fullmatch(opening)
    if place is None:
        return None
    if place[1] == "middle":
        return valued // 2 if valued % 2 else None
    at = valued - 1 if place[1] == "last" else _PLACES[place[1]]
    return at if at < valued else None
