"""The page: its layout, and the handler of each event."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr

from modgap import __version__
from modgap.corpus import SafeDecoder
from modgap.ui.api.captions import build_caption_api
from modgap.ui.api.endpoints import build_api
from modgap.ui.api.health import remember_state
from modgap.ui.components.figures import MARK, story
from modgap.ui.components.rendering import render_html
from modgap.ui.components.theme import static
from modgap.ui.tabs.calibration_handlers import CalibrationHandlers
from modgap.ui.tabs.calibration_panel import build_calibration_panel
from modgap.ui.tabs.corpus_panel import SAMPLE, build_corpus_panel
from modgap.ui.tabs.loading_handlers import LoadingHandlers
from modgap.ui.tabs.page_handlers import PageComponents
from modgap.ui.tabs.registry import TABS, AppTab
from modgap.ui.tabs.search import build_search_panel
from modgap.ui.tabs.search_handlers import SearchHandlers
from modgap.ui.tabs.story_panel import StoryHandlers, StoryPanel, build_story_panel
from modgap.ui.visit import queues
from modgap.ui.visit.app_state import AppState
from modgap.ui.visit.model import OFFERED, Models, SharedEncoder
from modgap.ui.visit.operator_engine import OperatorEngine
from modgap.ui.visit.private_files import keep_uploads_private
from modgap.ui.visit.sample import KeptSample
from modgap.ui.visit.session import Visits
from modgap.ui.visit.settings import Settings
from modgap.ui.visit.uploads import STRANGERS
from modgap.ui.visit.warm_up import warm_up

CACHE = (600, 3600)  # seconds: every ten minutes, uploads older than an hour are deleted
SWEEP_SECONDS = 300  # between two removals of corpora that are no longer used

PRIVATE: dict[str, Any] = {"api_visibility": "private"}  # these return page fragments, which are useless to a program
SEARCHING: dict[str, Any] = {  # of several in quick succession the last one counts
    **PRIVATE,
    **queues.SEARCHING,
    "trigger_mode": "always_last",
    "show_progress": "hidden",
}
TO_TOP = "() => window.scrollTo({top: 0, behavior: 'instant'})"
TO_QUERY = "() => document.querySelector('#mg-query textarea, #mg-query input')?.focus()"  # its button is gone

HEADER = render_html("header.html", mark=MARK)
HERO = render_html("hero.html")
FOOTER = render_html("footer.html", version=__version__)


def build_page(
    encoder: SharedEncoder | None = None,
    tabs: Sequence[AppTab] = TABS,
    *,
    endpoints: Sequence[Callable[[AppState], None]] = (build_api, build_caption_api),
    sample: KeptSample | None = None,
    corpus: str = "",
    pictures: str = "",
) -> gr.Blocks:
    """The app. encoder: by default the operator's model, which gets ready in the background.

    sample: kept for all visitors; the caller may prepare it.
    tabs: beside the search. endpoints: functions that register endpoints for programs.
    corpus: the URL of a live engine that visitors search in place of the sample, and pictures: where its pictures are
        (`operator_engine`); by default the operator's settings.
    Raises ModgapError for a URL or a template that cannot be used.
    """
    sample = sample or KeptSample()
    if encoder is None:
        encoder = SharedEncoder()
        warm_up(encoder, sample)
    settings = Settings.from_environment()
    url = corpus or settings.corpus
    visits = Visits(settings.visits, settings.idle_seconds, requests=settings.requests, megabytes=settings.megabytes)
    visits.sweep_every(SWEEP_SECONDS)
    models = Models(encoder, OFFERED if settings.others is None else settings.others)
    decoder = SafeDecoder(STRANGERS)
    engine = OperatorEngine(url, pictures or settings.pictures, encoder, decoder.open_picture) if url else None
    state = AppState(encoder, visits, sample, decoder, models, engine)
    keep_uploads_private()
    with gr.Blocks(title="modgap", analytics_enabled=False, delete_cache=CACHE, fill_width=True) as page:
        for register in endpoints:
            register(state)
        gr.HTML(HEADER, apply_default_css=False, elem_id="mg-top")
        with gr.Tabs(
            overflow_behavior="wrap", elem_id="mg-tabs", elem_classes="mg-tabs" if tabs else "mg-tabs mg-alone"
        ):
            with gr.Tab("Search", id="search", elem_id="mg-tab-search"):
                parts, start = lay_out_search(models, engine)
                _wire_loading(parts, start, LoadingHandlers(parts, state, lambda: queues.ReadingQueue.of_page(page)))
                _wire_calibration(parts, CalibrationHandlers(parts, state))
                _wire_search(parts, SearchHandlers(parts, state))
                _wire_story(parts.story, StoryHandlers(parts.story, state.visits))
            for each in tabs:
                with gr.Tab(each.title, id=each.name, elem_id=f"mg-tab-{each.name}") as tab:
                    each.build(tab, state)
        gr.HTML(FOOTER, apply_default_css=False, elem_id="mg-bottom")
    remember_state(page, state)
    page.queue(max_size=queues.MAX_QUEUE, api_open=False)
    return page


def lay_out_search(models: Models, engine: OperatorEngine | None = None) -> tuple[PageComponents, gr.Button]:
    """Lay out the search tab; returns its components, and the button that starts with the sample or the engine."""
    ask_js = static("ask.js")
    ready = SAMPLE if engine is None else f"this server's {engine.product} collection"
    with gr.Row(elem_id="mg-page"):
        with gr.Column(elem_id="mg-main"):
            with gr.Column(elem_id="mg-empty") as empty:
                gr.HTML(HERO, apply_default_css=False)
                start = gr.Button(
                    "Try it with the sample corpus" if engine is None else f"Search {ready}",
                    variant="primary",
                    elem_id="mg-start",
                )
            status = gr.HTML("", apply_default_css=False, elem_classes="mg-status", elem_id="mg-status")
            place = gr.HTML("", apply_default_css=False, elem_id="mg-place")
            cancel = gr.Button("Stop reading", elem_id="mg-cancel", elem_classes="mg-button")
            drawing = gr.HTML(story(), apply_default_css=False)
            search = build_search_panel(ask_js)
        with gr.Column(elem_id="mg-rail"):
            corpus = build_corpus_panel(ask_js, models, ready)
            calibration = build_calibration_panel()
            told = build_story_panel(ask_js)
    return PageComponents(empty, drawing, status, place, cancel, corpus, calibration, search, told), start


def _lists(parts: PageComponents) -> list[Any]:
    """What every search changes."""
    search = parts.search
    return [search.results, search.asked, search.back, search.together, search.history]


def _wire_loading(parts: PageComponents, start: gr.Button, handlers: LoadingHandlers) -> None:
    corpus, calibration, search = parts.corpus, parts.calibration, parts.search
    whole_page = [
        *[parts.status, parts.empty, parts.drawing],
        *[corpus.summary, corpus.sample, corpus.catalogue, corpus.adding, corpus.files],
        *[corpus.mapping, corpus.preview, *corpus.mapped],
        *[calibration.whole, calibration.summary, calibration.status, calibration.undo, calibration.floor],
        *[search.whole, search.examples, search.query, search.search, search.picture, *_lists(parts)],
        *[parts.story.whole, parts.story.pins],
    ]
    loading: dict[str, Any] = {"outputs": whole_page, "show_progress_on": [parts.status], **PRIVATE}

    choices = [corpus.model, corpus.calibrate_at_once, search.k]
    at_once: dict[str, Any] = {"inputs": None, "queue": False, "show_progress": "hidden", **PRIVATE}
    for events, begin, read, inputs, queue in (
        ([start.click, corpus.sample.click], handlers.begin_sample, handlers.sample, choices, queues.SAMPLE),
        ([corpus.catalogue.click], handlers.begin_sample, handlers.catalogue, choices, queues.SAMPLE),
        ([corpus.model.input], handlers.begin, handlers.model, choices, queues.ENCODING),
        ([corpus.files.upload], handlers.begin, handlers.files, [corpus.files, *choices], queues.ENCODING),
        ([corpus.accept.click], handlers.begin, handlers.table, [*corpus.mapped, *choices], queues.ENCODING),
        ([corpus.folder.upload], handlers.begin, handlers.files, [corpus.folder, *choices], queues.ENCODING),
    ):
        begun = gr.on(events, begin, outputs=[parts.place], **at_once)
        begun.success(read, inputs, **loading, **queue).then(None, js=TO_TOP)
    parts.cancel.click(handlers.cancel, outputs=None, **at_once)


def _wire_calibration(parts: PageComponents, handlers: CalibrationHandlers) -> None:
    calibration, search, lists = parts.calibration, parts.search, _lists(parts)
    calibration.file.upload(
        handlers.queries, [calibration.file], [calibration.status, calibration.queries], **SEARCHING
    )
    calibrated = [calibration.status, calibration.summary, calibration.undo, calibration.floor, *lists]
    calibration.calibrate.click(
        handlers.calibrate,
        [calibration.queries, search.k],
        calibrated,
        show_progress_on=[calibration.status],
        **PRIVATE,
        **queues.CALIBRATING,
    )
    calibration.undo.click(handlers.undo, [search.k], calibrated, **SEARCHING)
    floored = [parts.status, calibration.summary, *lists]  # the summary holds the file to take home
    calibration.floor.input(handlers.floor, [calibration.floor, search.k], floored, **SEARCHING)


def _wire_search(parts: PageComponents, handlers: SearchHandlers) -> None:
    search, lists = parts.search, _lists(parts)
    gr.on(
        [search.query.submit, search.search.click],
        handlers.words,
        [search.query, search.together, search.k],
        [parts.status, *lists],
        **SEARCHING,
    )
    search.together.input(
        handlers.together, [search.together, search.query, search.k], [parts.status, *lists], **SEARCHING
    )
    gr.on(
        [
            *[search.results.click, search.examples.click, search.history.click],
            *[parts.corpus.summary.click, parts.story.pins.click],
        ],
        handlers.click,
        [search.k],
        [parts.status, search.query, *lists],
        **{**SEARCHING, "trigger_mode": "multiple"},  # a waiting click would be sent with the data of the one before
    ).then(None, js=TO_TOP)
    search.results.click(
        handlers.why, None, [parts.status, search.matched], **{**SEARCHING, "trigger_mode": "multiple"}
    )
    search.picture.upload(handlers.picture, [search.picture, search.k], [parts.status, *lists], **SEARCHING)
    search.back.click(handlers.back, [search.query, search.k], [parts.status, *lists], **SEARCHING).then(
        None, js=TO_QUERY
    )
    search.other.input(handlers.compare_with, [search.other, search.k], [parts.status, *lists], **SEARCHING)
    search.link.click(handlers.restore, None, [parts.status, search.query, search.k, search.other, *lists], **SEARCHING)
    search.k.release(handlers.repeat, [search.k], [parts.status, *lists], **SEARCHING)


def _wire_story(panel: StoryPanel, handlers: StoryHandlers) -> None:
    shown: dict[str, Any] = {"outputs": [panel.status, panel.pins, panel.caption], **SEARCHING}
    gr.on([panel.pin.click, panel.caption.submit], handlers.pin, [panel.caption], **shown)
    panel.pins.click(handlers.unpin, None, **{**shown, "trigger_mode": "multiple"})
    panel.file.upload(handlers.open, [panel.file], **shown)
