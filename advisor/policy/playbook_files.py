"""The shape of the playbook's files, and their reading into typed entries.

Knows nothing of what the entries mean together; `rulebook` checks that.
"""

from collections.abc import Mapping
from typing import Literal, TypeVar

import yaml
from pydantic import Field, JsonValue, TypeAdapter, ValidationError

from advisor.domain.decision import Reference
from advisor.domain.facts import Frozen
from advisor.domain.vocabulary import Engagement, FactKey, Role
from advisor.errors import PlaybookError

Strength = Literal["first", "decisive", "strong", "moderate", "slight"]
"""`first` is for advice on order: this comes before anything else."""


class Rule(Frozen):
    """When all of `when` hold and none of `unless`, the rule supports and opposes its targets.

    A target is a role, an engagement, a pair "role+engagement", or a level of seniority. Rules of one
    publisher with the same `ground` say the same thing: on each target only the strongest counts.
    """

    id: str
    row: str
    ground: str
    when: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    supports: dict[str, Strength] = Field(default_factory=dict[str, Strength])
    opposes: dict[str, Strength] = Field(default_factory=dict[str, Strength])
    why: str
    rests_on: tuple[Reference, ...] = Field(min_length=1)


class RuleFile(Frozen):
    """All rules that one source speaks."""

    source: str
    rules: tuple[Rule, ...]


class CostBasis(Frozen):
    """How a move is priced: a figure by the hour over its duration, a salary, or nothing given."""

    kind: Literal["hourly", "salary", "not_given"]
    figure: str | None = None
    note: str
    rests_on: Reference | None = None


class NoteEntry(Frozen):
    """Cited advice that goes with a first move, when all of `when` hold and none of `unless`.

    `goes_with` names targets as a rule does; empty: it goes with any move. The lower `place`, the
    earlier it is told. It decides nothing.
    """

    id: str
    goes_with: tuple[str, ...] = ()
    when: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    place: int = Field(default=5, ge=1, le=9)
    text: str
    rests_on: tuple[Reference, ...] = Field(min_length=1)


class SequenceEntry(Frozen):
    """What may follow a first move, on which evidence; `after` names targets as a rule does."""

    id: str
    after: tuple[str, ...] = Field(min_length=1)
    when: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    condition: str
    move: str
    rests_on: Reference


class MoveEntry(Frozen):
    """A move that can come first. `prior` breaks ties (higher first), far below any rule's weight.

    `only_when`: predicates without which the move is out of the question, whatever speaks for it.
    """

    id: str
    role: Role
    engagement: Engagement
    label: str
    prior: int = Field(ge=0, le=9)
    only_when: tuple[str, ...] = ()
    duration_days: tuple[int, int] | None = None
    duration_rests_on: Reference | None = None
    cost: CostBasis
    exit_criterion: str

    @property
    def targets(self) -> tuple[str, str, str]:
        """The targets that a rule can name to speak of this move."""
        return self.role, self.engagement, f"{self.role}+{self.engagement}"


class AnswerEntry(Frozen):
    """One possible answer: its value, its label as a choice, how likely, and "if …" in words."""

    value: JsonValue
    label: str
    prior: int = Field(gt=0)
    condition: str


class QuestionEntry(Frozen):
    """How a fact is asked for, and which answers are likely.

    `label` names the fact in a memo; `assumed` is what a memo says when nobody said anything, and
    `assumes` the value that stands for, None where nothing is taken for granted.
    `askable` is False for facts that are taken when offered but never asked for.
    """

    fact: FactKey
    label: str
    askable: bool = True
    text: str
    why: str
    rests_on: Reference | None = None
    assumed: str
    assumes: JsonValue = None
    answers: tuple[AnswerEntry, ...] = ()


class ContradictionEntry(Frozen):
    """Predicates that can't all be meant, and which fact to ask for again."""

    id: str
    when: tuple[str, ...]
    facts: tuple[FactKey, FactKey]
    ask: FactKey
    text: str


class Patience(Frozen):
    """After so many questions in a conversation, the chance of change from which one more is asked."""

    after: int = Field(ge=0)
    ask_above: float = Field(ge=0, le=1)


class Weights(Frozen):
    """Strengths as integers, the discount on interested support, the borders of sureness and of asking."""

    strengths: dict[Strength, int]
    interested_percent: int = Field(gt=0, le=100)
    settled_margin: int
    leaning_margin: int
    ask_above_chance: float
    patience: tuple[Patience, ...] = ()
    completions: int = Field(gt=0)
    seed: int


_Entry = TypeVar("_Entry")


def _where(error: ValidationError) -> str:
    first = error.errors()[0]
    place = " → ".join(str(part) for part in first["loc"])
    return f"{place}: {first['msg']}"


def read_entries(files: Mapping[str, str], name: str, shape: type[_Entry]) -> _Entry:
    """The entries of one file. Raises PlaybookError naming the file and the first fault in it."""
    if name not in files:
        raise PlaybookError(f"The playbook has no file {name}.", "Reinstall, or restore the file.")
    try:
        return TypeAdapter(shape).validate_python(yaml.safe_load(files[name]))
    except yaml.YAMLError as error:
        place = str(getattr(error, "problem_mark", "")).strip()
        raise PlaybookError(f"{name} is not valid YAML {place}.", "Mend the file.") from error
    except ValidationError as error:
        raise PlaybookError(f"{name} has a wrong entry at {_where(error)}.", "Mend that entry.") from error
