"""Automatic queries of words and a picture together."""

from __future__ import annotations

import numpy as np
import pytest

import modgap
from modgap.calibration.pair_queries import pair_queries
from modgap.calibration.queries import given_queries
from modgap.corpus import Corpus
from modgap.engines.exact import ExactEngine
from modgap.errors import CalibrationError
from modgap.items import Item, Modality
from modgap.vectors import unit_vectors

ITEMS = [
    Item("a", Modality.IMAGE, parent="a"),
    Item("a#text", Modality.TEXT, parent="a"),
    Item("b", Modality.IMAGE),
    Item("c", Modality.TEXT),
]
VECTORS = unit_vectors([[1, 0, 0], [0, 0, 1], [0, 1, 0], [0, 1, 1]])


def test_each_query_is_averaged_with_its_best_picture_which_it_does_not_find():
    collection = modgap.Collection.encode(Corpus(ITEMS, vectors=VECTORS))
    queries = unit_vectors([[3, 1, 0], [1, 3, 0]])
    words = given_queries(queries, None, 3)[Modality.TEXT]

    found = pair_queries(ITEMS, collection.engine, words)

    np.testing.assert_allclose(found.vectors, unit_vectors([queries[0] + VECTORS[0], queries[1] + VECTORS[2]]))
    assert found.sources.tolist() == [0, 2]
    top = collection.engine.top_k(found.vectors, 4, "image", exclude=found.exclude)
    assert [row[0] for row in top.rows.tolist()] == [2, 0]
    texts = collection.engine.top_k(found.vectors, 4, "text", exclude=found.exclude)
    assert np.isfinite(texts.scores).sum(axis=1).tolist() == [1, 2]  # the first query is made of "a", text and all


def test_a_corpus_without_pictures_has_no_such_queries():
    engine = ExactEngine(VECTORS, ["text", "notes", "notes", "text"])
    words = given_queries(VECTORS, None, 3)[Modality.TEXT]
    with pytest.raises(CalibrationError, match="no pictures"):
        pair_queries([Item(str(n), Modality.TEXT) for n in range(4)], engine, words)
