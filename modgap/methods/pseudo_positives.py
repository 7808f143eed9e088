"""Pseudo-positives (arXiv 2511.22141): the best item of each group stands for the right one, with no label.

    d*_g(q) = argmax over d in D_g of s(q, d)        s the cosine, D_g the items of group g

or, by choice, the mean score of the k best. `BestItems` is what one pass over an engine finds for a set of queries.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modgap.engines.base import TopK, top_k_by_group
from modgap.errors import CalibrationError
from modgap.items import group_plural
from modgap.methods.base import FitData, expected_groups
from modgap.metrics.sample_statistics import Moments
from modgap.progress import Progress, silent

BestItems = dict[str, TopK]
"""The best items of each group, for the same queries."""

_FLAT = 1e-6  # cosines that differ by less are equal in float32


def find_pseudo_positives(data: FitData, *, k: int = 1, progress: Progress = silent) -> BestItems:
    """The k best items of each group for each query.

    Raises CalibrationError where there is no query, or fewer than two groups.
    """
    if not data.queries.shape[0]:
        raise CalibrationError("There is no query to learn from: give 2 or more (100 or more are better).")
    require_two_groups({group: data.engine.count(group) for group in data.engine.groups})
    return top_k_by_group(
        data.engine,
        data.queries,
        k,
        exclude=data.exclude,
        exclude_same=data.exclude_same,
        progress=progress,
    )


def pseudo_positive_scores(best_items: Mapping[str, TopK], *, k: int = 1) -> dict[str, NDArray[np.float32]]:
    """The pseudo-positive score of each query, by group: its best item, or the mean of its k best.

    Queries that were allowed fewer than k items of a group are left out there.
    Raises CalibrationError where a group has fewer than k items.
    """
    scores = {}
    for group, best in best_items.items():
        if best.scores.shape[1] < k:
            raise CalibrationError(
                f"There are {best.scores.shape[1]} {group_plural(group)}, and the mean of the {k} best was asked for: "
                f"give a smaller k or more {group_plural(group)}."
            )
        complete = np.isfinite(best.scores[:, :k]).all(axis=1)
        scores[group] = best.scores[complete, :k].mean(axis=1)
    return scores


def moments_by_group(best_scores: Mapping[str, NDArray[Any] | Sequence[float]]) -> dict[str, Moments]:
    """Count, mean and deviation of the pseudo-positive scores {group: (n_queries,)}.

    Raises CalibrationError where they cannot be used, the group with the fewest scores first.
    """
    given = {group: best_scores.get(group, ()) for group in expected_groups(list(best_scores))}
    moments = {group: Moments.from_values(scores) for group, scores in given.items()}
    for group in sorted(moments, key=lambda name: moments[name].n):  # an empty group is the first thing to say
        check_moments(moments[group], group)
    return moments


def check_moments(moments: Moments, group: str) -> None:
    """Raise CalibrationError where a mean and a deviation of best scores cannot be used, naming the cause."""
    if moments.n == 0:
        raise CalibrationError(
            f"There are no {group_plural(group)} to pair the queries with, so {group} scores have no statistics: "
            f"standardization needs both pictures and passages, or two groups of another kind."
        )
    if moments.n < 2:
        raise CalibrationError(
            f"Only {moments.n} query could be paired with {group_plural(group)}: calibration needs 2 or more "
            f"(100 or more are better)."
        )
    if moments.std() < _FLAT:
        raise CalibrationError(
            f"The best {group} score is {moments.mean:.3f} for all {moments.n} queries, so there is no deviation "
            f"to divide by: give queries that differ, or more {group_plural(group)}."
        )


def require_two_groups(counts: Mapping[str, int]) -> None:
    """Raise CalibrationError for a corpus of one group, which has no gap to close. counts: items by group."""
    present = [group for group, n in counts.items() if n]
    if len(present) >= 2:
        return
    absent = next((group for group in expected_groups(present) if group not in present), None)
    if not present:
        raise CalibrationError("The corpus has no items: there is nothing to calibrate.")
    only = f"only {group_plural(present[0])} ({counts[present[0]]}), so there is no gap to close"
    if absent is None:
        raise CalibrationError(f"The corpus has {only}: add items of another group, or search by raw cosine.")
    raise CalibrationError(
        f"The corpus has no {group_plural(absent)}, {only}: add {group_plural(absent)}, or search by raw cosine."
    )
