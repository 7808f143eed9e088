"""The pseudo-positive pass of one machine, of its shards, and of its shards on a local Ray cluster: time, difference.

    python -m benchmarks.speed.cluster [--rows 400000] [--dimension 128] [--queries 500] [--shard 50000]

Made vectors with a gap (`million.Made`), half pictures and half texts. On one machine a cluster can only cost: the
workers share the cores that one process has alone. What is measured is that cost, and that the answers are the same.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.provenance import provenance
from benchmarks.speed.million import Made
from modgap.distributed import RayCluster, ShardedEngine
from modgap.distributed.mapping import one_by_one
from modgap.engines.base import Engine, top_k_by_group
from modgap.engines.exact import ExactEngine


def measure(engine: Engine, queries: np.ndarray) -> tuple[float, np.ndarray]:
    """Seconds of the second of two passes, and the best scores of each group (2, n)."""
    best = np.empty(0)
    begun = 0.0
    for _ in range(2):
        begun = time.perf_counter()
        best = np.stack([each.scores[:, 0] for each in top_k_by_group(engine, queries, 10).values()])
    return time.perf_counter() - begun, best


def main() -> None:
    """Write the vectors, run the three, print a row for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("rows", 400_000), ("dimension", 128), ("queries", 500), ("shard", 50_000)):
        parser.add_argument(f"--{name}", type=int, default=default)
    chosen = parser.parse_args()
    made, half = Made(chosen.rows, chosen.dimension), chosen.rows // 2
    vectors = np.concatenate([made[np.arange(start, chosen.rows, 2)] for start in (1, 0)])  # texts, then pictures
    groups = np.repeat(["text", "image"], [half, chosen.rows - half])
    queries = Made(chosen.queries * 2, chosen.dimension)[np.arange(1, chosen.queries * 2, 2)]
    table = Table("", "seconds", "largest difference of a best score")
    with tempfile.TemporaryDirectory() as folder, RayCluster() as cluster:
        file = Path(folder) / "vectors.npy"
        np.save(file, vectors)
        seconds, right = measure(ExactEngine(vectors, groups, device="cpu"), queries)
        table.add_row("one process, in memory", f"{seconds:.2f}", "")
        runs = {"its shards, one by one": one_by_one, "its shards, on a Ray cluster of this machine": cluster}
        for name, run in runs.items():
            engine = ShardedEngine(np.load(file, mmap_mode="r"), groups, file, run, shard=chosen.shard)
            seconds, best = measure(engine, queries)
            table.add_row(name, f"{seconds:.2f}", f"{np.abs(best - right).max():.1e}")
    console = Console(width=160)
    console.print(table)
    console.print(provenance())


if __name__ == "__main__":
    main()
