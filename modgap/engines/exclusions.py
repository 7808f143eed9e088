"""Which items a query is not compared with: the item that it was made of, or the document that it was taken from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def excluded_ranges(exclude: NDArray[np.intp]) -> NDArray[np.intp]:
    """Exclusions (n_queries,) or (n_queries, 2 m), as `Engine.top_k` takes them, in the second form.

    >>> excluded_ranges(np.asarray([4, -1])).tolist()
    [[4, 5], [-1, -1]]
    """
    return exclude if exclude.ndim == 2 else np.stack([exclude, exclude + (exclude >= 0)], axis=1)


def excluded_pairs(exclude: NDArray[np.intp], rows: NDArray[np.intp]) -> NDArray[np.intp]:
    """Pairs (query, place in rows) that are not compared, as (n, 2); rows: of the corpus, ascending.

    >>> excluded_pairs(np.asarray([4, -1]), np.asarray([2, 4])).tolist()
    [[0, 1]]
    """
    places = np.searchsorted(rows, excluded_ranges(exclude))
    start, stop = places[:, ::2].ravel(), places[:, 1::2].ravel()
    counts = stop - start
    place = np.arange(counts.sum()) + np.repeat(start - (np.cumsum(counts) - counts), counts)
    query = np.repeat(np.arange(len(places)), places.shape[1] // 2)
    return np.stack([np.repeat(query, counts), place], axis=1)


def joined_exclusions(parts: Sequence[NDArray[np.intp]]) -> NDArray[np.intp]:
    """Exclusions of several sets of queries, one below the other, as wide as the widest.

    >>> joined_exclusions([np.asarray([4]), np.asarray([[0, 1, 5, 6]])]).tolist()
    [[4, 5, -1, -1], [0, 1, 5, 6]]
    """
    ranges = [excluded_ranges(part) for part in parts]
    width = max(each.shape[1] for each in ranges)
    return np.concatenate([np.pad(each, ((0, 0), (0, width - each.shape[1])), constant_values=-1) for each in ranges])
