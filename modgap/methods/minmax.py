"""Min-max over the calibration scores: one range for each modality, learnt from pseudo-positives.

    score(q, d) = (s(q, d) - low_m(d)) / (high_m(d) - low_m(d))

low_m and high_m are the least and the greatest pseudo-positive score of modality m over the calibration queries: the
normalisation that search engines offer (ranx and OpenSearch call it min_max), with one range for all queries in
place of a range for each query's list. Two outliers set it, where standardization takes every query into account.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from modgap.errors import NotFittedError
from modgap.items import Modality
from modgap.methods.base import FitData, Learnt, Method, Scores, check_scores
from modgap.methods.standardized import check_moments, pseudo_positive_scores
from modgap.metrics.sample_statistics import Moments


class MinMax(Method):
    """Learn low_ and high_ (cosine, by modality); map them to 0 and 1. Scores beyond them leave [0, 1].

    >>> scores = {Modality.TEXT: np.asarray([0.6, 0.8]), Modality.IMAGE: np.asarray([0.2, 0.3])}
    >>> MinMax().fit_scores(scores).transform([0.7, 0.3], ["text", "image"]).round(2).tolist()
    [0.5, 1.0]
    """

    name = "minmax"
    title = "Min-max by modality"
    needs = "scores"
    changes = "scores"
    in_artefact = True

    def learn(self, data: FitData) -> None:
        self.fit_scores(pseudo_positive_scores(data))

    def fit_scores(self, best_scores: dict[Modality, NDArray]) -> MinMax:
        """Learn from the scores of the pseudo-positive pairs alone: {modality: (n_queries,) cosines}."""
        for modality in sorted(Modality, key=lambda m: len(best_scores.get(m, ()))):
            check_moments(Moments.of(best_scores.get(modality, ())), modality)
        self.low_ = {m: float(np.min(best_scores[m])) for m in Modality}
        self.high_ = {m: float(np.max(best_scores[m])) for m in Modality}
        return self

    def restore(self, learnt: Learnt) -> None:
        self.low_, self.high_ = dict(learnt.low), dict(learnt.high)

    def transform(self, scores: ArrayLike, item_modality: Sequence[str] | NDArray[np.str_]) -> Scores:
        """Cosines (..., n_items) -> the same shape, 0..1 for scores of the calibrated range."""
        if not hasattr(self, "low_"):
            raise NotFittedError('The method "minmax" knows no range yet: call fit(...) first.')
        array, modality = check_scores(scores, item_modality)
        image = modality == Modality.IMAGE.value
        low = np.where(image, self.low_[Modality.IMAGE], self.low_[Modality.TEXT])
        high = np.where(image, self.high_[Modality.IMAGE], self.high_[Modality.TEXT])
        return ((array - low) / (high - low)).astype(np.float32)
