"""Pictures and texts per second of the bundled model and of open_clip's ViT-B-32, on one machine in one run.

    python -m benchmarks.speed.bundled_model_speed [--rounds 7] [--batch 32] [--threads N]

ViT-B-32 has random weights, which are as fast as trained ones, so no download is needed. The two models alternate by
batch, and the median batch counts, so other load on the machine affects both equally.
"""

from __future__ import annotations

import argparse
import logging
import statistics
import time
from collections.abc import Callable

import open_clip
import torch

from modgap.encoders.bundled import load_bundled


def seconds(call: Callable[[], object]) -> float:
    """Wall-clock seconds of one call."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


@torch.inference_mode()
def measure(rounds: int, batch: int, threads: int) -> dict[str, tuple[float, float]]:
    """Pictures and texts per second: ``{"pictures": (bundled, ViT-B-32), "texts": (bundled, ViT-B-32)}``."""
    torch.set_num_threads(threads)
    small, _, tokenizer = load_bundled()
    logging.disable(logging.WARNING)  # open_clip warns that the weights of ViT-B-32 are random; here that is intended
    large, _, _ = open_clip.create_model_and_transforms("ViT-B-32")
    large.eval()
    pictures = torch.randn(batch, 3, 224, 224)
    sentences = ["a dog runs along the beach with a stick in its mouth"] * batch
    ids = {"small": tokenizer(sentences), "large": open_clip.get_tokenizer("ViT-B-32")(sentences)}
    calls = {
        "pictures": (lambda: small.encode_image(pictures), lambda: large.encode_image(pictures)),
        "texts": (lambda: small.encode_text(ids["small"]), lambda: large.encode_text(ids["large"])),
    }
    rates = {}
    for name, pair in calls.items():
        for call in pair:
            call()  # warm up
        times = [[seconds(call) for call in pair] for _ in range(rounds)]
        rates[name] = tuple(batch / statistics.median(column) for column in zip(*times, strict=True))
    return rates


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Speed of the bundled model compared with ViT-B-32.")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    arguments = parser.parse_args()
    rates = measure(arguments.rounds, arguments.batch, arguments.threads)
    print(f"{arguments.threads} threads, batches of {arguments.batch}, median of {arguments.rounds} rounds, float32")
    print(f"{'a second':<10}{'modgap-mini':>14}{'ViT-B-32':>12}{'ratio':>8}")
    for name, (small, large) in rates.items():
        print(f"{name:<10}{small:>14.1f}{large:>12.1f}{small / large:>8.2f}")


if __name__ == "__main__":
    main()
