"""Statistics of a sample of scores: count, mean and variance that merge exactly, quantiles, intervals.

Merging (Chan, Golub, LeVeque 1979; the parallel form of Welford's update): for parts A and B with
delta = mean_B - mean_A and n = n_A + n_B,

    mean = mean_A + delta * n_B / n
    m2   = m2_A + m2_B + delta^2 * n_A * n_B / n        variance = m2 / (n - ddof)

so statistics of parts that are computed separately (blocks, machines) equal those of the whole.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

N_QUANTILES = 101  # the percentiles 0, 1, ..., 100
_BOOTSTRAP_BATCH_VALUES = 4_000_000  # 32 MB


@dataclass(frozen=True)
class Moments:
    """Count, mean and sum of squared deviations (m2) of a sample; add two with `+`.

    >>> (Moments.from_values([1.0, 2.0]) + Moments.from_values([6.0])).mean
    3.0
    """

    n: int = 0
    mean: float = 0.0
    m2: float = 0.0

    @classmethod
    def from_values(cls, values: ArrayLike) -> Moments:
        """Moments of a sample of any shape, accumulated in float64."""
        sample = np.asarray(values, dtype=np.float64).ravel()
        if sample.size == 0:
            return cls()
        mean = float(sample.mean())
        return cls(int(sample.size), mean, float(np.square(sample - mean).sum()))

    def __add__(self, other: Moments) -> Moments:
        n = self.n + other.n
        if n == 0:
            return Moments()
        delta = other.mean - self.mean
        mean = self.mean + delta * other.n / n
        return Moments(n, mean, self.m2 + other.m2 + delta * delta * self.n * other.n / n)

    def std(self, ddof: int = 0) -> float:
        """Standard deviation; nan where n <= ddof."""
        return math.sqrt(self.m2 / (self.n - ddof)) if self.n > ddof else math.nan


@dataclass(frozen=True)
class Interval:
    """A two-sided confidence interval."""

    low: float
    high: float


def bootstrap_mean_std(
    values: ArrayLike, *, ddof: int = 0, level: float = 0.95, n_resamples: int = 1999, seed: int = 0
) -> tuple[Interval, Interval]:
    """Percentile bootstrap intervals of the mean and of the standard deviation, resampling the values.

    values: (n,), n >= 2. Both statistics come from the same resamples. Deterministic for a given seed.
    """
    from scipy.stats import bootstrap  # slow to import

    sample = np.asarray(values, dtype=np.float64).ravel()

    def mean_and_std(x: NDArray[np.float64], axis: int = -1) -> NDArray[np.float64]:
        return np.stack([x.mean(axis=axis), x.std(axis=axis, ddof=ddof)])

    result = bootstrap(
        (sample,),
        mean_and_std,
        confidence_level=level,
        n_resamples=n_resamples,
        batch=max(1, _BOOTSTRAP_BATCH_VALUES // sample.size),
        method="percentile",
        rng=np.random.default_rng(seed),
    )
    low, high = np.asarray(result.confidence_interval.low), np.asarray(result.confidence_interval.high)
    return Interval(float(low[0]), float(high[0])), Interval(float(low[1]), float(high[1]))


def percentiles(values: ArrayLike) -> list[float]:
    """The 101 percentiles 0..100 of a sample (linear interpolation), ascending."""
    sample = np.asarray(values, dtype=np.float64).ravel()
    return [float(q) for q in np.quantile(sample, np.linspace(0.0, 1.0, N_QUANTILES))]


def mixture_percentiles(quantiles: Sequence[ArrayLike], sizes: Sequence[int]) -> list[float]:
    """The percentiles 0..100 of merged samples, each given by its own percentiles and its size.

    The distribution of the whole is the weighted mean of the parts', each taken as linear between its percentiles; the
    minimum and the maximum are exact, the others as exact as this interpolation.

    >>> mixture_percentiles([[0.0, 1.0], [0.0, 1.0]], [10, 30])[25]
    0.25
    """
    grids = [np.asarray(each, dtype=np.float64) for each in quantiles]
    knots = np.unique(np.concatenate(grids))
    share = np.zeros(knots.size)
    for grid, size in zip(grids, sizes, strict=True):
        share += np.interp(knots, grid, np.linspace(0.0, 1.0, grid.size), left=0.0, right=1.0) * size / sum(sizes)
    return [float(q) for q in np.interp(np.linspace(0.0, 1.0, N_QUANTILES), share, knots)]


def share_below(scores: ArrayLike, quantiles: ArrayLike, n: int) -> NDArray[np.float64]:
    """Share of a sample that lies below each score: the empirical CDF, smoothed at its ends.

    scores: any shape. quantiles: ascending percentiles of the sample, as from `percentiles`. n: its size.
    Returns values in [1/(n+1), n/(n+1)]: a score beyond the whole sample is rare, not impossible.

    >>> share_below([0.5], percentiles([0.0, 1.0]), n=2).round(2).tolist()
    [0.5]
    """
    grid = np.asarray(quantiles, dtype=np.float64)
    levels = np.linspace(0.0, 1.0, grid.size)
    share = np.interp(np.asarray(scores, dtype=np.float64), grid, levels)
    return np.clip(share, 1.0 / (n + 1), n / (n + 1))
