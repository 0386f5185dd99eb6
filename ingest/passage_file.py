"""Passages on disk, one JSON line each, read by row without holding them in memory.

`passages.jsonl` holds them, `rows.json` their ids, content hashes and byte offsets.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path

from pydantic import ValidationError

from advisor.domain.evidence import Passage
from advisor.errors import IndexDamaged
from ingest.storage import anew

_LINES = "passages.jsonl"
_ROWS = "rows.json"


class PassageFile:
    """The passages of one generation, by row. Raises IndexDamaged when they can't be read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        try:
            rows = json.loads((folder / _ROWS).read_bytes())
            self.ids: list[str] = rows["ids"]
            self.hashes: list[str] = rows["hashes"]
            self._offsets: list[int] = rows["offsets"]
            whole = (folder / _LINES).stat().st_size == self._offsets[-1]
        except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
            raise self._damaged() from error
        if not whole or not len(self.ids) == len(self.hashes) == len(self._offsets) - 1:
            raise self._damaged()

    @classmethod
    def write(cls, folder: Path, passages: Iterable[Passage]) -> "PassageFile":
        """Writes passages as they come. Raises OSError."""
        ids: list[str] = []
        hashes: list[str] = []
        offsets = [0]
        with (folder / _LINES).open("wb") as file:
            for passage in passages:
                line = passage.model_dump_json().encode() + b"\n"
                file.write(line)
                ids.append(passage.id)
                hashes.append(passage.content_hash)
                offsets.append(offsets[-1] + len(line))
        (folder / _ROWS).write_text(json.dumps({"ids": ids, "hashes": hashes, "offsets": offsets}))
        return cls(folder)

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def row_of(self) -> dict[str, int]:
        """Row by passage id."""
        return {passage_id: row for row, passage_id in enumerate(self.ids)}

    def read(self, rows: Sequence[int]) -> list[Passage]:
        """The passages of these rows, in the order given."""
        try:
            with (self._folder / _LINES).open("rb") as file:
                return [self._read_one(file.seek(self._offsets[row]), file.readline()) for row in rows]
        except (OSError, ValidationError) as error:
            raise self._damaged() from error

    def stream(self, first: int = 0, number: int | None = None) -> Iterator[Passage]:
        """Passages of consecutive rows, one after the other."""
        last = len(self) if number is None else first + number
        try:
            with (self._folder / _LINES).open("rb") as file:
                file.seek(self._offsets[first])
                for _ in range(first, last):
                    yield Passage.model_validate_json(file.readline())
        except (OSError, ValidationError) as error:
            raise self._damaged() from error

    @staticmethod
    def _read_one(_at: int, line: bytes) -> Passage:
        return Passage.model_validate_json(line)

    def _damaged(self) -> IndexDamaged:
        return IndexDamaged(
            f"The passages in {self._folder} are missing or damaged.", anew(self._folder.parents[1])
        )
