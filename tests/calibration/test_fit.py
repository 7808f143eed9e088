"""Fitting a calibration: the steps by hand, over three groups, and without what an engine cannot give."""

from dataclasses import replace

import numpy as np
import pytest

from modgap.calibration.fit import (
    best_items,
    fit_calibration,
    fit_method,
    fit_no_match_test,
    group_statistics,
    mean_vectors,
    moved_statistics,
)
from modgap.calibration.merge import QuerySource
from modgap.calibration.queries import CalibrationQueries, automatic_text_queries
from modgap.engines.exact import ExactEngine
from modgap.errors import CalibrationError
from modgap.items import Item, Modality
from modgap.methods import I0TPost, SimilarityStandardizer
from modgap.search.collection import Collection
from modgap.vectors import unit_vectors
from tests.engines.mock_engine import MockEngine

GROUPS = ["text", "image", "table"] * 10


@pytest.fixture
def engine() -> ExactEngine:
    vectors = unit_vectors(np.random.default_rng(0).normal(size=(30, 5)))
    return ExactEngine(vectors, GROUPS, group_modality={"table": "image"})


def queries(n: int = 12, seed: int = 1) -> CalibrationQueries:
    vectors = unit_vectors(np.random.default_rng(seed).normal(size=(n, 5)))
    return CalibrationQueries(vectors, np.full(n, -1), QuerySource("given", n, "for a test"))


ITEMS = [
    Item(f"d{row}", Modality.TEXT if group == "text" else Modality.IMAGE, text="x", group=group)
    for row, group in enumerate(GROUPS)
]
ORIGIN = {"model": "toy", "counts": {"text": 10, "image": 10, "table": 10}, "fingerprint": "f" * 16}


def test_a_calibration_of_three_groups_is_made_of_its_steps(engine) -> None:
    given = queries()
    calibration, used = fit_calibration(ITEMS, engine, {Modality.TEXT: given}, fit_threshold=0.1, **ORIGIN)
    assert calibration.statistics["text"] == group_statistics(best_items(engine, given, Modality.TEXT))
    assert calibration.groups == ("text", "image", "table")
    assert calibration.group_modality == {"table": "image"}
    assert (calibration.model, calibration.dimension, calibration.fit_threshold) == ("toy", 5, 0.1)
    assert calibration.counts == ORIGIN["counts"]
    assert used[Modality.TEXT] is given
    assert used[Modality.IMAGE].sources.tolist() == [row for row in range(30) if GROUPS[row] != "text"]
    assert calibration.queries["image"].kind == "automatic"
    assert calibration.means.keys() == {"text", "image", "table", "query.text", "query.image"}
    assert calibration.means["table"] == pytest.approx(engine.vectors_in("table").mean(axis=0), abs=1e-6)
    assert calibration.evidence is None  # which needs an encoder


def test_pictures_too_few_for_statistics_leave_search_by_words(toy) -> None:
    _, vectors, _ = toy
    items = [
        Item(name, Modality.from_group(group), text="x", group=group)
        for name, group in zip("abcd", ("text", "text", "table", "image"), strict=True)
    ]
    engine = ExactEngine(vectors, [item.group for item in items])
    given = CalibrationQueries(toy[0], np.full(2, -1), QuerySource("given", 2, ""))
    counts = {"text": 2, "image": 1, "table": 1}
    calibration, used = fit_calibration(
        items, engine, {Modality.TEXT: given}, fit_threshold=0.05, **{**ORIGIN, "counts": counts}
    )
    assert calibration.statistics.keys() == used.keys() == {"text"}


def test_the_mean_of_the_best_k_and_the_divisor_are_parameters(engine) -> None:
    best = best_items(engine, queries(), Modality.TEXT, k=3)
    statistics = group_statistics(best, k=3, ddof=1)
    expected = best["table"].scores.astype(np.float64).mean(axis=1)
    assert statistics["table"].mean == pytest.approx(expected.mean(), abs=1e-6)
    assert statistics["table"].std == pytest.approx(expected.std(ddof=1), abs=1e-6)


