"""I0T_async (arXiv 2412.14384): each item through the normaliser that was trained for the encoder of its modality.

The normalisers come from `modgap train-async`. Without them the method trains its own, in seconds, on pairs that
nobody labelled: each calibration query beside its pseudo-positive of the other modality. Where the queries are too few
for that, as a visitor's own may be, the items of the corpus take their place.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from modgap.errors import CalibrationError, NotFittedError
from modgap.items import Modality, group_plural
from modgap.methods.base import FitData, FittedState, Method
from modgap.methods.i0t import MIN_PAIRS, Normalisers, pseudo_positive_pairs
from modgap.vectors import Vectors

_QUICK_ROUNDS = 6


class I0TAsync(Method):
    """Normalise each modality with learnt statistics. After `fit`, or from the start if given: normalisers_.

    normalisers: trained before; then nothing is left to fit. group_modality_ says which of the two a group takes.
    """

    name = "i0t_async"
    title = "I0T_async (trained)"
    value_name = "cosine, normalised"
    formula = "cosine after one trained BatchNorm for each encoder"
    source = "arXiv 2412.14384"
    needs = "vectors"
    changes = "vectors"
    keeps_order = False

    def __init__(self, normalisers: Normalisers | None = None) -> None:
        if normalisers is not None:
            self.normalisers_ = normalisers
        self._given = normalisers is not None
        self.query_modality_ = Modality.TEXT
        self.group_modality_: Mapping[str, str] = {}

    def carried_by(self, state: FittedState) -> bool:
        return self._given or state.normalisers is not None

    def learn(self, data: FitData) -> None:
        self.query_modality_ = Modality(data.query_modality)
        self.group_modality_ = data.engine.group_modality
        if self._given:
            self.normalisers_.require(model=self.normalisers_.model, dimension=data.engine.dimension)
            return
        from modgap.methods.i0t.training import TrainingSettings, train

        images, texts = _pairs(data)
        if images.shape[0] < MIN_PAIRS:
            items = {m: [data.engine.vectors_in(group) for group in _groups(data, m)] for m in Modality}
            vectors = np.concatenate([each for parts in items.values() for each in parts])
            sizes = [sum(len(each) for each in parts) for parts in items.values()]
            images, texts = pseudo_positive_pairs(vectors, np.repeat([m.value for m in items], sizes), both_ways=False)
        self.normalisers_ = train(
            images, texts, TrainingSettings(rounds=_QUICK_ROUNDS), origin="pseudo-pairs"
        ).normalisers

    def restore(self, state: FittedState) -> None:
        self.query_modality_ = Modality(state.query_modality)
        self.group_modality_ = state.group_modality
        if self._given:
            return
        if state.normalisers is None:
            raise CalibrationError(
                f'The method "{self.name}" needs trained normalisers, and this calibration carries none: make them '
                f"with `modgap train-async`, then give them to `modgap calibrate --async FILE`."
            )
        self.normalisers_ = state.normalisers

    def move_queries(self, query_vectors: Vectors) -> Vectors:
        """(n_queries, d) -> (n_queries, d), through the normaliser of the queries' own modality."""
        self._check_fitted()
        return self.normalisers_.for_modality(self.query_modality_)(query_vectors)

    def move_items(self, item_vectors: Vectors, item_groups: NDArray[np.str_]) -> Vectors:
        """(n_items, d) -> (n_items, d); a single item moves as it would among all."""
        self._check_fitted()
        names = np.asarray(item_groups)
        moved = np.empty_like(item_vectors)
        for group in np.unique(names).tolist():
            modality = self.group_modality_.get(group) or Modality.from_group(group)
            rows = np.flatnonzero(names == group)
            moved[rows] = self.normalisers_.for_modality(modality)(item_vectors[rows])
        return moved

    def _check_fitted(self) -> None:
        if not hasattr(self, "normalisers_"):
            raise NotFittedError(f'The method "{self.name}" has no normalisers yet: give them, or call fit(...) first.')


def _groups(data: FitData, modality: Modality) -> list[str]:
    """The groups whose items one tower encodes. Raises CalibrationError where there are none."""
    groups = [group for group in data.engine.groups if data.engine.group_modality[group] == modality.value]
    if not groups:
        raise CalibrationError(
            f"I0T_async learns from pictures and texts, and this corpus has no {group_plural(modality.value)}: add "
            f"some, or choose another method."
        )
    return groups


def _pairs(data: FitData) -> tuple[Vectors, Vectors]:
    """Pictures and texts: each query with its best item of the other modality, as no label says."""
    given = Modality(data.query_modality)
    other = Modality.TEXT if given is Modality.IMAGE else Modality.IMAGE
    best = [
        data.engine.top_k(data.queries, 1, group, exclude=data.exclude, exclude_same=data.exclude_same)
        for group in _groups(data, other)
    ]
    scores, rows = (np.concatenate([getattr(each, name) for each in best], axis=1) for name in ("scores", "rows"))
    first = scores.argmax(axis=1)[:, None]
    scores, rows = (np.take_along_axis(each, first, axis=1)[:, 0] for each in (scores, rows))
    found = np.flatnonzero(np.isfinite(scores))
    found = found[np.lexsort(data.queries[found].T)]  # the order in which the queries were given must not matter
    queries, items = data.queries[found], data.engine.vectors_of(rows[found])
    return (queries, items) if given is Modality.IMAGE else (items, queries)
