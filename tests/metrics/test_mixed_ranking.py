"""Metrics of rankings: worked by hand, and against scipy where it has the measure."""

import numpy as np
import pytest
from scipy.stats import ks_2samp, skew

from modgap.metrics.mixed_ranking import group_share, hub_skewness, ks_distance, top_of_groups


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


def test_the_share_of_a_group_counts_shown_results_only():
    groups = np.array([["image", "text"], ["text", ""]])
    assert group_share(groups, "image") == pytest.approx(1 / 3)
    assert group_share(groups, "table") == 0.0
    assert group_share(np.full((2, 2), ""), "image") == 0.0


def test_hub_skewness_by_hand_and_against_scipy():
    assert hub_skewness(np.array([[0, 1], [2, 3]]), 4) == 0.0  # each item once
    assert hub_skewness(np.array([[0], [0], [0]]), 4) == pytest.approx(skew([3, 0, 0, 0]))


def test_the_union_ranks_both_lists_and_ends_early_where_there_is_no_more():
    scores = {"text": np.array([[0.9, 0.4], [0.3, -np.inf]]), "image": np.array([[0.5, 0.4], [0.7, 0.6]])}
    rows = {"text": np.array([[0, 1], [1, 0]]), "image": np.array([[2, 3], [3, 2]])}
    assert top_of_groups(scores, rows, 3)[0].tolist() == [[0, 2, 1], [3, 2, 1]]  # equals stand in the order of rows
    top, groups = top_of_groups(scores, rows, 9)
    assert top.tolist() == [[0, 2, 1, 3], [3, 2, 1, -1]]
    assert groups.tolist() == [["text", "image", "text", "image"], ["image", "image", "text", ""]]


def test_a_third_group_keeps_its_name_in_the_union():
    scores = {"text": np.array([[0.9]]), "image": np.array([[0.2, 0.1]]), "table": np.array([[0.5, 0.2]])}
    rows = {"text": np.array([[4]]), "image": np.array([[3, 0]]), "table": np.array([[1, 2]])}
    top, groups = top_of_groups(scores, rows, 4)
    assert top.tolist() == [[4, 1, 2, 3]]
    assert groups.tolist() == [["text", "table", "table", "image"]]
    assert [group_share(groups, name) for name in ("text", "image", "table")] == [0.25, 0.25, 0.5]
