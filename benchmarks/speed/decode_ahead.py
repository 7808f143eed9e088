"""Does the encoder wait for pictures? Encoding files compared with the model alone, and with a plain loop.

1. A folder of Flickr8k pictures (224 x 224 JPEG): pictures per second of `encode_items`, without a cache and with an
   empty one, as a share of the model's forward pass over tensors in memory. 1.00 would mean that decoding is free; the
   minimum accepted on a CPU is 0.85.
2. Photographs of 12 megapixels (the sample's, enlarged, with noise, as JPEG): speed relative to a plain loop that
   opens, decodes and prepares one picture after the other and encodes in equal batches; the minimum is 3. Also the
   cosine of both loops' vectors, since `encode_items` decodes a large JPEG at a reduced size.

    python -m benchmarks.speed.decode_ahead [--data ../shared/flickr8k] [--model NAME/TAG] [--rounds 7]

Compared runs alternate in one process; each figure is the median over rounds of the ratio within a round.
"""

from __future__ import annotations

import argparse
import os
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

import modgap
from benchmarks.provenance import provenance
from modgap.encoders import Encoder
from modgap.encoders.base import PICTURE_BATCH
from modgap.encoders.encode_items import encode_items
from modgap.io.assets import asset_path
from modgap.io.vector_cache import VectorCache
from modgap.items import Item, Modality
from modgap.vectors import Vectors


def small_pictures(archive: Path, folder: Path, count: int) -> list[Path]:
    """The first pictures of a tar, unpacked."""
    with tarfile.open(archive) as opened:
        members = [member for member in opened if member.name.endswith(".jpg")][:count]
        opened.extractall(folder, members, filter="data")
    return sorted(folder.glob("*.jpg"))


def photographs(folder: Path, count: int, size: tuple[int, int] = (4000, 3000)) -> list[Path]:
    """The sample's photographs at 12 megapixels: enlarged, with noise as from a camera, as JPEG."""
    rng, paths = np.random.default_rng(0), []
    for source in sorted(asset_path("sample", "corpus", "photos").glob("*.webp"))[:count]:
        with Image.open(source) as opened:
            large = opened.convert("RGB").resize(size, Image.Resampling.LANCZOS)
        noise = rng.integers(-8, 9, (size[1], size[0], 1), dtype=np.int16)
        pixels = (np.asarray(large, dtype=np.int16) + noise).clip(0, 255).astype(np.uint8)
        paths.append(folder / f"{source.stem}.jpg")
        Image.fromarray(pixels).save(paths[-1], quality=92)
    return paths


def items_of(paths: list[Path]) -> list[Item]:
    return [Item(path.name, Modality.IMAGE, path=path) for path in paths]


def forward_alone(paths: list[Path], encoder: Encoder) -> Callable[[], None]:
    """The model alone over batches already in the memory of its device."""
    import torch

    prepared = [encoder.prepare_picture(Image.open(path).convert("RGB")) for path in paths]
    batches = [
        encoder._preparation.batch(prepared[start : start + PICTURE_BATCH]).to(encoder.device)
        for start in range(0, len(prepared), PICTURE_BATCH)
    ]

    def run() -> None:
        with torch.inference_mode(), encoder._autocast():
            for batch in batches:
                encoder._model.encode_image(batch).float().cpu()

    return run


def plain_loop(paths: list[Path], encoder: Encoder) -> Vectors:
    """The plain loop: open, decode and prepare one picture after the other; encode batch after batch."""
    parts = []
    for start in range(0, len(paths), PICTURE_BATCH):
        prepared = [
            encoder.prepare_picture(Image.open(path).convert("RGB")) for path in paths[start : start + PICTURE_BATCH]
        ]
        parts.append(encoder.encode_prepared(prepared))
    return np.concatenate(parts)


def seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def against_forward(paths: list[Path], encoder: Encoder, rounds: int, folder: Path) -> str:
    items, alone = items_of(paths), forward_alone(paths, encoder)
    times = []
    for number in range(-1, rounds):
        with VectorCache(folder / f"cache-{number}") as cache:
            cached = encoder.with_cache(cache)
            row = (
                seconds(alone),
                seconds(lambda: encode_items(items, encoder)),
                seconds(lambda: encode_items(items, cached)),  # noqa: B023 - called at once
            )
        times += [row] if number >= 0 else []  # the first round warms up
    forward, off, new = np.asarray(times).T
    return (
        f"{len(paths)} Flickr8k pictures: forward alone {len(paths) / np.median(forward):.0f} a second; "
        f"files, cache off {np.median(forward / off):.2f}x of it ({spread(forward / off)}); "
        f"files, new cache {np.median(forward / new):.2f}x ({spread(forward / new)})"
    )


def against_plain(paths: list[Path], encoder: Encoder, rounds: int) -> str:
    items = items_of(paths)
    cosines = (plain_loop(paths, encoder) * encode_items(items, encoder).vectors).sum(axis=1)
    times = [
        (seconds(lambda: plain_loop(paths, encoder)), seconds(lambda: encode_items(items, encoder)))
        for _ in range(rounds)
    ]
    plain, ours = np.asarray(times).T
    return (
        f"{len(paths)} photographs of 12 megapixels ({np.mean([p.stat().st_size for p in paths]) / 1e6:.1f} MB each): "
        f"plain loop {len(paths) / np.median(plain):.1f} a second; ours {np.median(plain / ours):.2f}x as fast "
        f"({spread(plain / ours)}); cosine of both {cosines.mean():.4f} in the mean, {cosines.min():.4f} at least"
    )


def spread(values: np.ndarray) -> str:
    return f"{values.min():.2f} to {values.max():.2f} in {values.size} rounds"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("FLICKR8K", "../shared/flickr8k")))
    parser.add_argument("--model", default=None)
    parser.add_argument("--pictures", type=int, default=512)
    parser.add_argument("--photographs", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=7)
    arguments = parser.parse_args()
    encoder = modgap.load_encoder(arguments.model)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if (arguments.data / "dev.tar").is_file():
            paths = small_pictures(arguments.data / "dev.tar", folder / "small", arguments.pictures)
            print(against_forward(paths, encoder, arguments.rounds, folder))
        else:
            print(f"Skipped: {arguments.data}/dev.tar not found; give --data or FLICKR8K.", file=sys.stderr)
        print(against_plain(photographs(folder, arguments.photographs), encoder, max(1, arguments.rounds // 2)))
    print(f"{encoder.name} on {encoder.device}; {provenance()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
