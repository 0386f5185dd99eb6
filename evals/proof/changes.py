"""A change of the product, made in a copy of the tree: texts replaced, files written, never the original.

Knows nothing of what a change is for, nor of the gate.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from advisor.errors import AdvisorError

PRODUCT = ("advisor/", "corpus/", "ingest/")
"""Where a fault may be made. A fault in the evals would prove nothing."""


class NoLongerApplies(AdvisorError):
    """The text that a change replaces is not in the product any more, or not just once."""


class Tree:
    """The files of a copy. What is written is a new file, so that a file shared by a hard link stays."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.touched: list[str] = []

    def read(self, name: str) -> str:
        """The text of a file. Raises NoLongerApplies where there is none."""
        try:
            return (self.root / name).read_text("utf-8")
        except FileNotFoundError as missing:
            raise NoLongerApplies(f"{name} is gone.", "Mend the change.") from missing

    def write(self, name: str, text: str) -> None:
        """Puts a text in place of a file of the product. Raises NoLongerApplies where it stays as it was."""
        if not name.startswith(PRODUCT):
            raise NoLongerApplies(f"{name} is no file of the product.", "Change advisor, corpus or ingest.")
        if self.read(name) == text:
            raise NoLongerApplies(f"{name} stays as it was.", "Mend the change.")
        path = self.root / name
        beside = path.with_name(f"{path.name}.changed")
        beside.write_text(text, "utf-8")
        os.replace(beside, path)
        if name not in self.touched:
            self.touched.append(name)

    def replace(self, name: str, old: str, new: str) -> None:
        """Replaces a text that occurs just once. Raises NoLongerApplies."""
        text = self.read(name)
        found = text.count(old)
        if found != 1:
            shown = " ".join(old.split())[:70]
            raise NoLongerApplies(f"{name} holds “{shown}” {found} times, not once.", "Mend the change.")
        self.write(name, text.replace(old, new))

    def append(self, name: str, code: str) -> None:
        """Adds lines at the end of a file."""
        self.write(name, f"{self.read(name).rstrip()}\n\n{code.strip()}\n")

    def load(self, name: str) -> Any:
        """The content of a YAML file."""
        return yaml.load(self.read(name), yaml.CSafeLoader)

    def dump(self, name: str, content: Any) -> None:
        """Writes a YAML file anew; comments and layout are lost."""
        self.write(
            name,
            yaml.dump(content, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True, width=10_000),
        )


Apply = Callable[[Tree], None]


@dataclass(frozen=True)
class Change:
    """One change of the product, or of how the gate is started.

    `layer` is the part of the product it is in, or the kind of harmless change. `arguments` go to the gate,
    `environment` is set for it.
    """

    name: str
    what: str
    layer: str
    apply: Apply
    arguments: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
