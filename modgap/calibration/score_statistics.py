"""Statistics of the pseudo-positive scores of one pair (query modality, item group), and how parts are merged.

Merging parts A, B, ... of disjoint queries: n, mean and std are exact always (see `sample_statistics.Moments`).
Quantiles and intervals are exact too while every part still carries its scores. Where one does not (more than
`MAX_SCORES` queries, or a file that left them out), with weights w_i = n_i / n and d_i = mean_i - mean:

    quantiles   of the mixture sum_i w_i F_i(x), F_i the piecewise linear distribution through the percentiles of i
    intervals   half-widths h by the delta method, from those of the parts:
                h(mean)^2 = sum_i (w_i h_i(mean))^2
                h(std)^2  = sum_i (w_i std_i h_i(std) / std)^2 + (w_i d_i h_i(mean) / std)^2
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from modgap.methods.pseudo_positives import check_moments
from modgap.metrics.sample_statistics import Interval, Moments, bootstrap_mean_std, mixture_percentiles, percentiles

MAX_SCORES = 10_000  # about 100 kB of the artefact for each pair; beyond it the percentiles say enough


@dataclass(frozen=True)
class ScoreStatistics:
    """Of the pseudo-positive scores (cosines) of one pair (query modality, item group).

    mean, std, n: over the calibration queries. mean_ci95, std_ci95: bootstrap intervals over queries.
    quantiles: the percentiles 0..100, from which `fit` is read.
    scores: the n scores themselves, float32 in as few digits as bring them back; None for more than `MAX_SCORES`.
    """

    mean: float
    std: float
    n: int
    mean_ci95: Interval
    std_ci95: Interval
    quantiles: tuple[float, ...]
    scores: tuple[float, ...] | None = None

    @classmethod
    def from_scores(cls, best_scores: ArrayLike, group: str, *, ddof: int = 0) -> ScoreStatistics:
        """Statistics of (n_queries,) best scores of items of a group. Raises CalibrationError naming the cause.

        Scores are float32, as the pass computes them; sums are float64. The order of the queries changes nothing but
        the order of `scores`.
        """
        given = np.asarray(best_scores, dtype=np.float32).ravel()
        ordered = np.sort(given)
        moments = Moments.from_values(ordered)
        check_moments(moments, group)
        mean_ci95, std_ci95 = bootstrap_mean_std(ordered, ddof=ddof)
        scores = tuple(float(str(score)) for score in given) if given.size <= MAX_SCORES else None
        quantiles = tuple(percentiles(ordered))
        return cls(moments.mean, moments.std(ddof), moments.n, mean_ci95, std_ci95, quantiles, scores)

    @classmethod
    def merge(cls, parts: Sequence[ScoreStatistics], group: str, *, ddof: int = 0) -> ScoreStatistics:
        """Statistics of several parts, made of different queries with the same `ddof`, as of one whole."""
        if len(parts) == 1:
            return parts[0]
        samples = [part.sample for part in parts]
        known = [sample for sample in samples if sample is not None]
        if len(known) == len(parts):
            return cls.from_scores(np.concatenate(known), group, ddof=ddof)
        moments = sum((part.moments(ddof) for part in parts), Moments())
        mean_ci95, std_ci95 = _merged_intervals(parts, moments.mean, moments.std(ddof))
        quantiles = tuple(mixture_percentiles([part.quantiles for part in parts], [part.n for part in parts]))
        return cls(moments.mean, moments.std(ddof), moments.n, mean_ci95, std_ci95, quantiles)

    @property
    def sample(self) -> NDArray[np.float32] | None:
        """The scores as computed, float32 (n,), in the order of the queries; None where they are not carried."""
        return None if self.scores is None else np.asarray(self.scores, dtype=np.float32)

    def moments(self, ddof: int) -> Moments:
        """Count, mean and squared deviations; `ddof` is the one that `std` was computed with."""
        return Moments(self.n, self.mean, self.std**2 * (self.n - ddof))

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; both intervals stand in `ci95`; `scores` is left out where it is None."""
        document = {
            "mean": self.mean,
            "std": self.std,
            "n": self.n,
            "ci95": {"mean": list(astuple(self.mean_ci95)), "std": list(astuple(self.std_ci95))},
            "quantiles": list(self.quantiles),
        }
        return document if self.scores is None else {**document, "scores": list(self.scores)}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> ScoreStatistics:
        """Read a document of `to_json`. Raises KeyError, TypeError or ValueError naming the unusable part."""
        scores = value.get("scores")
        statistics = cls(
            mean=float(value["mean"]),
            std=float(value["std"]),
            n=int(value["n"]),
            mean_ci95=_interval(value["ci95"]["mean"]),
            std_ci95=_interval(value["ci95"]["std"]),
            quantiles=tuple(float(q) for q in value["quantiles"]),
            scores=None if scores is None else tuple(float(score) for score in scores),
        )
        if not (math.isfinite(statistics.mean) and math.isfinite(statistics.std) and statistics.std > 0):
            raise ValueError(f"mean {statistics.mean} and std {statistics.std} cannot standardize a score")
        if not statistics.quantiles or list(statistics.quantiles) != sorted(statistics.quantiles):
            raise ValueError("the quantiles do not ascend")
        if statistics.scores is not None and len(statistics.scores) != statistics.n:
            raise ValueError(f"there are {len(statistics.scores)} scores for n = {statistics.n} queries")
        return statistics


def _interval(bounds: Sequence[float]) -> Interval:
    low, high = (float(bound) for bound in bounds)
    return Interval(low, high)


def _merged_intervals(parts: Sequence[ScoreStatistics], mean: float, std: float) -> tuple[Interval, Interval]:
    n = sum(part.n for part in parts)

    def half_widths(side: str) -> tuple[float, float]:
        of_mean, of_std = 0.0, 0.0
        for part in parts:
            weight = part.n / n
            h_mean = abs(getattr(part.mean_ci95, side) - part.mean)
            h_std = abs(getattr(part.std_ci95, side) - part.std)
            of_mean += (weight * h_mean) ** 2
            of_std += (weight * part.std * h_std / std) ** 2 + (weight * (part.mean - mean) * h_mean / std) ** 2
        return math.sqrt(of_mean), math.sqrt(of_std)

    (mean_low, std_low), (mean_high, std_high) = half_widths("low"), half_widths("high")
    return Interval(mean - mean_low, mean + mean_high), Interval(std - std_low, std + std_high)
