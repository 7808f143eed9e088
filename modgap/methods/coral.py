"""CORAL (arXiv 1511.05547): give texts the covariance of pictures.

    text         y' = Norm((y - mu_y) S_y^(-1/2) S_x^(1/2))      S the covariance; x pictures, y the texts of one group
    picture      x' = Norm(x - mu_x)

S is shrunk by a tenth to a multiple of the identity, since there may be fewer rows than dimensions (the paper adds the
identity, for features that are not of length 1). When not to use it: for mixed ranking (see `onto_pictures`).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from modgap.methods.onto_pictures import Map, OntoPictures, unit_rows


class CORAL(OntoPictures):
    """Whiten texts and colour them as pictures; everything is centred. shrink: share of the identity, 0 to 1.

    >>> items = [[1, 0], [0.6, 0.8], [0, 1], [-0.6, 0.8]]
    >>> method = CORAL().fit([[1, 0], [0, 1]], items, ["text", "text", "image", "image"])
    >>> method.move_items(np.asarray([[0, 1]], dtype=np.float32), ["image"]).astype(float).round(3).tolist()
    [[0.949, 0.316]]
    """

    name = "coral"
    title = "CORAL"
    value_name = "cosine, recoloured"
    formula = "texts: Norm((y - mu_y) S_y^(-1/2) S_x^(1/2)); pictures: Norm(x - mu_x)"
    source = "arXiv 1511.05547"

    def __init__(self, *, shrink: float = 0.1) -> None:
        self.shrink = shrink

    def text_map(self, texts: NDArray[Any], pictures: NDArray[Any]) -> Map:
        mean = texts.mean(axis=0)
        matrix = self._root(texts, -0.5) @ self._root(pictures, 0.5)
        return lambda rows: unit_rows((rows - mean) @ matrix)

    def picture_map(self, own: NDArray[Any], pictures: NDArray[Any]) -> Map:
        mean = own.mean(axis=0)
        return lambda rows: unit_rows(rows - mean)

    def _root(self, rows: NDArray[Any], power: float) -> NDArray[np.float64]:
        """(d, d) the shrunk covariance of rows (n, d) to a power."""
        found = np.cov(rows.T, bias=True)
        shrunk = (1 - self.shrink) * found + self.shrink * np.trace(found) / len(found) * np.eye(len(found))
        values, axes = np.linalg.eigh(shrunk)
        return axes * np.maximum(values, 1e-12) ** power @ axes.T
