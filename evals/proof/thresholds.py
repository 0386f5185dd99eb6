"""Every number by which the product decides: constants of its modules, and numbers in its playbook.

What is a limit of another kind (a timeout, a batch, the size of a buffer, a seed) stands in `limits.yaml`
with the reason; whatever is not named there decides, so that a new constant can be sampled at once.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from evals.proof.changes import Apply, NoLongerApplies, Tree

LIMITS = Path(__file__).parent / "limits.yaml"

FOLDERS = (
    "advisor/policy",
    "advisor/adapters",
    "advisor/steps",
    "advisor/domain",
    "advisor/conversation",
    "ingest",
    "corpus",
)
"""Code with numbers that decide. The faces (advisor/interfaces) are left out: no eval goes through them."""

PLAYBOOK = "advisor/playbook"

NUMBERED_BODIES = ("advisor/policy/predicates.py",)
"""Modules in whose functions numbers are borders, not only in their constants."""


class NamedLimit(BaseModel):
    """Numbers that are no thresholds: their names, as a pattern, and why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    where: str
    why: str = Field(min_length=8)


@cache
def limits() -> tuple[NamedLimit, ...]:
    """The reviewed list of what is no threshold."""
    return TypeAdapter(tuple[NamedLimit, ...]).validate_python(yaml.safe_load(LIMITS.read_text("utf-8")))


@dataclass(frozen=True)
class Number:
    """A number under a name that says where it stands; `file` and `path` find it again in a copy."""

    file: str
    path: tuple[str | int, ...]
    value: int | float

    @property
    def name(self) -> str:
        """File and place, for people."""
        return f"{self.file}: {' '.join(str(step) for step in self.path)}"

    def set_to(self, value: float) -> Apply:
        """Puts another number in its place."""
        return self._in_code(value) if self.file.endswith(".py") else self._in_data(value)

    def _in_code(self, value: float) -> Apply:
        def apply(tree: Tree) -> None:
            source = tree.read(self.file)
            for found, start, end in _of_code(self.file, source):
                if found == self:
                    tree.write(self.file, source[:start] + repr(value) + source[end:])
                    return
            raise NoLongerApplies(f"{self.name} is gone.", "Sample anew.")

        return apply

    def _in_data(self, value: float) -> Apply:
        def apply(tree: Tree) -> None:
            content = tree.load(self.file)
            holder = content
            for step in self.path[:-1]:
                holder = holder[_at(holder, step)]
            holder[_at(holder, self.path[-1])] = value
            tree.dump(self.file, content)

        return apply


def all_numbers(tree: Tree) -> list[Number]:
    """Every number of the code's constants and of the playbook, by name."""
    found: list[Number] = []
    for folder in FOLDERS:
        for path in sorted((tree.root / folder).rglob("*.py")):
            file = path.relative_to(tree.root).as_posix()
            found += [number for number, _, _ in _of_code(file, path.read_text("utf-8"))]
    for path in sorted((tree.root / PLAYBOOK).rglob("*.yaml")):
        file = path.relative_to(tree.root).as_posix()
        found += [Number(file, at, value) for at, value in _of_data(tree.load(file), ())]
    return found


def deciding_numbers(tree: Tree) -> list[Number]:
    """The numbers that decide something a user can notice."""
    return [number for number in all_numbers(tree) if not is_limit(number)]


def is_limit(number: Number) -> bool:
    """Whether the reviewed list names it as something else than a threshold."""
    return any(fnmatchcase(number.name, limit.where) for limit in limits())


# --- in code ------------------------------------------------------------------------------------------


def _of_code(file: str, source: str) -> Iterator[tuple[Number, int, int]]:
    """The numbers of a module's constants, in some modules of its functions too, with their places."""
    lines = source.splitlines(keepends=True)
    for statement in ast.parse(source).body:
        target, value = _assigned(statement)
        if target is not None and value is not None:
            names = [*_names(target)]
            for path, node in _numbers(value, names):
                yield _placed(file, path, node, lines)
        elif file in NUMBERED_BODIES and isinstance(statement, ast.FunctionDef):
            seen = 0
            for part in (*statement.decorator_list, *statement.body):
                for node in ast.walk(part):
                    if _is_number(node):
                        seen += 1
                        yield _placed(file, (statement.name, seen), node, lines)


def _assigned(statement: ast.stmt) -> tuple[ast.expr | None, ast.expr | None]:
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        return statement.targets[0], statement.value
    if isinstance(statement, ast.AnnAssign):
        return statement.target, statement.value
    return None, None


def _names(target: ast.expr) -> Iterator[str]:
    for node in ast.walk(target):
        if isinstance(node, ast.Name):
            yield node.id


def _numbers(value: ast.expr, names: list[str]) -> Iterator[tuple[tuple[str | int, ...], ast.expr]]:
    """Numbers that stand alone, in a tuple, or as values of a mapping; none inside of calls."""
    if _is_number(value) and len(names) == 1:
        yield (names[0],), value
    elif isinstance(value, ast.Tuple) and len(names) == len(value.elts) > 1:
        for name, element in zip(names, value.elts, strict=True):
            if _is_number(element):
                yield (name,), element
    elif isinstance(value, ast.Tuple) and len(names) == 1:
        for place, element in enumerate(value.elts):
            if _is_number(element):
                yield (names[0], place), element
    elif isinstance(value, ast.Dict) and len(names) == 1:
        for key, element in zip(value.keys, value.values, strict=True):
            if isinstance(key, ast.Constant) and _is_number(element):
                yield (names[0], str(key.value)), element


def _is_number(node: ast.AST) -> bool:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        node = node.operand
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, int | float)
        and not isinstance(node.value, bool)
    )


def _placed(
    file: str, path: tuple[str | int, ...], node: ast.AST, lines: list[str]
) -> tuple[Number, int, int]:
    assert isinstance(node, ast.expr)
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    start = _offset(lines, node.lineno, node.col_offset)
    end = _offset(lines, node.end_lineno, node.end_col_offset)
    return Number(file, path, ast.literal_eval(node)), start, end


def _offset(lines: list[str], line: int, column: int) -> int:
    """A place in the text from a line and a column of `ast`, which counts bytes."""
    before = lines[line - 1].encode("utf-8")[:column].decode("utf-8")
    return sum(map(len, lines[: line - 1])) + len(before)


# --- in data ------------------------------------------------------------------------------------------


def _of_data(content: Any, at: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], int | float]]:
    if isinstance(content, dict):
        for key, value in content.items():
            yield from _of_data(value, (*at, str(key)))
    elif isinstance(content, list):
        for place, value in enumerate(content):
            yield from _of_data(value, (*at, _step(value, place)))
    elif isinstance(content, int | float) and not isinstance(content, bool):
        yield at, content


def _step(entry: Any, place: int) -> str | int:
    """An entry's own name where it has one: places move when entries are added."""
    if isinstance(entry, dict):
        for key in ("id", "fact"):
            if isinstance(entry.get(key), str):
                return f"{key}={entry[key]}"
    return place


def _at(holder: Any, step: str | int) -> Any:
    if isinstance(holder, dict):
        for key in holder:
            if str(key) == step:
                return key
    elif isinstance(step, int) and step < len(holder):
        return step
    else:
        key, _, wanted = str(step).partition("=")
        for place, entry in enumerate(holder):
            if isinstance(entry, dict) and entry.get(key) == wanted:
                return place
    raise NoLongerApplies(f"there is nothing at {step!r}.", "Sample anew.")
