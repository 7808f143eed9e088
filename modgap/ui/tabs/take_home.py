"""The take-home tab: the calibration, its numbers for other engines, the vectors, the results, a report."""

from __future__ import annotations

import json
from typing import Any

import gradio as gr
from markupsafe import Markup

from modgap.calibration import Calibration
from modgap.engines.numbers import USUAL
from modgap.engines.snippets import ENGINES, export
from modgap.errors import CalibrationError
from modgap.search.live_collection import LiveCollection
from modgap.ui.components.downloads import download
from modgap.ui.components.rendering import render_html
from modgap.ui.tabs.guarded import guarded
from modgap.ui.tabs.meeting_report import meeting_report
from modgap.ui.visit.app_state import AppState
from modgap.ui.visit.exports import results_csv, vectors_npz
from modgap.ui.visit.queues import CALIBRATING
from modgap.ui.visit.session import LoadedCorpus, Visit

TITLES = {
    "python": "Python",
    "pgvector": "PostgreSQL (pgvector)",
    "milvus": "Milvus",
    "qdrant": "Qdrant",
    "opensearch": "OpenSearch, by a script",
    "opensearch-pipeline": "OpenSearch, by a pipeline",
    "elasticsearch": "Elasticsearch",
    "weaviate": "Weaviate",
    "vespa": "Vespa",
    "mongodb": "MongoDB",
    "lancedb": "LanceDB",
    "sql": "SQL",
}
EMPTY = Markup(
    '<div class="mg-tab-intro"><h2>Take it home</h2><p>Load and calibrate a corpus on the Search tab; then the '
    "numbers, the code for your engine and a report are here to save.</p></div>"
)


def build_take_home(tab: gr.Tab, state: AppState) -> None:
    """Lay the tab out; its files are written when a visitor enters."""
    status = gr.HTML("", apply_default_css=False, elem_classes="mg-status", elem_id="mg-take-home-status")
    body = gr.HTML(EMPTY, apply_default_css=False, elem_id="mg-take-home-body")

    def enter(request: gr.Request) -> dict[Any, Any]:
        visit = state.visits.visit_for(request.session_hash)
        return guarded(status, lambda: {body: take_home_html(visit)})

    tab.select(enter, None, [status, body], api_visibility="private", show_progress_on=[status], **CALIBRATING)


def take_home_html(visit: Visit) -> Markup:
    """The page for a visitor's calibrated corpus."""
    if visit.loaded is None or visit.loaded.collection.calibration is None:
        return EMPTY
    loaded, calibration = visit.loaded, visit.loaded.collection.calibration_in_use()
    snippets = [
        (TITLES.get(engine, engine), code) for engine in ENGINES if (code := _snippet(engine, calibration, loaded))
    ]
    return render_html("take_home.html", files=_files(visit, loaded, calibration), snippets=snippets)


def _files(visit: Visit, loaded: LoadedCorpus, calibration: Calibration) -> list[Markup]:
    document = json.dumps(calibration.to_json(), indent=1, allow_nan=False) + "\n"
    files = [
        download(
            "The calibration",
            f"A mean and a spread for each {_statistics_by(loaded)}, and the mean vectors: all that search needs.",
            "calibration.json",
            "application/json",
            document,
        ),
    ]
    results = results_csv(visit, loaded)
    if results:
        files.append(
            download("The last search", "Both lists, fifty hits each, as a table.", "results.csv", "text/csv", results)
        )
    vectors = vectors_npz(loaded)
    if vectors is None:
        files.append(
            Markup("<div><h3>The vectors</h3><p>Too many for a page: encode the corpus at home instead.</p></div>")
        )
    else:
        files.append(
            download(
                "The vectors",
                f"{'A sample of them' if loaded.engine else 'As encoded'}, for NumPy: ids, modality, vectors.",
                "vectors.npz",
                "application/octet-stream",
                vectors,
            )
        )
    files.append(
        download(
            "A report to send",
            "Corpus, gap and searches in one HTML file, for after the meeting.",
            "modgap-report.html",
            "text/html",
            meeting_report(visit),
        )
    )
    return files


def _statistics_by(loaded: LoadedCorpus) -> str:
    """The word for what each mean and spread belongs to."""
    return "modality" if set(loaded.collection.counts) <= {"image", "text"} else "group"


def _snippet(engine: str, calibration: Calibration, loaded: LoadedCorpus) -> str:
    """The code for an engine, with the names of a live one; empty where the calibration cannot be exported."""
    names = loaded.collection.engine.url.names if isinstance(loaded.collection, LiveCollection) else USUAL
    try:
        return export(calibration.numbers(), engine, names)
    except CalibrationError:
        return ""
