"""Convergence: after how many calibration queries does the ranking stop changing?

For seeded orders of the queries and a growing number n of them, mu_g(n) and sigma_g(n) of each group g, and
overlap(n): the share of the top `depth` that stays when mu(n), sigma(n) take the place of those of all queries,
averaged over the queries. Inside a group z grows with the cosine, so a top list is determined by how many items of each
group it holds, and with c_g(q, n) items of group g among the top `depth` of query q

    overlap(n) = 1 - mean over q of (sum over g of |c_g(q, n) - c_g(q, all)|) / (2 depth)

The queries are drawn without replacement from the given ones: near their full number the curve reaches 1 by
construction, so an answer close to it means "not shown yet".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from modgap.errors import CalibrationError

MIN_CONVERGENCE_QUERIES = 5  # queries that the curves begin with


@dataclass(frozen=True)
class Convergence:
    """Curves over `sizes`, the numbers of queries.

    mean, std: {group: (n_sizes, n_orders)}, cosine. overlap: (n_sizes, n_orders), share of the top `depth`.
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


def measure_convergence(
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

    candidates: {group: (n_queries, depth) cosines of the best items, best first}; row i of each is the same query. The
        mean of the first `k` is the pseudo-positive score; the candidates of all groups are what the ranking is made
        of. A group with fewer than depth items has fewer columns.
    Raises CalibrationError for fewer than 10 queries, rows that do not match, or fewer than two groups.
    """
    table = {group: np.asarray(scores, dtype=np.float64) for group, scores in candidates.items()}
    n = max((scores.shape[0] for scores in table.values() if scores.ndim == 2), default=0)
    incomplete = any(scores.ndim != 2 or scores.shape[0] != n or scores.shape[1] == 0 for scores in table.values())
    if len(table) < 2 or incomplete:
        raise CalibrationError("Convergence needs the best cosines of two groups or more, one row for each query.")
    if n < 2 * MIN_CONVERGENCE_QUERIES:
        raise CalibrationError(
            f"{n} queries cannot show convergence: give {2 * MIN_CONVERGENCE_QUERIES} or more (100 are better)."
        )
    depth = max(scores.shape[1] for scores in table.values())
    best = {group: scores[:, :k].mean(axis=1) for group, scores in table.items()}
    sizes = np.unique(np.geomspace(MIN_CONVERGENCE_QUERIES, n, n_sizes).round().astype(np.intp))
    mean = {group: np.empty((sizes.size, orders)) for group in table}
    std = {group: np.empty((sizes.size, orders)) for group in table}
    overlap = np.empty((sizes.size, orders))
    final = _counts_in_top(table, {group: (each.mean(), each.std(ddof=ddof)) for group, each in best.items()}, depth)
    rng = np.random.default_rng(seed)
    for order in range(orders):
        shuffled = rng.permutation(n)
        for row, size in enumerate(sizes):
            drawn = {group: each[shuffled[:size]] for group, each in best.items()}
            statistics = {group: (each.mean(), each.std(ddof=ddof)) for group, each in drawn.items()}
            for group, (mu, sigma) in statistics.items():
                mean[group][row, order], std[group][row, order] = mu, sigma
            changed = np.abs(_counts_in_top(table, statistics, depth) - final).sum(axis=1)
            overlap[row, order] = 1 - changed.mean() / (2 * depth)
    steady = np.logical_and.accumulate((overlap.min(axis=1) >= 1 - tolerance)[::-1])[::-1]
    first = int(np.argmax(steady))
    steady_at = int(sizes[first]) if first < sizes.size - 1 else None
    return Convergence(sizes, mean, std, overlap, depth, tolerance, steady_at)


def _counts_in_top(
    table: Mapping[str, NDArray[np.float64]], statistics: Mapping[str, tuple[float, float]], depth: int
) -> NDArray[np.intp]:
    """(n_queries, n_groups) items of each group among the `depth` best of each query by z."""
    z = [(scores - statistics[group][0]) / max(statistics[group][1], 1e-9) for group, scores in table.items()]
    top = np.argsort(-np.concatenate(z, axis=1), axis=1, kind="stable")[:, :depth]
    ends = np.cumsum([scores.shape[1] for scores in z])
    group_at = np.searchsorted(ends, top, side="right")
    return np.stack([(group_at == place).sum(axis=1) for place in range(len(z))], axis=1)
