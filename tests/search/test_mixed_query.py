"""Queries of several parts are the mean of their vectors, and have statistics of their own where they are both."""

from __future__ import annotations

import numpy as np
import pytest

import modgap
from modgap.corpus import Corpus
from modgap.errors import ModgapError, VectorError
from modgap.items import Item, Modality
from modgap.search.mixed_query import AWAY, MixedQuery, mixed
from modgap.search.query import EncodedQuery
from modgap.vectors import unit_vectors


def encoded(vector, modality="text", source=-1, readable=True) -> EncodedQuery:
    return EncodedQuery(unit_vectors([vector])[0], modality, source, readable)


@pytest.fixture
def collection() -> modgap.Collection:
    random = np.random.default_rng(0)
    items = [Item(f"i{n}", Modality.IMAGE) for n in range(30)] + [Item(f"t{n}", Modality.TEXT) for n in range(30)]
    topics = random.normal(size=(30, 8))
    vectors = np.concatenate([topics, topics]) + random.normal(scale=0.3, size=(60, 8))
    vectors[:30, 0] += 4
    found = modgap.Collection.encode(Corpus(items, vectors=unit_vectors(vectors)))
    found.calibrate(unit_vectors(random.normal(size=(80, 8))))
    return found


def test_the_vector_is_the_mean_less_half_of_what_to_move_away_from():
    found = mixed([encoded([1, 0, 0]), encoded([0, 1, 0], "image", 7)], [encoded([0, 0, 1])])
    by_hand = np.asarray([0.5, 0.5, -AWAY])
    np.testing.assert_allclose(found.vector, by_hand / np.linalg.norm(by_hand), atol=1e-6)
    assert (found.modality, found.source, found.readable) == ("both", 7, True)


def test_parts_of_one_modality_keep_it_and_an_unread_part_is_told():
    assert mixed([encoded([1, 0]), encoded([0, 1])], []).modality == "text"
    assert mixed([encoded([1, 0], "image"), encoded([0, 1], "image")], []).modality == "image"
    assert mixed([encoded([1, 0])], [encoded([0, 1], readable=False)]).readable is False


def test_parts_that_cancel_and_no_part_are_refused():
    with pytest.raises(VectorError, match="cancel"):
        mixed([encoded([1, 0]), encoded([-1, 0])], [])
    with pytest.raises(ModgapError, match="empty"):
        MixedQuery([], minus=["a dog"])


def test_words_with_a_picture_are_calibrated_at_the_first_such_query(collection):
    picture, words = collection.items[3], collection.vectors[33]

    hits = collection.search(MixedQuery([picture, words]), 5)

    used = collection.calibration
    assert "text queries, each with the picture" in used.queries["both"].description
    assert hits[0].id == "t3"
    assert "i3" not in [hit.id for hit in hits]
    assert hits[0].z == pytest.approx(
        (hits[0].score - used.statistics["both"]["text"].mean) / used.statistics["both"]["text"].std, abs=1e-4
    )
    compared = collection.compare(MixedQuery([picture, words]), 5)
    assert [hit.id for hit in compared.calibrated] == [hit.id for hit in hits]


def test_the_calibration_keeps_them_in_its_file(collection, tmp_path):
    query = MixedQuery([collection.items[3], collection.vectors[33]])
    hits = collection.search(query, 5)
    path = collection.calibration.save(tmp_path / "c.json")
    again = modgap.Collection.encode(Corpus(list(collection.items), vectors=collection.vectors))
    again.use(modgap.Calibration.load(path or tmp_path / "c.json"))
    assert [hit.as_dict() for hit in again.search(query, 5)] == [hit.as_dict() for hit in hits]
