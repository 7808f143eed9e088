"""The story panel, called as the queue calls it."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from modgap.ui.tabs.story_panel import StoryHandlers, build_story_panel, story_html
from modgap.ui.visit.session import PageQuery, Pin, Visit, Visits

REQUEST: Any = SimpleNamespace(session_hash="somebody")


@pytest.fixture
def panel() -> Any:
    with gr.Blocks():
        return build_story_panel("")


@pytest.fixture
def handlers(panel: Any, visit: Visit) -> StoryHandlers:
    visits = Visits()
    own = visits.visit_for("somebody")
    own.loaded, own.asked = visit.loaded, visit.asked
    return StoryHandlers(panel, visits)


def test_a_pin_is_shown_saved_and_its_markup_stays_text(handlers, panel, downloads) -> None:
    shown = handlers.pin("<b>look</b>\u202e", REQUEST)
    page = str(shown[panel.pins])
    assert "&lt;b&gt;look&lt;/b&gt;" in page
    assert "<script>" not in page
    assert shown[panel.caption] == ""
    saved = json.loads(downloads(page)["story.json"])
    assert (saved["format"], saved["pins"][0]["caption"]) == ("modgap.story/1", "<b>look</b>")


def test_it_is_removed_and_a_click_on_a_pin_removes_nothing(handlers, panel) -> None:
    handlers.pin("one", REQUEST)
    searched: Any = SimpleNamespace(_data={"ask": "words", "value": "tea"})
    assert panel.pins not in handlers.unpin(REQUEST, searched)
    removed = handlers.unpin(REQUEST, SimpleNamespace(_data={"ask": "unpin", "value": "0"}))
    assert "Pin the searches" in str(removed[panel.pins])


def test_a_file_takes_the_place_of_the_pins_and_says_what_differs(handlers, panel, tmp_path: Path) -> None:
    handlers.pin("one", REQUEST)
    path = tmp_path / "story.json"
    document = {"format": "modgap.story/1", "model": "toy", "corpus": "x", "pins": [{"words": "blue", "caption": ""}]}
    path.write_text(json.dumps(document), encoding="utf-8")
    page = str(handlers.open(str(path), REQUEST)[panel.pins])
    assert page.count("<li") == 1
    assert "another corpus" in page
    path.write_text("no", encoding="utf-8")
    refused = handlers.open(str(path), REQUEST)
    assert panel.pins not in refused
    assert "is not JSON" in str(refused[panel.status])


def test_without_a_corpus_there_is_a_clear_error(panel) -> None:
    shown = StoryHandlers(panel, Visits()).pin("x", REQUEST)
    assert "There is no corpus yet" in str(shown[panel.status])


def test_an_item_is_pinned_by_its_row_and_left_out_where_it_is_gone(visit: Visit, loaded) -> None:
    item = visit.require_loaded().collection.items[2]
    visit.pins = (Pin("", item.id, "this one"),)
    page = str(story_html(visit))
    assert 'data-ask="item" data-value="2"' in page
    assert "<li" not in str(story_html(Visit(loaded=loaded, pins=visit.pins)))
    assert PageQuery(item, item.title).is_words is False
