"""I0T_post (arXiv 2412.14384): subtract the mean vector of the modality, normalise again.

    x' = (x - mean_x) / ||x - mean_x||        x a unit vector, mean_x the mean of the unit vectors of x's modality

Queries are centred as items of their own modality are: words by the mean of the passages, pictures by the mean of the
pictures. The paper takes the means of the whole test set; here they are those of the corpus that was calibrated, or
of any other that `fit` is given.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from modgap.items import Modality
from modgap.methods.centroids import CentroidMethod, mean_vector
from modgap.vectors import Vectors


class I0TPost(CentroidMethod):
    """Centre each modality at its mean.

    >>> items = [[1, 0, 0], [0.6, 0.8, 0], [0, 0, 1], [0, 0.6, 0.8]]  # means (.8, .4, 0) and (0, .3, .9)
    >>> method = I0TPost().fit([[1, 0, 0], [0, 1, 0]], items, ["text", "text", "image", "image"])
    >>> method.move_items(np.asarray([[1, 0, 0]], dtype=np.float32), ["text"]).astype(float).round(3).tolist()
    [[0.447, -0.894, 0.0]]
    """

    name = "i0t_post"
    title = "I0T_post (centred)"

    @classmethod
    def of_items(cls, item_vectors: Vectors, item_modality: NDArray[np.str_]) -> I0TPost:
        """Fitted for words as queries from the items alone, (n, d) and (n,): it takes nothing of the queries.

        Raises CalibrationError for a modality of fewer than 2 items.
        """
        members = {m: item_modality == m.value for m in Modality}
        means = {m.value: mean_vector(item_vectors, of) for m, of in members.items()}
        method = cls()
        method._take(means, {m: int(of.sum()) for m, of in members.items()}, Modality.TEXT.value)
        return method

    def query_shift(self) -> Vectors:
        return self.means_[self.query_modality_.value]

    def item_shift(self, modality: Modality) -> Vectors:
        return self.means_[modality.value]
