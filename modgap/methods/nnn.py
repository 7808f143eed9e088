"""Nearest Neighbor Normalization (arXiv 2410.24114): an item that every query likes is marked down.

    bias         b(d)        = mean of the k highest s(q', d) over a bank of queries q'
    score        score(q, d) = s(q, d) - alpha b(d)

The bank is the calibration queries; they carry no labels. A query that was made of an item does not count in that
item's bias, nor in that of the other passages of its document. A bank of fewer than k queries is used whole.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from modgap.engines.exclusions import excluded_pairs
from modgap.errors import CalibrationError, NotFittedError
from modgap.methods.base import FitData, Method
from modgap.methods.centroids import check_queries
from modgap.vectors import Vectors

_BLOCK_CELLS = 8_000_000  # scores of the bank held at once: 32 MB
_SAME = 2e-5  # squared distance below which two vectors are one: a cosine of 0.99999


class NearestNeighborNormalization(Method):
    """Subtract alpha times an item's mean score with its k nearest queries of the bank.

    k, alpha: 128 and 0.75, as the authors' README recommends (their class has 256 and 0.5).
    No vector moves: each gets one more dimension, -alpha for queries and b(d) for items, so that the inner product is
    the score and any index can search by it.

    >>> items = np.asarray([[1, 0], [0.6, 0.8], [0, 1]], dtype=np.float32)
    >>> method = NearestNeighborNormalization(k=1).fit([[1, 0], [0.8, 0.6]], items, ["text", "text", "image"])
    >>> method.bias(items).astype(float).round(2).tolist()
    [1.0, 0.96, 0.6]
    """

    name = "nnn"
    title = "Nearest Neighbor Normalization"
    value_name = "cosine - bias"
    needs = "vectors"
    changes = "scores"
    keeps_order = False

    def __init__(self, *, k: int = 128, alpha: float = 0.75) -> None:
        if k < 1:
            raise CalibrationError(f"k counts the nearest queries of an item, so it is at least 1; got {k}.")
        self.k = k
        self.alpha = alpha

    def learn(self, data: FitData) -> None:
        check_queries(data, self.name)
        self.bank_ = data.queries
        self._exclude_same = data.exclude_same
        exclude = np.full(len(self.bank_), -1) if data.exclude is None else data.exclude
        # queries made of items, which are known by their vectors: `bias` is also asked for items unseen by `fit`
        n_items = sum(data.engine.count(group) for group in data.engine.groups)
        self._made, sources = excluded_pairs(exclude, np.arange(n_items)).T
        self._sources = data.engine.vectors_of(sources)

    def bias(self, item_vectors: Vectors) -> NDArray[np.float32]:
        """b(d) of (n_items, d) items: (n_items,), cosine."""
        if not hasattr(self, "bank_"):
            raise NotFittedError('The method "nnn" knows no queries yet: call fit(...) first.')
        n_bank, n_items = self.bank_.shape[0], item_vectors.shape[0]
        k = min(self.k, n_bank)
        bias = np.empty(n_items, dtype=np.float32)
        size = max(1, _BLOCK_CELLS // n_bank)
        for start in range(0, n_items, size):
            block = item_vectors[start : start + size]
            scores = block @ self.bank_.T  # (items of the block, n_bank)
            if self._exclude_same:
                scores[_same(block, self.bank_)] = -np.inf
            if self._made.size:
                item, at = np.nonzero(_same(block, self._sources))
                scores[item, self._made[at]] = -np.inf
            best = np.partition(scores, n_bank - k, axis=1)[:, n_bank - k :]
            counted = np.isfinite(best)
            total = np.where(counted, best, 0).sum(axis=1, dtype=np.float64)
            bias[start : start + size] = total / np.maximum(counted.sum(axis=1), 1)
        return bias

    def move_queries(self, query_vectors: Vectors) -> Vectors:
        """(n_queries, d) -> (n_queries, d + 1)."""
        last = np.full((query_vectors.shape[0], 1), -self.alpha, dtype=np.float32)
        return np.concatenate([query_vectors, last], axis=1)

    def move_items(self, item_vectors: Vectors, item_groups: NDArray[np.str_]) -> Vectors:
        """(n_items, d) -> (n_items, d + 1)."""
        return np.concatenate([item_vectors, self.bias(item_vectors)[:, None]], axis=1)


def _same(a: Vectors, b: Vectors) -> NDArray[np.bool_]:
    """Which rows of (n, d) and (m, d) are copies of one another: (n, m)."""
    return np.square(a).sum(axis=1)[:, None] + np.square(b).sum(axis=1) - 2 * (a @ b.T) < _SAME
