"""ZeroGPU Spaces lend a GPU to marked functions only; everywhere else the mark means nothing.

A marked function runs in a forked process: it takes and returns CPU values, and what it changes inside is lost.
So the visitor's process keeps an encoder on the CPU, for queries, and the fork loads one of its own on the GPU.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from modgap.collection import Collection
from modgap.corpus import Corpus, PictureOpener, open_picture
from modgap.encoders import Encoder, load_encoder
from modgap.progress import Progress

SHORTEST = 20  # seconds of GPU time to ask for at least: the fork loads the model first
ITEMS_PER_SECOND = 50  # a careful guess; asking for less time gives a better place in the queue


def on_zero_gpu() -> bool:
    """Does this process run in a Space with ZeroGPU hardware?"""
    return os.environ.get("SPACES_ZERO_GPU", "").lower() in ("1", "true")


def seconds_for(corpus: Corpus, opened: PictureOpener = open_picture) -> int:
    """How long the GPU is needed for a corpus, in seconds."""
    return SHORTEST + len(corpus.items) // ITEMS_PER_SECOND


def lend_gpu(duration: Callable[..., int]) -> Callable[[Callable], Callable]:
    """`spaces.GPU(duration=...)` on ZeroGPU, the function itself elsewhere."""
    if not on_zero_gpu():
        return lambda function: function
    import spaces

    return spaces.GPU(duration=duration)


def encode_corpus(
    corpus: Corpus, encoder: Encoder | None, progress: Progress, opened: PictureOpener = open_picture
) -> Collection:
    """The corpus as a collection: encoded here, or on the lent GPU where there is one; vectors as they are."""
    if corpus.vectors is not None or not on_zero_gpu():
        return Collection.encode(corpus, encoder, opened=opened, progress=progress)
    progress("Encoding on the GPU", 0, 1)
    items, vectors, skipped = _encode_in_fork(replace(corpus, unpacked=()), opened)  # the folders stay ours
    return Collection(items, vectors, encoder=encoder, skipped=skipped, corpus=corpus)


@lend_gpu(seconds_for)
def _encode_in_fork(corpus: Corpus, opened: PictureOpener) -> tuple[Any, Any, Any]:
    collection = Collection.encode(corpus, load_encoder(device="cuda"), opened=opened)
    return collection.items, collection.vectors, collection.skipped
