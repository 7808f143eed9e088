"""I0T_async (arXiv 2412.14384): each modality through the normaliser that was trained for its encoder.

The normalisers come from `modgap train-async`. Without them the method trains its own, in seconds, on pairs that
nobody labelled: each calibration query beside its pseudo-positive of the other modality. Where the queries are too few
for that, as a visitor's own may be, the items of the corpus take their place.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from modgap.engines.exact import pseudo_positives
from modgap.errors import CalibrationError, NotFittedError
from modgap.items import Modality
from modgap.methods.base import FitData, Learnt, Method
from modgap.methods.i0t import FEWEST_PAIRS, Normalisers, pseudo_positive_pairs
from modgap.vectors import Vectors

_QUICK_ROUNDS = 6


class I0TAsync(Method):
    """Normalise each modality with learnt statistics. After `fit`, or from the start if given: normalisers_.

    normalisers: trained before; then nothing is left to fit.
    """

    name = "i0t_async"
    title = "I0T_async (trained)"
    needs = "vectors"
    changes = "vectors"
    keeps_order = False

    def __init__(self, normalisers: Normalisers | None = None) -> None:
        if normalisers is not None:
            self.normalisers_ = normalisers
        self._given = normalisers is not None

    def carried_by(self, learnt: Learnt) -> bool:
        return self._given or learnt.normalisers is not None

    def learn(self, data: FitData) -> None:
        self.query_modality_ = Modality(data.query_modality)
        if self._given:
            self._check_dimension(data.items.shape[1])
            return
        from modgap.methods.i0t.training import Settings, train

        images, texts = _pairs(data)
        if images.shape[0] < FEWEST_PAIRS:
            images, texts = pseudo_positive_pairs(data.items, data.modality, both_ways=False)
        self.normalisers_ = train(images, texts, Settings(rounds=_QUICK_ROUNDS), origin="pseudo-pairs").normalisers

    def restore(self, learnt: Learnt) -> None:
        self.query_modality_ = Modality(learnt.query_modality)
        if self._given:
            return
        if learnt.normalisers is None:
            raise CalibrationError(
                f'The method "{self.name}" needs trained normalisers, and this calibration carries none: make them '
                f"with `modgap train-async`, then give them to `modgap calibrate --async FILE`."
            )
        self.normalisers_ = learnt.normalisers

    def move_queries(self, query_vectors: Vectors) -> Vectors:
        """(n_queries, d) -> (n_queries, d), through the normaliser of the queries' own modality."""
        self._check_fitted()
        return self.normalisers_.of(getattr(self, "query_modality_", Modality.TEXT))(query_vectors)

    def move_items(self, item_vectors: Vectors, item_modality: NDArray[np.str_]) -> Vectors:
        """(n_items, d) -> (n_items, d); a single item moves as it would among all."""
        self._check_fitted()
        moved = np.empty_like(item_vectors)
        for modality in Modality:
            rows = np.flatnonzero(np.asarray(item_modality) == modality.value)
            if rows.size:
                moved[rows] = self.normalisers_.of(modality)(item_vectors[rows])
        return moved

    def _check_fitted(self) -> None:
        if not hasattr(self, "normalisers_"):
            raise NotFittedError(f'The method "{self.name}" has no normalisers yet: give them, or call fit(...) first.')

    def _check_dimension(self, dimension: int) -> None:
        self.normalisers_.require(model=self.normalisers_.model, dimension=dimension)


def _pairs(data: FitData) -> tuple[Vectors, Vectors]:
    """Pictures and texts: each query with its best item of the other modality, as no label says."""
    asked = Modality(data.query_modality)
    other = Modality.TEXT if asked is Modality.IMAGE else Modality.IMAGE
    found = pseudo_positives(
        data.queries, data.items, data.modality, exclude=data.exclude, exclude_same=data.exclude_same
    )[other]
    met = np.flatnonzero(np.isfinite(found.scores[:, 0]))
    met = met[np.lexsort(data.queries[met].T)]  # the order in which the queries were given must not matter
    queries, best = data.queries[met], data.items[found.rows[met, 0]]
    return (queries, best) if asked is Modality.IMAGE else (best, queries)
