"""What the web chat says beside the advisor's replies: read from `wording.yaml`, checked when loaded."""

from functools import lru_cache
from importlib.resources import files
from typing import get_args

import yaml
from pydantic import ValidationError, model_validator

from advisor.domain.facts import Frozen
from advisor.domain.reply import Stage
from advisor.domain.vocabulary import FactKey
from advisor.errors import PlaybookError

STARTERS = 4


class StarterWords(Frozen):
    """One way to begin: the button's label, and the message it sends."""

    label: str
    message: str


class Wording(Frozen):
    """Every line of the frame."""

    name: str
    tagline: str
    limits: str
    starters: tuple[StarterWords, ...]
    stages: dict[Stage, str]
    working: str
    worked: str
    open_sections: tuple[str, ...]
    panel: str
    hints: dict[FactKey, str]
    what_if_late: str
    what_if_dear: str
    correcting: str
    answered_elsewhere: str
    not_yours: str
    deleted: str
    own_error: str
    frame: dict[str, str]

    @model_validator(mode="after")
    def _is_whole(self) -> "Wording":
        missing = set(get_args(Stage)) - set(self.stages)
        if missing:
            raise ValueError(f"no words for {', '.join(sorted(missing))}")
        if len(self.starters) != STARTERS:
            raise ValueError(f"there are {STARTERS} starters, not {len(self.starters)}")
        return self


@lru_cache(maxsize=1)
def wording() -> Wording:
    """The packaged lines, read once. Raises PlaybookError."""
    text = files("advisor.interfaces.web").joinpath("wording.yaml").read_text("utf-8")
    try:
        return Wording.model_validate(yaml.safe_load(text))
    except (yaml.YAMLError, ValidationError) as error:
        raise PlaybookError(f"The web chat's wording.yaml is wrong: {error}", "Mend the file.") from error
