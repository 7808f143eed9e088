"""Shards answer what one machine answers: same rows, same scores, in the same order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modgap.calibration.fit import fit_calibration
from modgap.calibration.queries import given_queries
from modgap.distributed.mapping import one_by_one
from modgap.distributed.sharded_engine import ShardedEngine
from modgap.engines.exact import ExactEngine
from modgap.items import Item, Modality
from modgap.vectors import unit_vectors


def backwards(work, tasks):
    """A cluster answers in any order."""
    yield from reversed(list(one_by_one(work, tasks)))


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """Vectors (90, 8) with duplicates in a file, and the group of each: 50 texts, then 40 pictures."""
    random = np.random.default_rng(0)
    vectors = unit_vectors(random.normal(size=(90, 8)))
    vectors[[7, 23, 49]] = vectors[3]
    file = tmp_path_factory.mktemp("index") / "vectors.npy"
    np.save(file, vectors)
    groups = np.repeat(["text", "image"], [50, 40])
    return np.load(file, mmap_mode="r"), groups, file


@settings(max_examples=40, deadline=None)
@given(
    shard=st.integers(1, 60), k=st.integers(1, 60), group=st.sampled_from(["text", "image"]), seed=st.integers(0, 99),
    excluded=st.sampled_from(["", "rows", "ranges"]), keep_all=st.booleans(), same=st.booleans(),
)  # fmt: skip
def test_top_k_is_that_of_one_machine(corpus, shard, k, group, seed, excluded, keep_all, same):
    vectors, groups, file = corpus
    random = np.random.default_rng(seed)
    rows = random.integers(0, 90, size=5)
    queries = np.asarray(vectors[rows])
    exclude = {"": None, "rows": rows, "ranges": np.stack([rows, np.minimum(rows + 3, 90)], axis=1)}[excluded]
    asked = {"exclude": exclude, "exclude_same": same, "keep_all": keep_all}

    one = ExactEngine(vectors, groups, device="cpu").top_k(queries, k, group, **asked)
    many = ShardedEngine(vectors, groups, file, backwards, shard=shard).top_k(queries, k, group, **asked)

    np.testing.assert_allclose(many.scores, one.scores, atol=1e-6)
    allowed = np.isfinite(one.scores)
    finite = np.where(allowed, one.scores, -9)
    ties = np.abs(np.diff(finite, axis=1, prepend=9)) < 1e-6
    ties |= np.abs(np.diff(finite, axis=1, append=-10)) < 1e-6
    clear = allowed & ~ties
    assert (many.rows[clear] == one.rows[clear]).all()
    if keep_all:
        np.testing.assert_allclose(many.all_scores, one.all_scores, atol=1e-6)
        assert (many.all_rows == one.all_rows).all()


def test_means_and_a_moved_copy_are_those_of_one_machine(corpus):
    vectors, groups, file = corpus
    many = ShardedEngine(vectors, groups, file, backwards, shard=7)
    one = ExactEngine(vectors, groups, device="cpu")

    for group in ("text", "image"):
        np.testing.assert_allclose(many.mean(group), one.mean(group), atol=1e-7)
    moved = many.moved(lambda v, _: v * 2)
    np.testing.assert_allclose(moved.vectors_of(np.asarray([1, 60])), vectors[[1, 60]] * 2)


def test_a_calibration_is_that_of_one_machine(corpus):
    vectors, groups, file = corpus
    items = [Item(str(row), Modality(str(group))) for row, group in enumerate(groups)]
    queries = given_queries(unit_vectors(np.random.default_rng(1).normal(size=(40, 8))), None, 8)
    shared = {"model": "m", "counts": {"text": 50, "image": 40}, "fingerprint": "f", "fit_threshold": 0.5}

    one, _ = fit_calibration(items, ExactEngine(vectors, groups, device="cpu"), queries, **shared)
    many, _ = fit_calibration(items, ShardedEngine(vectors, groups, file, backwards, shard=11), queries, **shared)

    for modality, by_group in one.statistics.items():
        for group, statistics in by_group.items():
            assert many.statistics[modality][group].mean == pytest.approx(statistics.mean, abs=1e-7)
            assert many.statistics[modality][group].std == pytest.approx(statistics.std, abs=1e-7)


def test_rows_of_a_group_must_stand_together(corpus):
    vectors, _, file = corpus
    with pytest.raises(ValueError, match="stand together"):
        ShardedEngine(vectors, ["text", "image"] * 45, file, one_by_one)
