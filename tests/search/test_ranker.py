"""The one path to a ranking: equal to the full matrix for every method, without a query's own item."""

import numpy as np
import pytest

from modgap.engines.exact import ExactEngine
from modgap.methods import METHODS, RRF, PerQueryZ, method_by_name
from modgap.search.collection import Collection
from modgap.search.ranker import Ranker, moves_items
from tests.engines.mock_engine import MockEngine


@pytest.fixture
def case():
    rng = np.random.default_rng(11)
    modality = np.where(rng.random(400) < 0.3, "image", "text")
    items = rng.normal(size=(400, 12)) + np.where(modality == "image", 1, -1)[:, None] * np.eye(12)[0]
    collection = Collection.from_vectors([str(i) for i in range(400)], modality, items)
    queries = rng.normal(size=(36, 12)).astype(np.float32)
    return collection, queries / np.linalg.norm(queries, axis=1, keepdims=True)


@pytest.mark.parametrize("name", list(METHODS))
def test_a_top_k_of_each_group_finds_what_the_full_matrix_holds(name: str, case) -> None:
    collection, queries = case
    method = method_by_name(name)
    labels = [[int(row)] for row in np.argsort(collection.modality, kind="stable")[::11][:36]]
    method.fit(queries, collection.vectors, collection.modality, positives=labels)
    scores = method.score(queries, collection.vectors, collection.modality)
    ranker = Ranker.for_engine(method, collection.engine)
    for query, ranking in enumerate(ranker.rank(queries, 40)):
        values, rows = ranking.values, ranking.rows
        assert values == pytest.approx(np.sort(scores[query])[::-1][:40], abs=1e-4)
        assert scores[query][rows] == pytest.approx(values, abs=1e-4)
        assert len(set(rows.tolist())) == 40
        assert ranking.groups.tolist() == collection.item_groups[rows].tolist()
        products = method.move_queries(queries[[query]]) @ ranker.engine.vectors_of(rows).T
        assert ranking.scores == pytest.approx(products[0], abs=1e-5)


def test_the_list_of_a_query_does_not_hold_the_query_itself(case) -> None:
    collection, _ = case
    method = PerQueryZ(depth=5)
    ranker = Ranker.for_engine(method, collection.engine)
    [ranking] = ranker.rank(collection.vectors[[7]], 400, sources=np.asarray([7]))
    others = np.flatnonzero(np.arange(400) != 7)
    expected = method.transform(collection.vectors[others] @ collection.vectors[7], collection.modality[others])
    assert ranking.rows.size == 399
    assert ranking.values == pytest.approx(np.sort(expected)[::-1], abs=1e-4)


def test_the_results_do_not_depend_on_how_many_are_asked_for(case) -> None:
    collection, queries = case
    for method in (PerQueryZ(), RRF()):
        ranker = Ranker.for_engine(method, collection.engine)
        few, many = (ranker.rank(queries[:1], k)[0].rows for k in (5, 300))
        assert few.tolist() == many[:5].tolist()


def test_methods_that_move_no_vector_share_an_engine(case) -> None:
    collection, queries = case
    engine = collection.engine
    assert Ranker.for_engine(METHODS["raw"](), engine).engine is Ranker.for_engine(METHODS["rrf"](), engine).engine
    moved = METHODS["i0t_post"]().fit(queries, collection.vectors, collection.modality)
    assert Ranker.for_engine(moved, engine).engine is not engine
    assert [moves_items(METHODS[name]()) for name in ("raw", "standardized", "i0t_post", "nnn")] == [
        False,
        False,
        True,
        True,
    ]


@pytest.mark.parametrize("name", ["raw", "standardized", "minmax", "i0t_post", "mind_the_gap", "nnn", "rrf"])
def test_three_groups_are_ranked_as_the_full_matrix_has_them(name: str, case) -> None:
    collection, queries = case
    groups = np.where(np.arange(400) % 5 == 0, "table", collection.item_groups)
    method = method_by_name(name).fit(queries, collection.vectors, groups)
    ranker = Ranker.for_engine(method, ExactEngine(collection.vectors, groups))
    scores = method.score(queries[:9], collection.vectors, groups)
    for query, ranking in enumerate(ranker.rank(queries[:9], 40)):
        assert ranking.values == pytest.approx(np.sort(scores[query])[::-1][:40], abs=1e-4)
        assert ranking.groups.tolist() == groups[ranking.rows].tolist()


def test_one_query_makes_one_top_k_of_each_group(case) -> None:
    collection, queries = case
    engine = MockEngine(collection.vectors[:30], ["text", "image", "table"] * 10)
    ranker = Ranker.for_engine(METHODS["raw"](), engine)
    [ranking] = ranker.rank(queries[:1], 7)
    assert engine.groups_searched() == ["text", "image", "table"]
    assert ranking.rows.tolist() == np.argsort(-(collection.vectors[:30] @ queries[0]), kind="stable")[:7].tolist()
