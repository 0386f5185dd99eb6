"""Prompts: files with declared variables, and data fenced inside them.

A prompt file has a head (`variables: [...]` between two `---` lines), then `# system` and `# user`.
What users and passages say goes in as JSON inside a fence that JSON can't close, so that it reads as
data whatever it says.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import yaml
from jinja2 import Environment, StrictUndefined, TemplateError, meta

from advisor.errors import PlaybookError

BYTES_PER_TOKEN = 3.2
"""A cautious estimate: English runs at 4 or more. An endpoint's own count is what the log keeps."""


@dataclass(frozen=True)
class Prompt:
    """What is sent: the advisor's own instruction, and the data it is about."""

    system: str
    user: str

    @property
    def tokens(self) -> int:
        """An estimate from above of its tokens."""
        return estimate(self.system) + estimate(self.user)


class PromptFile:
    """One prompt with its variables. Raises PlaybookError when they don't match its text."""

    def __init__(self, name: str, text: str) -> None:
        head, system, user = _parts(name, text)
        try:
            declared = frozenset((yaml.safe_load(head) or {}).get("variables", ()))
            environment = Environment(
                undefined=StrictUndefined, autoescape=False, keep_trailing_newline=False
            )
            used = meta.find_undeclared_variables(environment.parse(system + user))
            self._system, self._user = environment.from_string(system), environment.from_string(user)
        except (yaml.YAMLError, AttributeError, TemplateError) as error:
            raise PlaybookError(f"prompt {name} can't be read: {error}.", "Mend the file.") from error
        if used != declared:
            raise PlaybookError(
                f"prompt {name} declares {sorted(declared)} but uses {sorted(used)}.",
                "Declare exactly the variables that the text uses.",
            )
        self._declared = declared
        self._name = name

    def fill(self, **values: str) -> Prompt:
        """The prompt with all its variables; a missing or surplus one is a programming error."""
        if values.keys() != self._declared:
            raise TypeError(f"prompt {self._name} takes {sorted(self._declared)}, got {sorted(values)}")
        return Prompt(self._system.render(**values).strip(), self._user.render(**values).strip())


NAMES = ("understand", "write_memo", "write_answer", "revise", "judge", "translate")


def load_prompts(files: Mapping[str, str]) -> dict[str, PromptFile]:
    """All prompts by name. Raises PlaybookError for one that is missing or wrong."""
    missing = [name for name in NAMES if name not in files]
    if missing:
        raise PlaybookError(f"prompt {missing[0]} is missing.", "Put the file back.")
    return {name: PromptFile(name, files[name]) for name in NAMES}


def fenced(name: str, data: object) -> str:
    """Data as JSON between two tags that it can't hold itself."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    text = text.replace("<", "\\u003c").replace(">", "\\u003e")
    return f"<{name}>{text}</{name}>"


def estimate(text: str) -> int:
    """Tokens of a text, from above."""
    return int(len(text.encode("utf-8", "replace")) / BYTES_PER_TOKEN) + 1


def _parts(name: str, text: str) -> tuple[str, str, str]:
    _, _, rest = text.partition("---\n")
    head, closed, body = rest.partition("---\n")
    before, system, rest = body.partition("# system\n")
    system_text, user, user_text = rest.partition("# user\n")
    if not (closed and system and user) or before.strip():
        raise PlaybookError(
            f"prompt {name} needs a head between two --- lines, then # system and # user.", "Mend the file."
        )
    return head, system_text, user_text
