"""Confidence intervals of means over queries, and paired tests of two methods on the same queries.

interval   95 % percentile bootstrap over queries, the same resamples for every method. Fewer than 10 queries cannot be
           resampled (5 that all succeed would give an interval of no width): a rate of 0/1 values then has Wilson's
           score interval (1927, JASA 22; for small n recommended by Brown, Cai and DasGupta 2001, Statist. Sci. 16),
           with z = 1.96:  (p + z^2 / 2n -+ z sqrt(p (1 - p) / n + z^2 / 4n^2)) / (1 + z^2 / n)
           and any other mean has none
p          two-sided paired randomisation test: under the null hypothesis each query's difference could as well have
           the other sign (Smucker et al. 2007, CIKM)
p_holm     Holm's step-down correction (1979) over the methods that are compared with one reference:
           sorted p_(1) <= ... <= p_(m):  p_holm_(i) = max over j <= i of min(1, (m - j + 1) p_(j))
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from modgap.metrics.sample_statistics import wilson_interval

MIN_RESAMPLED = 10  # queries
RESAMPLES = 1999
SIGN_FLIPS = 1999
_LEVEL_PERCENT = 95.0

Interval = tuple[float, float]


@dataclass(frozen=True)
class MethodDifference:
    """method - reference in the mean of a metric over queries; p_holm below 0.05 counts as a difference.

    low, high: the 95 % interval; None for too few queries.
    """

    method: str
    reference: str
    target: str
    metric: str
    difference: float
    low: float | None
    high: float | None
    p: float
    p_holm: float


def mean_interval(values: NDArray[np.float64], *, is_rate: bool = False, seed: int = 0) -> Interval | None:
    """The 95 % interval of the mean of (n_queries,) values; None for fewer than 10 that are no rate of 0/1 values.

    is_rate: the values stand for success or failure, so that few of them have Wilson's interval where all are 0 or 1.

    >>> mean_interval(np.ones(5)) is None
    True
    >>> low, high = mean_interval(np.ones(5), is_rate=True)
    >>> round(low, 3), high
    (0.566, 1.0)
    """
    if values.size >= MIN_RESAMPLED:
        low, high = intervals(values[:, None], seed=seed)
        return float(low[0]), float(high[0])
    if is_rate and values.size and np.isin(values, (0.0, 1.0)).all():
        interval = wilson_interval(int(values.sum()), values.size)
        return interval.low, interval.high
    return None


def intervals(values: ArrayLike, *, seed: int = 0) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Bootstrap bounds (m,), (m,) of the means of m columns (n_queries, m); with one query both are its value.

    >>> low, high = intervals(np.tile([[0.0, 1.0], [1.0, 1.0]], (50, 1)))
    >>> bool(0.3 < low[0] < 0.5 < high[0] < 0.7), float(low[1]), float(high[1])
    (True, 1.0, 1.0)
    """
    table = np.asarray(values, dtype=np.float64)
    n = table.shape[0]
    times_drawn = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=RESAMPLES)
    means = times_drawn @ table / n
    tail = (100 - _LEVEL_PERCENT) / 2
    return np.percentile(means, tail, axis=0), np.percentile(means, 100 - tail, axis=0)


def paired_p(differences: ArrayLike, *, seed: int = 0) -> float:
    """Two-sided p of the mean of (n_queries,) paired differences; 1.0 where no query differs."""
    from scipy.stats import permutation_test

    values = np.asarray(differences, dtype=np.float64)
    if not values.any() or values.size < 2:
        return 1.0
    result = permutation_test(
        (values,), np.mean, permutation_type="samples", vectorized=True, n_resamples=SIGN_FLIPS, rng=seed
    )
    return float(result.pvalue)


def holm(ps: Sequence[float]) -> list[float]:
    """Corrected p values, in the order given.

    >>> [round(p, 3) for p in holm([0.01, 0.04, 0.03])]
    [0.03, 0.06, 0.06]
    """
    corrected, least = [0.0] * len(ps), 0.0
    for place, index in enumerate(np.argsort(ps, kind="stable")):
        least = max(least, min(1.0, (len(ps) - place) * ps[index]))
        corrected[index] = least
    return corrected


def differences(
    values: Mapping[str, NDArray[np.float64]],
    reference: str,
    *,
    target: str,
    metric: str,
    seed: int = 0,
) -> list[MethodDifference]:
    """Every method compared with the reference. values: {method: (n_queries,) of one metric}, on the same queries."""
    names = [name for name in values if name != reference]
    gaps = {name: values[name] - values[reference] for name in names}
    ps = [paired_p(gaps[name], seed=seed) for name in names]
    found = []
    for name, p, corrected in zip(names, ps, holm(ps), strict=True):
        mean, interval = float(gaps[name].mean()), mean_interval(gaps[name], seed=seed)
        low, high = interval if interval is not None else (None, None)
        found.append(MethodDifference(name, reference, target, metric, mean, low, high, p, corrected))
    return found
