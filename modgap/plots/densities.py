"""Densities of the best scores of each group, before and after standardization.

A curve is a Gaussian kernel density over the percentiles that a calibration keeps,

    p(x) = 1 / (N h) * sum_i phi((x - q_i) / h),    h = 0.9 min(std, IQR / 1.34) N^(-1/5)    (Silverman 1986, eq. 3.31)

so it needs only the artefact, not the scores.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from modgap.calibration import Calibration
from modgap.items import Modality

CURVE_POINTS = 121  # smooth at the width of a page


@dataclass(frozen=True)
class Densities:
    """Curves over one axis.

    grid: (CURVE_POINTS,), ascending. curves: by item group, (CURVE_POINTS,), the highest point of all is 1.
    centres: by item group, the mean.
    distance: mean of passages minus mean of pictures; without one of the two, the highest minus the lowest mean.
    """

    grid: NDArray[np.float64]
    curves: dict[str, NDArray[np.float64]]
    centres: dict[str, float]
    distance: float


@dataclass(frozen=True)
class ScoreDensities:
    """raw: over cosines. standardized: over z."""

    raw: Densities
    standardized: Densities


def score_densities(calibration: Calibration, query_modality: str = "text") -> ScoreDensities:
    """The densities of a calibration. Raises CalibrationError if it has no statistics for that query modality."""
    statistics = calibration.statistics_for(query_modality)
    quantiles = {name: np.asarray(each.quantiles) for name, each in statistics.items()}
    z = {name: (quantiles[name] - each.mean) / each.std for name, each in statistics.items()}
    means = {name: each.mean for name, each in statistics.items()}
    return ScoreDensities(_densities(quantiles, means), _densities(z, dict.fromkeys(means, 0.0)))


def kernel_density(sample: ArrayLike, grid: NDArray[np.float64]) -> NDArray[np.float64]:
    """p(x) of the formula above at each point of `grid`; a sample without spread becomes a narrow peak."""
    values = np.asarray(sample, dtype=np.float64)
    low, high = np.percentile(values, [25, 75])
    spreads = [spread for spread in (values.std(), (high - low) / 1.34) if spread > 0]
    width = 0.9 * min(spreads, default=1e-3) * values.size**-0.2
    steps = (grid[:, None] - values[None, :]) / width  # (points, N)
    return np.exp(-0.5 * steps**2).sum(axis=1) / (values.size * width * np.sqrt(2 * np.pi))


def _densities(samples: dict[str, NDArray[np.float64]], centres: dict[str, float]) -> Densities:
    ends = np.concatenate(list(samples.values()))
    margin = 0.12 * (ends.max() - ends.min())
    grid = np.linspace(ends.min() - margin, ends.max() + margin, CURVE_POINTS)
    curves = {name: kernel_density(sample, grid) for name, sample in samples.items()}
    highest = max(float(curve.max()) for curve in curves.values())
    return Densities(
        grid=grid,
        curves={name: curve / highest for name, curve in curves.items()},
        centres=centres,
        distance=_distance(centres),
    )


def _distance(centres: dict[str, float]) -> float:
    if Modality.TEXT.value in centres and Modality.IMAGE.value in centres:
        return centres[Modality.TEXT.value] - centres[Modality.IMAGE.value]
    return max(centres.values()) - min(centres.values())
