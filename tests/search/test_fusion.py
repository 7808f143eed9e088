"""A picture and a text that make one item are one result, and the ranking is that of brute force."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import modgap
from modgap.corpus import Corpus
from modgap.corpus.fused import FusedItems
from modgap.errors import ModgapError
from modgap.items import Item, Modality
from modgap.methods import method_by_name
from modgap.search.fusion import Fusion
from modgap.search.ranker import Ranker
from modgap.vectors import unit_vectors


def made(seed: int, n: int, most: int) -> modgap.Collection:
    """`n` items of up to `most` rows each, in any order, with a gap between pictures and texts."""
    random = np.random.default_rng(seed)
    items = []
    for number in range(n):
        for row in range(int(random.integers(1, most + 1))):
            modality = Modality.IMAGE if row == 0 and random.random() < 0.7 else Modality.TEXT
            items.append(Item(f"{number}-{row}", modality, parent=f"{number}-0"))
    items = [items[row] for row in random.permutation(len(items))]
    pictures = np.asarray([item.modality is Modality.IMAGE for item in items])
    vectors = random.normal(size=(len(items), 6)) + np.where(pictures, 1.0, -1.0)[:, None] * np.eye(6)[0] * 1.5
    return modgap.Collection.encode(Corpus(items, vectors=unit_vectors(vectors)))


def brute_force(collection, method, query, how: str, source: int) -> dict[str, float]:
    """{parent: value} of every item, best first."""
    moved = method.move_queries(query[None, :])[0]
    scores = collection.engine.moved(method.move_items).vectors_of(np.arange(len(collection.items))) @ moved
    values = method.transform(scores.astype(np.float32), collection.item_groups)
    by_parent: dict[str, list[float]] = {}
    for item, value in zip(collection.items, values, strict=True):
        by_parent.setdefault(item.parent, []).append(float(value))
    merge = max if how == "max" else (lambda each: sum(each) / len(each))
    whole = {parent: merge(each) for parent, each in by_parent.items()}
    if source >= 0:
        del whole[collection.items[source].parent]
    return dict(sorted(whole.items(), key=lambda each: -each[1]))


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10_000), n=st.integers(4, 60), most=st.integers(1, 5), k=st.integers(1, 20),
    name=st.sampled_from(["raw", "standardized", "calibrated"]), how=st.sampled_from(["max", "mean"]),
    itself=st.booleans(),
)  # fmt: skip
def test_the_merge_is_that_of_brute_force(seed, n, most, k, name, how, itself):
    collection = made(seed, n, most)
    if len(collection.groups) < 2:
        return
    random = np.random.default_rng(seed + 1)
    method = method_by_name(name)
    method.fit_engine(unit_vectors(random.normal(size=(20, 6))), collection.engine)
    source = int(random.integers(len(collection.items))) if itself else -1
    query = collection.vectors[source] if itself else unit_vectors(random.normal(size=(1, 6)))[0]
    expected = brute_force(collection, method, query, how, source)

    ranker = Ranker.for_engine(method, collection.engine, Fusion(FusedItems.of(collection.items), how)
                               if collection.fused is not None else None)  # fmt: skip
    [ranking] = ranker.rank(query[None, :], k, sources=np.asarray([source]))

    found = [collection.items[row].parent for row in ranking.rows]
    assert len(found) == len(set(found)) == min(k, len(expected))
    if name == "calibrated" and itself:
        return  # the query's own list: brute force has the query itself in it
    np.testing.assert_allclose(ranking.values, list(expected.values())[: len(found)], atol=1e-5)
    np.testing.assert_allclose([expected[parent] for parent in found], ranking.values, atol=1e-5)


def test_a_hit_says_which_side_found_it_with_both_scores():
    collection = made(3, 40, 2)
    collection.calibrate(unit_vectors(np.random.default_rng(0).normal(size=(50, 6))))
    row = next(row for row, item in enumerate(collection.items) if item.modality is Modality.TEXT and "-1" in item.id)
    query = collection.vectors[row] + 0.1 * np.random.default_rng(1).normal(size=6)

    hit = collection.search(query, 5)[0]

    assert (hit.id, hit.modality) == (collection.items[row].parent, Modality.TEXT)
    assert hit.sides[0].group == hit.group
    assert hit.sides[0].score == pytest.approx(hit.score, abs=1e-6)
    assert hit.sides[0].z == pytest.approx(hit.z, abs=1e-5)
    assert {side["group"] for side in hit.as_dict()["sides"]} == {side.group for side in hit.sides}


def test_ranks_of_a_comparison_count_items():
    collection = made(5, 30, 3)
    collection.calibrate(unit_vectors(np.random.default_rng(0).normal(size=(50, 6))))
    found = collection.compare(unit_vectors(np.random.default_rng(2).normal(size=(1, 6)))[0], 30)
    raw = {hit.id: hit.rank for hit in found.raw}
    assert len(raw) == 30
    assert found.rank_change == {hit.id: raw[hit.id] - hit.rank for hit in found.calibrated}


def test_mean_by_choice_and_no_other():
    collection = made(5, 30, 3)
    assert (collection.fusion, collection.with_fusion("mean").fusion) == ("max", "mean")
    with pytest.raises(ModgapError, match="max or mean"):
        collection.with_fusion("min")
    with pytest.raises(ModgapError, match="max or mean"):
        Fusion(collection.fused, "median")


def test_a_description_is_no_query_of_its_own_picture():
    items = [Item(f"{n}", Modality.IMAGE, parent=f"{n}") for n in range(8)]
    items += [Item(f"{n}#text", Modality.TEXT, parent=f"{n}") for n in range(8)]
    pictures = np.eye(8) + np.random.default_rng(1).normal(scale=0.02, size=(8, 8))
    words = pictures + np.random.default_rng(0).normal(scale=0.02, size=(8, 8))
    vectors = np.concatenate([pictures, words]) + 0.01  # a text is nearly its picture
    collection = modgap.Collection.encode(Corpus(items, vectors=unit_vectors(vectors)))

    calibration = collection.calibrate()

    for modality in ("text", "image"):
        assert {group: round(each.mean, 2) < 0.2 for group, each in calibration.statistics[modality].items()} == {
            "text": True, "image": True}  # fmt: skip
    assert collection.known_pairs()[0].shape == (8, 8)
