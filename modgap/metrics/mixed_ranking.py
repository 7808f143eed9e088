"""Effects of the gap on rankings of several groups: metrics of scores and of the lists that they make.

They move with every scoring method, also with those that leave the vectors where they are.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray


def ks_distance(image_scores: ArrayLike, text_scores: ArrayLike) -> float:
    """Kolmogorov-Smirnov distance of the best image scores and the best text scores of the same queries.

    sup_t |F_image(t) - F_text(t)|, in [0, 1]: 0 for one common scale, 1 where the two never overlap; lower is better.

    >>> ks_distance([0.2, 0.3], [0.7, 0.8]), ks_distance([0.2, 0.7], [0.2, 0.7])
    (1.0, 0.0)
    """
    from scipy.stats import ks_2samp

    return float(ks_2samp(np.ravel(image_scores), np.ravel(text_scores)).statistic)


def group_share(groups: NDArray[np.str_], group: str) -> float:
    """Share of one group among the results of all queries, in [0, 1]; to be compared with its share of the pool.

    groups: (n_queries, k) group of each result, "" where a list ends early.

    >>> group_share(np.array([["image", "text"], ["text", ""]]), "image").__round__(3)
    0.333
    """
    shown = groups[groups != ""]
    return float(np.mean(shown == group)) if shown.size else 0.0


def hub_skewness(top: NDArray[np.intp], n_items: int) -> float:
    """Skewness of the k-occurrences N_k(d), how many queries have item d in their top k; 0 is even, lower is better.

    E[(N_k - mean)^3] / std^3 over all items (Radovanovic et al. 2010, JMLR 11): large where a few hubs are in every
    list. top: (n_queries, k) rows, -1 for none.

    >>> hub_skewness(np.array([[0], [0], [0]]), n_items=4).__round__(3)
    1.155
    """
    from scipy.stats import skew

    counts = np.bincount(top[top >= 0], minlength=n_items)
    return float(skew(counts)) if np.ptp(counts) else 0.0


def top_of_groups(
    scores: Mapping[str, NDArray[np.floating]], rows: Mapping[str, NDArray[np.intp]], k: int
) -> tuple[NDArray[np.intp], NDArray[np.str_]]:
    """The k best of the union for each query, from each group's own best.

    scores, rows: by group, (n_queries, its k), best first; -inf where a query is allowed fewer.
    Returns rows (n_queries, k), -1 for none, and the group of each, "" for none.

    >>> top, groups = top_of_groups({"text": np.array([[0.9, 0.1]]), "image": np.array([[0.5]])},
    ...                             {"text": np.array([[0, 1]]), "image": np.array([[2]])}, k=2)
    >>> top.tolist(), groups.tolist()
    ([[0, 2]], [['text', 'image']])
    """
    all_scores = np.concatenate([scores[group] for group in scores], axis=1)
    all_rows = np.concatenate([rows[group] for group in scores], axis=1)
    names = np.repeat(list(scores), [each.shape[1] for each in scores.values()])
    order = np.lexsort((all_rows, -all_scores), axis=1)[:, :k]
    finite = np.isfinite(np.take_along_axis(all_scores, order, axis=1))
    return np.where(finite, np.take_along_axis(all_rows, order, axis=1), -1), np.where(finite, names[order], "")
