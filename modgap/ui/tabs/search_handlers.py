"""What happens when something is pressed: a handler names the components that change, the others stay."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from modgap.calibration import Calibration
from modgap.errors import CalibrationError
from modgap.progress import Progress, with_pace
from modgap.ui.components.notices import StoppedError, guarded, notice
from modgap.ui.tabs import calibration_panel, corpus_panel
from modgap.ui.tabs import search as search_panel
from modgap.ui.tabs.calibration_panel import CalibrationPanel
from modgap.ui.tabs.corpus_panel import CorpusPanel
from modgap.ui.tabs.registry import AppState
from modgap.ui.tabs.search import SearchPanel
from modgap.ui.visit.private_files import deleted_after
from modgap.ui.visit.sample import EXAMPLES
from modgap.ui.visit.session import LoadedCorpus, PageQuery, Visit

CANCELLED = "Reading was stopped. What was loaded before is still here."
PROGRESS = gr.Progress()  # Gradio looks for it among a handler's defaults, and reports to the session that calls

Updates = dict[Any, Any]
"""What a handler changes on the page: component -> new value."""


@dataclass(frozen=True)
class PageComponents:
    """The components of the page. empty, drawing: shown until there is a corpus. status: progress and messages."""

    empty: gr.Column
    drawing: gr.HTML
    status: gr.HTML
    cancel: gr.Button
    corpus: CorpusPanel
    calibration: CalibrationPanel
    search: SearchPanel


class Handlers:
    """The handlers of one app. Each finds its visitor by the session of the request."""

    def __init__(self, parts: PageComponents, shared: AppState) -> None:
        self._parts = parts
        self._models = shared.models
        self._visits = shared.visits
        self._sample = shared.sample
        self._decoder = shared.decoder

    def begin(self, request: gr.Request) -> None:
        """A corpus is to be read; from now on it can be stopped, also while it waits for its turn."""
        self._visit(request).cancelled.clear()

    def sample(
        self, model: str, at_once: bool, k: float, request: gr.Request, progress: gr.Progress = PROGRESS
    ) -> Updates:
        """Load the sample corpus."""

        def work() -> Updates:
            visit = self._visit(request)
            tell = told(progress, visit.cancelled)
            encoder = self._models.of(model)
            chosen = "" if model == self._models.own_name else model
            loaded = self._sample.load(lambda: corpus_panel.load_sample(encoder, tell), chosen)
            return self._arrived(visit, loaded, at_once, k, tell)

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
        """Load uploaded files, or all of an uploaded folder."""

        def work() -> Updates:
            visit = self._visit(request)
            tell = told(progress, visit.cancelled)
            loaded = corpus_panel.load_files(paths or [], self._models.of(model), self._decoder, tell)
            return self._arrived(visit, loaded, at_once, k, tell)

        with deleted_after(paths or []):
            return {self._parts.corpus.files: None, **guarded(self._parts.status, work)}

    def model(
        self, model: str, at_once: bool, k: float, request: gr.Request, progress: gr.Progress = PROGRESS
    ) -> Updates:
        """Another model was chosen: read the sample with it; files of the visitor are gone and must come again."""
        loaded = self._visit(request).loaded
        if loaded is None:
            return {}
        if loaded.sample:
            return self.sample(model, at_once, k, request, progress)
        return {self._parts.status: notice("info", f"Load your files again to have them read by {model}.")}

    def queries(self, path: str, request: gr.Request) -> Updates:
        """Put the queries of a file into the box, to be looked at before they calibrate."""

        def work() -> Updates:
            with deleted_after([path]):
                return {self._parts.calibration.queries: calibration_panel.queries_of_file(Path(path))}

        return guarded(self._parts.calibration.status, work)

    def calibrate(self, own_queries: str, k: float, request: gr.Request, progress: gr.Progress = PROGRESS) -> Updates:
        """Calibrate, and answer the last search anew."""

        def work() -> Updates:
            visit = self._visit(request)
            loaded = visit.require_loaded()
            before = loaded.collection.calibration, loaded.collection.calibration_queries
            shown = self._calibrated(loaded, own_queries, told(progress))
            visit.before = (before[0], before[1]) if before[0] is not None else None
            return {**shown, **self._undo_shown(visit), **self._again(visit, k)}

        return guarded(self._parts.calibration.status, work)

    def undo(self, k: float, request: gr.Request) -> Updates:
        """Go back to the calibration before; once more, and it is the later one again."""

        def work() -> Updates:
            visit = self._visit(request)
            collection, before = visit.require_loaded().collection, visit.before
            if before is None:
                return {}
            visit.before = collection.calibration_in_use(), collection.calibration_queries
            collection.use(*before)
            shown = {self._parts.calibration.summary: calibration_panel.summary(before[0])}
            return {**shown, **self._undo_shown(visit), **self._again(visit, k)}

        return guarded(self._parts.calibration.status, work)

    def cancel(self, request: gr.Request) -> None:
        """Stop reading a corpus; what was loaded before stays."""
        self._visit(request).cancelled.set()

    def words(self, words: str, k: float, request: gr.Request) -> Updates:
        """Search by what the box holds."""
        return self._searching(request, lambda visit: self._found(visit, search_panel.words_as_query(words), k))

    def picture(self, path: str, k: float, request: gr.Request) -> Updates:
        """Search by an uploaded picture."""

        def work(visit: Visit) -> Updates:
            return self._found(visit, search_panel.uploaded_picture(path, self._decoder.open_picture), k)

        return self._searching(request, work)

    def click(self, k: float, request: gr.Request, event: gr.EventData) -> Updates:
        """Search by the card, thumbnail or example that was clicked."""

        def work(visit: Visit) -> Updates:
            asked = search_panel.clicked(visit.require_loaded(), event._data)
            found = self._found(visit, asked, k)
            return {**found, self._parts.search.query: asked.title} if found and asked.is_words else found

        return self._searching(request, work)

    def back(self, words: str, k: float, request: gr.Request) -> Updates:
        """Leave the search by picture."""

        def work(visit: Visit) -> Updates:
            if not words.strip():
                return self._nothing_asked(visit)
            return self._found(visit, search_panel.words_as_query(words), k)

        return self._searching(request, work)

    def also(self, method: str, k: float, request: gr.Request) -> Updates:
        """Show another method in a third column, or none."""

        def work(visit: Visit) -> Updates:
            visit.also = method or None
            return self._again(visit, k)

        return self._searching(request, work)

    def again(self, k: float, request: gr.Request) -> Updates:
        """Answer the last search with another number of results."""
        return self._searching(request, lambda visit: self._again(visit, k))

    def _visit(self, request: gr.Request) -> Visit:
        return self._visits.of(request.session_hash)

    def _searching(self, request: gr.Request, work: Callable[[Visit], Updates]) -> Updates:
        return guarded(self._parts.status, lambda: work(self._visit(request)))

    def _found(self, visit: Visit, asked: PageQuery, k: float) -> Updates:
        """Search, remember what for, and show both lists; nothing where another search was asked for meanwhile."""
        loaded, search = visit.require_loaded(), self._parts.search
        with visit.asking(asked) as is_last:
            answer = search_panel.answer(loaded.collection, asked.query, int(k), visit.also) if is_last() else None
            if answer is None or not is_last():
                return {}
        if asked.is_words:
            visit.remember(asked.title)
        return {
            search.history: search_panel.history_html(visit.history),
            search.results: search_panel.results_html(answer, asked, loaded),
            search.asked: search_panel.asked_html(asked),
            search.back: gr.update(visible=not asked.is_words),
        }

    def _again(self, visit: Visit, k: float) -> Updates:
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
        }

    def _calibrated(self, loaded: LoadedCorpus, own_queries: str, progress: Progress) -> Updates:
        def learn() -> Calibration:
            return calibration_panel.calibrate(loaded.collection, own_queries, progress)

        automatic = not own_queries.strip()
        learnt = self._sample.calibrate(loaded, learn) if loaded.sample and automatic else learn()
        return {self._parts.calibration.summary: calibration_panel.summary(learnt)}

    def _arrived(self, visit: Visit, loaded: LoadedCorpus, at_once: bool, k: float, progress: Progress) -> Updates:
        """A corpus is encoded: calibrate it if wished, show it, and search the sample for its first example.

        Raises StoppedError if the visitor stopped it while it waited for its turn: a kept sample tells no progress.
        """
        if visit.cancelled.is_set():
            raise StoppedError(CANCELLED)
        parts = self._parts
        shown: Updates = {parts.calibration.summary: calibration_panel.uncalibrated_summary()}
        if at_once:
            try:
                shown = self._calibrated(loaded, "", progress)
            except CalibrationError as error:
                shown = {parts.calibration.summary: calibration_panel.uncalibrated_summary(str(error))}
        visit.loaded, visit.history, visit.evaluation, visit.before = loaded, [], None, None
        self._visits.sweep()
        words = loaded.collection.encoder is not None
        first = EXAMPLES[0] if loaded.sample else ""
        return {
            **shown,
            parts.empty: gr.update(visible=False),
            parts.drawing: gr.update(visible=False),
            parts.corpus.summary: corpus_panel.summary(loaded),
            parts.corpus.sample: gr.update(visible=not loaded.sample),
            parts.corpus.adding: gr.update(open=False, label="Load other files"),
            parts.corpus.files: None,
            parts.calibration.whole: gr.update(visible=True),
            parts.calibration.status: "",
            **self._undo_shown(visit),
            parts.search.whole: gr.update(visible=True),
            parts.search.examples: search_panel.examples_html(loaded),
            parts.search.query: gr.update(value=first, interactive=words, placeholder=search_panel.placeholder(words)),
            parts.search.search: gr.update(interactive=words),
            parts.search.picture: gr.update(interactive=words),
            **(self._found(visit, PageQuery(first, first), k) if first else self._nothing_asked(visit)),
        }


def told(progress: gr.Progress, cancelled: threading.Event | None = None) -> Progress:
    """Our progress as Gradio's: the stage, its pace and the time left describe the bar.

    cancelled: once it is set, the next word of progress raises StoppedError, and the work ends there.
    """

    def tell(stage: str, done: int, total: int) -> None:
        if cancelled is not None and cancelled.is_set():
            raise StoppedError(CANCELLED)
        progress((done, total), desc=stage, unit="")

    return with_pace(tell)
