"""The one path from a query to a ranking, for every method: search and evaluation both take it.

The engine gives the best items of each group by inner product, one top-k a group; the method transforms their scores;
the lists are merged. This is exact, since a transform keeps the order inside a group (`modgap.methods.base`).

A picture and a text that make one item are found apart and shown once (`fusion.py`); where items repeat in the lists,
longer ones are fetched until the first k are certain.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from modgap.engines.base import Engine, TopK
from modgap.methods import Method
from modgap.search.fusion import Fusion
from modgap.search.ranking import Candidates, Ranking
from modgap.vectors import Vectors


class Ranker:
    """A fitted method over the items of an engine.

    engine: over the vectors as the method moved them (`for_engine`). fusion: how rows that make one item are merged;
    None where every row stands alone.
    """

    def __init__(self, method: Method, engine: Engine, fusion: Fusion | None = None) -> None:
        self.method = method
        self.engine = engine
        self.fusion = fusion

    @classmethod
    def for_engine(cls, method: Method, engine: Engine, fusion: Fusion | None = None) -> Ranker:
        """The ranker of a fitted method over an engine of vectors as encoded."""
        return cls(method, engine.moved(method.move_items) if moves_items(method) else engine, fusion)

    def rank(self, query_vectors: Vectors, k: int, *, sources: NDArray[np.intp] | None = None) -> list[Ranking]:
        """The k best items for each query.

        query_vectors: (n_queries, d) unit rows, not yet moved. sources: (n_queries,) row that each query is itself
        and must not find, -1 for none.
        """
        found = self.candidates(query_vectors, k, sources=sources)
        return [
            self.best(found, query_vectors, query, k, source=-1 if sources is None else int(sources[query]))
            for query in range(query_vectors.shape[0])
        ]

    def best(self, candidates: Candidates, query_vectors: Vectors, query: int, k: int, *, source: int = -1) -> Ranking:
        """The k best items for one of the queries that the candidates are of.

        source: the row that the query is itself; the item that the row belongs to is not found.
        """
        if self.fusion is None:
            return self.merge(candidates, query, k)
        vector, depth = query_vectors[query : query + 1], max(k, self.method.depth)
        lists: Candidates = {group: _one_query(found, query) for group, found in candidates.items()}
        exclude = None if source < 0 else np.asarray([source], dtype=np.intp)
        while True:
            ranking, certain = self.fusion.merge(self, lists, vector, k, depth, source)
            if certain or all(depth >= self.engine.count(group) for group in lists):
                return ranking
            depth *= 4
            lists = self.candidates(vector, depth, sources=exclude)

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
        values = self.values(all_scores, all_groups)
        best = np.lexsort((all_rows, -values))[:k]
        return Ranking(values[best], all_rows[best], all_groups[best], all_scores[best])

    def values(self, scores: NDArray[np.float32], groups: NDArray[np.str_]) -> NDArray[np.float64]:
        """What the method makes of inner products (n,) of items of some groups (n,), those of the best lists whole."""
        return np.asarray(self.method.transform(scores, groups), dtype=np.float64)


def _one_query(found: TopK, query: int) -> TopK:
    return TopK(found.scores[query : query + 1], found.rows[query : query + 1])


def moves_items(method: Method) -> bool:
    """Whether a method gives items other vectors than the encoder's."""
    return type(method).move_items is not Method.move_items
