"""From what a person asks to a vector: words, a picture, an item of the collection, or a vector of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from modgap.corpus import open_picture
from modgap.encoders import Encoder
from modgap.errors import ModgapError, PictureError, VectorError
from modgap.items import Item, Modality
from modgap.vectors import Vectors, unit_vectors

SearchQuery = str | Path | Image.Image | Item | np.ndarray
"""Words, a picture's path, a picture, an item of the collection, or a vector (d,)."""


@dataclass(frozen=True)
class Asked:
    """An encoded query: unit vector (d,), its modality, and its own row in the collection (-1: it is no item)."""

    vector: Vectors
    modality: str
    source: int = -1


def ask(query: SearchQuery, vectors: Vectors, row_of: Mapping[str, int], encoder: Encoder | None) -> Asked:
    """Encode a query for a collection of (n, d) vectors, whose items stand in the rows of `row_of`.

    Raises ModgapError for an empty query, a picture that cannot be decoded, an item of another collection, words
    without an encoder; VectorError for a vector of another width.
    """
    if isinstance(query, Item):
        if query.id not in row_of:
            raise ModgapError(f'The item "{query.id}" is not in this collection.')
        return Asked(vectors[row_of[query.id]], query.modality.value, row_of[query.id])
    if isinstance(query, np.ndarray):
        vector = unit_vectors(query.reshape(1, -1), what="query vector")[0]
        if vector.size != vectors.shape[1]:
            raise VectorError(f"The query has {vector.size} dimensions and the collection {vectors.shape[1]}.")
        return Asked(vector, Modality.TEXT.value)
    if isinstance(query, str) and not query.strip():
        raise ModgapError("The query is empty: type a few words.")
    if encoder is None:
        raise ModgapError(
            "This collection holds precomputed vectors and no encoder, so a query must be a vector of the same model."
        )
    if isinstance(query, str):
        return Asked(encoder.encode_texts([query.strip()])[0], Modality.TEXT.value)
    if isinstance(query, Path):
        try:
            query = open_picture(query, decode_side=encoder.decode_side)
        except PictureError as error:
            raise ModgapError(f"The picture {query} {error}.") from error
    return Asked(encoder.encode_pictures([query])[0], Modality.IMAGE.value)
