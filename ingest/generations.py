"""Where a collection's index lies on disk: generations beside each other, one of them current.

<root>/<collection>/CURRENT               number of the generation that readers open
<root>/<collection>/writer.lock           held by the one process that writes
<root>/<collection>/generations/<n>/      manifest.json, passages.jsonl, rows.json, chroma/, bm25/
"""

import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from advisor.errors import IndexBusy, IndexDamaged, IndexForeign, IndexMissing, InputError
from ingest.storage import anew, replace_file

POINTER = "CURRENT"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class Collection:
    """One named index. Building one touches no file."""

    def __init__(self, root: Path, name: str) -> None:
        if not _NAME.fullmatch(name):
            raise InputError(
                f"{name!r} can't be the name of a collection.",
                "Use letters, digits, dots, hyphens and underscores, 64 at most.",
            )
        self.name = name
        self.folder = Path(root) / name
        self._generations = self.folder / "generations"

    def generation(self, number: int) -> Path:
        return self._generations / str(number)

    def current(self) -> int | None:
        """Number of the current generation, None when nothing was ingested yet. Raises IndexDamaged."""
        try:
            text = (self.folder / POINTER).read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise self._damaged() from error
        if not text.isdigit():
            raise self._damaged()
        return int(text)

    def opened(self) -> Path:
        """The folder of the current generation. Raises IndexMissing or IndexDamaged."""
        number = self.current()
        if number is None:
            raise IndexMissing(
                f"The collection {self.name!r} has no index yet.", "Run `advisor ingest` on a file or folder."
            )
        folder = self.generation(number)
        if not folder.is_dir():
            raise self._damaged()
        return folder

    def _damaged(self) -> IndexDamaged:
        return IndexDamaged(
            f"The index in {self.folder} is damaged: {POINTER} names no generation in it.",
            anew(self.folder),
        )

    @contextmanager
    def writer(self) -> Iterator[None]:
        """Holds the collection for writing. Raises IndexBusy at once when another process has it."""
        from filelock import FileLock, Timeout

        if self.folder.is_dir() and not self._is_ours():
            raise IndexForeign(
                f"The folder {self.folder} holds files that are no index of this program.",
                "Choose another collection or move that folder away.",
            )
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.folder / "writer.lock", timeout=0)
        try:
            lock.acquire()
        except Timeout as error:
            raise IndexBusy(
                f"Another process is writing the collection {self.name!r}.",
                "Wait until it is done, then run the command again.",
            ) from error
        try:
            yield
        finally:
            lock.release()

    def _is_ours(self) -> bool:
        names = {path.name for path in self.folder.iterdir()}
        return not names or bool(names & {POINTER, "generations", "writer.lock"})

    def begin(self) -> tuple[int, Path]:
        """A new empty generation; what killed writers left is cleared first."""
        current = self.current() or 0
        self._remove(number for number in self._numbers() if number > current)
        folder = self.generation(current + 1)
        folder.mkdir(parents=True)
        return current + 1, folder

    def publish(self, number: int) -> None:
        """Makes generation `number` current in one step, then removes all but it and the one before.

        The one before stays for readers that have it open.
        """
        before = self.current()
        replace_file(self.folder / POINTER, f"{number}\n".encode("ascii"))
        self._remove(other for other in self._numbers() if other not in (number, before))
        for leftover in self.folder.glob(f".{POINTER}.*"):
            leftover.unlink(missing_ok=True)

    def discard(self, number: int) -> None:
        """Removes a generation that was not published."""
        self._remove([number])

    def _numbers(self) -> list[int]:
        if not self._generations.is_dir():
            return []
        return [int(path.name) for path in self._generations.iterdir() if path.name.isdigit()]

    def _remove(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            shutil.rmtree(self.generation(number), ignore_errors=True)


def collections(root: Path) -> list[Collection]:
    """All collections under `root` that have an index, by name."""
    if not root.is_dir():
        return []
    names = sorted(path.name for path in root.iterdir() if (path / POINTER).is_file())
    return [Collection(root, name) for name in names if _NAME.fullmatch(name)]
