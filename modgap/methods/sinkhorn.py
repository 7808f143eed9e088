"""Sinkhorn normalization (DBSN, arXiv 2508.02538): bank and items share out their attention evenly.

    kernel       K(q', d)    = exp(s(q', d) / tau)        q' of the bank, d of all items
    scaling      u, v        : diag(u) K diag(v) has equal column sums, and row sums nearly so, after `rounds` rounds
    score        score(q, d) = s(q, d) + tau log v(d)     = s(q, d) - b(d)
    bias         b(d)        = tau log (1/|Q| sum over q' in Q of u(q') exp(s(q', d) / tau))

With u = 1 this is inverted softmax. b(d) follows from u alone, so items that `fit` has not seen have one too. tau: 0.05
(cosine); rounds: 10. When not to use it: the even columns say that each document is wanted equally often, of whatever
group (see `bank_bias`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from modgap.errors import CalibrationError
from modgap.methods.bank_bias import soft_maximum
from modgap.methods.base import FitData
from modgap.methods.inverted_softmax import InvertedSoftmax


class Sinkhorn(InvertedSoftmax):
    """Scale bank and items to even shares at temperature tau (cosine). After `fit`: log_u_ (n_queries,).

    >>> items = [[1, 0], [0.6, 0.8], [0, 1]]
    >>> method = Sinkhorn(tau=0.1).fit([[1, 0], [0.8, 0.6]], items, ["text", "text", "image"])
    >>> method.bias(np.asarray(items, dtype=np.float32)).astype(float).round(2).tolist()
    [1.1, 0.78, 0.37]
    """

    name = "sinkhorn"
    title = "Sinkhorn normalization"
    value_name = "cosine - Sinkhorn bias"
    formula = "s + tau log v(d), v the Sinkhorn scaling of exp(s / tau) over bank and items"
    source = "arXiv 2508.02538"

    def __init__(self, *, tau: float = 0.05, rounds: int = 10) -> None:
        super().__init__(tau=tau)
        if rounds < 1:
            raise CalibrationError(f"rounds counts the scalings, so it is at least 1; got {rounds}.")
        self.rounds = rounds

    def learn(self, data: FitData) -> None:
        super().learn(data)
        items = np.concatenate([data.engine.vectors_in(group) for group in data.engine.groups])
        self.log_u_ = np.zeros(data.queries.shape[0])
        for _ in range(self.rounds):
            attention = np.full(data.queries.shape[0], -np.inf)  # log of the row sums of K diag(v)
            for _, scores in self._scores_with_bank(items):
                scaled = (scores - self.bias_of(scores)[:, None]) / self.tau
                highest = np.maximum(scaled.max(axis=0, initial=-np.inf), -1e300)
                attention = np.logaddexp(attention, highest + np.log(np.exp(scaled - highest).sum(axis=0) + 1e-300))
            self.log_u_ = attention.mean() - attention

    def bias_of(self, scores: NDArray[np.float32]) -> NDArray[np.float64]:
        return soft_maximum(scores + self.tau * self.log_u_, self.tau)
