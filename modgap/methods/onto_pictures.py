"""Base of the methods that map texts onto the distribution of pictures, by moments of both.

Each group of texts has a map of its own, learnt from its items; queries of words one learnt from the calibration
queries, because queries are shorter than passages. Pictures are the target: all items that the image tower encodes.
Queries that are pictures move as the target does. Both methods close the gap of the embeddings, which is not the gap
of the scores: a caption still scores higher with captions, so in mixed ranking they lose against standardization
(docs/FINDINGS.md has the figures).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modgap.errors import CalibrationError, NotFittedError
from modgap.items import Modality
from modgap.methods.base import FitData, Method
from modgap.methods.centroids import check_queries
from modgap.vectors import Vectors

Map = Callable[[NDArray[Any]], NDArray[Any]]
_TINY = 1e-6  # shorter than the rounding of a float32 difference of unit vectors


class OntoPictures(Method):
    """Base: learn one map for each group, and one for queries."""

    needs = "vectors"
    changes = "vectors"
    keeps_order = False

    def text_map(self, texts: NDArray[Any], pictures: NDArray[Any]) -> Map:
        """The map of texts (n, d) onto the pictures (m, d) that it is learnt from."""
        raise NotImplementedError

    def picture_map(self, own: NDArray[Any], pictures: NDArray[Any]) -> Map:
        """The map of pictures `own` (n, d), items of a group or queries."""
        raise NotImplementedError

    def learn(self, data: FitData) -> None:
        check_queries(data, self.name)
        engine = data.engine
        is_picture = {group: engine.group_modality[group] == Modality.IMAGE.value for group in engine.groups}
        targets = [engine.vectors_in(group) for group in engine.groups if is_picture[group]]
        if not targets or sum(map(len, targets)) < 2:
            raise CalibrationError(
                f'The method "{self.name}" maps texts onto pictures, and there are fewer than 2: choose another method.'
            )
        pictures = np.concatenate(targets).astype(np.float64)
        self._maps: dict[str, Map] = {}
        for group in engine.groups:
            own = engine.vectors_in(group).astype(np.float64)
            if len(own) < 2:
                raise CalibrationError(f'The method "{self.name}" needs 2 or more items of the group "{group}".')
            self._maps[group] = (self.picture_map if is_picture[group] else self.text_map)(own, pictures)
        asked = data.queries.astype(np.float64)
        of_pictures = data.query_modality == Modality.IMAGE.value
        self._query_map = (self.picture_map if of_pictures else self.text_map)(asked, pictures)

    def move_queries(self, query_vectors: Vectors) -> Vectors:
        """(n_queries, d) -> (n_queries, d)."""
        if not hasattr(self, "_maps"):
            raise NotFittedError(f'The method "{self.name}" knows no distributions yet: call fit(...) first.')
        return self._query_map(query_vectors).astype(np.float32)

    def move_items(self, item_vectors: Vectors, item_groups: NDArray[np.str_]) -> Vectors:
        """(n_items, d) -> (n_items, d). Raises CalibrationError for a group that `fit` has not seen."""
        if not hasattr(self, "_maps"):
            raise NotFittedError(f'The method "{self.name}" knows no distributions yet: call fit(...) first.')
        names = np.asarray(item_groups)
        moved = np.empty_like(item_vectors)
        for group in np.unique(names).tolist():
            if group not in self._maps:
                raise CalibrationError(
                    f'The method "{self.name}" knows no distribution of the group "{group}": calibrate on a corpus '
                    f"that has it."
                )
            rows = np.flatnonzero(names == group)
            moved[rows] = self._maps[group](item_vectors[rows])
        return moved


def unit_rows(rows: NDArray[Any]) -> NDArray[np.float64]:
    """Rows (n, d) at length 1; a row without length becomes zero."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.where(lengths > _TINY, rows / np.maximum(lengths, _TINY), 0.0)
