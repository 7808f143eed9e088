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

    vectors: (n, d) unit rows. modality: (n,) of "image" / "text". FAISS is loaded when the first index is built.
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
        found = {}
        for each, index in self._indexes.items():
            scores, places = index.search(query[None, :], min(k, index.ntotal))
            rows = self.rows[each][places[0]]
            order = np.lexsort((rows, -scores[0]))
            found[each] = (scores[0][order], rows[order])
        return found
