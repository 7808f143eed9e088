"""The corpus panel: load the sample or one's own files; counts, thumbnails, titles, and the report of reading."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Any

import gradio as gr
from markupsafe import Markup

from modgap.corpus import ReadReport
from modgap.corpus.columns import Columns
from modgap.corpus.corpus import TableReading
from modgap.items import Modality, group_counted
from modgap.ui.components.downloads import download_link
from modgap.ui.components.groups import accent, displayed_counts, icon
from modgap.ui.components.rendering import render_html
from modgap.ui.visit.model import Models
from modgap.ui.visit.sample import photo_credits
from modgap.ui.visit.session import LoadedCorpus
from modgap.ui.visit.table_preview import TablePreview
from modgap.ui.visit.uploads import FILE_TYPES, LIMITS

REPORT_NAME = "modgap-report.csv"
SAMPLE = "the sample corpus"
CATALOGUE = "a shop's catalogue"
MAX_PREVIEW = 120  # characters of a value of the first row
MAX_SHOWN = 240  # thumbnails on the contact sheet, titles in the list of passages, rows of the report
VECTORS_ONLY = (
    "This corpus came as vectors. Words cannot be searched without the encoder that made them; click an item below to "
    "search by it."
)


@dataclass(frozen=True)
class CorpusPanel:
    """The components that the page wires."""

    summary: gr.HTML
    sample: gr.Button
    catalogue: gr.Button
    adding: gr.Accordion
    files: gr.File
    folder: gr.UploadButton
    model: gr.Dropdown
    calibrate_at_once: gr.Checkbox
    mapping: gr.Column
    preview: gr.HTML
    text_columns: gr.Dropdown
    image_column: gr.Dropdown
    id_column: gr.Dropdown
    group_column: gr.Dropdown
    accept: gr.Button

    @property
    def mapped(self) -> list[gr.Dropdown]:
        """What a visitor says of the columns, in the order of `Handlers.table`."""
        return [self.text_columns, self.image_column, self.id_column, self.group_column]


def build_corpus_panel(ask_js: str, models: Models, ready: str = SAMPLE) -> CorpusPanel:
    """Lay the panel out.

    ask_js: the script that makes thumbnails searchable. models: to choose from. ready: what the corpus that is ready to
    be loaded is called.
    """
    with gr.Column(elem_classes="mg-panel", elem_id="mg-corpus"):
        summary = gr.HTML(empty_summary(), js_on_load=ask_js, apply_default_css=False, elem_id="mg-corpus-summary")
        sample = gr.Button(f"Load {ready}", visible=False, elem_id="mg-sample", elem_classes="mg-button")
        catalogue = gr.Button(
            f"Load {CATALOGUE}", visible=ready == SAMPLE, elem_id="mg-catalogue", elem_classes="mg-button"
        )
        with gr.Column(visible=False, elem_id="mg-mapping") as mapping:
            preview = gr.HTML("", apply_default_css=False, elem_id="mg-preview")
            text_columns = gr.Dropdown([], label="Searched as text", multiselect=True, elem_id="mg-text-columns")
            image_column = gr.Dropdown([], label="Searched as picture", elem_id="mg-image-column")
            id_column = gr.Dropdown([], label="Id", elem_id="mg-id-column")
            group_column = gr.Dropdown([], label="Group", elem_id="mg-group-column")
            accept = gr.Button("Read the table", variant="primary", elem_id="mg-accept")
        with gr.Accordion("Add your own files", open=True, elem_classes="mg-accordion") as adding:
            files = gr.File(
                label="Pictures and texts", file_count="multiple", file_types=FILE_TYPES, height=132, elem_id="mg-files"
            )
            folder = gr.UploadButton(
                "Add a whole folder", file_count="directory", elem_id="mg-folder", elem_classes="mg-button"
            )
            gr.HTML(Markup('<p class="mg-small">{}</p>').format(LIMITS), apply_default_css=False)
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
    return CorpusPanel(
        summary,
        sample,
        catalogue,
        adding,
        files,
        folder,
        model,
        calibrate_at_once,
        mapping,
        preview,
        text_columns,
        image_column,
        id_column,
        group_column,
        accept,
    )


def empty_summary() -> Markup:
    """The panel before there is a corpus."""
    return Markup('<h2>Corpus</h2><p class="mg-soft">Pictures and passages, together. Nothing is loaded yet.</p>')


def summary(loaded: LoadedCorpus) -> Markup:
    """Counts, contact sheet, list of passages, the report of reading, credits of the sample."""
    collection = loaded.collection
    vectors_only = collection.encoder is None
    rest = [(row, item) for row, item in enumerate(collection.items) if row not in loaded.thumbnails]
    return render_html(
        "corpus_summary.html",
        counts=[
            {
                "accent": accent(group),
                "icon": icon(Modality.from_group(group)),
                "n": n,
                "words": group_counted(group, n),
            }
            for group, n in displayed_counts(collection.counts).items()
        ],
        vectors_only=VECTORS_ONLY if vectors_only else "",
        engine=loaded.engine,
        report=_report(collection.report),
        thumbnails=[
            {"row": row, "uri": uri, "title": collection.items[row].title}
            for row, uri in islice(loaded.thumbnails.items(), MAX_SHOWN)
            if uri
        ],
        thumbnail_count=len(loaded.thumbnails),
        titles=[
            {"row": row, "accent": accent(item.group), "icon": icon(item.modality), "title": item.title}
            for row, item in rest[:MAX_SHOWN]
        ],
        title_count=len(rest),
        titles_name="Items" if vectors_only else "Passages",
        open_titles=vectors_only,
        credits=photo_credits() if loaded.sample or loaded.catalogue else [],
        tables=[] if collection.corpus is None else [_columns(each) for each in collection.corpus.tables],
        both=0 if collection.fused is None else collection.fused.count,
        max_shown=MAX_SHOWN,
    )


def mapping_updates(panel: CorpusPanel, waiting: TablePreview) -> dict[Any, Any]:
    """The form for a table that waits: what its columns are taken for, to be accepted or changed."""
    columns, names = waiting.columns or Columns(), list(waiting.names)
    one = [("none", ""), *((name, name) for name in names)]
    return {
        panel.mapping: gr.update(visible=True),
        panel.preview: render_html(
            "table_preview.html",
            name=waiting.name,
            recognised=waiting.columns is not None,
            rows=[(name, waiting.first.get(name, "")[:MAX_PREVIEW]) for name in names],
        ),
        panel.text_columns: gr.update(choices=names, value=list(columns.text)),
        panel.image_column: gr.update(choices=one, value=columns.image),
        panel.id_column: gr.update(choices=one, value=columns.id),
        panel.group_column: gr.update(choices=one, value=columns.group),
    }


def _columns(read: TableReading) -> dict[str, Any]:
    """What the columns of a table were taken for."""
    columns = read.columns
    roles = {
        "id": columns.id,
        "searched as text": ", ".join(columns.text),
        "searched as picture": columns.image,
        "shown only": columns.caption,
        "group": columns.group,
        "not used": ", ".join(columns.ignored),
    }
    return {"name": read.name, "roles": {role: names for role, names in roles.items() if names}}


def _report(report: ReadReport) -> dict[str, Any] | None:
    """The items that were skipped, left out or cut, with the reasons; opened where something was skipped."""
    rows = report.rows()
    if not rows:
        return None
    counts = {
        "skipped": len(report.skipped),
        "left out as equal": len(report.duplicates),
        "cut into passages": len(report.cut),
    }
    return {
        "heading": ", ".join(f"{count:,} {words}" for words, count in counts.items() if count),
        "rows": [(name, f"cut {why}" if outcome == "cut" else why) for name, outcome, why in rows[:MAX_SHOWN]],
        "count": len(rows),
        "opened": bool(report.skipped),
        "link": download_link(  # the mark at its beginning tells spreadsheets that it is UTF-8
            REPORT_NAME,
            "text/csv;charset=utf-8",
            report.to_csv().encode("utf-8-sig", "replace"),
            element_id="mg-report",
        ),
    }
