"""The report of an evaluation in one HTML file that stands alone: tables, bars, differences, settings, versions."""

from __future__ import annotations

import datetime
import platform
from collections.abc import Mapping, Sequence
from html import escape
from importlib.metadata import version

from modgap import __version__
from modgap.evaluation.caption_route import CAPTION_ROUTE
from modgap.evaluation.results import TARGETS, Evaluation
from modgap.evaluation.significance import Difference

_NAMES = {"all": "All queries", "image": "Queries that want a picture", "text": "Queries that want a passage"}
_SHOWN = ("recall@1", "recall@5", "recall@20", "mrr@10", "ndcg@10", "hit@1", "hit@20")
_BARS = "recall@20"
_ALPHA = 0.05
_APART = ("oracle", CAPTION_ROUTE)  # they know what the others are not told

STYLE = """
:root { color-scheme: light dark; --ink: #12181f; --soft: #515c69; --line: #d7dde4; --paper: #fff; --sunk: #f1f4f7;
  --all: #37414c; --image: #e8590c; --text: #2f6fd6; }
@media (prefers-color-scheme: dark) { :root { --ink: #edf1f5; --soft: #a3afbc; --line: #2b3541; --paper: #141b23;
  --sunk: #0c1117; --all: #b9c2cc; --image: #ff8b47; --text: #5b97f5; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--sunk); color: var(--ink); font: 16px/1.5 "IBM Plex Sans", system-ui, sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 40px 24px 64px; }
h1 { font-size: 34px; line-height: 1.15; letter-spacing: -0.02em; margin: 0 0 6px; }
h2 { font-size: 23px; margin: 44px 0 8px; } h3 { font-size: 17px; margin: 26px 0 6px; }
p { margin: 6px 0; } .soft { color: var(--soft); }
.sheet { background: var(--paper); border: 1px solid var(--line); border-radius: 10px; padding: 6px 18px 12px;
  overflow-x: auto; margin: 0 0 16px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 700; padding: 12px 0 6px; }
th, td { padding: 7px 12px 7px 0; text-align: right; border-bottom: 1px solid var(--line); vertical-align: top; }
th:first-child, td:first-child { text-align: left; white-space: nowrap; }
thead th { font-weight: 400; color: var(--soft); }
tbody th { font-weight: 400; } .settings td { text-align: left; } tr:last-child > * { border-bottom: 0; }
td small { display: block; color: var(--soft); font-size: 12.5px; white-space: nowrap; }
td.best { font-weight: 700; } td.best::before { content: "\\2605\\00a0"; color: var(--soft); font-size: 12px; }
svg { width: 100%; height: auto; display: block; } svg text { font: 13px system-ui, sans-serif; fill: currentColor; }
.note { border-left: 3px solid var(--soft); padding: 2px 0 2px 12px; margin: 8px 0; }
@media print { body { background: #fff; } .sheet { border: 0; padding: 0; break-inside: avoid; } }
"""


def report_html(
    evaluations: Sequence[Evaluation],
    *,
    title: str = "Evaluation",
    settings: Mapping[str, str] | None = None,
    reference: str = "raw",
) -> str:
    """A page for a browser, a printer or an e-mail: nothing in it is fetched from anywhere, every name is escaped.

    settings: what else was chosen, in words. reference: the method that the others are tested against.
    """
    said = {
        **(settings or {}),
        "Date": f"{datetime.datetime.now(datetime.timezone.utc):%Y-%m-%d %H:%M} UTC",
        "Machine": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        "Versions": ", ".join(f"{n} {_version(n)}" for n in ("torch", "open_clip_torch", "faiss-cpu", "ir-measures")),
    }
    rows = "".join(f"<tr><th>{escape(k)}</th><td>{escape(v)}</td></tr>" for k, v in said.items())
    parts = "".join(_evaluation(each, reference) for each in evaluations)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><main><h1>{escape(title)}</h1>"
        f'<p class="soft">Printed by modgap {escape(__version__)}. Small numbers are 95 % bootstrap intervals over '
        "queries; a star marks the best of a column, apart from the oracle, which sees labels, and the caption "
        f"route, which reads captions.</p>{parts}"
        f'<h2>Settings</h2><div class="sheet settings"><table>{rows}</table></div></main></body></html>\n'
    )


