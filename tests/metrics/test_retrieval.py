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
        "hit@1": 0.0,
        "hit@5": 1.0,
        "hit@10": 1.0,
        "hit@20": 1.0,
    }


def test_hit_is_one_where_recall_is_a_part() -> None:
    values = retrieval_metrics([["a", "b"]], [{"a": 1, "c": 1, "d": 1, "e": 1}])
    assert (values["recall@5"][0], values["hit@5"][0]) == (0.25, 1.0)


def test_the_numbers_are_those_of_pytrec_eval_with_ties_and_several_relevant_items() -> None:
    import pytrec_eval

    scores = {"a": 0.9, "b": 0.9, "c": 0.5, "d": 0.5, "e": 0.5, "f": 0.1}
    labels = [{"b": 1, "d": 2, "f": 1}, {"a": 3, "e": 1, "gone": 1}, {"c": 1}]
    # equal scores: pytrec_eval puts the later name first, so the ranking with its order of ties is the one to compare
    ranking = sorted(scores, key=lambda name: (scores[name], name), reverse=True)
    measured = retrieval_metrics([ranking] * 3, labels)
    judge = pytrec_eval.RelevanceEvaluator(
        {str(q): of for q, of in enumerate(labels)}, {"recall.1,5,10", "ndcg_cut.10", "recip_rank", "success.1,5,10"}
    )
    expected = judge.evaluate({str(q): scores for q in range(3)})
    names = {"recall@1": "recall_1", "recall@5": "recall_5", "ndcg@10": "ndcg_cut_10", "mrr@10": "recip_rank"}
    for ours, theirs in {**names, "hit@1": "success_1", "hit@5": "success_5"}.items():
        assert measured[ours].tolist() == pytest.approx([expected[str(q)][theirs] for q in range(3)]), ours


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
