"""No good match: does a query match its best items better than meaningless words match theirs?

A high cosine does not prove a match: words without meaning lie near the middle of the space and come close to
everything. So for the best item d*_g(q) of each group, with the means of the calibration queries and of the items of
that group taken off,

    c_g(q) = cos(f(q) - mean_Q, f(d*_g(q)) - mean_g)
    e(q)   = max over g of (c_g(q) - mu_g) / sigma_g          mu_g, sigma_g of c_g over the calibration queries

and a query whose e(q) is below `threshold` has no good match. The threshold is the 80th percentile of e over queries
that ask for nothing: those of the query bank with the letters of each word shuffled. So by construction four in five of
such queries stay below it; how many real ones do depends on the model (`benchmarks/quality/no_good_match.py` measures
it). The 80 is a choice: higher refuses more nonsense and more real queries that are weakly answered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modgap.vectors import Vectors

NONSENSE_LEVEL = 0.8
QUERY_MEAN = "query.text"
_TINY = 1e-9


@dataclass(frozen=True)
class NoMatchTest:
    """The parameters of e(q) beside the means of a calibration. mean, std: mu_g, sigma_g by group. threshold: of e."""

    mean: dict[str, float]
    std: dict[str, float]
    threshold: float

    @property
    def wanted_means(self) -> set[str]:
        """The names of the mean vectors without which e(q) cannot be computed."""
        return {QUERY_MEAN, *self.mean}

    @classmethod
    def fit(
        cls,
        queries: Vectors,
        best_items: Mapping[str, Vectors],
        nonsense: Vectors,
        best_of_nonsense: Mapping[str, Vectors],
        means: Mapping[str, Vectors],
    ) -> NoMatchTest:
        """Learn from (n, d) calibration queries and (n', d) meaningless ones, each with its best item by group.

        means: (d,) of the queries, "query.text", and of the items, by group.
        """
        centred = {group: _centred_cosines(queries, items, group, means) for group, items in best_items.items()}
        mean = {group: float(cosines.mean()) for group, cosines in centred.items()}
        std = {group: max(float(cosines.std()), _TINY) for group, cosines in centred.items()}
        scores = _evidence(nonsense, best_of_nonsense, means, mean, std)
        return cls(mean, std, threshold=float(np.quantile(scores, NONSENSE_LEVEL)))

    def score(
        self, queries: Vectors, best_items: Mapping[str, Vectors], means: Mapping[str, Vectors]
    ) -> NDArray[np.float64]:
        """e (n,) of (n, d) queries with the best item of each group, {group: (n, d)}; means as in `fit`."""
        return _evidence(queries, best_items, means, self.mean, self.std)

    def has_match(self, query: Vectors, best_items: Mapping[str, Vectors], means: Mapping[str, Vectors]) -> bool:
        """Whether e of one query (d,) reaches the threshold; best_items: {group: (d,)}."""
        items = {group: vector[None, :] for group, vector in best_items.items()}
        return bool(self.score(query[None, :], items, means)[0] >= self.threshold)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> NoMatchTest:
        """Read a document of `dataclasses.asdict`. Raises KeyError, TypeError or ValueError for unusable parts."""
        return cls(
            mean={group: float(mean) for group, mean in value["mean"].items()},
            std={group: max(float(value["std"][group]), _TINY) for group in value["mean"]},
            threshold=float(value["threshold"]),
        )


def nonsense_queries(queries: Sequence[str], *, seed: int = 0) -> list[str]:
    """The queries with the letters of each word shuffled: as long, as many words, and asking for nothing.

    >>> [sorted(word) for word in nonsense_queries(["a dog"])[0].split()]
    [['a'], ['d', 'g', 'o']]
    """
    rng = np.random.default_rng(seed)
    return [" ".join("".join(rng.permutation(list(word))) for word in query.split()) for query in queries]


def _evidence(
    queries: Vectors,
    best_items: Mapping[str, Vectors],
    means: Mapping[str, Vectors],
    mean: Mapping[str, float],
    std: Mapping[str, float],
) -> NDArray[np.float64]:
    """e(q), row by row."""
    each = [
        (_centred_cosines(queries, items, group, means) - mean[group]) / std[group]
        for group, items in best_items.items()
    ]
    return np.max(each, axis=0)


def _centred_cosines(queries: Vectors, items: Vectors, group: str, means: Mapping[str, Vectors]) -> NDArray[np.float64]:
    """c_g row by row; 0 where a row is 0."""
    a, b = queries - means[QUERY_MEAN], items - means[group]
    lengths = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    return np.einsum("nd,nd->n", a, b, dtype=np.float64) / np.maximum(lengths, _TINY)
