"""Which queries a method learns from before it is measured; it never sees a label (the oracle alone does).

same        the evaluated queries, without their labels, as arXiv 2511.22141 has it
held-out    one half by seed, the other half is measured, and the other way round: no query calibrates itself
automatic   the queries that `Collection.calibrate` would choose
others      queries of one's own
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from modgap.calibration.queries import (
    CalibrationQueries,
    GivenQueries,
    automatic_picture_queries,
    automatic_text_queries,
    given_queries,
)
from modgap.items import Modality
from modgap.search.collection import Collection

Named = Literal["same", "held-out", "automatic"]
_HALVES = 1  # a stream of its own: a data set drawn by the same seed must not decide who is in which half
NAMED = ("same", "held-out", "automatic")
LearnFrom = GivenQueries | dict[Modality, CalibrationQueries] | Named


@dataclass(frozen=True)
class CalibrationSplit:
    """others: queries to learn from, by modality, in place of the evaluated ones. described: in a report.

    halves: learn from one half of the evaluated queries and measure the other. seed: of the halves.
    """

    described: str
    others: dict[Modality, CalibrationQueries]
    halves: bool = False
    seed: int = 0

    def folds(self, rows: NDArray[np.intp]) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
        """(rows to learn from, rows to measure) of evaluated queries; every row is measured once."""
        if not self.halves:
            return [(rows, rows)]
        order = np.random.default_rng([self.seed, _HALVES]).permutation(rows)
        first, second = np.sort(order[: order.size // 2]), np.sort(order[order.size // 2 :])
        return [(first, second), (second, first)]


def split_queries(collection: Collection, learn_from: LearnFrom, *, seed: int = 0) -> CalibrationSplit:
    """The queries that methods learn from, by the caller's choice."""
    if isinstance(learn_from, str):
        if learn_from == "same":
            return CalibrationSplit("same (the evaluated queries, without their labels)", {})
        if learn_from == "held-out":
            words = f"held-out (one half of the evaluated queries calibrates, the other is measured; seed {seed})"
            return CalibrationSplit(words, {}, halves=True, seed=seed)
        text = automatic_text_queries(collection.items, collection.engine, collection.encoder)
        pictures = automatic_picture_queries(collection.items, collection.engine)
        others = {Modality.TEXT: text, Modality.IMAGE: pictures}
        return CalibrationSplit(f"automatic ({text.origin.description})", others)
    if isinstance(learn_from, dict):
        others = learn_from
    else:
        others = given_queries(learn_from, collection.encoder, collection.dimension)
    counted = ", ".join(f"{each.origin.count} {m.value}" for m, each in others.items())
    return CalibrationSplit(f"given ({counted})", others)
