"""Handlers that bring a corpus, called as the queue calls them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from modgap.ui.tabs.page_handlers import CANCELLED
from modgap.ui.visit.queues import MAX_READING, ReadingQueue


def test_who_stops_while_waiting_gets_no_kept_sample_either(loading, load_sample, state):
    load_sample("somebody")
    first = state.visits.visit_for("somebody").loaded

    loading.cancel(SimpleNamespace(session_hash="somebody"))
    shown = load_sample("somebody")

    assert [CANCELLED in str(each) for each in shown.values()] == [True]
    assert state.visits.visit_for("somebody").loaded is first is not None


def test_a_corpus_that_arrives_takes_the_place_of_the_longest_unseen(load_sample, state):
    load_sample("first")
    load_sample("second")

    assert len(state.visits) == 1
    assert state.visits.visit_for("second").loaded is not None


def test_a_corpus_that_waits_shows_its_place_and_the_sample_waits_for_none(loading, state):
    somebody: Any = SimpleNamespace(session_hash="somebody")
    state.visits.visit_for("somebody").cancelled.set()

    (place,) = loading.begin(somebody).values()

    assert place.startswith("2 visitors are before you")
    assert not state.visits.visit_for("somebody").cancelled.is_set()
    assert list(loading.begin_sample(somebody).values()) == [""]


def test_a_full_queue_is_an_error_before_anything_waits(loading):
    loading._queue = lambda: ReadingQueue(MAX_READING)

    with pytest.raises(gr.Error, match="try again in a few minutes"):
        loading.begin(SimpleNamespace(session_hash="somebody"))
