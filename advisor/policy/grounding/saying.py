"""A user's words set in quote marks are theirs: what is left of the claim is what has to be checked.

“nobody owns it” after a label claims nothing beyond having been said. What stands around it does.
"""

import re
from collections.abc import Sequence

from advisor.policy.grounding.support import Support

_QUOTED = re.compile(r'"([^"]+)"')
_LABEL = re.compile(r"[^.:;!?]{1,60}:\s*(?:\(you were not sure\))?\s*\.?", re.IGNORECASE)
_TWO_SAID = re.compile(r"[^.:;!?]{1,60}:\s*is taken;\s*was said before\s*\.?", re.IGNORECASE)
_YOU_SAID = re.compile(r"(?:you|the user) (?:said|told us|wrote)\s*\.?", re.IGNORECASE)


def without_said(folded: str, supports: Sequence[Support]) -> tuple[str, list[Support]]:
    """The folded claim without the stretches that a cited fact holds word for word, and those facts."""
    quoted: list[Support] = []

    def cut(match: re.Match[str]) -> str:
        holders = held_by(match[1], supports)
        quoted.extend(holder for holder in holders if holder not in quoted)
        return "" if holders else match[0]

    return _QUOTED.sub(cut, folded), quoted


def held_by(words: str, supports: Sequence[Support]) -> list[Support]:
    """The facts that hold these words as said."""
    said = _words(words)
    facts = [support for support in supports if support.kind == "fact"]
    return [fact for fact in facts if said and f" {said} " in f" {_words(fact.said)} "]


def says_nothing_more(folded: str) -> bool:
    """Whether what is left is a bare label, "you said", or which of two statements is taken."""
    rest = " ".join(folded.split())
    return not re.search(r"\w", rest) or any(form.fullmatch(rest) for form in (_LABEL, _YOU_SAID, _TWO_SAID))


def _words(text: str) -> str:
    # Markup and a cut at the end are not the user's words; the words alone are compared.
    return " ".join(re.findall(r"[^\W_]+", text.lower()))
