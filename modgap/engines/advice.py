"""What `check` says of a live engine, and how much of an exact scan its own index finds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from modgap.vectors import Vectors

Nearest = Callable[[Vectors, int, str], list[list[tuple[str, float]]]]
"""(queries (n, d), k, group) -> (id, cosine) of the k nearest for each query."""


@dataclass(frozen=True)
class Advice:
    """What `check` found. lines: findings, one sentence each. create: statements to run, empty where all is well.

    found: how many of the k best of each group came back, of those that an exact scan finds, 0..1.
    """

    lines: list[str]
    create: list[str] = field(default_factory=list)
    found: dict[str, float] = field(default_factory=dict)


def compared_with_exact(
    groups: Sequence[str], given: Nearest, exact: Nearest, queries: Vectors, k: int
) -> dict[str, float]:
    """By group, the share of the k best of an exact scan that an index returned, over the queries.

    Unlike `recall.measure_recall` it takes an index that returns hardly anything, which is what `check` looks for.
    """
    found = {}
    for group in groups:
        shares = [
            len({name for name, _ in a} & {name for name, _ in b}) / len(a)
            for a, b in zip(exact(queries, k, group), given(queries, k, group), strict=True)
            if a
        ]
        found[group] = float(np.mean(shares)) if shares else 0.0
    return found
