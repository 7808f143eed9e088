"""Precomputed vectors in `.npz` files: `ids` (n,), `modality` (n,), `vectors` (n, d) and, if wanted, `group` (n,).

`modality` is "image" or "text", and `group` names which statistics an item gets (empty: those of its modality). Without
a `group` array, `modality` may hold any group names itself; items of a group other than "image" are texts.

A scalar string `model` names the encoder of the vectors.

Or pairs: `image` (n, d) and `text` (n, d), where row i of one belongs to row i of the other.
"""

from __future__ import annotations

import math
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
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
from modgap.items import Item, Modality, ModalityByGroup
from modgap.vectors import MAX_GROUP_CHARACTERS, Vectors, group_array, unit_vectors

_MAX_ARRAYS = 1_000
_MAX_MODEL_CHARACTERS = 200
_ARRAYS = ("ids", "modality", "vectors")
_MODALITIES = [modality.value for modality in Modality]


@dataclass(frozen=True)
class VectorRows:
    """The checked rows of a vectors file.

    ids: n unique names. modality: (n,) of "text" / "image". group: (n,) of any names. vectors: (n, d) unit rows.
    """

    ids: list[str]
    modality: NDArray[np.str_]
    group: NDArray[np.str_]
    vectors: Vectors


def read_vector_file(path: Path, limits: Limits = DEFAULT_LIMITS) -> VectorRows:
    """The rows of a file; pickled arrays are refused. Raises CorpusError naming the file and the cause."""
    return _rows(path, load_arrays(path, limits))


def read_query_vectors(path: Path, limits: Limits = DEFAULT_LIMITS) -> VectorRows:
    """The rows of a file of queries, whose `modality` is "text" or "image": statistics are kept by query modality.

    Raises CorpusError naming the file and the row of any other word.
    """
    arrays = load_arrays(path, limits)
    rows = _rows(path, arrays)
    if "group" not in arrays:
        _require_modalities(path, rows.group, "a query is text or image")
    return rows


def checked_rows(
    path: Path, ids: NDArray[Any], modality: NDArray[Any], vectors: ArrayLike, group: NDArray[Any] | None = None
) -> VectorRows:
    """The columns of a vectors file after all checks. Raises CorpusError naming the file and the row."""
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
        return VectorRows(names, *_modality_and_group(path, modality, group, len(names)), unit)
    except VectorError as error:
        raise CorpusError(f"{path}: {error}") from error


def read_vectors(path: Path, options: ReadOptions = DEFAULT_OPTIONS) -> Corpus:
    """A corpus of precomputed vectors, or of pairs of them. Raises CorpusError naming the file and the cause."""
    arrays = load_arrays(path, options.limits)
    sides = [name for name in _MODALITIES if name in arrays]
    if len(sides) == len(_MODALITIES):
        return _pairs(path, arrays, options.limits)
    if sides and not set(_ARRAYS) & set(arrays):
        raise CorpusError(f"{path} holds {sides[0]} vectors alone: pairs are image (n, d) and text (n, d), row by row.")
    return replace(vector_corpus(path, _rows(path, arrays), options.limits), model=_model(path, arrays))


def vector_corpus(path: Path, rows: VectorRows, limits: Limits) -> Corpus:
    """Items without files for checked rows. Equal vectors are all kept, since each row has an id of its own.

    Raises CorpusError for too many items.
    """
    if len(rows.ids) > limits.items:
        raise CorpusError(f"{path} has too many items ({limits.named('items')}).")
    columns = zip(rows.ids, rows.modality.tolist(), rows.group.tolist(), strict=True)
    items = [Item(name, Modality(modality), group=group) for name, modality, group in columns]
    return Corpus(items, vectors=rows.vectors, source=path)


def load_arrays(path: Path, limits: Limits = DEFAULT_LIMITS) -> dict[str, NDArray[Any]]:
    """The arrays of an `.npz` by name.

    The shape that a file claims is checked before memory is allocated for it.
    Raises CorpusError for a file that is not an `.npz`, pickled objects, or too many bytes.
    """
    try:
        check_directory(path, _MAX_ARRAYS, f"{_MAX_ARRAYS} arrays")
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
            f"save ids, modality and group as arrays of strings."
        ) from error
    except (Exception, MemoryError) as error:  # NumPy and zipfile raise errors of many families on broken files
        raise CorpusError(f"{path} cannot be read as .npz: {error}.") from error


