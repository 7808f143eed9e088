"""The one path from a query to a ranking, for every method: search and evaluation both take it.

The engine gives the best items of each group by inner product, one top-k a group; the method transforms their scores;
the lists are merged. This is exact, since a transform keeps the order inside a group (`modgap.methods.base`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from modgap.engines.base import Engine, TopK
from modgap.methods import Method
from modgap.vectors import Vectors

Candidates = Mapping[str, TopK]
"""The best items of each group for some queries, by inner product."""


@dataclass(frozen=True)
class Ranking:
    """The best items for one query, best first; equals stand in the order of their rows.

    values: the method's own scores. rows: in the corpus. groups: of the items. scores: inner products. All (k,).
    """

    values: NDArray[np.float64]
    rows: NDArray[np.intp]
    groups: NDArray[np.str_]
    scores: NDArray[np.float32]


class Ranker:
    """A fitted method over the items of an engine.

    engine: over the vectors as the method moved them (`for_engine`).
    """

    def __init__(self, method: Method, engine: Engine) -> None:
        self.method = method
        self.engine = engine

    @classmethod
    def for_engine(cls, method: Method, engine: Engine) -> Ranker:
        """The ranker of a fitted method over an engine of vectors as encoded."""
        return cls(method, engine.moved(method.move_items) if moves_items(method) else engine)

    def rank(self, query_vectors: Vectors, k: int, *, sources: NDArray[np.intp] | None = None) -> list[Ranking]:
        """The k best items for each query.

        query_vectors: (n_queries, d) unit rows, not yet moved. sources: (n_queries,) row that each query is itself
        and must not find, -1 for none.
        """
        found = self.candidates(query_vectors, k, sources=sources)
        return [self.merge(found, query, k) for query in range(query_vectors.shape[0])]

    def candidates(
        self, query_vectors: Vectors, k: int, *, sources: NDArray[np.intp] | None = None, keep_all: bool = False
    ) -> Candidates:
        """The candidates of a ranking of k items: one top-k a group. Parameters as for `rank` and `Engine.top_k`."""
        moved = self.method.move_queries(query_vectors)
        depth = max(k, self.method.depth)
        return {
            group: self.engine.top_k(moved, depth, group, exclude=sources, keep_all=keep_all)
            for group in self.engine.groups
        }

    def merge(self, candidates: Candidates, query: int, k: int) -> Ranking:
        """The k best of the candidates of one query by the method's own scores."""
        depth = max(k, self.method.depth)
        scores, rows, groups = [], [], []
        for group, found in candidates.items():
            inside = np.isfinite(found.scores[query, :depth])
            scores.append(found.scores[query, :depth][inside])
            rows.append(found.rows[query, :depth][inside])
            groups.append(np.full(int(inside.sum()), group))
        all_scores, all_rows, all_groups = np.concatenate(scores), np.concatenate(rows), np.concatenate(groups)
        values = np.asarray(self.method.transform(all_scores, all_groups), dtype=np.float64)
        best = np.lexsort((all_rows, -values))[:k]
        return Ranking(values[best], all_rows[best], all_groups[best], all_scores[best])


def moves_items(method: Method) -> bool:
    """Whether a method gives items other vectors than the encoder's."""
    return type(method).move_items is not Method.move_items
