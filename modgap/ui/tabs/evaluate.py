"""The evaluate tab: labelled queries in, a table by method and by the target of the queries out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr
from markupsafe import Markup

from modgap.evaluation import Evaluation, report_html, to_csv
from modgap.methods import METHODS, method_by_name
from modgap.metrics.retrieval import METRICS
from modgap.ui.components.downloads import download
from modgap.ui.components.groups import accent, in_display_order
from modgap.ui.components.notices import notice
from modgap.ui.components.rendering import render_html
from modgap.ui.tabs.guarded import guarded
from modgap.ui.visit import queues
from modgap.ui.visit.app_state import AppState
from modgap.ui.visit.evaluating import evaluate_corpus, labelled_queries, sample_queries
from modgap.ui.visit.private_files import deleted_after

DEFAULT_METHODS = ("raw", "standardized", "calibrated", "i0t_post", "i0t_post+standardized", "per_query_z", "rrf")
SOURCES = {
    "The evaluated queries, without labels": "same",
    "One half calibrates, the other is measured": "held-out",
    "Automatic queries": "automatic",
}
ALL = "all"  # a target that is no group
TARGETS = {ALL: "all queries", "image": "that want a picture", "text": "that want a passage"}
MIXED = {"both": "that want both", "several": "that want several groups"}
INTRO = Markup(
    '<div class="mg-tab-intro"><h2>Does it help on labelled queries?</h2><p>Give queries whose right items you know: '
    "<code>.jsonl</code> lines with <code>text</code> and <code>relevant</code>, or any queries and TREC qrels. Labels "
    "measure; no method but the oracle sees them.</p></div>"
)
NONE = Markup(
    '<p class="mg-none">No evaluation yet: start with the labelled queries of the sample, or bring your own.</p>'
)
Updates = dict[Any, Any]


def build_evaluate(tab: gr.Tab, state: AppState) -> None:
    """Lay the tab out and wire it."""
    gr.HTML(INTRO, apply_default_css=False)
    with gr.Column(elem_classes="mg-panel", elem_id="mg-evaluate-ask"):
        methods = gr.CheckboxGroup(
            [(method_by_name(name).title, name) for name in METHODS], value=list(DEFAULT_METHODS), label="Methods"
        )
        with gr.Row(elem_classes="mg-tab-buttons"):
            source = gr.Dropdown(list(SOURCES), value=next(iter(SOURCES)), label="Methods learn from", filterable=False)
            metric = gr.Dropdown(list(METRICS), value="recall@20", label="Metric", filterable=False)
        with gr.Row(elem_classes="mg-tab-buttons"):
            sample = gr.Button("Evaluate the sample's 81 queries", variant="primary", elem_id="mg-evaluate-sample")
            files = gr.UploadButton(
                "Labelled queries (.jsonl, or queries and qrels)",
                file_count="multiple",
                file_types=[".jsonl", ".txt", ".tsv", ".qrels"],
                elem_id="mg-evaluate-files",
            )
    status = gr.HTML("", apply_default_css=False, elem_classes="mg-status", elem_id="mg-evaluate-status")
    result = gr.HTML(NONE, apply_default_css=False, elem_id="mg-evaluate-result")

    def run(names: list[str], learn: str, shown: str, request: gr.Request, queries: Any) -> Updates:
        def work() -> Updates:
            visit = state.visits.visit_for(request.session_hash)
            loaded = visit.require_loaded()
            visit.evaluation = evaluate_corpus(loaded, queries(loaded), names, SOURCES[learn])
            return {result: evaluation_html(visit.evaluation, shown)}

        return guarded(status, work)

    def on_sample(names: list[str], learn: str, shown: str, request: gr.Request) -> Updates:
        return run(names, learn, shown, request, sample_queries)

    def on_files(paths: list[str] | None, names: list[str], learn: str, shown: str, request: gr.Request) -> Updates:
        given = [Path(path) for path in paths or []]
        with deleted_after(given):
            return run(names, learn, shown, request, lambda loaded: labelled_queries(given))

    def on_metric(shown: str, request: gr.Request) -> Updates:
        def work() -> Updates:
            evaluation = state.visits.visit_for(request.session_hash).evaluation
            return {result: evaluation_html(evaluation, shown) if evaluation is not None else NONE}

        return guarded(status, work)

    chosen, outputs = [methods, source, metric], [status, result]
    encoding: dict[str, Any] = {
        "api_visibility": "private",
        **queues.ENCODING,
        "show_progress_on": [status],
    }
    sample.click(on_sample, chosen, outputs, **encoding)
    files.upload(on_files, [files, *chosen], outputs, **encoding)
    gr.on(  # on entering, too: the corpus may be another by now
        [metric.input, tab.select],
        on_metric,
        [metric],
        outputs,
        api_visibility="private",
        show_progress="hidden",
        **queues.SEARCHING,
    )


def evaluation_html(found: Evaluation, metric: str) -> Markup:
    """One metric of each method by target, best in bold with a star, with intervals; the rest in the downloads."""
    n = found.counts
    targets = [target for target in (ALL, *in_display_order(each for each in n if each != ALL)) if n[target]]
    headings = {target: f"{_heading(target)} ({n[target]:,})" for target in targets}
    best = {target: _best(found, target, metric) for target in targets}
    rows = [
        {
            "title": method_by_name(name).title,
            "cells": [
                {
                    "heading": headings[target],
                    "bar": target if target in TARGETS else accent(target),
                    "value": by_target[target][metric],
                    "interval": found.intervals[name][target][metric],
                    "best": by_target[target][metric] == best[target] and name != "oracle",
                }
                for target in targets
            ],
        }
        for name, by_target in found.methods.items()
    ]
    return render_html(
        "evaluation.html",
        notes=[notice("info", each) for each in found.notes],
        sentence=found.sentence,
        metric=metric,
        calibration_queries=found.calibration_queries,
        headings=list(headings.values()),
        rows=rows,
        downloads=_downloads(found),
    )


def _heading(target: str) -> str:
    return {**TARGETS, **MIXED}.get(target, f'that want "{target}"')


def _best(found: Evaluation, target: str, metric: str) -> float | None:
    """The highest value of a column, the oracle apart; None where all are equal, for then none is best."""
    values = {by_target[target][metric] for name, by_target in found.methods.items() if name != "oracle"}
    return max(values) if len(values) > 1 else None


def _downloads(found: Evaluation) -> list[Markup]:
    page = report_html([found], title="Evaluation of a corpus")
    return [
        download("All values", "Every metric as a table.", "evaluation.csv", "text/csv", to_csv([found])),
        download("The report", "Tables, bars and tests in one file.", "evaluation.html", "text/html", page),
    ]