def _rows(path: Path, arrays: Mapping[str, NDArray[Any]]) -> VectorRows:
    missing = set(_ARRAYS) - set(arrays)
    if missing:
        raise CorpusError(
            f"{path} lacks {', '.join(sorted(missing))}: a vectors file holds ids (n,), "
            f'modality (n,) of "image", "text" or names of groups, and vectors (n, d).'
        )
    return checked_rows(path, arrays["ids"], arrays["modality"], arrays["vectors"], arrays.get("group"))


def _modality_and_group(
    path: Path, modality: NDArray[Any], group: NDArray[Any] | None, n: int
) -> tuple[NDArray[np.str_], NDArray[np.str_]]:
    """(n,) of "text" / "image", and (n,) of group names. Raises VectorError, or CorpusError naming the row."""
    words = _words(path, modality, "modality")
    if group is None:
        groups = group_array(words, n=n, what="modality")
        towers = np.where(groups == Modality.IMAGE.value, Modality.IMAGE.value, Modality.TEXT.value)
        return towers, groups
    if words.shape != (n,):
        raise CorpusError(f"{path} has {n} ids, but {words.size} words in modality.")
    _require_modalities(path, words, "with a group array it is text or image")
    names = _words(path, group, "group")
    if names.shape != (n,):
        raise CorpusError(f"{path} has {n} ids, but {names.size} names in group.")
    groups = group_array(np.where(names == "", words, names), n=n)
    _require_one_modality(path, words, groups)
    return words, groups


def _words(path: Path, values: NDArray[Any], column: str) -> NDArray[np.str_]:
    """The values as strings. Raises CorpusError for numbers, which name no group, and for more than one dimension."""
    if values.ndim != 1 or values.dtype.kind not in "US":
        raise CorpusError(f"{path}: {column} must be (n,) of strings; got {values.dtype} of shape {values.shape}.")
    return values if values.dtype.kind == "U" else np.asarray([_word(value) for value in values], dtype=np.str_)


def _require_modalities(path: Path, words: NDArray[np.str_], rule: str) -> None:
    foreign = np.flatnonzero(~np.isin(words, _MODALITIES))
    if foreign.size:
        row = int(foreign[0])
        raise CorpusError(f"{path}: `modality` of row {row} is {words[row][:MAX_GROUP_CHARACTERS]!r}; {rule}.")


def _require_one_modality(path: Path, words: NDArray[np.str_], groups: NDArray[np.str_]) -> None:
    """Raise CorpusError for the first row whose group already holds items of the other modality."""
    held = ModalityByGroup()
    for row, (group, word) in enumerate(zip(groups.tolist(), words.tolist(), strict=True)):
        if fault := held.add(group, Modality(word)):
            raise CorpusError(f"{path}: row {row} belongs to {fault}.")


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
    model = _model(path, arrays)
    return Corpus(items, vectors=np.concatenate([images, texts]), source=path, pairs=pairs, model=model)


def _model(path: Path, arrays: Mapping[str, NDArray[Any]]) -> str:
    """The name in `model`; empty where there is no such array. Raises CorpusError for anything but one short string."""
    if "model" not in arrays:
        return ""
    array = arrays["model"]
    name = _word(array.reshape(-1)[0]).strip() if array.size == 1 and array.dtype.kind in "US" else ""
    if not name or len(name) > _MAX_MODEL_CHARACTERS:
        raise CorpusError(
            f"{path}: `model` must be one string, the name of the encoder, of at most {_MAX_MODEL_CHARACTERS} "
            f"characters; got {array.dtype} of shape {array.shape}."
        )
    return name


class _PickledError(Exception):
    """An array of Python objects, which only pickle could load."""


def _claimed_bytes(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> int:
    """The memory that an array of the archive asks for, according to its header."""
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
