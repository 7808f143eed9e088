"""The calibrated scores of hits: z, fit and the no-match test. Bound once for queries of one modality.

z(q, d)   = (s(q, d) - mean[g(d)]) / std[g(d)]                standard deviations
fit(q, d) = share of calibration queries whose best item of the group g(d) scored below s(q, d)
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from modgap.calibration.no_good_match import NoMatchTest
from modgap.calibration.score_statistics import ScoreStatistics
from modgap.methods.base import values_by_group
from modgap.methods.standardized import SimilarityStandardizer
from modgap.metrics.sample_statistics import share_below
from modgap.vectors import Vectors


class HitScores:
    """Standardizer, quantiles and no-match test of one calibration, ready to judge hits.

    statistics: by group. fit_threshold: a hit whose fit is below it is no good match.
    no_match_test, means: for queries of words; without the test or its means every query counts as matched.
    """

    def __init__(
        self,
        statistics: Mapping[str, ScoreStatistics],
        fit_threshold: float,
        no_match_test: NoMatchTest | None,
        means: Mapping[str, Vectors],
    ) -> None:
        self.standardizer = SimilarityStandardizer.from_statistics(
            mean={group: each.mean for group, each in statistics.items()},
            std={group: each.std for group, each in statistics.items()},
        )
        self.fit_threshold = fit_threshold
        self._quantiles = {group: np.asarray(each.quantiles, np.float64) for group, each in statistics.items()}
        self._n = {group: each.n for group, each in statistics.items()}
        testable = no_match_test is not None and no_match_test.wanted_means <= means.keys()
        self._no_match_test = no_match_test if testable else None
        self._means = means

    @property
    def tests_matches(self) -> bool:
        """Whether `has_match` can say no, so that the best items are worth asking for."""
        return self._no_match_test is not None

    def z(self, scores: ArrayLike, item_groups: NDArray[np.str_]) -> NDArray[np.float32]:
        """Cosines (..., n_items) -> standard deviations of the same shape."""
        return self.standardizer.transform(scores, item_groups)

    def fit_percentile(self, scores: ArrayLike, item_groups: NDArray[np.str_]) -> NDArray[np.float64]:
        """Cosines (n_items,) -> share (0..1) of calibration queries whose best item of that group scored lower.

        Raises CalibrationError for a group without statistics.
        """
        cosines, groups = np.asarray(scores, dtype=np.float64), np.asarray(item_groups)
        values_by_group(self._n, groups, self.standardizer.name)  # a group without statistics has no share
        share = np.zeros_like(cosines)
        for group, quantiles in self._quantiles.items():
            members = groups == group
            share[members] = share_below(cosines[members], quantiles, self._n[group])
        return share

    def least_cosine(self, group: str) -> float:
        """The cosine from which a hit of a group is a good match by its fit, to 6 digits; -1 where every hit is."""
        low, high = -1.0, 1.0  # the fit rises with the cosine, so halving finds the place
        for _ in range(30):
            middle = (low + high) / 2
            fits = self.fit_percentile(np.array([middle]), np.array([group]))
            low, high = (low, middle) if fits[0] >= self.fit_threshold else (middle, high)
        return -1.0 if high < -1 + 1e-6 else round(high, 6)

    def has_match(self, query: Vectors, best_items: Mapping[str, Vectors]) -> bool:
        """False for words (d,) that match their best items, {group: (d,)}, no better than meaningless ones do."""
        return self._no_match_test is None or self._no_match_test.has_match(query, best_items, self._means)
