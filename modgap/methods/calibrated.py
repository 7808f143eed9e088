"""Calibrated: standardization that also looks at how far an item stands out of its query's own list.

    score(q, d) = (s(q, d) - (mu_g + m_g(q)) / 2) / sigma_g        g: the group of d

    s         cosine
    mu_g      mean of the best score of group g over the calibration queries: the usual best (arXiv 2511.22141)
    sigma_g   deviation of the same
    m_g(q)    mean of the scores that follow the query's best in group g: of the next 5 % of the group's items, at
              least one and at most nine

With mu_g alone it is standardization: the best item of a group is compared with what is usual for any query. With
m_g(q) alone it is compared with the rest of its own list, as z-scores of result lists do (jina-clip-v1's model card,
DBSF): where a group has nothing for a query, its first items are level, and the best of them stands out of nothing.
Standardization throws that evidence away; a list alone knows nothing of queries to which every item is close. The
middle of both is better than either on real encoders (`findings/default_method.py`). Lists follow the size of the pool
because the tenth of twenty items is far below the best of them whatever is asked.

Inside one group the score grows with s, so the order there never changes. It takes no number of a calibration that
standardization does not take, but the counts of the groups. A query's own part is one offset a group, so an engine
needs the ten best of each group and four numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from modgap.errors import CalibrationError, NotFittedError
from modgap.methods.base import FitData, FittedState, Scores, check_scores, values_by_group
from modgap.methods.candidate_lists import places_by_group
from modgap.methods.standardized import SimilarityStandardizer

DEPTH = 10  # the longest list: what a page shows
POOL_SHARE = 0.05  # of a group's items in the list
OWN_SHARE = 0.5  # how much of the offset is the query's own


class Calibrated(SimilarityStandardizer):
    """Standardize by the statistics of the calibration and by the query's own list, half and half.

    depth: the length of the longest list. own_share: the weight of m_g(q). k, ddof: as for `SimilarityStandardizer`.
    After `fit`: lengths_, the length of the list of each group, beside mean_, std_ and n_.

    >>> calibrated = Calibrated.from_statistics({"text": 0.8, "image": 0.2}, {"text": 0.1, "image": 0.1})
    >>> groups = ["text", "text", "image", "image"]
    >>> calibrated.transform([0.8, 0.8, 0.2, 0.1], groups).round(2).tolist()
    [0.0, 0.0, 0.5, -0.5]
    """

    name = "calibrated"
    title = "Calibrated"
    value_name = "calibrated score"
    formula = "(s - (mu_g + m) / 2) / sigma_g; m: mean of what follows the query's best of the group, up to rank 10"
    source = "modgap, after arXiv 2511.22141"
    cost = "one top-10 a group"

    def __init__(self, *, k: int = 1, ddof: int = 0, depth: int = DEPTH, own_share: float = OWN_SHARE) -> None:
        super().__init__(k=k, ddof=ddof)
        if depth < 2:
            raise CalibrationError(f"depth is the length of a result list, so it is at least 2; got {depth}.")
        if not 0 <= own_share <= 1:
            raise CalibrationError(f"own_share is a share, from 0 to 1; got {own_share}.")
        self.depth = depth
        self.own_share = own_share
        self.lengths_: dict[str, int] = {}

    def learn(self, data: FitData) -> None:
        super().learn(data)
        self._set_lengths({group: data.engine.count(group) for group in self.mean_})

    def restore(self, state: FittedState) -> None:
        super().restore(state)
        self._set_lengths(state.counts)

    @classmethod
    def from_statistics(
        cls, mean: Mapping[str, float], std: Mapping[str, float], counts: Mapping[str, int] | None = None
    ) -> Calibrated:
        """One that is fitted already, from statistics learnt elsewhere, by group.

        counts: items by group; large pools if left out.
        """
        fitted = cls()
        fitted.mean_, fitted.std_ = dict(mean), dict(std)
        fitted._set_lengths(counts or {})
        return fitted

    def offsets(self, scores: ArrayLike, group: str) -> NDArray[np.float64]:
        """What is subtracted from the cosines of a group before they are divided by its deviation.

        scores: (..., n) of items of one group, which hold the query's `depth` best; fewer items are a shorter list, and
        of one item alone the offset is mu_g. Returns (..., 1).
        """
        inside = np.asarray(scores, dtype=np.float64)
        n = min(self.lengths_.get(group, self.depth), inside.shape[-1])
        if n < 2:
            return np.full((*inside.shape[:-1], 1), self.mean_[group])
        best = np.sort(np.partition(-inside, n - 1, axis=-1)[..., :n], axis=-1)  # sorted: one order of summing for all
        return (1 - self.own_share) * self.mean_[group] - self.own_share * best[..., 1:].mean(axis=-1, keepdims=True)

    def transform(self, scores: ArrayLike, item_groups: Sequence[str] | NDArray[np.str_]) -> Scores:
        """Cosines (..., n_items), which hold the `depth` best of each group, -> scores of the same shape.

        Raises NotFittedError before `fit`, CalibrationError for a group without statistics.
        """
        if not hasattr(self, "mean_"):
            raise NotFittedError("This method knows no statistics yet: call fit(...) first.")
        array, groups = check_scores(scores, item_groups)
        std = values_by_group(self.std_, groups, self.name)
        result = np.empty_like(array)
        for members in places_by_group(groups):
            inside = array[..., members].astype(np.float64)
            result[..., members] = (inside - self.offsets(inside, str(groups[members[0]]))) / std[members]
        return result

    def _set_lengths(self, counts: Mapping[str, int]) -> None:
        self.lengths_ = list_lengths({group: n for group, n in counts.items() if group in self.mean_}, self.depth)


def list_lengths(counts: Mapping[str, int], depth: int = DEPTH) -> dict[str, int]:
    """By group, how many of a query's best items make its list, the best included; counts: items by group.

    >>> list_lengths({"text": 120, "image": 39, "licences": 3})
    {'text': 7, 'image': 3, 'licences': 2}
    """
    return {group: min(depth, max(2, 1 + round(POOL_SHARE * count))) for group, count in counts.items() if count}
