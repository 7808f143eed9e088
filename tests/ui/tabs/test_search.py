"""The search panel: both lists, what they lack and why, and the query that is shown."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from modgap.ui.tabs import search as search_panel
from modgap.ui.visit.searching import answer_query, clicked
from modgap.ui.visit.session import PageQuery


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def test_both_rankings_answer_once_it_is_calibrated(loaded):
    loaded.collection.calibrate()

    found = answer_query(loaded.collection, "bread", 5)

    assert len(found.raw) == len(found.calibrated) == 5
    html = search_panel.results_html(found, PageQuery("bread", "bread"), loaded)
    assert html.count('<li class="mg-card') == 10


@pytest.mark.parametrize("weak", [True, False])
def test_a_query_that_nothing_fits_says_so(loaded, weak):
    loaded.collection.calibrate()
    found = replace(answer_query(loaded.collection, "bread", 5), no_good_match=weak)

    html = search_panel.results_html(found, PageQuery("bread", "bread"), loaded)

    assert ("Nothing here fits" in html) is weak
    assert html.count('<li class="mg-card') == 10


@pytest.mark.parametrize("calibrated", [True, False])
def test_words_that_the_model_cannot_read_are_named_in_place_of_a_weak_match(loaded, calibrated):
    if calibrated:
        loaded.collection.calibrate()
    found = replace(answer_query(loaded.collection, "bread", 5), readable=False, no_good_match=True)

    html = search_panel.results_html(found, PageQuery("хлеб", "хлеб"), loaded)

    assert "The model reads English" in html
    assert "Nothing here fits" not in html


def test_without_statistics_only_the_raw_ranking_answers_and_says_why(loaded):
    found = answer_query(loaded.collection, "bread", 5)

    assert found.calibrated is None
    assert "Calibrate" in search_panel.results_html(found, PageQuery("bread", "bread"), loaded)


def test_a_search_by_an_item_is_shown_with_its_picture_and_a_search_by_words_is_not(loaded):
    by_item = clicked(loaded, {"ask": "item", "value": "0"})

    assert "Searching by picture red square" in text_of(search_panel.asked_html(by_item))
    assert loaded.thumbnails[0] in search_panel.asked_html(by_item)
    assert search_panel.asked_html(clicked(loaded, {"ask": "words", "value": "a fox"})) == ""
