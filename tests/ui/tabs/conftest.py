"""The search tab's components around the small encoder, and a visitor with the sample."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from modgap.ui.page import lay_out_search
from modgap.ui.tabs.loading_handlers import LoadingHandlers
from modgap.ui.tabs.page_handlers import PageComponents
from modgap.ui.visit.app_state import AppState
from modgap.ui.visit.queues import ReadingQueue
from modgap.ui.visit.session import Visits


@pytest.fixture
def state(toy_state: AppState) -> AppState:
    return replace(toy_state, visits=Visits(max_corpora=1))


@pytest.fixture
def parts(state: AppState) -> PageComponents:
    with gr.Blocks():
        return lay_out_search(state.models)[0]


@pytest.fixture
def loading(parts: PageComponents, state: AppState) -> LoadingHandlers:
    return LoadingHandlers(parts, state, lambda: ReadingQueue(2, 7.0))


@pytest.fixture
def load_sample(loading: LoadingHandlers, state: AppState) -> Callable[[str], dict[Any, Any]]:
    """Loads the sample for a session, as its button does."""

    def load(session: str) -> dict[Any, Any]:
        request: Any = SimpleNamespace(session_hash=session)
        silent: Any = lambda *_, **__: None  # noqa: E731
        return loading.sample(state.models.own_name, True, 5, request, progress=silent)

    return load
