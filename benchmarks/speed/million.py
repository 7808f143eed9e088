"""A million items from an index folder: opening, searching, calibrating, and the memory that they take.

    python -m benchmarks.speed.million [--rows 1000000] [--dimension 512] [--index hnsw]

Writes an index folder of made vectors (clusters of a low dimension, and a gap between the modalities) to the temporary
folder, opens it in a process of its own, and prints times as ratios to the bare passes over the same mapped vectors,
interleaved in the same run. Memory is what the process holds beside mapped files (RssAnon, Linux). Ten million rows
would need 20 GB of disk: all passes go block by block, so their time is extrapolated from this run and printed as such.
"""

from __future__ import annotations

import argparse
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.provenance import provenance
from modgap.corpus.index_folder import write_index
from modgap.engines.exact import ExactEngine
from modgap.engines.recall import measure_recall
from modgap.items import Item, Modality
from modgap.vectors import Vectors

if TYPE_CHECKING:
    from modgap.search.collection import Collection

ROUNDS = 5
CALIBRATION_QUERIES = 1000
INSIDE = 24  # dimensions in which the items of a cluster differ


class Made:
    """Vectors made block by block on demand, so that all are never in memory: rows -> (n, d)."""

    def __init__(self, rows: int, dimension: int) -> None:
        self.shape = (rows, dimension)
        rng = np.random.default_rng(0)
        self.centres = rng.normal(size=(200, dimension)).astype(np.float32)
        self.inside = rng.normal(size=(INSIDE, dimension)).astype(np.float32)
        self.gap = rng.normal(size=dimension).astype(np.float32)

    def __getitem__(self, rows: np.ndarray) -> Vectors:
        pictures = (rows % 2 == 0)[:, None]
        rng = np.random.default_rng(int(rows[0]))
        vectors = self.centres[rng.integers(200, size=rows.size)]
        vectors = vectors + 0.5 * rng.normal(size=(rows.size, INSIDE)).astype(np.float32) @ self.inside
        vectors += 0.3 * rng.normal(size=vectors.shape).astype(np.float32) + np.where(pictures, 1.5, -1.5) * self.gap
        return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def write(folder: Path, rows: int, dimension: int) -> None:
    """An index folder of `rows` items, half pictures and half passages."""
    items = [Item(f"item-{row}", Modality.IMAGE if row % 2 == 0 else Modality.TEXT) for row in range(rows)]
    write_index(folder, items, Made(rows, dimension), model="made", fingerprint="made")  # type: ignore[arg-type]


def anonymous_megabytes() -> float:
    """Memory of this process beside mapped files, in MB (Linux)."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(re.findall(r"RssAnon:\s+(\d+) kB", status)[0]) * 1024 / 1e6


def seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def measure_hnsw(collection: Collection, queries: Vectors) -> None:
    """Build the approximate index of each group; print its time, its recall and the time of a search."""
    built = seconds(lambda: collection.with_index("hnsw"))
    print(f"HNSW: built in {built:.0f} s; memory {anonymous_megabytes():,.0f} MB before it is written and mapped")
    exact = ExactEngine(collection.vectors, collection.item_groups)
    for each in measure_recall(collection.engine, exact, queries[:200]):
        print(f"  {each.in_words}")
    taken = sorted(seconds(lambda q=query: collection.search(q, 10)) for query in queries[200:400])
    print(f"  search: median {1000 * statistics.median(taken):.1f} ms, 95 % within {1000 * taken[190]:.1f} ms")


def measure(folder: Path, index: str) -> None:
    """Open the folder in this process and print everything."""
    begun = time.perf_counter()
    from modgap.calibration.queries import automatic_picture_queries
    from modgap.search.collection import Collection

    imported = time.perf_counter()
    collection = Collection.load(folder)
    print(f"imports {imported - begun:.2f} s; opening {time.perf_counter() - imported:.2f} s")
    vectors = collection.vectors
    n, dimension = vectors.shape
    rng = np.random.default_rng(1)
    queries = vectors[rng.integers(n, size=CALIBRATION_QUERIES)] + 0.02 * rng.normal(
        size=(CALIBRATION_QUERIES, dimension)
    )
    queries = (queries / np.linalg.norm(queries, axis=1, keepdims=True)).astype(np.float32)
    cold = seconds(vectors.sum)  # reads the file once
    print(f"{n:,} x {dimension} float32, {vectors.nbytes / 1e9:.2f} GB; first pass over the file {cold:.1f} s")

    def flat(query: Vectors, k: int = 10) -> None:
        for group in collection.groups:
            collection.engine.top_k(query, k, group)

    own = automatic_picture_queries(collection.items, collection.engine).vectors

    def bare(block: int = 16384) -> None:
        for asked in (queries, own):
            for start in range(0, n, block):
                (asked @ vectors[start : start + block].T).argmax(axis=1)

    once, calibrated = [], []
    for _ in range(2):
        calibrated.append((seconds(bare), seconds(lambda: collection.calibrate(queries))))
    for number in range(ROUNDS):
        query = queries[number]
        once.append((seconds(lambda q=query: flat(q[None, :])), seconds(lambda q=query: collection.search(q, 10))))
    bare_pass = statistics.median(a for a, _ in calibrated)
    print(
        f"calibrate with {CALIBRATION_QUERIES:,} queries and {len(own):,} of the corpus's pictures: "
        f"{statistics.median(b for _, b in calibrated):.1f} s, "
        f"{statistics.median(b / a for a, b in calibrated):.2f} times the bare pass of {bare_pass:.1f} s"
    )
    print(
        f"search: {1000 * statistics.median(b for _, b in once):.0f} ms, "
        f"{statistics.median(b / a for a, b in once):.2f} times its flat top-k of each group"
    )
    print(f"memory beside the mapped vectors: {anonymous_megabytes():,.0f} MB")
    for method in ("gr_clip", "i0t_post+standardized"):
        first = seconds(lambda m=method: collection.search(queries[0], 10, method=m))
        again = seconds(lambda m=method: collection.search(queries[1], 10, method=m))
        print(f"{method}: first {first:.1f} s, then {1000 * again:.0f} ms; memory {anonymous_megabytes():,.0f} MB")
    minutes = statistics.median(b for _, b in calibrated) * 1e7 / n / 60
    print(f"10,000,000 x {dimension}, extrapolated: calibration {minutes:.1f} minutes")
    if index == "hnsw":
        measure_hnsw(collection, queries)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--dimension", type=int, default=512)
    parser.add_argument("--index", default="exact", help="hnsw: build and measure that, too")
    parser.add_argument("--measure", type=Path, help="only measure this index folder")
    options = parser.parse_args()
    if options.measure is not None:
        measure(options.measure, options.index)
        return
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent, "index")
        print(f"writing the folder: {seconds(lambda: write(folder, options.rows, options.dimension)):.0f} s")
        command = [sys.executable, "-m", "benchmarks.speed.million", "--measure", str(folder), "--index", options.index]
        subprocess.run(command, check=True)
    print(provenance())


if __name__ == "__main__":
    main()
