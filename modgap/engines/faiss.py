"""FAISS: one flat inner-product index for each group of a corpus.

One index each, never a filter over a mixed one: a score's standardization is increasing inside a group, so the best k
of the union by z are among the best k of each group by cosine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modgap.engines.base import TopK
from modgap.engines.exact import ExactEngine
from modgap.progress import Progress, silent
from modgap.vectors import Vectors


class FaissEngine(ExactEngine):
    """Top k of each group from FAISS indexes, which are built when they are first searched.

    An index cannot leave out documents or copies of a query, nor return the score of every item: these calls are
    answered exactly, item by item. Of equal scores at the end of a list FAISS chooses which are in it; those that are
    stand in the order of their rows. Parameters as for `ExactEngine`.
    """

    def __init__(
        self,
        vectors: Vectors,
        item_groups: NDArray[np.str_] | Sequence[str],
        *,
        group_modality: Mapping[str, str] | None = None,
        device: str | None = None,
    ) -> None:
        super().__init__(vectors, item_groups, group_modality=group_modality, device=device)
        self._indexes: dict[str, Any] = {}

    def top_k(
        self,
        queries: Vectors,
        k: int,
        group: str,
        *,
        exclude: NDArray[np.intp] | None = None,
        exclude_same: bool = False,
        keep_all: bool = False,
        progress: Progress = silent,
    ) -> TopK:
        if keep_all or exclude_same or (exclude is not None and exclude.ndim == 2):
            return super().top_k(
                queries, k, group, exclude=exclude, exclude_same=exclude_same, keep_all=keep_all, progress=progress
            )
        rows = self._rows_in(group)
        more = 0 if exclude is None else 1  # each query excludes one row at most
        scores, places = self._index(group).search(
            np.ascontiguousarray(queries, dtype=np.float32), min(k + more, rows.size)
        )
        found = rows[places]
        if exclude is not None:
            scores = np.where(found == exclude[:, None], -np.inf, scores).astype(np.float32)
        order = np.lexsort((found, -scores), axis=-1)[:, : min(k, rows.size)]
        progress("Pairing queries with items", rows.size, rows.size)
        return TopK(np.take_along_axis(scores, order, -1), np.take_along_axis(found, order, -1))

    def _index(self, group: str) -> Any:
        if group not in self._indexes:
            import faiss  # takes a moment to load: only those who choose it pay for it

            index = faiss.IndexFlatIP(self.dimension)
            index.add(np.ascontiguousarray(self.vectors_in(group)))
            self._indexes[group] = index
        return self._indexes[group]
