"""Cost of the parts of a calibration that are not the pass over its vectors: the bootstrap and the fingerprint.

    python -m benchmarks.speed.calibrate_overhead [--items 300000] [--queries 1000] [--dimension 512] [--repeats 5]

Random unit vectors of two groups without files or texts, the same threads for all. `pass` is the best item of each
group for each query (`top_k_by_group`), once for words and once for pictures, as a calibration with both needs it;
`bootstrap` the intervals of its four pairs, `scipy.stats.bootstrap` the same intervals from scipy, `fingerprint` the
hash of the corpus, `SHA-256` the hash of the same bytes at once. `first bootstrap` is the first call of a process, with
what it imports. Runs are interleaved, because other load on the machine slows all of a round alike; medians.
"""

from __future__ import annotations

import argparse
import hashlib
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np

from benchmarks.provenance import provenance
from benchmarks.speed.pseudo_positive_pass import collection_of, space
from modgap.corpus import corpus_fingerprint
from modgap.engines import top_k_by_group
from modgap.metrics.sample_statistics import bootstrap_mean_std

FIRST_CALLS = {
    "first bootstrap": "bootstrap_mean_std(sample)",
    "first scipy.stats.bootstrap": "from scipy.stats import bootstrap; bootstrap((sample,), numpy.mean, n_resamples=9)",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=300_000)
    parser.add_argument("--queries", type=int, default=1000)
    parser.add_argument("--dimension", type=int, default=512)
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    queries, items, modality = space(arguments.queries, arguments.items, arguments.dimension)
    collection = collection_of(items, modality)
    best = [found.scores[:, 0] for found in top_k_by_group(collection.engine, queries, 1).values()]
    pairs = [*best, *best]  # words and pictures as queries

    runs: dict[str, Callable[[], object]] = {
        "pass": lambda: [top_k_by_group(collection.engine, queries, 1) for _ in range(2)],
        "bootstrap": lambda: [bootstrap_mean_std(scores) for scores in pairs],
        "scipy.stats.bootstrap": lambda: [scipys_intervals(scores) for scores in pairs],
        "fingerprint": lambda: corpus_fingerprint(collection.items, collection.vectors),
        "SHA-256": lambda: hashlib.sha256(collection.vectors).hexdigest(),
    }
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for repeat in range(arguments.repeats + 1):
        for name, run in runs.items():
            time.sleep(0.5)  # the threads of a matrix product spin for a while, at the cost of what comes next
            start = time.perf_counter()
            run()
            if repeat:  # the first round warms up
                seconds[name].append(time.perf_counter() - start)
    size = f"{arguments.items:,} items x {arguments.dimension} dimensions"
    print(f"{size}, {arguments.queries:,} queries of each modality")
    for name, values in seconds.items():
        ratio = statistics.median(value / floor for value, floor in zip(values, seconds["pass"], strict=True))
        print(f"{name:28} {statistics.median(values):7.3f} s  {ratio:5.2f} x the pass")
    for name, call in FIRST_CALLS.items():
        print(f"{name:28} {statistics.median(first_call(call) for _ in range(3)):7.3f} s")
    print(provenance())


def scipys_intervals(scores: np.ndarray) -> object:
    """The intervals of the mean and the standard deviation as `bootstrap_mean_std` gives them, from scipy."""
    from scipy.stats import bootstrap

    return bootstrap(
        (scores.astype(np.float64),),
        lambda x, axis: np.stack([x.mean(axis=axis), x.std(axis=axis)]),
        n_resamples=1999,
        method="percentile",
        rng=np.random.default_rng(0),
    )


def first_call(call: str) -> float:
    """Seconds of one call in a process that has numpy and modgap's module already."""
    code = (
        "import numpy, time\nfrom modgap.metrics.sample_statistics import bootstrap_mean_std\n"
        "sample = numpy.random.default_rng(0).random(1000)\nstart = time.perf_counter()\n"
        f"{call}\nprint(time.perf_counter() - start)"
    )
    return float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)


if __name__ == "__main__":
    main()
