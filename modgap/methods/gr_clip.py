"""GR-CLIP (arXiv 2507.19054): subtract a mean vector each from queries, passages and pictures, then take the cosine.

    q' = Norm(q - mean_q)        mean_q: of the calibration queries, kept apart because queries are short
    d' = Norm(d - mean_g)        mean_g: of the items of d's group g

Subtracting a mean for each modality is older: Zhang et al. close the gap so in DrML (ICLR 2023) and in C3 (ICLR 2024).
The paper also blends documents that hold both a text and a picture (alpha); items here have one vector.
"""

from __future__ import annotations

from modgap.methods.base import FitData
from modgap.methods.centroids import CentroidMethod, check_queries
from modgap.vectors import Vectors


class GRCLIP(CentroidMethod):
    """Centre queries and each group of items at a mean of its own.

    >>> items = [[1, 0], [0.6, 0.8], [0, 1], [-0.6, 0.8]]
    >>> method = GRCLIP().fit([[1, 0], [0, 1]], items, ["text", "text", "image", "image"])
    >>> method.query_shift().tolist()
    [0.5, 0.5]
    """

    name = "gr_clip"
    title = "GR-CLIP (three means)"
    value_name = "cosine, centred"
    formula = "cosine after q - mean_q and d - mean_g; a mean_q for each query modality"
    source = "arXiv 2507.19054"

    def learn(self, data: FitData) -> None:
        check_queries(data, self.name)
        super().learn(data)

    def query_shift(self) -> Vectors:
        return self.query_mean_

    def item_shift(self, group: str) -> Vectors:
        return self.means_[group]
