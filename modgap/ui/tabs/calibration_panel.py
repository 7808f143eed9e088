"""The calibration panel: one button; then the statistics in numbers, words and curves, and the file to save."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr
from markupsafe import Markup

from modgap.calibration import FIT_THRESHOLD, Calibration, ScoreStatistics
from modgap.items import Modality, group_plural
from modgap.metrics.gap import severity
from modgap.plots import score_densities
from modgap.search.gain import Gain
from modgap.ui.components.downloads import download_link
from modgap.ui.components.figures import density_figures
from modgap.ui.components.groups import accent, heading, icon, in_display_order
from modgap.ui.components.notices import notice
from modgap.ui.components.rendering import render_html

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
    floor: gr.Slider


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
        floor = gr.Slider(
            0,
            1,
            value=FIT_THRESHOLD,
            step=0.05,
            label="Least fit of a good match",
            info="Calibrated results below it fold away. It is kept in the calibration that you take home.",
            elem_id="mg-floor",
        )
    return CalibrationPanel(whole, summary, status, queries, file, calibrate, undo, floor)


def uncalibrated_summary(reason: str = "", groups: Iterable[str] = ("image", "text")) -> Markup:
    """The panel before there are statistics. reason: why the attempt failed. groups: of the corpus."""
    if set(groups) <= {"image", "text"}:
        words = "Four numbers, a mean and a spread for pictures and for passages, learnt from queries without labels."
    else:
        words = "A mean and a spread for each group, learnt from queries without labels."
    return Markup('<h2>Calibration</h2><p class="mg-soft">{}</p>{}').format(
        words, notice("warning", reason) if reason else ""
    )


def summary(calibration: Calibration, foreign: Sequence[str] = (), gain: Gain | None = None) -> Markup:
    """The gap in words, the distributions, the statistics with their intervals, the queries behind them, the file.

    foreign: why it may not fit the corpus (`Collection.calibration_warnings`). gain: what it changes, if known.
    """
    densities = score_densities(calibration)
    source = calibration.queries[Modality.TEXT.value]
    distance = calibration.centroid_distance()
    warnings = [*foreign, *calibration.warnings(Modality.TEXT.value)]
    by_picture = calibration.statistics.get(Modality.IMAGE.value)
    picture_warnings = calibration.warnings(Modality.IMAGE.value) if by_picture else []
    return render_html(
        "calibration_summary.html",
        gap=_gap_in_words(densities.raw.centres),
        severity=None if distance is None else severity(distance),
        distance=distance,
        gain=gain,
        figures=density_figures(densities),
        rows=_rows(calibration.statistics[Modality.TEXT.value]),
        origin=f"{source.count:,} {source.kind} queries: {source.description}." if source.description else "",
        picture_rows=_rows(by_picture) if by_picture else [],
        picture_warnings=[notice("warning", each) for each in picture_warnings if each not in warnings],
        warnings=[notice("warning", each) for each in warnings],
        download=_download(calibration),
    )


def _gap_in_words(centres: Mapping[str, float]) -> Markup:
    """How far the group with the lowest best scores starts behind the one with the highest."""
    groups = in_display_order(centres)
    ahead = max(groups, key=lambda group: centres[group])
    behind = min(reversed(groups), key=lambda group: centres[group])
    if ahead == behind:
        return Markup("Best scores lie around <b>{}</b>.").format(f"{centres[ahead]:.2f}")
    return Markup(
        '<span class="mg-word-{}">{}</span> start <b>{}</b> behind <span class="mg-word-{}">{}</span>.'
    ).format(
        accent(behind),
        heading(behind),
        f"{centres[ahead] - centres[behind]:.2f}",
        accent(ahead),
        group_plural(ahead),
    )


def _rows(statistics: Mapping[str, ScoreStatistics]) -> list[dict[str, Any]]:
    """A row of the table for each group."""
    return [
        {
            "accent": accent(group),
            "icon": icon(Modality.from_group(group)),
            "name": heading(group),
            "mean": statistics[group].mean,
            "mean_ci95": statistics[group].mean_ci95,
            "std": statistics[group].std,
            "std_ci95": statistics[group].std_ci95,
            "n": statistics[group].n,
        }
        for group in in_display_order(statistics)
    ]


def _download(calibration: Calibration) -> Markup:
    document = json.dumps(calibration.to_json(), indent=1, allow_nan=False) + "\n"
    return download_link(FILE_NAME, "application/json", document, element_id="mg-download")
