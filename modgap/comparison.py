"""Two rankings of one query side by side: what moved, and which modality the first places show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from modgap.items import Hit, Modality, no_good_match


@dataclass(frozen=True)
class Comparison:
    """Raw and standardized results of one query, side by side.

    moved: for each id shown, how many places it rose (+) or fell (-) from the raw ranking to the standardized one.
    image_share: share of pictures among the hits of each list, 0..1.
    """

    raw: list[Hit]
    standardized: list[Hit]
    moved: dict[str, int]
    image_share: dict[str, float]

    @property
    def no_good_match(self) -> bool:
        """No hit of either list is a good match."""
        return no_good_match([*self.raw, *self.standardized])


def compare_rankings(
    raw: list[Hit],
    standardized: list[Hit],
    cosines: NDArray,
    zs: NDArray,
    row_of: Mapping[str, int],
    *,
    source: int = -1,
) -> Comparison:
    """Compare the hits of two lists by their places in the whole corpus.

    cosines, zs: (n_items,) scores of all items by either method. source: row that the query is itself, which has no
    place (-1: it is no item).
    """
    met = np.arange(cosines.size) != source

    def place(values: NDArray, row: int) -> int:
        ahead = (values > values[row]) | ((values == values[row]) & (np.arange(values.size) < row))
        return 1 + int((ahead & met).sum())

    shown = {hit.id: row_of[hit.id] for hit in [*raw, *standardized]}
    return Comparison(
        raw=raw,
        standardized=standardized,
        moved={name: place(cosines, row) - place(zs, row) for name, row in shown.items()},
        image_share={"raw": _image_share(raw), "standardized": _image_share(standardized)},
    )


def _image_share(hits: list[Hit]) -> float:
    return float(np.mean([hit.modality is Modality.IMAGE for hit in hits])) if hits else 0.0
