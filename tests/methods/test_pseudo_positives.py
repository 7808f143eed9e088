"""Pseudo-positives: the best item of each group, their scores, and what cannot be learnt from."""

import numpy as np
import pytest

from modgap.engines.base import TopK
from modgap.engines.exact import ExactEngine
from modgap.errors import CalibrationError
from modgap.methods import FitData
from modgap.methods.pseudo_positives import (
    find_pseudo_positives,
    moments_by_group,
    pseudo_positive_scores,
    require_two_groups,
)


def test_the_best_of_each_group_by_hand(toy) -> None:
    queries, items, modality = toy
    best = find_pseudo_positives(FitData(queries, ExactEngine(items, modality)))
    assert {group: each.rows.tolist() for group, each in best.items()} == {"text": [[0], [1]], "image": [[2], [3]]}
    scores = pseudo_positive_scores(best)
    assert scores["text"] == pytest.approx([1.0, 0.8])
    assert scores["image"] == pytest.approx([0.4, 0.2])


def test_what_a_query_was_made_of_is_left_out(toy) -> None:
    _, items, modality = toy
    data = FitData(items[:1], ExactEngine(items, modality), exclude=np.asarray([0]))
    assert find_pseudo_positives(data)["text"].rows.tolist() == [[1]]
    copies = FitData(items[:1], ExactEngine(items, modality), exclude_same=True)
    assert find_pseudo_positives(copies)["text"].rows.tolist() == [[1]]


def test_the_mean_of_the_best_two_leaves_out_queries_that_are_allowed_fewer() -> None:
    scores = np.asarray([[0.9, 0.5], [0.8, -np.inf], [0.4, 0.2]], dtype=np.float32)
    found = {"table": TopK(scores, np.zeros((3, 2), dtype=np.intp))}
    assert pseudo_positive_scores(found, k=2)["table"] == pytest.approx([0.7, 0.3])
    assert pseudo_positive_scores(found)["table"] == pytest.approx([0.9, 0.8, 0.4])
    with pytest.raises(CalibrationError, match='There are 2 items of "table", and the mean of the 3 best'):
        pseudo_positive_scores(found, k=3)


def test_moments_by_hand_and_the_group_with_the_fewest_scores_is_named_first() -> None:
    moments = moments_by_group({"text": [0.6, 0.8], "image": [0.2, 0.4], "table": [0.5, 0.5, 0.8]})
    assert {group: (m.n, round(m.mean, 6)) for group, m in moments.items()} == {
        "text": (2, 0.7),
        "image": (2, 0.3),
        "table": (3, 0.6),
    }
    with pytest.raises(CalibrationError, match='Only 1 query could be paired with items of "table"'):
        moments_by_group({"text": [0.5, 0.5], "image": [0.2, 0.4], "table": [0.5]})
    with pytest.raises(CalibrationError, match="There are no pictures to pair the queries with"):
        moments_by_group({"text": [0.5, 0.6]})
    with pytest.raises(CalibrationError, match=r"best table score is 0\.500 for all 2 queries, so"):
        moments_by_group({"text": [0.5, 0.6], "table": [0.5, 0.5]})


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        ({"text": 0, "image": 0}, "no items: there is nothing to calibrate"),
        ({"text": 3, "image": 0}, r"no pictures, only passages \(3\), so there is no gap to close: add pictures"),
        ({"image": 1}, r"no passages, only pictures \(1\)"),
        ({"table": 4}, r'only items of "table" \(4\), so there is no gap to close: add items of another group'),
    ],
)
def test_a_corpus_of_one_group_is_refused(counts: dict[str, int], message: str) -> None:
    with pytest.raises(CalibrationError, match=message):
        require_two_groups(counts)


def test_two_groups_of_any_name_are_enough(toy) -> None:
    require_two_groups({"text": 1, "table": 1})
    require_two_groups({"maps": 1, "table": 1, "text": 0})
    queries, items, _ = toy
    with pytest.raises(CalibrationError, match="no query to learn from"):
        find_pseudo_positives(FitData(queries[:0], ExactEngine(items, ["maps"] * 2 + ["table"] * 2)))
