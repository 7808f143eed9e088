"""Moved vectors: in memory or block by block in a file, the same."""

import numpy as np
import pytest

from modgap.engines import moved_vectors
from modgap.engines.exact import ExactEngine
from modgap.vectors import unit_vectors


def shift(vectors: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """A method that adds a dimension and depends on the group."""
    return np.concatenate([vectors + (groups == "image")[:, None], vectors[:, :1]], axis=1)


@pytest.fixture
def corpus() -> tuple[np.ndarray, np.ndarray]:
    vectors = unit_vectors(np.random.default_rng(3).normal(size=(50, 4)))
    return vectors, np.where(np.arange(50) % 3 == 0, "image", "text")


def test_blocks_in_a_file_give_what_the_whole_gives(corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    vectors, groups = corpus
    whole = moved_vectors.moved_vectors(vectors, groups, shift)
    monkeypatch.setattr(moved_vectors, "IN_MEMORY", 0)
    monkeypatch.setattr(moved_vectors, "_BLOCK", 7)
    blocks = moved_vectors.moved_vectors(vectors, groups, shift)
    assert isinstance(blocks, np.memmap)
    assert not isinstance(whole, np.memmap)
    assert np.array_equal(blocks, whole)
    queries = np.ones((2, 5), dtype=np.float32)
    for group in ("text", "image"):
        found = ExactEngine(vectors, groups).moved(shift).top_k(queries, 3, group)
        expected = ExactEngine(whole, groups).top_k(queries, 3, group)
        assert np.array_equal(found.rows, expected.rows)
        assert found.scores == pytest.approx(expected.scores, abs=1e-6)


@pytest.mark.parametrize("most", [0, 10**9])
def test_a_move_that_moves_nothing_gives_the_vectors_themselves(
    corpus, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    vectors, groups = corpus
    monkeypatch.setattr(moved_vectors, "IN_MEMORY", most)
    assert moved_vectors.moved_vectors(vectors, groups, lambda items, _: items) is vectors
    engine = ExactEngine(vectors, groups)
    assert engine.moved(lambda items, _: items) is engine
