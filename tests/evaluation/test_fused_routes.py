"""What items that are both are compared with: pictures alone, texts alone, mean vectors."""

from __future__ import annotations

import numpy as np
import pytest

import modgap
from modgap.corpus import Corpus, Queries, Query
from modgap.errors import CalibrationError
from modgap.evaluation import evaluate
from modgap.evaluation.fused_routes import average_embedding, picture_only, text_only
from modgap.items import Item, Modality
from modgap.vectors import unit_vectors

ITEMS = [
    Item("a", Modality.IMAGE, parent="a"),
    Item("a#text", Modality.TEXT, parent="a"),
    Item("b", Modality.TEXT),
    Item("c", Modality.IMAGE, parent="c"),
    Item("c#text", Modality.TEXT, parent="c"),
]
VECTORS = unit_vectors([[1, 0, 0, 1], [0, 1, 0, 0], [0, 0, 1, 0], [1, 1, 0, 1], [0, 1, 1, 0]])


@pytest.fixture
def collection() -> modgap.Collection:
    return modgap.Collection.encode(Corpus(ITEMS, vectors=VECTORS))


def test_each_route_keeps_its_rows(collection):
    assert [item.id for item in picture_only(collection).items] == ["a", "c"]
    assert [item.id for item in text_only(collection).items] == ["a#text", "b", "c#text"]
    mean = average_embedding(collection)
    assert [item.id for item in mean.items] == ["a", "b", "c"]
    by_hand = np.asarray([1, 1, 0, 1]) / np.sqrt(2) * [1, np.sqrt(2), 0, 1]  # the mean of both, by length
    np.testing.assert_allclose(mean.vectors[0], by_hand / np.linalg.norm(by_hand), atol=1e-6)


def test_without_such_items_there_is_nothing_to_average():
    alone = modgap.Collection.from_vectors(["a", "b"], ["text", "text"], [[1, 0], [0, 1]])
    with pytest.raises(CalibrationError, match="nothing to average"):
        average_embedding(alone)
    with pytest.raises(CalibrationError, match="no item of the modality image"):
        picture_only(alone)


def test_an_evaluation_counts_an_item_once_by_what_the_label_asks_for(collection):
    queries = [
        Query("1", relevant={"a": 1}, target="image"),
        Query("2", relevant={"c": 1}, target="text"),
        Query("3", relevant={"b": 1}, target="text"),
        Query("4", relevant={"a": 1}, target="no such"),
    ]
    vectors = unit_vectors([[1, 0, 0, 0.9], [0, 1, 0.8, 0], [0, 0, 1, 0], [0.1, 1, 0, 0]])
    asked = Queries(queries, np.asarray(["text"] * 4), vectors)

    found = evaluate(collection, asked, ["raw", "picture_only", "text_only", "average_embedding"])

    assert found.wanted.tolist() == ["image", "text", "text", "both"]
    assert found.methods["raw"]["all"]["recall@1"] == 1
    assert found.values["picture_only"]["recall@1"].tolist() == [1, 1, 0, 0]
    assert found.values["text_only"]["recall@1"].tolist()[2] == 1
