"""The gap tab: how far pictures and passages lie apart, in words, on a map, and in every metric."""

from __future__ import annotations

from typing import Any

import gradio as gr
from markupsafe import Markup

from modgap.calibration.gap_report import Gap
from modgap.errors import ModgapError
from modgap.items import Modality, group_plural
from modgap.metrics.catalogue import GAP_METRICS, K
from modgap.metrics.gap import MODERATE, SEVERE
from modgap.plots.points import PointMap, point_maps
from modgap.search.live_collection import LiveCollection
from modgap.ui.components.groups import accent, in_display_order
from modgap.ui.components.notices import notice
from modgap.ui.components.rendering import render_html
from modgap.ui.tabs.guarded import guarded
from modgap.ui.visit.app_state import AppState
from modgap.ui.visit.queues import ENCODING
from modgap.ui.visit.session import LoadedCorpus, Visit

WIDTH, PADDING = 460, 16  # of a map, in its own units
JOINED = 5  # results of the last search that a line joins with it
MAX_SCALE_DISTANCE = 1.2  # centroid distance at the right end of the scale; encoders rarely exceed 1
EMPTY = Markup(
    '<div class="mg-tab-intro"><h2>How far apart do pictures and passages lie?</h2><p>Load a corpus with both '
    "on the Search tab, or the sample; then this page measures it.</p></div>"
)
_NEEDS = {
    "vectors": ("Of the vectors", "Centring (I0T_post) moves vectors and changes these; standardization does not."),
    "queries": ("Of the rankings", "What the first page of the calibration queries shows."),
    "pairs": ("Of pairs", "Pictures and the texts that belong to them."),
}
_COLUMNS = {"as encoded": "", "centred": "i0t_post", "standardized": "standardized"}  # heading -> method
_SYMBOLS = {"picture": "▲", "text": "●", "other": "■"}  # of the legend, by accent


def build_gap(tab: gr.Tab, state: AppState) -> None:
    """Lay the tab out; it measures when a visitor enters, once for each calibration."""
    status = gr.HTML("", apply_default_css=False, elem_classes="mg-status", elem_id="mg-gap-status")
    body = gr.HTML(EMPTY, apply_default_css=False, elem_id="mg-gap-body")

    def enter(request: gr.Request) -> dict[Any, Any]:
        visit = state.visits.visit_for(request.session_hash)
        return {body: EMPTY, **guarded(status, lambda: {body: gap_html(visit)})}  # not the gap of an earlier corpus

    tab.select(enter, None, [status, body], api_visibility="private", show_progress_on=[status], **ENCODING)


def gap_html(visit: Visit) -> Markup:
    """The page for the visitor's corpus. Raises ModgapError where there is no gap to measure."""
    if visit.loaded is None:
        return EMPTY
    loaded = visit.loaded
    gap = visit.measured("gap", lambda: _measure(loaded))
    vector, modality = _query_vector(visit)
    at_hand = loaded.collection.sample
    maps = point_maps(at_hand.vectors, at_hand.item_groups, query=vector, query_modality=modality)
    asked = visit.asked.title if visit.asked is not None and vector is not None else ""
    return render_html(
        "gap.html",
        gap=gap,
        **_scale(gap),
        **_maps(maps, loaded, asked, _first_results(visit) if asked else {}),
        joined=JOINED,
        shares=_shares(gap),
        first=K,
        sections=_sections(gap),
        columns=("metric", *_COLUMNS, "better"),
        notes=[notice("info", each) for each in gap.notes],
    )


def _measure(loaded: LoadedCorpus) -> Gap:
    collection = loaded.collection
    asked = collection.calibration_queries.get(Modality.TEXT)
    return collection.gap(asked.vectors if asked is not None else None)


def _query_vector(visit: Visit) -> tuple[Any, str]:
    """The vector and modality of the last search; None where there was none."""
    if visit.asked is None or visit.loaded is None:
        return None, Modality.TEXT.value
    collection = visit.loaded.collection
    try:
        query = collection.encode_query(visit.asked.query)
    except ModgapError:
        return None, Modality.TEXT.value
    return query.vector, query.modality


def _first_results(visit: Visit) -> dict[str, list[int]]:
    """The rows of the first results of the last search, for each map: raw before centring, calibrated after."""
    loaded, asked = visit.require_loaded(), visit.asked
    collection = loaded.collection
    if asked is None or collection.calibration is None or isinstance(collection, LiveCollection):
        return {}
    found = collection.compare(asked.whole, JOINED)
    lists = {"before": found.raw, "after": found.calibrated}
    return {name: [collection.row_of[hit.id] for hit in hits] for name, hits in lists.items()}


def _scale(gap: Gap) -> dict[str, Any]:
    """The distance of the centroids on a scale with the papers' bands."""
    distance = gap.metrics["centroid_distance"]
    after = gap.after.get("i0t_post", {}).get("centroid_distance")
    bands = (("low", 0.0, MODERATE), ("moderate", MODERATE, SEVERE), ("severe", SEVERE, MAX_SCALE_DISTANCE))
    return {
        "distance": distance,
        "distance_at": _along(distance),
        "far": distance > MAX_SCALE_DISTANCE / 2,  # its words then stand to the left of it
        "after": after,
        "after_at": None if after is None else _along(after),
        "bands": [{"name": name, "left": _along(low), "right": _along(high)} for name, low, high in bands],
        "moderate": MODERATE,
        "severe": SEVERE,
    }


