"""A file written whole or not at all, at a place the user chose."""

import contextlib
import os
import stat
import tempfile
from pathlib import Path

from advisor.errors import BadPath

_NEW_FILE = 0o666


def write_whole(path: Path, content: bytes | str) -> None:
    """Writes `content` beside `path` and moves it there; an existing file is replaced. Raises BadPath."""
    if path.is_dir():
        raise BadPath(f"{path} is a folder.", "Name a file in it.")
    if not path.absolute().parent.is_dir():
        raise BadPath(f"There is no folder {path.absolute().parent}.", "Make it first, or name another file.")
    data = content.encode() if isinstance(content, str) else content
    try:
        if path.exists() and not stat.S_ISREG(path.stat().st_mode):  # a pipe or a device can't be replaced
            path.write_bytes(data)
            return
        _replace(Path(os.path.realpath(path)), data)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise BadPath(
            f"{path} can't be written ({reason}).", "Name another file, or mend the folder."
        ) from error


def _replace(path: Path, data: bytes) -> None:
    mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else _NEW_FILE & ~_umask()
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, mode)
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


def _umask() -> int:
    # Can only be read by setting it.
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
