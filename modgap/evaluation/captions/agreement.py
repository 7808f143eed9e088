"""Agreement of scores with human ratings: Kendall's tau-b and tau-c, Pearson's r, with intervals and a paired test.

With C concordant and D discordant pairs of the n rated items, n0 = n (n - 1) / 2, n1 and n2 the pairs tied in the score
and in the rating, m the smaller number of distinct values of the two:

    tau_b = (C - D) / sqrt((n0 - n1) (n0 - n2))        tau_c = 2 (C - D) / (n^2 (m - 1) / m)

C - D comes from scipy (O(n log n)). Ratings of one picture are not independent, so the bootstrap draws pictures, each
with all of its ratings; intervals from single ratings would be too narrow. A picture that is drawn twice ties with its
copy, which raises tau slightly where pictures are few; with a hundred or more the effect is negligible.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from modgap.errors import CalibrationError
from modgap.metrics.sample_statistics import Interval
from modgap.progress import Progress, silent

COEFFICIENTS = ("tau_b", "tau_c", "pearson")
RESAMPLES = 999
_LEVEL = 0.95

Coefficients = dict[str, float]


@dataclass(frozen=True)
class Estimate:
    """A coefficient with its 95 % bootstrap interval; both nan where it is not defined (a constant score)."""

    value: float
    ci95: Interval


@dataclass(frozen=True)
class CorrelationDifference:
    """Coefficient of one score minus that of another on the same items, with a 95 % interval and a two-sided p value.

    p: twice the share of resamples on the other side of zero, at least 2 / (resamples + 1).
    """

    value: float
    ci95: Interval
    p: float


@dataclass(frozen=True)
class Agreement:
    """Coefficients of several scores against the same ratings.

    n, pictures: number of ratings and of rated pictures. estimates: [score][coefficient].
    differences: [(a, b)][coefficient], a - b.
    """

    n: int
    pictures: int
    resamples: int
    estimates: dict[str, dict[str, Estimate]]
    differences: dict[tuple[str, str], dict[str, CorrelationDifference]]


def rank_correlations(scores: ArrayLike, ratings: ArrayLike) -> Coefficients:
    """tau_b, tau_c and pearson of scores and ratings, (n,) each; nan where one is constant or n is below 3.

    >>> rank_correlations([0.1, 0.4, 0.3], [1, 4, 2])["tau_b"]
    1.0
    """
    return _coefficients(_dense(scores), _dense(ratings), np.asarray(scores), np.asarray(ratings))


def agreement(
    scores: Mapping[str, ArrayLike],
    ratings: ArrayLike,
    pictures: ArrayLike,
    *,
    compared: tuple[tuple[str, str], ...] = (),
    resamples: int = RESAMPLES,
    seed: int = 0,
    progress: Progress = silent,
) -> Agreement:
    """Each score's coefficients against the ratings, with intervals, and differences of pairs of scores.

    scores: {name: (n,)}; ratings: (n,); pictures: (n,) the picture of each rating, any labels.
    compared: (a, b) names of scores; the coefficients are subtracted, a - b, within each resample.
    Raises CalibrationError for fewer than three ratings, ratings of fewer than two pictures, or all the same.
    """
    rated = np.asarray(ratings, dtype=np.float64)
    columns = {name: np.asarray(values, dtype=np.float64) for name, values in scores.items()}
    names, group_of = np.unique(np.asarray(pictures), return_inverse=True)
    if names.size < 2 or rated.size < 3 or np.unique(rated).size < 2:
        raise CalibrationError(
            f"A correlation needs three ratings or more, of two pictures or more, that are not all the same; these are "
            f"{rated.size} ratings of {names.size} pictures: give more."
        )
    order = np.argsort(group_of, kind="stable")
    rows_of = np.split(order, np.cumsum(np.bincount(group_of))[:-1])
    ranks, rating_ranks = {name: _dense(values) for name, values in columns.items()}, _dense(rated)

    def coefficients_of(rows: NDArray[np.intp]) -> NDArray[np.float64]:
        """(scores, coefficients) from some of the rows."""
        return np.asarray(
            [
                list(_coefficients(ranks[name][rows], rating_ranks[rows], columns[name][rows], rated[rows]).values())
                for name in columns
            ]
        )

    whole, rng = coefficients_of(np.arange(rated.size)), np.random.default_rng(seed)
    drawn = np.empty((resamples, *whole.shape))
    for number in range(resamples):
        chosen = rng.integers(0, names.size, size=names.size)
        drawn[number] = coefficients_of(np.concatenate([rows_of[each] for each in chosen]))
        if number % 20 == 0 or number == resamples - 1:
            progress("Resampling pictures", number + 1, resamples)
    at = {name: row for row, name in enumerate(columns)}
    return Agreement(
        n=int(rated.size),
        pictures=int(names.size),
        resamples=resamples,
        estimates={
            name: {c: Estimate(float(whole[row, k]), _interval(drawn[:, row, k])) for k, c in enumerate(COEFFICIENTS)}
            for name, row in at.items()
        },
        differences={
            (a, b): {
                c: _difference(float(whole[at[a], k] - whole[at[b], k]), drawn[:, at[a], k] - drawn[:, at[b], k])
                for k, c in enumerate(COEFFICIENTS)
            }
            for a, b in compared
        },
    )


def _coefficients(
    score_ranks: NDArray[np.intp],
    rating_ranks: NDArray[np.intp],
    scores: NDArray[np.floating],
    ratings: NDArray[np.floating],
) -> Coefficients:
    """The coefficients, from dense ranks that are computed once for all resamples; tau_c follows from scipy's tau_b."""
    from scipy.stats import kendalltau

    n = score_ranks.size
    counts = [np.bincount(ranks) for ranks in (score_ranks, rating_ranks)]
    fewest = min(int((each > 0).sum()) for each in counts)
    if fewest < 2 or n < 3:  # two items only agree or disagree
        return dict.fromkeys(COEFFICIENTS, float("nan"))
    tau_b = float(kendalltau(score_ranks, rating_ranks, method="asymptotic").statistic)
    untied = [n * (n - 1) / 2 - float((each * (each - 1) / 2).sum()) for each in counts]
    concordance = tau_b * float(np.sqrt(untied[0]) * np.sqrt(untied[1]))  # C - D
    x, y = scores - scores.mean(dtype=np.float64), ratings - ratings.mean(dtype=np.float64)
    return {
        "tau_b": tau_b,
        "tau_c": 2 * concordance / (n**2 * (fewest - 1) / fewest),
        "pearson": float((x @ y) / np.sqrt((x @ x) * (y @ y))),
    }


def _dense(values: ArrayLike) -> NDArray[np.intp]:
    """Ranks 0, 1, 2, ... with equal values equal."""
    return np.unique(np.asarray(values, dtype=np.float64), return_inverse=True)[1].astype(np.intp)


def _interval(drawn: NDArray[np.float64]) -> Interval:
    kept = drawn[np.isfinite(drawn)]  # a resample of equal ratings has no coefficient
    if not kept.size:
        return Interval(float("nan"), float("nan"))
    low, high = np.quantile(kept, [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2])
    return Interval(float(low), float(high))


def _difference(value: float, drawn: NDArray[np.float64]) -> CorrelationDifference:
    kept = drawn[np.isfinite(drawn)]
    tail = min(int((kept <= 0).sum()), int((kept >= 0).sum()))
    p = min(1.0, 2 * (tail + 1) / (kept.size + 1)) if kept.size else float("nan")
    return CorrelationDifference(value, _interval(drawn), p)