def _along(distance: float) -> str:
    return f"{100 * min(max(distance, 0.0), MAX_SCALE_DISTANCE) / MAX_SCALE_DISTANCE:.1f}%"


def _maps(
    maps: dict[str, PointMap], loaded: LoadedCorpus, asked: str, first_results: dict[str, list[int]]
) -> dict[str, Any]:
    """The maps before and after centring, and the words below them."""
    titles = {"before": "As encoded", "after": "After centring (I0T_post)"}
    first, total = next(iter(maps.values())), len(loaded.collection.items)
    return {
        "maps": [_map(titles[name], each, loaded, asked, first_results.get(name, [])) for name, each in maps.items()],
        "legend": [
            {"accent": accent(group), "symbol": _SYMBOLS[accent(group)], "words": group_plural(group)}
            for group in in_display_order(str(each) for each in first.centroids)
        ],
        "asked": asked,
        "not_all": f" {len(first.rows):,} of {total:,} items are shown." if len(first.rows) < total else "",
    }


def _map(title: str, each: PointMap, loaded: LoadedCorpus, asked: str, joined: list[int]) -> Markup:
    items = loaded.collection.items
    place = {row: at for at, row in enumerate(each.rows.tolist())}
    lines = [
        (_on_map(*each.query), _on_map(*each.xy[place[row]].tolist()), accent(str(each.groups[place[row]])))
        for row in joined
        if each.query is not None and row in place
    ]
    points = [
        {
            "accent": accent(group),
            "name": items[row].title,
            "row": row if loaded.thumbnails.get(row) else None,
            "at": _at(x, y),
            "mark": _mark(group, 5),
        }
        for row, (x, y), group in zip(each.rows.tolist(), each.xy.tolist(), each.groups.tolist(), strict=True)
    ]
    middles = [
        {"accent": accent(str(group)), "at": _at(x, y), "mark": _mark(str(group), 13)}
        for group, (x, y) in each.centroids.items()
    ]
    return render_html(
        "gap_map.html",
        title=title,
        map=each,
        points=points,
        lines=lines,
        middles=middles,
        query_at=None if each.query is None else _at(*each.query),
        asked=asked,
        view_box=f"{-PADDING} {-PADDING} {WIDTH + 2 * PADDING} {WIDTH + 2 * PADDING}",
    )


def _on_map(x: float, y: float) -> tuple[str, str]:
    return f"{x * WIDTH:.1f}", f"{y * WIDTH:.1f}"


def _at(x: float, y: float) -> str:
    return f"translate({' '.join(_on_map(x, y))})"


def _mark(group: str, size: int) -> Markup:
    """A triangle for pictures, a circle for passages, a square for any other group."""
    shape = accent(group)
    if shape == "text":
        return Markup(f'<circle r="{size}"/>')
    if shape == "picture":
        x, top, base = f"{size * 1.1:.0f}", f"{size * 1.2:.0f}", f"{size * 0.8:.0f}"
        return Markup(f'<path d="M0-{top} {x} {base} -{x} {base}Z"/>')
    return Markup(f'<rect x="-{size}" y="-{size}" width="{2 * size}" height="{2 * size}"/>')


def _shares(gap: Gap) -> list[tuple[str, float]]:
    """Pictures among the first results: raw, standardized, and in the whole corpus."""
    name = f"image_share@{K}"
    values = {
        "raw": gap.metrics.get(name),
        "standardized": gap.after.get("standardized", {}).get(name),
        "in the whole corpus": gap.metrics.get("image_share_pool"),
    }
    return [(label, value) for label, value in values.items() if value is not None]


def _sections(gap: Gap) -> list[dict[str, Any]]:
    """The tables of metrics, each with the metrics that are missing and why."""
    sections = []
    for needs, (title, words) in _NEEDS.items():
        present = [name for name in GAP_METRICS if GAP_METRICS[name].needs == needs and name in gap.metrics]
        missing = [name for name in gap.left_out if GAP_METRICS[name].needs == needs]
        if present or missing:
            sections.append(
                {
                    "title": title,
                    "words": words,
                    "rows": [_row(name, gap) for name in present],
                    "missing": ", ".join(GAP_METRICS[name].title for name in missing),
                    "why": gap.left_out[missing[0]] if missing else "",
                }
            )
    return sections


def _row(name: str, gap: Gap) -> dict[str, Any]:
    metric, cells = GAP_METRICS[name], []
    for column, method in _COLUMNS.items():
        value = gap.after.get(method, {}).get(name) if method else gap.metrics[name]
        unchanged = method == "standardized" and metric.needs != "queries"  # it moves no vector
        cells.append((column, value, unchanged))
    return {"metric": metric, "cells": cells}
