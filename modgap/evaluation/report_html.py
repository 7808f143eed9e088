"""The report of an evaluation as one self-contained HTML file: tables, bars, differences, settings, versions."""

from __future__ import annotations

import datetime
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from modgap.errors import ModgapError
from modgap.evaluation.caption_route import CAPTION_ROUTE
from modgap.evaluation.fused_routes import TITLES
from modgap.evaluation.results import ALL, BOTH, SEVERAL, TESTED_METRICS, Evaluation
from modgap.evaluation.significance import MethodDifference
from modgap.io.templates import render
from modgap.items import Modality, group_counted, group_plural
from modgap.methods import method_by_name

_TEMPLATES = Path(__file__).parent / "templates"
_TABLE_METRICS = ("recall@1", "recall@5", "recall@20", "mrr@10", "ndcg@10", "hit@1", "hit@20")
_PLOT_METRICS = ("recall@20", "ndcg@10")
_LEAD_METRIC = "recall@20"
_ALPHA = 0.05
_EXTRA_INFORMATION = ("oracle", CAPTION_ROUTE)  # they see labels or captions, so they are never the best
_OTHER_COLOURS = 4  # --other-1 ... --other-4 in report.css
_GLOSSARY = {
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
    """A page for a browser, a printer or an e-mail; it loads nothing from elsewhere, and every name is escaped.

    settings: what else was chosen, in words. notes: what was left out of the data. reference: the method that the
    others are compared with.
    """
    packages = ("torch", "open_clip_torch", "faiss-cpu", "ir-measures")
    provenance = {
        "Date": f"{datetime.datetime.now(datetime.timezone.utc):%Y-%m-%d %H:%M} UTC",
        "Machine": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        "Versions": ", ".join(f"{name} {_version(name)}" for name in packages),
    }
    page = render(
        _TEMPLATES,
        "report.html",
        title=title,
        version=_version("modgap"),
        notes=notes,
        models=_models(evaluations) if len(evaluations) > 1 else None,
        evaluations=[_evaluation(each, reference) for each in evaluations],
        reference=reference,
        glossary=_GLOSSARY,
        settings={**(settings or {}), **provenance},
    )
    return f"{page}\n"


def _evaluation(each: Evaluation, reference: str) -> dict[str, Any]:
    """What the template shows of one model."""
    targets = [target for target, n in each.counts.items() if n]
    colours = _colours(each)
    compared = each.differences(reference)
    return {
        "model": each.model or "Vectors",
        "lead": _lead(each, compared, reference),
        "counted": _counted(each),
        "calibration_queries": each.calibration_queries,
        "notes": each.notes,
        "legend": [{"title": _title(target), "colour": colours[target]} for target in targets],
        "plots": [_plot(each, metric, targets, colours) for metric in _PLOT_METRICS],
        "tables": [_table(each, target) for target in targets],
        "compared": _compared(compared, targets),
    }


def _models(evaluations: Sequence[Evaluation]) -> dict[str, Any]:
    """Several models side by side."""
    methods = dict.fromkeys(method for each in evaluations for method in each.methods)
    rows = []
    for method in methods:
        by_model = [each.methods.get(method) for each in evaluations]
        means = [None if by_target is None else by_target[ALL][_LEAD_METRIC] for by_target in by_model]
        rows.append({"method": method, "means": means})
    return {"metric": _LEAD_METRIC, "names": [each.model for each in evaluations], "rows": rows}


def _lead(each: Evaluation, compared: Sequence[MethodDifference], reference: str) -> dict[str, Any] | None:
    """The best method that needs no extra information, compared with the reference; None without both."""
    rivals = {
        name: by_target[ALL][_LEAD_METRIC] for name, by_target in each.methods.items() if name not in _EXTRA_INFORMATION
    }
    if reference not in rivals or len(rivals) == 1:
        return None
    best = max(rivals, key=lambda name: rivals[name])
    if rivals[best] <= rivals[reference]:
        return {"best": None}

    def shares(target: str) -> dict[str, str]:
        share, other = (f"{100 * each.methods[name][target][_LEAD_METRIC]:.0f}" for name in (best, reference))
        return {"share": share, "reference_share": other}

    [tested] = [d for d in compared if (d.method, d.target, d.metric) == (best, ALL, _LEAD_METRIC)]
    groups = [{"plural": group_plural(group), **shares(group)} for group in each.target_groups if each.targets[group]]
    return {"best": best, **shares(ALL), "significant": tested.p_holm < _ALPHA, "groups": groups}


def _counted(each: Evaluation) -> str:
    """How many queries want what, in a sentence."""
    first, *others = each.target_groups
    wants = [f"{each.targets[first]:,} want {_one(first)}"]
    wants += [f"{each.targets[group]:,} {_one(group)}" for group in others]
    return f"{each.queries:,} queries: {', '.join(wants)}, {each.targets[each.mixed]:,} {_one(each.mixed)}."


def _one(group: str) -> str:
    """
    >>> _one("image"), _one("licences"), _one("several")
    ('a picture', 'an item of "licences"', 'several groups')
    """
    mixed = {BOTH: "both", SEVERAL: "several groups"}
    if group in mixed:
        return mixed[group]
    word = group_counted(group, 1)
    return f"{'an' if word.startswith('item') else 'a'} {word}"


def _title(target: str) -> str:
    return "all queries" if target == ALL else f"queries that want {_one(target)}"


def _short_title(target: str) -> str:
    return target if target == ALL else f"want {_one(target)}"


def _colours(each: Evaluation) -> dict[str, str]:
    """The CSS variable of each target, by name: group names are free text and never reach a style sheet."""
    known = (ALL, Modality.IMAGE.value, Modality.TEXT.value)
    others = [target for target in (*each.target_groups, each.mixed) if target not in known]
    numbered = {group: f"other-{place % _OTHER_COLOURS + 1}" for place, group in enumerate(others)}
    return {**{name: name for name in known}, **numbered}


def _plot(each: Evaluation, metric: str, targets: Sequence[str], colours: Mapping[str, str]) -> dict[str, Any]:
    rows = []
    for method, by_target in each.methods.items():
        bars = []
        for target in targets:
            value, interval = by_target[target][metric], each.intervals[method][target][metric]
            bars.append({"colour": colours[target], "value": value, "interval": interval})
        rows.append({"method": method, "bars": bars})
    return {"metric": metric, "rows": rows}


def _table(each: Evaluation, target: str) -> dict[str, Any]:
    best = {metric: _best(each, target, metric) for metric in _TABLE_METRICS}
    rows = []
    for method, by_target in each.methods.items():
        cells = []
        for metric in _TABLE_METRICS:
            value, interval = by_target[target][metric], each.intervals[method][target][metric]
            is_best = value == best[metric] and method not in _EXTRA_INFORMATION
            cells.append({"value": value, "interval": interval, "best": is_best})
        rows.append({"method": method, "title": _method_title(method), "cells": cells})
    title = _title(target)
    caption = f"{title[0].upper()}{title[1:]} ({each.counts[target]:,})"
    return {"caption": caption, "metrics": _TABLE_METRICS, "rows": rows}


def _best(each: Evaluation, target: str, metric: str) -> float | None:
    """The highest value of a column, apart from methods with extra information; None where all are equal."""
    values = {by[target][metric] for name, by in each.methods.items() if name not in _EXTRA_INFORMATION}
    return max(values) if len(values) > 1 else None


def _compared(compared: Sequence[MethodDifference], targets: Sequence[str]) -> dict[str, Any] | None:
    if not compared:
        return None
    columns = [(metric, target) for metric in TESTED_METRICS for target in targets]
    found = {(each.method, each.metric, each.target): each for each in compared}
    rows = [
        {"method": method, "differences": [found[method, metric, target] for metric, target in columns]}
        for method in dict.fromkeys(each.method for each in compared)
    ]
    return {"alpha": _ALPHA, "columns": [(metric, _short_title(target)) for metric, target in columns], "rows": rows}


def _method_title(method: str) -> str:
    if method in TITLES:
        return TITLES[method]
    if method == CAPTION_ROUTE:
        return "Pictures searched through their captions, which stand in for a captioning model's"
    try:
        return method_by_name(method).title
    except ModgapError:  # a name that is not of modgap's
        return ""


def _version(package: str) -> str:
    try:
        return version(package)
    except ImportError:
        return "not installed"
