"""The room of evaluation: labelled queries in, a table by method and by what a query looks for out."""

from __future__ import annotations

import base64
from html import escape
from pathlib import Path
from typing import Any

import gradio as gr

from modgap.corpus import Queries, read_qrels, read_queries, with_kept_items, with_qrels
from modgap.errors import CorpusError
from modgap.evaluation import Evaluation, evaluate, report_html, to_csv
from modgap.io.assets import asset_path
from modgap.methods import METHODS, method_by_name
from modgap.metrics.retrieval import METRICS
from modgap.progress import silent
from modgap.ui.components.notices import guarded, notice
from modgap.ui.tabs.registry import AppState
from modgap.ui.visit.private_files import deleted_after, without_folders
from modgap.ui.visit.session import LoadedCorpus

USUAL = ("raw", "standardized", "i0t_post", "i0t_post+standardized", "per_query_z", "rrf")
SOURCES = {
    "The evaluated queries, without labels": "same",
    "One half calibrates, the other is measured": "held-out",
    "Automatic queries": "automatic",
}
TARGETS = {"all": "all queries", "image": "that want a picture", "text": "that want a passage"}
MOST_QUERIES = 5000
STAR = '<span class="mg-star" aria-hidden="true">★</span><span class="mg-sr">best: </span>'
INTRO = (
    '<div class="mg-room-intro"><h2>Does it help on labelled queries?</h2><p>Give queries whose right items you know: '
    "<code>.jsonl</code> lines with <code>text</code> and <code>relevant</code>, or any queries and TREC qrels. Labels "
    "measure; no method but the oracle sees them.</p></div>"
)
NONE = '<p class="mg-none">No evaluation yet: start with the labelled queries of the sample, or bring your own.</p>'
Updates = dict[Any, Any]


def build_evaluate_room(tab: gr.Tab, shared: AppState) -> None:
    """Lay the room out inside its tab, and wire it."""
    gr.HTML(INTRO, apply_default_css=False)
    with gr.Column(elem_classes="mg-panel", elem_id="mg-evaluate-ask"):
        methods = gr.CheckboxGroup(
            [(method_by_name(name).title, name) for name in METHODS], value=list(USUAL), label="Methods"
        )
        with gr.Row(elem_classes="mg-room-buttons"):
            source = gr.Dropdown(list(SOURCES), value=next(iter(SOURCES)), label="Methods learn from", filterable=False)
            metric = gr.Dropdown(list(METRICS), value="recall@20", label="Metric", filterable=False)
        with gr.Row(elem_classes="mg-room-buttons"):
            sample = gr.Button("Evaluate the sample's 84 queries", variant="primary", elem_id="mg-evaluate-sample")
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
            visit = shared.visits.of(request.session_hash)
            loaded = visit.require_loaded()
            visit.evaluation = measured(loaded, queries(loaded), names, SOURCES[learn])
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
            evaluation = shared.visits.of(request.session_hash).evaluation
            return {result: evaluation_html(evaluation, shown) if evaluation is not None else NONE}

        return guarded(status, work)

    chosen, outputs = [methods, source, metric], [status, result]
    encoding: dict[str, Any] = {
        "api_visibility": "private",
        "concurrency_id": "encoder",
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
        concurrency_id="search",
        show_progress="hidden",
    )


def sample_queries(loaded: LoadedCorpus) -> Queries:
    """The labelled queries that come with the sample. Raises CorpusError where another corpus is loaded."""
    if not loaded.sample:
        raise CorpusError(
            "These labels belong to the sample corpus: load it on the page Search, or upload labels of yours."
        )
    return read_queries(asset_path("sample", "queries.jsonl"))


def labelled_queries(paths: list[Path]) -> Queries:
    """One labelled `.jsonl`, or queries beside qrels. Raises CorpusError for anything else, naming the file."""
    try:
        return _read(paths)
    except CorpusError as error:
        raise CorpusError(without_folders(str(error), paths)) from error


