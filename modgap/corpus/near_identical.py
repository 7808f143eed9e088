"""Pictures that look the same, in another size, format or brightness. They are reported, never dropped.

Difference hash (dhash): the picture in grey at 9 x 8 pixels; each of the 64 bits says whether a pixel is brighter than
its right neighbour. Two pictures look the same if few bits differ; pictures without contrast have no hash.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from modgap.corpus.corpus import Corpus
from modgap.corpus.pictures import open_picture
from modgap.corpus.report import NearIdentical, ReadReport, Skipped
from modgap.errors import CorpusError, PictureError
from modgap.progress import Progress, silent

MAX_DIFFERENT_BITS = 4  # of 64
_MIN_CONTRAST = 8  # grey levels between the darkest and the brightest of the 72 pixels
_BLOCK = 1024  # pictures compared with all earlier ones at a time


def difference_hash(picture: Image.Image) -> int | None:
    """The difference hash of a picture (64 bits), or None if it shows one even colour."""
    small = np.asarray(picture.convert("L").resize((9, 8), Image.Resampling.BOX), dtype=np.int16)
    if int(small.max()) - int(small.min()) < _MIN_CONTRAST:
        return None
    bits = np.packbits(small[:, :-1] > small[:, 1:])
    return int.from_bytes(bits.tobytes(), "big")


def near_identical(hashes: Mapping[str, int | None], max_bits: int = MAX_DIFFERENT_BITS) -> list[NearIdentical]:
    """Pairs of pictures whose hashes differ in at most `max_bits` bits: each picture with the first one like it.

    hashes: difference hash by item id; pictures whose hash is None match nothing.

    >>> near_identical({"a": 0b1111, "b": 0b1110, "c": 0xFF << 50, "d": None})
    [NearIdentical(id='b', other='a', distance=1)]
    """
    names = [name for name, value in hashes.items() if value is not None]
    values = np.asarray([hashes[name] for name in names], dtype=np.uint64)
    found = []
    for start in range(0, len(names), _BLOCK):
        stop = min(start + _BLOCK, len(names))
        block = values[start:stop, None] ^ values[None, :stop]
        distances = np.unpackbits(block.view(np.uint8).reshape(*block.shape, 8), axis=2).sum(axis=2, dtype=np.uint8)
        for row in range(stop - start):
            earlier = np.flatnonzero(distances[row, : start + row] <= max_bits)
            if earlier.size:
                other = int(earlier[0])
                found.append(NearIdentical(names[start + row], names[other], int(distances[row, other])))
    return found


def check_pictures(
    corpus: Corpus, open_picture: Callable[[Path], Image.Image] = open_picture, *, progress: Progress = silent
) -> ReadReport:
    """The report of a corpus after decoding every picture: which ones cannot be shown, and which look the same.

    open_picture: the decoder; `SafeDecoder.open_picture` for untrusted files.
    Raises CorpusError if no item is usable.
    """
    pictures = [item for item in corpus.items if item.path is not None]
    hashes: dict[str, int | None] = {}
    broken = []
    unread: Counter[str] = Counter()
    for done, item in enumerate(pictures, start=1):
        assert item.path is not None
        try:
            hashes[item.id] = difference_hash(open_picture(item.path))
        except PictureError as error:
            unread[item.group] += 1
            broken.append(Skipped(item.id, str(error)))
        progress("Looking at pictures", done, len(pictures))
    if len(broken) == len(corpus.items):
        raise CorpusError(f"No picture of the corpus can be shown: {broken[0].id} {broken[0].reason}.")
    read = {group: n - unread[group] for group, n in corpus.counts.items()}
    return replace(corpus.report, read=read, skipped=[*corpus.skipped, *broken], near=near_identical(hashes))
