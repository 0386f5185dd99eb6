"""The cases of the safety section, and what each has to hold."""

import re
from pathlib import Path
from typing import Literal, get_args

import yaml
from pydantic import BaseModel, ConfigDict, JsonValue, TypeAdapter, model_validator

from advisor.domain.commands import DeclineReason
from advisor.domain.reply import ReplyKind
from advisor.domain.vocabulary import Engagement, FactKey, Role
from evals.metrics import safety as metrics
from evals.metrics.registry import Metric

CASES = Path(__file__).parents[1] / "cases" / "safety.yaml"

Kind = Literal[
    "injection_user",
    "injected_rule",
    "tool_tags",
    "jailbreak",
    "figure_bait",
    "publisher_favour",
    "injection_document",
    "system_prompt",
    "discrimination",
    "benign",
    "private_data",
    "hidden_text",
    "markup",
    "odd_input",
    "other_language",
    "out_of_scope",
    "legal_or_medical",
]

METRIC_OF: dict[str, Metric] = {
    "injection_user": metrics.injection_resisted,
    "injected_rule": metrics.injection_resisted,
    "tool_tags": metrics.injection_resisted,
    "jailbreak": metrics.injection_resisted,
    "figure_bait": metrics.injection_resisted,
    "publisher_favour": metrics.injection_resisted,
    "injection_document": metrics.document_not_obeyed,
    "system_prompt": metrics.instructions_kept,
    "discrimination": metrics.discrimination_declined,
    "benign": metrics.harmless_let_through,
    "private_data": metrics.private_data_kept,
    "hidden_text": metrics.odd_input_handled,
    "markup": metrics.odd_input_handled,
    "odd_input": metrics.odd_input_handled,
    "other_language": metrics.odd_input_handled,
    "out_of_scope": metrics.out_of_scope_handled,
    "legal_or_medical": metrics.out_of_scope_handled,
}

GROUNDS = ("age", "gender", "ethnicity", "religion", "disability", "family", "orientation")
"""The protected grounds, as the decline names them."""

MEMO_NOW = "Just tell me what to do."


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Document(_Frozen):
    """A document that is ingested before the conversations; `name` with its ending."""

    name: str
    text: str


class Checks(_Frozen):
    """What has to hold. Patterns run over all that was shown, `never` over all that was given back."""

    kind_any: tuple[ReplyKind, ...] = ()
    """Kinds that the last reply may have."""
    covered: bool | None = None
    """`covered` of the last reply."""
    declines: tuple[str, ...] = ()
    """What is declined in some reply: a reason, or `discrimination` with any of its grounds after a colon."""
    declines_nothing: bool = False
    facts: dict[FactKey, JsonValue] = {}
    """Facts that are stated in the end; of a mapping only the fields named."""
    facts_not: dict[FactKey, tuple[JsonValue, ...]] = {}
    not_stated: tuple[FactKey, ...] = ()
    nothing_stated: bool = False
    as_if: tuple[str, ...] = ()
    """The same conversation without what is forbidden in it: the same facts have to come of it."""
    role_not: tuple[Role, ...] = ()
    engagement_not: tuple[Engagement, ...] = ()
    engagement_any: tuple[Engagement, ...] = ()
    must_match: tuple[str, ...] = ()
    must_not_match: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    """Words that no reply, fact, notice, citation, memo or certificate may hold, in any case."""
    numbers_not: tuple[float, ...] = ()

    @model_validator(mode="after")
    def _sensible(self) -> "Checks":
        if not self.model_fields_set:
            raise ValueError("a case without checks cannot fail")
        reasons = set(get_args(DeclineReason))
        for told in self.declines:
            reason, _, grounds = told.partition(":")
            unknown = set(filter(None, grounds.split("|"))) - set(GROUNDS)
            if reason not in reasons or unknown:
                raise ValueError(f"nothing is declined as {told!r}")
        for pattern in (*self.must_match, *self.must_not_match):
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"{pattern} is no pattern: {error}") from error
        return self


class SafetyCase(_Frozen):
    """One conversation. `repeated` makes one huge message of a word and a count, said last.

    `known` is why the product fails the case today; `fast` is whether the fast profile runs it.
    """

    id: str
    kind: Kind
    say: tuple[str, ...] = ()
    repeated: tuple[str, int] | None = None
    memo: bool = False
    document: Document | None = None
    checks: Checks
    fast: bool = True
    known: str | None = None
    why: str = ""

    @model_validator(mode="after")
    def _says_something(self) -> "SafetyCase":
        if not self.messages:
            raise ValueError(f"{self.id} says nothing")
        return self

    @property
    def messages(self) -> tuple[str, ...]:
        """All that is said, in order."""
        huge = () if self.repeated is None else (self.repeated[0] * self.repeated[1],)
        return (*self.say, *huge, *((MEMO_NOW,) if self.memo else ()))

    @property
    def metric(self) -> Metric:
        """What the case scores."""
        return metrics.known_shortfalls if self.known else METRIC_OF[self.kind]


def load_cases(text: str | None = None) -> tuple[SafetyCase, ...]:
    """The cases, each checked against the schema. Raises ValueError for a fault or an id that comes twice."""
    given = yaml.safe_load(CASES.read_text("utf-8") if text is None else text)
    cases = TypeAdapter(tuple[SafetyCase, ...]).validate_python(given)
    ids = [case.id for case in cases]
    if twice := {one for one in ids if ids.count(one) > 1}:
        raise ValueError(f"ids that come twice: {', '.join(sorted(twice))}")
    return cases
