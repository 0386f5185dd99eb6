"""SQLite's errors in the words of our own tree."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from advisor.errors import ConversationsDamaged, StorageError, StorageFull, StorageReadOnly

ROOM = 1_000_000
"""Bytes that SQLite needs at the least to work: its log and its shared memory."""


def _has_no_room(path: Path) -> bool:
    folder = next((p for p in path.parents if p.exists()), Path("/"))
    return shutil.disk_usage(folder).free < ROOM


@contextmanager
def told_as_storage_errors(path: Path) -> Iterator[None]:
    """Raises StorageFull, StorageReadOnly, ConversationsDamaged or StorageError for SQLite's own."""
    try:
        yield
    except sqlite3.Error as error:
        raise _told(error, path) from error
    except OSError as error:
        raise StorageError(
            f"{path} can't be used: {error.strerror}.", "Mend the folder and try again."
        ) from error


def _told(error: sqlite3.Error, path: Path) -> StorageError:
    text = str(error).lower()
    if "full" in text or ("disk i/o" in text and _has_no_room(path)):
        return StorageFull(
            f"There is no room left on the disk that holds {path}.",
            "Free some space and say it again; what was kept before is whole.",
        )
    if "readonly" in text or "unable to open" in text:
        return StorageReadOnly(
            f"{path} can't be written.", "Give yourself write access, or set ADVISOR_HOME to another folder."
        )
    if "disk i/o" in text:
        return StorageError(
            f"{path} can't be read or written: the disk reports an error.",
            "See whether it is full or failing, then try again; what was kept before is whole.",
        )
    if "locked" in text:
        return StorageError(f"{path} is in use by another process.", "Close it and try again.")
    if "not a database" in text or "malformed" in text or "corrupt" in text:
        return ConversationsDamaged(
            f"The conversations in {path} are damaged and can't be read.",
            "Move that file aside; a new one is started and nothing is deleted.",
        )
    return StorageError(f"{path} can't be used: {error}.", "Try again; if it stays so, move that file aside.")
