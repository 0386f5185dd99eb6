"""The case: the known values of all facts, typed, as the policy reads them. None is unknown."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, cast

from pydantic import JsonValue

from advisor.domain.facts import Fact, canonical_value
from advisor.domain.vocabulary import (
    BuyOption,
    CompanyStage,
    DataReadiness,
    FactKey,
    MistakeTolerance,
    PostLaunchOwner,
    WorkType,
    YesNo,
)


@dataclass(frozen=True)
class Interval:
    """A closed interval: days for a timeline, an amount in `currency` for a budget or a delay's cost."""

    low: float
    high: float
    currency: str | None = None


@dataclass(frozen=True)
class Case:
    """One field for each fact. `regulated` is the yes or no; the regimes stand beside it."""

    workflow: str | None = None
    work_type: WorkType | None = None
    data_readiness: DataReadiness | None = None
    timeline_days: Interval | None = None
    budget_usd: Interval | None = None
    durable_ownership: YesNo | None = None
    core_ip: YesNo | None = None
    technical_leadership: YesNo | None = None
    regulated: YesNo | None = None
    regimes: tuple[str, ...] = ()
    company_stage: CompanyStage | None = None
    existing_team: str | None = None
    region_preference: str | None = None
    post_launch_owner: PostLaunchOwner | None = None
    volume: str | None = None
    mistake_tolerance: MistakeTolerance | None = None
    buy_option: BuyOption | None = None
    value_proven: YesNo | None = None
    several_disciplines: YesNo | None = None
    delay_cost_usd: Interval | None = None

    @classmethod
    def of(cls, values: Mapping[str, object]) -> "Case":
        """A case from plain JSON values, in canonical form or as a caller would write them.

        Raises FactValueError for an unknown fact or a value it can't hold.
        """
        typed: dict[str, Any] = {}
        for key, value in values.items():
            canonical = canonical_value(key, value)
            typed[key] = _typed(key, canonical)
            if key == "regulated" and isinstance(canonical, dict):
                typed["regimes"] = tuple(cast(list[str], canonical["regimes"]))
        return cls(**typed)

    @classmethod
    def from_facts(cls, facts: Mapping[FactKey, Fact]) -> "Case":
        """The case that the held facts make; unknown and missing facts are None."""
        return cls.of({key: fact.value for key, fact in facts.items()})

    def value(self, key: FactKey) -> object:
        """The typed value of one fact, None when it is unknown."""
        return getattr(self, key)

    def having(self, key: FactKey, value: object) -> "Case":
        """The same case with one typed value changed."""
        return replace(self, **{key: value})

    def known(self) -> tuple[str, ...]:
        """The facts that have a value, in the order of the vocabulary."""
        return tuple(
            f.name for f in fields(self) if f.name != "regimes" and getattr(self, f.name) is not None
        )


def _typed(key: str, canonical: JsonValue) -> object:
    if isinstance(canonical, dict):
        if key == "regulated":
            return canonical["value"]
        low, high = cast(float, canonical["min"]), cast(float, canonical["max"])
        currency = canonical.get("currency")
        return Interval(float(low), float(high), currency if isinstance(currency, str) else None)
    return canonical
