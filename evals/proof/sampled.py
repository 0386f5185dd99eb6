"""Sampled faults: so many from each population, by seed, the same for the same seed and product."""

import random
import re

from evals.proof.changes import Change
from evals.proof.populations import KINDS, Fault, Kind, Member, population

SEED = 20261122
SAMPLED = 40
"""Ten from each population."""


def sampled_mutations(seed: int = SEED, count: int = SAMPLED) -> list[Change]:
    """`count` faults, as many from rules, predicates, thresholds and figure rows, each in another member."""
    changes: list[Change] = []
    for place, kind in enumerate(KINDS):
        wanted = count // len(KINDS) + (place < count % len(KINDS))
        changes += _from(kind, seed, wanted)
    return changes


def _from(kind: Kind, seed: int, wanted: int) -> list[Change]:
    members = population(kind)
    drawn = random.Random(f"{seed}/{kind}").sample(members, min(wanted, len(members)))
    return [_change(member, *_fault(member, seed)) for member in drawn]


def _fault(member: Member, seed: int) -> tuple[str, Fault]:
    """One fault of a member: an operator first, each as likely, then one of its faults."""
    chance = random.Random(f"{seed}/{member.kind}/{member.name}")
    operator = chance.choice(sorted(member.faults))
    return operator, chance.choice(member.faults[operator])


def _change(member: Member, operator: str, fault: Fault) -> Change:
    name = re.sub(r"[^a-z0-9]+", "_", f"{member.name} {operator}".lower()).strip("_")
    return Change(f"{member.kind}_{name}", fault.what, f"sampled {member.kind}", fault.apply)
