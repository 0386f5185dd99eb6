"""A fresh copy of the checkout: the files that git tracks or would track, and the exported models by link."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]

CACHE = ".cache"
"""Ignored by git; shared with the copies, so that no copy exports the embedding model again."""


def files_of(checkout: Path = CHECKOUT) -> list[str]:
    """The names of the files that make up the checkout, tracked or new, without what is ignored."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=True).stdout
    names = sorted(set(filter(None, listed.split("\0"))))
    return [name for name in names if (checkout / name).is_file()]


def copy_into(folder: Path, checkout: Path = CHECKOUT, names: list[str] | None = None) -> Path:
    """Copies the checkout into an empty folder, and links the cache of models."""
    for name in files_of(checkout) if names is None else names:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(checkout / name, target)
    if (checkout / CACHE).exists():
        (folder / CACHE).symlink_to((checkout / CACHE).resolve(), target_is_directory=True)
    return folder


@contextmanager
def fresh_copy(name: str, keep: bool = False, checkout: Path = CHECKOUT) -> Iterator[Path]:
    """A copy in a temporary folder, dropped afterwards unless it is to be kept."""
    folder = Path(tempfile.mkdtemp(prefix=f"proof-{name[:40]}-"))
    try:
        yield copy_into(folder, checkout)
    finally:
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)
