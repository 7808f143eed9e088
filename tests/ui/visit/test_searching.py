"""Queries of the page, and the rankings that answer them."""

from __future__ import annotations

import numpy as np
import pytest

from modgap.errors import ModgapError
from modgap.search.collection import Collection
from modgap.ui.visit.searching import answer_query, clicked, uploaded_picture, words_as_query


def test_k_is_held_within_its_limits(loaded):
    assert len(answer_query(loaded.collection, "bread", 10**6).raw) == 6


@pytest.mark.parametrize("name", ["i0t_async", "i0t_async+standardized"])
def test_the_third_column_trains_on_a_visitors_few_queries_or_says_what_it_lacks(name):
    rng = np.random.default_rng(0)
    kinds = ["image"] * 40 + ["text"] * 40
    vectors = rng.normal(size=(80, 12)) + 2 * np.repeat([[1], [-1]], 40, axis=0) * np.eye(12)[0]
    asked = vectors[60:66] + 0.5 * rng.normal(size=(6, 12))
    few = np.r_[30:50]  # 10 pictures and 10 texts
    for rows, trains in ((np.arange(80), True), (few, False)):
        collection = Collection.from_vectors(rows.astype(str), [kinds[row] for row in rows], vectors[rows])
        collection.calibrate(asked[:5])
        found = answer_query(collection, asked[5], 5, name)
        assert (len(found.other), len(found.calibrated or [])) == (5 if trains else 0, 5)
        assert ("more queries, or a larger corpus" in found.other_reason) is not trains


def test_a_click_asks_by_row_or_by_words(loaded):
    assert clicked(loaded, {"ask": "words", "value": "a fox"}).query == "a fox"
    by_item = clicked(loaded, {"ask": "item", "value": "0"})
    assert by_item.query is loaded.collection.items[0]


@pytest.mark.parametrize(
    "data",
    [
        *[None, {}, {"x": 1}, {"ask": "item", "value": 0}],
        *[{"ask": "item", "value": value} for value in ("99", "-1", "9" * 5000)],
    ],
)
def test_a_click_on_nothing_known_says_so(loaded, data):
    with pytest.raises(ModgapError, match="search again"):
        clicked(loaded, data)


@pytest.mark.parametrize("at", [10**400, float("inf"), float("nan"), "7", None])
def test_a_click_without_a_number_is_the_last_one(loaded, at):
    assert clicked(loaded, {"ask": "words", "value": "a fox", "at": at}).at == 0


def test_a_query_beyond_its_limit_is_refused():
    with pytest.raises(ModgapError, match="more than 1,000 characters"):
        words_as_query("x" * 1001)


def test_an_upload_that_is_no_picture_is_named(tmp_path):
    (tmp_path / "note.png").write_text("words", encoding="utf-8")

    with pytest.raises(ModgapError, match=r"note\.png is not a JPEG, PNG, WebP"):
        uploaded_picture(tmp_path / "note.png")
