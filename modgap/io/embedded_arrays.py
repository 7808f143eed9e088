"""Vectors inside a JSON document: base64 of little-endian float32, each with its shape.

    {"text": {"shape": [512], "float32": "AACAPw..."}}

Base64 keeps every bit, and a vector of 512 takes 2.7 KB in one line, where decimal numbers take about 6 KB.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modgap.errors import CalibrationError

_LITTLE_ENDIAN = np.dtype("<f4")


def arrays_to_json(arrays: Mapping[str, NDArray[np.floating]]) -> dict[str, Any]:
    """Arrays by name as plain JSON values.

    >>> arrays_to_json({"mean": np.asarray([1.0, 0.0])})
    {'mean': {'shape': [2], 'float32': 'AACAPwAAAAA='}}
    """
    return {
        name: {
            "shape": list(array.shape),
            "float32": base64.b64encode(np.ascontiguousarray(array, _LITTLE_ENDIAN).tobytes()).decode("ascii"),
        }
        for name, array in arrays.items()
    }


def vectors_from_json(value: Any, *, dimension: int, origin: str) -> dict[str, NDArray[np.float32]]:
    """The vectors (d,) of a document of `arrays_to_json`, by name.

    dimension: d, which every vector must have. origin: the file, for messages.
    Raises CalibrationError for anything but vectors of d finite numbers; nothing is decoded before its length is known.
    """
    if not isinstance(value, dict):
        raise CalibrationError(f'{origin} is damaged: "arrays" is not an object: calibrate again.')
    return {name: _vector(name, each, dimension, origin) for name, each in value.items()}


def _vector(name: str, value: Any, dimension: int, origin: str) -> NDArray[np.float32]:
    shape, text = (value.get("shape"), value.get("float32")) if isinstance(value, dict) else (None, None)
    size = _LITTLE_ENDIAN.itemsize * dimension
    if shape == [dimension] and isinstance(text, str) and len(text) == 4 * -(-size // 3):
        try:
            content = base64.b64decode(text, validate=True)
        except ValueError:
            content = b""
        if len(content) == size:
            vector = np.frombuffer(content, _LITTLE_ENDIAN).astype(np.float32)
            if np.isfinite(vector).all():
                return vector
    raise CalibrationError(
        f'{origin} is damaged: the array "{name[:100]}" is not {dimension} finite numbers, as float32 in base64 with '
        f'the "shape" [{dimension}]: calibrate again.'
    )
