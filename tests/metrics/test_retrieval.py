"""Retrieval metrics against cases worked by hand."""

import numpy as np
import pytest

from modgap.metrics.retrieval import METRICS, retrieval_metrics


def test_one_relevant_item_at_place_three() -> None:
    values = retrieval_metrics([["a", "b", "c", "d"]], [{"c": 1}])
    assert {name: v[0] for name, v in values.items()} == {
        "recall@1": 0.0,
        "recall@5": 1.0,
        "recall@10": 1.0,
        "recall@20": 1.0,
        "mrr@10": pytest.approx(1 / 3),
        "ndcg@10": pytest.approx(1 / np.log2(4)),
    }


def test_recall_counts_each_relevant_item() -> None:
    values = retrieval_metrics([["a", "b", "c", "d", "e", "f"]], [{"a": 1, "f": 1, "gone": 1, "e": 1}])
    assert values["recall@1"][0] == pytest.approx(1 / 4)
    assert values["recall@5"][0] == pytest.approx(2 / 4)
    assert values["recall@10"][0] == pytest.approx(3 / 4)


def test_the_ideal_of_ndcg_is_over_all_relevant_items() -> None:
    values = retrieval_metrics([["a", "b"]], [{"a": 1, "gone": 1}])
    assert values["ndcg@10"][0] == pytest.approx(1 / (1 + 1 / np.log2(3)))


def test_a_query_that_finds_nothing_scores_zero() -> None:
    values = retrieval_metrics([["a"], []], [{"x": 1}, {"y": 1}])
    assert all(values[name].tolist() == [0.0, 0.0] for name in METRICS)
