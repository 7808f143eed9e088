"""One exact inner-product index (FAISS, flat) for each modality of a corpus.

Why one each: a score's standardization is increasing inside a modality, so the best k of the union by z are among the
best k of each modality by cosine. Search is then one top-k per modality and a merge; no new kind of index is needed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from modgap.items import Modality
from modgap.vectors import Vectors


class ModalityIndex:
    """Top-k rows of each modality by cosine.

    vectors: (n, d), unit rows or as a method moved them. modality: (n,) of "image" / "text". FAISS is loaded when the
    first index is built.
    """

    def __init__(self, vectors: Vectors, modality: NDArray[np.str_]) -> None:
        import faiss  # takes a moment to load: only those who search pay for it

        self.rows: dict[Modality, NDArray[np.intp]] = {}
        self._indexes: dict[Modality, Any] = {}
        for each in Modality:
            rows = np.flatnonzero(modality == each.value)
            if rows.size:
                index = faiss.IndexFlatIP(vectors.shape[1])
                index.add(np.ascontiguousarray(vectors[rows]))
                self.rows[each], self._indexes[each] = rows, index

    def top_k(self, query: Vectors, k: int) -> dict[Modality, tuple[NDArray[np.float32], NDArray[np.intp]]]:
        """The k best rows of each modality for one query.

        query: (d,) unit vector. Returns {modality: (scores, rows)}, each (min(k, n of it),), best first; equal scores
        stand in the order of their rows.
        """
        return {m: (scores[0], rows[0]) for m, (scores, rows) in self.top_k_of_each(query[None, :], k).items()}

    def top_k_of_each(self, queries: Vectors, k: int) -> dict[Modality, tuple[NDArray[np.float32], NDArray[np.intp]]]:
        """The same for queries (n_queries, d) at once: {modality: (scores, rows)}, (n_queries, min(k, n of it))."""
        queries = np.ascontiguousarray(queries, dtype=np.float32)
        found = {}
        for each, index in self._indexes.items():
            scores, places = index.search(queries, min(k, index.ntotal))
            rows = self.rows[each][places]
            order = np.lexsort((rows, -scores), axis=-1)
            found[each] = (np.take_along_axis(scores, order, -1), np.take_along_axis(rows, order, -1))
        return found
