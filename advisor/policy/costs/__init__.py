"""Costs: what a move comes to by its own figure, and what it and the other routes cost in all."""

from advisor.policy.costs.compare import costs
from advisor.policy.costs.pricing import Priced, price

__all__ = ["Priced", "costs", "price"]
