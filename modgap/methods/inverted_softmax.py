"""Inverted softmax (arXiv 1702.03859): an item competes for queries as queries compete for items.

    bias         b(d)        = tau log (1/|Q| sum over q' in Q of exp(s(q', d) / tau))
    score        score(q, d) = s(q, d) - b(d)        the order of exp(s / tau) / sum over q' of exp(s(q', d) / tau)

tau: 0.05, in cosine; QB-Norm takes the same (an inverse temperature of 20) for CLIP. When not to use it: where some
documents are wanted more often than others, which pairs files never show (see `bank_bias`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from modgap.errors import CalibrationError
from modgap.methods.bank_bias import BankBias, soft_maximum


class InvertedSoftmax(BankBias):
    """Subtract the soft maximum of an item's scores with the bank, at temperature tau (cosine).

    >>> items = [[1, 0], [0.6, 0.8], [0, 1]]
    >>> method = InvertedSoftmax(tau=0.1).fit([[1, 0], [0.8, 0.6]], items, ["text", "text", "image"])
    >>> method.bias(np.asarray(items, dtype=np.float32)).astype(float).round(3).tolist()
    [0.943, 0.893, 0.531]
    """

    name = "inverted_softmax"
    title = "Inverted softmax"
    value_name = "cosine - soft maximum"
    formula = "s - tau log mean over the bank of exp(s(q', d) / tau)"
    source = "arXiv 1702.03859"

    def __init__(self, *, tau: float = 0.05) -> None:
        if not tau > 0:
            raise CalibrationError(f"tau is a temperature in cosine, so it is above 0; got {tau}.")
        self.tau = tau

    def bias_of(self, scores: NDArray[np.float32]) -> NDArray[np.float64]:
        return soft_maximum(scores, self.tau)
