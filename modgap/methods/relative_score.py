"""Min-max inside each query's own result lists: the default of hybrid search in OpenSearch, Elasticsearch and Weaviate.

    score(q, d) = (s(q, d) - min_L) / (max_L - min_L)        L: the query's list of d's group

OpenSearch calls it min_max, Weaviate relativeScoreFusion. A list without spread scores 1, as in OpenSearch. Not to be
used where groups compete: the best item of every list scores 1, so the best picture ties with the best passage of each
query, whether or not it is relevant, and one low score at the end of a list moves all others. `minmax` beside it takes
one range for all queries, learnt from pseudo-positives.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from modgap.methods.candidate_lists import ListMethod

_FLAT = 1e-9


class RelativeScore(ListMethod):
    """Map each list to 0..1; items below the list's end are below 0.

    >>> RelativeScore().transform([0.9, 0.7, 0.5, 0.3], ["text", "text", "text", "image"]).round(3).tolist()
    [1.0, 0.5, 0.0, 1.0]
    """

    name = "relative_score"
    title = "Relative score fusion"
    value_name = "place in the list's range"
    formula = "(s - min) / (max - min) of the query's list"
    source = "OpenSearch, Weaviate, Elasticsearch"

    def normalise_list(self, scores: NDArray[np.float64], best: NDArray[np.float64]) -> NDArray[np.float64]:
        low, high = best.min(axis=-1, keepdims=True), best.max(axis=-1, keepdims=True)
        flat = high - low <= _FLAT
        inside = (scores - low) / np.where(flat, 1.0, high - low)
        return np.where(flat, 1.0 + (scores - high), inside)  # below a flat list, items keep their order
