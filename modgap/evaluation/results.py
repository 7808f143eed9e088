"""What an evaluation came to: values of each query, their means by target modality with intervals, and comparisons."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modgap.evaluation.significance import Difference, differences, intervals
from modgap.items import Modality
from modgap.metrics.retrieval import METRICS

TARGETS = ("all", *(m.value for m in (Modality.IMAGE, Modality.TEXT)))
TESTED = ("recall@20", "ndcg@10")  # of these the differences are tested
Values = dict[str, NDArray[np.float64]]
"""Each metric of each query: {metric: (n_queries,)}."""


@dataclass(frozen=True)
class Evaluation:
    """Of one model. values: [method][metric] (n_queries,). wanted: (n_queries,) "image", "text", "both" or "none".

    calibration_queries: which queries the methods learnt from. notes: what was left out and why. model: its name.
    """

    values: dict[str, Values]
    wanted: NDArray[np.str_]
    calibration_queries: str
    notes: list[str] = field(default_factory=list)
    model: str = ""

    @property
    def queries(self) -> int:
        """How many were measured."""
        return int(self.wanted.size)

    @cached_property
    def targets(self) -> dict[str, int]:
        """How many queries want pictures, passages or both; "both" counts in "all" only."""
        return {name: int((self.wanted == name).sum()) for name in ("image", "text", "both")}

    @cached_property
    def methods(self) -> dict[str, dict[str, dict[str, float]]]:
        """Mean metrics: methods[method][target][metric]; a target that no query has is empty."""
        return {
            method: {
                target: {m: float(of[m][rows].mean()) for m in METRICS} if rows.any() else {}
                for target, rows in self._rows.items()
            }
            for method, of in self.values.items()
        }

    @cached_property
    def intervals(self) -> dict[str, dict[str, dict[str, tuple[float, float]]]]:
        """95 % bootstrap intervals of the means, laid out as `methods` is."""
        found: dict[str, dict[str, dict[str, tuple[float, float]]]] = {}
        for method, of in self.values.items():
            found[method] = {}
            for target, rows in self._rows.items():
                table = np.stack([of[m][rows] for m in METRICS], axis=1)
                bounds = intervals(table) if rows.any() else ((), ())
                pairs = [(float(low), float(high)) for low, high in zip(*bounds, strict=True)]
                found[method][target] = dict(zip(METRICS, pairs, strict=False))
        return found

    def differences(self, reference: str) -> list[Difference]:
        """Every other method against one, by target and for the metrics of `TESTED`; none where it was not run."""
        if reference not in self.values:
            return []
        return [
            each
            for target, rows in self._rows.items()
            if rows.any()
            for metric in TESTED
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
            "methods": _rounded(self.methods),
            "ci95": _rounded(self.intervals),
            "notes": self.notes,
        }
        if reference is not None:
            document["differences"] = [_rounded(asdict(each)) for each in self.differences(reference)]
        return document

    @cached_property
    def _rows(self) -> dict[str, NDArray[np.bool_]]:
        return {t: np.ones(self.wanted.size, dtype=bool) if t == "all" else self.wanted == t for t in TARGETS}


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _rounded(each) for name, each in value.items()}
    if isinstance(value, tuple):
        return [_rounded(each) for each in value]
    return round(value, 6) if isinstance(value, float) else value
