"""What the handlers of the search tab share: the components they change, their visitor, one search and its lists."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr
from markupsafe import Markup

from modgap.calibration import Calibration
from modgap.encoders import Encoder
from modgap.progress import Progress, with_pace
from modgap.ui.tabs import calibration_panel
from modgap.ui.tabs import search as search_panel
from modgap.ui.tabs.calibration_panel import CalibrationPanel
from modgap.ui.tabs.corpus_panel import CorpusPanel
from modgap.ui.tabs.guarded import guarded
from modgap.ui.tabs.search import SearchPanel
from modgap.ui.tabs.story_panel import StoryPanel
from modgap.ui.visit.app_state import AppState
from modgap.ui.visit.calibrating import calibrate
from modgap.ui.visit.failures import StoppedError
from modgap.ui.visit.logs import timed
from modgap.ui.visit.searching import answer_query
from modgap.ui.visit.session import LoadedCorpus, PageQuery, Visit

LOADING = "The model is still loading: the search begins as soon as it is there, in a few seconds."
CANCELLED = "Reading was stopped. What was loaded before is still here."
PROGRESS = gr.Progress()  # Gradio finds it among a handler's defaults, and reports to the calling session

Updates = dict[Any, Any]
"""Changes on the page: component -> new value."""


@dataclass(frozen=True)
class PageComponents:
    """The components of the search tab. empty, drawing: shown without a corpus. status: progress and messages.

    place: in the queue, shown while a corpus waits to be read.
    """

    empty: gr.Column
    drawing: gr.HTML
    status: gr.HTML
    place: gr.HTML
    cancel: gr.Button
    corpus: CorpusPanel
    calibration: CalibrationPanel
    search: SearchPanel
    story: StoryPanel


class PageHandlers:
    """Base of the handlers of one app. Each call finds its visitor by the session of the request."""

    def __init__(self, parts: PageComponents, state: AppState) -> None:
        self._parts = parts
        self._visits = state.visits
        self._models = state.models
        self._sample = state.sample
        self._catalogue = state.catalogue
        self._engine = state.engine
        self._decoder = state.decoder

    def _visit(self, request: gr.Request) -> Visit:
        return self._visits.visit_for(request.session_hash)

    def _searching(self, request: gr.Request, work: Callable[[Visit], Updates]) -> Updates:
        def counted() -> Updates:
            with timed("search"):
                return work(self._visits.request_of(request.session_hash))

        return guarded(self._parts.status, counted)

    def _encoder(self, request: gr.Request) -> Encoder | None:
        """The encoder of the visitor's corpus, if there is one."""
        loaded = self._visit(request).loaded
        return loaded.collection.encoder if loaded is not None else None

    def _found(self, visit: Visit, asked: PageQuery, k: float) -> Updates:
        """Search, remember the query, and show the lists; no change where a later search has started meanwhile."""
        loaded = visit.require_loaded()
        with visit.asking(asked) as is_last, visit.answering:
            if not is_last():
                return {}
            answer = answer_query(loaded.collection, asked.whole, int(k), visit.other_method)
            results = search_panel.results_html(answer, asked, loaded, int(k), visit.other_method or "")
            if not is_last():  # drawing takes as long as searching, and an answer that arrives late would stay
                return {}
            if asked.is_words:
                visit.remember(asked.title)
            return self._answered(visit, asked, loaded, results)

    def _answered(self, visit: Visit, asked: PageQuery, loaded: LoadedCorpus, results: Markup) -> Updates:
        search = self._parts.search
        return {
            search.history: search_panel.history_html(visit.history),
            search.results: results,
            search.asked: search_panel.asked_html(asked),
            search.back: gr.update(visible=not asked.is_words),
            search.together: gr.update(
                visible=not asked.is_words and loaded.collection.encoder is not None, value=bool(asked.words)
            ),
        }

    def _repeated(self, visit: Visit, k: float) -> Updates:
        return self._found(visit, visit.asked, k) if visit.asked else {}

    def _undo_shown(self, visit: Visit) -> Updates:
        return {self._parts.calibration.undo: gr.update(visible=visit.before is not None)}

    def _nothing_asked(self, visit: Visit) -> Updates:
        visit.asked = None
        search = self._parts.search
        return {
            search.history: "",
            search.results: search_panel.no_results(),
            search.asked: "",
            search.back: gr.update(visible=False),
            search.together: gr.update(visible=False, value=False),
        }

    def _calibrated(self, loaded: LoadedCorpus, own_queries: str, progress: Progress) -> Updates:
        def fit() -> Calibration:
            return calibrate(loaded.collection, own_queries, progress)

        automatic = not own_queries.strip()
        samples = self._sample if loaded.sample else self._catalogue if loaded.catalogue else None
        kept = self._engine if loaded.engine else samples
        calibration = kept.calibrate(loaded, fit) if kept is not None and automatic else fit()
        foreign = loaded.collection.calibration_warnings
        return {
            self._parts.calibration.summary: calibration_panel.summary(calibration, foreign, loaded.collection.gain()),
            self._parts.calibration.floor: gr.update(value=calibration.fit_threshold),
        }


def progress_for(progress: gr.Progress, cancelled: threading.Event | None = None) -> Progress:
    """A callback that reports to Gradio's bar, described by the stage, its pace and the time left.

    cancelled: once it is set, the next report raises StoppedError, which ends the work.
    """

    def report_progress(stage: str, done: int, total: int) -> None:
        if cancelled is not None and cancelled.is_set():
            raise StoppedError(CANCELLED)
        progress((done, total), desc=stage, unit="")

    return with_pace(report_progress)
