"""Flickr8k files: a tar of pictures squashed to 224 x 224, and a table with five captions for each."""

from __future__ import annotations

import csv
import io
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image


@dataclass(frozen=True)
class FlickrSplit:
    """One split of Flickr8k.

    Attributes:
        images: file names, in the order of the caption file, ``n`` of them.
        captions: ``n`` tuples of captions, index 0 first.
        archive: the tar that holds the pictures.
    """

    images: list[str]
    captions: list[tuple[str, ...]]
    archive: Path

    def pictures(self) -> Iterator[Image.Image]:
        """Yield the pictures as RGB, in the order of `images`."""
        with tarfile.open(self.archive) as tar:
            for name in self.images:
                member = tar.extractfile(name)
                if member is None:
                    raise FileNotFoundError(f"{name} is not a file in {self.archive}")
                with Image.open(io.BytesIO(member.read())) as picture:
                    yield picture.convert("RGB")


def read_flickr8k(root: Path, split: str) -> FlickrSplit:
    """Read ``captions_{split}.tsv`` (columns image, idx, caption) beside ``{split}.tar``.

    Args:
        root: folder that holds both files.
        split: ``"train"`` or ``"dev"``.

    Raises:
        FileNotFoundError: if one of the two files is missing.
    """
    table, archive = root / f"captions_{split}.tsv", root / f"{split}.tar"
    for path in (table, archive):
        if not path.is_file():
            raise FileNotFoundError(f"{path} is missing; point --flickr8k at the folder that holds it")
    captions: dict[str, list[tuple[int, str]]] = {}
    with table.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE):
            captions.setdefault(row["image"], []).append((int(row["idx"]), row["caption"].strip()))
    images = list(captions)
    return FlickrSplit(images, [tuple(text for _, text in sorted(captions[name])) for name in images], archive)
