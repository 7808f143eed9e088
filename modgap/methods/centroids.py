"""Mean vectors, and the base of the methods that subtract them.

    mean     mu_g = 1/|D_g| sum over d in D_g of d        (unit vectors d of group g; queries Q likewise)
    move     x'   = Norm(x - shift)                       or x - shift where a method does not normalise again

A vector at the mean itself has no direction left: it becomes zero and scores 0.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from modgap.errors import CalibrationError, NotFittedError
from modgap.items import Modality, group_plural
from modgap.methods.base import FitData, FittedState, Method, expected_groups
from modgap.vectors import Vectors

_BLOCK = 16384  # rows at once: the sum in float64 needs no copy of the corpus
_TINY = 1e-6  # shorter than the rounding of a float32 difference of unit vectors


class CentroidMethod(Method):
    """Base: learn the mean vectors, subtract a shift made of them.

    After `fit`: means_ by group, query_mean_ (d,) of the calibration queries, query_modality_, counts_ and
    group_modality_ by group. A subclass says which shift queries and items take (`query_shift`, `item_shift`).
    """

    needs = "vectors"
    changes = "vectors"
    keeps_order = False
    in_artefact = True
    normalises: bool = True

    def query_shift(self) -> Vectors:
        """(d,) to subtract from queries."""
        raise NotImplementedError

    def item_shift(self, group: str) -> Vectors:
        """(d,) to subtract from items of one group."""
        raise NotImplementedError

    def learn(self, data: FitData) -> None:
        engine = data.engine
        self._take(
            {group: engine.mean(group) for group in engine.groups},
            mean_vector(data.queries),
            {group: engine.count(group) for group in engine.groups},
            engine.group_modality,
            data.query_modality,
        )

    def restore(self, state: FittedState) -> None:
        if state.query_mean is None or not state.counts.keys() <= state.means.keys():
            raise CalibrationError(
                f'The method "{self.name}" needs mean vectors, and this calibration has none: keep the .safetensors '
                f"file beside the calibration's .json, or calibrate this corpus again."
            )
        self._take(state.means, state.query_mean, state.counts, state.group_modality, state.query_modality)

    def _take(
        self,
        means: Mapping[str, Vectors],
        query_mean: Vectors,
        counts: Mapping[str, int],
        group_modality: Mapping[str, str],
        query_modality: str,
    ) -> None:
        for group in expected_groups(list(counts)):
            if counts.get(group, 0) < 2:
                raise CalibrationError(
                    f"There are {counts.get(group, 0)} {group_plural(group)}, and a mean vector needs 2 or more: add "
                    f'{group_plural(group)} or choose another method than "{self.name}".'
                )
        self.means_, self.query_mean_ = dict(means), query_mean
        self.counts_, self.group_modality_ = dict(counts), dict(group_modality)
        self.query_modality_ = Modality(query_modality)

    def modality_mean(self, modality: Modality) -> Vectors:
        """The mean (d,) of all items that one tower encodes, over its groups.

        Raises CalibrationError where there are none.
        """
        groups = [group for group in self.means_ if self.group_modality_.get(group) == modality.value]
        if not groups:
            raise CalibrationError(
                f'The method "{self.name}" needs items of the modality "{modality}", and no group has any: choose '
                f"another method."
            )
        if len(groups) == 1:
            return self.means_[groups[0]]
        weights = np.asarray([self.counts_[group] for group in groups], dtype=np.float64)
        means = np.stack([self.means_[group] for group in groups]).astype(np.float64)
        return (weights @ means / weights.sum()).astype(np.float32)

    def move_queries(self, query_vectors: Vectors) -> Vectors:
        """(n_queries, d) -> (n_queries, d)."""
        self._check_fitted()
        return self._subtract(query_vectors, self.query_shift())

    def move_items(self, item_vectors: Vectors, item_groups: NDArray[np.str_]) -> Vectors:
        """(n_items, d) -> (n_items, d); a single new item moves as it would among all.

        Raises CalibrationError for a group that `fit` has not seen.
        """
        self._check_fitted()
        names = np.asarray(item_groups)
        moved = np.empty_like(item_vectors)
        for group in np.unique(names).tolist():
            if group not in self.means_:
                raise CalibrationError(
                    f'The method "{self.name}" knows no mean of the group "{group}": calibrate on a corpus that has it.'
                )
            rows = np.flatnonzero(names == group)
            moved[rows] = self._subtract(item_vectors[rows], self.item_shift(group))
        return moved

    def _subtract(self, vectors: Vectors, shift: Vectors) -> Vectors:
        moved = (vectors - shift).astype(np.float32)
        if not self.normalises:
            return moved
        lengths = np.linalg.norm(moved, axis=1, keepdims=True)
        return np.where(lengths > _TINY, moved / np.maximum(lengths, _TINY), np.float32(0))

    def _check_fitted(self) -> None:
        if not hasattr(self, "means_"):
            raise NotFittedError(f'The method "{self.name}" knows no mean vectors yet: call fit(...) first.')


def check_queries(data: FitData, name: str) -> None:
    """Raise CalibrationError where the queries are too few or too alike for a method that learns from them."""
    if data.queries.shape[0] < 2:
        raise CalibrationError(f'The method "{name}" learns from 2 or more queries; got {data.queries.shape[0]}.')
    if float(np.ptp(data.queries, axis=0).max()) < _TINY:
        raise CalibrationError(f'All queries are the same, so the method "{name}" cannot learn from them.')


def mean_vector(vectors: Vectors, members: NDArray[np.bool_] | None = None) -> Vectors:
    """The mean (d,) of the rows of (n, d), or of those that are members (n,); summed in float64.

    >>> mean_vector(np.asarray([[1, 0], [0, 1]], dtype=np.float32)).tolist()
    [0.5, 0.5]
    """
    total, n = np.zeros(vectors.shape[1]), 0
    for start in range(0, vectors.shape[0], _BLOCK):
        block = vectors[start : start + _BLOCK]
        if members is not None:
            block = block[members[start : start + _BLOCK]]
        total += block.sum(axis=0, dtype=np.float64)
        n += block.shape[0]
    return (total / max(n, 1)).astype(np.float32)
