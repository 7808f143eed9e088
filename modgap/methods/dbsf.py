"""Distribution-based score fusion (Mazzeschi 2023; in Qdrant from 1.11): mean and three deviations as the limits.

    score(q, d) = (s(q, d) - mean_L + 3 std_L) / (6 std_L)        L: the query's list of d's group, std over |L| - 1

A list without spread, or of one item, scores 0.5, as in Qdrant. The method sums an item's scores over lists; here an
item is in one list, so the sum is that score. For lists of equal length the ranking is that of the per-query z-score,
of which this is a linear map.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from modgap.methods.candidate_lists import ListMethod

_FLAT = 1e-9


class DBSF(ListMethod):
    """Normalise each list by its mean and three deviations.

    >>> DBSF().transform([0.9, 0.7, 0.5, 0.3], ["text", "text", "text", "image"]).astype(float).round(3).tolist()
    [0.667, 0.5, 0.333, 0.5]
    """

    name = "dbsf"
    title = "Distribution-based score fusion"
    value_name = "share of ±3 deviations"
    formula = "(s - mean + 3 std) / (6 std) of the query's list"
    source = "Qdrant 1.11"

    def normalise_list(self, scores: NDArray[np.float64], best: NDArray[np.float64]) -> NDArray[np.float64]:
        mean = best.mean(axis=-1, keepdims=True)
        std = best.std(axis=-1, keepdims=True, ddof=1) if best.shape[-1] > 1 else np.zeros_like(mean)
        spread = np.where(std > _FLAT, std, np.inf)  # infinite limits put a flat list in the middle
        return 0.5 + (scores - mean) / (6 * spread)
