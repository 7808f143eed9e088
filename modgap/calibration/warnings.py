"""Warnings about a calibration: few queries, an uncertain offset between groups, pools of very unequal size."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping

import numpy as np

from modgap.calibration.score_statistics import ScoreStatistics
from modgap.items import Modality, group_plural
from modgap.metrics.sample_statistics import bootstrap_mean_std

MIN_STEADY_QUERIES = 50  # below this the intervals of the statistics are wide
MAX_OFFSET_ERROR = 0.5  # deviations by which two groups may be misplaced before a warning
MAX_POOL_RATIO = 10  # a best of n grows with n; beyond this ratio two groups' bests are hardly alike


def few_queries(counts: Mapping[str, int]) -> list[str]:
    """A warning for each query modality that has too few queries. counts: of queries, by modality."""
    return [
        f"Only {count} {modality} queries calibrated it: give {MIN_STEADY_QUERIES} or more for steady statistics."
        for modality, count in counts.items()
        if count < MIN_STEADY_QUERIES
    ]


def uncertain_offsets(statistics: Mapping[str, Mapping[str, ScoreStatistics]]) -> list[str]:
    """A warning for each query modality whose groups may be misplaced. statistics: [query modality][group]."""
    found = []
    for modality, by_group in statistics.items():
        error = offset_error(by_group)
        if error > MAX_OFFSET_ERROR:
            two = by_group.keys() <= {m.value for m in Modality}
            found.append(
                f"The offset between {'pictures and passages' if two else 'the groups'} is uncertain for {modality} "
                f"queries: its 95 % interval is ±{error:.2f} of the smaller deviation, so close results may change "
                f"places: give more queries."
            )
    return found


def unequal_pools(counts: Mapping[str, int]) -> list[str]:
    """A warning where the largest group has more than `MAX_POOL_RATIO` times the items of the smallest."""
    if len(counts) < 2 or not all(counts.values()) or max(counts.values()) / min(counts.values()) <= MAX_POOL_RATIO:
        return []
    pools = ", ".join(f"{n} {group_plural(group)}" for group, n in reversed(list(counts.items())))
    return [
        f"The pools are very unequal ({pools}): the best of a large pool is higher by chance, which favours the "
        f"smaller one."
    ]


def offset_error(by_group: Mapping[str, ScoreStatistics]) -> float:
    """Half the 95 % interval of the difference of two groups' means, in units of the smaller deviation.

    The largest over pairs of groups; 0 for one group. The groups share their queries, and a query that is answered
    well in one is mostly answered well in the other, so the differences are resampled query by query:

        h / min(std_a, std_b)        h: half the bootstrap interval of mean over q of (s_a(q) - s_b(q))

    Where the scores are not carried, or a query is missing in one group, h = hypot(h_a, h_b) of the two means as if
    they were independent, which is rather larger.
    """

    def error(a: ScoreStatistics, b: ScoreStatistics) -> float:
        first, second = a.sample, b.sample
        if first is not None and second is not None and first.size == second.size:
            mean, _ = bootstrap_mean_std(first.astype(np.float64) - second)
            return (mean.high - mean.low) / 2 / min(a.std, b.std)
        halves = [(s.mean_ci95.high - s.mean_ci95.low) / 2 for s in (a, b)]
        return math.hypot(*halves) / min(a.std, b.std)

    return max((error(*pair) for pair in itertools.combinations(by_group.values(), 2)), default=0.0)
