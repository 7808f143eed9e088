"""The one path to a ranking: equal to the full matrix for every method, without a query's own item."""

import numpy as np
import pytest

from modgap.methods import METHODS, RRF, PerQueryZ, method_by_name
from modgap.search.collection import Collection
from modgap.search.ranker import Ranker


@pytest.fixture
def case():
    rng = np.random.default_rng(11)
    modality = np.where(rng.random(400) < 0.3, "image", "text")
    items = rng.normal(size=(400, 12)) + np.where(modality == "image", 1, -1)[:, None] * np.eye(12)[0]
    collection = Collection.from_vectors([str(i) for i in range(400)], modality, items)
    queries = rng.normal(size=(36, 12)).astype(np.float32)
    return collection, queries / np.linalg.norm(queries, axis=1, keepdims=True)


@pytest.mark.parametrize("name", list(METHODS))
def test_the_index_finds_what_the_full_matrix_holds(name: str, case) -> None:
    collection, queries = case
    method = method_by_name(name)
    labels = [[int(row)] for row in np.argsort(collection.modality, kind="stable")[::11][:36]]
    method.fit(queries, collection.vectors, collection.modality, positives=labels)
    scores = method.score(queries, collection.vectors, collection.modality)
    ranker = Ranker(method, collection.index_for(method), collection.modality)
    for query, (values, rows) in enumerate(ranker.rank(queries, 40)):
        assert values == pytest.approx(np.sort(scores[query])[::-1][:40], abs=1e-4)
        assert scores[query][rows] == pytest.approx(values, abs=1e-4)
        assert len(set(rows.tolist())) == 40


def test_the_list_of_a_query_does_not_hold_the_query_itself(case) -> None:
    collection, _ = case
    method = PerQueryZ(depth=5)
    ranker = Ranker(method, collection.index_for(method), collection.modality)
    [(values, rows)] = ranker.rank(collection.vectors[[7]], 400, sources=np.asarray([7]))
    others = np.flatnonzero(np.arange(400) != 7)
    expected = method.transform(collection.vectors[others] @ collection.vectors[7], collection.modality[others])
    assert rows.size == 399
    assert values == pytest.approx(np.sort(expected)[::-1], abs=1e-4)


def test_the_results_do_not_depend_on_how_many_are_asked_for(case) -> None:
    collection, queries = case
    for method in (PerQueryZ(), RRF()):
        ranker = Ranker(method, collection.index_for(method), collection.modality)
        few, many = (ranker.rank(queries[:1], k)[0][1] for k in (5, 300))
        assert few.tolist() == many[:5].tolist()


def test_methods_that_move_no_vector_share_an_index(case) -> None:
    collection, queries = case
    assert collection.index_for(METHODS["raw"]()) is collection.index_for(METHODS["rrf"]())
    moved = METHODS["i0t_post"]().fit(queries, collection.vectors, collection.modality)
    assert collection.index_for(moved) is not collection.index_for(METHODS["raw"]())
