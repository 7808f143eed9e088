"""Open the corpus that a command names: read it, encode it, and report what was read."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import modgap
from modgap.cli import terminal
from modgap.progress import Progress

if TYPE_CHECKING:
    from modgap.corpus import Corpus
    from modgap.methods.i0t import Normalisers


@contextlib.contextmanager
def open_collection(
    corpus: str,
    *,
    model: str | None,
    no_cache: bool,
    lines: bool = False,
    async_weights: Path | None = None,
) -> Iterator[tuple[modgap.Collection, Progress]]:
    """The encoded corpus and the progress bars for the work on it; once the bars are gone the corpus is reported,
    and a calibration that may not fit it.

    Parameters are the options of the same names. What a command checks or reads besides the corpus (names, queries,
    a calibration) comes before this, so that a mistake in it costs no encoding. After an error in the body nothing is
    reported of the corpus.

        with open_collection(corpus, model=model, no_cache=no_cache) as (collection, progress):
            measured = collection.gap(progress=progress)
    """
    with terminal.cache_and_progress(no_cache=no_cache) as (cache, progress):
        weights = load_weights(async_weights)
        read = modgap.read_corpus(corpus, lines=lines)
        collection = encode_corpus(read, model, cache, progress, weights)
        yield collection, progress
    terminal.print_corpus(collection)
    terminal.print_warnings(collection.calibration_warnings)


def load_weights(path: Path | None) -> Normalisers | None:
    """The normalisers of I0T_async that --async names, if any. Raises ModgapError for a file that is not one."""
    if path is None:
        return None
    from modgap.methods.i0t import load_normalisers

    return load_normalisers(path)


def encode_corpus(
    corpus: Corpus,
    model: str | None,
    cache: modgap.VectorCache | None,
    progress: Progress,
    normalisers: Normalisers | None = None,
) -> modgap.Collection:
    """Encode a corpus that was read.

    model: as `load_encoder` takes it; a corpus of precomputed vectors loads no model.
    normalisers: for I0T_async; it trains its own if None.
    """
    encoder = None if corpus.vectors is not None else modgap.load_encoder(model)
    collection = modgap.Collection.encode(corpus, encoder, cache=cache, progress=progress)
    if normalisers is not None:
        collection.use_normalisers(normalisers)
    return collection
