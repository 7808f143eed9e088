"""Similarity standardization (arXiv 2511.22141): scores in standard deviations of their own modality.

For statistics queries Q and the pool D_m of modality m, with s(q, d) = cos(q, d):

    pseudo-positive   d*_m(q) = argmax over d in D_m of s(q, d)
    mean              mu_m    = 1/|Q| sum over q of s(q, d*_m(q))
    deviation         sigma_m = sqrt(1/(|Q| - ddof) sum over q of (s(q, d*_m(q)) - mu_m)^2)
    score             z(q, d) = (s(q, d) - mu_m(d)) / sigma_m(d)

The union of the pools is ranked by z. Inside one modality z grows with s, so the order there never changes. Oracle:
the labelled positives in place of d*_m(q); mu_m and sigma_m over the queries that have a positive of modality m.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from modgap.engines.exact import PseudoPositives, pseudo_positives
from modgap.errors import CalibrationError, NotFittedError
from modgap.items import Modality
from modgap.methods.base import FitData, Learnt, Method, Needs, Scores, check_scores
from modgap.metrics.sample_statistics import Moments

_FLAT = 1e-6  # cosines that differ by less are equal in float32


class SimilarityStandardizer(Method):
    """Learn mu_m and sigma_m from pseudo-positive pairs; transform cosines into standard deviations.

    k: the mean of the k best items of a modality stands for its pseudo-positive score (1: the paper's).
    ddof: 0 divides by |Q| (the paper's sums), 1 by |Q| - 1.
    After `fit`: mean_, std_ (cosine) and n_ (queries), each by modality.

    >>> queries = [[1, 0, 0], [0, 1, 0]]
    >>> items = [[1, 0, 0], [.8, .6, 0], [.3, 0, 1], [0, .1, 1]]
    >>> modality = ["text", "text", "image", "image"]
    >>> s = SimilarityStandardizer().fit(queries, items, modality)
    >>> {str(m): round(v, 3) for m, v in s.mean_.items()}
    {'text': 0.8, 'image': 0.193}
    """

    name = "standardized"
    title = "Standardized"
    needs: Needs = "scores"
    changes = "scores"
    in_artefact = True

    def __init__(self, *, k: int = 1, ddof: int = 0) -> None:
        if k < 1:
            raise CalibrationError(f"k counts the best items of a modality, so it is at least 1; got {k}.")
        if ddof not in (0, 1):
            raise CalibrationError(f"ddof is 0 or 1; got {ddof}.")
        self.k = k
        self.ddof = ddof

    def learn(self, data: FitData) -> None:
        self.fit_scores(self._positive_scores(data))

    def fit_scores(self, best_scores: dict[Modality, NDArray]) -> SimilarityStandardizer:
        """Learn from the scores of the (pseudo-)positive pairs alone: {modality: (n_queries,) cosines}."""
        moments = {modality: Moments.of(best_scores.get(modality, ())) for modality in Modality}
        for modality in sorted(Modality, key=lambda m: moments[m].n):  # an empty modality is the first thing to say
            check_moments(moments[modality], modality)
        self.mean_ = {modality: m.mean for modality, m in moments.items()}
        self.std_ = {modality: m.std(self.ddof) for modality, m in moments.items()}
        self.n_ = {modality: m.n for modality, m in moments.items()}
        return self

    @classmethod
    def of(cls, mean: dict[Modality, float], std: dict[Modality, float]) -> SimilarityStandardizer:
        """One that is fitted already, from statistics learnt elsewhere."""
        fitted = cls()
        fitted.mean_, fitted.std_ = dict(mean), dict(std)
        return fitted

    def restore(self, learnt: Learnt) -> None:
        self.mean_, self.std_ = dict(learnt.mean), dict(learnt.std)

    def transform(self, scores: ArrayLike, item_modality: Sequence[str] | NDArray[np.str_]) -> Scores:
        """Cosines (..., n_items) -> z of the same shape. Raises NotFittedError before `fit`."""
        if not hasattr(self, "mean_"):
            raise NotFittedError("This SimilarityStandardizer knows no statistics yet: call fit(...) first.")
        array, modality = check_scores(scores, item_modality)
        image = modality == Modality.IMAGE.value
        mean = np.where(image, self.mean_[Modality.IMAGE], self.mean_[Modality.TEXT])
        std = np.where(image, self.std_[Modality.IMAGE], self.std_[Modality.TEXT])
        return ((array - mean) / std).astype(np.float32)

    def _positive_scores(self, data: FitData) -> dict[Modality, NDArray]:
        return pseudo_positive_scores(data, k=self.k)


class OracleStandardizer(SimilarityStandardizer):
    """The labelled variant: each query's relevant items in place of its pseudo-positives."""

    name = "oracle"
    title = "Oracle (labelled)"
    needs = "labels"
    in_artefact = False

    def restore(self, learnt: Learnt) -> None:
        raise CalibrationError("The oracle learns from labels, which no calibration has: it is for `modgap evaluate`.")

    def _positive_scores(self, data: FitData) -> dict[Modality, NDArray]:
        if data.positives is None:
            raise CalibrationError("The oracle learns from labels: give `positives`, the relevant rows of each query.")
        scores: dict[Modality, list[float]] = {m: [] for m in Modality}
        for query, rows in zip(data.queries, data.positives, strict=True):
            for row in rows:
                scores[Modality(data.modality[row])].append(float(query @ data.items[row]))
        for modality, found in scores.items():
            if not found:
                raise CalibrationError(
                    f"No query is labelled with {modality.plural}, so the oracle has nothing to learn of {modality} "
                    f"scores from: label 2 or more with {modality.plural}."
                )
        return {m: np.asarray(s) for m, s in scores.items()}


def pseudo_positive_scores(data: FitData, *, k: int = 1) -> dict[Modality, NDArray]:
    """The pseudo-positive score of each query, by item modality: its best item, or the mean of its k best.

    Raises CalibrationError where there is no query.
    """
    if not data.queries.shape[0]:
        raise CalibrationError("There is no query to learn from: give 2 or more (100 or more are better).")
    found = pseudo_positives(
        data.queries, data.items, data.modality, k=k, exclude=data.exclude, exclude_same=data.exclude_same
    )
    return {m: mean_of_best(best, m, k=k) for m, best in found.items()}


def mean_of_best(best: PseudoPositives, modality: Modality, *, k: int) -> NDArray[np.float32]:
    """The pseudo-positive score of each query: the mean of its k best; queries that met fewer than k are left out.

    Raises CalibrationError where the modality has fewer than k items.
    """
    if best.scores.shape[1] < k:
        raise CalibrationError(
            f"There are {best.scores.shape[1]} {modality.plural}, and the mean of the {k} best was asked for: give a "
            f"smaller k or more {modality.plural}."
        )
    met_enough = np.isfinite(best.scores).all(axis=1)
    return best.scores[met_enough].mean(axis=1)


def check_moments(moments: Moments, modality: Modality) -> None:
    """Raise CalibrationError where a mean and a deviation of best scores cannot be used, naming the cause."""
    if moments.n == 0:
        raise CalibrationError(
            f"There are no {modality.plural} to pair the queries with, so {modality} scores have no statistics: "
            f"standardization needs both pictures and passages."
        )
    if moments.n < 2:
        raise CalibrationError(
            f"Only {moments.n} query could be paired with {modality.plural}: calibration needs 2 or more "
            f"(100 or more are better)."
        )
    if moments.std() < _FLAT:
        raise CalibrationError(
            f"The best {modality} score is {moments.mean:.3f} for all {moments.n} queries, so there is no deviation "
            f"to divide by: give queries that differ, or more {modality.plural}."
        )
