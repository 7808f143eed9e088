"""Which items a query is not compared with: the item that it was made of, or the document that it was taken from."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def excluded_ranges(exclude: NDArray[np.intp]) -> NDArray[np.intp]:
    """Exclusions (n_queries,) or (n_queries, 2), as `Engine.top_k` takes them, in the second form.

    >>> excluded_ranges(np.asarray([4, -1])).tolist()
    [[4, 5], [-1, -1]]
    """
    return exclude if exclude.ndim == 2 else np.stack([exclude, exclude + (exclude >= 0)], axis=1)


def excluded_pairs(exclude: NDArray[np.intp], rows: NDArray[np.intp]) -> NDArray[np.intp]:
    """Pairs (query, place in rows) that are not compared, as (n, 2); rows: of the corpus, ascending.

    >>> excluded_pairs(np.asarray([4, -1]), np.asarray([2, 4])).tolist()
    [[0, 1]]
    """
    start, stop = np.searchsorted(rows, excluded_ranges(exclude)).T
    counts = stop - start
    place = np.arange(counts.sum()) + np.repeat(start - (np.cumsum(counts) - counts), counts)
    return np.stack([np.repeat(np.arange(counts.size), counts), place], axis=1)
