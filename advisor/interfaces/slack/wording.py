"""What the Slack bot says beside the advisor's replies: read from `wording.yaml`, checked when loaded."""

from functools import lru_cache
from importlib.resources import files
from typing import get_args

import yaml
from pydantic import ValidationError, model_validator

from advisor.domain.decision import Confidence
from advisor.domain.facts import FactValueError, Frozen, canonical_value
from advisor.domain.reply import Stage
from advisor.domain.vocabulary import FactKey
from advisor.errors import PlaybookError

MOST_PROMPTS = 4
"""Suggested prompts that Slack shows."""


class Prompt(Frozen):
    """One way to begin: what is shown, and the message it sends."""

    title: str
    message: str


class SupposedValue(Frozen):
    """One value that can be supposed."""

    label: str
    value: int | str


class Supposable(Frozen):
    """A fact that the what-if form offers, the values to pick from, and how one reads behind "what if"."""

    fact: FactKey
    label: str
    phrase: str
    choices: tuple[SupposedValue, ...]


class Wording(Frozen):
    """Every line."""

    name: str
    description: str
    long_description: str
    command_hint: str
    command_description: str
    shortcut: str
    shortcut_description: str
    prompts_title: str
    prompts: tuple[Prompt, ...]
    working: str
    placeholder: str
    stages: dict[Stage, str]
    greeting: str
    help: str
    asked_by: str
    not_here: str
    not_allowed: str
    already_read: str
    no_text: str
    own_message: str
    no_files: str
    answered: str
    answered_in_words: str
    answered_before: str
    shown_before: str
    sources: str
    sells: str
    digest: str
    quotes: str
    quotes_heading: str
    our_words: str
    verbatim: str
    feedback_good: str
    feedback_bad: str
    feedback_thanks: str
    more_changes: str
    assumed: str
    change: str
    files: str
    files_markdown_only: str
    no_upload: str
    what_if: str
    what_if_title: str
    what_if_intro: str
    what_if_submit: str
    what_if_close: str
    what_if_unchanged: str
    what_if_nothing: str
    what_if_asked: str
    what_if_stays: str
    what_if_moves: str
    what_if_sure: str
    what_if_cost: str
    what_if_late: str
    what_if_dear: str
    confidence: dict[Confidence, str]
    suppositions: tuple[Supposable, ...]
    kit: str
    kit_intro: str
    edited: str
    deleted: str
    deleted_title: str
    own_error: str
    gone: str

    @model_validator(mode="after")
    def _is_whole(self) -> "Wording":
        missing = set(get_args(Stage)) - set(self.stages) | set(get_args(Confidence)) - set(self.confidence)
        if missing:
            raise ValueError(f"no words for {', '.join(sorted(missing))}")
        if not 1 <= len(self.prompts) <= MOST_PROMPTS:
            raise ValueError(f"there are 1 to {MOST_PROMPTS} prompts, not {len(self.prompts)}")
        for supposable in self.suppositions:
            for choice in supposable.choices:
                try:
                    canonical_value(supposable.fact, choice.value)
                except FactValueError as error:
                    raise ValueError(str(error)) from error
        return self


@lru_cache(maxsize=1)
def wording() -> Wording:
    """The packaged lines, read once. Raises PlaybookError."""
    text = files("advisor.interfaces.slack").joinpath("wording.yaml").read_text("utf-8")
    try:
        return Wording.model_validate(yaml.safe_load(text))
    except (yaml.YAMLError, ValidationError) as error:
        raise PlaybookError(f"The Slack bot's wording.yaml is wrong: {error}", "Mend the file.") from error
