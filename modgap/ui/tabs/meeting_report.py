"""The report to send after a meeting: one HTML file of a visitor's corpus, calibration, gap and searches."""

from __future__ import annotations

import datetime
from html import escape

from modgap import __version__
from modgap.items import Hit, Modality
from modgap.metrics.catalogue import GAP_METRICS
from modgap.metrics.gap import severity
from modgap.plots import score_densities
from modgap.ui.components.cards import share_bar
from modgap.ui.components.figures import density_figures
from modgap.ui.visit.searching import answer_query
from modgap.ui.visit.session import LoadedCorpus, Visit

MAX_REPORT_PICTURES = 48
MAX_REPORT_SEARCHES = 5
SHOWN = 5  # hits of each list
STYLE = """
:root { color-scheme: light dark; --ink: #12181f; --soft: #515c69; --line: #d7dde4; --paper: #fff; --sunk: #f1f4f7;
  --image: #b5400a; --text: #1652ad; --image-strong: #e8590c; --text-strong: #2f6fd6; }
@media (prefers-color-scheme: dark) { :root { --ink: #edf1f5; --soft: #a3afbc; --line: #2b3541; --paper: #141b23;
  --sunk: #0c1117; --image: #ffa26b; --text: #8cb9ff; --image-strong: #ff8b47; --text-strong: #5b97f5; } }
body { margin: 0; background: var(--sunk); color: var(--ink); font: 16px/1.5 "IBM Plex Sans", system-ui, sans-serif; }
main { max-width: 980px; margin: 0 auto; padding: 40px 24px 64px; }
h1 { font-size: 34px; line-height: 1.15; margin: 0 0 6px; } h2 { font-size: 23px; margin: 38px 0 8px; }
h3 { font-size: 17px; margin: 22px 0 6px; } .soft { color: var(--soft); } .image { color: var(--image); }
.text { color: var(--text); }
.sheet { display: grid; grid-template-columns: repeat(auto-fill, minmax(84px, 1fr)); gap: 5px; }
.sheet img, li img { object-fit: cover; border-radius: 5px; } .sheet img { width: 100%; aspect-ratio: 1; }
table { border-collapse: collapse; width: 100%; background: var(--paper); font-variant-numeric: tabular-nums; }
th, td { padding: 7px 12px; text-align: left; border: 1px solid var(--line); vertical-align: top; }
.lists { display: grid; grid-template-columns: 1fr 1fr; gap: 16px; } ol { margin: 0; padding: 0; list-style: none; }
li { display: flex; gap: 10px; align-items: center; background: var(--paper); border: 1px solid var(--line);
  border-radius: 8px; padding: 8px 10px; margin: 0 0 6px; } li img { width: 64px; height: 48px; flex: none; }
li b { min-width: 1.4em; } li span { min-width: 0; flex: 1; overflow-wrap: anywhere; } li small { color: var(--soft); }
li span::first-letter { text-transform: uppercase; }
.lists p { margin: 0 0 4px; font-weight: 700; }
.mg-share { display: flex; align-items: center; gap: 10px; margin: 0 0 8px; font-size: 14px; }
.mg-share-bar { flex: 1; display: flex; height: 9px; border-radius: 5px; overflow: hidden; }
.mg-share-bar { background: var(--text-strong); }
.mg-share-bar > span { background: var(--image-strong); }
.mg-densities { display: grid; grid-template-columns: 1fr 1fr; gap: 16px; margin: 14px 0; } figure { margin: 0; }
figcaption { color: var(--soft); font-size: 14px; } svg { width: 100%; height: auto; overflow: visible; }
.mg-curve { fill-opacity: 0.22; stroke-width: 1.5; } .mg-mean { stroke-width: 1.5; stroke-dasharray: 3 3; }
.mg-curve-picture { fill: var(--image-strong); stroke: var(--image-strong); } .mg-mean-picture { stroke: var(--image); }
.mg-curve-text { fill: var(--text-strong); stroke: var(--text-strong); } .mg-mean-text { stroke: var(--text); }
.mg-axis { stroke: var(--soft); } .mg-tick { font-size: 11px; fill: var(--soft); }
.wide { overflow-x: auto; }
@media (max-width: 640px) { .lists, .mg-densities { grid-template-columns: minmax(0, 1fr); } }
@media print { body { background: #fff; } section { break-inside: avoid; } }
"""


def meeting_report(visit: Visit) -> str:
    """The page for a visitor's calibrated corpus; nothing in it is fetched from anywhere, every name is escaped."""
    loaded = visit.require_loaded()
    collection = loaded.collection
    counts = collection.counts
    today = f"{datetime.datetime.now(datetime.timezone.utc):%Y-%m-%d}"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><title>modgap: search over pictures and '
        f"passages</title><style>{STYLE}</style></head><body><main><h1>Search over pictures and passages</h1>"
        f'<p class="soft">{today}, modgap {escape(__version__)}, model {escape(collection.model)}.</p>'
        f'<p><b class="image">{counts["image"]:,} pictures</b> and <b class="text">{counts["text"]:,} passages</b>.</p>'
        f"{_sheet(loaded)}{_statistics(loaded)}{_gap(visit)}{_searches(visit, loaded)}{_evaluation(visit)}"
        "</main></body></html>\n"
    )


