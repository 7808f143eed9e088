"""Nearest Neighbor Normalization (arXiv 2410.24114): an item that every query likes is marked down.

    bias         b(d)        = mean of the k highest s(q', d) over a bank of queries q'
    score        score(q, d) = s(q, d) - alpha b(d)

A bank of fewer than k queries is used whole. When not to use it: see `bank_bias`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from modgap.errors import CalibrationError
from modgap.methods.bank_bias import BankBias


class NearestNeighborNormalization(BankBias):
    """Subtract alpha times an item's mean score with its k nearest queries of the bank.

    k, alpha: 128 and 0.75, as the authors' README recommends (their class has 256 and 0.5).

    >>> items = np.asarray([[1, 0], [0.6, 0.8], [0, 1]], dtype=np.float32)
    >>> method = NearestNeighborNormalization(k=1).fit([[1, 0], [0.8, 0.6]], items, ["text", "text", "image"])
    >>> method.bias(items).astype(float).round(2).tolist()
    [1.0, 0.96, 0.6]
    """

    name = "nnn"
    title = "Nearest Neighbor Normalization"
    value_name = "cosine - bias"
    formula = "s - alpha (mean of the k highest s(q', d) over the bank)"
    source = "arXiv 2410.24114"

    def __init__(self, *, k: int = 128, alpha: float = 0.75) -> None:
        if k < 1:
            raise CalibrationError(f"k counts the nearest queries of an item, so it is at least 1; got {k}.")
        self.k = k
        self.alpha = self.weight = alpha

    def bias_of(self, scores: NDArray[np.float32]) -> NDArray[np.float64]:
        n_bank = scores.shape[1]
        k = min(self.k, n_bank)
        best = np.partition(scores, n_bank - k, axis=1)[:, n_bank - k :]
        counted = np.isfinite(best)
        total = np.where(counted, best, 0).sum(axis=1, dtype=np.float64)
        return total / np.maximum(counted.sum(axis=1), 1)
