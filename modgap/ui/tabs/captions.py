"""The captions tab: drop a picture, write captions, see CLIPScore and I0T-Score side by side and why."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
from markupsafe import Markup

from modgap.corpus.pictures import SUFFIXES as PICTURE_SUFFIXES
from modgap.errors import ModgapError
from modgap.evaluation.captions import score_captions
from modgap.io.assets import asset_path
from modgap.ui.components.caption_cards import cards_html
from modgap.ui.tabs.guarded import guarded
from modgap.ui.visit import queues
from modgap.ui.visit.app_state import AppState
from modgap.ui.visit.caption_backgrounds import CaptionBackgrounds
from modgap.ui.visit.caption_lines import MAX_CAPTION_CHARACTERS, MAX_CAPTIONS, caption_lines, caption_picture
from modgap.ui.visit.private_files import deleted_after
from modgap.ui.visit.session import CaptionPicture, Visit

EXAMPLE = ("photos", "garden-lizard.webp")
EXAMPLE_CAPTIONS = ("a green lizard on a branch", "a green lizard in the snow", "two men on bicycles")

INTRO = Markup(
    '<div class="mg-tab-intro"><h2>Does the caption fit the picture?</h2><p>Two scores, no reference captions. '
    "CLIPScore is the usual one; I0T-Score first takes away what all pictures and all texts have in common.</p></div>"
)
NO_RESULT = Markup(
    '<p class="mg-none">Drop a picture, write a caption a line, and press Score; or start with the example.</p>'
)
NO_PICTURE = "There is no picture yet: drop one, or start with the example."
Updates = dict[Any, Any]


@dataclass(frozen=True)
class CaptionPanel:
    """The components of the tab."""

    file: gr.File
    preview: gr.HTML
    captions: gr.Textbox
    prefix: gr.Checkbox
    clip: gr.Checkbox
    score: gr.Button
    example: gr.Button
    status: gr.HTML
    result: gr.HTML


def build_captions(tab: gr.Tab, state: AppState) -> None:
    """Lay the tab out and wire it."""
    panel = build_caption_panel()
    handlers = CaptionHandlers(panel, state)
    quiet: dict[str, Any] = {"api_visibility": "private", "show_progress_on": [panel.status]}
    encoding = {**quiet, **queues.SEARCHING}
    scored = [panel.status, panel.result]
    inputs = [panel.captions, panel.prefix, panel.clip]
    panel.file.upload(
        handlers.picture, [panel.file], [panel.status, panel.file, panel.preview, panel.result], **encoding
    )
    panel.score.click(handlers.score, inputs, scored, **encoding)
    gr.on([panel.prefix.input, panel.clip.input], handlers.again, inputs, scored, **encoding)
    panel.example.click(
        handlers.example,
        [panel.prefix, panel.clip],
        [panel.status, panel.preview, panel.captions, panel.result],
        **encoding,
    )


def build_caption_panel() -> CaptionPanel:
    """Lay the panel out."""
    gr.HTML(INTRO, apply_default_css=False)
    with gr.Row(elem_id="mg-caption-tab"):
        with gr.Column(elem_id="mg-caption-ask", elem_classes="mg-panel"):
            preview = gr.HTML("", apply_default_css=False, elem_id="mg-caption-preview")
            file = gr.File(
                label="A picture",
                file_count="single",
                file_types=list(PICTURE_SUFFIXES),
                type="filepath",
                height=136,
                elem_id="mg-caption-file",
            )
            captions = gr.Textbox(
                label="Captions",
                info="One a line.",
                placeholder="a dog runs over wet sand\na cat asleep on a chair",
                lines=4,
                max_lines=8,
                max_length=MAX_CAPTIONS * MAX_CAPTION_CHARACTERS,
                elem_id="mg-caption-words",
            )
            with gr.Row(elem_id="mg-caption-options"):
                prefix = gr.Checkbox(False, label='Begin with "A photo depicts"', elem_id="mg-caption-prefix")
                clip = gr.Checkbox(False, label="No I0T-Score below 0", elem_id="mg-caption-clip")
            with gr.Row(elem_id="mg-caption-buttons"):
                score = gr.Button("Score", variant="primary", elem_id="mg-caption-score", min_width=110)
                example = gr.Button("Example", elem_id="mg-caption-example", min_width=110)
        with gr.Column(elem_id="mg-caption-answer"):
            status = gr.HTML("", apply_default_css=False, elem_classes="mg-status", elem_id="mg-caption-status")
            result = gr.HTML(NO_RESULT, apply_default_css=False, elem_id="mg-caption-result")
    return CaptionPanel(file, preview, captions, prefix, clip, score, example, status, result)


class CaptionHandlers:
    """The handlers of the tab. Each finds its visitor by the session of the request."""

    def __init__(self, panel: CaptionPanel, state: AppState) -> None:
        self._panel = panel
        self._state = state
        self._backgrounds = CaptionBackgrounds(state)

    def picture(self, path: str | None, request: gr.Request) -> Updates:
        """Take an uploaded picture."""

        def work() -> Updates:
            if not path:
                return {}
            visit = self._state.visits.visit_for(request.session_hash)
            open_picture = self._state.decoder.open_picture
            with deleted_after([path]):
                visit.caption_picture = caption_picture(Path(path), self._state.encoder.get(), open_picture)
            return {self._panel.preview: preview_html(visit.caption_picture), self._panel.result: NO_RESULT}

        return {self._panel.file: None, **guarded(self._panel.status, work)}

    def score(self, words: str, prefix: bool, clip: bool, request: gr.Request) -> Updates:
        """Score the captions."""
        return guarded(
            self._panel.status,
            lambda: self._scored(self._state.visits.visit_for(request.session_hash), words, prefix, clip),
        )

    def again(self, words: str, prefix: bool, clip: bool, request: gr.Request) -> Updates:
        """An option has changed: score again where there is something to score."""

        def work() -> Updates:
            visit = self._state.visits.visit_for(request.session_hash)
            ready = visit.caption_picture is not None and bool(words.strip())
            return self._scored(visit, words, prefix, clip) if ready else {}

        return guarded(self._panel.status, work)

    def example(self, prefix: bool, clip: bool, request: gr.Request) -> Updates:
        """A photograph of the sample with three captions."""

        def work() -> Updates:
            visit, words = self._state.visits.visit_for(request.session_hash), "\n".join(EXAMPLE_CAPTIONS)
            path = asset_path("sample", "corpus", *EXAMPLE)
            visit.caption_picture = caption_picture(path, self._state.encoder.get())
            shown = {self._panel.preview: preview_html(visit.caption_picture), self._panel.captions: words}
            return {**shown, **self._scored(visit, words, prefix, clip)}

        return guarded(self._panel.status, work)

    def _scored(self, visit: Visit, words: str, prefix: bool, clip: bool) -> Updates:
        if visit.caption_picture is None:
            raise ModgapError(NO_PICTURE)
        lines = caption_lines(words)
        background = self._backgrounds.background_for(visit.loaded, prefix)
        encoder = self._state.encoder.get()
        found = score_captions(visit.caption_picture.vector, lines, encoder, background, prefix=prefix, clip=clip)
        return {self._panel.result: cards_html(found)}


def preview_html(picture: CaptionPicture) -> Markup:
    """The picture that the captions describe."""
    return Markup(
        '<figure class="mg-caption-picture"><img src="{}" alt="The picture to be captioned">'
        "<figcaption>{}</figcaption></figure>"
    ).format(picture.thumbnail, picture.name)
