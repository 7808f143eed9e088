"""Trained normalisers on disk: one `.safetensors` file, with the model that they belong to in its header."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path

import numpy as np

from modgap.errors import CalibrationError
from modgap.i0t.normaliser import Normalisers

FORMAT = "modgap.i0t_async/1"
_LARGEST = 1e9  # beyond it the lengths of normalised vectors overflow


def save_normalisers(path: str | Path, normalisers: Normalisers) -> Path:
    """Write the file, whole or not at all; an older one is replaced.

    Raises CalibrationError where it cannot be written.
    """
    from safetensors.numpy import save

    path = Path(path).expanduser()
    header = {
        "format": FORMAT,
        "model": normalisers.model,
        "origin": normalisers.origin,
        "settings": json.dumps(normalisers.settings),
    }
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(save({n: np.ascontiguousarray(a) for n, a in normalisers.arrays().items()}, metadata=header))
        os.replace(draft, path)
    except OSError as error:
        with suppress(OSError):
            draft.unlink()
        raise CalibrationError(f"{path} cannot be written: {error.strerror or error}.") from error
    return path


def load_normalisers(path: str | Path) -> Normalisers:
    """What `save_normalisers` wrote. Raises CalibrationError naming the file and the cause."""
    from safetensors import SafetensorError, safe_open

    path = Path(path).expanduser()
    again = "train it again with `modgap train-async`"
    try:
        with safe_open(path, framework="numpy") as file:
            header = file.metadata() or {}
            names = file.keys()
            # numpy has no bfloat16, so nothing else is even read
            arrays = {n: file.get_tensor(n) for n in names if file.get_slice(n).get_dtype() == "F32"}
            settings = json.loads(header.get("settings", "{}"))
    except (OSError, SafetensorError, ValueError, RecursionError) as error:
        raise CalibrationError(f"{path} cannot be read as I0T_async weights ({error}): {again}.") from error
    found = Normalisers.from_arrays(arrays, model=header.get("model", ""), origin=header.get("origin", ""))
    if header.get("format") != FORMAT or found is None:
        raise CalibrationError(f"{path} holds no I0T_async weights: give a file of `modgap train-async`.")
    for name, array in found.arrays().items():
        if array.shape != (found.dimension,) or not (np.abs(array) < _LARGEST).all():
            raise CalibrationError(
                f'{path} is damaged: "{name}" is not {found.dimension} finite numbers of a usual size: {again}.'
            )
    if any((found.of(m).var < 0).any() for m in ("image", "text")):
        raise CalibrationError(f"{path} is damaged: a variance is negative: {again}.")
    return Normalisers(found.image, found.text, found.model, found.origin, settings)
