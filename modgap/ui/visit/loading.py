"""Load a corpus for a visitor: the samples, or uploaded files, encoded and with thumbnails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from modgap.corpus import Corpus, PictureOpener, SafeDecoder, open_picture
from modgap.corpus.columns import BY_NAME, ColumnChoice
from modgap.progress import Progress
from modgap.ui.visit.model import SharedEncoder
from modgap.ui.visit.private_files import deleted_after
from modgap.ui.visit.sample import catalogue_corpus, sample_corpus
from modgap.ui.visit.session import LoadedCorpus
from modgap.ui.visit.thumbnails import thumbnails
from modgap.ui.visit.uploads import uploaded_corpus
from modgap.ui.visit.zero_gpu import encode_corpus


def load_sample(encoder: SharedEncoder, progress: Progress) -> LoadedCorpus:
    """The sample corpus, encoded."""
    return _load(sample_corpus(), encoder, progress, sample=True)


def load_catalogue(encoder: SharedEncoder, progress: Progress) -> LoadedCorpus:
    """The catalogue of objects that are a picture and a text at once, encoded."""
    return replace(_load(catalogue_corpus(), encoder, progress), catalogue=True)


def load_files(
    paths: Sequence[str | Path],
    encoder: SharedEncoder,
    decoder: SafeDecoder,
    progress: Progress,
    columns: ColumnChoice = BY_NAME,
) -> LoadedCorpus:
    """Uploaded files, encoded, then deleted. columns: of the table among them.

    Raises ModgapError for an exceeded limit, or with the reasons where no file can be used.
    """
    with deleted_after(paths), uploaded_corpus(paths, columns=columns) as corpus:
        loaded = _load(corpus, encoder, progress, decoder.open_picture)
        loaded.collection.corpus = replace(corpus, unpacked=())  # thumbnails are made: the visit keeps no file
        return loaded


def _load(
    corpus: Corpus,
    encoder: SharedEncoder,
    progress: Progress,
    open_picture: PictureOpener = open_picture,
    *,
    sample: bool = False,
) -> LoadedCorpus:
    needs_encoder = corpus.vectors is None
    if needs_encoder and not sample and not encoder.ready:
        progress("Waking the model", 0, 1)
    collection = encode_corpus(corpus, encoder.get() if needs_encoder else None, progress, open_picture)
    return LoadedCorpus(collection, thumbnails(collection.items, open_picture, progress=progress), sample)
