"""The search: words or a picture, and the two rankings side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import gradio as gr
from markupsafe import Markup

from modgap.corpus.pictures import SUFFIXES as PICTURE_SUFFIXES
from modgap.encoders.vocabulary import UNREAD
from modgap.methods import DEFAULT_METHOD, METHODS, method_by_name
from modgap.ui.components.cards import CardContext, missing_list, result_list
from modgap.ui.components.notices import notice
from modgap.ui.components.rendering import render_html
from modgap.ui.components.theme import static
from modgap.ui.visit.sample import examples_of
from modgap.ui.visit.searching import DEFAULT_RESULTS, MAX_QUERY_CHARACTERS, MAX_RESULTS, MIN_RESULTS, Answer
from modgap.ui.visit.session import LoadedCorpus, PageQuery
from modgap.ui.visit.why_here import Matched

PLACEHOLDER = "Search pictures and passages in plain words"
WEAK = (
    "Nothing here fits this query well, so the nearest items may have little to do with it. Try other words, or look "
    "for something that the corpus holds."
)
KEYS = Markup(
    '<p class="mg-keys"><kbd>/</kbd> to the query, <kbd>↓</kbd> to the hits, <kbd>Enter</kbd> or a click on a card '
    "searches by it.</p>"
)
SWITCH = Markup(
    '<div class="mg-view" role="group" aria-label="How to show the rankings">'
    '<button type="button" data-view="two" aria-pressed="true">Side by side</button>'
    '<button type="button" data-view="one" aria-pressed="false">One list that moves</button></div>'
    '<div class="mg-switch" role="group" aria-label="Which ranking to show">'
    '<button type="button" data-show="raw" aria-pressed="false">Raw</button>'
    '<button type="button" data-show="calibrated" aria-pressed="true">Calibrated</button>'
    '<button type="button" data-show="also" aria-pressed="false">Compared</button></div>'
)


@dataclass(frozen=True)
class SearchPanel:
    """The components that the page wires. whole: shown once there is a corpus."""

    whole: gr.Column
    query: gr.Textbox
    search: gr.Button
    picture: gr.UploadButton
    examples: gr.HTML
    k: gr.Slider
    other: gr.Dropdown
    history: gr.HTML
    asked: gr.HTML
    together: gr.Checkbox
    back: gr.Button
    results: gr.HTML
    link: gr.HTML
    matched: gr.HTML


def build_search_panel(ask_js: str) -> SearchPanel:
    """Lay the panel out. ask_js: the script that makes cards and examples searchable."""
    with gr.Column(visible=False, elem_id="mg-search") as whole:
        with gr.Row(elem_id="mg-query-row", equal_height=True):
            query = gr.Textbox(
                label="Search pictures and passages",
                placeholder=PLACEHOLDER,
                show_label=False,
                container=False,
                max_length=MAX_QUERY_CHARACTERS,
                lines=1,
                max_lines=1,
                scale=6,
                elem_id="mg-query",
            )
            search = gr.Button("Search", variant="primary", scale=0, min_width=110, elem_id="mg-go")
            picture = gr.UploadButton(
                "By picture",
                file_types=list(PICTURE_SUFFIXES),
                scale=0,
                min_width=130,
                elem_id="mg-picture",
            )
        with gr.Row(elem_id="mg-options"):
            examples = gr.HTML("", js_on_load=ask_js, apply_default_css=False, elem_id="mg-examples")
            other = gr.Dropdown(
                third_methods(),
                value="",
                label="Compare with",
                scale=0,
                min_width=170,
                filterable=False,
                elem_id="mg-also",
            )
            k = gr.Slider(
                MIN_RESULTS,
                MAX_RESULTS,
                value=DEFAULT_RESULTS,
                step=1,
                label="Results in each list",
                scale=0,
                min_width=220,
                elem_id="mg-k",
            )
        history = gr.HTML("", js_on_load=ask_js, apply_default_css=False, elem_id="mg-history")
        with gr.Row(elem_id="mg-asked-row", visible=True):
            asked = gr.HTML("", apply_default_css=False, elem_id="mg-asked")
            together = gr.Checkbox(
                label="Together with the words in the box",
                visible=False,
                scale=0,
                min_width=260,
                container=False,
                elem_id="mg-together",
            )
            back = gr.Button("Back to words", visible=False, scale=0, min_width=140, elem_id="mg-back")
        gr.HTML(SWITCH, apply_default_css=False, elem_id="mg-switch")
        matched = gr.HTML("", apply_default_css=False, elem_id="mg-matched")
        link = gr.HTML("", js_on_load=static("state.js"), apply_default_css=False, elem_id="mg-linked")
        results = gr.HTML(no_results(), js_on_load=ask_js, apply_default_css=False, elem_id="mg-results")
    return SearchPanel(
        whole, query, search, picture, examples, k, other, history, asked, together, back, results, link, matched
    )


def third_methods() -> list[tuple[str, str]]:
    """The choices of the third column, (title, name), "none" first: every method that needs no labels."""
    methods = [method_by_name(name) for name in METHODS if name not in ("raw", DEFAULT_METHOD)]
    return [("none", ""), *((method.title, method.name) for method in methods if not method.needs_labels)]


def history_html(history: Sequence[str]) -> Markup:
    """The searches of this visit, the latest first, to search again; before there are any, the keys to use."""
    if len(history) < 2:
        return KEYS
    return render_html("chips.html", chips=history[1:], recent=True, label="Earlier searches")


def placeholder(words: bool) -> str:
    """The text in the empty query box. words: whether the corpus can be searched by words."""
    return PLACEHOLDER if words else "Words need the encoder that made these vectors: click an item instead"


def examples_html(loaded: LoadedCorpus) -> Markup:
    """Queries that show the effect at once, for the sample; nothing for a visitor's own corpus."""
    examples = examples_of(loaded)
    if not examples:
        return Markup()
    return render_html("chips.html", chips=examples, recent=False, label="Example queries")


