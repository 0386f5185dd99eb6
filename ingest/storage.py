"""Files written whole or not at all, and what a disk refuses as errors a user understands."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from advisor.errors import StorageError, StorageFull, StorageReadOnly

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_READ_ONLY = {errno.EACCES, errno.EPERM, errno.EROFS}


def anew(collection: Path) -> str:
    """The remedy where an index can't be used: the folder of its collection, made anew."""
    return (
        f"Delete the folder {collection} and run `advisor ingest` on your files again; "
        "the built-in guides are indexed again by themselves."
    )


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Turns an OSError in the block into StorageFull, StorageReadOnly or StorageError."""
    try:
        yield
    except OSError as error:
        raise refusal(error, folder) from error


def refusal(error: OSError, folder: Path) -> StorageError:
    """The error of the tree that says what the disk refused under `folder`."""
    if error.errno in _FULL:
        return full(folder)
    if error.errno in _READ_ONLY:
        return read_only(folder)
    reason = error.strerror or str(error)
    return StorageError(f"{folder} can't be written ({reason}).", "Check the disk and run it again.")


def full(folder: Path) -> StorageFull:
    return StorageFull(
        f"The disk that holds {folder} is full.",
        "Free some space and run it again; nothing was lost.",
    )


def read_only(folder: Path) -> StorageReadOnly:
    return StorageReadOnly(
        f"{folder} is read-only for this user.",
        "Make it writable or set ADVISOR_HOME to a folder that you may write to.",
    )


def replace_file(path: Path, data: bytes) -> None:
    """Writes `data` beside `path` and moves it there whole; a reader sees the old file or the new one."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with beside.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)
