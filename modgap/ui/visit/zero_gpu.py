"""ZeroGPU Spaces lend a GPU to decorated functions only; everywhere else the decorator does nothing.

A decorated function runs in a forked process: it takes and returns CPU values, and its side effects are lost.
So the app's process keeps an encoder on the CPU, for queries, and the fork loads the same model on the GPU.
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

MIN_GPU_SECONDS = 20  # of GPU time to request: the fork loads the model first
ITEMS_PER_SECOND = 50  # a cautious estimate; requesting less time gives a better place in the queue


def on_zero_gpu() -> bool:
    """Whether this process runs in a Space with ZeroGPU hardware."""
    return os.environ.get("SPACES_ZERO_GPU", "").lower() in ("1", "true")


def seconds_for(corpus: Corpus, *_: object) -> int:
    """Seconds of GPU time to encode a corpus."""
    return MIN_GPU_SECONDS + len(corpus.items) // ITEMS_PER_SECOND


def seconds_to_calibrate(items: list[Item], vectors: Vectors, model: str, queries: list[str] | None) -> int:
    """Seconds of GPU time to calibrate: queries are encoded as items are, then compared with all items."""
    return MIN_GPU_SECONDS + (len(queries or ()) + len(items) // 10) // ITEMS_PER_SECOND


def lend_gpu(duration: Callable[..., int]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
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
    packed = replace(corpus, unpacked=())  # the fork must not delete the folders
    items, vectors, skipped = _or_raise(_encode_in_fork(packed, open_picture, encoder.name))
    return Collection(items, vectors, encoder=encoder, skipped=skipped, corpus=corpus)


def calibrate_collection(collection: Collection, queries: list[str] | None, progress: Progress) -> Calibration:
    """`Collection.calibrate` here, or on the lent GPU where there is one; vectors alone need none."""
    if collection.encoder is None or not on_zero_gpu():
        return collection.calibrate(queries, progress=progress)
    progress("Calibrating on the GPU", 0, 1)
    outcome = _calibrate_in_fork(collection.items, collection.vectors, collection.encoder.name, queries)
    calibration, asked = _or_raise(outcome)
    collection.use(calibration, asked)
    return calibration


@lend_gpu(seconds_for)
def _encode_in_fork(corpus: Corpus, open_picture: PictureOpener, model: str) -> Any:
    def work() -> Any:
        collection = Collection.encode(corpus, load_encoder(model, device="cuda"), open_picture=open_picture)
        return collection.items, collection.vectors, collection.skipped

    return _result_or_error(work)


@lend_gpu(seconds_to_calibrate)
def _calibrate_in_fork(items: list[Item], vectors: Vectors, model: str, queries: list[str] | None) -> Any:
    def work() -> Any:
        collection = Collection(items, vectors, encoder=load_encoder(model, device="cuda"))
        return collection.calibrate(queries), collection.calibration_queries

    return _result_or_error(work)


def _result_or_error(work: Callable[[], Any]) -> Any:
    """The result of `work`, or its ModgapError as a value: of a raised one only the class would leave the fork."""
    try:
        return work()
    except ModgapError as error:
        return error


def _or_raise(outcome: Any) -> Any:
    if isinstance(outcome, ModgapError):
        raise outcome
    return outcome
