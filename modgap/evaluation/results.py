"""Evaluation results: per-query values, means by target group, confidence intervals, comparisons."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modgap.errors import ModgapError
from modgap.evaluation.significance import (
    MIN_RESAMPLED,
    Interval,
    MethodDifference,
    differences,
    intervals,
    mean_interval,
)
from modgap.io.json_files import rounded
from modgap.io.notebook import data_frame, html_table
from modgap.items import Modality
from modgap.methods import DEFAULT_METHOD
from modgap.metrics.retrieval import METRICS

ALL = "all"
BOTH = "both"
SEVERAL = "several"
NONE = "none"
TESTED_METRICS = ("recall@20", "ndcg@10")

_RATES = ("recall@", "hit@")  # 0 or 1 for a query with one relevant item
_PICTURES_AND_PASSAGES = (Modality.IMAGE.value, Modality.TEXT.value)

Values = dict[str, NDArray[np.float64]]
"""Each metric of each query: {metric: (n_queries,)}."""


@dataclass(frozen=True)
class Evaluation:
    """Results of several methods with one model on the same labelled queries.

    values: (n_queries,) by method, then by metric.
    wanted: (n_queries,) the group of each query's relevant items; "both" for pictures and passages where the corpus has
        exactly these two groups, "several" for any other mixture, "none" where no relevant item is in the corpus.
    calibration_queries: in words, the queries that the methods were fitted on.
    notes: what was left out and why.
    model: its name.
    groups: the groups of the corpus, in any order.
    Raises ModgapError for a group whose name is that of another target ("all", "both", "several", "none").
    """

    values: dict[str, Values]
    wanted: NDArray[np.str_]
    calibration_queries: str
    notes: list[str] = field(default_factory=list)
    model: str = ""
    groups: tuple[str, ...] = ("image", "text")

    def __post_init__(self) -> None:
        if taken := {ALL, BOTH, SEVERAL, NONE}.intersection(self.groups):
            raise ModgapError(f'"{min(taken)}" is a target of evaluations: give the group another name.')

    def __repr__(self) -> str:
        return f"<Evaluation of {len(self.values)} methods with {self.model or 'vectors'} on {self.queries} queries>"

    def _records(self) -> list[dict[str, Any]]:
        return [
            {"method": method, "target": target, **metrics}
            for method, by_target in self.methods.items()
            for target, metrics in by_target.items()
            if metrics
        ]

    def _repr_html_(self) -> str:
        records = self._records()
        headings = list(records[0]) if records else ["method"]
        return html_table(headings, [list(each.values()) for each in records], repr(self)[1:-1])

    def to_pandas(self) -> Any:
        """A row for each method and target with its means, as a DataFrame. Raises ModgapError without pandas."""
        return data_frame(self._records())

    @property
    def queries(self) -> int:
        """Number of measured queries."""
        return int(self.wanted.size)

    @cached_property
    def target_groups(self) -> tuple[str, ...]:
        """Pictures, passages, then the other groups in the order of `groups`.

        A corpus of pictures, of passages or of both has these two; any other has the groups that are present.
        """
        if set(self.groups) <= set(_PICTURES_AND_PASSAGES):
            return _PICTURES_AND_PASSAGES
        first = [group for group in _PICTURES_AND_PASSAGES if group in self.groups]
        return (*first, *(group for group in self.groups if group not in first))

    @property
    def mixed(self) -> str:
        """The name in `wanted` of queries that want items of more than one group."""
        return BOTH if self.target_groups == _PICTURES_AND_PASSAGES else SEVERAL

    @cached_property
    def targets(self) -> dict[str, int]:
        """Number of queries that want each group, or more than one."""
        return {name: int((self.wanted == name).sum()) for name in (*self.target_groups, self.mixed)}

    @cached_property
    def counts(self) -> dict[str, int]:
        """Number of queries of each target that has means of its own.

        "all", then each group, then "both" or "several" where any query wants more than one.
        """
        mixed = {self.mixed: self.targets[self.mixed]} if self.targets[self.mixed] else {}
        return {ALL: self.queries, **{group: self.targets[group] for group in self.target_groups}, **mixed}

    @cached_property
    def methods(self) -> dict[str, dict[str, dict[str, float]]]:
        """Mean metrics: by method, target and metric; a target that no query has is empty."""
        return {
            method: {
                target: {m: float(of[m][rows].mean()) for m in METRICS} if rows.any() else {}
                for target, rows in self._rows.items()
            }
            for method, of in self.values.items()
        }

    @cached_property
    def intervals(self) -> dict[str, dict[str, dict[str, Interval | None]]]:
        """95 % intervals of the means, laid out as `methods` is; None where the queries are too few for one."""
        return {
            method: {target: _intervals({m: of[m][rows] for m in METRICS}) for target, rows in self._rows.items()}
            for method, of in self.values.items()
        }

    @property
    def sentence(self) -> str:
        """What the default method changes against the raw cosine, in words; empty where either is missing."""
        found = [
            each
            for each in self.differences("raw")
            if (each.method, each.target, each.metric) == (DEFAULT_METHOD, ALL, TESTED_METRICS[0])
        ]
        if not found:
            return ""
        before = self.methods["raw"][ALL][TESTED_METRICS[0]]
        change, name = found[0], TESTED_METRICS[0]
        words = (
            f"On {self.queries:,} labelled queries {name} goes from {before:.2f} to {before + change.difference:.2f}"
        )
        if change.low is None or change.high is None:
            return f"{words}; these are too few to tell it from chance."
        clear = "" if change.p_holm < 0.05 else ", which may be chance"
        return f"{words} ({change.low:+.2f} to {change.high:+.2f}{clear})."

    def differences(self, reference: str) -> list[MethodDifference]:
        """Every other method compared with the reference, by target, for `TESTED_METRICS`; empty if it was not run."""
        if reference not in self.values:
            return []
        return [
            each
            for target, rows in self._rows.items()
            if rows.any()
            for metric in TESTED_METRICS
            for each in differences(
                {name: of[metric][rows] for name, of in self.values.items()}, reference, target=target, metric=metric
            )
        ]

    def to_json(self, *, reference: str | None = None) -> dict[str, Any]:
        """Plain JSON values, rounded to 6 digits. reference: the method that the others are compared with."""
        document: dict[str, Any] = {
            "model": self.model,
            "queries": self.queries,
            "targets": self.targets,
            "calibration_queries": self.calibration_queries,
            "methods": rounded(self.methods),
            "ci95": rounded(self.intervals),
            "notes": self.notes,
        }
        if reference is not None:
            document["differences"] = [rounded(asdict(each)) for each in self.differences(reference)]
        return document

    @cached_property
    def _rows(self) -> dict[str, NDArray[np.bool_]]:
        everyone = np.ones(self.wanted.size, dtype=bool)
        return {ALL: everyone, **{target: self.wanted == target for target in self.counts if target != ALL}}


def _intervals(values: Values) -> dict[str, Interval | None]:
    """The interval of each metric over some queries; empty for none."""
    n = next(iter(values.values())).size
    if 0 < n < MIN_RESAMPLED:
        return {metric: mean_interval(of, is_rate=metric.startswith(_RATES)) for metric, of in values.items()}
    if not n:
        return {}
    low, high = intervals(np.stack(list(values.values()), axis=1))  # the same resamples for every metric
    return {metric: (float(low[place]), float(high[place])) for place, metric in enumerate(values)}
