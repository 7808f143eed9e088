"""The handlers of the page, called as the queue calls them."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest
from PIL import Image

from modgap.ui.page import lay_out_search
from modgap.ui.tabs.search_handlers import CANCELLED, Handlers, progress_for
from modgap.ui.visit.app_state import AppState
from modgap.ui.visit.queues import MAX_READING, ReadingQueue
from modgap.ui.visit.session import Visits


@pytest.fixture
def state(toy_state) -> AppState:
    return replace(toy_state, visits=Visits(max_corpora=1))


@pytest.fixture
def handlers(state) -> Handlers:
    with gr.Blocks():
        parts, _ = lay_out_search(state.models)
    return Handlers(parts, state, lambda: ReadingQueue(2, 7.0))


def load_sample(handlers: Handlers, state: AppState, session: str) -> dict[Any, Any]:
    request: Any = SimpleNamespace(session_hash=session)
    return handlers.sample(state.models.own_name, True, 5, request, progress=lambda *_, **__: None)  # type: ignore[arg-type]


def test_who_stops_while_waiting_gets_no_kept_sample_either(handlers, state):
    load_sample(handlers, state, "somebody")
    first = state.visits.visit_for("somebody").loaded

    handlers.cancel(SimpleNamespace(session_hash="somebody"))
    shown = load_sample(handlers, state, "somebody")

    assert [CANCELLED in str(each) for each in shown.values()] == [True]
    assert state.visits.visit_for("somebody").loaded is first is not None


def test_a_corpus_that_arrives_takes_the_place_of_the_longest_unseen(handlers, state):
    load_sample(handlers, state, "first")
    load_sample(handlers, state, "second")

    assert len(state.visits) == 1
    assert state.visits.visit_for("second").loaded is not None


def test_the_bar_names_the_stage_and_how_far_it_is():
    calls = []

    progress_for(lambda *done, **words: calls.append((done, words)))("Looking at pictures", 12, 43)

    assert calls == [(((12, 43),), {"desc": "Looking at pictures", "unit": ""})]


def test_a_corpus_that_waits_shows_its_place_and_the_sample_waits_for_none(handlers, state):
    somebody: Any = SimpleNamespace(session_hash="somebody")
    state.visits.visit_for("somebody").cancelled.set()

    (place,) = handlers.begin(somebody).values()

    assert place.startswith("2 visitors are before you")
    assert not state.visits.visit_for("somebody").cancelled.is_set()
    assert list(handlers.begin_sample(somebody).values()) == [""]


def test_a_full_queue_is_an_error_before_anything_waits(handlers):
    handlers._queue = lambda: ReadingQueue(MAX_READING)

    with pytest.raises(gr.Error, match="try again in a few minutes"):
        handlers.begin(SimpleNamespace(session_hash="somebody"))


@pytest.mark.parametrize("there", [True, False])
def test_words_that_wait_for_the_model_say_so_first(handlers, state, there, monkeypatch):
    load_sample(handlers, state, "somebody")
    encoder = state.visits.visit_for("somebody").loaded.collection.encoder
    monkeypatch.setattr(encoder, "has_text", lambda text: there, raising=False)

    shown = list(handlers.words("a fox", False, 5, SimpleNamespace(session_hash="somebody")))

    assert len(shown) == (1 if there else 2)
    if not there:
        assert ["still loading" in str(each) for each in shown[0].values()] == [True]
    assert len(shown[-1]) > 3


@pytest.mark.parametrize("loaded", [True, False])
def test_a_picture_that_waits_for_the_model_says_so_first(handlers, state, loaded, monkeypatch, tmp_path):
    load_sample(handlers, state, "somebody")
    encoder = state.visits.visit_for("somebody").loaded.collection.encoder
    monkeypatch.setattr(encoder, "loaded", loaded, raising=False)
    Image.new("RGB", (8, 8), "red").save(tmp_path / "red.png")

    shown = list(handlers.picture(str(tmp_path / "red.png"), 5, SimpleNamespace(session_hash="somebody")))

    assert len(shown) == (1 if loaded else 2)
    if not loaded:
        assert ["still loading" in str(each) for each in shown[0].values()] == [True]
    assert len(shown[-1]) > 3
