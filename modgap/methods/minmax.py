"""Min-max over the calibration scores: one range for each group, learnt from pseudo-positives.

    score(q, d) = (s(q, d) - low_g(d)) / (high_g(d) - low_g(d))

low_g and high_g are the least and the greatest pseudo-positive score of group g over the calibration queries: the
normalisation that search engines offer (ranx and OpenSearch call it min_max), with one range for all queries in
place of a range for each query's list. Two outliers set it, where standardization takes every query into account.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from modgap.errors import NotFittedError
from modgap.methods.base import FitData, FittedState, Method, Scores, check_scores, values_by_group
from modgap.methods.pseudo_positives import find_pseudo_positives, moments_by_group, pseudo_positive_scores


class MinMax(Method):
    """Learn low_ and high_ (cosine, by group); map them to 0 and 1. Scores beyond them leave [0, 1].

    >>> scores = {"text": np.asarray([0.6, 0.8]), "image": np.asarray([0.2, 0.3])}
    >>> MinMax().fit_scores(scores).transform([0.7, 0.3], ["text", "image"]).round(2).tolist()
    [0.5, 1.0]
    """

    name = "minmax"
    title = "Min-max by modality"
    value_name = "share of the range"
    formula = "(s - low_g) / (high_g - low_g), of the pseudo-positive scores"
    source = "ranx, OpenSearch"
    needs = "scores"
    changes = "scores"
    in_artefact = True

    def learn(self, data: FitData) -> None:
        self.fit_scores(pseudo_positive_scores(find_pseudo_positives(data)))

    def fit_scores(self, best_scores: Mapping[str, NDArray[Any]]) -> MinMax:
        """Learn from the scores of the pseudo-positive pairs alone: {group: (n_queries,) cosines}."""
        groups = moments_by_group(best_scores)  # raises where there is no range
        self.low_ = {group: float(np.min(best_scores[group])) for group in groups}
        self.high_ = {group: float(np.max(best_scores[group])) for group in groups}
        return self

    def restore(self, state: FittedState) -> None:
        self.low_, self.high_ = dict(state.low), dict(state.high)

    def transform(self, scores: ArrayLike, item_groups: Sequence[str] | NDArray[np.str_]) -> Scores:
        """Cosines (..., n_items) -> the same shape, 0..1 for scores of the calibrated range."""
        if not hasattr(self, "low_"):
            raise NotFittedError('The method "minmax" knows no range yet: call fit(...) first.')
        array, groups = check_scores(scores, item_groups)
        low, high = (values_by_group(values, groups, self.name) for values in (self.low_, self.high_))
        return ((array - low) / (high - low)).astype(np.float32)
