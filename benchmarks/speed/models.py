"""What an encoder costs: size, width and speed of some of open_clip's models on this machine, for docs/MODELS.md.

    python -m benchmarks.speed.models [MODEL ...] [--seconds 6]

Weights are random, since speed does not depend on them and nothing has to be downloaded. Texts are captions of twelve
words, pictures are the sample's photographs; batches of 64 and 32, float32, the best of the rounds that fit.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import open_clip
import torch
from PIL import Image

from benchmarks.provenance import provenance
from modgap.encoders import BUNDLED
from modgap.encoders.bundled import load_bundled
from modgap.encoders.short_texts import ShortTexts
from modgap.io.assets import asset_path

MODELS = (BUNDLED, "ViT-B-32", "ViT-B-16", "MobileCLIP-S1", "ViT-L-14")
CAPTION = "a photograph of two people who walk along a wide river"


def per_second(work: Callable[[], object], n: int, seconds: float) -> float:
    """n / the best time of `work`, warmed up once and repeated for some seconds."""
    work()
    best, begun = float("inf"), time.perf_counter()
    while time.perf_counter() - begun < seconds:
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return n / best


@torch.inference_mode()
def row(name: str, seconds: float) -> str:
    if name == BUNDLED:
        model, transform, tokenizer = load_bundled()
    else:
        model, _, transform = open_clip.create_model_and_transforms(name)
        tokenizer = open_clip.get_tokenizer(name)
    model.eval()
    paths = sorted(asset_path("sample", "corpus", "photos").glob("*.webp"))[:32]
    pixels = torch.stack([transform(Image.open(path).convert("RGB")) for path in paths])
    tokens, tower = tokenizer([f"{CAPTION} {n}" for n in range(64)]), ShortTexts(model)
    pictures = per_second(lambda: model.encode_image(pixels), len(paths), seconds)
    texts = per_second(lambda: tower.encode(tokens), 64, seconds)
    millions = sum(each.numel() for each in model.parameters()) / 1e6
    width = model.encode_image(pixels[:1]).shape[1]
    return f"| `{name}` | {millions:,.0f} M | {width} | {pixels.shape[-1]} | {pictures:,.0f} | {texts:,.0f} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", default=MODELS)
    parser.add_argument("--seconds", type=float, default=6)
    arguments = parser.parse_args()
    print(
        "| model | parameters | dimensions | pixels | pictures a second | texts a second |\n|---|---|---|---|---|---|"
    )
    for name in arguments.models:
        print(row(name, arguments.seconds), flush=True)
    print(f"\n{provenance()}")


if __name__ == "__main__":
    main()
