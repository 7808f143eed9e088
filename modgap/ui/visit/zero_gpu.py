"""ZeroGPU Spaces lend a GPU to marked functions only; everywhere else the mark means nothing.

A marked function runs in a forked process: it takes and returns CPU values, and what it changes inside is lost.
So the visitor's process keeps an encoder on the CPU, for queries, and the fork loads the same model on the GPU.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from modgap.calibration import Calibration
from modgap.corpus import Corpus, PictureOpener, open_picture
from modgap.encoders import Encoder, load_encoder
from modgap.errors import ModgapError
from modgap.items import Item
from modgap.progress import Progress
from modgap.search.collection import Collection
from modgap.vectors import Vectors

SHORTEST = 20  # seconds of GPU time to ask for at least: the fork loads the model first
ITEMS_PER_SECOND = 50  # a careful guess; asking for less time gives a better place in the queue


def on_zero_gpu() -> bool:
    """Does this process run in a Space with ZeroGPU hardware?"""
    return os.environ.get("SPACES_ZERO_GPU", "").lower() in ("1", "true")


def seconds_for(corpus: Corpus, *_: object) -> int:
    """How long the GPU is needed to encode a corpus, in seconds."""
    return SHORTEST + len(corpus.items) // ITEMS_PER_SECOND


def seconds_to_calibrate(items: list[Item], vectors: Vectors, model: str, queries: list[str] | None) -> int:
    """How long the GPU is needed to calibrate, in seconds: queries are read as items are, then meet all items."""
    return SHORTEST + (len(queries or ()) + len(items) // 10) // ITEMS_PER_SECOND


def lend_gpu(duration: Callable[..., int]) -> Callable[[Callable], Callable]:
    """`spaces.GPU(duration=...)` on ZeroGPU, the function itself elsewhere."""
    if not on_zero_gpu():
        return lambda function: function
    import spaces

    return spaces.GPU(duration=duration)


def encode_corpus(
    corpus: Corpus, encoder: Encoder | None, progress: Progress, open_picture: PictureOpener = open_picture
) -> Collection:
    """The corpus as a collection: encoded here, or on the lent GPU where there is one; vectors as they are."""
    if corpus.vectors is not None or encoder is None or not on_zero_gpu():
        return Collection.encode(corpus, encoder, open_picture=open_picture, progress=progress)
    progress("Encoding on the GPU", 0, 1)
    packed = replace(corpus, unpacked=())  # the folders stay ours
    items, vectors, skipped = _or_raise(_encode_in_fork(packed, open_picture, encoder.name))
    return Collection(items, vectors, encoder=encoder, skipped=skipped, corpus=corpus)


def calibrate_collection(collection: Collection, queries: list[str] | None, progress: Progress) -> Calibration:
    """`Collection.calibrate` here, or on the lent GPU where there is one; vectors alone need none."""
    if collection.encoder is None or not on_zero_gpu():
        return collection.calibrate(queries, progress=progress)
    progress("Calibrating on the GPU", 0, 1)
    found = _calibrate_in_fork(collection.items, collection.vectors, collection.encoder.name, queries)
    calibration, asked = _or_raise(found)
    collection.use(calibration, asked)
    return calibration


@lend_gpu(seconds_for)
def _encode_in_fork(corpus: Corpus, open_picture: PictureOpener, model: str) -> Any:
    def work() -> Any:
        collection = Collection.encode(corpus, load_encoder(model, device="cuda"), open_picture=open_picture)
        return collection.items, collection.vectors, collection.skipped

    return _told(work)


@lend_gpu(seconds_to_calibrate)
def _calibrate_in_fork(items: list[Item], vectors: Vectors, model: str, queries: list[str] | None) -> Any:
    def work() -> Any:
        collection = Collection(items, vectors, encoder=load_encoder(model, device="cuda"))
        return collection.calibrate(queries), collection.calibration_queries

    return _told(work)


def _told(work: Callable[[], Any]) -> Any:
    """What `work` gives, or the error that a visitor can mend: of a raised one only the class would cross over."""
    try:
        return work()
    except ModgapError as error:
        return error


def _or_raise(found: Any) -> Any:
    if isinstance(found, ModgapError):
        raise found
    return found
