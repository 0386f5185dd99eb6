"""How much a volume in words comes to: "1,500 calls per minute" is 2,160,000 a day.

Knows nothing of which volume is high; that is a threshold of the playbook.
"""

import re

_SCALES = {
    "k": 1e3,
    "thousand": 1e3,
    "m": 1e6,
    "mil": 1e6,
    "mn": 1e6,
    "million": 1e6,
    "bn": 1e9,
    "billion": 1e9,
}
_SHORT = {"second": 86_400.0, "sec": 86_400.0, "minute": 1_440.0, "min": 1_440.0, "hour": 24.0, "day": 1.0}
_LONGER = {"week": 1 / 7, "month": 1 / 30, "quarter": 1 / 90, "year": 1 / 365}
_PER_DAY = _SHORT | _LONGER
_ADVERBS = {"hourly": 24.0, "daily": 1.0, "weekly": 1 / 7, "monthly": 1 / 30, "yearly": 1 / 365}

_NUMBER = re.compile(
    r"(?<![\w.])(\d{1,3}(?:[,\s]\d{3})+|\d+(?:\.\d+)?)\s*-?(k|m|mn|mil|million|thousand|bn|billion)?\b", re.I
)
_PERIOD = re.compile(
    r"(?:\b(?:per|a|an|each|every)\s+|/\s*)(second|sec|minute|min|hour|day|week|month|quarter|year)\b", re.I
)
_MILLIONS = re.compile(r"\b(?:tens of |hundreds of )?(millions|billions)\b", re.I)


def items_per_day(volume: str) -> float | None:
    """Items a day, or None where the text holds no number with a period.

    A bare "millions" counts as one million a day: the guides use the word so, without a period.
    """
    if _MILLIONS.search(volume):
        return 1e6
    number = _NUMBER.search(volume)
    if number is None:
        return None
    amount = float(re.sub(r"[,\s]", "", number[1])) * _SCALES.get((number[2] or "").lower(), 1.0)
    period = _PERIOD.search(volume, number.end())
    if period is not None:
        return amount * _PER_DAY[period[1].lower()]
    for adverb, factor in _ADVERBS.items():
        if re.search(rf"\b{adverb}\b", volume, re.I):
            return amount * factor
    return (
        amount
        if amount >= 1e6 and not re.search(r"\b(once|in all|total|one[- ]time)\b", volume, re.I)
        else None
    )
