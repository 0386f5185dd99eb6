"""The chosen faults, from `mutations.yaml`: edits of texts and of entries in YAML files."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import yaml
from pydantic import BaseModel, ConfigDict, Field, JsonValue, TypeAdapter, model_validator

from evals.proof.changes import Apply, Change, NoLongerApplies, Tree

MUTATIONS = Path(__file__).parent / "mutations.yaml"

At = tuple[str | int, ...]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Edit(_Frozen):
    """A text in place of another, or an entry of a YAML file changed or dropped."""

    file: str
    old: str | None = None
    new: str | None = None
    at: At = ()
    value: JsonValue = None
    drop: bool = False

    @model_validator(mode="after")
    def _one_kind(self) -> "Edit":
        if (self.old is None) == (not self.at) or (self.old is None) != (self.new is None):
            raise ValueError(f"an edit of {self.file} has either old and new, or at")
        if self.old == "":
            raise ValueError(f"an edit of {self.file} replaces nothing")
        return self

    def made(self, tree: Tree) -> None:
        """Makes the edit. Raises NoLongerApplies."""
        if self.old is not None and self.new is not None:
            tree.replace(self.file, self.old, self.new)
            return
        content = tree.load(self.file)
        holder, last = _place(content, self.at, self.file)
        if self.drop:
            del holder[last]
        else:
            holder[last] = self.value
        tree.dump(self.file, content)


class ChangeEntry(_Frozen):
    """A change as its file has it; one of the gate's arguments or its environment needs no edit."""

    name: str = Field(pattern=r"^[a-z0-9_]+$")
    layer: str
    what: str
    edits: tuple[Edit, ...] = ()
    arguments: tuple[str, ...] = ()
    environment: dict[str, str] = Field(default_factory=dict[str, str])

    @model_validator(mode="after")
    def _changes_something(self) -> "ChangeEntry":
        if not (self.edits or self.arguments or self.environment):
            raise ValueError(f"{self.name} changes nothing")
        return self

    def change(self) -> Change:
        """The change, ready to be made."""
        return Change(self.name, self.what, self.layer, _all_of(self.edits), self.arguments, self.environment)


def read_changes(path: Path) -> list[Change]:
    """The changes of a file. Raises ValueError for a wrong entry or a name that stands there twice."""
    entries = TypeAdapter(list[ChangeEntry]).validate_python(yaml.safe_load(path.read_text("utf-8")))
    names = [entry.name for entry in entries]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"{path.name} holds {', '.join(twice)} more than once")
    return [entry.change() for entry in entries]


def chosen_mutations() -> list[Change]:
    """Every chosen fault, in the order of the file."""
    return read_changes(MUTATIONS)


def _all_of(edits: Sequence[Edit]) -> Apply:
    def apply(tree: Tree) -> None:
        for edit in edits:
            edit.made(tree)

    return apply


def _place(content: Any, at: At, file: str) -> tuple[Any, str | int]:
    """The mapping or list that holds the entry at this path, and its key there."""
    for step in at[:-1]:
        content = content[_key(content, step, file)]
    return content, _key(content, at[-1], file)


def _key(content: Any, step: str | int, file: str) -> str | int:
    if isinstance(content, dict) and step in content:
        return step
    if isinstance(content, list):
        entries = cast(list[Any], content)
        if isinstance(step, int) and step < len(entries):
            return step
        name, is_search, wanted = str(step).partition("=")
        if is_search:
            for place, entry in enumerate(entries):
                if isinstance(entry, dict) and str(cast(dict[str, Any], entry).get(name)) == wanted:
                    return place
    raise NoLongerApplies(f"{file} holds nothing at {step!r}.", "Mend the change.")
