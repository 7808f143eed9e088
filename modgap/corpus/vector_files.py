"""Precomputed vectors in `.npz` files: `ids` (n,), `modality` (n,) of "image"/"text", `vectors` (n, d).

Or pairs: `image` (n, d) and `text` (n, d), where row i of one belongs to row i of the other.
"""

from __future__ import annotations

import math
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from modgap.corpus.corpus import Corpus
from modgap.corpus.limits import DEFAULT_LIMITS, Limits
from modgap.corpus.options import DEFAULT_OPTIONS, ReadOptions
from modgap.corpus.text import clean_text
from modgap.corpus.zip_directory import check_directory
from modgap.errors import CorpusError, VectorError
from modgap.items import Item, Modality
from modgap.vectors import Vectors, group_array, unit_vectors

_MOST_ARRAYS = 1_000
_ARRAYS = ("ids", "modality", "vectors")


def read_vector_file(path: Path, limits: Limits = DEFAULT_LIMITS) -> tuple[list[str], NDArray[np.str_], Vectors]:
    """(ids, modality, unit vectors) of a file; pickled arrays are refused. Raises CorpusError naming the cause."""
    return _columns(path, load_arrays(path, limits))


def _columns(path: Path, arrays: Mapping[str, NDArray[Any]]) -> tuple[list[str], NDArray[np.str_], Vectors]:
    missing = set(_ARRAYS) - set(arrays)
    if missing:
        raise CorpusError(
            f"{path} lacks {', '.join(sorted(missing))}: a vectors file holds ids (n,), "
            f'modality (n,) of "image"/"text" and vectors (n, d).'
        )
    return checked_vectors(path, *(arrays[name] for name in _ARRAYS))


def checked_vectors(
    path: Path, ids: NDArray[Any], modality: NDArray[Any], vectors: ArrayLike
) -> tuple[list[str], NDArray[np.str_], Vectors]:
    """The three columns of a vectors file after all checks. Raises CorpusError naming the file and the row."""
    if ids.ndim != 1 or modality.ndim != 1:
        raise CorpusError(f"{path} must hold ids (n,) and modality (n,), one word an item.")
    names = [_word(name) for name in ids]
    if len(set(names)) != len(names):
        seen: set[str] = set()
        twice = next(name for name in names if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise CorpusError(f'{path} holds the id "{twice}" more than once: ids tell items apart.')
    try:
        unit = unit_vectors(vectors, ids=names if np.shape(vectors)[:1] == (len(names),) else None)
        if unit.shape[0] != len(names):
            raise CorpusError(f"{path} has {len(names)} ids, but vectors of shape {unit.shape}.")
        words = modality if modality.dtype.kind == "U" else np.asarray([_word(m) for m in modality], dtype=np.str_)
        return names, group_array(words, n=len(names)), unit
    except VectorError as error:
        raise CorpusError(f"{path}: {error}") from error


def read_vectors(path: Path, options: ReadOptions = DEFAULT_OPTIONS) -> Corpus:
    """A corpus of precomputed vectors, or of pairs of them."""
    arrays = load_arrays(path, options.limits)
    sides = [m.value for m in Modality if m.value in arrays]
    if len(sides) == len(Modality):
        return _pairs(path, arrays, options.limits)
    if sides and not set(_ARRAYS) & set(arrays):
        raise CorpusError(f"{path} holds {sides[0]} vectors alone: pairs are image (n, d) and text (n, d), row by row.")
    return vector_corpus(path, *_columns(path, arrays), options.limits)


def vector_corpus(path: Path, ids: list[str], modality: NDArray[np.str_], vectors: Vectors, limits: Limits) -> Corpus:
    """Items without files for checked vectors; not even equal ones are left out, since their rows have ids."""
    if len(ids) > limits.items:
        raise CorpusError(f"{path} has too many items ({limits.named('items')}).")
    items = [Item(name, Modality(m)) for name, m in zip(ids, modality.tolist(), strict=True)]
    return Corpus(items, vectors=vectors, source=path)


def _pairs(path: Path, arrays: Mapping[str, NDArray[Any]], limits: Limits) -> Corpus:
    """A corpus of pairs: pictures "image/0", ... and the texts "text/0", ... that belong to them."""
    try:
        images, texts = (unit_vectors(arrays[m], what=f"{m} vectors") for m in ("image", "text"))
    except VectorError as error:
        raise CorpusError(f"{path}: {error}") from error
    if images.shape != texts.shape:
        raise CorpusError(f"{path} holds pairs, but image has shape {images.shape} and text {texts.shape}.")
    n = images.shape[0]
    if 2 * n > limits.items:
        raise CorpusError(f"{path} has too many items ({limits.named('items')}).")
    items = [Item(f"{m}/{row}", Modality(m)) for m in ("image", "text") for row in range(n)]
    pairs = np.stack([np.arange(n), np.arange(n, 2 * n)], axis=1)
    return Corpus(items, vectors=np.concatenate([images, texts]), source=path, pairs=pairs)


def load_arrays(path: Path, limits: Limits = DEFAULT_LIMITS) -> dict[str, NDArray[Any]]:
    """The arrays of an `.npz` by name. Raises CorpusError for anything else, pickled objects, or too many numbers.

    The shape that a file claims is checked before memory is set aside for it.
    """
    try:
        check_directory(path, _MOST_ARRAYS, f"{_MOST_ARRAYS} arrays")
        with zipfile.ZipFile(path) as archive:
            claimed = sum(_claimed_bytes(archive, member) for member in archive.infolist())
        if claimed > limits.vector_bytes:
            raise CorpusError(f"{path} unpacks to too many bytes ({limits.named('vector_bytes')}).")
        with np.load(path, allow_pickle=False) as arrays:
            return {name: np.asarray(arrays[name]) for name in arrays.files}
    except CorpusError as error:
        raise error if str(path) in str(error) else CorpusError(f"{path} cannot be read as .npz: {error}.") from error
    except _PickledError as error:
        raise CorpusError(
            f"{path} holds pickled Python objects, which could run code when loaded, so it cannot be read as .npz: "
            f"save ids and modality as arrays of strings."
        ) from error
    except (Exception, MemoryError) as error:  # NumPy and zipfile raise errors of many families on broken files
        raise CorpusError(f"{path} cannot be read as .npz: {error}.") from error


class _PickledError(Exception):
    pass


def _claimed_bytes(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> int:
    """The memory that an array of the archive asks for, by its header."""
    with archive.open(member) as stream:
        version = np.lib.format.read_magic(stream)
        if version == (1, 0):
            shape, _, dtype = np.lib.format.read_array_header_1_0(stream)
        else:
            shape, _, dtype = np.lib.format.read_array_header_2_0(stream)
    if dtype.hasobject:
        raise _PickledError
    if any(length < 0 for length in shape):
        raise ValueError(f"{member.filename} claims the shape {shape}")
    claimed = math.prod(shape) * dtype.itemsize
    if claimed > member.file_size:
        raise ValueError(f"{member.filename} claims {claimed:,} bytes and holds {member.file_size:,}")
    return claimed


def _word(value: object) -> str:
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return clean_text(text)
