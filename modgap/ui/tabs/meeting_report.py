"""The report to send after a meeting: one HTML file of a visitor's corpus, calibration, gap and searches."""

from __future__ import annotations

import datetime
from itertools import islice
from typing import Any

from markupsafe import Markup

from modgap import __version__
from modgap.items import Hit, Item, Modality, group_counted, group_plural
from modgap.metrics.catalogue import GAP_METRICS
from modgap.metrics.gap import severity
from modgap.plots import score_densities
from modgap.ui.components.cards import share_bar
from modgap.ui.components.figures import density_figures
from modgap.ui.components.groups import ACCENTS, are_pictures_and_passages, displayed_counts, in_display_order
from modgap.ui.components.rendering import render_html
from modgap.ui.components.theme import static
from modgap.ui.visit.searching import answer_query
from modgap.ui.visit.session import LoadedCorpus, Visit

MAX_REPORT_PICTURES = 48
MAX_REPORT_SEARCHES = 5
MAX_REPORT_HITS = 5  # of each list
TARGETS = {"all": "all", "image": "want a picture", "text": "want a passage"}
MIXED = {"both": "want both", "several": "want several groups"}


def meeting_report(visit: Visit) -> Markup:
    """The page for a visitor's calibrated corpus; it loads nothing from elsewhere."""
    loaded = visit.require_loaded()
    collection = loaded.collection
    return render_html(
        "meeting_report.html",
        style=Markup(static("meeting_report.css")),
        today=f"{datetime.datetime.now(datetime.timezone.utc):%Y-%m-%d}",
        version=__version__,
        model=collection.model,
        counts=[
            {"style": _style(group), "words": f"{n:,} {_counted(group, n)}"}
            for group, n in displayed_counts(collection.counts).items()
        ],
        pictures=[
            {"uri": uri, "title": collection.items[row].title}
            for row, uri in islice(loaded.thumbnails.items(), MAX_REPORT_PICTURES)
            if uri
        ],
        **_calibration(loaded),
        **_gap(visit),
        searches=_searches(visit),
        **_evaluation(visit),
    )


def _style(group: str) -> str:
    """The class of a group in the style sheet of the report."""
    return group if group in ACCENTS else "other"


def _counted(group: str, n: int) -> str:
    return group_plural(group) if group in ACCENTS else group_counted(group, n)


def _calibration(loaded: LoadedCorpus) -> dict[str, Any]:
    """The statistics of queries in words, and the severity of the gap."""
    calibration = loaded.collection.calibration_in_use()
    statistics, distance = calibration.statistics[Modality.TEXT.value], calibration.centroid_distance()
    return {
        "two_groups": are_pictures_and_passages(statistics),
        "statistics": [
            {"group": group, "name": group_plural(group), "of": statistics[group]}
            for group in in_display_order(statistics)
        ],
        "severity": None if distance is None else severity(distance),
        "distance": distance,
        "gain": loaded.collection.gain(),
        "figures": density_figures(score_densities(calibration)),
    }


def _gap(visit: Visit) -> dict[str, Any]:
    """The metrics, where the gap tab was opened."""
    gap = visit.kept["gap"][1] if "gap" in visit.kept else None
    rows = [] if gap is None else [(GAP_METRICS[name], value) for name, value in gap.metrics.items()]
    return {"gap": gap, "gap_rows": rows}


def _searches(visit: Visit) -> list[dict[str, Any]]:
    """The visitor's story, with what to say about each search; without one the last searches."""
    loaded = visit.require_loaded()
    if not visit.pins:
        return [_search(words, words, "", loaded) for words in visit.history[:MAX_REPORT_SEARCHES]]
    rows, items = loaded.collection.row_of, loaded.collection.items
    return [
        _search(items[rows[pin.item]], items[rows[pin.item]].title, pin.caption, loaded)
        if pin.item
        else _search(pin.words, pin.words, pin.caption, loaded)
        for pin in visit.pins
        if not pin.item or pin.item in rows
    ]


def _search(query: str | Item, words: str, caption: str, loaded: LoadedCorpus) -> dict[str, Any]:
    found = answer_query(loaded.collection, query, MAX_REPORT_HITS)
    return {
        "words": words,
        "caption": caption,
        "lists": [
            {"name": "Raw", "share": share_bar(found.image_share.get("raw")), "hits": _hits(found.raw, loaded)},
            {
                "name": "Calibrated",
                "share": share_bar(found.image_share.get("calibrated")),
                "hits": _hits(found.calibrated or [], loaded, calibrated=True),
            },
        ],
    }


def _hits(hits: list[Hit], loaded: LoadedCorpus, *, calibrated: bool = False) -> list[dict[str, Any]]:
    found = []
    for hit in hits[:MAX_REPORT_HITS]:
        row = loaded.collection.row_of[hit.id]
        found.append(
            {
                "style": _style(hit.group),
                "rank": hit.rank,
                "uri": loaded.thumbnails.get(row),
                "title": loaded.collection.items[row].title,
                "score": f"{hit.value:+.2f} cal" if calibrated and hit.value is not None else f"{hit.score:.3f}",
            }
        )
    return found


def _evaluation(visit: Visit) -> dict[str, Any]:
    """Recall by target, where the evaluate tab was used."""
    found = visit.evaluation
    if found is None:
        return {"evaluation": None}
    others = [target for target in in_display_order(found.counts) if target not in TARGETS]
    targets = [*TARGETS, *others]
    return {
        "evaluation": found,
        "targets": [{**TARGETS, **MIXED}.get(target, f'want "{target}"') for target in targets],
        "evaluation_rows": [
            (name, [by_target[t]["recall@20"] if by_target.get(t) else None for t in targets])
            for name, by_target in found.methods.items()
        ],
    }
