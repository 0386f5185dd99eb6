"""Paired statistics: the same cases before and now. Pure; all randomness from fixed seeds."""

from collections.abc import Sequence

import numpy as np
from scipy.stats import binomtest

SEED = 20261120
CONFIDENCE = 0.95


def sign_test(worse: int, better: int) -> float:
    """The chance of so many worse cases, or more, among those that changed, if either way were as likely.

    The exact one-sided sign test, for scores of 0 and 1 that of McNemar (1947). 1.0 when none changed.
    """
    changed = worse + better
    return float(binomtest(worse, changed, 0.5, alternative="greater").pvalue) if changed else 1.0


def bootstrap_test(falls: Sequence[float], resamples: int) -> float:
    """The share of resamples of the cases in which the mean fall is not above zero.

    The one-sided paired bootstrap of Efron and Tibshirani (1993, chapter 16). `falls`: before minus now,
    signed so that a positive one is worse. 1.0 when nothing fell.
    """
    values = np.asarray(falls, dtype=np.float64)
    if not len(values) or values.mean() <= 0:
        return 1.0
    return float(np.count_nonzero(_resampled_means(values, resamples) <= 0) + 1) / (resamples + 1)


def interval(values: Sequence[float], resamples: int) -> tuple[float, float]:
    """The 95 % interval of a mean by the percentile bootstrap (Efron and Tibshirani 1993, chapter 13)."""
    found = np.asarray(values, dtype=np.float64)
    if not len(found) or np.ptp(found) == 0:
        return (float(found[0]), float(found[0])) if len(found) else (0.0, 0.0)
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(_resampled_means(found, resamples), (tail, 1 - tail))
    return float(low), float(high)


def _resampled_means(values: np.ndarray, resamples: int) -> np.ndarray:
    """Shape (resamples,). Values that occur often are drawn together: their counts are multinomial."""
    random = np.random.Generator(np.random.PCG64(SEED))
    kinds, counts = np.unique(values, return_counts=True)
    drawn = random.multinomial(len(values), counts / len(values), size=resamples)
    return drawn @ kinds / len(values)
