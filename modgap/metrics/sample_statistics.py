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
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

N_QUANTILES = 101  # the percentiles 0, 1, ..., 100
MAX_BOOTSTRAP_VALUES = 20_000  # about 0.2 s; beyond it the delta method gives the same intervals at once
_BLOCK_VALUES = 1 << 17  # 1 MB of float64: resamples that stay in the processor's cache


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

    Both statistics come from the same resamples, drawn as `scipy.stats.bootstrap` draws them, so the intervals are the
    same for the same seed. Beyond `MAX_BOOTSTRAP_VALUES` values they are those of the delta method, where the
    bootstrap's distribution is normal to within its own noise: with s the standard deviation, m4 the fourth central
    moment and z the normal quantile of (1 + level) / 2,

        mean   +- z * s / sqrt(n)
        std    +- z * sqrt((m4 - s^4) / n) / (2 s)

    Their bounds lie within 2 % of the half-width of the bootstrap with ever more resamples, and within 10 % of one with
    1999, whose own bounds vary as much from seed to seed.
    values: (n,), n >= 2. level: coverage. n_resamples, seed: without effect beyond `MAX_BOOTSTRAP_VALUES` values.
    Reference: Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapter 13.
    """
    sample = np.asarray(values, dtype=np.float64).ravel()
    if sample.size > MAX_BOOTSTRAP_VALUES:
        return _delta_intervals(sample, ddof, level)
    n = sample.size
    rng = np.random.default_rng(seed)
    means, variances = np.empty(n_resamples), np.empty(n_resamples)
    step = max(1, _BLOCK_VALUES // n)
    for start in range(0, n_resamples, step):
        rows = slice(start, min(start + step, n_resamples))
        drawn = sample[rng.integers(0, n, (rows.stop - rows.start, n))]  # (resamples of the block, n)
        means[rows] = drawn.mean(axis=1)
        drawn -= means[rows, None]
        variances[rows] = np.square(drawn, out=drawn).sum(axis=1) / (n - ddof)
    bounds = [(1 - level) / 2, (1 + level) / 2]
    mean_low, mean_high = np.quantile(means, bounds).tolist()
    std_low, std_high = np.quantile(np.sqrt(variances), bounds).tolist()
    return Interval(mean_low, mean_high), Interval(std_low, std_high)


def _delta_intervals(sample: NDArray[np.float64], ddof: int, level: float) -> tuple[Interval, Interval]:
    n, mean, std = sample.size, float(sample.mean()), float(sample.std(ddof=ddof))
    squares = np.square(sample - mean)
    variance = float(squares.mean())
    fourth = float(np.square(squares).mean())
    z = NormalDist().inv_cdf((1 + level) / 2)
    of_mean = z * math.sqrt(variance / n)
    of_std = z * math.sqrt(max(fourth - variance**2, 0.0) / n) / (2 * std) if std > 0 else 0.0
    return Interval(mean - of_mean, mean + of_mean), Interval(std - of_std, std + of_std)


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


def wilson_interval(successes: int, n: int, *, level: float = 0.95) -> Interval:
    """Wilson's interval of a rate of `successes` in n >= 1 trials.

    >>> interval = wilson_interval(1, 10)
    >>> round(interval.low, 4), round(interval.high, 4)
    (0.0179, 0.4042)
    """
    z = NormalDist().inv_cdf((1 + level) / 2)
    rate = successes / n
    middle = (rate + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z * math.sqrt(rate * (1 - rate) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    low = 0.0 if successes == 0 else middle - half  # exactly, where rounding would leave 1e-17
    return Interval(low, 1.0 if successes == n else middle + half)
