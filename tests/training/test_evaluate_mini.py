"""Recall and the mixed corpus of the model card, by hand."""

import numpy as np
import pytest

from training.evaluate_mini import centroid_gap, mixed_recall, recall


def test_recall_counts_targets_among_the_best_k() -> None:
    scores = np.asarray([[0.9, 0.1, 0.5], [0.8, 0.2, 0.5], [0.1, 0.2, 0.3]])
    # ranks of the targets 0, 1, 2: first, third, first
    assert recall(scores, np.arange(3), ks=(1, 2, 3)) == {1: pytest.approx(2 / 3), 2: pytest.approx(2 / 3), 3: 1.0}


def test_the_centroid_gap_is_the_distance_of_the_means() -> None:
    assert centroid_gap(np.asarray([[1, 0], [0, 1]]), np.asarray([[-1, 0], [0, -1]])) == pytest.approx(np.sqrt(2))


def test_a_shift_of_all_texts_hides_pictures_from_raw_scores_only() -> None:
    rng = np.random.default_rng(0)
    n, gap = 40, np.eye(21)[20]  # the last axis is the gap: no picture has a part in it
    shared = rng.normal(size=(n, 20))
    shared = np.pad(shared / np.linalg.norm(shared, axis=1, keepdims=True), ((0, 0), (0, 1)))
    texts = (shared + 2 * gap) / np.sqrt(5)
    found = mixed_recall(texts, shared, texts, k=1)
    assert (found["raw image"], found["raw text"]) == (0.0, 1.0)
    assert found["standardized image"] > 0.9
    assert found["raw"] == pytest.approx((found["raw image"] + found["raw text"]) / 2)
