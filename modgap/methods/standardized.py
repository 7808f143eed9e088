"""Similarity standardization: scores in standard deviations of their own group.

Yamashita, Shirafuji and Saito, PACLIC 2025, pages 126 to 139 (2025.paclic-1.11, arXiv 2511.22141).

For statistics queries Q and the pool D_g of group g, with s(q, d) = cos(q, d):

    pseudo-positive   d*_g(q) = argmax over d in D_g of s(q, d)
    mean              mu_g    = 1/|Q| sum over q of s(q, d*_g(q))
    deviation         sigma_g = sqrt(1/(|Q| - ddof) sum over q of (s(q, d*_g(q)) - mu_g)^2)
    score             z(q, d) = (s(q, d) - mu_g(d)) / sigma_g(d)

The union of the pools is ranked by z. Inside one group z grows with s, so the order there never changes. The paper's
groups are the modalities text and image. Oracle: the labelled positives in place of d*_g(q); mu_g and sigma_g over the
queries that have a positive of group g.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from modgap.errors import CalibrationError, NotFittedError
from modgap.items import group_plural
from modgap.methods.base import (
    FitData,
    FittedState,
    Method,
    Needs,
    Scores,
    check_scores,
    expected_groups,
    values_by_group,
)
from modgap.methods.pseudo_positives import find_pseudo_positives, moments_by_group, pseudo_positive_scores


class SimilarityStandardizer(Method):
    """Learn mu_g and sigma_g from pseudo-positive pairs; transform cosines into standard deviations.

    k: the mean of the k best items of a group stands for its pseudo-positive score (1: the paper's).
    ddof: 0 divides by |Q| (the paper's sums), 1 by |Q| - 1.
    After `fit`: mean_, std_ (cosine) and n_ (queries), each by group.

    >>> queries = [[1, 0, 0], [0, 1, 0]]
    >>> items = [[1, 0, 0], [.8, .6, 0], [.3, 0, 1], [0, .1, 1]]
    >>> s = SimilarityStandardizer().fit(queries, items, ["text", "text", "image", "image"])
    >>> {group: round(mean, 3) for group, mean in s.mean_.items()}
    {'text': 0.8, 'image': 0.193}
    """

    name = "standardized"
    title = "Standardized"
    value_name = "z"
    formula = "(s - mu_g) / sigma_g, of the pseudo-positive scores"
    source = "arXiv 2511.22141"
    needs: Needs = "scores"
    changes = "scores"
    in_artefact = True

    def __init__(self, *, k: int = 1, ddof: int = 0) -> None:
        if k < 1:
            raise CalibrationError(f"k counts the best items of a group, so it is at least 1; got {k}.")
        if ddof not in (0, 1):
            raise CalibrationError(f"ddof is 0 or 1; got {ddof}.")
        self.k = k
        self.ddof = ddof

    def learn(self, data: FitData) -> None:
        self.fit_scores(self._positive_scores(data))

    def fit_scores(self, best_scores: Mapping[str, NDArray[Any]]) -> SimilarityStandardizer:
        """Learn from the scores of the (pseudo-)positive pairs alone: {group: (n_queries,) cosines}."""
        moments = moments_by_group(best_scores)
        self.mean_ = {group: m.mean for group, m in moments.items()}
        self.std_ = {group: m.std(self.ddof) for group, m in moments.items()}
        self.n_ = {group: m.n for group, m in moments.items()}
        return self

    @classmethod
    def from_statistics(cls, mean: Mapping[str, float], std: Mapping[str, float]) -> SimilarityStandardizer:
        """One that is fitted already, from statistics learnt elsewhere, by group."""
        fitted = cls()
        fitted.mean_, fitted.std_ = dict(mean), dict(std)
        return fitted

    def restore(self, state: FittedState) -> None:
        self.mean_, self.std_ = dict(state.mean), dict(state.std)

    def transform(self, scores: ArrayLike, item_groups: Sequence[str] | NDArray[np.str_]) -> Scores:
        """Cosines (..., n_items) -> z of the same shape.

        Raises NotFittedError before `fit`, CalibrationError for a group without statistics.
        """
        if not hasattr(self, "mean_"):
            raise NotFittedError("This SimilarityStandardizer knows no statistics yet: call fit(...) first.")
        array, groups = check_scores(scores, item_groups)
        mean, std = (values_by_group(values, groups, self.name) for values in (self.mean_, self.std_))
        return ((array - mean) / std).astype(np.float32)

    def _positive_scores(self, data: FitData) -> dict[str, NDArray[Any]]:
        return pseudo_positive_scores(find_pseudo_positives(data, k=self.k), k=self.k)


class OracleStandardizer(SimilarityStandardizer):
    """The labelled variant: each query's relevant items in place of its pseudo-positives."""

    name = "oracle"
    title = "Oracle (labelled)"
    formula = "(s - mu_g) / sigma_g, of the labelled positives"
    needs = "labels"
    in_artefact = False

    def restore(self, state: FittedState) -> None:
        raise CalibrationError("The oracle learns from labels, which no calibration has: it is for `modgap evaluate`.")

    def _positive_scores(self, data: FitData) -> dict[str, NDArray[Any]]:
        if data.positives is None:
            raise CalibrationError("The oracle learns from labels: give `positives`, the relevant rows of each query.")
        scores: dict[str, list[float]] = {group: [] for group in expected_groups(data.engine.groups)}
        for query, positives in zip(data.queries, data.positives, strict=True):
            rows = np.asarray(positives, dtype=np.intp)
            cosines = data.engine.vectors_of(rows) @ query
            for group, cosine in zip(data.engine.groups_of(rows).tolist(), cosines.tolist(), strict=True):
                scores[group].append(cosine)
        for group, found in scores.items():
            if not found:
                raise CalibrationError(
                    f"No query is labelled with {group_plural(group)}, so the oracle has nothing to learn of {group} "
                    f"scores from: label 2 or more with {group_plural(group)}."
                )
        return {group: np.asarray(found) for group, found in scores.items()}
