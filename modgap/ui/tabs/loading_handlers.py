"""Handlers that bring a corpus: the samples, uploaded files, a table, another model; and the queue before them."""

from __future__ import annotations

from collections.abc import Callable

import gradio as gr
from markupsafe import escape

from modgap.corpus.columns import ColumnChoice
from modgap.errors import CalibrationError, ModgapError
from modgap.progress import Progress
from modgap.ui.components.notices import notice
from modgap.ui.tabs import calibration_panel, corpus_panel
from modgap.ui.tabs import search as search_panel
from modgap.ui.tabs.guarded import guarded
from modgap.ui.tabs.page_handlers import CANCELLED, PROGRESS, PageComponents, PageHandlers, Updates, progress_for
from modgap.ui.tabs.story_panel import story_html
from modgap.ui.visit.app_state import AppState
from modgap.ui.visit.failures import StoppedError
from modgap.ui.visit.loading import load_catalogue, load_files, load_sample
from modgap.ui.visit.logs import timed
from modgap.ui.visit.model import SharedEncoder
from modgap.ui.visit.private_files import deleted_after
from modgap.ui.visit.queues import ReadingQueue
from modgap.ui.visit.sample import KeptSample, examples_of
from modgap.ui.visit.session import LoadedCorpus, PageQuery, Visit
from modgap.ui.visit.table_preview import table_preview


class LoadingHandlers(PageHandlers):
    """Reading a corpus, from the queue to the first search."""

    def __init__(self, parts: PageComponents, state: AppState, queue: Callable[[], ReadingQueue]) -> None:
        super().__init__(parts, state)
        self._queue = queue

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
        engine = self._engine
        if engine is None:
            return self._shipped(self._sample, load_sample, model, at_once, k, request, progress)

        def work() -> Updates:
            visit = self._visit(request)
            return self._arrived(visit, engine.load(), at_once, k, progress_for(progress, visit.cancelled))

        return guarded(self._parts.status, work)

    def catalogue(
        self, model: str, at_once: bool, k: float, request: gr.Request, progress: gr.Progress = PROGRESS
    ) -> Updates:
        """Load the catalogue of objects that are a picture and a text at once."""
        return self._shipped(self._catalogue, load_catalogue, model, at_once, k, request, progress)

    def _shipped(
        self,
        kept: KeptSample,
        load: Callable[[SharedEncoder, Progress], LoadedCorpus],
        model: str,
        at_once: bool,
        k: float,
        request: gr.Request,
        progress: gr.Progress,
    ) -> Updates:
        """One of the corpora that ship with the app, encoded by its first visitor and kept."""

        def work() -> Updates:
            visit = self._visit(request)
            report_progress = progress_for(progress, visit.cancelled)
            encoder = self._models.encoder_for(model)
            chosen = "" if model == self._models.own_name else model
            loaded = kept.load(lambda: load(encoder, report_progress), chosen)
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

    def cancel(self, request: gr.Request) -> None:
        """Stop reading a corpus; what was loaded before stays."""
        self._visit(request).cancelled.set()

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
