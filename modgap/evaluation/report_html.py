"""The report of an evaluation in one HTML file that stands alone: tables, bars, differences, settings, versions."""

from __future__ import annotations

import datetime
import platform
from collections.abc import Mapping, Sequence
from html import escape
from importlib.metadata import version

from modgap import __version__
from modgap.errors import ModgapError
from modgap.evaluation.caption_route import CAPTION_ROUTE
from modgap.evaluation.report_style import STYLE
from modgap.evaluation.results import TARGETS, TESTED, Evaluation
from modgap.evaluation.significance import Difference
from modgap.methods import method_by_name

_NAMES = {"all": "All queries", "image": "Queries that want a picture", "text": "Queries that want a passage"}
_BRIEFLY = {"all": "all", "image": "want a picture", "text": "want a passage"}
_SHOWN = ("recall@1", "recall@5", "recall@20", "mrr@10", "ndcg@10", "hit@1", "hit@20")
_PLOTTED = ("recall@20", "ndcg@10")
_LED = "recall@20"
_ALPHA = 0.05
_APART = ("oracle", CAPTION_ROUTE)  # they know what the others are not told
_WORDS = {
    "recall@k": "the share of the relevant items that are among the first k",
    "hit@k": "1 where any relevant item is among the first k, else 0; some papers call this recall",
    "mrr@10": "1 over the place of the first relevant item, 0 beyond the tenth",
    "ndcg@10": "how much of the best possible order the first ten places reach",
}


def report_html(
    evaluations: Sequence[Evaluation],
    *,
    title: str = "Evaluation",
    settings: Mapping[str, str] | None = None,
    notes: Sequence[str] = (),
    reference: str = "raw",
) -> str:
    """A page for a browser, a printer or an e-mail: nothing in it is fetched from anywhere, every name is escaped.

    settings: what else was chosen, in words. notes: what was left out of the data. reference: the method that the
    others are tested against.
    """
    said = {
        **(settings or {}),
        "Date": f"{datetime.datetime.now(datetime.timezone.utc):%Y-%m-%d %H:%M} UTC",
        "Machine": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        "Versions": ", ".join(f"{n} {_version(n)}" for n in ("torch", "open_clip_torch", "faiss-cpu", "ir-measures")),
    }
    rows = "".join(f'<tr><th scope="row">{escape(k)}</th><td>{escape(v)}</td></tr>' for k, v in said.items())
    parts = "".join(_evaluation(each, reference) for each in evaluations)
    words = "".join(f"<dt>{name}</dt><dd>{meaning}.</dd>" for name, meaning in _WORDS.items())
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><main><h1>{escape(title)}</h1>"
        f'<p class="soft">Printed by modgap {escape(__version__)}. Small numbers are 95 % bootstrap intervals over '
        "queries; a star marks the best of a column, apart from the oracle, which sees labels, and the caption "
        f"route, which reads captions.</p>{_notes(notes)}{_models(evaluations)}{parts}"
        f'<h2>How to read this</h2><div class="sheet"><dl>{words}</dl></div>'
        f'<h2>Settings</h2><div class="sheet wide settings"><table><tbody>{rows}</tbody></table></div>'
        "</main></body></html>\n"
    )


def _evaluation(each: Evaluation, reference: str) -> str:
    n = {"all": each.queries, **each.targets}
    found = each.differences(reference)
    targets = [target for target in TARGETS if n[target]]
    legend = "".join(
        f'<span><i class="key" style="background:var(--{target})"></i>{_NAMES[target].lower()}</span>'
        for target in targets
    )
    plots = "".join(_bars(each, metric, targets) for metric in _PLOTTED)
    return (
        f"<h2>{escape(each.model or 'Vectors')}</h2>{_lead(each, found, reference)}"
        f"<p>{each.queries:,} queries: {n['image']:,} want a picture, {n['text']:,} a passage, {n['both']:,} both. "
        f"Calibrated on: {escape(each.calibration_queries)}.</p>{_notes(each.notes)}"
        f'<p class="legend">{legend}</p><div class="plots">{plots}</div>'
        f"{''.join(_table(each, target, n[target]) for target in targets)}{_differences(found, reference, targets)}"
    )


def _models(evaluations: Sequence[Evaluation]) -> str:
    """Several models side by side; nothing for one."""
    if len(evaluations) < 2:
        return ""
    head = "".join(f'<th scope="col">{escape(each.model)}</th>' for each in evaluations)
    rows = ""
    for method in dict.fromkeys(method for each in evaluations for method in each.methods):
        values = [each.methods[method]["all"][_LED] if method in each.methods else None for each in evaluations]
        cells = "".join(f"<td>{'' if value is None else f'{value:.3f}'}</td>" for value in values)
        rows += f'<tr><th scope="row">{_name(method)}</th>{cells}</tr>'
    return _sheet(f"{_LED} of all queries, by model", f'<th scope="col">method</th>{head}', rows)


