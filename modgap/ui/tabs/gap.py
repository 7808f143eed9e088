"""The tab of the gap: how far pictures and passages lie apart, in words, on a map, and in every metric."""

from __future__ import annotations

from html import escape
from typing import Any

import gradio as gr

from modgap.calibration.gap_report import Gap
from modgap.errors import ModgapError
from modgap.items import Modality
from modgap.metrics.catalogue import GAP_METRICS, K
from modgap.metrics.gap import MODERATE, SEVERE
from modgap.plots.points import PointMap, point_maps
from modgap.search.query import ask
from modgap.ui.components.cards import KIND
from modgap.ui.components.notices import notice
from modgap.ui.tabs.guarded import guarded
from modgap.ui.visit.app_state import AppState
from modgap.ui.visit.session import LoadedCorpus, Visit

WIDTH = 460  # of a map, in its own units
MAX_SCALE_DISTANCE = 1.2  # centroid distance at the right end of the scale; encoders hardly pass 1
EMPTY = (
    '<div class="mg-tab-intro"><h2>How far apart do pictures and passages lie?</h2><p>Load a corpus with both '
    "on the page Search, or the sample; then this page measures it.</p></div>"
)
_NEEDS = {
    "vectors": ("Of the vectors", "Centring (I0T_post) moves vectors and changes these; standardization does not."),
    "queries": ("Of the rankings", "What the first page of the calibration queries shows."),
    "pairs": ("Of pairs", "Pictures and the texts that belong to them."),
}
_COLUMNS = {"as encoded": "", "centred": "i0t_post", "standardized": "standardized"}  # heading -> method


def build_gap(tab: gr.Tab, state: AppState) -> None:
    """Lay the tab out inside its tab; it measures when it is entered, once for each calibration."""
    status = gr.HTML("", apply_default_css=False, elem_classes="mg-status", elem_id="mg-gap-status")
    body = gr.HTML(EMPTY, apply_default_css=False, elem_id="mg-gap-body")

    def enter(request: gr.Request) -> dict[Any, Any]:
        visit = state.visits.visit_for(request.session_hash)
        return {body: EMPTY, **guarded(status, lambda: {body: gap_html(visit)})}  # not the gap of a corpus before

    tab.select(
        enter, None, [status, body], api_visibility="private", concurrency_id="encoder", show_progress_on=[status]
    )


def gap_html(visit: Visit) -> str:
    """The page for what the visitor has loaded. Raises ModgapError, in words, where there is no gap to measure."""
    if visit.loaded is None:
        return EMPTY
    loaded = visit.loaded
    gap = visit.measured("gap", lambda: _measure(loaded))
    vector, modality = _query_vector(visit)
    maps = point_maps(loaded.collection.vectors, loaded.collection.modality, query=vector, query_modality=modality)
    asked = visit.asked.title if visit.asked is not None and vector is not None else ""
    return (
        f"{_headline(gap)}{_maps(maps, loaded, asked)}{_shares(gap)}{_metrics(gap)}"
        f"{''.join(notice('info', each) for each in gap.notes)}"
    )


def _measure(loaded: LoadedCorpus) -> Gap:
    collection = loaded.collection
    asked = collection.calibration_queries.get(Modality.TEXT)
    return collection.gap(asked.vectors if asked is not None else None)


def _query_vector(visit: Visit) -> tuple[Any, str]:
    """Where the last search lies; nothing where there was none."""
    if visit.asked is None or visit.loaded is None:
        return None, Modality.TEXT.value
    collection = visit.loaded.collection
    try:
        asked = ask(visit.asked.query, collection.vectors, collection.row_of, collection.encoder)
    except ModgapError:
        return None, Modality.TEXT.value
    return asked.vector, asked.modality


