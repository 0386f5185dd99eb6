"""Simulation: ranges become samples, samples percentiles, and the inputs that dominate get their share.

Samples are stratified (Latin hypercube: McKay, Beckman and Conover, Technometrics 21, 1979): each input
takes exactly one value from each of `draws` equal slices of its distribution, in an order of its own, so
that the percentiles of one input are exact to one slice. The order and the place in the slice come from a
PCG64 stream that the seed and the input's name alone determine: an input more or less shifts no other.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from advisor.policy.costs.book import Shape, SimulationEntry

Draws = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Uncertain:
    """An amount known as a range: its ends, and a sample of what lies between them.

    Sums and products keep the ends by interval arithmetic; all amounts here are at least zero.
    """

    low: float
    high: float
    draws: Draws

    def __add__(self, other: "Uncertain") -> "Uncertain":
        return Uncertain(self.low + other.low, self.high + other.high, self.draws + other.draws)

    def __mul__(self, other: "Uncertain | float") -> "Uncertain":
        if isinstance(other, Uncertain):
            return Uncertain(self.low * other.low, self.high * other.high, self.draws * other.draws)
        return Uncertain(self.low * other, self.high * other, self.draws * other)

    def __truediv__(self, other: "Uncertain") -> "Uncertain":
        """Raises ZeroDivisionError where the divisor's range touches zero."""
        return Uncertain(self.low / other.high, self.high / other.low, self.draws / other.draws)


class Simulation:
    """Draws from ranges. The same settings and names give the same samples."""

    def __init__(self, settings: SimulationEntry) -> None:
        self._settings = settings

    def exactly(self, value: float) -> Uncertain:
        """An amount that is known."""
        return Uncertain(value, value, np.full(self._settings.draws, value))

    def between(self, name: str, low: float, high: float) -> Uncertain:
        """An amount between `low` and `high`, under the shape of the settings."""
        return Uncertain(low, high, low + (high - low) * self._within(name))

    def one_of(self, name: str, groups: Sequence[Sequence[tuple[float, float]]]) -> Uncertain:
        """A mixture: a group is drawn, each as likely; one of its ranges, each as likely; a value in it.

        Each of `groups` holds at least one range. The groups are publishers: no publisher gains weight
        by giving more rows, and what lies between two publishers' ranges is never drawn.
        """
        lows, highs = self._ends(name, groups)
        ends = [end for group in groups for pair in group for end in pair]
        return Uncertain(min(ends), max(ends), lows + (highs - lows) * self._within(f"{name}/within"))

    def picked(self, name: str, groups: Sequence[Sequence[bool]]) -> Draws:
        """1.0 where `one_of` of the same name and grouping drew a range marked True, else 0.0."""
        marks = [[(float(mark), float(mark)) for mark in group] for group in groups]
        return self._ends(name, marks)[0]

    def _ends(self, name: str, groups: Sequence[Sequence[tuple[float, float]]]) -> tuple[Draws, Draws]:
        """The two ends of the range that each draw takes."""
        sizes = np.array([len(group) for group in groups])
        chosen = _pick(self._unit(f"{name}/group"), np.array(len(groups)))
        row = _pick(self._unit(f"{name}/row"), sizes[chosen])
        flat = np.array([pair for group in groups for pair in group], dtype=np.float64)
        places = (np.cumsum(sizes) - sizes)[chosen] + row
        return flat[places, 0], flat[places, 1]

    def _within(self, name: str) -> Draws:
        return _shaped(self._unit(name), self._settings.shape)

    def _unit(self, name: str) -> Draws:
        return unit_draws(name, self._settings.seed, self._settings.draws)


def _pick(unit: Draws, options: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    return np.minimum((unit * options).astype(np.intp), options - 1)


def _shaped(unit: Draws, shape: Shape) -> Draws:
    """The inverse distribution function on 0..1: uniform, or triangular with its peak in the middle."""
    if shape == "uniform":
        return unit
    return np.where(unit < 0.5, np.sqrt(unit / 2), 1 - np.sqrt((1 - unit) / 2))


@lru_cache(maxsize=256)
def unit_draws(name: str, seed: int, count: int) -> Draws:
    """`count` numbers in 0..1, one from each of `count` equal slices, in an order of the name's own."""
    key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")
    random = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, key])))
    draws = (random.permutation(count) + random.random(count)) / count
    draws.setflags(write=False)  # it is shared by everyone who asks for this name
    return draws


def percentiles(draws: Draws, wanted: Sequence[int]) -> tuple[float, ...]:
    """The percentiles of a sample, between neighbours by a straight line."""
    return tuple(float(value) for value in np.percentile(draws, wanted))


def shares_of_variance(total: Draws, inputs: Mapping[str, Sequence[Draws]]) -> dict[str, float]:
    """The share of the variance of `total` that each input explains alone, 0 to 1, largest first.

    The first-order index of Sobol' (Mathematics and Computers in Simulation 55, 2001), Var(E[total|x]) /
    Var(total), taken as the share that a straight line through x explains: for an input of one sample the
    squared correlation, for one of several (a choice, and what was drawn after it) the squared multiple
    correlation. The two are equal where the expected total is linear in x, which holds for sums of products
    of independent inputs (Saltelli et al., Global Sensitivity Analysis, 2008, section 1.2); elsewhere the
    line explains less. What the shares leave to 1 is the inputs acting together. Empty when nothing varies.
    """
    spread = total - total.mean()
    variance = float(spread @ spread)
    if variance <= 1e-12 * max(1.0, float(total @ total)):
        return {}
    shares: dict[str, float] = {}
    for name, samples in inputs.items():
        moved = np.array([sample - sample.mean() for sample in samples])
        moved = moved[(moved**2).sum(axis=1) > 0]
        if len(moved):
            covariances = moved @ spread
            own = moved @ moved.T
            # One sample, by far the commonest, needs no decomposition; several may repeat one another.
            slopes: Draws = covariances / own[0] if len(moved) == 1 else np.linalg.pinv(own) @ covariances
            shares[name] = float(slopes @ covariances) / variance
    return dict(sorted(shares.items(), key=lambda item: (-item[1], item[0])))
