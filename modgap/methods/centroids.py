"""Mean vectors, and what the methods that subtract them have in common.

    mean     mu_m = 1/|D_m| sum over d in D_m of d        (unit vectors d of modality m; queries Q likewise)
    move     x'   = Norm(x - shift)                       or x - shift where a method does not normalise again

A vector at the mean itself has no direction left: it becomes zero and scores 0.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from modgap.errors import CalibrationError, NotFittedError
from modgap.items import Modality
from modgap.methods.base import FitData, Learnt, Method
from modgap.vectors import Vectors

_BLOCK = 16384  # rows at once: the sum in float64 needs no copy of the corpus
_TINY = 1e-6  # shorter than the rounding of a float32 difference of unit vectors
QUERY = "query"


class CentroidMethod(Method):
    """Base: learn the mean vectors, subtract a shift made of them. After `fit`: means_, by "text", "image", "query".

    A subclass says which shift queries and items take (`query_shift`, `item_shift`).
    """

    needs = "vectors"
    changes = "vectors"
    keeps_order = False
    in_artefact = True
    normalises: bool = True

    def query_shift(self) -> Vectors:
        """(d,) to subtract from queries."""
        raise NotImplementedError

    def item_shift(self, modality: Modality) -> Vectors:
        """(d,) to subtract from items of one modality."""
        raise NotImplementedError

    def learn(self, data: FitData) -> None:
        members = {m: data.modality == m.value for m in Modality}
        counts = {m: int(of.sum()) for m, of in members.items()}
        means = {m.value: mean_vector(data.items, of) for m, of in members.items() if counts[m]}
        self._take({**means, QUERY: mean_vector(data.queries)}, counts, data.query_modality)

    def restore(self, learnt: Learnt) -> None:
        if not {QUERY, *(m.value for m in Modality)} <= learnt.means.keys():
            raise CalibrationError(
                f'The method "{self.name}" needs mean vectors, and this calibration has none: keep the .safetensors '
                f"file beside the calibration's .json, or calibrate this corpus again."
            )
        self._take(learnt.means, learnt.counts, learnt.query_modality)

    def _take(self, means: dict[str, Vectors], counts: dict[Modality, int], query_modality: str) -> None:
        for modality in Modality:
            if counts[modality] < 2:
                raise CalibrationError(
                    f"There are {counts[modality]} {modality.plural}, and the mean vector of a modality needs 2 or "
                    f'more: add {modality.plural} or choose another method than "{self.name}".'
                )
        self.means_ = means
        self.query_modality_ = Modality(query_modality)

    def move_queries(self, query_vectors: Vectors) -> Vectors:
        """(n_queries, d) -> (n_queries, d)."""
        self._check_fitted()
        return self._subtract(query_vectors, self.query_shift())

    def move_items(self, item_vectors: Vectors, item_modality: NDArray[np.str_]) -> Vectors:
        """(n_items, d) -> (n_items, d); a single new item moves as it would among all."""
        self._check_fitted()
        moved = np.empty_like(item_vectors)
        for modality in Modality:
            rows = np.flatnonzero(np.asarray(item_modality) == modality.value)
            if rows.size:
                moved[rows] = self._subtract(item_vectors[rows], self.item_shift(modality))
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
