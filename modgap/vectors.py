"""Checks that every array of embeddings passes once, at the border: shape, dtype, finite, not zero, unit length."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import ArrayLike, NDArray

from modgap.errors import VectorError

Vectors = NDArray[np.float32]

MAX_GROUP_CHARACTERS = 100

_TINY = 1e-12  # a shorter vector has no direction
_RESERVED = ("query.", "async.")  # names of arrays in a calibration's file of means
_RESERVED_WORDS = (
    "all",
    "both",
    "several",
    "none",
    "pairs",
    "queries",
)  # of reports


def unit_vectors(vectors: ArrayLike, *, what: str = "vectors", ids: Sequence[str] | None = None) -> Vectors:
    """The rows scaled to length 1, float32, C-contiguous.

    vectors: (n, d) of any float or integer type. what: their name in messages. ids: (n,) names of the rows.
    Raises VectorError for another shape, another number of names, a value that is not finite or beyond about 1e19, or a
    row of zeros, naming the first such row.

    >>> unit_vectors([[3.0, 4.0]]).tolist()
    [[0.6000000238418579, 0.800000011920929]]
    """
    try:
        array = np.asarray(vectors, dtype=np.float32)
    except (TypeError, ValueError) as error:
        raise VectorError(f"The {what} are not numbers in rows of equal length: {error}.") from error
    if array.ndim != 2 or array.shape[1] == 0:
        raise VectorError(f"The {what} must be a table (n, d), one row an item; got shape {array.shape}.")
    if ids is not None and len(ids) != array.shape[0]:
        raise VectorError(f"There are {len(ids)} ids for {array.shape[0]} vectors.")
    with np.errstate(over="ignore"):
        lengths = np.linalg.norm(array, axis=1, keepdims=True)
    finite = np.asarray(np.isfinite(lengths)).ravel()  # its square may overflow where the value itself does not
    if not finite.all():
        raise VectorError(
            f"{_row_name(what, ids, finite)} holds a value that is not finite or too large: encode it again."
        )
    nonzero = np.asarray(lengths > _TINY).ravel()
    if not nonzero.all():
        raise VectorError(f"{_row_name(what, ids, nonzero)} is all zeros, so it has no direction: leave it out.")
    return np.ascontiguousarray(array / lengths)


def group_array(groups: Sequence[str] | NDArray[Any], *, n: int, what: str = "group") -> NDArray[np.str_]:
    """The group of n items as an array of names; any names, "image" and "text" among them.

    Raises VectorError for another length, or naming the row of a group without a name, with a name of more than
    `MAX_GROUP_CHARACTERS` or of several lines, or with one that begins as a key of a calibration file does.
    """
    array = groups if _is_words(groups) else np.asarray([str(group) for group in groups], dtype=np.str_)
    if array.shape != (n,):
        raise VectorError(f"`{what}` must name the group of each of the {n} items; got {array.size}.")
    if n == 0:
        return array
    for name in np.unique(array).tolist():
        if fault := group_fault(name):
            row = int(np.argmax(array == name))
            raise VectorError(f"`{what}` of row {row} is {name[:MAX_GROUP_CHARACTERS]!r}, which {fault}.")
    return array


def group_fault(name: str) -> str:
    """Why a group cannot have this name, as the end of a sentence; empty where it can.

    >>> group_fault("licences"), group_fault("query.text")
    ('', 'begins with "query.", a key of calibration files: give the group another name')
    """
    if not name.strip():
        return "is empty: name a group"
    if len(name) > MAX_GROUP_CHARACTERS:
        return f"is longer than {MAX_GROUP_CHARACTERS} characters: give the group a shorter name"
    if not name.isprintable():
        return "holds characters that cannot be printed: give the group another name"
    if name in _RESERVED_WORDS:
        return "is a word that reports use: give the group another name"
    reserved = next((prefix for prefix in _RESERVED if name.startswith(prefix)), None)
    return f'begins with "{reserved}", a key of calibration files: give the group another name' if reserved else ""


def _is_words(groups: Sequence[str] | NDArray[Any]) -> TypeGuard[NDArray[np.str_]]:
    return isinstance(groups, np.ndarray) and groups.dtype.kind == "U"


def _row_name(what: str, ids: Sequence[str] | None, good: NDArray[np.bool_]) -> str:
    row = int(np.argmin(good))
    others = int((~good).sum()) - 1
    name = f'"{ids[row]}" (row {row} of the {what})' if ids is not None else f"Row {row} of the {what}"
    return name if others == 0 else f"{name} (and {others} more)"
