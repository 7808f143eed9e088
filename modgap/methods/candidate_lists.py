"""Base of the methods that normalise a query's own result lists.

Engines fuse lists of a fixed length, one for each group: the query's `depth` best items. The statistics of a list
come from these alone; the score of an item further down follows from the same formula, so that the ranking has no
end and does not depend on how many results are asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from modgap.errors import ModgapError
from modgap.methods.base import Method, Scores, check_scores


class ListMethod(Method):
    """Base: standardize each query's list of each group. depth: the length of a list (100, as engines advise)."""

    changes = "scores"
    cost = "one top-100 a group"

    def __init__(self, *, depth: int = 100) -> None:
        if depth < 2:
            raise ModgapError(f"depth is the length of a result list, so it is at least 2; got {depth}.")
        self.depth = depth

    def normalise_list(self, scores: NDArray[np.float64], best: NDArray[np.float64]) -> NDArray[np.float64]:
        """(..., n) scores of one group and the (..., depth) best of them -> normalised scores (..., n)."""
        raise NotImplementedError

    def transform(self, scores: ArrayLike, item_groups: Sequence[str] | NDArray[np.str_]) -> Scores:
        """Cosines (..., n_items) -> the same shape; each query's list of each group is normalised by itself."""
        array, groups = check_scores(scores, item_groups)
        result = np.empty_like(array)
        for members in places_by_group(groups):
            inside = array[..., members].astype(np.float64)
            best = -np.sort(-inside, axis=-1)[..., : self.depth]
            result[..., members] = self.normalise_list(inside, best)
        return result


def places_by_group(item_groups: NDArray[np.str_]) -> Iterator[NDArray[np.intp]]:
    """The places of the items of each group that is there."""
    for group in np.unique(item_groups):
        yield np.flatnonzero(item_groups == group)
