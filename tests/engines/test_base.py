"""The contract of engines: one call for each group, and what an engine that keeps its vectors elsewhere says."""

import numpy as np
import pytest

from modgap.engines.base import Engine, top_k_by_group
from modgap.engines.exact import ExactEngine
from modgap.errors import EngineError
from modgap.vectors import unit_vectors
from tests.engines.mock_engine import MockEngine

GROUPS = ["text", "image", "table", "text", "image", "table"]


@pytest.fixture
def vectors() -> np.ndarray:
    return unit_vectors(np.random.default_rng(0).normal(size=(6, 4)))


def test_every_group_is_searched_by_one_call_with_the_same_options(vectors) -> None:
    engine, exclude = MockEngine(vectors, GROUPS), np.asarray([0, -1])
    found = top_k_by_group(engine, vectors[:2], 2, exclude=exclude, exclude_same=True, keep_all=True)
    assert list(found) == ["text", "image", "table"]
    assert engine.calls == [("top_k", "text"), ("top_k", "image"), ("top_k", "table")]
    assert all(
        asked["k"] == 2 and asked["exclude"] is exclude and asked["exclude_same"] and asked["keep_all"]
        for asked in engine.asked
    )


def test_the_progress_is_that_of_the_whole(vectors) -> None:
    seen = []
    top_k_by_group(
        MockEngine(vectors, [*GROUPS[:5], "image"]),
        vectors[:1],
        1,
        progress=lambda stage, done, total: seen.append((done, total)),
    )
    assert seen == [(2, 6), (5, 6), (6, 6)]


@pytest.mark.parametrize("exclude", [None, np.asarray([0, 4, -1]), np.asarray([[0, 3], [2, 2], [4, 6]])])
@pytest.mark.parametrize("exclude_same", [False, True])
def test_the_mock_answers_as_the_exact_engine_does(vectors, exclude, exclude_same: bool) -> None:
    asked = vectors[[0, 4, 2]]
    expected, found = (
        top_k_by_group(engine, asked, 2, exclude=exclude, exclude_same=exclude_same)
        for engine in (ExactEngine(vectors, GROUPS), MockEngine(vectors, GROUPS))
    )
    for group, each in expected.items():
        allowed = np.isfinite(each.scores)
        assert found[group].rows[allowed].tolist() == each.rows[allowed].tolist()
        assert found[group].scores == pytest.approx(each.scores, abs=1e-6)


def test_an_engine_without_its_vectors_says_what_to_do(vectors) -> None:
    engine = MockEngine(vectors, GROUPS)
    for ask, what in (
        (lambda: engine.mean("text"), "mean vectors"),
        (lambda: engine.vectors_in("text"), "all vectors"),
        (lambda: engine.moved(lambda v, g: v), "moved vectors"),
    ):
        with pytest.raises(EngineError, match=f"MockEngine keeps its vectors elsewhere and cannot give {what}"):
            ask()


def test_groups_of_another_name_than_image_are_texts_where_nothing_else_is_said(vectors) -> None:
    assert MockEngine(vectors, GROUPS).group_modality == {"text": "text", "image": "image", "table": "text"}


def test_what_an_engine_must_answer_is_named() -> None:
    assert Engine.__abstractmethods__ == {"groups", "dimension", "count", "top_k", "vectors_of", "groups_of"}
