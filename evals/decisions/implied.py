"""Borders and steps as they show in what comes out, over many cases at once.

From which chance on it asks lies between the highest at which it did not and the lowest at which it did:
another seed moves the chances, and the border stays inside. A step of rounding is what all figures are
multiples of; the size of a sample, what all its shares are multiples of.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from pydantic import JsonValue

from advisor.domain.costs import Costs, Estimate
from advisor.domain.decision import Line
from advisor.domain.facts import Statement
from advisor.domain.vocabulary import FACT_KEYS, FactKey
from advisor.policy.rulebook import Rulebook
from advisor.steps.decide import recommendation, worth_asking
from advisor.steps.record import Record
from evals.decisions.votes import Json

LARGEST_SAMPLE = 2000


class Conversation(Record):
    """A record in which any number of questions was asked, without their closing a fact."""

    def closed(self) -> tuple[FactKey, ...]:
        return ()


def conversation(facts: Mapping[str, JsonValue], today: str) -> Conversation:
    """A conversation in which these facts were stated."""
    said = tuple(
        Statement(key=key, value=facts[key], said="", message_id="m1") for key in FACT_KEYS if key in facts
    )
    return Conversation(thread="evals", statements=said, today=today)


def patience(rulebook: Rulebook, talks: Sequence[Conversation]) -> Json:
    """After so many questions, the chances between which one more is worth asking."""
    found: Json = {"k": "implied"}
    for count in range(9):
        pairs = [
            (
                recommendation(talk, rulebook).chance_of_change,
                worth_asking(talk.model_copy(update={"asked": FACT_KEYS[:count]}), rulebook) is not None,
            )
            for talk in talks
        ]
        found[f"from chance after {count} questions"] = bracket(pairs)
    return found


def bracket(pairs: Iterable[tuple[float, bool]]) -> list[float]:
    """The highest value that does not and the lowest that does; 0 and 1 where there is none."""
    told = list(pairs)
    lowest = min((value for value, does in told if does), default=1.0)
    highest = max((value for value, does in told if not does and value < lowest), default=0.0)
    return [round(highest, 6), round(lowest, 6)]


def steps(costs: Sequence[Costs], chances: Sequence[float], first_chance: list[float]) -> Json:
    """The steps to which figures are rounded, the draws behind them, and the sample behind a chance."""
    money = [line for one in costs for estimate in one.estimates for line in _percentiles(estimate)]
    coarse = _step(line.low for line in money if line.low >= _fine_up_to(money) + 1)
    even = [one.break_even for one in costs if one.break_even is not None]
    sample = math.lcm(*(Fraction(chance).limit_denominator(LARGEST_SAMPLE).denominator for chance in chances))
    return {
        "k": "implied",
        "from chance": first_chance,
        "sample": sample,
        "draws": sorted({int(n) for line in money for n in re.findall(r"\d{3,}", line.formula)}),
        "money": coarse,
        "small money": _step(line.low for line in money),
        "fine up to": _fine_up_to(money),
        "hours": _step(line.low for one in even for line in (one.p10, one.p50, one.p90)),
        "months": _step(line.low for one in even for line in one.months),
        "percent": _step(line.low for one in costs for e in one.estimates for line in e.dominated_by),
        "inputs named": max(len(e.dominated_by) for one in costs for e in one.estimates),
    }


def _percentiles(estimate: Estimate) -> tuple[Line, ...]:
    return estimate.p10, estimate.p50, estimate.p90


def _fine_up_to(lines: Iterable[Line]) -> float:
    """The largest simulated amount that stands between two whole thousands."""
    return max((line.low for line in lines if line.low % 1000), default=0.0)


def _step(values: Iterable[float]) -> float:
    """What all values are multiples of, in thousandths."""
    return math.gcd(*(round(value * 1000) for value in values)) / 1000
