"""The tab to take it home: the calibration, its numbers in one's own engine, the vectors, the results, a report."""

from __future__ import annotations

import json
from html import escape
from typing import Any

import gradio as gr

from modgap.calibration import Calibration
from modgap.engines.snippets import ENGINES, export
from modgap.errors import CalibrationError
from modgap.io.mean_vectors import means_as_bytes
from modgap.ui.components.downloads import download
from modgap.ui.tabs.guarded import guarded
from modgap.ui.tabs.meeting_report import meeting_report
from modgap.ui.visit.app_state import AppState
from modgap.ui.visit.exports import results_csv, vectors_npz
from modgap.ui.visit.session import LoadedCorpus, Visit

TITLES = {
    "python": "Python",
    "opensearch": "OpenSearch",
    "qdrant": "Qdrant",
    "milvus": "Milvus",
    "sql": "SQL (pgvector)",
}
EMPTY = (
    '<div class="mg-tab-intro"><h2>Take it home</h2><p>Load and calibrate a corpus on the page Search; then the '
    "numbers, the code for your engine and a report are here to save.</p></div>"
)


def build_take_home(tab: gr.Tab, state: AppState) -> None:
    """Lay the tab out inside its tab; it is written when it is entered."""
    status = gr.HTML("", apply_default_css=False, elem_classes="mg-status", elem_id="mg-take-home-status")
    body = gr.HTML(EMPTY, apply_default_css=False, elem_id="mg-take-home-body")

    def enter(request: gr.Request) -> dict[Any, Any]:
        visit = state.visits.visit_for(request.session_hash)
        return guarded(status, lambda: {body: take_home_html(visit)})

    tab.select(
        enter, None, [status, body], api_visibility="private", concurrency_id="encoder", show_progress_on=[status]
    )


def take_home_html(visit: Visit) -> str:
    """The page for a visitor's calibrated corpus."""
    if visit.loaded is None or visit.loaded.collection.calibration is None:
        return EMPTY
    loaded, calibration = visit.loaded, visit.loaded.collection.calibration_in_use()
    return (
        '<div class="mg-tab-intro"><h2>Take it home</h2><p>Everything here belongs to your corpus and this '
        "model. Nothing is kept on the server: the files are inside this page.</p></div>"
        f'<div class="mg-downloads">{_files(visit, loaded, calibration)}</div>'
        f'<section class="mg-panel mg-tab-panel"><h2>Use it</h2><p class="mg-soft">On the command line '
        "<code>modgap search CORPUS &quot;words&quot; --calibration calibration.json</code>; in Python "
        '<code>collection.use(modgap.Calibration.load("calibration.json"))</code>; or paste one of these into '
        f"your engine.</p>{''.join(_snippet(engine, calibration) for engine in ENGINES)}</section>"
    )


def _files(visit: Visit, loaded: LoadedCorpus, calibration: Calibration) -> str:
    document = json.dumps(calibration.to_json(), indent=1, allow_nan=False) + "\n"
    parts: list[str] = [
        download(
            "The calibration",
            "A mean and a spread for each modality: all that search needs.",
            "calibration.json",
            "application/json",
            document,
        ),
        download(
            "Its mean vectors",
            "Lay it beside the .json; centring methods need it.",
            "calibration.means.safetensors",
            "application/octet-stream",
            means_as_bytes(calibration.means_to_keep(), belongs_to=calibration.identity()),
        ),
    ]
    results = results_csv(visit, loaded)
    if results:
        parts.append(
            download("The last search", "Both lists, fifty hits each, as a table.", "results.csv", "text/csv", results)
        )
    vectors = vectors_npz(loaded)
    if vectors is not None:
        parts.append(
            download(
                "The vectors",
                "As encoded, for NumPy: ids, modality, vectors.",
                "vectors.npz",
                "application/octet-stream",
                vectors,
            )
        )
    else:
        parts.append("<div><h3>The vectors</h3><p>Too many for a page: encode the corpus at home instead.</p></div>")
    report = meeting_report(visit)
    parts.append(
        download(
            "A report to send",
            "Corpus, gap and searches in one HTML file, for after the meeting.",
            "modgap-report.html",
            "text/html",
            report,
        )
    )
    return "".join(parts)


def _snippet(engine: str, calibration: Calibration) -> str:
    try:
        code = export(calibration.numbers(), engine)
    except CalibrationError:
        return ""
    return (
        f'<details class="mg-details"><summary>{TITLES.get(engine, engine)}</summary><div>'
        '<button type="button" class="mg-copy">Copy</button><pre class="mg-code" '
        f'tabindex="0">{escape(code)}</pre></div></details>'
    )
