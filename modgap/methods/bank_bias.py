"""Base of the methods that mark an item down by its scores with a bank of queries.

    score(q, d) = s(q, d) - weight b(d)        b(d) of the scores s(q', d) with the queries q' of the bank

The bank is the calibration queries; they carry no labels. A query that was made of an item does not count in that
item's bias, nor in that of the other passages of its document.

When not to use one: each of them assumes that every document is wanted about equally often. That holds of every
benchmark made of pairs and of hardly any log. Where queries ask for a tenth of the documents, these are the ones that
the bank likes, and they are marked down for it (docs/FINDINGS.md has the figures).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modgap.engines.exclusions import excluded_pairs
from modgap.errors import NotFittedError
from modgap.methods.base import FitData, Method
from modgap.methods.centroids import check_queries
from modgap.vectors import Vectors

_BLOCK_CELLS = 8_000_000  # scores of the bank held at once: 32 MB
_SAME = 2e-5  # squared distance below which two vectors are one: a cosine of 0.99999


class BankBias(Method):
    """Base: learn the bank, subtract `weight` times a bias.

    No vector moves: each gets one more dimension, -weight for queries and b(d) for items, so that the inner product is
    the score and any index can search by it. A subclass says what the bias of scores is (`bias_of`).
    """

    needs = "vectors"
    changes = "scores"
    keeps_order = False
    weight: float = 1.0

    def bias_of(self, scores: NDArray[np.float32]) -> NDArray[np.float64]:
        """(n, n_bank) scores of some items with the bank, -inf where a query does not count -> biases (n,)."""
        raise NotImplementedError

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
        bias = np.empty(item_vectors.shape[0], dtype=np.float32)
        for block, scores in self._scores_with_bank(item_vectors):
            bias[block] = self.bias_of(scores)
        return bias

    def _scores_with_bank(self, item_vectors: Vectors) -> Iterator[tuple[slice, NDArray[np.float32]]]:
        """Blocks of items and their scores (n, n_bank), -inf for queries that do not count."""
        if not hasattr(self, "bank_"):
            raise NotFittedError(f'The method "{self.name}" knows no queries yet: call fit(...) first.')
        size = max(1, _BLOCK_CELLS // self.bank_.shape[0])
        for start in range(0, item_vectors.shape[0], size):
            block = item_vectors[start : start + size]
            scores = block @ self.bank_.T
            if self._exclude_same:
                scores[_same(block, self.bank_)] = -np.inf
            if self._made.size:
                item, at = np.nonzero(_same(block, self._sources))
                scores[item, self._made[at]] = -np.inf
            yield slice(start, start + size), scores

    def move_queries(self, query_vectors: Vectors) -> Vectors:
        """(n_queries, d) -> (n_queries, d + 1)."""
        last = np.full((query_vectors.shape[0], 1), -self.weight, dtype=np.float32)
        return np.concatenate([query_vectors, last], axis=1)

    def move_items(self, item_vectors: Vectors, item_groups: NDArray[np.str_]) -> Vectors:
        """(n_items, d) -> (n_items, d + 1)."""
        return np.concatenate([item_vectors, self.bias(item_vectors)[:, None]], axis=1)


def soft_maximum(scores: NDArray[Any], tau: float) -> NDArray[np.float64]:
    """tau log mean exp(score / tau) over the finite scores of each row (n, m): (n,); 0 for a row without any.

    >>> soft_maximum(np.asarray([[0.5, 0.5, -np.inf], [-np.inf] * 3]), 0.1).tolist()
    [0.5, 0.0]
    """
    counted = np.isfinite(scores)
    n = counted.sum(axis=1)
    highest = np.where(n > 0, scores.max(axis=1, initial=-np.inf), 0).astype(np.float64)
    total = np.exp((scores - highest[:, None]) / tau).sum(axis=1)
    return np.where(n > 0, highest + tau * np.log(np.maximum(total, 1e-300) / np.maximum(n, 1)), 0.0)


def _same(a: Vectors, b: Vectors) -> NDArray[np.bool_]:
    """Which rows of (n, d) and (m, d) are copies of one another: (n, m)."""
    return np.square(a).sum(axis=1)[:, None] + np.square(b).sum(axis=1) - 2 * (a @ b.T) < _SAME
