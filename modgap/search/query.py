"""Query encoding: from words, a picture, an item of the collection or a vector to one `EncodedQuery`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from modgap.calibration.queries import encode_queries as encode_vectors
from modgap.corpus import Queries, open_picture
from modgap.encoders import Encoder
from modgap.engines.base import Engine
from modgap.errors import ModgapError, PictureError, VectorError
from modgap.items import Item, Modality
from modgap.search.mixed_query import MixedQuery, mixed
from modgap.vectors import Vectors, unit_vectors


@dataclass(frozen=True, eq=False)
class EncodedQuery:
    """vector: (d,) unit. modality: "text", "image", or "both" for words and a picture together.

    source: its own row in the collection (-1: not an item).
    readable: False for words that the model's vocabulary does not cover; such a query has no good match.
    """

    vector: Vectors
    modality: str
    source: int = -1
    readable: bool = True


SearchQuery = str | Path | Image.Image | Item | np.ndarray | EncodedQuery | MixedQuery
"""Words, a picture's path, a picture, an item of the collection, a vector (d,), several of these together, or a query
encoded before."""


def encode_query(
    query: SearchQuery, engine: Engine, row_of: Mapping[str, int], encoder: Encoder | None
) -> EncodedQuery:
    """Encode a query for the items of an engine, which stand in the rows of `row_of`.

    A query that is encoded already is returned as it is.
    Raises ModgapError for an empty query, a picture that cannot be decoded, an item of another collection, words
    without an encoder; VectorError for a vector of another width.
    """
    if isinstance(query, EncodedQuery):
        return query
    if isinstance(query, MixedQuery):
        parts = [encode_query(part, engine, row_of, encoder) for part in query.parts]
        minus = [encode_query(part, engine, row_of, encoder) for part in query.minus]
        return mixed(parts, minus)
    if isinstance(query, Item):
        if query.id not in row_of:
            raise ModgapError(f'The item "{query.id}" is not in this collection.')
        row = row_of[query.id]
        return EncodedQuery(engine.vectors_of(np.asarray([row]))[0], query.modality.value, row)
    if isinstance(query, np.ndarray):
        vector = unit_vectors(query.reshape(1, -1), what="query vector")[0]
        if vector.size != engine.dimension:
            raise VectorError(f"The query has {vector.size} dimensions and the collection {engine.dimension}.")
        return EncodedQuery(vector, Modality.TEXT.value)
    if isinstance(query, str) and not query.strip():
        raise ModgapError("The query is empty: type a few words.")
    if encoder is None:
        raise ModgapError(
            "This collection holds precomputed vectors and no encoder, so a query must be a vector of the same model: "
            "give one, or that model (--model; in Python, the encoder) to search by words."
        )
    if isinstance(query, str):
        words = query.strip()
        return EncodedQuery(encoder.encode_texts([words])[0], Modality.TEXT.value, readable=encoder.reads(words))
    if isinstance(query, Path):
        try:
            query = open_picture(query, decode_side=encoder.decode_side)
        except PictureError as error:
            raise ModgapError(f"The picture {query} {error}.") from error
    return EncodedQuery(encoder.encode_pictures([query])[0], Modality.IMAGE.value)


def encode_queries(queries: Queries, engine: Engine, encoder: Encoder | None) -> list[EncodedQuery]:
    """Encode the queries of a file for the items of an engine, all words in one pass.

    Raises CalibrationError for words without an encoder, CorpusError for a picture that cannot be decoded, VectorError
    for vectors of another width.
    """
    vectors = encode_vectors(queries, encoder)
    if vectors.shape[1] != engine.dimension:
        raise VectorError(f"The queries have {vectors.shape[1]} dimensions and the collection {engine.dimension}.")
    words = [query.text for query in queries.queries] if queries.vectors is None else [None] * len(vectors)
    return [
        EncodedQuery(vector, modality, readable=encoder is None or not text or encoder.reads(text))
        for vector, modality, text in zip(vectors, queries.modality.tolist(), words, strict=True)
    ]
