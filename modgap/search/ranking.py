"""What a ranker reads and what it returns: the candidates of each group, and the ranking of one query."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from modgap.engines.base import TopK

Candidates = Mapping[str, TopK]
"""The best items of each group for some queries, by inner product."""


@dataclass(frozen=True)
class Ranking:
    """The best items for one query, best first; equals stand in the order of their rows.

    values: the method's own scores. rows: in the corpus; of an item of several rows the one that found it. groups: of
    these rows. scores: inner products. All (k,).
    """

    values: NDArray[np.float64]
    rows: NDArray[np.intp]
    groups: NDArray[np.str_]
    scores: NDArray[np.float32]
