"""The story panel: searches pinned with a caption, in their order, to tell, to save and to open again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
from markupsafe import Markup

from modgap.ui.components.downloads import download_link
from modgap.ui.components.notices import notice
from modgap.ui.components.rendering import render_html
from modgap.ui.tabs.guarded import guarded
from modgap.ui.visit.private_files import deleted_after
from modgap.ui.visit.session import Visit, Visits
from modgap.ui.visit.story import MAX_CAPTION, pinned, read_story, story_json, without

FILE_NAME = "story.json"


@dataclass(frozen=True)
class StoryPanel:
    """The components that the page wires. whole: shown once there is a corpus."""

    whole: gr.Column
    pins: gr.HTML
    caption: gr.Textbox
    pin: gr.Button
    file: gr.UploadButton
    status: gr.HTML


def build_story_panel(ask_js: str) -> StoryPanel:
    """Lay the panel out. ask_js: the script that makes pins searchable."""
    with gr.Column(elem_classes="mg-panel", elem_id="mg-story", visible=False) as whole:
        with gr.Accordion("Your story", open=False, elem_classes="mg-accordion"):
            pins = gr.HTML(story_html(Visit()), js_on_load=ask_js, apply_default_css=False, elem_id="mg-pins")
            caption = gr.Textbox(
                label="What to say about the search that is shown",
                max_length=MAX_CAPTION,
                lines=1,
                max_lines=3,
                elem_id="mg-pin-caption",
            )
            pin = gr.Button("Pin this search", elem_id="mg-pin", elem_classes="mg-button")
            file = gr.UploadButton(
                "Open a story (story.json)", file_types=[".json"], elem_id="mg-story-file", elem_classes="mg-button"
            )
            status = gr.HTML("", apply_default_css=False, elem_classes="mg-status", elem_id="mg-story-status")
    return StoryPanel(whole, pins, caption, pin, file, status)


def story_html(visit: Visit, notes: Sequence[str] = ()) -> Markup:
    """The pins in their order with a button to remove each, and the file to save; before there are any, what they do.

    notes: what differs from where the story was made.
    """
    rows = visit.loaded.collection.row_of if visit.loaded is not None else {}
    items = visit.loaded.collection.items if visit.loaded is not None else []
    pins = [
        {
            "ask": "item" if pin.item else "words",
            "value": rows[pin.item] if pin.item else pin.words,
            "title": items[rows[pin.item]].title if pin.item else pin.words,
            "caption": pin.caption,
        }
        for pin in visit.pins
        if not pin.item or pin.item in rows
    ]
    saved = ""
    if visit.loaded is not None and visit.pins:
        document = story_json(visit.pins, visit.loaded.collection)
        saved = download_link(FILE_NAME, "application/json", document, element_id="mg-story-download")
    return render_html("story.html", pins=pins, download=saved, notes=[notice("info", each) for each in notes])


class StoryHandlers:
    """The handlers of the panel."""

    def __init__(self, panel: StoryPanel, visits: Visits) -> None:
        self._panel, self._visits = panel, visits

    def pin(self, caption: str, request: gr.Request) -> dict[Any, Any]:
        """Keep the search that is shown."""

        def work() -> dict[Any, Any]:
            visit = self._visits.visit_for(request.session_hash)
            visit.require_loaded()
            visit.pins = pinned(visit.pins, visit.asked, caption)
            return {self._panel.pins: story_html(visit), self._panel.caption: ""}

        return guarded(self._panel.status, work)

    def unpin(self, request: gr.Request, event: gr.EventData) -> dict[Any, Any]:
        """Remove a pin; a click on a pin itself is a search, and changes nothing here."""

        def work() -> dict[Any, Any]:
            visit = self._visits.visit_for(request.session_hash)
            data = event._data if isinstance(event._data, dict) else {}
            if data.get("ask") != "unpin":
                return {}
            visit.pins = without(visit.pins, data.get("value"))
            return {self._panel.pins: story_html(visit)}

        return guarded(self._panel.status, work)

    def open(self, path: str, request: gr.Request) -> dict[Any, Any]:
        """Take the pins of a file in place of those that are there."""

        def work() -> dict[Any, Any]:
            visit = self._visits.visit_for(request.session_hash)
            with deleted_after([path]):
                pins, notes = read_story(Path(path), visit.require_loaded())
            visit.pins = pins
            return {self._panel.pins: story_html(visit, notes)}

        return guarded(self._panel.status, work)
