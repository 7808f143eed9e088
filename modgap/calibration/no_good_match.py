"""Evidence: does a query match its best items better than meaningless words match theirs?

A high cosine is no proof of a match: words without meaning lie near the middle of the space and come close to
everything. So for the best item d*_m(q) of each modality, with the means of the calibration queries and of the
items of that modality taken off,

    c_m(q) = cos(f(q) - mean_Q, f(d*_m(q)) - mean_m)
    e(q)   = max over m of (c_m(q) - mu_m) / sigma_m          mu_m, sigma_m of c_m over the calibration queries

and a query whose e(q) is below `threshold` has no good match. The threshold is the 80th percentile of e over queries
that ask for nothing: those of the bank with the letters of each word shuffled. So by construction four in five of such
queries stay below it; how many real ones do depends on the model and is measured in `benchmarks/no_good_match.py`.
The 80 is a choice: higher refuses more nonsense and more real queries that are weakly answered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modgap.items import Modality
from modgap.vectors import Vectors

NONSENSE_LEVEL = 0.8
_TINY = 1e-9


@dataclass(frozen=True)
class Evidence:
    """What e(q) needs beside the means of a calibration. mean, std: mu_m, sigma_m by modality. threshold: of e."""

    mean: dict[str, float]
    std: dict[str, float]
    threshold: float

    @classmethod
    def learn(
        cls,
        queries: Vectors,
        best_items: Mapping[str, Vectors],
        nonsense: Vectors,
        best_of_nonsense: Mapping[str, Vectors],
        means: Mapping[str, Vectors],
    ) -> Evidence:
        """Learn from (n, d) calibration queries and (n', d) meaningless ones, each with its best item by modality.

        means: (d,) of the queries, "query.text", and of the items, "text" and "image".
        """
        centred = {m: _centred_cosines(queries, items, m, means) for m, items in best_items.items()}
        untold = cls(
            mean={m: float(c.mean()) for m, c in centred.items()},
            std={m: max(float(c.std()), _TINY) for m, c in centred.items()},
            threshold=0.0,
        )
        return replace(
            untold, threshold=float(np.quantile(untold.of(nonsense, best_of_nonsense, means), NONSENSE_LEVEL))
        )

    def of(
        self, queries: Vectors, best_items: Mapping[str, Vectors], means: Mapping[str, Vectors]
    ) -> NDArray[np.float64]:
        """e (n,) of (n, d) queries with the best item of each modality, {modality: (n, d)}; means as in `learn`."""
        each = [
            (_centred_cosines(queries, items, m, means) - self.mean[m]) / self.std[m] for m, items in best_items.items()
        ]
        return np.max(each, axis=0)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Evidence:
        """Read what `dataclasses.asdict` wrote. Raises KeyError, TypeError or ValueError for what cannot be used."""
        return cls(
            mean={m.value: float(value["mean"][m.value]) for m in Modality},
            std={m.value: max(float(value["std"][m.value]), _TINY) for m in Modality},
            threshold=float(value["threshold"]),
        )


def meaningless(queries: Sequence[str], *, seed: int = 0) -> list[str]:
    """The queries with the letters of each word shuffled: as long, as many words, and asking for nothing.

    >>> [sorted(word) for word in meaningless(["a dog"])[0].split()]
    [['a'], ['d', 'g', 'o']]
    """
    rng = np.random.default_rng(seed)
    return [" ".join("".join(rng.permutation(list(word))) for word in query.split()) for query in queries]


def _centred_cosines(
    queries: Vectors, items: Vectors, modality: str, means: Mapping[str, Vectors]
) -> NDArray[np.float64]:
    """c_m row by row; 0 where a row is 0."""
    a, b = queries - means["query.text"], items - means[modality]
    lengths = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    return np.einsum("nd,nd->n", a, b, dtype=np.float64) / np.maximum(lengths, _TINY)
