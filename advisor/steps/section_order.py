"""The order of an exported memo's sections, in one place for every format.

A memo for the board reads from the advice to its price, its plan and its kit, then to what speaks
against it. The chat has an order of its own: it shows first what may still change.
"""

from collections.abc import Iterable

from advisor.domain.memo import Section

ORDER = (
    "first",
    "then",
    "sure",
    "facts",
    "why",
    "lost",
    "routes",
    "cost_terms",
    "cost_reading",
    "kit_timeline",
    "kit_plan_30_60_90",
    "kit",
    "kit_",
    "flips",
    "differ_",
    "interests",
    "assumed",
)
"""Ids of sections. One that ends in an underscore stands for all ids that begin with it."""


def in_order(sections: Iterable[Section]) -> tuple[Section, ...]:
    """The sections as they are exported; those that stand for the same entry keep their order.

    A section that no entry names comes last.
    """
    return tuple(sorted(sections, key=lambda section: _place(section.id)))


def _place(section_id: str) -> int:
    if section_id in ORDER:
        return ORDER.index(section_id)
    starts = (place for place, name in enumerate(ORDER) if name.endswith("_") and section_id.startswith(name))
    return next(starts, len(ORDER))
