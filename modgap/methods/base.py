"""What every scoring method is: it learns from queries and items, then scores queries against items.

A method may move vectors (`move_queries`, `move_items`), change scores (`transform`), or both; `score` runs the
three in order. It says of itself what it needs and what it keeps, so that search, evaluation and the app never ask
for its name.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from modgap.vectors import Vectors

Scores = NDArray[np.float32]


class Method:
    """Base of the scoring methods; as it stands, cosine and nothing else.

    name: how the method is called on the command line and in reports.
    needs_fit: `fit` must have seen queries and items before the method can score.
    needs_labels: `fit` must be given the relevant items of each query.
    keeps_order: the order inside one modality is that of the raw cosine.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    needs_fit: ClassVar[bool] = False
    needs_labels: ClassVar[bool] = False
    keeps_order: ClassVar[bool] = True

    def fit(
        self,
        query_vectors: Vectors,
        item_vectors: Vectors,
        item_modality: NDArray[np.str_],
        *,
        positives: Sequence[Sequence[int]] | None = None,
        exclude: NDArray[np.intp] | None = None,
    ) -> Method:
        """Learn from (n_queries, d) queries and (n_items, d) items, unit rows.

        positives: relevant rows of each query. exclude: (n_queries,) row that each query must not meet, -1 for none.
        """
        return self

    def move_queries(self, query_vectors: Vectors) -> Vectors:
        """(n_queries, d) -> (n_queries, d), unit rows."""
        return query_vectors

    def move_items(self, item_vectors: Vectors, item_modality: NDArray[np.str_]) -> Vectors:
        """(n_items, d) -> (n_items, d), unit rows."""
        return item_vectors

    def transform(self, scores: Scores, item_modality: NDArray[np.str_]) -> Scores:
        """(n_queries, n_items) cosines -> scores of the same shape, comparable across modalities."""
        return scores

    def score(self, query_vectors: Vectors, item_vectors: Vectors, item_modality: NDArray[np.str_]) -> Scores:
        """Scores (n_queries, n_items) of every query against every item; higher is better."""
        cosines = self.move_queries(query_vectors) @ self.move_items(item_vectors, item_modality).T
        return self.transform(cosines, item_modality)
