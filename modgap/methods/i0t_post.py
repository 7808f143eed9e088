"""I0T_post (arXiv 2412.14384): subtract the mean vector of the group, normalise again.

    x' = (x - mean_x) / ||x - mean_x||        x a unit vector, mean_x the mean of the unit vectors of x's group

The paper's groups are the modalities. Queries are centred as items of their own modality are: words by the mean of the
passages, pictures by the mean of the pictures. The paper takes the means of the whole test set; here they are those of
the corpus that was calibrated, or of any other that `fit` is given.
"""

from __future__ import annotations

import numpy as np

from modgap.engines.base import Engine
from modgap.items import Modality
from modgap.methods.base import FitData
from modgap.methods.centroids import CentroidMethod
from modgap.vectors import Vectors


class I0TPost(CentroidMethod):
    """Centre each group at its mean.

    >>> items = [[1, 0, 0], [0.6, 0.8, 0], [0, 0, 1], [0, 0.6, 0.8]]  # means (.8, .4, 0) and (0, .3, .9)
    >>> method = I0TPost().fit([[1, 0, 0], [0, 1, 0]], items, ["text", "text", "image", "image"])
    >>> method.move_items(np.asarray([[1, 0, 0]], dtype=np.float32), ["text"]).astype(float).round(3).tolist()
    [[0.447, -0.894, 0.0]]
    """

    name = "i0t_post"
    title = "I0T_post (centred)"
    value_name = "cosine, centred"
    formula = "cosine after x - mean_g, queries by the mean of their modality"
    source = "arXiv 2412.14384"

    @classmethod
    def from_items(cls, engine: Engine, query_modality: str = Modality.TEXT.value) -> I0TPost:
        """Fitted for queries of one modality from the items of an engine alone: it takes nothing from the queries.

        Raises CalibrationError for a group of fewer than 2 items.
        """
        method, nothing = cls(), np.zeros((0, engine.dimension), dtype=np.float32)
        method.learn(FitData(nothing, engine, query_modality))
        return method

    def query_shift(self) -> Vectors:
        return self.modality_mean(self.query_modality_)

    def item_shift(self, group: str) -> Vectors:
        return self.means_[group]
