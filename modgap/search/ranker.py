"""The one path from a query to a ranking, for every method: search and evaluation both take it.

Of each modality the best items by inner product come from the index; the method transforms their scores; the lists
are merged. This is exact, since a transform keeps the order inside a modality (`modgap.methods.base`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from modgap.engines import ModalityIndex, ranked_union
from modgap.methods import Method
from modgap.vectors import Vectors

Ranking = tuple[NDArray[np.float64], NDArray[np.intp]]


class Ranker:
    """A fitted method over the items of an index.

    index: of the vectors as the method moved them. item_modality: (n_items,) of all rows that the index counts.
    """

    def __init__(self, method: Method, index: ModalityIndex, item_modality: NDArray[np.str_]) -> None:
        self.method = method
        self._index = index
        self._modality = item_modality

    def rank(self, query_vectors: Vectors, k: int, *, sources: NDArray[np.intp] | None = None) -> list[Ranking]:
        """(values, rows) of the k best items for each query, best first; equals stand in the order of their rows.

        query_vectors: (n_queries, d) unit rows, not yet moved. sources: (n_queries,) row that each query is itself
        and must not find, -1 for none. values: what the method ranks by.
        """
        need = max(k, self.method.depth)
        found = self._index.top_k_of_each(self.method.move_queries(query_vectors), need + (sources is not None))
        rankings = []
        for query in range(query_vectors.shape[0]):
            source = -1 if sources is None else int(sources[query])
            lists = [(scores[query], rows[query]) for scores, rows in found.values()]
            lists = [(scores[rows != source][:need], rows[rows != source][:need]) for scores, rows in lists]
            rows = np.concatenate([rows for _, rows in lists])
            values = self.method.transform(np.concatenate([scores for scores, _ in lists]), self._modality[rows])
            rankings.append(ranked_union([(values, rows)], k))
        return rankings
