"""From what a command names to a collection: read, encode, and take the weights of I0T_async where they are given."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import modgap
from modgap.progress import Progress

if TYPE_CHECKING:
    from modgap.corpus import Corpus


def encoded(
    corpus: str | Corpus,
    model: str | None,
    cache: modgap.VectorCache | None,
    progress: Progress,
    *,
    lines: bool = False,
    async_weights: Path | None = None,
) -> modgap.Collection:
    """corpus: a path, or what was read from one. model: as `load_encoder` takes it; vectors need none."""
    from modgap.methods.i0t import load_normalisers

    normalisers = load_normalisers(async_weights) if async_weights is not None else None
    read = modgap.read_corpus(corpus, lines=lines) if isinstance(corpus, str) else corpus
    encoder = None if read.vectors is not None else modgap.load_encoder(model)
    collection = modgap.Collection.encode(read, encoder, cache=cache, progress=progress)
    if normalisers is not None:
        collection.use_normalisers(normalisers)
    return collection