def _sheet(loaded: LoadedCorpus) -> str:
    items = loaded.collection.items
    shown = list(loaded.thumbnails.items())[:MAX_REPORT_PICTURES]
    return "".join(
        [
            '<div class="sheet">',
            *(f'<img src="{uri}" alt="{escape(items[row].title)}">' for row, uri in shown),
            "</div>",
        ]
    )


def _statistics(loaded: LoadedCorpus) -> str:
    calibration = loaded.collection.calibration_in_use()
    statistics, distance = calibration.of(Modality.TEXT.value), calibration.centroid_distance()
    image, text = (statistics[m.value] for m in (Modality.IMAGE, Modality.TEXT))
    rows = "".join(
        f"<tr><th>{name}</th><td>{s.mean:.3f} ({s.mean_ci95.low:.3f} to {s.mean_ci95.high:.3f})</td>"
        f"<td>{s.std:.3f} ({s.std_ci95.low:.3f} to {s.std_ci95.high:.3f})</td><td>{s.n}</td></tr>"
        for name, s in (("pictures", image), ("passages", text))
    )
    return (
        f"<section><h2>The head start</h2><p>The best picture of a query scores {image.mean:.2f} on average, the "
        f"best passage {text.mean:.2f}, so pictures hardly come up. Standardization takes this away: "
        "z = (cosine - mean) / deviation. "
        f"{'' if distance is None else f'The modality gap is <b>{severity(distance)}</b> ({distance:.2f}).'}</p>"
        f"{density_figures(score_densities(calibration))}"
        '<div class="wide"><table><tr><th></th><th>mean (95 %)</th><th>deviation (95 %)</th><th>queries</th></tr>'
        f"{rows}</table></div></section>"
    )


def _gap(visit: Visit) -> str:
    """The metrics, where the page of the gap was opened."""
    if "gap" not in visit.kept:
        return ""
    gap = visit.kept["gap"][1]
    rows = "".join(
        f"<tr><th>{escape(GAP_METRICS[name].title)}</th><td>{value:.3f}</td><td>{escape(GAP_METRICS[name].meaning)}</td></tr>"
        for name, value in gap.metrics.items()
    )
    return f'<section><h2>The gap: {gap.severity}</h2><div class="wide"><table>{rows}</table></div></section>'


def _searches(visit: Visit, loaded: LoadedCorpus) -> str:
    parts = []
    for words in visit.history[:MAX_REPORT_SEARCHES]:
        found = answer_query(loaded.collection, words, SHOWN)
        parts.append(
            f'<section><h3>“{escape(words)}”</h3><div class="lists">'
            f"<div><p>Raw</p>{share_bar(found.image_share.get('raw'))}{_hits(found.raw, loaded)}</div>"
            f"<div><p>Standardized</p>{share_bar(found.image_share.get('standardized'))}"
            f"{_hits(found.standardized or [], loaded, standardized=True)}</div></div></section>"
        )
    return f"<h2>Searches</h2>{''.join(parts)}" if parts else ""


def _hits(hits: list[Hit], loaded: LoadedCorpus, *, standardized: bool = False) -> str:
    rows = []
    for hit in hits[:SHOWN]:
        row = loaded.collection.row_of[hit.id]
        uri = loaded.thumbnails.get(row)
        image = f'<img src="{uri}" alt="">' if uri else ""
        title = escape(loaded.collection.items[row].title)
        score = f"{hit.z:+.2f} z" if standardized and hit.z is not None else f"{hit.score:.3f}"
        rows.append(
            f'<li><b class="{hit.modality.value}">{hit.rank}</b>{image}<span>{title}</span><small>{score}</small></li>'
        )
    return f"<ol>{''.join(rows)}</ol>"


def _evaluation(visit: Visit) -> str:
    if visit.evaluation is None:
        return ""
    found = visit.evaluation
    rows = "".join(
        f"<tr><th>{escape(name)}</th>"
        + "".join(f"<td>{of[t]['recall@20']:.3f}</td>" if of[t] else "<td></td>" for t in ("all", "image", "text"))
        + "</tr>"
        for name, of in found.methods.items()
    )
    return (
        f'<section><h2>Recall@20 on {found.queries} labelled queries</h2><div class="wide"><table><tr><th>method</th>'
        f"<th>all</th><th>want a picture</th><th>want a passage</th></tr>{rows}</table></div></section>"
    )
