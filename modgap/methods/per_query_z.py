"""The z-score inside each query's own result lists, as hybrid search engines compute it.

    score(q, d) = (s(q, d) - mean_L) / max(std_L, 1e-9)        L: the query's list of d's group, std over |L|

ranx calls it ZMUV, OpenSearch z_score; the model card of jina-clip-v1 advised it for mixed results in 2024. Unlike
standardization by calibration queries it forces the same spread on all lists of every query, so the best picture always
looks good, even where no picture is relevant.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from modgap.methods.candidate_lists import ListMethod

_FLOOR = 1e-9  # as in ranx: a list without spread becomes zeros


class PerQueryZ(ListMethod):
    """Standardize each list by its own mean and deviation.

    >>> PerQueryZ().transform([0.9, 0.7, 0.2, 0.3], ["text", "text", "image", "image"]).round(3).tolist()
    [1.0, -1.0, -1.0, 1.0]
    """

    name = "per_query_z"
    title = "z-score per query"
    value_name = "z inside the list"
    formula = "(s - mean) / std of the query's list"
    source = "ranx, OpenSearch"

    def normalise_list(self, scores: NDArray[np.float64], best: NDArray[np.float64]) -> NDArray[np.float64]:
        mean = best.mean(axis=-1, keepdims=True)
        return (scores - mean) / np.maximum(best.std(axis=-1, keepdims=True), _FLOOR)
