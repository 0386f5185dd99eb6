"""The replies port: every reply said is kept beside the conversation, so that an old one can be shown."""

from collections.abc import Mapping
from typing import Protocol

from advisor.domain.reply import Reply


class Replies(Protocol):
    """Raises StorageError when they can't be kept or read."""

    def save(self, reply: Reply) -> None:
        """Keep a turn's reply without its memo; saving the same turn again replaces it."""
        ...

    def of(self, thread: str) -> Mapping[str, Reply]:
        """The replies of a conversation by message id, oldest first.

        One that was kept in another form is left out: the transcript still has its text.
        """
        ...

    def forget(self, thread: str) -> None:
        """Drop every reply of a conversation."""
        ...
