"""The memo port: memos are kept beside the conversation, one for each turn that gave one."""

from typing import Protocol

from advisor.domain.memo import Memo


class Memos(Protocol):
    """Raises StorageError when they can't be kept or read."""

    def save(self, thread: str, message_id: str, memo: Memo) -> None:
        """Keep a memo; saving the same turn again replaces it."""
        ...

    def latest(self, thread: str) -> Memo | None:
        """The last memo of a conversation."""
        ...

    def of(self, thread: str, message_id: str) -> Memo | None:
        """The memo of one turn."""
        ...

    def forget(self, thread: str) -> None:
        """Drop every memo of a conversation."""
        ...
