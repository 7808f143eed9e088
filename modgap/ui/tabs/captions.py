"""The room of captions: drop a picture, write captions, see CLIPScore and I0T-Score side by side and why."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import gradio as gr

from modgap.corpus import PictureOpener, open_picture
from modgap.corpus.pictures import SUFFIXES as PICTURE_SUFFIXES
from modgap.encoders import Encoder
from modgap.errors import ModgapError, PictureError
from modgap.evaluation.captions import picture_vector, score_captions
from modgap.io.assets import asset_path
from modgap.ui.components.caption_cards import cards_html
from modgap.ui.components.notices import guarded
from modgap.ui.tabs.registry import AppState
from modgap.ui.visit.caption_backgrounds import CaptionBackgrounds
from modgap.ui.visit.private_files import deleted_after
from modgap.ui.visit.session import CaptionPicture, Visit
from modgap.ui.visit.thumbnails import data_uri

MOST_CAPTIONS = 20
LONGEST = 500  # characters of a caption; models read the first few dozen words
EXAMPLE = ("photos", "chameleon.webp")
EXAMPLE_CAPTIONS = ("a green lizard on a branch", "a green lizard in the snow", "two men on bicycles")

INTRO = (
    '<div class="mg-room-intro"><h2>Does the caption fit the picture?</h2><p>Two scores, no reference captions. '
    "CLIPScore is the usual one; I0T-Score first takes away what all pictures and all texts have in common.</p></div>"
)
NO_RESULT = '<p class="mg-none">Drop a picture, write a caption a line, and press Score; or start with the example.</p>'
NO_PICTURE = "There is no picture yet: drop one, or start with the example."
Updates = dict[Any, Any]


@dataclass(frozen=True)
class CaptionPanel:
    """The components of the room."""

    file: gr.File
    preview: gr.HTML
    captions: gr.Textbox
    prefix: gr.Checkbox
    clip: gr.Checkbox
    score: gr.Button
    example: gr.Button
    status: gr.HTML
    result: gr.HTML


def build_captions(tab: gr.Tab, shared: AppState) -> None:
    """Lay the room out inside its tab, and wire it."""
    panel = build_caption_panel()
    handlers = CaptionHandlers(panel, shared)
    quiet: dict[str, Any] = {"api_visibility": "private", "show_progress_on": [panel.status]}
    encoding = {**quiet, "concurrency_id": "search", "concurrency_limit": 4}
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
    with gr.Row(elem_id="mg-caption-room"):
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
                max_length=MOST_CAPTIONS * LONGEST,
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
    """What each press does. Each finds its visitor by the session of the request."""

    def __init__(self, panel: CaptionPanel, shared: AppState) -> None:
        self._panel = panel
        self._shared = shared
        self._backgrounds = CaptionBackgrounds(shared)

    def picture(self, path: str | None, request: gr.Request) -> Updates:
        """Take an uploaded picture."""

        def work() -> Updates:
            if not path:
                return {}
            visit = self._shared.visits.of(request.session_hash)
            open_picture = self._shared.decoder.open_picture
            with deleted_after([path]):
                visit.caption_picture = caption_picture(Path(path), self._shared.encoder.get(), open_picture)
            return {self._panel.preview: preview_html(visit.caption_picture), self._panel.result: NO_RESULT}

        return {self._panel.file: None, **guarded(self._panel.status, work)}

    def score(self, words: str, prefix: bool, clip: bool, request: gr.Request) -> Updates:
        """Score the captions."""
        return guarded(
            self._panel.status,
            lambda: self._scored(self._shared.visits.of(request.session_hash), words, prefix, clip),
        )

    def again(self, words: str, prefix: bool, clip: bool, request: gr.Request) -> Updates:
        """Another choice: score anew where there is something to score."""

        def work() -> Updates:
            visit = self._shared.visits.of(request.session_hash)
            ready = visit.caption_picture is not None and bool(words.strip())
            return self._scored(visit, words, prefix, clip) if ready else {}

        return guarded(self._panel.status, work)

    def example(self, prefix: bool, clip: bool, request: gr.Request) -> Updates:
        """A photograph of the sample with three captions."""

        def work() -> Updates:
            visit, words = self._shared.visits.of(request.session_hash), "\n".join(EXAMPLE_CAPTIONS)
            path = asset_path("sample", "corpus", *EXAMPLE)
            visit.caption_picture = caption_picture(path, self._shared.encoder.get())
            shown = {self._panel.preview: preview_html(visit.caption_picture), self._panel.captions: words}
            return {**shown, **self._scored(visit, words, prefix, clip)}

        return guarded(self._panel.status, work)

    def _scored(self, visit: Visit, words: str, prefix: bool, clip: bool) -> Updates:
        if visit.caption_picture is None:
            raise ModgapError(NO_PICTURE)
        lines = caption_lines(words)
        background = self._backgrounds.of(visit.loaded, prefix)
        encoder = self._shared.encoder.get()
        found = score_captions(visit.caption_picture.vector, lines, encoder, background, prefix=prefix, clip=clip)
        return {self._panel.result: cards_html(found)}


def caption_lines(words: str) -> list[str]:
    """The captions of the text box. Raises ModgapError for none, too many, or one that is too long."""
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    if not lines:
        raise ModgapError("There is no caption yet: write one, or several, one a line.")
    if len(lines) > MOST_CAPTIONS:
        raise ModgapError(f"These are {len(lines):,} captions and the limit is {MOST_CAPTIONS}: leave some out.")
    longest = max(lines, key=len)
    if len(longest) > LONGEST:
        raise ModgapError(f'The caption "{longest[:40]}…" has more than {LONGEST} characters: shorten it.')
    return lines


def caption_picture(path: Path, encoder: Encoder, open_picture: PictureOpener = open_picture) -> CaptionPicture:
    """A picture's file as what the room keeps of it. Raises ModgapError if it is none."""
    try:
        thumbnail = data_uri(open_picture(path))
    except PictureError as error:
        raise ModgapError(f"{path.name} {error}.") from error
    return CaptionPicture(path.name, thumbnail, picture_vector(path, encoder, open_picture))


def preview_html(picture: CaptionPicture) -> str:
    """The picture that the captions are of."""
    return (
        f'<figure class="mg-caption-picture"><img src="{picture.thumbnail}" alt="The picture to be captioned">'
        f"<figcaption>{escape(picture.name)}</figcaption></figure>"
    )