def asked_html(asked: PageQuery | None) -> Markup:
    """The "searching by picture" state; nothing while words are searched."""
    if asked is None or asked.is_words:
        return Markup()
    image = Markup('<img src="{}" alt="">').format(asked.thumbnail) if asked.thumbnail else ""
    words = Markup(" and the words <b>{}</b>").format(asked.words) if asked.words else ""
    return Markup('<div class="mg-asked" role="status">{}<span>Searching by {} <b>{}</b>{}</span></div>').format(
        image, "picture" if asked.thumbnail else "item", asked.title, words
    )


def matched_html(found: Matched) -> Markup:
    """What the query matches in one item, for the page to put into its card."""
    if not found.regions:
        return render_html("matched.html", matched=found, spoken="")
    place = max((share, -y, -x) for y, line in enumerate(found.regions) for x, share in enumerate(line))
    third = len(found.regions) / 3
    down = ("top", "middle", "bottom")[min(2, int(-place[1] / third))]
    across = ("left", "centre", "right")[min(2, int(-place[2] / third))]
    return render_html("matched.html", matched=found, spoken=f"The query matches most at the {down} {across}.")


def no_results() -> Markup:
    """The place of the lists before the first search."""
    return Markup('<p class="mg-none">Type a few words and press Enter, or click a picture of the corpus.</p>')


def results_html(found: Answer, asked: PageQuery, loaded: LoadedCorpus, k: int = 0, other: str = "") -> Markup:
    """Raw on the left, calibrated on the right, the other method third. k, other: as asked for, for a link to this."""
    context = CardContext(
        loaded.collection.items,
        loaded.collection.row_of,
        loaded.thumbnails,
        figures=asked.is_words,
        matchable=loaded.collection.encoder is not None,
    )
    raw_ids = {hit.id for hit in found.raw}
    left = result_list(
        found.raw,
        context,
        calibrated=False,
        rank_change=found.rank_change,
        other_ids={hit.id for hit in found.calibrated or []},
        image_share=found.image_share.get("raw"),
    )
    if found.calibrated is None:
        right = missing_list(found.reason)
    else:
        right = result_list(
            found.calibrated,
            context,
            calibrated=True,
            rank_change=found.rank_change,
            other_ids=raw_ids,
            image_share=found.image_share.get("calibrated"),
            floor=found.floor,
        )
    return render_html(
        "search_results.html",
        spoken=_spoken(found, asked),
        weak=_weak(found),
        title=asked.title,
        words=asked.title if asked.is_words else "",
        k=k or len(found.raw),
        sample=loaded.sample,
        left=left,
        right=right,
        third=_third(found, context, raw_ids),
        explained=found.calibrated is not None,
        **{"with": other},
    )


def _weak(found: Answer) -> Markup | str:
    """Why the hits of a query mean little, where they do."""
    if not found.readable:
        return notice("info", UNREAD)
    return notice("info", WEAK) if found.no_good_match else ""


def _spoken(found: Answer, asked: PageQuery) -> str:
    """New results in one sentence for screen readers, which would read the lists whole."""
    lists = {"raw": found.raw, "calibrated": found.calibrated or [], "also": found.other}
    words = {"also": found.other_title}
    counted = [
        f"{len(hits)} {words.get(name, name)}"
        + (f", {found.image_share[name]:.0%} pictures" if name in found.image_share else "")
        for name, hits in lists.items()
        if hits
    ]
    return f"Results for {asked.title}: {'; '.join(counted) or 'none'}."


def _third(found: Answer, context: CardContext, raw_ids: set[str]) -> Markup:
    """The column of the other method, or why it cannot be shown; nothing where none was chosen."""
    if not found.other_title:
        return Markup()
    if found.other_reason:
        return missing_list(found.other_reason, found.other_title)
    return result_list(
        found.other,
        context,
        calibrated=True,
        rank_change=found.other_rank_change,
        other_ids=raw_ids,
        image_share=found.image_share.get("other"),
        other_title=found.other_title,
    )
