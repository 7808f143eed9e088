"""The corpus: load the sample or files of one's own; what is in it, and what became of each file."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from html import escape

import gradio as gr

from modgap.corpus import ReadReport
from modgap.items import Modality
from modgap.ui.components.cards import KIND
from modgap.ui.components.figures import icon
from modgap.ui.visit.model import Models
from modgap.ui.visit.sample import photo_credits
from modgap.ui.visit.session import LoadedCorpus
from modgap.ui.visit.uploads import FILE_TYPES, LIMITS

REPORT_NAME = "modgap-report.csv"
MAX_SHOWN = 240  # thumbnails on the contact sheet, and titles in the list of passages
VECTORS_ONLY = (
    "This corpus came as vectors. Words cannot be searched without the encoder that made them; click an item below to "
    "search by it."
)


@dataclass(frozen=True)
class CorpusPanel:
    """The components that the page wires."""

    summary: gr.HTML
    sample: gr.Button
    adding: gr.Accordion
    files: gr.File
    folder: gr.UploadButton
    model: gr.Dropdown
    calibrate_at_once: gr.Checkbox


def build_corpus_panel(ask_js: str, models: Models) -> CorpusPanel:
    """Lay the panel out. ask_js: what makes the thumbnails searchable. models: what may encode."""
    with gr.Column(elem_classes="mg-panel", elem_id="mg-corpus"):
        summary = gr.HTML(empty_summary(), js_on_load=ask_js, apply_default_css=False, elem_id="mg-corpus-summary")
        sample = gr.Button("Load the sample corpus", visible=False, elem_id="mg-sample", elem_classes="mg-button")
        with gr.Accordion("Add your own files", open=True, elem_classes="mg-accordion") as adding:
            files = gr.File(
                label="Pictures and texts", file_count="multiple", file_types=FILE_TYPES, height=132, elem_id="mg-files"
            )
            folder = gr.UploadButton(
                "Add a whole folder", file_count="directory", elem_id="mg-folder", elem_classes="mg-button"
            )
            gr.HTML(f'<p class="mg-small">{escape(LIMITS)}</p>', apply_default_css=False)
            model = gr.Dropdown(
                models.choices(),
                value=models.own_name,
                label="Model",
                info="Reads the next corpus that you load.",
                visible=len(models.choices()) > 1,
                filterable=False,
                elem_id="mg-model",
            )
            calibrate_at_once = gr.Checkbox(
                value=True, label="Calibrate as soon as it is loaded", elem_id="mg-at-once", container=False
            )
    return CorpusPanel(summary, sample, adding, files, folder, model, calibrate_at_once)


def empty_summary() -> str:
    """The panel before there is a corpus."""
    return '<h2>Corpus</h2><p class="mg-soft">Pictures and passages, together. Nothing is loaded yet.</p>'


def summary(loaded: LoadedCorpus) -> str:
    """Counts, contact sheet, list of passages, what was not simply read, credits of the sample."""
    collection = loaded.collection
    counts = collection.counts
    figures = "".join(
        f'<span class="mg-count mg-kind-{KIND[m]}">{icon(m)}<b>{n:,}</b> {m.counted(n)}</span>'
        for m, n in ((m, counts[m.value]) for m in (Modality.IMAGE, Modality.TEXT))
    )
    vectors_only = f'<p class="mg-soft">{escape(VECTORS_ONLY)}</p>' if collection.encoder is None else ""
    return (
        f'<h2>Corpus</h2><div class="mg-counts">{figures}</div>{vectors_only}{_report(loaded)}{_contact_sheet(loaded)}'
        f"{_passages(loaded)}{_credits() if loaded.sample else ''}"
    )


def _contact_sheet(loaded: LoadedCorpus) -> str:
    items = loaded.collection.items
    if not loaded.thumbnails:
        return ""
    cells = "".join(
        f'<button type="button" class="mg-thumb" data-ask="item" data-value="{row}" data-item="{row}" '
        f'title="{escape(items[row].title)}"><img src="{uri}" '
        f'alt="Search by {escape(items[row].title)}"></button>'
        for row, uri in list(loaded.thumbnails.items())[:MAX_SHOWN]
    )
    more = _more(len(loaded.thumbnails))
    return f'<div class="mg-sheet" role="group" aria-label="Contact sheet" tabindex="0">{cells}</div>{more}'


def _passages(loaded: LoadedCorpus) -> str:
    """Titles of all that has no thumbnail: passages, and items of vectors."""
    rest = [(row, item) for row, item in enumerate(loaded.collection.items) if row not in loaded.thumbnails]
    if not rest:
        return ""
    rows = "".join(
        f'<li><button type="button" class="mg-link mg-kind-{KIND[item.modality]}" data-ask="item" data-value="{row}">'
        f"{icon(item.modality)}<span>{escape(item.title)}</span></button></li>"
        for row, item in rest[:MAX_SHOWN]
    )
    vectors_only = loaded.collection.encoder is None
    titles = f'<ul class="mg-titles">{rows}</ul>{_more(len(rest))}'
    return _details("Items" if vectors_only else "Passages", titles, opened=vectors_only)


def _details(name: str, content: str, *, opened: bool = False) -> str:
    return f'<details class="mg-details"{" open" if opened else ""}><summary>{name}</summary>{content}</details>'


def _more(count: int) -> str:
    return f'<p class="mg-small">The first {MAX_SHOWN} of {count:,}.</p>' if count > MAX_SHOWN else ""


def _report(loaded: LoadedCorpus) -> str:
    """What was not simply read, and why; the same to save. Open where something was left out for a fault of its own."""
    report = loaded.collection.report
    if not report.rows():
        return ""
    rows = "".join(
        f"<tr><td>{escape(name)}</td><td>{escape(_sentence(outcome, reason))}</td></tr>"
        for name, outcome, reason in report.rows()[:MAX_SHOWN]
    )
    table = (
        f'<div class="mg-scroll"><table class="mg-sortable"><thead><tr>{_sorting("What")}{_sorting("Why")}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>{_more(len(report.rows()))}{_report_link(report)}"
    )
    counts = {
        "skipped": len(report.skipped),
        "left out as equal": len(report.duplicates),
        "cut into passages": len(report.cut),
    }
    heading = ", ".join(f"{count:,} {words}" for words, count in counts.items() if count)
    return f'<div class="mg-skipped">{_details(heading, table, opened=bool(report.skipped))}</div>'


def _sorting(heading: str) -> str:
    return f'<th scope="col"><button type="button" class="mg-sort">{heading}</button></th>'


def _sentence(outcome: str, reason: str) -> str:
    return f"cut {reason}" if outcome == "cut" else reason


def _report_link(report: ReadReport) -> str:
    """The report to save, inside the page; the mark at its beginning tells spreadsheets that it is UTF-8."""
    data = base64.b64encode(report.to_csv().encode("utf-8-sig", "replace")).decode("ascii")
    return (
        f'<a class="mg-download" id="mg-report" download="{REPORT_NAME}" '
        f'href="data:text/csv;charset=utf-8;base64,{data}">Download {REPORT_NAME}</a>'
    )


def _credits() -> str:
    rows = "".join(
        f'<li><a href="{escape(row["source"])}" target="_blank" rel="noopener noreferrer">{escape(row["file"])}</a>: '
        f"{escape(row['author'])}, {escape(row['licence'])}</li>"
        for row in photo_credits()
    )
    return _details("Photographers and licences", f'<ul class="mg-credits">{rows}</ul>')
