"""The calibration: one button; then the four statistics in numbers, words and curves, and the file to take home."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from html import escape

import gradio as gr

from modgap.calibration import Calibration, ScoreStatistics
from modgap.items import Modality
from modgap.metrics.gap import severity
from modgap.plots import score_densities
from modgap.ui.components.cards import KIND
from modgap.ui.components.figures import density_figures, icon
from modgap.ui.components.notices import notice

FILE_NAME = "calibration.json"


@dataclass(frozen=True)
class CalibrationPanel:
    """The components that the page wires. whole: shown once there is a corpus."""

    whole: gr.Column
    summary: gr.HTML
    status: gr.HTML
    queries: gr.Textbox
    file: gr.UploadButton
    calibrate: gr.Button
    undo: gr.Button


def build_calibration_panel() -> CalibrationPanel:
    """Lay the panel out."""
    with gr.Column(elem_classes="mg-panel", elem_id="mg-calibration", visible=False) as whole:
        summary = gr.HTML(uncalibrated_summary(), apply_default_css=False, elem_id="mg-calibration-summary")
        status = gr.HTML("", apply_default_css=False, elem_classes="mg-status", elem_id="mg-calibration-status")
        with gr.Accordion("Use your own queries", open=False, elem_classes="mg-accordion"):
            queries = gr.Textbox(
                label="Calibration queries",
                info="One a line, fifty or more; no labels. Leave it empty for automatic ones.",
                placeholder="red bicycle in the rain\nhow to mend a puncture\n…",
                lines=4,
                max_lines=8,
                elem_id="mg-queries",
            )
            file = gr.UploadButton(
                "Take them from a file (.txt, .jsonl)",
                file_types=[".txt", ".jsonl"],
                elem_id="mg-queries-file",
                elem_classes="mg-button",
            )
        calibrate = gr.Button("Calibrate", elem_id="mg-calibrate", elem_classes="mg-button")
        undo = gr.Button(
            "Back to the calibration before", visible=False, elem_id="mg-calibrate-undo", elem_classes="mg-button"
        )
    return CalibrationPanel(whole, summary, status, queries, file, calibrate, undo)


def download_link(calibration: Calibration) -> str:
    """The artefact to save, inside the page: no file on the server that another visitor's URL could reach."""
    document = json.dumps(calibration.to_json(), indent=1, allow_nan=False) + "\n"
    data = base64.b64encode(document.encode()).decode("ascii")
    return (
        f'<a class="mg-download" id="mg-download" download="{FILE_NAME}" href="data:application/json;base64,{data}">'
        f"Download {FILE_NAME}</a>"
    )


def uncalibrated_summary(reason: str = "") -> str:
    """The panel before there are statistics; reason: why the attempt failed."""
    why = notice("warning", reason) if reason else ""
    return (
        '<h2>Calibration</h2><p class="mg-soft">Four numbers, a mean and a spread for pictures and for passages, '
        f"learnt from queries without labels.</p>{why}"
    )


def summary(calibration: Calibration) -> str:
    """The gap in words, the two distributions, the four statistics with their intervals, where they come from."""
    densities = score_densities(calibration)
    words = _in_words(densities.raw.distance)
    source = calibration.queries[Modality.TEXT.value]
    origin = f"{source.count:,} {source.kind} queries: {source.description}." if source.description else ""
    warnings = "".join(notice("warning", each) for each in calibration.warnings(Modality.TEXT.value))
    return (
        f'<h2>Calibration</h2><p class="mg-gap">{words}</p>{_severity(calibration)}{density_figures(densities)}'
        f"{_table(calibration.of(Modality.TEXT.value), 'Best score of a query in words')}"
        f'<p class="mg-small">{escape(origin)}</p>{_pictures_as_queries(calibration)}{warnings}'
        f"{download_link(calibration)}"
    )


def _in_words(distance: float) -> str:
    behind, ahead = (Modality.IMAGE, Modality.TEXT) if distance > 0 else (Modality.TEXT, Modality.IMAGE)
    return (
        f'<span class="mg-word-{KIND[behind]}">{behind.plural.capitalize()}</span> start <b>{abs(distance):.2f}</b> '
        f'behind <span class="mg-word-{KIND[ahead]}">{ahead.plural}</span>.'
    )


def _severity(calibration: Calibration) -> str:
    """How bad that is, by the papers' bands; nothing where the calibration came without its means."""
    distance = calibration.centroid_distance()
    if distance is None:
        return ""
    return (
        f'<p class="mg-soft">The modality gap is <b>{severity(distance)}</b>: the middles of both kinds lie '
        f"{distance:.2f} apart.</p>"
    )


def _table(statistics: dict[str, ScoreStatistics], caption: str) -> str:
    rows = "".join(_row(m, statistics[m.value]) for m in (Modality.IMAGE, Modality.TEXT))
    return (
        f'<table class="mg-statistics"><caption>{escape(caption)}</caption><thead><tr><th scope="col">Items</th>'
        '<th scope="col">Mean</th><th scope="col">Std</th><th scope="col">n</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def _row(modality: Modality, each: ScoreStatistics) -> str:
    return (
        f'<tr><th scope="row" class="mg-kind-{KIND[modality]}">{icon(modality)}{modality.plural.capitalize()}</th>'
        f"<td>{_with_interval(each.mean, each.mean_ci95.low, each.mean_ci95.high)}</td>"
        f"<td>{_with_interval(each.std, each.std_ci95.low, each.std_ci95.high)}</td><td>{each.n:,}</td></tr>"
    )


def _with_interval(value: float, low: float, high: float) -> str:
    return (
        f'<b>{value:.3f}</b><span class="mg-interval"><span class="mg-sr">95 % interval </span>'
        f"{low:.3f} to {high:.3f}</span>"
    )


def _pictures_as_queries(calibration: Calibration) -> str:
    """Search by picture has statistics of its own."""
    if Modality.IMAGE.value not in calibration.statistics:
        return '<p class="mg-small">Too few pictures to calibrate search by picture; search by words is calibrated.</p>'
    table = _table(calibration.of(Modality.IMAGE.value), "Best score of a picture as a query")
    said = calibration.warnings(Modality.TEXT.value)
    more = "".join(notice("warning", e) for e in calibration.warnings(Modality.IMAGE.value) if e not in said)
    return f'<details class="mg-details"><summary>When you search by picture</summary>{table}{more}</details>'
