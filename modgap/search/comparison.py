"""Two rankings of one query side by side: each item's change of rank, and the share of pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from modgap.io.notebook import data_frame
from modgap.items import Hit, Modality, no_good_match
from modgap.search.hits import hits_table


@dataclass(frozen=True)
class Comparison:
    """Raw and calibrated results of one query, side by side.

    rank_change: for each id shown, how many places it rose (+) or fell (-) from the raw ranking to the calibrated
        one; ids whose place nobody knows are left out.
    image_share: share of pictures among the hits of each list, 0..1.
    other: the hits of another method, where one was asked for; other_rank_change: of each of them, from raw.
    """

    raw: list[Hit]
    calibrated: list[Hit]
    rank_change: dict[str, int]
    image_share: dict[str, float]
    other: list[Hit] = field(default_factory=list)
    other_rank_change: dict[str, int] = field(default_factory=dict)

    def __repr__(self) -> str:
        shares = ", ".join(f"{share:.0%} pictures {name}" for name, share in self.image_share.items())
        return f"<Comparison of {len(self.raw)} hits each: {shares}>"

    def _repr_html_(self) -> str:
        lists = {"raw": self.raw, "calibrated": self.calibrated}
        tables = [hits_table(hits, name) for name, hits in lists.items()]
        return f'<div style="display:flex;gap:2em;align-items:flex-start">{"".join(tables)}</div>'

    def to_pandas(self) -> Any:
        """Both lists as a DataFrame, `list` naming each. Raises ModgapError without pandas."""
        lists = {"raw": self.raw, "calibrated": self.calibrated}
        return data_frame([{"list": name, **hit.as_dict()} for name, hits in lists.items() for hit in hits])

    @property
    def no_good_match(self) -> bool:
        """No hit of either list is a good match."""
        return no_good_match([*self.raw, *self.calibrated])


def compare_rankings(
    raw: list[Hit],
    calibrated: list[Hit],
    raw_places: Mapping[str, int],
    calibrated_places: Mapping[str, int],
    *,
    other: Sequence[Hit] = (),
) -> Comparison:
    """Compare the hits of two lists by their places, from 1, in the two rankings of the whole corpus.

    raw_places, calibrated_places: {id: place} where it is known. other: the hits of another method, if any.
    """
    shown = dict.fromkeys(hit.id for hit in [*raw, *calibrated])
    lists = {"raw": raw, "calibrated": calibrated, **({"other": other} if other else {})}
    return Comparison(
        raw=raw,
        calibrated=calibrated,
        rank_change={
            name: raw_places[name] - calibrated_places[name]
            for name in shown
            if name in raw_places and name in calibrated_places
        },
        image_share={name: _image_share(hits) for name, hits in lists.items()},
        other=list(other),
        other_rank_change={hit.id: raw_places[hit.id] - hit.rank for hit in other if hit.id in raw_places},
    )


def places_of(rows: ArrayLike, values: NDArray[np.floating]) -> list[int]:
    """The place, from 1, of some rows in a ranking of all: of equals the lower row comes first.

    values: (n_items,) what is ranked by, the best highest. One pass serves all rows.

    >>> places_of([0, 2, 3], np.asarray([0.1, 0.9, 0.5, 0.5]))
    [4, 2, 3]
    """
    wanted = np.asarray(rows, dtype=np.intp)
    limits, limit_of = np.unique(values[wanted], return_inverse=True)
    if not limits.size:
        return []
    candidates = values[values >= limits[0]]
    below = np.searchsorted(limits, candidates, side="left")  # how many limits lie below each value
    at_least = np.bincount(below, minlength=limits.size + 1)[::-1].cumsum()[::-1]
    above = at_least[1:]  # values beyond limit j lie above j + 1 limits or more
    equal = (candidates == limits[np.minimum(below, limits.size - 1)]).astype(np.intp)
    equals = np.bincount(below[equal == 1], minlength=limits.size)
    places = []
    for row, limit in zip(wanted.tolist(), limit_of.ravel().tolist(), strict=True):
        ties = int((values[:row] == values[row]).sum()) if equals[limit] > 1 else 0
        places.append(1 + int(above[limit]) + ties)
    return places


def _image_share(hits: Sequence[Hit]) -> float:
    return float(np.mean([hit.modality is Modality.IMAGE for hit in hits])) if hits else 0.0