def _evaluation(each: Evaluation, reference: str) -> str:
    n = {"all": each.queries, **each.targets}
    notes = "".join(f'<p class="note">{escape(note)}</p>' for note in each.notes)
    tables = "".join(_table(each, target, n[target]) for target in TARGETS if n[target])
    return (
        f"<h2>{escape(each.model or 'Vectors')}</h2>"
        f"<p>{each.queries:,} queries: {n['image']:,} want a picture, {n['text']:,} a passage, {n['both']:,} both. "
        f"Calibrated on: {escape(each.calibration_queries)}.</p>{notes}{_bars(each)}{tables}"
        f"{_differences(each.differences(reference), reference)}"
    )


def _table(each: Evaluation, target: str, n: int) -> str:
    best = {
        metric: max((of[target][metric] for name, of in each.methods.items() if name not in _APART), default=0.0)
        for metric in _SHOWN
    }
    head = "".join(f'<th scope="col">{metric}</th>' for metric in _SHOWN)
    body = ""
    for method, by_target in each.methods.items():
        cells = ""
        for metric in _SHOWN:
            value, (low, high) = by_target[target][metric], each.intervals[method][target][metric]
            mark = ' class="best"' if value >= best[metric] and method not in _APART else ""
            cells += f"<td{mark}>{value:.3f}<small>{low:.3f} to {high:.3f}</small></td>"
        body += f'<tr><th scope="row">{escape(method)}</th>{cells}</tr>'
    return (
        f'<div class="sheet"><table><caption>{_NAMES[target]} ({n:,})</caption><thead><tr><th scope="col">method</th>'
        f"{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _bars(each: Evaluation) -> str:
    """Recall@20 of each method by target, with intervals; said in words by the tables below it."""
    left, width, bar, gap = 190, 640, 13, 12
    targets = [t for t in TARGETS if t == "all" or each.targets[t]]
    step, drawn = len(targets) * bar + gap, ""
    for place, (method, by_target) in enumerate(each.methods.items()):
        top = place * step
        drawn += f'<text x="{left - 10}" y="{top + step / 2}" text-anchor="end">{escape(method)}</text>'
        for row, target in enumerate(targets):
            value, (low, high) = by_target[target][_BARS], each.intervals[method][target][_BARS]
            y, middle = top + row * bar, top + row * bar + bar / 2 - 1
            drawn += (
                f'<rect x="{left}" y="{y}" width="{value * width:.1f}" height="{bar - 2}" rx="2" '
                f'fill="var(--{target})" fill-opacity="0.85"/>'
                f'<line x1="{left + low * width:.1f}" x2="{left + high * width:.1f}" y1="{middle}" y2="{middle}" '
                f'stroke="currentColor" stroke-width="1.5"/>'
                f'<text x="{left + high * width + 6:.1f}" y="{y + bar - 2}">{value:.2f}</text>'
            )
    legend = " &nbsp; ".join(
        f'<span style="color:var(--{target})">&#9632;</span> {_NAMES[target].lower()}' for target in targets
    )
    height = len(each.methods) * step
    return (
        f'<h3>{_BARS} by method</h3><div class="sheet"><p class="soft">{legend}</p>'
        f'<svg viewBox="0 0 {left + width + 60} {height}" role="img" aria-label="{_BARS} of each method by target; the '
        f'tables below have the numbers">{drawn}</svg></div>'
    )


def _differences(found: Sequence[Difference], reference: str) -> str:
    if not found:
        return ""
    rows = "".join(
        f'<tr><th scope="row">{escape(d.method)}</th><td>{d.target}</td><td>{d.metric}</td>'
        f"<td>{d.difference:+.3f}<small>{d.low:+.3f} to {d.high:+.3f}</small></td><td>{d.p:.4f}</td>"
        f"<td>{d.p_holm:.4f}{' (differs)' if d.p_holm < _ALPHA else ''}</td></tr>"
        for d in found
    )
    return (
        f'<div class="sheet"><table><caption>Against {escape(reference)}, query by query: randomisation test, Holm\'s '
        'correction over the methods</caption><thead><tr><th scope="col">method</th><th scope="col">target</th>'
        '<th scope="col">metric</th><th scope="col">difference</th><th scope="col">p</th>'
        f'<th scope="col">p, corrected</th></tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _version(package: str) -> str:
    try:
        return version(package)
    except ImportError:
        return "not installed"
