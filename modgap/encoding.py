"""From items to vectors: pictures are decoded ahead in threads while the encoder works; broken ones are passed over."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from modgap.corpus import Skipped, open_picture
from modgap.encoders.base import PICTURE_BATCH, Encoder
from modgap.errors import PictureError
from modgap.items import Item, Modality
from modgap.progress import Progress, silent
from modgap.vectors import Vectors

_WORKERS = min(8, os.cpu_count() or 1)
_AHEAD = 2 * PICTURE_BATCH  # prepared pictures waiting at most: about 40 MB


@dataclass(frozen=True)
class Encoded:
    """Items that could be encoded, in their order, with vectors (n, d); and those that could not."""

    items: list[Item]
    vectors: Vectors
    skipped: list[Skipped]


def encode_items(items: Sequence[Item], encoder: Encoder, *, progress: Progress = silent) -> Encoded:
    """Encode pictures and passages; a picture that cannot be decoded is skipped with its reason."""
    texts = [position for position, item in enumerate(items) if item.modality is Modality.TEXT]
    pictures = [position for position, item in enumerate(items) if item.modality is Modality.IMAGE]
    vectors = np.zeros((len(items), encoder.dimension), dtype=np.float32)
    vectors[texts] = encoder.encode_texts([items[p].text or "" for p in texts], progress=progress)

    skipped: dict[int, Skipped] = {}
    batch: list[tuple[int, Any]] = []

    def encode_batch() -> None:
        if batch:
            vectors[[p for p, _ in batch]] = encoder.encode_prepared([prepared for _, prepared in batch])
            batch.clear()

    for done, (position, prepared) in enumerate(_prepared(items, pictures, encoder), start=1):
        if isinstance(prepared, PictureError):
            skipped[position] = Skipped(items[position].id, str(prepared))
        else:
            batch.append((position, prepared))
        if len(batch) == PICTURE_BATCH:
            encode_batch()
            progress("Looking at pictures", done, len(pictures))
    encode_batch()
    if pictures:
        progress("Looking at pictures", len(pictures), len(pictures))

    kept = [position for position in range(len(items)) if position not in skipped]
    return Encoded([items[p] for p in kept], vectors[kept], list(skipped.values()))


def _prepared(items: Sequence[Item], positions: Sequence[int], encoder: Encoder) -> Iterator[tuple[int, Any]]:
    """(position, tensor or PictureError) in order, prepared by threads at most `_AHEAD` ahead."""

    def prepare(position: int) -> Any:
        path = items[position].path
        if path is None:
            return PictureError("has no file to encode")
        try:
            return encoder.prepare_picture(open_picture(path))
        except PictureError as error:
            return error

    with ThreadPoolExecutor(_WORKERS, thread_name_prefix="decode") as pool:
        waiting: deque[tuple[int, Future]] = deque()
        for position in positions:
            waiting.append((position, pool.submit(prepare, position)))
            if len(waiting) >= _AHEAD:
                first, future = waiting.popleft()
                yield first, future.result()
        while waiting:
            first, future = waiting.popleft()
            yield first, future.result()
