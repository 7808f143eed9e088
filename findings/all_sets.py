"""Do the answers on the number of queries, unequal pools and labels hold on all seven sets?

    python -m findings.all_sets

Queries    n of the held-out queries calibrate, drawn by five seeds, the other half is measured; equal pools. Beside
           them the items of the query's own modality as automatic queries.
Pools      the regimes of `development_sets.py`: equal, a tenth of the pictures, a tenth of the texts.
Labels     `oracle` learns mean and deviation from the labelled answers of the held-out queries, `standardized` from the
           best items of the same queries without labels. In sets of pairs each query modality asks for one group, so
           there are no labels of the other: only the sets in which both groups hold answers are shown.

Means over variants, then over sets, of NDCG@10 (macro average over target groups).
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from findings.default_method import BOTH_HOLD_ANSWERS, CHOSEN, Judged, macro, measured
from findings.development_sets import Lesson, MixedSet, development_sets, taught
from findings.sets import ndcg, table
from modgap.errors import CalibrationError
from modgap.methods import method_by_name

METHODS = ("standardized", "gr_clip+standardized", CHOSEN)
COUNTS = (5, 10, 25, 50, 100)
SEEDS = range(5)
POOLS = ("equal", "few pictures", "few texts")
SHOWN = ("raw", "standardized", "i0t_post+standardized", "gr_clip+standardized", "per_query_z", "rrf", CHOSEN)


def judged_places(
    name: str, of: MixedSet, lessons: dict[str, Lesson], given: MixedSet | None = None
) -> NDArray[np.int_]:
    """(n,) place of each right item, learnt from the lessons, and from labels of `given` where a method needs any."""
    found = np.zeros(len(of.queries), dtype=int)
    for modality, lesson in lessons.items():
        rows = np.flatnonzero(of.modality == modality)
        method = method_by_name(name)
        labels = None
        if method.needs_labels and given is not None:
            labels = [[int(row)] for row in given.answer[given.modality == modality]]
        options = {"query_modality": modality, "exclude": lesson.exclude, "positives": labels}
        method.fit(lesson.queries, of.items, of.groups, **options)
        scores = method.score(of.queries[rows], of.items, of.groups)
        right = scores[np.arange(len(rows)), of.answer[rows]][:, None]
        before = np.arange(scores.shape[1])[None, :] < of.answer[rows][:, None]
        found[rows] = 1 + ((scores > right) | ((scores == right) & before)).sum(axis=1)
    return found


@functools.cache
def plain_sets() -> dict[str, MixedSet]:
    """The plain variant of each set."""
    return {name: variants["plain"] for name, variants in development_sets().items()}


def by_count(name: str, of: MixedSet, count: int) -> float:
    """The mean over seeds; nan where a set has fewer queries in a modality."""
    rest, lessons = taught(of, "held-out")
    if any(len(lesson.queries) < count for lesson in lessons.values()):
        return float("nan")
    values = []
    for seed in SEEDS:
        random = np.random.default_rng(seed)
        fewer = {m: Lesson(each.queries[random.permutation(len(each.queries))[:count]]) for m, each in lessons.items()}
        try:
            values.append(macro(ndcg(judged_places(name, rest, fewer)), rest.target))
        except CalibrationError:  # five queries may have one best score in common
            continue
    return float(np.mean(values)) if values else float("nan")


def by_learning(name: str, of: MixedSet, learning: str) -> float:
    """With all queries of one way of learning; `oracle` with the labels of the held-out half."""
    rest, lessons = taught(of, learning)
    even = np.zeros(len(of.queries), dtype=bool)
    for group in np.unique(of.target):
        even[np.flatnonzero(of.target == group)[::2]] = True
    return macro(ndcg(judged_places(name, rest, lessons, of.asking(even))), rest.target)


def mean(values: Sequence[float]) -> str:
    """The mean of the sets that have a value, and how many they are where not all have."""
    kept = [value for value in values if not np.isnan(value)]
    few = f" ({len(kept)})" if len(kept) < len(values) else ""
    return f"{np.mean(kept):.3f}{few}" if kept else "-"


def over_sets(value: Callable[[MixedSet], float]) -> str:
    """The mean of a value over the sets."""
    return mean([value(of) for of in plain_sets().values()])


def main() -> None:
    """Print a table for each of the three questions."""
    rows = [
        [
            name,
            *(over_sets(lambda of, n=name, c=count: by_count(n, of, c)) for count in COUNTS),
            *(over_sets(lambda of, n=name, how=how: by_learning(n, of, how)) for how in ("held-out", "automatic")),
        ]
        for name in METHODS
    ]
    headings = ["held-out queries", *map(str, COUNTS), "all", "automatic"]
    table("NDCG@10 by the number of calibration queries; in brackets how many sets have as many", headings, rows)
    judged = Judged(measured(), "NDCG@10")

    def in_pools(name: str, regime: str) -> float:
        by_set = [
            np.mean([by[name] for cell, by in judged.figure.items() if cell[0] == of and cell[2] == regime])
            for of in judged.sets
        ]
        return float(np.mean(by_set))

    rows = [[name, *(f"{in_pools(name, regime):.3f}" for regime in POOLS)] for name in SHOWN]
    table("NDCG@10 by pools, mean over ways of learning", ["", *POOLS], rows)
    rows = [
        [name, *(f"{by_learning(method, plain_sets()[of], 'held-out'):.3f}" for of in BOTH_HOLD_ANSWERS)]
        for name, method in {"standardized": "standardized", "oracle (labels)": "oracle"}.items()
    ]
    table("NDCG@10, learnt from the held-out half with and without its labels", ["", *BOTH_HOLD_ANSWERS], rows)


if __name__ == "__main__":
    main()
