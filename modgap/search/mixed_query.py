"""Queries of several parts: a picture with words ("this, but in red"), several pictures, and words to move away from.

    v = normalise(mean of the parts' unit vectors - 1/2 mean of those to move away from)

Words and pictures together are a query modality of their own, "both", whose best scores lie between those of words and
of pictures; its statistics come from automatic pairs (`calibration.pair_queries`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from modgap.calibration.pair_queries import BOTH
from modgap.errors import ModgapError, VectorError
from modgap.vectors import unit_vectors

if TYPE_CHECKING:
    from modgap.search.query import EncodedQuery

AWAY = 0.5  # weight of the parts to move away from


@dataclass(frozen=True, eq=False)
class MixedQuery:
    """Parts that are asked for together, and parts to move away from; each as `Collection.search` takes a query.

    >>> MixedQuery(["a red one"], minus=["a dog"]).minus
    ['a dog']
    """

    parts: Any
    minus: Any = ()

    def __post_init__(self) -> None:
        if not len(self.parts):
            raise ModgapError("The query is empty: give words or a picture beside what to move away from.")


def mixed(parts: list[EncodedQuery], minus: list[EncodedQuery]) -> EncodedQuery:
    """One query of several encoded ones. Its modality is theirs, or "both" for words and pictures together.

    It finds no item that one of its parts is, if there is one such item. Raises VectorError for parts that cancel.
    """
    from modgap.search.query import EncodedQuery

    vector = np.mean([each.vector for each in parts], axis=0)
    if minus:
        vector = vector - AWAY * np.mean([each.vector for each in minus], axis=0)
    if float(np.linalg.norm(vector)) < 1e-6:
        raise VectorError("The parts of the query cancel each other: leave one out.")
    modalities = {each.modality for each in parts}
    sources = [each.source for each in parts if each.source >= 0]
    return EncodedQuery(
        unit_vectors(vector[None, :], what="query vector")[0],
        modalities.pop() if len(modalities) == 1 else BOTH,
        sources[0] if sources else -1,
        all(each.readable for each in (*parts, *minus)),
    )
