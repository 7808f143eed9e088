"""The merge: lists of candidates become one ranking."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray


def ranked_union(lists: Iterable[tuple[ArrayLike, ArrayLike]], k: int) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """The k best of several (values, rows) lists, best first; equal values stand in the order of their rows.

    >>> values, rows = ranked_union([([0.9, 0.1], [4, 7]), ([0.5, 0.1], [2, 3])], k=3)
    >>> rows.tolist()
    [4, 2, 3]
    """
    pairs = [(np.asarray(v, dtype=np.float64), np.asarray(r, dtype=np.intp)) for v, r in lists]
    if not pairs:
        return np.empty(0), np.empty(0, dtype=np.intp)
    values = np.concatenate([v for v, _ in pairs])
    rows = np.concatenate([r for _, r in pairs])
    order = np.lexsort((rows, -values))[:k]
    return values[order], rows[order]
