"""FAISS: the same rows and scores as the exact engine."""

import numpy as np
import pytest

from modgap.engines.exact import ExactEngine
from modgap.engines.faiss import FaissEngine
from modgap.errors import EngineError
from modgap.search.collection import Collection
from modgap.vectors import unit_vectors

GROUPS = np.asarray(["text", "image", "table", "text"] * 30)


@pytest.fixture
def vectors() -> np.ndarray:
    return unit_vectors(np.random.default_rng(0).normal(size=(120, 12)))


@pytest.fixture
def queries() -> np.ndarray:
    return unit_vectors(np.random.default_rng(1).normal(size=(9, 12)))


def engines(vectors: np.ndarray) -> tuple[ExactEngine, FaissEngine]:
    return ExactEngine(vectors, GROUPS), FaissEngine(vectors, GROUPS)


@pytest.mark.parametrize("k", [1, 7, 100])
def test_rows_and_scores_are_those_of_the_exact_engine(vectors, queries, k: int) -> None:
    exact, faiss = engines(vectors)
    for group in exact.groups:
        expected, found = exact.top_k(queries, k, group), faiss.top_k(queries, k, group)
        assert found.rows.tolist() == expected.rows.tolist()
        assert found.scores == pytest.approx(expected.scores, abs=1e-6)


@pytest.mark.parametrize("k", [1, 7, 100])
def test_so_they_are_with_a_source_left_out(vectors, k: int) -> None:
    exact, faiss = engines(vectors)
    sources = np.asarray([0, 1, 2, 3, 4, -1])
    asked = vectors[[0, 1, 2, 3, 4, 5]]  # each would find itself first
    for group in exact.groups:
        expected, found = (each.top_k(asked, k, group, exclude=sources) for each in (exact, faiss))
        allowed = np.isfinite(expected.scores)
        assert np.isfinite(found.scores).tolist() == allowed.tolist()
        assert found.rows[allowed].tolist() == expected.rows[allowed].tolist()
        assert found.scores[allowed] == pytest.approx(expected.scores[allowed], abs=1e-6)


@pytest.mark.parametrize(
    "options",
    [
        {"exclude": np.asarray([[0, 4], [4, 4], [8, 20], *[[0, 0]] * 6])},
        {"exclude_same": True},
        {"keep_all": True},
    ],
)
def test_what_an_index_cannot_do_is_done_exactly(vectors, queries, options) -> None:
    queries[0] = vectors[30]  # a copy
    exact, faiss = engines(vectors)
    for group in exact.groups:
        expected, found = (each.top_k(queries, 5, group, **options) for each in (exact, faiss))
        assert found.rows.tolist() == expected.rows.tolist()
        assert found.scores.tolist() == expected.scores.tolist()
        assert (found.all_scores is None) == ("keep_all" not in options)


@pytest.mark.parametrize("k", [1, 4, 6])
def test_equal_scores_stand_in_the_order_of_their_rows(k: int) -> None:
    items = np.tile(np.asarray([[1.0, 0.0]], dtype=np.float32), (6, 1))
    engine = FaissEngine(items, ["text"] * 6)
    assert engine.top_k(items[:1], k, "text").rows.tolist() == [list(range(k))]
    assert engine.groups == ("text",)
    with pytest.raises(EngineError, match='no group "image"'):
        engine.top_k(items[:1], k, "image")


def test_an_index_is_built_once_and_a_moved_engine_has_its_own(vectors, queries) -> None:
    engine = FaissEngine(vectors, GROUPS)
    first = engine.top_k(queries, 1, "text")
    assert engine.top_k(queries, 1, "text").scores.tolist() == first.scores.tolist()
    turned = engine.moved(lambda v, groups: -v)
    assert isinstance(turned, FaissEngine)
    lowest = (queries @ vectors[GROUPS == "text"].T).min(axis=1)
    assert turned.top_k(queries, 1, "text").scores[:, 0] == pytest.approx(-lowest, abs=1e-6)


def test_a_collection_searches_alike_through_either(vectors, queries) -> None:
    collections = []
    for engine in engines(vectors):
        collection = Collection.from_vectors([str(i) for i in range(120)], GROUPS.tolist(), vectors)
        collection = Collection(collection.items, vectors, engine=engine)
        collection.calibrate(queries)
        collections.append(collection)
    for query in (*queries, collections[0].items[7]):
        exact, faiss = (collection.search(query, 20) for collection in collections)
        assert [hit.id for hit in faiss] == [hit.id for hit in exact]
        assert [hit.z for hit in faiss] == pytest.approx([hit.z for hit in exact], abs=1e-4)
