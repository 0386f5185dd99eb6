"""The words of the contract: facts, roles, engagements and what their values may be.

Code, YAML, evals and certificates all use these names. This module knows nothing of rules,
wording or storage.
"""

from typing import Literal, get_args

YesNo = Literal["yes", "no"]

WorkType = Literal[
    "api_features",  # features in a product on hosted models
    "internal_automation",  # a workflow inside the firm
    "rag_sensitive",  # retrieval over private or sensitive documents
    "custom_models_serving",  # own models serving production traffic
    "model_research",  # training or inventing models
    "data_plumbing",  # pipelines, access and cleaning before any AI
    "data_analysis",  # insights and forecasts, not a running system
    "non_ai_software",  # an ordinary software problem under an AI title
    "one_off",  # a bounded task that ends
    "unclear",  # nobody can say
]
DataReadiness = Literal["ready", "messy", "none"]
CompanyStage = Literal[
    "pre_seed",
    "seed",
    "series_a",
    "series_b",
    "series_c_plus",
    "smb",
    "mid_market",
    "enterprise",
]
PostLaunchOwner = Literal["named", "none"]
MistakeTolerance = Literal["low", "medium", "high"]
BuyOption = Literal["exists", "no"]

Role = Literal[
    "ai_engineer",
    "ml_engineer",
    "mlops_engineer",
    "ai_developer",
    "data_engineer",
    "data_scientist",
    "software_engineer",
    "delivery_pod",  # a team of several disciplines
    "none_yet",  # goes with a platform, discovery, or a pilot before any hire
]
Engagement = Literal[
    "full_time",
    "contractor",  # one senior person for a defined scope
    "contract_to_hire",
    "agency",
    "freelancer_marketplace",  # narrow work under the buyer's own technical oversight
    "offshore_team",
    "pilot",  # 4 to 6 weeks of scoped validation
    "discovery",  # finding out what should be built at all
    "buy_platform",
    "consultancy_partner",  # a specialist firm or fractional expert for longer
]

Level = Literal["entry", "mid", "senior", "staff"]
"""Seniority of one person. What a guide calls junior is `entry`; principal is `staff`."""

FactKey = Literal[
    "workflow",
    "work_type",
    "data_readiness",
    "timeline_days",
    "budget_usd",
    "durable_ownership",
    "core_ip",
    "technical_leadership",
    "regulated",
    "company_stage",
    "existing_team",
    "region_preference",
    "post_launch_owner",
    "volume",
    "mistake_tolerance",
    "buy_option",
    # Added because a table of a guide needs them:
    "value_proven",  # yes/no: has the workflow shown that it is worth staffing?
    "several_disciplines",  # yes/no: are product, data, backend and QA needed at once?
    "delay_cost_usd",  # money a month: what it costs the firm that the work isn't there yet
]

ROLES: tuple[Role, ...] = get_args(Role)
ENGAGEMENTS: tuple[Engagement, ...] = get_args(Engagement)
LEVELS: tuple[Level, ...] = get_args(Level)
FACT_KEYS: tuple[FactKey, ...] = get_args(FactKey)

ENUMERATED: dict[FactKey, tuple[str, ...]] = {
    "work_type": get_args(WorkType),
    "data_readiness": get_args(DataReadiness),
    "durable_ownership": get_args(YesNo),
    "core_ip": get_args(YesNo),
    "technical_leadership": get_args(YesNo),
    "regulated": get_args(YesNo),
    "company_stage": get_args(CompanyStage),
    "post_launch_owner": get_args(PostLaunchOwner),
    "mistake_tolerance": get_args(MistakeTolerance),
    "buy_option": get_args(BuyOption),
    "value_proven": get_args(YesNo),
    "several_disciplines": get_args(YesNo),
}
"""The facts whose values are a closed list, with that list. `regulated` also carries regimes."""

TEXT_FACTS: tuple[FactKey, ...] = ("workflow", "existing_team", "region_preference", "volume")
