"""Precomputed vectors in `.npz` files: `ids` (n,), `modality` (n,) of "image"/"text", `vectors` (n, d)."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from modgap.corpus.corpus import Corpus
from modgap.errors import CorpusError, VectorError
from modgap.items import Item, Modality
from modgap.vectors import Vectors, modality_array, unit_vectors


def read_vector_file(path: Path) -> tuple[list[str], NDArray[np.str_], Vectors]:
    """(ids, modality, unit vectors) of a file; pickled arrays are refused. Raises CorpusError naming the cause."""
    try:
        with np.load(path, allow_pickle=False) as archive:
            missing = {"ids", "modality", "vectors"} - set(archive.files)
            if missing:
                raise CorpusError(
                    f"{path} lacks {', '.join(sorted(missing))}: a vectors file holds ids (n,), "
                    f'modality (n,) of "image"/"text" and vectors (n, d).'
                )
            ids = [str(name) for name in archive["ids"]]
            modality, vectors = archive["modality"], archive["vectors"]
    except (OSError, ValueError, zipfile.BadZipFile, EOFError) as error:
        raise CorpusError(f"{path} cannot be read as .npz: {error}.") from error
    if len(set(ids)) != len(ids):
        twice = next(name for name in ids if ids.count(name) > 1)
        raise CorpusError(f'{path} holds the id "{twice}" more than once: ids tell items apart.')
    if vectors.shape[:1] != (len(ids),):
        raise CorpusError(f"{path} has {len(ids)} ids, but vectors of shape {vectors.shape}.")
    try:
        return ids, modality_array(modality, n=len(ids)), unit_vectors(vectors, ids=ids)
    except VectorError as error:
        raise CorpusError(f"{path}: {error}") from error


def read_vectors(path: Path) -> Corpus:
    """A corpus of precomputed vectors."""
    ids, modality, vectors = read_vector_file(path)
    items = [Item(name, Modality(m)) for name, m in zip(ids, modality.tolist(), strict=True)]
    return Corpus(items, vectors=vectors, source=path)