def _lead(each: Evaluation, found: Sequence[Difference], reference: str) -> str:
    """The answer in two sentences: the best method that is told nothing more, against the reference."""
    rivals = {name: of["all"][_LED] for name, of in each.methods.items() if name not in _APART}
    if reference not in rivals or len(rivals) == 1:
        return ""
    best = max(rivals, key=lambda name: rivals[name])
    if rivals[best] <= rivals[reference]:
        return f'<p class="lead">No method finds more among the first 20 than {escape(reference)} does.</p>'
    shares = [
        f"{_share(each, best, target)} of the {things} against {_share(each, reference, target)}"
        for target, things in (("image", "pictures"), ("text", "passages"))
        if each.targets[target]
    ]
    [tested] = [d for d in found if (d.method, d.target, d.metric) == (best, "all", _LED)]
    sure = "beyond chance" if tested.p_holm < _ALPHA else "not beyond chance"
    return (
        f'<p class="lead">Among the first 20, <b>{_name(best)}</b> finds {_share(each, best, "all")} of what the '
        f"queries want, {_name(reference)} {_share(each, reference, 'all')}; the difference is {sure}."
        f"{_sentence(shares)}</p>"
    )


def _sentence(shares: Sequence[str]) -> str:
    return f" That is {', and '.join(shares)}." if shares else ""


def _share(each: Evaluation, method: str, target: str) -> str:
    return f"{100 * each.methods[method][target][_LED]:.0f}&nbsp;%"


def _name(method: str) -> str:
    """Escaped, and broken at its joints where a line is too short."""
    return escape(method).replace("_", "_<wbr>").replace("+", "+<wbr>")


def _notes(notes: Sequence[str]) -> str:
    return "".join(f'<p class="note">{escape(note)}</p>' for note in notes)


def _table(each: Evaluation, target: str, n: int) -> str:
    best = {metric: _best(each, target, metric) for metric in _SHOWN}
    head = "".join(f'<th scope="col">{metric}</th>' for metric in _SHOWN)
    body = ""
    for method, by_target in each.methods.items():
        cells = ""
        for metric in _SHOWN:
            value, (low, high) = by_target[target][metric], each.intervals[method][target][metric]
            mark = ' class="best"' if value == best[metric] and method not in _APART else ""
            cells += f"<td{mark}>{value:.3f}<small>{low:.3f} to {high:.3f}</small></td>"
        body += f'<tr><th scope="row">{_name(method)}{_title(method)}</th>{cells}</tr>'
    return _sheet(f"{_NAMES[target]} ({n:,})", f'<th scope="col">method</th>{head}', body)


def _best(each: Evaluation, target: str, metric: str) -> float | None:
    """The highest value of a column; None where all are equal, for then none is best."""
    values = {of[target][metric] for name, of in each.methods.items() if name not in _APART}
    return max(values) if len(values) > 1 else None


def _bars(each: Evaluation, metric: str, targets: Sequence[str]) -> str:
    """A metric of each method by target, with intervals; said in words by the tables below it."""
    rows = ""
    for method, by_target in each.methods.items():
        bars = ""
        for target in targets:
            value, (low, high) = by_target[target][metric], each.intervals[method][target][metric]
            bars += (
                f'<div class="bar"><span class="fill" style="width:{value:.2%};background:var(--{target})"></span>'
                f'<span class="range" style="left:{low:.2%};width:{high - low:.2%}"></span>'
                f'<span class="value" style="left:{max(high, value):.2%}">{value:.2f}</span></div>'
            )
        rows += f'<div class="row"><span class="name">{_name(method)}</span><div class="bars">{bars}</div></div>'
    ticks = "".join(f'<span style="left:{tick:.0%}">{tick:g}</span>' for tick in (0, 0.25, 0.5, 0.75, 1))
    return (
        f'<div class="sheet"><p class="caption">{metric}</p><div role="img" aria-label="{metric} of each method by '
        f'target; the tables below have the numbers">{rows}'
        f'<div class="row"><span></span><div class="axis">{ticks}</div></div></div></div>'
    )


def _differences(found: Sequence[Difference], reference: str, targets: Sequence[str]) -> str:
    if not found:
        return ""
    columns = [(metric, target) for metric in TESTED for target in targets]
    of = {(d.method, d.metric, d.target): d for d in found}
    head = "".join(f'<th scope="col">{metric}<small>{_BRIEFLY[target]}</small></th>' for metric, target in columns)
    rows = ""
    for method in dict.fromkeys(d.method for d in found):
        cells = "".join(_difference(of[method, metric, target]) for metric, target in columns)
        rows += f'<tr><th scope="row">{_name(method)}</th>{cells}</tr>'
    words = (
        f"Against {escape(reference)}, query by query: the difference, its interval, and p of a randomisation test "
        "with Holm's correction over the methods (in brackets without it). Bold: p below 0.05."
    )
    return _sheet(words, f'<th scope="col">method</th>{head}', rows)


def _difference(d: Difference) -> str:
    value = f"<b>{d.difference:+.3f}</b>" if d.p_holm < _ALPHA else f"{d.difference:+.3f}"
    return f"<td>{value}<small>{d.low:+.3f} to {d.high:+.3f}</small><small>p {d.p_holm:.4f} ({d.p:.4f})</small></td>"


def _sheet(caption: str, head: str, body: str) -> str:
    """A table that scrolls by itself, by keyboard too, where the page is narrow. caption: shown above it."""
    return (
        f'<div class="sheet wide" tabindex="0" role="group"><p class="caption">{caption}</p>'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _title(method: str) -> str:
    if method == CAPTION_ROUTE:
        return "<small>Pictures searched through their captions, which stand in for a captioning model's</small>"
    try:
        return f"<small>{escape(method_by_name(method).title)}</small>"
    except ModgapError:  # a name that is not of modgap's
        return ""


def _version(package: str) -> str:
    try:
        return version(package)
    except ImportError:
        return "not installed"
