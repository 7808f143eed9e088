"""Pictures a second on a CPU: a plain loop over open_clip, one over transformers, and ours in each precision.

    python -m benchmarks.speed.precision [--pictures 128] [--rounds 3]

The bundled model, and ViT-B/32 with random weights of its shape, on photographs of the sample. All decode, resize and
encode the same files in batches of 32 with the same threads. Rounds are interleaved and a ratio is the median of the
ratios to the plain loop inside each round. The cosine is the least one to float32. int8 needs torchao, the loop over
transformers its package; a row of a package that is not installed says so.
"""

from __future__ import annotations

import argparse
import importlib.util
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import open_clip
import torch
from PIL import Image

from benchmarks.provenance import provenance
from modgap.encoders import Encoder
from modgap.encoders.bundled import load_bundled
from modgap.encoders.encode_items import encode_items
from modgap.encoders.precision import BFLOAT16, FLOAT32, INT8, fastest, set_precision
from modgap.io.assets import asset_path
from modgap.items import Item, Modality
from modgap.vectors import Vectors, unit_vectors

BATCH = 32


def vit() -> tuple[object, object, object]:
    torch.manual_seed(0)
    model, _, preprocess = open_clip.create_model_and_transforms("ViT-B-32")
    return model, preprocess, open_clip.get_tokenizer("ViT-B-32")


def plain_loop(model: torch.nn.Module, preprocess: Callable, paths: list[Path]) -> Vectors:
    """What open_clip's README shows."""
    found = []
    with torch.inference_mode():
        for start in range(0, len(paths), BATCH):
            batch = torch.stack([preprocess(Image.open(path).convert("RGB")) for path in paths[start : start + BATCH]])
            found.append(model.encode_image(batch).numpy())
    return unit_vectors(np.concatenate(found))


def transformers_loop(paths: list[Path]) -> Callable[[], None] | None:
    """A ViT-B/32 of transformers with its own processor; None where the package is missing."""
    if importlib.util.find_spec("transformers") is None:
        return None
    from transformers import CLIPImageProcessor, CLIPVisionConfig, CLIPVisionModelWithProjection

    model, processor = CLIPVisionModelWithProjection(CLIPVisionConfig()).eval(), CLIPImageProcessor()

    def run() -> None:
        with torch.inference_mode():
            for start in range(0, len(paths), BATCH):
                pictures = [Image.open(path).convert("RGB") for path in paths[start : start + BATCH]]
                model(**processor(pictures, return_tensors="pt"))

    return run


def compare(title: str, load: Callable, paths: list[Path], rounds: int) -> None:
    """Print the table of one model."""
    items = [Item(f"{n}", Modality.IMAGE, path=path) for n, path in enumerate(paths)]
    encoders = {}
    for name in (FLOAT32, BFLOAT16, *([INT8] if importlib.util.find_spec("torchao") is not None else [])):
        encoders[name] = Encoder(*load(), name=title, device="cpu")
        set_precision(encoders[name], name)
    model, preprocess, _ = load()
    model.eval()
    runs: dict[str, Callable[[], object]] = {"plain open_clip": lambda: plain_loop(model, preprocess, paths)}
    if title == "ViT-B-32" and (loop := transformers_loop(paths)) is not None:
        runs["transformers"] = loop
    runs |= {f"ours, {name}": lambda e=each: encode_items(items, e) for name, each in encoders.items()}
    taken: dict[str, list[float]] = {name: [] for name in runs}
    for round_ in range(rounds + 1):
        for name, run in runs.items():
            begun = time.perf_counter()
            run()
            if round_:  # the first warms up
                taken[name].append(time.perf_counter() - begun)
    exact = encode_items(items, encoders[FLOAT32]).vectors
    chosen = fastest(encoders[FLOAT32])
    print(f"{title}, {len(paths)} photographs, {torch.get_num_threads()} threads; auto chooses {chosen}")
    for name, seconds in taken.items():
        ratio = statistics.median(a / b for a, b in zip(taken["plain open_clip"], seconds, strict=True))
        precision = name.removeprefix("ours, ")
        cosine = ""
        if precision in encoders:
            vectors = encode_items(items, encoders[precision]).vectors
            cosine = f"least cosine {np.einsum('nd,nd->n', exact, vectors).min():.4f}"
        print(f"  {name:18} {len(paths) / statistics.median(seconds):7.1f} a second  {ratio:5.2f} x  {cosine}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", type=int, default=128)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    photographs = sorted(asset_path("sample", "corpus", "photos").glob("*.webp"))
    paths = [photographs[n % len(photographs)] for n in range(options.pictures)]
    compare("modgap-mini", load_bundled, paths, options.rounds)
    compare("ViT-B-32", vit, paths, options.rounds)
    print(provenance())


if __name__ == "__main__":
    main()
