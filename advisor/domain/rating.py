"""A rating: whether a reply helped, and what the user said of it."""

import unicodedata

from advisor.domain.facts import Frozen

MOST_WORDS = 2_000
"""Characters kept of what a user says of a reply."""


class Rating(Frozen):
    """One reply's rating. `at` is an ISO date-time in UTC; `certificate` names that of the reply's memo.

    `certificate` is `Memo.certificate_hash`, None where the reply came without a memo.
    """

    thread: str
    message_id: str
    good: bool
    words: str
    at: str
    certificate: str | None


def rated_words(words: str) -> str:
    """A user's words as they are kept: lines stay, control characters and what can't be seen are dropped."""
    shown = "".join(c for c in words if c == "\n" or unicodedata.category(c)[0] != "C")
    return shown.strip()[:MOST_WORDS]
