"""Handlers of a search, called as the queue calls them."""

from __future__ import annotations

import threading
import time
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image

from modgap.ui.tabs import search as search_panel
from modgap.ui.tabs.search_handlers import SearchHandlers

SOMEBODY: Any = SimpleNamespace(session_hash="somebody")


@pytest.fixture
def handlers(parts, state):
    return SearchHandlers(parts, state)


@pytest.mark.parametrize("there", [True, False])
def test_words_that_wait_for_the_model_say_so_first(handlers, load_sample, state, there, monkeypatch):
    load_sample("somebody")
    encoder = state.visits.visit_for("somebody").loaded.collection.encoder
    monkeypatch.setattr(encoder, "has_text", lambda text: there, raising=False)

    shown = list(handlers.words("a fox", False, 5, SimpleNamespace(session_hash="somebody")))

    assert len(shown) == (1 if there else 2)
    if not there:
        assert ["still loading" in str(each) for each in shown[0].values()] == [True]
    assert len(shown[-1]) > 3


@pytest.mark.parametrize("loaded", [True, False])
def test_a_picture_that_waits_for_the_model_says_so_first(handlers, load_sample, state, loaded, monkeypatch, tmp_path):
    load_sample("somebody")
    encoder = state.visits.visit_for("somebody").loaded.collection.encoder
    monkeypatch.setattr(encoder, "loaded", loaded, raising=False)
    Image.new("RGB", (8, 8), "red").save(tmp_path / "red.png")

    shown = list(handlers.picture(str(tmp_path / "red.png"), 5, SimpleNamespace(session_hash="somebody")))

    assert len(shown) == (1 if loaded else 2)
    if not loaded:
        assert ["still loading" in str(each) for each in shown[0].values()] == [True]
    assert len(shown[-1]) > 3


def clicked(**data: Any) -> Any:
    return SimpleNamespace(_data=data)


def test_a_link_brings_back_words_results_and_method(handlers, load_sample, parts, state):
    load_sample("somebody")
    shown = handlers.restore(SOMEBODY, clicked(q="a fox", k="7", **{"with": "rrf"}))
    assert (shown[parts.search.k], shown[parts.search.other], shown[parts.search.query]) == (7, "rrf", "a fox")
    page = str(shown[parts.search.results])
    assert 'data-words="a fox" data-k="7" data-with="rrf"' in page
    assert state.visits.visit_for("somebody").other_method == "rrf"


@pytest.mark.parametrize("data", [{}, {"q": 7, "k": "x", "with": "oracle"}, {"k": "-3", "with": "raw"}])
def test_what_a_link_cannot_ask_for_is_left_out(handlers, load_sample, parts, data):
    load_sample("somebody")
    shown = handlers.restore(SOMEBODY, clicked(**data))
    assert (shown[parts.search.k], shown[parts.search.other]) == (10, "")


def test_a_card_is_asked_why_and_other_clicks_are_not(handlers, load_sample, parts):
    load_sample("somebody")
    assert "mg-matched" in str(handlers.why(SOMEBODY, clicked(ask="why", value="0"))[parts.search.matched])
    assert parts.search.matched not in handlers.why(SOMEBODY, clicked(ask="item", value="0"))
    assert parts.search.results not in handlers.click(5, SOMEBODY, clicked(ask="why", value="0"))
    assert "search again" in str(handlers.why(SOMEBODY, clicked(ask="why", value="x"))[parts.status])


def test_an_answer_that_was_overtaken_while_it_was_drawn_changes_nothing(
    handlers, load_sample, parts, state, monkeypatch
):
    load_sample("somebody")
    drawn = search_panel.results_html
    later: list[Any] = []

    def overtaken(answer: Any, asked: Any, *rest: Any) -> Any:
        """While the first answer is drawn, the visitor asks for something else."""
        if asked.title == "a fox" and not later:
            later.append(
                threading.Thread(target=lambda: later.append(list(handlers.words("a hen", False, 5, SOMEBODY))))
            )
            later[0].start()
            visit = state.visits.visit_for("somebody")
            for _ in range(200):
                if visit.asked is not None and visit.asked.title == "a hen":
                    break
                time.sleep(0.01)
        return drawn(answer, asked, *rest)

    monkeypatch.setattr(search_panel, "results_html", overtaken)
    first = list(handlers.words("a fox", False, 5, SOMEBODY))[-1]
    later[0].join(20)
    assert parts.search.results not in first
    assert 'data-asked="a hen"' in str(later[1][-1][parts.search.results])
    assert state.visits.visit_for("somebody").history[0] == "a hen"
