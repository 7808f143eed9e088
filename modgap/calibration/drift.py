"""Drift: have the pseudo-positive scores of new queries left the distribution that was calibrated?

The Kolmogorov-Smirnov test, for each pair (query modality, item group):

    D = sup over x of |F_new(x) - F_calibrated(x)|,   p = the chance of a D as large if nothing had changed

Two samples where the calibration carries its scores; else one sample against the line through its percentiles, which
takes that line as known and so is a little too strict for a small calibration.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from modgap.calibration.score_statistics import ScoreStatistics
from modgap.errors import CalibrationError
from modgap.io.extras import require_extra
from modgap.items import group_plural

DRIFT_LEVEL = 0.01  # one false alarm in a hundred checks that find nothing changed
MIN_NEW_QUERIES = 20  # below this only a gross change can be seen


@dataclass(frozen=True)
class Drift:
    """The answer for one pair (query modality, item group).

    n: new queries. statistic, p_value: of the test above. shift: by how many calibrated standard deviations the mean
    has moved. drifted: p_value < 0.01.
    """

    query_modality: str
    group: str
    n: int
    statistic: float
    p_value: float
    shift: float

    @property
    def drifted(self) -> bool:
        return self.p_value < DRIFT_LEVEL

    @property
    def sentence(self) -> str:
        """The answer in plain words."""
        queries = {"text": "word queries", "image": "picture queries"}[self.query_modality]
        pair = f"{self.n} {queries} against {group_plural(self.group)}"
        figures = f"KS {self.statistic:.2f}, p = {self.p_value:.2g}, mean moved by {self.shift:+.2f} deviations"
        if self.drifted:
            return (
                f"{pair}: the best scores have left the calibrated distribution ({figures}): update or calibrate anew."
            )
        if self.n < MIN_NEW_QUERIES:
            return f"{pair}: no drift seen, but {self.n} are too few to see any but a gross one ({figures})."
        return f"{pair}: no drift seen ({figures})."

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, the verdict and the sentence included; `item_modality` is the group."""
        plain = {"query_modality": self.query_modality, "item_modality": self.group}
        numbers = {name: value for name, value in asdict(self).items() if name not in ("query_modality", "group")}
        return {**plain, **numbers, "drifted": self.drifted, "sentence": self.sentence}


def measure_drift(
    calibrated: Mapping[str, ScoreStatistics], best_scores: Mapping[str, ArrayLike], *, query_modality: str
) -> list[Drift]:
    """The drift of new pseudo-positive scores, {group: (n_queries,)}, found with the calibration's own k.

    Raises CalibrationError where a group has no new score, ModgapError where the extra `evaluation` is missing.
    """
    require_extra("evaluation")
    return [_one(each, best_scores.get(group, ()), query_modality, group) for group, each in calibrated.items()]


def _one(calibrated: ScoreStatistics, scores: ArrayLike, query_modality: str, group: str) -> Drift:
    from scipy.stats import ks_1samp, ks_2samp  # slow to import, and needed here only

    new = np.asarray(scores, dtype=np.float32).ravel()
    if new.size == 0:
        raise CalibrationError(
            f"No query could be paired with {group_plural(group)}, so their drift is unknown: give queries."
        )
    if calibrated.sample is not None:
        test = ks_2samp(new, calibrated.sample)
    else:
        grid = np.asarray(calibrated.quantiles)
        levels = np.linspace(0.0, 1.0, grid.size)
        test = ks_1samp(new, lambda x: np.interp(x, grid, levels, left=0.0, right=1.0))
    shift = (float(new.mean(dtype=np.float64)) - calibrated.mean) / calibrated.std
    return Drift(query_modality, group, int(new.size), float(test.statistic), float(test.pvalue), shift)
