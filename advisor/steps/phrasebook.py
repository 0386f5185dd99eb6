"""The phrasebook: every sentence the advisor says of its own, as data with declared variables.

A phrase is `{variables: [...], text: "..."}`; its text is a Jinja template that may use exactly the
variables it declares. Knows nothing of where a phrase is used.
"""

from collections.abc import Mapping

import yaml
from jinja2 import Environment, StrictUndefined, TemplateSyntaxError, meta
from pydantic import TypeAdapter, ValidationError

from advisor.domain.facts import Frozen
from advisor.errors import PlaybookError


class PhraseEntry(Frozen):
    """A template and the variables it must be given."""

    variables: tuple[str, ...] = ()
    text: str


class Phrasebook:
    """Phrases by id. Calling one with a missing or surplus variable is a programming error."""

    def __init__(self, entries: Mapping[str, PhraseEntry]) -> None:
        environment = Environment(undefined=StrictUndefined, autoescape=False)
        self._variables = {name: frozenset(entry.variables) for name, entry in entries.items()}
        self._templates = {name: environment.from_string(entry.text) for name, entry in entries.items()}

    def say(self, name: str, **values: object) -> str:
        """The phrase with its variables filled in, white space folded."""
        if values.keys() != self._variables[name]:
            raise TypeError(f"phrase {name} takes {sorted(self._variables[name])}, got {sorted(values)}")
        return " ".join(self._templates[name].render(**values).split())


def load_phrasebook(name: str, text: str) -> Phrasebook:
    """A phrasebook from YAML. Raises PlaybookError naming the phrase whose variables don't match."""
    return Phrasebook(_entries(name, text))


def load_phrasebooks(files: Mapping[str, str]) -> Phrasebook:
    """One phrasebook from several files (name → YAML). Raises PlaybookError, also for an id in two files."""
    merged: dict[str, PhraseEntry] = {}
    for name, text in files.items():
        entries = _entries(name, text)
        if twice := merged.keys() & entries.keys():
            raise PlaybookError(
                f"{name}: phrase {min(twice)} stands in another file too.", "Rename or remove one."
            )
        merged |= entries
    return Phrasebook(merged)


def _entries(name: str, text: str) -> dict[str, PhraseEntry]:
    try:
        entries = TypeAdapter(dict[str, PhraseEntry]).validate_python(yaml.safe_load(text))
    except (yaml.YAMLError, ValidationError) as error:
        raise PlaybookError(f"{name} can't be read: {error}.", "Mend the file.") from error
    environment = Environment()
    for phrase, entry in entries.items():
        try:
            used = meta.find_undeclared_variables(environment.parse(entry.text))
        except TemplateSyntaxError as error:
            raise PlaybookError(f"{name}: phrase {phrase}: {error.message}.", "Mend the template.") from error
        if used != set(entry.variables):
            raise PlaybookError(
                f"{name}: phrase {phrase} declares {sorted(entry.variables)} but uses {sorted(used)}.",
                "Declare exactly the variables that the text uses.",
            )
    return entries
