"""What people do with items that are a picture and a text at once, to compare the merge of calibrated scores with.

`picture_only`       the pictures alone by cosine: an item without one cannot be found
`text_only`          the texts alone by cosine: what only the picture shows cannot be found
`average_embedding`  one vector an item, the mean of its picture's and its texts', of length 1, by cosine
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from modgap.errors import CalibrationError
from modgap.items import Modality
from modgap.search.collection import Collection
from modgap.vectors import unit_vectors


def picture_only(collection: Collection) -> Collection:
    """The pictures of a collection. Raises CalibrationError where it has none."""
    return _only(collection, Modality.IMAGE)


def text_only(collection: Collection) -> Collection:
    """The texts of a collection. Raises CalibrationError where it has none."""
    return _only(collection, Modality.TEXT)


def average_embedding(collection: Collection) -> Collection:
    """One row an item, with the mean of its vectors. Raises CalibrationError where every row stands alone."""
    fused = collection.fused
    if fused is None:
        raise CalibrationError("No item of the corpus is a picture and a text at once, so there is nothing to average.")
    rows = [fused.rows_of(item) for item in range(len(fused))]
    vectors = unit_vectors(np.stack([collection.vectors[each].mean(axis=0) for each in rows]))
    firsts = [collection.items[int(each[0])] for each in rows]
    items = [replace(item, id=item.parent or item.id, parent="") for item in firsts]
    return Collection(items, vectors, model=collection.model)


def _only(collection: Collection, modality: Modality) -> Collection:
    rows = np.flatnonzero(collection.modality == modality.value)
    if not rows.size:
        raise CalibrationError(f"The corpus has no item of the modality {modality.value}.")
    return Collection([collection.items[int(row)] for row in rows], collection.vectors[rows], model=collection.model)


FUSED_ROUTES: dict[str, Callable[[Collection], Collection]] = {
    "picture_only": picture_only,
    "text_only": text_only,
    "average_embedding": average_embedding,
}
TITLES = {
    "picture_only": "Items searched by their pictures alone, by cosine",
    "text_only": "Items searched by their texts alone, by cosine",
    "average_embedding": "Items searched by the mean of their vectors, by cosine",
}
