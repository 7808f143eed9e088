"""Time of calibration relative to its lower bound, the FAISS flat top-1 searches of each modality.

    python -m benchmarks.speed.pseudo_positive_pass [--queries 1000] [--items 100000] [--dimension 512] [--repeats 7]

Random unit vectors, modalities mixed at random, the same threads for all. `pass` is `pseudo_positives` alone;
`calibrate` is all of `Collection.calibrate` for text queries and as many picture queries (so its bound is four
searches): the pass, statistics, bootstrap intervals, the fingerprint of the corpus. Runs are interleaved and medians
compared, because other load on the machine slows all of them equally. Memory is the growth of the peak during one cold
pass and one cold calibration, each in a separate process; the vectors are allocated before it starts.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import faiss
import numpy as np

from benchmarks.provenance import provenance
from modgap.corpus import Queries, Query
from modgap.engines.exact import pseudo_positives
from modgap.search.collection import Collection
from modgap.vectors import Vectors

MODULE = "benchmarks.speed.pseudo_positive_pass"  # measures memory in a process of its own


def space(n_queries: int, n_items: int, dimension: int) -> tuple[Vectors, Vectors, np.ndarray]:
    """(queries, items, modality), unit rows, normalised in place to keep the peak before the measurement low."""
    rng = np.random.default_rng(0)
    found = []
    for n in (n_queries, n_items):
        vectors = rng.standard_normal((n, dimension), dtype=np.float32)
        for row in range(0, n, 4096):
            block = vectors[row : row + 4096]
            block /= np.linalg.norm(block, axis=1, keepdims=True)
        found.append(vectors)
    return found[0], found[1], np.where(rng.random(n_items) < 0.5, "text", "image")


def collection_of(items: Vectors, modality: np.ndarray) -> Collection:
    from modgap.items import Item, Modality

    return Collection([Item(str(i), Modality(m)) for i, m in enumerate(modality.tolist())], items)


def queries_of(vectors: Vectors) -> Queries:
    """The same vectors as text queries and as picture queries."""
    asked = [Query(str(i)) for i in range(2 * len(vectors))]
    return Queries(asked, np.repeat(["text", "image"], len(vectors)), np.concatenate([vectors, vectors]))


def peak_growth(what: str, sizes: tuple[int, int, int]) -> float:
    """MB by which the peak of a fresh process grows while it does `what` ("pass" or "calibrate")."""
    command = [sys.executable, "-m", MODULE, "--measure-memory", what]
    for name, size in zip(("--queries", "--items", "--dimension"), sizes, strict=True):
        command += [name, str(size)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def measure_memory(what: str, sizes: tuple[int, int, int]) -> None:
    queries, items, modality = space(*sizes)
    collection = collection_of(items, modality)
    small = collection_of(items[:100], modality[:100])
    small.calibrate(queries_of(queries[:10]))  # loads libraries and their thread buffers, as any first call does
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # reset the peak
    before = peak_mb()
    if what == "pass":
        pseudo_positives(queries, items, modality)
    else:
        collection.calibrate(queries_of(queries))
    print(peak_mb() - before)


def peak_mb() -> float:
    """Peak resident memory of this process in MB, on Linux."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmHWM"))) / 1024


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--queries", type=int, default=1000)
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--dimension", type=int, default=512)
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--measure-memory", choices=("pass", "calibrate"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    sizes = (arguments.queries, arguments.items, arguments.dimension)
    if arguments.measure_memory:
        measure_memory(arguments.measure_memory, sizes)
        return 0
    queries, items, modality = space(*sizes)
    collection, asked = collection_of(items, modality), queries_of(queries)
    indexes = []
    for each in ("text", "image"):
        index = faiss.IndexFlatIP(arguments.dimension)
        index.add(items[modality == each])
        indexes.append(index)

    def floor() -> None:
        for index in indexes:
            index.search(queries, 1)

    runs: dict[str, Callable[[], object]] = {
        "two FAISS flat top-1 searches": floor,
        "pass": lambda: pseudo_positives(queries, items, modality),
        "calibrate (words and pictures)": lambda: collection.calibrate(asked),
    }
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for repeat in range(arguments.repeats + 1):
        for name, run in runs.items():
            start = time.perf_counter()
            run()
            if repeat:  # the first round warms up
                seconds[name].append(time.perf_counter() - start)
    median = {name: statistics.median(values) for name, values in seconds.items()}
    print(f"{arguments.queries:,} queries x {arguments.items:,} items x {arguments.dimension} dimensions, float32")
    print(f"medians of {arguments.repeats} interleaved runs, {faiss.omp_get_max_threads()} threads")
    base = median["two FAISS flat top-1 searches"]
    for name, searches in zip(runs, (2, 2, 4), strict=True):
        spread = f"{min(seconds[name]):.2f} to {max(seconds[name]):.2f}"
        ratio = median[name] / (base * searches / 2)
        print(f"{name:32} {median[name]:6.2f} s  ({spread})  {ratio:.2f} x the {searches} searches it contains")
    for what in ("pass", "calibrate"):
        print(f"peak memory beyond the vectors, {what:10} {peak_growth(what, sizes):6.0f} MB")
    print(provenance())
    return 0


if __name__ == "__main__":
    sys.exit(main())
