"""Two rankings of one query side by side: what moved, and which modality the first places show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from modgap.items import Hit, Modality, no_good_match


@dataclass(frozen=True)
class Comparison:
    """Raw and standardized results of one query, side by side.

    moved: for each id shown, how many places it rose (+) or fell (-) from the raw ranking to the standardized one.
    image_share: share of pictures among the hits of each list, 0..1.
    also: the hits of another method, where one was asked for; also_moved: how far each of them rose or fell from raw.
    """

    raw: list[Hit]
    standardized: list[Hit]
    moved: dict[str, int]
    image_share: dict[str, float]
    also: list[Hit] = field(default_factory=list)
    also_moved: dict[str, int] = field(default_factory=dict)

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
    also: Sequence[Hit] = (),
) -> Comparison:
    """Compare the hits of two lists by their places in the whole corpus. also: the hits of another method, if any.

    cosines, zs: (n_items,) scores of all items by either method. source: row that the query is itself, which has no
    place (-1: it is no item).
    """
    met = np.arange(cosines.size) != source

    def place(values: NDArray, row: int) -> int:
        ahead = (values > values[row]) | ((values == values[row]) & (np.arange(values.size) < row))
        return 1 + int((ahead & met).sum())

    shown = {hit.id: row_of[hit.id] for hit in [*raw, *standardized]}
    lists = {"raw": raw, "standardized": standardized, **({"also": also} if also else {})}
    return Comparison(
        raw=raw,
        standardized=standardized,
        moved={name: place(cosines, row) - place(zs, row) for name, row in shown.items()},
        image_share={name: _image_share(hits) for name, hits in lists.items()},
        also=list(also),
        also_moved={hit.id: place(cosines, row_of[hit.id]) - hit.rank for hit in also},
    )


def _image_share(hits: Sequence[Hit]) -> float:
    return float(np.mean([hit.modality is Modality.IMAGE for hit in hits])) if hits else 0.0
