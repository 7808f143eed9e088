"""Open the corpus that a command names: read it, encode it, and report what was read."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

import modgap
from modgap.cli import terminal
from modgap.errors import ModelError
from modgap.progress import Progress

if TYPE_CHECKING:
    from modgap.corpus import Corpus, Limits
    from modgap.corpus.columns import ColumnChoice
    from modgap.encoders import Encoder
    from modgap.methods.i0t import Normalisers
    from modgap.search.live_collection import LiveCollection


@contextlib.contextmanager
def open_collection(
    corpus: str,
    *,
    model: str | None,
    no_cache: bool,
    precision: str = "float32",
    model_name: str | None = None,
    lines: bool = False,
    async_weights: Path | None = None,
    limits: Limits | None = None,
    columns: ColumnChoice | None = None,
) -> Iterator[tuple[modgap.Collection, Progress]]:
    """The encoded corpus and the progress bars for the work on it; once the bars are gone the corpus is reported,
    and a calibration that may not fit it.

    Parameters are the options of the same names. What a command checks or reads besides the corpus (names, queries,
    a calibration) comes before this, so that a mistake in it costs no encoding. After an error in the body nothing is
    reported of the corpus.

        with open_collection(corpus, model=model, no_cache=no_cache) as (collection, progress):
            measured = collection.gap(progress=progress)
    """
    from modgap.corpus.columns import BY_NAME
    from modgap.corpus.limits import DEFAULT_LIMITS
    from modgap.engines.engine_url import is_engine_url

    with terminal.cache_and_progress(no_cache=no_cache) as (cache, progress):
        weights = load_weights(async_weights)
        if is_engine_url(corpus):
            yield connect_engine(corpus, model, cache, model_name=model_name, precision=precision), progress
            return
        read = modgap.read_corpus(corpus, lines=lines, limits=limits or DEFAULT_LIMITS, columns=columns or BY_NAME)
        collection = encode_corpus(read, model, cache, progress, weights, model_name=model_name, precision=precision)
        yield collection, progress
    terminal.print_corpus(collection)
    terminal.print_warnings(collection.calibration_warnings)


def connect_engine(
    url: str,
    model: str | None,
    cache: modgap.VectorCache | None,
    *,
    model_name: str | None = None,
    precision: str = "float32",
) -> LiveCollection:
    """The collection of a live engine.

    model: as `load_encoder` takes it; None: the one that `push` left its name of, loaded at its first use. model_name:
        only names it. Raises EngineError where the engine does not answer.
    """
    from modgap.encoders.lazy import LazyEncoder
    from modgap.encoders.load import BUNDLED
    from modgap.engines.connect import open_engine
    from modgap.search.live_collection import LiveCollection

    engine = open_engine(url)
    named = model or ("" if model_name is not None else engine.model)
    encoder: Encoder | None = None
    if named == BUNDLED:
        encoder = modgap.load_encoder(precision=precision)
    elif named:
        encoder = LazyEncoder(named, engine.dimension, lambda: modgap.load_encoder(named, precision=precision))
    if encoder is not None and cache is not None:
        encoder = encoder.with_cache(cache)
    return LiveCollection(engine, encoder, model=model_name or "")


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
    *,
    model_name: str | None = None,
    precision: str = "float32",
) -> modgap.Collection:
    """Encode a corpus that was read.

    model: as `load_encoder` takes it; for precomputed vectors the one that made them, so that queries may be words, or
        None, which loads no model. model_name: only names it. precision: as `load_encoder` takes it.
    normalisers: for I0T_async; it trains its own if None.
    Raises typer.BadParameter for a model that did not make the vectors, and for a name that says nothing of the corpus.
    """
    from modgap.search.saved import encoder_of_index

    if model_name is not None:
        corpus = _named(corpus, model, model_name)
    computed = corpus.vectors is None or model is not None
    encoder = modgap.load_encoder(model, precision=precision) if computed else encoder_of_index(corpus)
    try:
        collection = modgap.Collection.encode(corpus, encoder, cache=cache, progress=progress)
    except ModelError as error:
        if corpus.vectors is None:
            raise
        raise typer.BadParameter(str(error), param_hint="--model") from error
    if normalisers is not None:
        collection.use_normalisers(normalisers)
    return collection


def _named(corpus: Corpus, model: str | None, name: str) -> Corpus:
    """A corpus of vectors with the name that --model-name gives their model."""
    fault = ""
    if corpus.vectors is None:
        fault = "names the model of precomputed vectors, and this corpus holds files: give --model."
    elif model is not None:
        fault = "--model names it already: give one of the two."
    elif corpus.model not in ("", name):
        fault = f'the file says that its vectors are of the model "{corpus.model}".'
    elif not name.strip():
        fault = "the name is empty."
    if fault:
        raise typer.BadParameter(fault, param_hint="--model-name")
    return replace(corpus, model=name)
