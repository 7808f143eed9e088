"""QB-Norm (arXiv 2112.12777): inverted softmax for the queries that a hub would catch, cosine for the others.

    activation set   A           = { argmax over d of s(q', d) : q' of the bank }
    score            score(q, d) = s(q, d) - b(d)    where argmax over d of s(q, d) is in A
                     score(q, d) = s(q, d)           elsewhere
    bias             b(d)        = tau log (1/|Q| sum over q' in Q of exp(s(q', d) / tau))

Both argmax run over the whole pool, as in the paper, where the pool has one modality. In a mixed pool the best raw item
is almost always of the query's own modality, so A holds items of that alone. tau: 0.05, the paper's inverse temperature
of 20. When not to use it: see `bank_bias`; and each query costs a raw search before its own.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from modgap.engines.base import Engine
from modgap.engines.exclusions import excluded_ranges
from modgap.methods.base import FitData
from modgap.methods.inverted_softmax import InvertedSoftmax
from modgap.vectors import Vectors


class QBNorm(InvertedSoftmax):
    """Inverted softmax where a query's best raw item is the best raw item of some query of the bank.

    After `fit`: activated_, the rows of A.

    >>> items = [[1, 0], [0.6, 0.8], [0, 1]]
    >>> method = QBNorm(tau=0.1).fit([[1, 0], [0.8, 0.6]], items, ["text", "text", "image"])
    >>> method.activated_.tolist()
    [0, 1]
    """

    name = "qb_norm"
    title = "QB-Norm"
    value_name = "cosine, less a soft maximum if caught"
    formula = "inverted softmax if the best raw item is also some bank query's best, else s"
    source = "arXiv 2112.12777"
    cost = "a raw top-1 and one top-k a group"

    def learn(self, data: FitData) -> None:
        super().learn(data)
        self._engine = data.engine
        exclude = None if data.exclude is None else excluded_ranges(data.exclude)
        self.activated_ = np.unique(_best_rows(data.engine, data.queries, exclude, exclude_same=data.exclude_same))

    def move_queries(self, query_vectors: Vectors) -> Vectors:
        """(n_queries, d) -> (n_queries, d + 1); the last is 0 where the bias does not count."""
        moved = super().move_queries(query_vectors)
        moved[~np.isin(_best_rows(self._engine, query_vectors), self.activated_), -1] = 0
        return moved


def _best_rows(
    engine: Engine, queries: Vectors, exclude: NDArray[np.intp] | None = None, *, exclude_same: bool = False
) -> NDArray[np.intp]:
    """(n_queries,) the row of each query's best item of all groups."""
    found = [engine.top_k(queries, 1, group, exclude=exclude, exclude_same=exclude_same) for group in engine.groups]
    scores, rows = (np.concatenate(each, axis=1) for each in zip(*((f.scores, f.rows) for f in found), strict=True))
    order = np.lexsort((rows, -scores), axis=1)[:, :1]  # of equal scores the lower row, as everywhere
    return np.take_along_axis(rows, order, axis=1)[:, 0]