def test_means_of_items_are_left_out_where_the_engine_cannot_give_them(engine) -> None:
    given = queries()
    whole = mean_vectors(engine, {Modality.TEXT: given})
    assert whole["query.text"] == pytest.approx(given.vectors.mean(axis=0), abs=1e-6)
    rows = np.arange(30)
    elsewhere = MockEngine(engine.vectors_of(rows), GROUPS)
    assert mean_vectors(elsewhere, {Modality.TEXT: given}).keys() == {"query.text"}


def test_statistics_of_moved_vectors_are_of_the_moved_ones_without_scores(engine) -> None:
    given = queries()
    found = moved_statistics(I0TPost(), engine, {Modality.TEXT: given})["text"]
    method = I0TPost().fit_engine(given.vectors, engine)
    moved = replace(given, vectors=method.move_queries(given.vectors))
    expected = group_statistics(best_items(engine.moved(method.move_items), moved, Modality.TEXT))
    for group in ("text", "image", "table"):
        assert found[group] == replace(expected[group], scores=None)


def test_the_no_match_test_takes_the_best_items_of_every_group(engine) -> None:
    class Encoder:
        def encode_texts(self, texts):
            return queries(len(texts), seed=2).vectors

    given = queries()
    means = mean_vectors(engine, {Modality.TEXT: given})
    best = best_items(engine, given, Modality.TEXT)
    test = fit_no_match_test(engine, given, best, means, Encoder())
    assert test.mean.keys() == {"text", "image", "table"}
    nonsense = queries(160, seed=2).vectors
    found = {group: engine.vectors_of(engine.top_k(nonsense, 1, group).rows[:, 0]) for group in engine.groups}
    assert (test.score(nonsense, found, means) < test.threshold).mean() == pytest.approx(0.8)


def test_the_no_match_test_leaves_out_queries_that_were_allowed_no_item_of_a_group(engine) -> None:
    class Encoder:
        def encode_texts(self, texts):
            return queries(len(texts), seed=2).vectors

    # the last item is the only map, and one query was made of it
    maps = ExactEngine(engine.vectors_of(np.arange(30)), [*GROUPS[:29], "maps"])
    given = replace(queries(), sources=np.asarray([29, *[-1] * 11]))
    rest = replace(given, vectors=given.vectors[1:], sources=given.sources[1:])
    means = mean_vectors(maps, {Modality.TEXT: given})
    tests = [
        fit_no_match_test(maps, each, best_items(maps, each, Modality.TEXT), means, Encoder()) for each in (given, rest)
    ]
    assert tests[0] == tests[1]
    alone = replace(given, vectors=given.vectors[:2], sources=given.sources[:2])
    assert fit_no_match_test(maps, alone, best_items(maps, alone, Modality.TEXT), means, Encoder()) is None


def test_a_corpus_of_one_group_is_refused(engine) -> None:
    with pytest.raises(CalibrationError, match='only items of "table"'):
        fit_calibration(ITEMS, engine, {}, fit_threshold=0.05, **{**ORIGIN, "counts": {"table": 3}})


def test_methods_learn_from_automatic_queries_without_their_documents() -> None:
    items = [Item(f"{name}#{n}", Modality.TEXT, text=name, source=name) for name in "abc" for n in range(2)]
    items += [Item(str(n), Modality.IMAGE) for n in range(3)]
    vectors = unit_vectors(np.random.default_rng(0).normal(size=(9, 4)))
    vectors[1:6:2] = vectors[0:6:2]  # both passages of a document are alike
    collection = Collection(items, vectors)
    expected = collection.calibrate().hit_scores().standardizer.mean_
    assert expected["text"] < 0.99
    fitted = SimilarityStandardizer()
    fit_method(fitted, collection.engine, automatic_text_queries(items, collection.engine, None), Modality.TEXT)
    assert fitted.mean_ == pytest.approx(expected)
