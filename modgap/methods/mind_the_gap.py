"""The shift of Mind the Gap (Liang et al. 2022, arXiv 2203.02053): move both modalities towards each other.

    gap      Delta = mean_image - mean_text
    picture  x'    = Norm(x - lambda Delta / ||Delta||)
    text     y'    = Norm(y + lambda Delta / ||Delta||)

The authors' code walks along the direction of unit length in steps and names no default. 0.375 is the value with which
I0T (arXiv 2412.14384, table 2) compares itself: two such steps span 0.75, nearly all of CLIP ViT-B/32's gap of 0.76,
which agrees with the 0.03 that the table leaves. A model with another gap wants half of that one's ||Delta||. Queries
move as items of their own modality do. With more than two groups the means are those of all pictures and of all
texts, and every group moves as its modality does.
"""

from __future__ import annotations

import numpy as np

from modgap.items import Modality
from modgap.methods.centroids import CentroidMethod
from modgap.vectors import Vectors

_NO_GAP = 1e-6  # means nearer than this have no direction between them


class MindTheGap(CentroidMethod):
    """Shift pictures and texts by the length `lambda_` along the gap.

    >>> items = [[1, 0], [0.6, 0.8], [0, 1], [0.4, 0.917]]  # means (.8, .4) and (.2, .958)
    >>> method = MindTheGap(lambda_=0.5).fit([[1, 0], [0, 1]], items, ["text", "text", "image", "image"])
    >>> method.item_shift("image").astype(float).round(2).tolist()  # half of (-.6, .558) / .82
    [-0.37, 0.34]
    """

    name = "mind_the_gap"
    title = "Mind the Gap shift"
    value_name = "cosine, shifted"
    formula = "cosine after moving both modalities lambda along the gap"
    source = "arXiv 2203.02053"

    def __init__(self, *, lambda_: float = 0.375) -> None:
        self.lambda_ = lambda_

    def query_shift(self) -> Vectors:
        return self._shift(self.query_modality_)

    def item_shift(self, group: str) -> Vectors:
        return self._shift(Modality(self.group_modality_[group]))

    def _shift(self, modality: Modality) -> Vectors:
        delta = self.modality_mean(Modality.IMAGE) - self.modality_mean(Modality.TEXT)
        length = float(np.linalg.norm(delta))
        step = 0.0 if length < _NO_GAP else self.lambda_ / length
        return np.float32(step if modality is Modality.IMAGE else -step) * delta
