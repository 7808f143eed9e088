"""Precomputed vectors in `.npz` files: `ids` (n,), `modality` (n,) of "image"/"text", `vectors` (n, d).

Or pairs: `image` (n, d) and `text` (n, d), where row i of one belongs to row i of the other.
"""

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
    """A corpus of precomputed vectors, or of pairs of them."""
    if _keys(path) >= {"image", "text"}:
        return read_vector_pairs(path)
    ids, modality, vectors = read_vector_file(path)
    items = [Item(name, Modality(m)) for name, m in zip(ids, modality.tolist(), strict=True)]
    return Corpus(items, vectors=vectors, source=path)


def read_vector_pairs(path: Path) -> Corpus:
    """A corpus of pairs: pictures "image/0", ... and the texts "text/0", ... that belong to them."""
    try:
        with np.load(path, allow_pickle=False) as archive:
            images, texts = (unit_vectors(archive[m], what=f"{m} vectors") for m in ("image", "text"))
    except (OSError, ValueError, zipfile.BadZipFile, EOFError) as error:
        raise CorpusError(f"{path} cannot be read as .npz: {error}.") from error
    except VectorError as error:
        raise CorpusError(f"{path}: {error}") from error
    if images.shape != texts.shape:
        raise CorpusError(f"{path} holds pairs, but image has shape {images.shape} and text {texts.shape}.")
    n = images.shape[0]
    items = [Item(f"{m}/{row}", Modality(m)) for m in ("image", "text") for row in range(n)]
    pairs = np.stack([np.arange(n), np.arange(n, 2 * n)], axis=1)
    return Corpus(items, vectors=np.concatenate([images, texts]), source=path, pairs=pairs)


def _keys(path: Path) -> set[str]:
    try:
        with np.load(path, allow_pickle=False) as archive:
            return set(archive.files) if isinstance(archive, np.lib.npyio.NpzFile) else set()
    except (OSError, ValueError, zipfile.BadZipFile, EOFError):
        return set()  # the reader that opens it next says what is wrong
