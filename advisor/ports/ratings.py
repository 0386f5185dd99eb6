"""The ratings port: what users said of replies, one rating for each reply."""

from typing import Protocol

from advisor.domain.rating import Rating


class Ratings(Protocol):
    """Raises StorageError when they can't be kept or read."""

    def save(self, rating: Rating) -> None:
        """Keep a rating; a later one of the same reply replaces it."""
        ...

    def remove(self, thread: str, message_id: str) -> None:
        """Drop a reply's rating, if there is one."""
        ...

    def of(self, thread: str) -> tuple[Rating, ...]:
        """The ratings of a conversation in the order of its messages."""
        ...

    def forget(self, thread: str) -> None:
        """Drop every rating of a conversation."""
        ...
