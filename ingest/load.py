"""One file → a document, or the reason why not. A bad file never stops the run.

A format is added by a reader: a function from bytes to text, listed in FORMATS by file ending.
"""

import hashlib
import os
import re
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from advisor.errors import BadPath

Outcome = Literal["ingested", "unchanged", "rejected", "unsupported"]

SIZE_LIMIT = 50_000_000  # bytes of one file
CONTROL_SHARE = 0.01  # of the characters; a text has hardly any, a binary file has many

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffd]")
# Characters that show nothing but carry text past a reader's eyes: zero width and direction marks,
# soft hyphen, variation selectors, interlinear marks, tag characters.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


@dataclass(frozen=True)
class Document:
    """A file's text with line feeds only and nothing invisible; `sha256` is of the file's bytes."""

    path: Path
    text: str
    format: str
    sha256: str


@dataclass(frozen=True)
class Refused:
    """Why a file gave no document."""

    path: Path
    outcome: Outcome
    reason: str


class UnreadableText(ValueError):
    """The bytes are not a text that a reader knows. The message is shown to the user."""


@dataclass(frozen=True)
class Format:
    """How a kind of file is read: the name that chunking knows it by, and the reader."""

    name: str
    read: Callable[[bytes], str]


def read_text(data: bytes) -> str:
    """Bytes in an encoding found out → text. Raises UnreadableText for binary data."""
    text = clean(_decoded(data), keep_control=True)
    control = len(_CONTROL.findall(text))
    if control > CONTROL_SHARE * len(text):
        raise UnreadableText("it is not a text file (binary data)")
    return clean(text)


def clean(text: str, keep_control: bool = False) -> str:
    """`text` with line feeds as line ends, without invisible characters (and without control ones)."""
    shown = _INVISIBLE.sub("", _LINE_ENDS.sub("\n", text))
    return shown if keep_control else _CONTROL.sub("", shown)


def _decoded(data: bytes) -> str:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    from charset_normalizer import from_bytes

    best = from_bytes(data).best()
    if best is None:
        raise UnreadableText("its character encoding can't be told")
    return str(best)


FORMATS: dict[str, Format] = {
    **dict.fromkeys((".md", ".markdown"), Format("markdown", read_text)),
    ".txt": Format("text", read_text),
}


def load(path: Path, size_limit: int = SIZE_LIMIT) -> Document | Refused:
    """The document in `path`, or the outcome and reason of a file that gives none."""
    kind = FORMATS.get(path.suffix.lower())
    if kind is None:
        known = ", ".join(sorted(FORMATS))
        ending = f"files ending in {path.suffix}" if path.suffix else "files without an ending"
        return Refused(path, "unsupported", f"{ending} are not read; known are {known}")
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            return Refused(path, "rejected", "it is not a regular file")
        if found.st_size > size_limit:
            return Refused(path, "rejected", f"it is larger than {size_limit // 1_000_000} MB")
        data = path.read_bytes()
        text = kind.read(data)
    except OSError as error:
        return Refused(path, "rejected", f"it can't be read ({error.strerror or type(error).__name__})")
    except UnreadableText as error:
        return Refused(path, "rejected", str(error))
    if not text.strip():
        return Refused(path, "rejected", "it has no text")
    return Document(path, text, kind.name, hashlib.sha256(data).hexdigest())


@dataclass(frozen=True)
class FoundFile:
    """A file to ingest: resolved, as the user gave it, and as passages show it (from its folder on)."""

    path: Path
    given: str
    shown: str


def find_files(paths: Sequence[str | Path], skip: Path) -> tuple[list[FoundFile], list[Path]]:
    """The files that `paths` name, folders walked, each once; and the folders among `paths`, resolved.

    Hidden files and folders are passed over, and so is `skip`, where the index is kept. Raises BadPath.
    """
    if not paths:
        raise BadPath(
            "No file or folder was given.", "Name at least one, for example `advisor ingest guides/`."
        )
    given = [Path(path) for path in paths]
    for path in given:
        if not os.path.exists(path):  # a path too odd to be asked about is not there either
            raise BadPath(f"There is no file or folder {path}.", "Check the path; nothing was ingested.")
    found: dict[Path, FoundFile] = {}
    folders: list[Path] = []
    for path in given:
        whole = path.resolve()
        if whole.is_dir():
            folders.append(whole)
            for file in _walk(whole, skip.resolve()):
                inner = file.relative_to(whole)
                shown = (Path(whole.name) / inner).as_posix()
                found.setdefault(file, FoundFile(file, str(path / inner), shown))
        else:
            found.setdefault(whole, FoundFile(whole, str(path), whole.name))
    return list(found.values()), folders


def _walk(folder: Path, skip: Path) -> Iterator[Path]:
    for place, inner, names in os.walk(folder):
        here = Path(place)
        inner[:] = sorted(name for name in inner if not name.startswith(".") and here / name != skip)
        yield from (here / name for name in sorted(names) if not name.startswith("."))
