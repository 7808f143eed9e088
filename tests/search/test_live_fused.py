"""Items that are both in a live engine, here Milvus in a file: found once, as in memory."""

from __future__ import annotations

import numpy as np
import pytest

import modgap
from modgap.corpus import Corpus
from modgap.items import Item, Modality
from modgap.search.live_collection import connect, push
from modgap.vectors import unit_vectors


@pytest.fixture(scope="module")
def here() -> modgap.Collection:
    random = np.random.default_rng(0)
    topics = random.normal(size=(40, 12))
    items, vectors = [], []
    for n, topic in enumerate(topics):
        both = n % 3 < 2
        items.append(Item(f"m{n}", Modality.IMAGE, parent=f"m{n}" if both else ""))
        vectors.append(topic + random.normal(scale=0.4, size=12) + 3 * np.eye(12)[0])
        if both:
            items.append(Item(f"m{n}#text", Modality.TEXT, parent=f"m{n}"))
            vectors.append(topic + random.normal(scale=0.4, size=12) - 3 * np.eye(12)[0])
    items += [Item(f"t{n}", Modality.TEXT) for n in range(10)]
    vectors += list(random.normal(size=(10, 12)) - 3 * np.eye(12)[0])
    return modgap.Collection.encode(Corpus(items, vectors=unit_vectors(vectors)))


@pytest.mark.parametrize("fusion", ["max", "mean"])
def test_hits_of_an_engine_are_those_in_memory(here, fusion, tmp_path):
    url = f"milvus://{tmp_path}/items.db?collection=wares"
    push(here, url)
    there = connect(url)
    asked = unit_vectors(np.random.default_rng(1).normal(size=(30, 12)))
    here.calibrate(asked)
    there.calibrate(asked)
    for collection in (here, there):
        collection.with_fusion(fusion)

    for query in asked[:8]:
        for method in ("calibrated", "raw"):
            right, found = (each.search(query, 6, method=method) for each in (here, there))
            assert [hit.id for hit in found] == [hit.id for hit in right]
            assert [hit.modality for hit in found] == [hit.modality for hit in right]
            for one, other in zip(found, right, strict=True):
                assert one.value == pytest.approx(other.value, abs=1e-3)
                assert [side.group for side in one.sides] == [side.group for side in other.sides]


def test_an_engine_without_such_items_is_asked_for_no_other_sides(tmp_path, monkeypatch):
    random = np.random.default_rng(0)
    plain = modgap.Collection.from_vectors(
        [str(n) for n in range(20)], ["text", "image"] * 10, random.normal(size=(20, 6))
    )
    url = f"milvus://{tmp_path}/plain.db?collection=wares"
    push(plain, url)
    there = connect(url)
    asked: list[list[str]] = []
    monkeypatch.setattr(there.engine, "know", lambda ids: asked.append(list(ids)))
    hits = there.search(random.normal(size=6), 5, method="raw")
    assert (len(hits), asked) == (5, [])
    assert all(hit.sides == () for hit in hits)
