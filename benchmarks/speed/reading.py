"""Time of reading: a large folder, decoding in a separate process, cutting documents.

    python -m benchmarks.speed.reading [pictures.tar]

1. Reading a folder of 20,000 pictures (those of Flickr8k repeated under other names), duplicates skipped or kept.
2. Milliseconds per picture of `open_picture` and of `SafeDecoder.open_picture`: for one thread, and for two threads
   that share two processes. The difference is the cost of surviving a picture that crashes its decoder.
3. Megabytes of text per second of `cut_passages`.
"""

from __future__ import annotations

import os
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

from PIL import Image

from benchmarks.provenance import provenance
from modgap.corpus import SafeDecoder, open_picture, read_corpus
from modgap.corpus.passages import cut_passages
from modgap.io.assets import asset_path

FLICKR = Path(os.environ.get("FLICKR8K", "../shared/flickr8k"))
PICTURES = 20_000
SAMPLE = 300


def main() -> None:
    archive = Path(sys.argv[1]) if len(sys.argv) > 1 else FLICKR / "train.tar"
    if not archive.is_file():
        sys.exit(f"{archive} not found: give a .tar of pictures.")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "corpus")
        originals = unpack(archive, folder)
        small = originals[:SAMPLE]
        large = Path(scratch, "large.jpg")
        Image.open(small[0]).resize((4_000, 3_000), Image.Resampling.BICUBIC).save(large)
        repeat(originals, folder)
        print(
            f"folder of {PICTURES:,} pictures: {seconds(lambda: read_corpus(folder)):.1f} s, equal ones left out;",
            end=" ",
        )
        print(f"{seconds(lambda: read_corpus(folder, keep_duplicates=True)):.1f} s, all kept")
        with SafeDecoder(workers=2) as decoder:
            for name, paths in (("224 x 224 JPEG", small), ("12-megapixel JPEG", [large] * 12)):
                for threads in (1, 2):
                    plain, safe = (each_ms(opened, paths, threads) for opened in (open_picture, decoder.open_picture))
                    print(f"{name}, {threads} thread(s): {plain:.2f} ms plain, {safe:.2f} ms in processes apart")
    text = (asset_path("query_bank.txt").read_text(encoding="utf-8") + "\n\n") * 200
    print(f"cutting: {len(text) / 1e6 / seconds(lambda: cut_passages(text)):.1f} MB of text a second")
    print(provenance())


def unpack(archive: Path, folder: Path) -> list[Path]:
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    return sorted(path for path in folder.rglob("*") if path.suffix == ".jpg")


def repeat(originals: list[Path], folder: Path) -> None:
    for number in range(PICTURES - len(originals)):
        os.link(originals[number % len(originals)], folder / f"again-{number:05d}.jpg")


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def each_ms(opened: Callable[[Path], Image.Image], paths: list[Path], threads: int) -> float:
    """Median milliseconds per picture of three passes, after a warm-up."""
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(opened, paths[:10]))
        return median(seconds(lambda: list(pool.map(opened, paths))) / len(paths) * 1e3 for _ in range(3))


if __name__ == "__main__":
    main()
