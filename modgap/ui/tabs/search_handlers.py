"""The handlers of the search tab: each returns the components that change, the others stay."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import gradio as gr
from markupsafe import escape

from modgap.calibration import Calibration
from modgap.corpus.columns import ColumnChoice
from modgap.encoders import Encoder
from modgap.errors import CalibrationError, ModgapError
from modgap.progress import Progress, with_pace
from modgap.ui.components.notices import notice
from modgap.ui.tabs import calibration_panel, corpus_panel
from modgap.ui.tabs import search as search_panel
from modgap.ui.tabs.calibration_panel import CalibrationPanel
from modgap.ui.tabs.corpus_panel import CorpusPanel
from modgap.ui.tabs.guarded import guarded
from modgap.ui.tabs.search import SearchPanel
from modgap.ui.tabs.story_panel import StoryPanel, story_html
from modgap.ui.visit.app_state import AppState
from modgap.ui.visit.calibrating import calibrate, queries_of_file
from modgap.ui.visit.failures import StoppedError
from modgap.ui.visit.loading import load_catalogue, load_files, load_sample
from modgap.ui.visit.logs import timed
from modgap.ui.visit.private_files import deleted_after
from modgap.ui.visit.queues import ReadingQueue
from modgap.ui.visit.sample import examples_of
from modgap.ui.visit.searching import (
    answer_query,
    clicked,
    linked_state,
    uploaded_picture,
    with_words,
    words_as_query,
)
from modgap.ui.visit.session import LoadedCorpus, PageQuery, Visit
from modgap.ui.visit.table_preview import table_preview
from modgap.ui.visit.why_here import matched

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


class Handlers:
    """The handlers of one app. Each finds its visitor by the session of the request."""

    def __init__(self, parts: PageComponents, state: AppState, queue: Callable[[], ReadingQueue]) -> None:
        self._parts = parts
        self._queue = queue
        self._models = state.models
        self._visits = state.visits
        self._sample = state.sample
        self._catalogue = state.catalogue
        self._engine = state.engine
        self._decoder = state.decoder

    def begin(self, request: gr.Request) -> Updates:
        """Before a corpus is read: from now on it can be stopped, also while it waits in the queue.

        Raises gr.Error, at which the page stops, where the queue is full.
        """
        self._visit(request).cancelled.clear()
        try:
            place = self._queue().place()
        except ModgapError as error:
            raise gr.Error(str(error), title="Busy", duration=None, print_exception=False) from error
        return {self._parts.place: escape(place)}

    def begin_sample(self, request: gr.Request) -> Updates:
        """As `begin`, for the sample, which waits for no other corpus."""
        self._visit(request).cancelled.clear()
        return {self._parts.place: ""}

    def sample(
        self, model: str, at_once: bool, k: float, request: gr.Request, progress: gr.Progress = PROGRESS
    ) -> Updates:
        """Load the sample corpus, or open the operator's engine."""

        def work() -> Updates:
            visit = self._visit(request)
            report_progress = progress_for(progress, visit.cancelled)
            if self._engine is not None:
                return self._arrived(visit, self._engine.load(), at_once, k, report_progress)
            encoder = self._models.encoder_for(model)
            chosen = "" if model == self._models.own_name else model
            loaded = self._sample.load(lambda: load_sample(encoder, report_progress), chosen)
            return self._arrived(visit, loaded, at_once, k, report_progress)

        return guarded(self._parts.status, work)

    def catalogue(
        self, model: str, at_once: bool, k: float, request: gr.Request, progress: gr.Progress = PROGRESS
    ) -> Updates:
        """Load the catalogue of objects that are a picture and a text at once."""

        def work() -> Updates:
            visit = self._visit(request)
            report_progress = progress_for(progress, visit.cancelled)
            encoder = self._models.encoder_for(model)
            chosen = "" if model == self._models.own_name else model
            loaded = self._catalogue.load(lambda: load_catalogue(encoder, report_progress), chosen)
            return self._arrived(visit, loaded, at_once, k, report_progress)

        return guarded(self._parts.status, work)

    def files(
        self,
        paths: list[str] | None,
        model: str,
        at_once: bool,
        k: float,
        request: gr.Request,
        progress: gr.Progress = PROGRESS,
    ) -> Updates:
        """Load uploaded files, or all of an uploaded folder; a table waits until its columns are accepted."""
        visit = self._visit(request)
        if visit.waiting is not None:
            with deleted_after(visit.waiting.paths):
                visit.waiting = None
        visit.waiting = table_preview(paths or [])
        if visit.waiting is not None:
            return {self._parts.corpus.files: None, **corpus_panel.mapping_updates(self._parts.corpus, visit.waiting)}

        def work() -> Updates:
            self._visits.request_of(request.session_hash, paths or [])
            report_progress = progress_for(progress, visit.cancelled)
            with timed("load"):
                loaded = load_files(paths or [], self._models.encoder_for(model), self._decoder, report_progress)
            return self._arrived(visit, loaded, at_once, k, report_progress)

        with deleted_after(paths or []):
            return {self._parts.corpus.files: None, **guarded(self._parts.status, work)}

    def table(
        self,
        text: list[str] | None,
        image: str | None,
        identity: str | None,
        group: str | None,
        model: str,
        at_once: bool,
        k: float,
        request: gr.Request,
        progress: gr.Progress = PROGRESS,
    ) -> Updates:
        """Read the table that waits, with these columns, and the pictures that were uploaded with it."""
        visit = self._visit(request)
        waiting, visit.waiting = visit.waiting, None
        paths = list(waiting.paths) if waiting is not None else []

        def work() -> Updates:
            if waiting is None:
                raise ModgapError("There is no table to read any more: upload it again.")
            self._visits.request_of(request.session_hash, paths)
            report_progress = progress_for(progress, visit.cancelled)
            columns = ColumnChoice(tuple(text or ()), image or "", identity or "", group or "")
            encoder = self._models.encoder_for(model)
            with timed("load"):
                loaded = load_files(paths, encoder, self._decoder, report_progress, columns)
            return self._arrived(visit, loaded, at_once, k, report_progress)

        with deleted_after(paths):
            return {self._parts.corpus.mapping: gr.update(visible=False), **guarded(self._parts.status, work)}

    def model(
        self, model: str, at_once: bool, k: float, request: gr.Request, progress: gr.Progress = PROGRESS
    ) -> Updates:
        """Another model was chosen: load the sample with it; files are deleted and must be uploaded again."""
        loaded = self._visit(request).loaded
        if loaded is None:
            return {}
        if loaded.sample or loaded.catalogue:
            again = self.sample if loaded.sample else self.catalogue
            return again(model, at_once, k, request, progress)
        return {self._parts.status: notice("info", f"Load your files again to have them read by {model}.")}

    def queries(self, path: str, request: gr.Request) -> Updates:
        """Put the queries of a file into the box, to be checked before they calibrate."""

        def work() -> Updates:
            with deleted_after([path]):
                return {self._parts.calibration.queries: queries_of_file(Path(path))}

        return guarded(self._parts.calibration.status, work)

    def calibrate(self, own_queries: str, k: float, request: gr.Request, progress: gr.Progress = PROGRESS) -> Updates:
        """Calibrate, and repeat the last search."""

        def work() -> Updates:
            visit = self._visits.request_of(request.session_hash)
            loaded = visit.require_loaded()
            before = loaded.collection.calibration, loaded.collection.calibration_queries
            with timed("calibrate"):
                shown = self._calibrated(loaded, own_queries, progress_for(progress))
            visit.before = (before[0], before[1]) if before[0] is not None else None
            return {**shown, **self._undo_shown(visit), **self._repeated(visit, k)}

        return guarded(self._parts.calibration.status, work)

    def undo(self, k: float, request: gr.Request) -> Updates:
        """Go back to the previous calibration; a second call returns to the later one."""

        def work() -> Updates:
            visit = self._visit(request)
            collection, before = visit.require_loaded().collection, visit.before
            if before is None:
                return {}
            visit.before = collection.calibration_in_use(), collection.calibration_queries
            collection.use(*before)
            foreign = collection.calibration_warnings
            summary = calibration_panel.summary(before[0], foreign, collection.gain())
            shown = {self._parts.calibration.summary: summary}
            return {**shown, **self._undo_shown(visit), **self._repeated(visit, k)}

        return guarded(self._parts.calibration.status, work)

    def floor(self, least: float, k: float, request: gr.Request) -> Updates:
        """Another least fit of a good match: the calibration keeps it, and weaker results fold away."""

        def work(visit: Visit) -> Updates:
            collection = visit.require_loaded().collection
            if collection.calibration is None:
                return {}
            chosen = replace(collection.calibration, fit_threshold=min(1.0, max(0.0, float(least))))
            collection.use(chosen, collection.calibration_queries)
            summary = calibration_panel.summary(chosen, collection.calibration_warnings, collection.gain())
            return {self._parts.calibration.summary: summary, **self._repeated(visit, k)}

        return self._searching(request, work)

    def cancel(self, request: gr.Request) -> None:
        """Stop reading a corpus; what was loaded before stays."""
        self._visit(request).cancelled.set()

    def words(self, words: str, together: bool, k: float, request: gr.Request) -> Iterator[Updates]:
        """Search for the words in the box; first say that the model still loads, where they have to wait for it.

        together: with the picture that was asked for last.
        """
        encoder = self._encoder(request)
        if encoder is not None and words.strip() and not encoder.has_text(words.strip()):
            yield {self._parts.status: notice("info", LOADING)}
        yield self._searching(request, lambda visit: self._found(visit, with_words(visit.asked, words, together), k))

    def together(self, together: bool, words: str, k: float, request: gr.Request) -> Updates:
        """Add the words in the box to the picture that was asked for, or take them away."""

        def work(visit: Visit) -> Updates:
            if visit.asked is None or visit.asked.is_words:
                return {}
            return self._found(visit, with_words(visit.asked, words if together else "", together=True), k)

        return self._searching(request, work)

    def picture(self, path: str, k: float, request: gr.Request) -> Iterator[Updates]:
        """Search by an uploaded picture; first say that the model still loads, where it has to."""
        encoder = self._encoder(request)
        if encoder is not None and not encoder.loaded:
            yield {self._parts.status: notice("info", LOADING)}

        def work(visit: Visit) -> Updates:
            return self._found(visit, uploaded_picture(path, self._decoder.open_picture), k)

        yield self._searching(request, work)

    def _encoder(self, request: gr.Request) -> Encoder | None:
        """The encoder of the visitor's corpus, if there is one."""
        loaded = self._visit(request).loaded
        return loaded.collection.encoder if loaded is not None else None

    def click(self, k: float, request: gr.Request, event: gr.EventData) -> Updates:
        """Search by the card, thumbnail or example that was clicked."""

        def work(visit: Visit) -> Updates:
            if isinstance(event._data, dict) and event._data.get("ask") in ("unpin", "why"):
                return {}
            asked = clicked(visit.require_loaded(), event._data)
            found = self._found(visit, asked, k)
            return {**found, self._parts.search.query: asked.title} if found and asked.is_words else found

        return self._searching(request, work)

    def why(self, request: gr.Request, event: gr.EventData) -> Updates:
        """What the query matches in the card that asks for it; any other click changes nothing here."""

        def work(visit: Visit) -> Updates:
            data = event._data if isinstance(event._data, dict) else {}
            if data.get("ask") != "why":
                return {}
            found = matched(visit.require_loaded(), visit.asked, data.get("value"))
            return {self._parts.search.matched: search_panel.matched_html(found)}

        return self._searching(request, work)

    def restore(self, request: gr.Request, event: gr.EventData) -> Updates:
        """What a link asks for: words, the number of results, the method to compare with; the rest stays."""

        def work(visit: Visit) -> Updates:
            loaded, search = visit.require_loaded(), self._parts.search
            state = linked_state(event._data)
            visit.other_method = state.other
            asked = words_as_query(state.words) if state.words and loaded.collection.encoder else visit.asked
            shown: Updates = {search.k: state.k, search.other: state.other or ""}
            if asked is None:
                return shown
            return {**shown, search.query: asked.title if asked.is_words else "", **self._found(visit, asked, state.k)}

        return self._searching(request, work)

    def back(self, words: str, k: float, request: gr.Request) -> Updates:
        """Leave the search by picture."""

        def work(visit: Visit) -> Updates:
            if not words.strip():
                return self._nothing_asked(visit)
            return self._found(visit, words_as_query(words), k)

        return self._searching(request, work)

    def compare_with(self, method: str, k: float, request: gr.Request) -> Updates:
        """Show another method in a third column, or none."""

        def work(visit: Visit) -> Updates:
            visit.other_method = method or None
            return self._repeated(visit, k)

        return self._searching(request, work)

    def repeat(self, k: float, request: gr.Request) -> Updates:
        """Repeat the last search with another number of results."""
        return self._searching(request, lambda visit: self._repeated(visit, k))

    def _visit(self, request: gr.Request) -> Visit:
        return self._visits.visit_for(request.session_hash)

    def _searching(self, request: gr.Request, work: Callable[[Visit], Updates]) -> Updates:
        def counted() -> Updates:
            with timed("search"):
                return work(self._visits.request_of(request.session_hash))

        return guarded(self._parts.status, counted)

    def _found(self, visit: Visit, asked: PageQuery, k: float) -> Updates:
        """Search, remember the query, and show the lists; no change where a later search has started meanwhile."""
        loaded, search = visit.require_loaded(), self._parts.search
        with visit.asking(asked) as is_last:
            answer = answer_query(loaded.collection, asked.whole, int(k), visit.other_method) if is_last() else None
            if answer is None or not is_last():
                return {}
        if asked.is_words:
            visit.remember(asked.title)
        return {
            search.history: search_panel.history_html(visit.history),
            search.results: search_panel.results_html(answer, asked, loaded, int(k), visit.other_method or ""),
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

    def _arrived(self, visit: Visit, loaded: LoadedCorpus, at_once: bool, k: float, progress: Progress) -> Updates:
        """A corpus is encoded: calibrate it if requested, show it, and search the sample for its first example.

        Raises StoppedError if the visitor stopped it while it waited in the queue: a kept sample reports no progress.
        """
        if visit.cancelled.is_set():
            raise StoppedError(CANCELLED)
        parts, groups = self._parts, loaded.collection.counts
        shown: Updates = {parts.calibration.summary: calibration_panel.uncalibrated_summary(groups=groups)}
        if at_once:
            try:
                shown = self._calibrated(loaded, "", progress)
            except CalibrationError as error:
                shown = {parts.calibration.summary: calibration_panel.uncalibrated_summary(str(error), groups)}
        visit.loaded, visit.history, visit.evaluation, visit.before = loaded, [], None, None
        self._visits.sweep()
        words = loaded.collection.encoder is not None
        first = next(iter(examples_of(loaded)), "")
        return {
            **shown,
            parts.empty: gr.update(visible=False),
            parts.drawing: gr.update(visible=False),
            parts.corpus.summary: corpus_panel.summary(loaded),
            parts.corpus.sample: gr.update(visible=not loaded.sample and not loaded.engine),
            parts.corpus.catalogue: gr.update(visible=not loaded.catalogue and not loaded.engine),
            parts.corpus.adding: gr.update(open=False, label="Load other files"),
            parts.corpus.files: None,
            parts.corpus.mapping: gr.update(visible=False),
            parts.calibration.whole: gr.update(visible=True),
            parts.calibration.status: "",
            **self._undo_shown(visit),
            parts.search.whole: gr.update(visible=True),
            parts.story.whole: gr.update(visible=True),
            parts.story.pins: story_html(visit),
            parts.search.examples: search_panel.examples_html(loaded),
            parts.search.query: gr.update(value=first, interactive=words, placeholder=search_panel.placeholder(words)),
            parts.search.search: gr.update(interactive=words),
            parts.search.picture: gr.update(interactive=words),
            **(self._found(visit, PageQuery(first, first), k) if first else self._nothing_asked(visit)),
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
