"""Distribution Normalization (arXiv 2302.11084): inner products of vectors that half of the mean was taken from.

    score(q, d) = <q - lambda mean_q, d - lambda mean_g>        no normalisation afterwards

mean_q: of the calibration queries; mean_g: of the items of d's group g. The paper scores one pair of modalities,
each with a mean of its own; so does this, for each group of items.
"""

from __future__ import annotations

import numpy as np

from modgap.methods.base import FitData
from modgap.methods.centroids import CentroidMethod, check_queries
from modgap.vectors import Vectors


class DistributionNormalization(CentroidMethod):
    """Take `lambda_` of the mean from queries and items (0.5: the paper's).

    >>> items = [[1, 0], [0.6, 0.8], [0, 1], [-0.6, 0.8]]
    >>> method = DistributionNormalization().fit([[1, 0], [0, 1]], items, ["text", "text", "image", "image"])
    >>> method.query_shift().tolist()
    [0.25, 0.25]
    """

    name = "dn"
    title = "Distribution Normalization"
    value_name = "inner product, centred"
    formula = "<q - lambda mean_q, d - lambda mean_g>"
    source = "arXiv 2302.11084"
    normalises = False

    def __init__(self, *, lambda_: float = 0.5) -> None:
        self.lambda_ = lambda_

    def learn(self, data: FitData) -> None:
        check_queries(data, self.name)
        super().learn(data)

    def query_shift(self) -> Vectors:
        return np.float32(self.lambda_) * self.query_mean_

    def item_shift(self, group: str) -> Vectors:
        return np.float32(self.lambda_) * self.means_[group]
