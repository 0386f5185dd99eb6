"""The directory port: which conversations there are, whose they are and what they are called.

A face with several users lists and guards conversations by it. A conversation may stand here before its
first message, and one held without such a face never does.
"""

import datetime as dt
from typing import Protocol

from advisor.domain.listed import Listed


class Directory(Protocol):
    """Times are aware: ValueError for one without a zone. Titles are kept as one line of 200 characters.

    Raises StorageError when it can't be kept or read.
    """

    def add(self, thread: str, owner: str, title: str, at: dt.datetime) -> None:
        """List a conversation. The first one wins: a thread that is listed keeps its owner and title."""
        ...

    def owner(self, thread: str) -> str | None:
        """Whose conversation it is; None where it isn't listed."""
        ...

    def find(self, thread: str) -> Listed | None:
        """How a conversation is listed; None where it isn't."""
        ...

    def of(self, owner: str) -> tuple[Listed, ...]:
        """An owner's conversations, the one touched last first."""
        ...

    def touch(self, thread: str, at: dt.datetime) -> None:
        """Note that something was said then; an earlier time than the one noted changes nothing."""
        ...

    def rename(self, thread: str, title: str) -> None:
        """Give a listed conversation another title."""
        ...

    def forget(self, thread: str) -> None:
        """Drop a conversation from the list."""
        ...
