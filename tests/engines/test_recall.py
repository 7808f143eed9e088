"""Recall of an approximate engine, by hand."""

import numpy as np
import pytest
from scipy.stats import binomtest

from modgap.engines.exact import ExactEngine
from modgap.engines.recall import Recall, measure_recall

ITEMS = np.asarray([[1, 0], [0.8, 0.6], [0.6, 0.8], [0, 1]], dtype=np.float32)


class Forgetful(ExactEngine):
    """Finds the second best item in place of the best."""

    def top_k(self, queries, k, group, **options):
        found = super().top_k(queries, k + 1, group, **options)
        return type(found)(found.scores[:, 1:], found.rows[:, 1:])


def test_recall_is_the_share_of_the_exact_items() -> None:
    groups, queries = ["image"] * 4, ITEMS[:2]
    (found,) = measure_recall(Forgetful(ITEMS, groups), ExactEngine(ITEMS, groups), queries, k=2)
    assert (found.group, found.k, found.queries, found.mean) == ("image", 2, 2, 0.5)
    assert found.is_low
    assert "finds 50.0 % (9.5 to 90.5) of the exact top 2 of pictures, measured on 2" in found.in_words


def test_the_interval_is_wilsons_and_never_without_width() -> None:
    groups = ["image"] * 4
    (found,) = measure_recall(ExactEngine(ITEMS, groups), ExactEngine(ITEMS, groups), ITEMS, k=1)
    expected = binomtest(4, 4).proportion_ci(method="wilson")
    assert (found.mean, found.low, found.high) == pytest.approx((1, expected.low, expected.high), abs=1e-4)


def test_a_document_comes_back_and_anything_else_is_refused() -> None:
    value = {"group": "image", "k": 10, "queries": 200, "mean": 0.978, "low": 0.947, "high": 0.991}
    assert Recall.from_json(value) == Recall("image", 10, 200, 0.978, 0.947, 0.991)
    for broken in ({}, {**value, "mean": "much"}, 5):
        with pytest.raises((KeyError, TypeError, ValueError)):
            Recall.from_json(broken)
