"""Predicates: what can be true of a case, named so that a rule reads as English.

A predicate is False while a fact it reads is unknown, except those that say so ("nobody has said
…"). The opposite of a predicate is another predicate, never its mere absence. Borders are the
values of a numeric fact at which a predicate changes; flips are looked for on both their sides.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from advisor.domain.case import Case, Interval
from advisor.domain.vocabulary import FactKey, WorkType
from advisor.policy.people import has_ai_people, has_engineers, lacks, names_patients, shall_sit_abroad
from advisor.policy.volume import items_per_day

HIGH_VOLUME_PER_DAY = 100_000
"""Our reading of "high volume"; no guide gives a number."""

SMALL_BUDGET_USD = 6_000
"""Our reading of "narrow task": at $25-100 an hour, some 60 to 240 hours; no guide gives a number."""

SENIOR_MARKET_USD = 200_000
"""What one guide says a budget needs to compete for senior people."""

LOWEST_US_BASE_USD = 95_000
"""The lowest US base pay that any guide gives, for an entry-level AI engineer."""


@dataclass(frozen=True)
class Predicate:
    """A named test of a case, the facts it reads and its borders."""

    name: str
    reads: tuple[FactKey, ...]
    test: Callable[[Case], bool]
    borders: dict[FactKey, tuple[float, ...]] = field(default_factory=dict[FactKey, tuple[float, ...]])


PREDICATES: dict[str, Predicate] = {}


def predicate(
    *reads: FactKey, borders: dict[FactKey, tuple[float, ...]] | None = None
) -> Callable[[Callable[[Case], bool]], Callable[[Case], bool]]:
    """Register a function under its own name."""

    def register(test: Callable[[Case], bool]) -> Callable[[Case], bool]:
        name = test.__name__
        PREDICATES[name] = Predicate(name, reads, test, borders or {})
        return test

    return register


def middle(interval: Interval | None) -> float | None:
    """The middle of an interval: what a plan is made for when someone says "3 to 4 months"."""
    return None if interval is None else (interval.low + interval.high) / 2


# --- the work -------------------------------------------------------------------------------------


def _work_predicate(name: str, *kinds: WorkType) -> None:
    def test(case: Case) -> bool:
        return case.work_type in kinds

    test.__name__ = name
    predicate("work_type")(test)


_work_predicate("builds_on_hosted_models", "api_features")
_work_predicate("automates_an_internal_workflow", "internal_automation")
_work_predicate("retrieves_over_sensitive_documents", "rag_sensitive")
_work_predicate("serves_its_own_models", "custom_models_serving")
_work_predicate("trains_or_invents_models", "model_research")
_work_predicate("is_data_plumbing", "data_plumbing")
_work_predicate("is_analysis_not_a_system", "data_analysis")
_work_predicate("is_ordinary_software", "non_ai_software")
_work_predicate("is_one_bounded_task", "one_off")
_work_predicate("nobody_can_say_what_the_work_is", "unclear")
_work_predicate("is_bounded_work", "internal_automation", "one_off")
_work_predicate(
    "calls_models_rather_than_makes_them", "api_features", "internal_automation", "rag_sensitive", "one_off"
)
_work_predicate(
    "must_run_as_software",
    "api_features",
    "internal_automation",
    "rag_sensitive",
    "custom_models_serving",
    "non_ai_software",
)
_work_predicate(
    "must_run_as_ai", "api_features", "internal_automation", "rag_sensitive", "custom_models_serving"
)

_VAGUE = re.compile(
    r"\b(nothing specific|not sure|no idea|don'?t know|to be (defined|decided)|tbd|something with ai|"
    r"ai across the (whole )?(company|business)|vague|unclear|ai[- ]first)\b",
    re.I,
)


@predicate("workflow", "work_type")
def nobody_has_described_the_work(case: Case) -> bool:
    return case.workflow is None and case.work_type is None


@predicate("work_type")
def the_kind_of_work_is_known(case: Case) -> bool:
    return case.work_type is not None and case.work_type != "unclear"


@predicate("workflow")
def the_workflow_is_vague(case: Case) -> bool:
    return case.workflow is not None and bool(_VAGUE.search(case.workflow))


@predicate("workflow")
def the_workflow_is_described(case: Case) -> bool:
    return case.workflow is not None and not _VAGUE.search(case.workflow)


@predicate("value_proven")
def its_worth_is_unproven(case: Case) -> bool:
    return case.value_proven == "no"


@predicate("several_disciplines")
def needs_several_disciplines(case: Case) -> bool:
    return case.several_disciplines == "yes"


# --- the data -------------------------------------------------------------------------------------


@predicate("data_readiness")
def data_is_messy_or_missing(case: Case) -> bool:
    return case.data_readiness in ("messy", "none")


@predicate("data_readiness")
def data_is_ready(case: Case) -> bool:
    return case.data_readiness == "ready"


# --- time and money -------------------------------------------------------------------------------


@predicate("timeline_days", borders={"timeline_days": (60,)})
def must_ship_within_60_days(case: Case) -> bool:
    days = middle(case.timeline_days)
    return days is not None and days < 60


@predicate("timeline_days", borders={"timeline_days": (30, 91)})
def must_ship_in_30_to_90_days(case: Case) -> bool:
    days = middle(case.timeline_days)
    return days is not None and 30 <= days <= 90


@predicate("timeline_days", borders={"timeline_days": (91,)})
def has_less_time_than_hiring_takes(case: Case) -> bool:
    # 90 days are the quickest of the 90-120 that hiring commonly runs: nobody should count on them.
    days = middle(case.timeline_days)
    return days is not None and days <= 90


@predicate("budget_usd", borders={"budget_usd": (SMALL_BUDGET_USD,)})
def budget_buys_a_narrow_task(case: Case) -> bool:
    budget = case.budget_usd
    return budget is not None and budget.currency in ("USD", None) and budget.high < SMALL_BUDGET_USD


@predicate("budget_usd", borders={"budget_usd": (SENIOR_MARKET_USD,)})
def budget_competes_for_seniors(case: Case) -> bool:
    budget = case.budget_usd
    return budget is not None and budget.currency in ("USD", None) and budget.high >= SENIOR_MARKET_USD


@predicate("budget_usd", borders={"budget_usd": (LOWEST_US_BASE_USD,)})
def budget_is_below_any_us_salary(case: Case) -> bool:
    budget = case.budget_usd
    return budget is not None and budget.currency in ("USD", None) and budget.high < LOWEST_US_BASE_USD


@predicate("timeline_days", borders={"timeline_days": (91, 121)})
def hiring_may_take_all_the_time_there_is(case: Case) -> bool:
    days = middle(case.timeline_days)
    return days is not None and 90 < days <= 120


@predicate("timeline_days", borders={"timeline_days": (121,)})
def has_at_most_120_days(case: Case) -> bool:
    days = middle(case.timeline_days)
    return days is not None and days <= 120


@predicate("timeline_days", borders={"timeline_days": (42,)})
def must_ship_within_six_weeks(case: Case) -> bool:
    days = middle(case.timeline_days)
    return days is not None and days < 42


@predicate("timeline_days", borders={"timeline_days": (180,)})
def has_less_than_half_a_year(case: Case) -> bool:
    days = middle(case.timeline_days)
    return days is not None and days < 180


# --- buying ---------------------------------------------------------------------------------------


@predicate("buy_option")
def a_product_already_does_it(case: Case) -> bool:
    return case.buy_option == "exists"


@predicate("buy_option")
def no_product_does_it(case: Case) -> bool:
    return case.buy_option == "no"


# --- ownership ------------------------------------------------------------------------------------


@predicate("durable_ownership")
def someone_must_own_it_for_years(case: Case) -> bool:
    return case.durable_ownership == "yes"


@predicate("durable_ownership")
def nobody_needs_to_own_it_for_years(case: Case) -> bool:
    return case.durable_ownership == "no"


@predicate("durable_ownership")
def durable_work_is_not_known(case: Case) -> bool:
    return case.durable_ownership is None


@predicate("core_ip")
def it_is_core_ip(case: Case) -> bool:
    return case.core_ip == "yes"


@predicate("core_ip")
def it_is_not_core_ip(case: Case) -> bool:
    return case.core_ip == "no"


@predicate("core_ip", "durable_ownership")
def it_is_core_and_needs_lasting_work(case: Case) -> bool:
    return case.core_ip == "yes" and case.durable_ownership == "yes"


@predicate("post_launch_owner")
def an_internal_owner_is_named(case: Case) -> bool:
    return case.post_launch_owner == "named"


@predicate("post_launch_owner")
def nobody_owns_it_after_launch(case: Case) -> bool:
    return case.post_launch_owner == "none"


# --- risk and scale -------------------------------------------------------------------------------


@predicate("volume")
def runs_at_high_volume(case: Case) -> bool:
    daily = None if case.volume is None else items_per_day(case.volume)
    return daily is not None and daily >= HIGH_VOLUME_PER_DAY


@predicate("mistake_tolerance")
def mistakes_are_costly(case: Case) -> bool:
    return case.mistake_tolerance == "low"


@predicate("mistake_tolerance")
def mistakes_are_cheap(case: Case) -> bool:
    return case.mistake_tolerance == "high"


@predicate("regulated")
def it_is_regulated(case: Case) -> bool:
    return case.regulated == "yes"


@predicate("regulated")
def nothing_regulates_it(case: Case) -> bool:
    return case.regulated == "no"


@predicate("workflow")
def the_work_is_on_patients(case: Case) -> bool:
    return case.workflow is not None and names_patients(case.workflow)


@predicate("regulated", "mistake_tolerance")
def it_supports_regulated_decisions(case: Case) -> bool:
    return case.regulated == "yes" and case.mistake_tolerance == "low"


# --- the firm -------------------------------------------------------------------------------------


@predicate("technical_leadership")
def someone_inside_can_judge_ai_work(case: Case) -> bool:
    return case.technical_leadership == "yes"


@predicate("technical_leadership")
def nobody_inside_can_judge_ai_work(case: Case) -> bool:
    return case.technical_leadership == "no"


@predicate("data_readiness", "technical_leadership")
def product_and_data_are_mature(case: Case) -> bool:
    return case.data_readiness == "ready" and case.technical_leadership == "yes"


@predicate("existing_team")
def no_ai_person_is_named(case: Case) -> bool:
    # Holds while nothing is known of the team: who asks whom to hire first seldom has anyone on AI.
    return case.existing_team is None or not has_ai_people(case.existing_team)


@predicate("existing_team")
def nobody_there_is_on_ai(case: Case) -> bool:
    return case.existing_team is not None and not has_ai_people(case.existing_team)


@predicate("existing_team")
def ai_people_are_there_already(case: Case) -> bool:
    return case.existing_team is not None and has_ai_people(case.existing_team)


@predicate("existing_team")
def the_team_lacks_an_mlops_engineer(case: Case) -> bool:
    return case.existing_team is not None and lacks(case.existing_team, "mlops")


@predicate("existing_team")
def nobody_there_is_technical(case: Case) -> bool:
    return case.existing_team is not None and has_engineers(case.existing_team) is False


@predicate("region_preference")
def people_shall_sit_abroad(case: Case) -> bool:
    return case.region_preference is not None and shall_sit_abroad(case.region_preference)


@predicate("company_stage")
def is_an_early_startup(case: Case) -> bool:
    return case.company_stage in ("pre_seed", "seed", "series_a")


@predicate("company_stage")
def is_at_growth_stage(case: Case) -> bool:
    return case.company_stage in ("series_b", "series_c_plus")


@predicate("company_stage")
def is_a_small_firm(case: Case) -> bool:
    return case.company_stage == "smb"


@predicate("company_stage")
def is_small_or_mid_sized(case: Case) -> bool:
    return case.company_stage in ("smb", "mid_market")


@predicate("company_stage")
def is_an_enterprise(case: Case) -> bool:
    return case.company_stage == "enterprise"