def _read(paths: list[Path]) -> Queries:
    lines = [path for path in paths if path.suffix.lower() == ".jsonl"]
    if len(paths) == 1 and lines:
        return read_queries(paths[0])
    if len(paths) != 2:
        raise CorpusError("Give one labelled .jsonl, or two files: the queries and their TREC qrels.")
    queries = lines[0] if lines else min(paths, key=lambda path: path.suffix.lower() != ".txt")
    [qrels] = [path for path in paths if path != queries]
    return with_qrels(read_queries(queries), read_qrels(qrels))


def measured(loaded: LoadedCorpus, queries: Queries, methods: list[str], source: str) -> Evaluation:
    """Run the methods on the visitor's corpus. Raises CorpusError for too many queries or labels of another corpus."""
    if not methods:
        raise CorpusError("Choose one method or more.")
    if len(queries) > MOST_QUERIES:
        raise CorpusError(f"These are {len(queries):,} queries and the limit is {MOST_QUERIES:,}: give fewer.")
    if loaded.collection.corpus is not None:
        queries = with_kept_items(queries, loaded.collection.corpus)
    return evaluate(loaded.collection, queries, methods, learn_from=source, progress=silent)


def evaluation_html(found: Evaluation, metric: str) -> str:
    """One metric of each method by target, best in bold with a star, with intervals; the rest in the downloads."""
    n = {"all": found.queries, **found.targets}
    headings = {target: f"{words} ({n[target]:,})" for target, words in TARGETS.items() if n[target]}
    best = {target: _best(found, target, metric) for target in headings}
    head = "".join(f'<th scope="col">{words}</th>' for words in headings.values())
    rows = ""
    for name, by_target in found.methods.items():
        cells = ""
        for target, words in headings.items():
            value, (low, high) = by_target[target][metric], found.intervals[name][target][metric]
            wins = value == best[target] and name != "oracle"
            mark, star = (' class="mg-best"', STAR) if wins else ("", "")
            cells += (
                f'<td data-column="{words}"{mark}>{star}{value:.3f} '
                f'<span class="mg-interval">{low:.3f} to {high:.3f}</span><span class="mg-bar mg-bar-{target}" '
                f'aria-hidden="true"><span style="width:{value:.1%}"></span></span></td>'
            )
        rows += f'<tr><th scope="row">{escape(method_by_name(name).title)}</th>{cells}</tr>'
    notes = "".join(notice("info", each) for each in found.notes)
    return (
        f'{notes}<section class="mg-panel mg-room-panel"><h2>{escape(metric)}</h2><p class="mg-soft">Calibrated on: '
        f"{escape(found.calibration_queries)}. Small numbers: 95 % intervals. A star marks the best, the oracle "
        "apart.</p>"
        '<div class="mg-wide" tabindex="0"><table class="mg-room-table mg-stacked"><thead><tr>'
        f'<th scope="col">method</th>{head}</tr></thead>'
        f'<tbody>{rows}</tbody></table></div><div class="mg-downloads">{_downloads(found)}</div></section>'
    )


def _best(found: Evaluation, target: str, metric: str) -> float | None:
    """The highest value of a column, the oracle apart; None where all are equal, for then none is best."""
    values = {of[target][metric] for name, of in found.methods.items() if name != "oracle"}
    return max(values) if len(values) > 1 else None


def _downloads(found: Evaluation) -> str:
    page = report_html([found], title="Evaluation of a corpus")
    return download("All values", "Every metric as a table.", "evaluation.csv", "text/csv", to_csv([found])) + download(
        "The report", "Tables, bars and tests in one file.", "evaluation.html", "text/html", page
    )


def download(title: str, words: str, name: str, kind: str, content: str | bytes) -> str:
    """A file to save, inside the page: nothing lies on the server that another visitor's URL could reach."""
    data = base64.b64encode(content.encode("utf-8") if isinstance(content, str) else content).decode("ascii")
    return (
        f"<div><h3>{escape(title)}</h3><p>{escape(words)}</p>"
        f'<a class="mg-download" download="{escape(name)}" href="data:{kind};base64,{data}">Download '
        f"<small>{escape(name)}</small></a></div>"
    )
