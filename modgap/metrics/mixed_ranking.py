"""What the gap does to a ranking of both modalities: metrics of scores and of the lists that they make.

They move with every scoring method, also with those that leave the vectors where they are.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from modgap.items import Modality


def ks_distance(image_scores: ArrayLike, text_scores: ArrayLike) -> float:
    """Kolmogorov-Smirnov distance of the best image scores and the best text scores of the same queries.

    sup_t |F_image(t) - F_text(t)|, in [0, 1]: 0 for one common scale, 1 where the two never overlap; lower is better.

    >>> ks_distance([0.2, 0.3], [0.7, 0.8]), ks_distance([0.2, 0.7], [0.2, 0.7])
    (1.0, 0.0)
    """
    from scipy.stats import ks_2samp

    return float(ks_2samp(np.ravel(image_scores), np.ravel(text_scores)).statistic)


def image_share(top: NDArray[np.intp], modality: NDArray[np.str_]) -> float:
    """Share of pictures among the results of all queries, in [0, 1]; to be held against their share in the pool.

    top: (n_queries, k) rows of the corpus, -1 where a list ends early. modality: (n_items,).

    >>> image_share(np.array([[0, 1], [1, -1]]), np.array(["image", "text"])).__round__(3)
    0.333
    """
    shown = top[top >= 0]
    return float(np.mean(modality[shown] == Modality.IMAGE.value)) if shown.size else 0.0


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


def top_of_both(
    scores: dict[Modality, NDArray[np.floating]], rows: dict[Modality, NDArray[np.intp]], k: int
) -> NDArray[np.intp]:
    """The k best rows of the union for each query, from each modality's own best: (n_queries, k), -1 for none.

    scores, rows: by modality, (n_queries, its k), best first; -inf where a query may not meet so many.

    >>> text, image = Modality.TEXT, Modality.IMAGE
    >>> top_of_both({text: np.array([[0.9, 0.1]]), image: np.array([[0.5]])},
    ...             {text: np.array([[0, 1]]), image: np.array([[2]])}, k=2).tolist()
    [[0, 2]]
    """
    all_scores = np.concatenate([scores[m] for m in scores], axis=1)
    all_rows = np.concatenate([rows[m] for m in scores], axis=1)
    order = np.lexsort((all_rows, -all_scores), axis=1)[:, :k]
    best = np.take_along_axis(all_rows, order, axis=1)
    return np.where(np.isfinite(np.take_along_axis(all_scores, order, axis=1)), best, -1)
