"""Reciprocal rank fusion (Cormack et al., SIGIR 2009): the place in the list counts, the score does not.

    score(q, d) = 1 / (k + rank(q, d))        rank from 1 in the query's list of d's group

An item is in one list, so nothing is summed: the lists take turns, and the first of each are equal. Equal items stand
in the order of the corpus, as everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from modgap.errors import ModgapError
from modgap.methods.base import Method, Scores, check_scores
from modgap.methods.candidate_lists import places_by_group


class RRF(Method):
    """Rank by place. k: softens the first places (60: the paper's).

    >>> RRF(k=1).transform([0.9, 0.7, 0.2, 0.3], ["text", "text", "image", "image"]).astype(float).round(3).tolist()
    [0.5, 0.333, 0.333, 0.5]
    """

    name = "rrf"
    title = "Reciprocal rank fusion"
    value_name = "1 / (k + place)"
    formula = "1 / (k + rank inside the group)"
    source = "SIGIR 2009"
    changes = "scores"

    def __init__(self, *, k: int = 60) -> None:
        if k < 0:
            raise ModgapError(f"k softens the first places, so it is 0 or more; got {k}.")
        self.k = k

    def transform(self, scores: ArrayLike, item_groups: Sequence[str] | NDArray[np.str_]) -> Scores:
        """Cosines (..., n_items) -> the same shape, 1 / (k + rank)."""
        array, groups = check_scores(scores, item_groups)
        result = np.empty_like(array)
        for members in places_by_group(groups):
            order = np.argsort(-array[..., members], axis=-1, kind="stable")
            places = np.broadcast_to(1.0 / (self.k + 1 + np.arange(members.size)), order.shape)
            inside = np.empty(order.shape)
            np.put_along_axis(inside, order, places, axis=-1)
            result[..., members] = inside
        return result
