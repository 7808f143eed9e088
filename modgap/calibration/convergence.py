"""Convergence: after how many calibration queries does the ranking stop changing?

For seeded orders of the queries and a growing number n of them, mu_m(n) and sigma_m(n) of each item modality m, and
overlap(n): the share of the top `depth` that stays when mu(n), sigma(n) take the place of those of all queries,
averaged over the queries. Inside a modality z grows with the cosine, so a top list is told by how many pictures it
holds, and with c(q, n) pictures among the top `depth` of query q

    overlap(n) = 1 - mean over q of |c(q, n) - c(q, all)| / depth

The queries are drawn without replacement from those at hand: near their full number the curve reaches 1 by
construction, so an answer close to it means "not shown yet".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from modgap.errors import CalibrationError
from modgap.items import Modality

SMALLEST = 5  # queries that the curves begin with


@dataclass(frozen=True)
class Convergence:
    """Curves over `sizes`, the numbers of queries.

    mean, std: {item modality: (n_sizes, n_orders)}, cosine. overlap: (n_sizes, n_orders), share of the top `depth`.
    tolerance: the share that may still change. steady_at: the smallest of `sizes` from which the overlap stays at or
    above 1 - tolerance in every order, None where only all queries reach it.
    """

    sizes: NDArray[np.intp]
    mean: dict[str, NDArray[np.float64]]
    std: dict[str, NDArray[np.float64]]
    overlap: NDArray[np.float64]
    depth: int
    tolerance: float
    steady_at: int | None

    @property
    def sentence(self) -> str:
        """The answer in plain words."""
        top, kept = f"top {self.depth}", f"{1 - self.tolerance:.0%}"
        if self.steady_at is None:
            return (
                f"The {self.sizes[-1]} queries are too few to show where the ranking stops changing: the {top} does "
                f"not keep {kept} of its results before all of them are used. Give more queries."
            )
        return f"From {self.steady_at} queries on, the {top} keeps {kept} of its results whichever queries they are."


def convergence(
    candidates: Mapping[str, ArrayLike],
    *,
    k: int = 1,
    ddof: int = 0,
    tolerance: float = 0.05,
    orders: int = 20,
    n_sizes: int = 16,
    seed: int = 0,
) -> Convergence:
    """Curves of a set of queries.

    candidates: {item modality: (n_queries, depth) cosines of the best items, best first}, as `pseudo_positives` with
    k = depth gives them; row i of each is the same query. The mean of the first `k` is the pseudo-positive score; the
    candidates of both modalities are what the ranking is made of. A modality with fewer than depth items has fewer
    columns.
    Raises CalibrationError for fewer than 10 queries, rows that do not match, or a modality that is missing.
    """
    table = {m: np.asarray(candidates.get(m.value, np.empty((0, 0))), dtype=np.float64) for m in Modality}
    n = table[Modality.TEXT].shape[0]
    if any(scores.ndim != 2 or scores.shape[0] != n or scores.shape[1] == 0 for scores in table.values()):
        raise CalibrationError("Convergence needs the best cosines of both modalities, one row for each query.")
    if n < 2 * SMALLEST:
        raise CalibrationError(f"{n} queries cannot show convergence: give {2 * SMALLEST} or more (100 are better).")
    depth = max(scores.shape[1] for scores in table.values())
    best = {m: scores[:, :k].mean(axis=1) for m, scores in table.items()}
    sizes = np.unique(np.geomspace(SMALLEST, n, n_sizes).round().astype(np.intp))
    mean = {m.value: np.empty((sizes.size, orders)) for m in Modality}
    std = {m.value: np.empty((sizes.size, orders)) for m in Modality}
    overlap = np.empty((sizes.size, orders))
    final = _pictures_in_top(table, {m: (best[m].mean(), best[m].std(ddof=ddof)) for m in Modality}, depth)
    rng = np.random.default_rng(seed)
    for order in range(orders):
        shuffled = rng.permutation(n)
        for row, size in enumerate(sizes):
            statistics = {m: (best[m][shuffled[:size]].mean(), best[m][shuffled[:size]].std(ddof=ddof)) for m in best}
            for m, (mu, sigma) in statistics.items():
                mean[m.value][row, order], std[m.value][row, order] = mu, sigma
            moved = np.abs(_pictures_in_top(table, statistics, depth) - final)
            overlap[row, order] = 1 - moved.mean() / depth
    steady = np.logical_and.accumulate((overlap.min(axis=1) >= 1 - tolerance)[::-1])[::-1]
    first = int(np.argmax(steady))
    steady_at = int(sizes[first]) if first < sizes.size - 1 else None
    return Convergence(sizes, mean, std, overlap, depth, tolerance, steady_at)


def _pictures_in_top(
    table: Mapping[Modality, NDArray[np.float64]], statistics: Mapping[Modality, tuple[float, float]], depth: int
) -> NDArray[np.intp]:
    """(n_queries,) pictures among the `depth` best of each query by z."""
    z = {m: (scores - statistics[m][0]) / max(statistics[m][1], 1e-9) for m, scores in table.items()}
    union = np.concatenate([z[Modality.TEXT], z[Modality.IMAGE]], axis=1)
    top = np.argsort(-union, axis=1, kind="stable")[:, :depth]
    return (top >= z[Modality.TEXT].shape[1]).sum(axis=1)