def _headline(gap: Gap) -> str:
    """The distance of the centroids on a scale with the papers' bands."""
    distance = gap.metrics["centroid_distance"]
    after = gap.after.get("i0t_post", {}).get("centroid_distance")
    far = " mg-scale-far" if distance > MAX_SCALE_DISTANCE / 2 else ""  # its words then stand to the left of it
    marks = f'<span class="mg-scale-mark{far}" style="left:{_along(distance)}"><b>{distance:.2f}</b> as encoded</span>'
    if after is not None:
        marks += (
            f'<span class="mg-scale-mark mg-scale-after" style="left:{_along(after)}"><b>{after:.2f}</b> centred</span>'
        )
    bands = "".join(
        f'<span class="mg-scale-band mg-band-{name}" style="left:{_along(low)};width:calc({_along(high)} - '
        f'{_along(low)})">{name}</span>'
        for name, low, high in (
            ("low", 0.0, MODERATE),
            ("moderate", MODERATE, SEVERE),
            ("severe", SEVERE, MAX_SCALE_DISTANCE),
        )
    )
    return (
        f'<div class="mg-tab-intro"><h2>The gap of this corpus is <em>{gap.severity}</em>.</h2>'
        "<p>The middle of all pictures and the middle of all passages lie "
        f"<b>{distance:.2f}</b> apart, on a sphere of radius 1. Words stand with the passages, so every passage starts "
        f'ahead.</p></div><div class="mg-scale" role="img" aria-label="Centroid distance {distance:.2f}: '
        f'{gap.severity}. Bands: low below {MODERATE}, moderate below {SEVERE}, severe above.">'
        f'<div class="mg-scale-bar">{bands}</div>'
        f"{marks}</div>"
    )


def _along(distance: float) -> str:
    return f"{100 * min(max(distance, 0.0), MAX_SCALE_DISTANCE) / MAX_SCALE_DISTANCE:.1f}%"


def _maps(maps: dict[str, PointMap], loaded: LoadedCorpus, asked: str) -> str:
    titles = {"before": "As encoded", "after": "After centring (I0T_post)"}
    figures = "".join(_map(titles[name], each, loaded, asked) for name, each in maps.items())
    shown = len(next(iter(maps.values())).rows)
    more = (
        f" {shown:,} of {len(loaded.collection.items):,} items are shown."
        if shown < len(loaded.collection.items)
        else ""
    )
    query = ' <span class="mg-map-key">&#9733;</span> your last search.' if asked else ""
    return (
        f'<div class="mg-maps">{figures}</div><p class="mg-small"><span class="mg-word-picture">&#9650;</span> '
        f'pictures, <span class="mg-word-text">&#9679;</span> passages.{query} Large marks are the middles. The two '
        "directions in which items differ most; standardization moves none of them."
        f"{more} Point at a mark to see what it is.</p>"
    )


def _map(title: str, each: PointMap, loaded: LoadedCorpus, asked: str) -> str:
    items, marks = loaded.collection.items, []
    for row, (x, y), kind in zip(each.rows.tolist(), each.xy.tolist(), each.modality.tolist(), strict=True):
        name = escape(items[row].title)
        thumbnail = loaded.thumbnails.get(row)
        picture = f' data-thumb="{row}"' if thumbnail else ""
        marks.append(
            f'<g class="mg-point mg-point-{KIND[Modality(kind)]}" data-name="{name}"{picture} '
            f'transform="translate({x * WIDTH:.1f} {y * WIDTH:.1f})">{_mark(kind, 5)}</g>'
        )
    for modality, (x, y) in each.centroids.items():
        marks.append(
            f'<g class="mg-middle mg-point-{KIND[modality]}" transform="translate({x * WIDTH:.1f} {y * WIDTH:.1f})">'
            f"{_mark(modality.value, 13)}</g>"
        )
    if each.query is not None:
        x, y = each.query
        marks.append(
            f'<g class="mg-map-query" data-name="{escape(asked)}" transform="translate({x * WIDTH:.1f} '
            f'{y * WIDTH:.1f})">'
            '<path d="M0-11 3-4 11-3 5 2 7 10 0 6-7 10-5 2-11-3-3-4Z"/></g>'
        )
    shown = f"{each.share:.0%} of the variance is shown"
    words = f"{title}: the middles lie {each.distance:.2f} apart, {each.severity}; {shown}"
    pad = 16
    return (
        f'<figure class="mg-map"><figcaption><b>{title}</b> distance {each.distance:.2f}, {each.severity}</figcaption>'
        f'<svg viewBox="{-pad} {-pad} {WIDTH + 2 * pad} {WIDTH + 2 * pad}" role="img" aria-label="{escape(words)}">'
        f'{"".join(marks)}</svg><div class="mg-map-tip" aria-hidden="true"></div></figure>'
    )


