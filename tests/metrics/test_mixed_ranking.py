"""Metrics of rankings: worked by hand, and against scipy where it has the measure."""

import numpy as np
import pytest
from scipy.stats import ks_2samp, skew

from modgap.items import Modality
from modgap.metrics.mixed_ranking import hub_skewness, image_share, ks_distance, top_of_both

TEXT, IMAGE = Modality.TEXT, Modality.IMAGE


def test_ks_by_hand_and_against_scipy():
    assert ks_distance([1, 2], [3, 4]) == 1.0
    assert ks_distance([1, 2, 3, 4], [2, 3, 4, 5]) == pytest.approx(0.25)
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=90), rng.normal(1, 2, size=120)
    assert ks_distance(a, b) == ks_2samp(a, b).statistic


def test_ks_does_not_change_when_both_are_moved_alike():
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=50), rng.normal(size=50)
    assert ks_distance(3 * a + 1, 3 * b + 1) == ks_distance(a, b)


def test_image_share_counts_shown_results_only():
    modality = np.array(["image", "text", "text"])
    assert image_share(np.array([[0, 1], [2, -1]]), modality) == pytest.approx(1 / 3)
    assert image_share(np.full((2, 2), -1), modality) == 0.0


def test_hub_skewness_by_hand_and_against_scipy():
    assert hub_skewness(np.array([[0, 1], [2, 3]]), 4) == 0.0  # each item once
    assert hub_skewness(np.array([[0], [0], [0]]), 4) == pytest.approx(skew([3, 0, 0, 0]))


def test_the_union_ranks_both_lists_and_ends_early_where_there_is_no_more():
    scores = {TEXT: np.array([[0.9, 0.4], [0.3, -np.inf]]), IMAGE: np.array([[0.5, 0.4], [0.7, 0.6]])}
    rows = {TEXT: np.array([[0, 1], [1, 0]]), IMAGE: np.array([[2, 3], [3, 2]])}
    assert top_of_both(scores, rows, 3).tolist() == [[0, 2, 1], [3, 2, 1]]  # equals stand in the order of rows
    assert top_of_both(scores, rows, 9).tolist() == [[0, 2, 1, 3], [3, 2, 1, -1]]
