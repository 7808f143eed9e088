"""Encodes items: threads decode pictures ahead while the encoder works, and broken pictures are skipped.

If the encoder has a cache, known vectors are not computed again, and each batch is stored before the next one starts:
a run that was stopped continues where it was.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from modgap.corpus import PictureOpener, Skipped, open_picture
from modgap.encoders.base import PICTURE_BATCH, Encoder
from modgap.errors import PictureError
from modgap.io.vector_cache import file_key
from modgap.items import Item, Modality
from modgap.progress import Progress, silent
from modgap.vectors import Vectors

READ_AS = "picture/1"  # raise the number when `open_picture` gives other pixels, so that old vectors are not used
_WORKERS = min(8, os.cpu_count() or 1)
_MAX_SHIPPED_BYTES = 1_000_000  # a larger picture is none of the sample's, and is not read twice to find out
_MAX_WAITING = 2 * PICTURE_BATCH  # prepared pictures: 10 MB at 224 x 224 pixels


@dataclass(frozen=True)
class Encoded:
    """The items that could be encoded, in input order, with their unit vectors (n, d); and those that could not."""

    items: list[Item]
    vectors: Vectors
    skipped: list[Skipped]


@dataclass(frozen=True)
class _Known:
    """A vector (d,) from the cache."""

    vector: Vectors


@dataclass(frozen=True)
class _Prepared:
    """A picture ready for the encoder, and the key of its vector in the cache (None: it is not stored)."""

    picture: Any
    key: bytes | None


def encode_items(
    items: Sequence[Item], encoder: Encoder, *, open_picture: PictureOpener = open_picture, progress: Progress = silent
) -> Encoded:
    """Encode pictures and passages. A picture that cannot be decoded is skipped with the reason.

    `Item.modality` selects the tower; the group plays no part.
    open_picture: the decoder, called from threads; `SafeDecoder.open_picture` for untrusted files.
    Returns the encoded items with their vectors, and what was skipped.
    """
    texts = [position for position, item in enumerate(items) if item.modality is Modality.TEXT]
    pictures = [position for position, item in enumerate(items) if item.modality is Modality.IMAGE]
    vectors = np.zeros((len(items), encoder.dimension), dtype=np.float32)
    vectors[texts] = encoder.encode_texts([items[p].text or "" for p in texts], progress=progress)

    skipped: dict[int, Skipped] = {}
    batch: list[tuple[int, _Prepared]] = []
    with closing(_ahead(items, pictures, encoder, open_picture)) as outcomes:
        for done, (position, outcome) in enumerate(outcomes, start=1):
            if isinstance(outcome, PictureError):
                skipped[position] = Skipped(items[position].id, str(outcome))
            elif isinstance(outcome, _Known):
                vectors[position] = outcome.vector
            else:
                batch.append((position, outcome))
            if len(batch) == PICTURE_BATCH or done == len(pictures):
                _encode_batch(batch, encoder, vectors)
                batch.clear()
            if done % PICTURE_BATCH == 0 or done == len(pictures):
                progress("Looking at pictures", done, len(pictures))

    kept = [position for position in range(len(items)) if position not in skipped]
    return Encoded([items[p] for p in kept], vectors[kept], list(skipped.values()))


def _encode_batch(batch: list[tuple[int, _Prepared]], encoder: Encoder, vectors: Vectors) -> None:
    """Compute the vectors of a batch; write them into their rows and into the cache."""
    if not batch:
        return
    computed = encoder.encode_prepared([prepared.picture for _, prepared in batch])
    vectors[[position for position, _ in batch]] = computed
    if encoder.cache is not None:
        keyed = {p.key: vector for (_, p), vector in zip(batch, computed, strict=True) if p.key is not None}
        encoder.cache.put(encoder.fingerprint, keyed, name=encoder.name)


def _ahead(
    items: Sequence[Item], positions: Sequence[int], encoder: Encoder, open_picture: PictureOpener
) -> Generator[tuple[int, _Known | _Prepared | PictureError], None, None]:
    """(position, outcome of the picture) in order, computed by threads at most `_MAX_WAITING` ahead."""
    if encoder.cache is not None and encoder.loaded:
        _ = encoder.fingerprint  # computed once, before the threads need it
    pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="decode")
    try:
        waiting: deque[tuple[int, Future[_Known | _Prepared | PictureError]]] = deque()
        for position in positions:
            waiting.append((position, pool.submit(_prepare, items[position].path, encoder, open_picture)))
            if len(waiting) >= _MAX_WAITING:
                first, future = waiting.popleft()
                yield first, future.result()
        while waiting:
            first, future = waiting.popleft()
            yield first, future.result()
    finally:
        pool.shutdown(cancel_futures=True)  # after Ctrl-C or an error, waiting pictures are not started


def _prepare(path: Path | None, encoder: Encoder, open_picture: PictureOpener) -> _Known | _Prepared | PictureError:
    """The picture's vector if it is shipped or cached, else the picture, decoded and prepared."""
    if path is None:
        return PictureError("has no file to encode")
    try:
        before, key = _version(path), None
        may_be_shipped = bool(encoder.shipped) and before is not None and before[1] <= _MAX_SHIPPED_BYTES
        if before is not None and (encoder.cache is not None or may_be_shipped):
            key = file_key(path, read_as=READ_AS)
            known = encoder.shipped
            if key not in known and encoder.cache is not None:
                known = encoder.cache.get(encoder.fingerprint, [key])
            if key in known:
                return _Known(known[key])
        picture = encoder.prepare_picture(open_picture(path, decode_side=encoder.decode_side))
        unchanged = before == _version(path)  # else the picture is not the file that was hashed
        return _Prepared(picture, key if unchanged else None)
    except PictureError as error:
        return error
    except OSError as error:
        return PictureError(f"cannot be read ({error.strerror or error})")


def _version(path: Path) -> tuple[int, int] | None:
    """Time of the last change in nanoseconds, and size in bytes; None if there is no file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
