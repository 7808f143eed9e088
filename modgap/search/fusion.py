"""The merge by item: a picture and a text that make one item become one result, exactly.

`max`   value of an item = the best value of its rows: found by its picture or by its text, whichever fits better
`mean`  value of an item = the mean of the values of its rows: an item fits if its picture and its text do

Late fusion, after calibration: only then do values of pictures and of texts mean the same. The lists hold the best rows
of each group, so no item outside of them has a value above the last value of some list; once the k-th item found so far
reaches the highest of these last values, the first k are certain.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from modgap.corpus.fused import FusedItems
from modgap.errors import ModgapError
from modgap.search.ranking import Candidates, Ranking
from modgap.vectors import Vectors

if TYPE_CHECKING:
    from modgap.search.ranker import Ranker

FUSIONS = ("max", "mean")


@dataclass(frozen=True)
class Fusion:
    """Which rows make one item, and how their values become one: "max" or "mean"."""

    items: FusedItems
    how: str = "max"

    def __post_init__(self) -> None:
        if self.how not in FUSIONS:
            raise ModgapError(f'There is no fusion "{self.how}": {" or ".join(FUSIONS)}.')

    def merge(
        self, ranker: Ranker, lists: Candidates, vector: Vectors, k: int, depth: int, source: int = -1
    ) -> tuple[Ranking, bool]:
        """The k best items of the lists of one query (1, d), and whether they are certain.

        depth: how far the lists are used. source: the row that the query is itself, -1 for none.
        """
        scores, rows, groups, last = _flat(lists, depth, ranker)
        listed = rows.size
        if self.how == "mean":
            self.items.look_up(np.unique(self.items.item_of(rows)))
            scores, rows, groups = self._with_siblings(ranker, vector, scores, rows, groups)
        values = ranker.values(scores, groups)
        bound = max((values[:listed][place] for place in last), default=-np.inf)

        item_of = self.items.item_of(rows)
        if source >= 0:
            own = self.items.item_of(np.asarray([source]))[0]
            scores, rows, groups, values = (each[item_of != own] for each in (scores, rows, groups, values))
            item_of = item_of[item_of != own]
        order = np.lexsort((rows, -values))
        items, first = np.unique(item_of[order], return_index=True)
        found_by = order[first]  # the best row of each item
        merged = values[found_by]
        if self.how == "mean":
            merged = np.bincount(item_of, weights=values)[items] / np.bincount(item_of)[items]
        best = np.lexsort((items, -merged))[:k]
        kept = found_by[best]
        self.items.look_up(items[best])
        certain = not last or (best.size == k and bool(merged[best[-1]] >= bound))
        return Ranking(merged[best], rows[kept], groups[kept], scores[kept]), certain

    def whole(self, values: NDArray[np.floating]) -> NDArray[np.floating]:
        """The value of every item, (number of items,); values: (n,) of all rows."""
        return self.items.best(values) if self.how == "max" else self.items.mean(values)

    def _with_siblings(
        self,
        ranker: Ranker,
        vector: Vectors,
        scores: NDArray[np.float32],
        rows: NDArray[np.intp],
        groups: NDArray[np.str_],
    ) -> tuple[NDArray[np.float32], NDArray[np.intp], NDArray[np.str_]]:
        """The rows with those of the same items that are in no list."""
        whole = np.concatenate([self.items.rows_of(int(item)) for item in np.unique(self.items.item_of(rows))])
        missing = np.setdiff1d(whole, rows)
        if not missing.size:
            return scores, rows, groups
        moved = ranker.method.move_queries(vector)
        found = (ranker.engine.vectors_of(missing) @ moved[0]).astype(np.float32)
        names = ranker.engine.groups_of(missing)
        return np.concatenate([scores, found]), np.concatenate([rows, missing]), np.concatenate([groups, names])


def _flat(
    lists: Candidates, depth: int, ranker: Ranker
) -> tuple[NDArray[np.float32], NDArray[np.intp], NDArray[np.str_], list[int]]:
    """Scores, rows and groups of the lists; and the places of the last row of each list that has more to come."""
    scores, rows, groups, last, start = [], [], [], [], 0
    for group, found in lists.items():
        listed = found.scores[0, :depth]
        inside = np.isfinite(listed)
        size = int(inside.sum())
        scores.append(listed[inside])
        rows.append(found.rows[0, :depth][inside])
        groups.append(np.full(size, group))
        start += size
        if size and size == listed.size < ranker.engine.count(group):
            last.append(start - 1)
    return np.concatenate(scores), np.concatenate(rows), np.concatenate(groups), last
