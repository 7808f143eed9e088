"""The pseudo-positive pass on a CUDA device compared with a matrix product of the same size.

    python -m benchmarks.speed.pseudo_positive_pass_cuda [--queries 1000] [--items 100000] [--dimension 512]
        [--repeats 9]

Two lower bounds: the product with vectors already on the device (arithmetic alone), and the product after copying the
items to the device (which any pass over vectors in main memory must do). TF32 is off throughout. Also printed: the
share of pairs that differ from the CPU's, and the largest difference of their scores.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable

import numpy as np

from benchmarks.provenance import provenance
from benchmarks.speed.pseudo_positive_pass import space
from modgap.engines.exact import pseudo_positives


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--queries", type=int, default=1000)
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--dimension", type=int, default=512)
    parser.add_argument("--repeats", type=int, default=9)
    arguments = parser.parse_args()
    import torch

    if not torch.cuda.is_available():
        print("Skipped: no CUDA device.")
        return 0
    torch.backends.cuda.matmul.allow_tf32 = False
    queries, items, modality = space(arguments.queries, arguments.items, arguments.dimension)
    there_q, there_i = torch.from_numpy(queries).cuda(), torch.from_numpy(items).cuda()

    def product() -> None:
        there_q @ there_i.T
        torch.cuda.synchronize()

    def copied_product() -> None:
        torch.from_numpy(queries).cuda() @ torch.from_numpy(items).cuda().T
        torch.cuda.synchronize()

    runs: dict[str, Callable[[], object]] = {
        "product, vectors on the device": product,
        "product, items copied first": copied_product,
        "pass": lambda: pseudo_positives(queries, items, modality, device="cuda"),
    }
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for repeat in range(arguments.repeats + 2):
        for name, run in runs.items():
            start = time.perf_counter()
            run()
            if repeat >= 2:  # the first rounds warm up
                seconds[name].append(time.perf_counter() - start)
    print(f"{arguments.queries:,} queries x {arguments.items:,} items x {arguments.dimension} dimensions, float32")
    for name, values in seconds.items():
        ms = [1000 * value for value in values]
        print(f"{name:32} {statistics.median(ms):8.2f} ms  ({min(ms):.2f} to {max(ms):.2f})")
    cpu, cuda = (pseudo_positives(queries, items, modality, device=device) for device in ("cpu", "cuda"))
    for kind, best in cpu.items():
        differ = np.mean(best.rows != cuda[kind].rows)
        print(f"{kind}: {differ:.4%} of pairs differ, scores by {np.abs(best.scores - cuda[kind].scores).max():.1e}")
    print(provenance())
    return 0


if __name__ == "__main__":
    sys.exit(main())
