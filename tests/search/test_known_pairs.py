"""Pictures and texts that belong together: from a file of pairs, or from captions."""

from pathlib import Path

import numpy as np

from modgap.corpus import Corpus
from modgap.engines.exact import ExactEngine
from modgap.items import Item, Modality
from modgap.search.known_pairs import known_pairs

ITEMS = [
    Item("a.jpg", Modality.IMAGE, path=Path("a.jpg"), caption="north"),
    Item("note", Modality.TEXT, text="east"),
    Item("b.jpg", Modality.IMAGE, path=Path("b.jpg")),
]
ENGINE = ExactEngine(np.eye(3, dtype=np.float32), np.asarray(["image", "text", "image"]))


class Compass:
    """Encodes a text as a row of its own."""

    def encode_texts(self, texts: list[str], **_: object) -> np.ndarray:
        return np.asarray([{"north": [0, 0, 1], "east": [0, 1, 0]}[text] for text in texts], dtype=np.float32)


def test_pairs_of_the_file_come_first() -> None:
    corpus = Corpus(ITEMS, vectors=np.eye(3, dtype=np.float32), pairs=np.asarray([[2, 1]]))
    images, texts = known_pairs(corpus, ITEMS, ENGINE, Compass())
    assert images.tolist() == [[0, 0, 1]]
    assert texts.tolist() == [[0, 1, 0]]


def test_captions_are_encoded_where_there_is_an_encoder() -> None:
    images, texts = known_pairs(None, ITEMS, ENGINE, Compass())
    assert images.tolist() == [[1, 0, 0]]
    assert texts.tolist() == [[0, 0, 1]]


def test_a_corpus_that_says_nothing_has_none() -> None:
    assert known_pairs(None, ITEMS, ENGINE, None) is None
    assert known_pairs(None, ITEMS[1:], ENGINE, Compass()) is None
