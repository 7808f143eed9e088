"""Memory of encoding beyond the model: 20,000 pictures, without a cache; it must stay under 1.5 GB.

`Collection.encode` encodes the 6,091 pictures of Flickr8k train, repeated under other names. The figure is the peak
resident size of the process while it encodes, minus its resident size after loading the model; Linux only (/proc).

    python -m benchmarks.speed.encode_memory [--data ../shared/flickr8k] [--model NAME/TAG] [--pictures 20000]
"""

from __future__ import annotations

import argparse
import itertools
import os
import re
import sys
import tarfile
import tempfile
import time
from pathlib import Path

import modgap
from benchmarks.provenance import provenance
from modgap.corpus import Corpus
from modgap.items import Item, Modality
from modgap.search.collection import Collection

STATUS = Path("/proc/self/status")


def resident(field: str) -> float:
    """Megabytes of this process: "VmRSS" is the current size, "VmHWM" the peak."""
    found = re.search(rf"{field}:\s+(\d+) kB", STATUS.read_text(encoding="utf-8"))
    assert found is not None
    return int(found.group(1)) / 1000


def repeated(pictures: list[Path], count: int, folder: Path) -> list[Item]:
    """`count` items that cycle through the pictures, each under its own file name."""
    folder.mkdir()
    items = []
    for number, picture in zip(range(count), itertools.cycle(pictures)):
        path = folder / f"{number:06}-{picture.name}"
        os.link(picture, path)
        items.append(Item(path.name, Modality.IMAGE, path=path))
    return items


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("FLICKR8K", "../shared/flickr8k")))
    parser.add_argument("--model", default=None)
    parser.add_argument("--pictures", type=int, default=20_000)
    arguments = parser.parse_args()
    archive = arguments.data / "train.tar"
    if not (archive.is_file() and STATUS.is_file()):
        print(f"Skipped: {archive} or {STATUS} not found; give --data or FLICKR8K.", file=sys.stderr)
        return 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with tarfile.open(archive) as opened:
            opened.extractall(folder / "once", filter="data")
        items = repeated(sorted((folder / "once").rglob("*.jpg")), arguments.pictures, folder / "repeated")
        encoder = modgap.load_encoder(arguments.model)
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # reset the peak after loading
        before, begun = resident("VmRSS"), time.perf_counter()
        collection = Collection.encode(Corpus(items), encoder)
        took, peak = time.perf_counter() - begun, resident("VmHWM")
    print(
        f"{len(collection.items):,} pictures in {took:.0f} s: at most {peak - before:,.0f} MB above the "
        f"{before:,.0f} MB of the process with its model"
    )
    print(f"{encoder.name} on {encoder.device}; {provenance()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
