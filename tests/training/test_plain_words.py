"""Standardized scores and which plain words find their photograph, by hand."""

import numpy as np
import pytest

from training.plain_words import QUERIES, found_by_plain_words, standardized


def test_standardized_by_hand() -> None:
    scores = np.asarray([[1.0, 0.0, 0.4, 0.1], [0.0, 0.8, 0.0, 0.2]])
    z = standardized(scores, np.asarray([False, False, True, True]))
    # best texts 1.0 and 0.8, best pictures 0.4 and 0.2: means 0.9 and 0.3, deviations 0.1
    assert z == pytest.approx(np.asarray([[1, -9, 1, -2], [-9, -1, -3, -1]]))


def space() -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]:
    """(photographs, queries, texts): an axis for each query, along which its photographs lie; texts lie elsewhere."""
    axes = np.eye(len(QUERIES) + 1)
    photos = {name: axes[row] for row, targets in enumerate(QUERIES) for name in targets}
    lengths = np.linspace(1, 1.5, len(QUERIES))[:, None]  # best scores of pictures must differ to have a deviation
    texts = np.random.default_rng(0).uniform(0, 0.1, size=(3, len(QUERIES) + 1))
    return photos, lengths * axes[:-1], texts


def test_every_query_finds_its_photograph_where_vectors_agree() -> None:
    photos, queries, texts = space()
    found = found_by_plain_words(photos, queries[:0], texts, queries)
    assert found == {"queries": len(QUERIES), "raw": len(QUERIES), "standardized": len(QUERIES), "missed": []}


def test_a_photograph_behind_k_others_is_missed() -> None:
    photos, queries, texts = space()
    photos[next(iter(QUERIES))[0]] = np.eye(len(QUERIES) + 1)[-1]  # scores 0 with its query ...
    others = np.tile(queries[0], (5, 1))  # ... and five other pictures score 1
    found = found_by_plain_words(photos, others, texts, queries)
    assert (found["raw"], found["standardized"]) == (len(QUERIES) - 1, len(QUERIES) - 1)
    assert found["missed"] == [next(iter(QUERIES.values()))]
