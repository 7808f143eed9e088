"""How much of the exact top k an approximate engine finds, measured on queries rather than assumed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from modgap.engines.base import Engine
from modgap.items import group_plural
from modgap.vectors import Vectors

QUERIES = 200  # enough for an interval of about two points at a recall of 0.98
LOW = 0.9  # below it, a warning


@dataclass(frozen=True)
class Recall:
    """The share of the exact k best items of a group that an engine finds: the mean over queries.

    low, high: 95 % interval by Wilson, each query taken for one trial, which is rather too wide.
    """

    group: str
    k: int
    queries: int
    mean: float
    low: float
    high: float

    @property
    def is_low(self) -> bool:
        """Whether it misses so much that a user should know."""
        return self.mean < LOW

    @property
    def in_words(self) -> str:
        """A sentence for a report.

        >>> Recall("image", 10, 200, 0.978, 0.947, 0.991).in_words
        'The index finds 97.8 % (94.7 to 99.1) of the exact top 10 of pictures, measured on 200 calibration queries.'
        """
        interval = f"{100 * self.low:.1f} to {100 * self.high:.1f}"
        return (
            f"The index finds {100 * self.mean:.1f} % ({interval}) of the exact top {self.k} of "
            f"{group_plural(self.group)}, measured on {self.queries} calibration queries."
        )

    @classmethod
    def from_json(cls, value: Any) -> Recall:
        """Read a document of `dataclasses.asdict`. Raises KeyError, TypeError or ValueError for anything else."""
        group, (k, queries) = str(value["group"]), (int(value[name]) for name in ("k", "queries"))
        return cls(group, k, queries, *(float(value[name]) for name in ("mean", "low", "high")))


def measure_recall(engine: Engine, exact: Engine, queries: Vectors, *, k: int = 10) -> list[Recall]:
    """The recall of each group on (n, d) queries, by comparison with an exact engine over the same vectors."""
    found = []
    for group in engine.groups:
        some, all_ = engine.top_k(queries, k, group).rows, exact.top_k(queries, k, group).rows
        shares = np.asarray([np.isin(a, b).mean() for a, b in zip(all_, some, strict=True)])
        found.append(Recall(group, k, int(shares.size), float(shares.mean()), *_wilson(shares.mean(), shares.size)))
    return found


def _wilson(p: float, n: int) -> tuple[float, float]:
    """The 95 % interval of a rate p of n trials by Wilson (1927).

    >>> [round(bound, 3) for bound in _wilson(1.0, 200)]
    [0.981, 1.0]
    """
    z2 = 1.96**2
    middle, half = p + z2 / (2 * n), 1.96 * np.sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    return float((middle - half) / (1 + z2 / n)), float((middle + half) / (1 + z2 / n))
