"""The handlers of the page, called as the queue calls them."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from modgap.ui.page import _lay_out
from modgap.ui.tabs.registry import AppState
from modgap.ui.tabs.search_handlers import CANCELLED, Handlers
from modgap.ui.visit.session import Visits


@pytest.fixture
def shared(toy_shared) -> AppState:
    return replace(toy_shared, visits=Visits(most=1))


@pytest.fixture
def handlers(shared) -> Handlers:
    with gr.Blocks():
        parts, _ = _lay_out(shared.models)
    return Handlers(parts, shared)


def load_sample(handlers: Handlers, shared: AppState, session: str) -> dict[Any, Any]:
    request: Any = SimpleNamespace(session_hash=session)
    return handlers.sample(shared.models.own_name, True, 5, request, progress=lambda *_, **__: None)  # type: ignore[arg-type]


def test_who_stops_while_waiting_gets_no_kept_sample_either(handlers, shared):
    load_sample(handlers, shared, "somebody")
    first = shared.visits.of("somebody").loaded

    handlers.cancel(SimpleNamespace(session_hash="somebody"))
    shown = load_sample(handlers, shared, "somebody")

    assert [CANCELLED in str(each) for each in shown.values()] == [True]
    assert shared.visits.of("somebody").loaded is first is not None


def test_a_corpus_that_arrives_takes_the_place_of_the_longest_unseen(handlers, shared):
    load_sample(handlers, shared, "first")
    load_sample(handlers, shared, "second")

    assert len(shared.visits) == 1
    assert shared.visits.of("second").loaded is not None
