"""Two rankings side by side: places in the whole ranking, and the change of each item."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modgap.items import Hit, Modality
from modgap.search.collection import Collection
from modgap.search.comparison import compare_rankings, places_of


@pytest.fixture
def collection(toy) -> Collection:
    _, items, modality = toy
    return Collection.from_vectors(["t0", "t1", "i0", "i1"], modality, items)


def test_compare_counts_places_in_the_whole_ranking(collection: Collection, toy) -> None:
    collection.calibrate(toy[0])
    comparison = collection.compare(toy[0][0], k=2)
    # raw: t0 i0 i1 t1; calibrated: t0 5.5 (rest of its list 0), i0 2, ...
    assert [hit.id for hit in comparison.raw] == ["t0", "i0"]
    assert comparison.rank_change == {"t0": 0, "i0": 0}
    assert comparison.image_share == {"raw": 0.5, "calibrated": 0.5}
    other = collection.compare(np.asarray([0.8, 0.0, 0.6]), k=1)
    assert other.rank_change == {"i0": 0}


def test_compare_shows_another_method_beside_the_two(collection: Collection, toy) -> None:
    collection.calibrate(toy[0])
    comparison = collection.compare(toy[0][0], k=2, other="per_query_z")
    raw = {hit.id: hit.rank for hit in collection.search(toy[0][0], k=4, method="raw")}
    assert comparison.other == collection.search(toy[0][0], k=2, method="per_query_z")
    assert comparison.other_rank_change == {hit.id: raw[hit.id] - hit.rank for hit in comparison.other}
    assert comparison.image_share["other"] == np.mean([hit.modality == "image" for hit in comparison.other])


def test_a_change_is_the_difference_of_full_ranks() -> None:
    rng = np.random.default_rng(7)
    items = rng.normal(size=(40, 6))
    modality = np.asarray(["text", "image"] * 20)
    collection = Collection.from_vectors([str(i) for i in range(40)], modality, items)
    collection.calibrate(rng.normal(size=(9, 6)))
    query = rng.normal(size=6)
    ranks = {m: {h.id: h.rank for h in collection.search(query, k=40, method=m)} for m in ("raw", "calibrated")}
    for name, moved in collection.compare(query, k=10).rank_change.items():
        assert moved == ranks["raw"][name] - ranks["calibrated"][name]


@given(st.data())
def test_places_are_those_of_brute_force_with_ties(data: st.DataObject) -> None:
    values = np.asarray(data.draw(st.lists(st.sampled_from([-1.0, 0.0, 0.25, 0.5, 2.0]), min_size=1, max_size=30)))
    rows = data.draw(st.lists(st.integers(0, values.size - 1), max_size=10))
    ranking = np.argsort(-values, kind="stable").tolist()  # of equals the lower row first
    assert places_of(rows, values) == [1 + ranking.index(row) for row in rows]


@given(st.integers(0, 2**32 - 1))
def test_places_of_values_without_ties(seed: int) -> None:
    values = np.random.default_rng(seed).normal(size=50).astype(np.float32)
    values[7] = -np.inf  # an item that the query excludes
    rows = [0, 7, 20, 49]
    assert places_of(rows, values) == [1 + int((values > values[row]).sum()) for row in rows]


@given(st.integers(0, 2**32 - 1))
def test_changes_over_three_groups_are_those_of_the_whole_rankings(seed: int) -> None:
    rng = np.random.default_rng(seed)
    groups = np.asarray(["text", "image", "table"] * 8)
    collection = Collection.from_vectors([str(row) for row in range(24)], groups, rng.normal(size=(24, 5)))
    collection.calibrate(rng.normal(size=(12, 5)))
    query = rng.normal(size=5)
    ranks = {m: {h.id: h.rank for h in collection.search(query, k=24, method=m)} for m in ("raw", "calibrated")}
    for name, change in collection.compare(query, k=6).rank_change.items():
        assert change == ranks["raw"][name] - ranks["calibrated"][name]


def hit(rank: int, name: str, modality: Modality, good: bool | None = None) -> Hit:
    return Hit(rank, name, modality, 0.5, good_match=good)


def test_lists_are_compared_by_the_places_that_are_known() -> None:
    raw = [hit(1, "a", Modality.TEXT), hit(2, "b", Modality.TEXT)]
    calibrated = [hit(1, "c", Modality.IMAGE), hit(2, "a", Modality.TEXT)]
    other = [hit(1, "c", Modality.IMAGE), hit(2, "d", Modality.IMAGE)]
    found = compare_rankings(raw, calibrated, {"a": 1, "b": 2, "c": 9}, {"a": 2, "c": 1}, other=other)
    assert found.rank_change == {"a": -1, "c": 8}  # the calibrated place of b is not known
    assert found.other_rank_change == {"c": 8}
    assert found.image_share == {"raw": 0.0, "calibrated": 0.5, "other": 1.0}
    assert "other" not in compare_rankings(raw, [], {}, {}).image_share


def test_no_good_match_where_no_hit_of_either_list_is_one() -> None:
    bad, good = hit(1, "a", Modality.TEXT, good=False), hit(1, "b", Modality.TEXT, good=True)
    assert compare_rankings([bad], [bad], {}, {}).no_good_match
    assert not compare_rankings([bad], [good], {}, {}).no_good_match
