"""Cost of a search and of a comparison relative to the top-k searches that they need, one for each group.

    python -m benchmarks.speed.search_cost [--items 200000] [--dimension 512] [--searches 40] [-k 10]

Random unit vectors in two groups, calibrated on random queries, the same threads for all. `top-k` is
`Engine.top_k` of each group for one query vector and nothing else; `search` and `compare` are `Collection.search` (raw
and standardized) and `Collection.compare` with the same vector. Runs are interleaved query by query, and the ratio is
the median of the ratios inside each round, because other load on the machine slows all of a round alike.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np

from benchmarks.provenance import provenance
from benchmarks.speed.pseudo_positive_pass import collection_of, space


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=200_000)
    parser.add_argument("--dimension", type=int, default=512)
    parser.add_argument("--searches", type=int, default=40)
    parser.add_argument("-k", type=int, default=10)
    arguments = parser.parse_args()
    queries, items, modality = space(200, arguments.items, arguments.dimension)
    collection = collection_of(items, np.sort(modality))  # a corpus folder has its pictures side by side
    collection.calibrate(queries)
    k = arguments.k

    def top_k(query: np.ndarray) -> None:
        for group in collection.groups:
            collection.engine.top_k(query[None, :], k, group)

    runs: dict[str, Callable[[np.ndarray], object]] = {
        "top-k of each group": top_k,
        "search, raw": lambda query: collection.search(query, k, method="raw"),
        "search, standardized": lambda query: collection.search(query, k),
        "compare": lambda query: collection.compare(query, k),
    }
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for round_, query in enumerate(queries[: arguments.searches + 3]):
        for name, run in runs.items():
            start = time.perf_counter()
            run(query)
            if round_ >= 3:  # the first rounds warm up
                seconds[name].append(time.perf_counter() - start)
    base = seconds["top-k of each group"]
    print(f"{arguments.items:,} items x {arguments.dimension} dimensions, float32, k = {k}; one query at a time")
    for name, values in seconds.items():
        ratio = statistics.median(value / floor for value, floor in zip(values, base, strict=True))
        print(f"{name:24} {1000 * statistics.median(values):7.1f} ms  {ratio:.2f} x its top-k searches")
    print(provenance())


if __name__ == "__main__":
    main()
