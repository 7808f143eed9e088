"""What several tests of evaluation share: a random collection with labelled queries."""

import numpy as np
import pytest

from modgap.corpus import Queries, Query
from modgap.search.collection import Collection


@pytest.fixture
def collection() -> Collection:
    rng = np.random.default_rng(21)
    modality = np.where(np.arange(90) % 3 == 0, "image", "text")
    items = rng.normal(size=(90, 10)) + np.where(modality == "image", 2, -2)[:, None] * np.eye(10)[0]
    return Collection.from_vectors([f"d{i}" for i in range(90)], modality, items)


@pytest.fixture
def queries(collection) -> Queries:
    vectors = collection.vectors[:40] + 0.2 * np.random.default_rng(1).normal(size=(40, 10))
    labelled = [Query(f"q{i}", relevant={f"d{i}": 1}) for i in range(40)]
    unit = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return Queries(labelled, np.full(40, "text"), unit)


class Reader:
    """An encoder of two words: texts are their direction, and pictures lie apart from all texts."""

    name, device, dimension, cache, decode_side = "reader", "cpu", 3, None, 8
    loaded, precision = True, "float32"

    def reads(self, text):
        return True

    def encode_texts(self, texts, *, progress=None):
        rows = np.asarray([[("cat" in text) + 0.1, ("dog" in text) + 0.1, 0] for text in texts]).reshape(-1, 3)
        return rows.astype(np.float32) / np.linalg.norm(rows, axis=1, keepdims=True).astype(np.float32)


@pytest.fixture
def reader() -> Reader:
    return Reader()
