"""Evaluations as CSV: one row per model, method, target and metric."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from modgap.evaluation.results import Evaluation
from modgap.io.spreadsheet import safe_cell

COLUMNS = ("model", "method", "target", "metric", "value", "low", "high", "n", "calibration_queries")


def to_csv(evaluations: Sequence[Evaluation]) -> str:
    """The evaluations as CSV with a header; a target that no query has gets no rows.

    low, high: bounds of the 95 % interval, empty where the queries are too few for one; n: number of queries.
    A name that a spreadsheet would run as a formula gets an apostrophe before it.
    """
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    for each in evaluations:
        for method, by_target in each.methods.items():
            for target, row in by_target.items():
                for metric, value in row.items():
                    interval = each.intervals[method][target][metric]
                    bounds = ("", "") if interval is None else tuple(f"{bound:.6f}" for bound in interval)
                    numbers = (f"{value:.6f}", *bounds, each.counts[target])
                    names = (safe_cell(each.model), safe_cell(method), safe_cell(target), metric)
                    writer.writerow((*names, *numbers, safe_cell(each.calibration_queries)))
    return file.getvalue()
