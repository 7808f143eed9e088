"""Handlers of the calibration panel: calibrate, go back, choose the least fit, take queries from a file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import gradio as gr

from modgap.ui.tabs import calibration_panel
from modgap.ui.tabs.guarded import guarded
from modgap.ui.tabs.page_handlers import PROGRESS, PageHandlers, Updates, progress_for
from modgap.ui.visit.calibrating import queries_of_file
from modgap.ui.visit.logs import timed
from modgap.ui.visit.private_files import deleted_after
from modgap.ui.visit.session import Visit


class CalibrationHandlers(PageHandlers):
    """Each change of the calibration repeats the last search."""

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
