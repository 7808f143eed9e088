"""Confidence intervals of means over queries, and paired tests of two methods on the same queries.

interval   95 % percentile bootstrap over queries, the same resamples for every method
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

RESAMPLES = 1999
SIGN_FLIPS = 1999
_LEVEL_PERCENT = 95.0


@dataclass(frozen=True)
class MethodDifference:
    """method - reference in the mean of a metric over queries; p_holm below 0.05 counts as a difference."""

    method: str
    reference: str
    target: str
    metric: str
    difference: float
    low: float
    high: float
    p: float
    p_holm: float


def intervals(values: ArrayLike, *, seed: int = 0) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Bounds (m,), (m,) of the means of m columns (n_queries, m); with one query both are its value.

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
        low, high = intervals(gaps[name][:, None], seed=seed)
        mean = float(gaps[name].mean())
        bounds = float(low[0]), float(high[0])
        found.append(MethodDifference(name, reference, target, metric, mean, *bounds, p, corrected))
    return found
