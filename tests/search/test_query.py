"""Query encoding: every kind of query, and those that cannot be encoded."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from modgap.corpus import Queries, Query
from modgap.errors import CalibrationError, ModgapError, VectorError
from modgap.items import Item, Modality
from modgap.search.collection import Collection
from modgap.search.query import encode_queries, encode_query
from tests.engines.mock_engine import MockEngine

ENGINE = MockEngine(np.asarray([[1, 0, 0], [0, 1, 0]]), ["image", "text"])
ROW_OF = {"a": 0, "b": 1}


class Encoder:
    """Texts are the first axis, pictures the second."""

    name, dimension, decode_side = "two axes", 3, 8

    def __init__(self) -> None:
        self.texts: list[str] = []

    def encode_texts(self, texts):
        self.texts += texts
        return np.tile(np.eye(3, dtype=np.float32)[0], (len(texts), 1))

    def encode_pictures(self, pictures):
        return np.tile(np.eye(3, dtype=np.float32)[1], (len(pictures), 1))

    def reads(self, text):
        return text.isascii()


@pytest.fixture
def collection(toy) -> Collection:
    _, items, modality = toy
    return Collection.from_vectors(["t0", "t1", "i0", "i1"], modality, items)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("  ", "query is empty"),
        ("windmills", "no encoder"),
        (np.asarray([1.0, 0.0]), "2 dimensions and the collection 3"),
        (np.zeros(3), "all zeros"),
        (Item("gone", Modality.TEXT), '"gone" is not in this collection'),
    ],
)
def test_queries_that_cannot_be_asked_say_why(collection: Collection, query, message: str) -> None:
    with pytest.raises(ModgapError, match=message):
        collection.search(query, method="raw")


def test_words_lose_their_margins_and_pictures_keep_their_modality(tmp_path: Path) -> None:
    encoder, picture = Encoder(), Image.new("RGB", (4, 4), "red")
    words = encode_query("  a mill ", ENGINE, ROW_OF, encoder)
    assert (encoder.texts, words.vector.tolist(), words.modality, words.source) == (["a mill"], [1, 0, 0], "text", -1)
    picture.save(tmp_path / "red.png")
    for query in (picture, tmp_path / "red.png"):
        found = encode_query(query, ENGINE, ROW_OF, encoder)
        assert (found.vector.tolist(), found.modality, found.source) == ([0, 1, 0], "image", -1)


def test_an_item_is_its_vector_in_the_engine_and_knows_its_row() -> None:
    found = encode_query(Item("b", Modality.TEXT, group="table"), ENGINE, ROW_OF, None)
    assert (found.vector.tolist(), found.modality, found.source) == ([0, 1, 0], "text", 1)


def test_a_vector_is_scaled_and_an_encoded_query_taken_as_it_is() -> None:
    found = encode_query(np.asarray([0.0, 3.0, 4.0]), ENGINE, ROW_OF, None)
    assert found.vector == pytest.approx([0, 0.6, 0.8])
    assert encode_query(found, ENGINE, ROW_OF, None) is found


def test_the_words_of_a_file_are_encoded_in_one_pass_beside_its_pictures(tmp_path: Path) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "a.png")
    encoder = Encoder()
    queries = Queries(
        [Query("a", text="red"), Query("b", image=tmp_path / "a.png"), Query("c", text="blue")],
        np.asarray(["text", "image", "text"]),
    )
    found = encode_queries(queries, ENGINE, encoder)
    assert [each.vector.tolist() for each in found] == [[1, 0, 0], [0, 1, 0], [1, 0, 0]]
    assert [(each.modality, each.source) for each in found] == [("text", -1), ("image", -1), ("text", -1)]
    assert encoder.texts == ["red", "blue"]


def test_the_vectors_of_a_file_need_no_encoder_but_the_width_of_the_items() -> None:
    def of(vectors: list[list[float]]) -> Queries:
        return Queries([Query("a")], np.asarray(["image"]), np.asarray(vectors, dtype=np.float32))

    [found] = encode_queries(of([[0, 0, 1]]), ENGINE, None)
    assert (found.vector.tolist(), found.modality) == ([0, 0, 1], "image")
    with pytest.raises(VectorError, match="2 dimensions and the collection 3"):
        encode_queries(of([[0, 1]]), ENGINE, None)
    with pytest.raises(CalibrationError, match="no encoder"):
        encode_queries(Queries([Query("a", text="red")], np.asarray(["text"])), ENGINE, None)


def test_a_query_says_whether_the_model_can_read_it(tmp_path: Path) -> None:
    Image.new("RGB", (4, 4)).save(tmp_path / "a.png")
    assert [encode_query(each, ENGINE, ROW_OF, Encoder()).readable for each in ("mill", "мельница")] == [True, False]
    asked = [Query("a", "mill"), Query("b", "мельница"), Query("c", image=tmp_path / "a.png")]
    found = encode_queries(Queries(asked, np.asarray(["text", "text", "image"])), ENGINE, Encoder())
    assert [each.readable for each in found] == [True, False, True]
    vectors = Queries([Query("a")], np.asarray(["text"]), np.eye(3, dtype=np.float32)[:1])
    assert [each.readable for each in encode_queries(vectors, ENGINE, None)] == [True]
