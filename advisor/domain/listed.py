"""A conversation as a list of conversations shows it."""

import datetime as dt
import unicodedata

from advisor.domain.facts import Frozen

LONGEST_TITLE = 200
"""Characters kept of a title."""


class Listed(Frozen):
    """Whose it is, what it is called, when it was begun and last touched (ISO date-times in UTC)."""

    thread: str
    owner: str
    title: str
    begun: str
    last: str


def listed_at(at: dt.datetime) -> str:
    """A moment as it is kept, in UTC and always as long, so that text sorts by time.

    Raises ValueError for a moment without a zone.
    """
    if at.tzinfo is None:
        raise ValueError("a moment at which something was said needs a zone")
    return at.astimezone(dt.UTC).isoformat(timespec="microseconds")


def listed_title(title: str) -> str:
    """A title as it is kept: one line, without what can't be seen, cut to length."""
    shown = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in title)
    return " ".join(shown.split())[:LONGEST_TITLE]