def _mark(kind: str, size: int) -> str:
    if kind == Modality.TEXT.value:
        return f'<circle r="{size}"/>'
    return f'<path d="M0-{size * 1.2:.0f} {size * 1.1:.0f} {size * 0.8:.0f} -{size * 1.1:.0f} {size * 0.8:.0f}Z"/>'


def _shares(gap: Gap) -> str:
    """Pictures among the first results: raw, standardized, and in the pool."""
    name = f"image_share@{K}"
    values = {
        "raw": gap.metrics.get(name),
        "standardized": gap.after.get("standardized", {}).get(name),
        "in the whole corpus": gap.metrics.get("image_share_pool"),
    }
    rows = "".join(
        f'<tr><th scope="row">{label}</th><td><span class="mg-share-bar" aria-hidden="true"><span '
        f'style="width:{v:.1%}"></span></span></td><td><b>{v:.0%}</b></td></tr>'
        for label, v in values.items()
        if v is not None
    )
    if not rows:
        return ""
    return (
        f'<section class="mg-panel mg-tab-panel"><h2>Pictures among the first {K}</h2><p class="mg-soft">Of all '
        f'calibration queries.</p><table class="mg-tab-table mg-shares"><tbody>{rows}</tbody></table></section>'
    )


def _metrics(gap: Gap) -> str:
    parts = []
    for needs, (title, words) in _NEEDS.items():
        rows = "".join(
            _row(name, gap) for name, metric in GAP_METRICS.items() if metric.needs == needs and name in gap.metrics
        )
        missing = [GAP_METRICS[n].title for n in gap.left_out if GAP_METRICS[n].needs == needs]
        why = next((gap.left_out[n] for n in gap.left_out if GAP_METRICS[n].needs == needs), "")
        absent = f'<p class="mg-small">Left out: {escape(", ".join(missing))}; {escape(why)}.</p>' if missing else ""
        if rows or absent:
            head = "".join(f'<th scope="col">{column}</th>' for column in ("metric", *_COLUMNS, "better"))
            table = (
                f'<table class="mg-tab-table mg-stacked"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
                if rows
                else ""
            )
            parts.append(
                f'<section class="mg-panel mg-tab-panel"><h2>{title}</h2><p class="mg-soft">{words}</p>'
                f'<div class="mg-wide" tabindex="0">{table}</div>{absent}</section>'
            )
    return "".join(parts)


def _row(name: str, gap: Gap) -> str:
    metric, cells = GAP_METRICS[name], ""
    for column, method in _COLUMNS.items():
        value = gap.after.get(method, {}).get(name) if method else gap.metrics[name]
        unmoved = method == "standardized" and metric.needs != "queries"  # it moves no vector
        words = f"{value:.3f}" if value is not None else '<span class="mg-same">same</span>' if unmoved else ""
        cells += f'<td data-column="{column}">{words}</td>'
    return (
        f'<tr><th scope="row">{escape(metric.title)}<small>{escape(metric.meaning)}</small></th>{cells}'
        f'<td data-column="better">{escape(metric.good)}</td></tr>'
    )
