"""Kits: the parts a case needs, as data, checked when loaded and filled from the user's facts."""

from advisor.policy.kits.files import Kits, load_kits
from advisor.policy.kits.filling import fill

__all__ = ["Kits", "fill", "load_kits"]
