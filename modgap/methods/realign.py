"""ReAlign (arXiv 2602.07026): give texts the mean and the total variance of pictures.

    scale        s   = sqrt(tr S_x / tr S_y)              S the covariance; x pictures, y the texts of one group
    trace        e'  = Norm(mu_x + s (e - mu_y))
    centroid     e'' = Norm(e' - mu' + mu_x)              mu' the mean of the e' of the texts it is learnt from

Pictures stay where they are. The method was made to train on texts in place of pictures. When not to use it: for mixed
ranking (see `onto_pictures`).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from modgap.methods.onto_pictures import Map, OntoPictures, unit_rows


class ReAlign(OntoPictures):
    """Move texts to the pictures' mean and total variance, twice normalised.

    >>> items = [[1, 0], [0.6, 0.8], [0, 1], [-0.6, 0.8]]
    >>> method = ReAlign().fit([[1, 0], [0, 1]], items, ["text", "text", "image", "image"])
    >>> method.move_items(np.asarray([[0, 1]], dtype=np.float32), ["image"]).tolist()
    [[0.0, 1.0]]
    """

    name = "realign"
    title = "ReAlign"
    value_name = "cosine, realigned"
    formula = "texts: Norm(mu_x + s (e - mu_y)), then its mean to mu_x; s = sqrt(tr S_x / tr S_y)"
    source = "arXiv 2602.07026"

    def text_map(self, texts: NDArray[Any], pictures: NDArray[Any]) -> Map:
        mean, target = texts.mean(axis=0), pictures.mean(axis=0)
        scale = np.sqrt(pictures.var(axis=0).sum() / max(texts.var(axis=0).sum(), 1e-12))

        def to_trace(rows: NDArray[Any]) -> NDArray[Any]:
            return unit_rows(target + scale * (rows - mean))

        drifted = to_trace(texts).mean(axis=0)
        return lambda rows: unit_rows(to_trace(rows) - drifted + target)

    def picture_map(self, own: NDArray[Any], pictures: NDArray[Any]) -> Map:
        return lambda rows: rows
