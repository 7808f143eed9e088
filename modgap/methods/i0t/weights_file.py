"""Trained normalisers on disk: one `.safetensors` file, with the model that they belong to in its header."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from modgap.errors import CalibrationError
from modgap.io.atomic_write import write_atomically
from modgap.methods.i0t.normaliser import Normalisers

FORMAT = "modgap.i0t_async/1"


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
    plain = {name: np.ascontiguousarray(array) for name, array in normalisers.arrays().items()}
    write_atomically(path, save(plain, metadata=header), error=CalibrationError)
    return path


def load_normalisers(path: str | Path) -> Normalisers:
    """Read a file of `save_normalisers`. Raises CalibrationError naming the file and the cause."""
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
    if found.fault():
        raise CalibrationError(f"{path} is damaged: {found.fault()}: {again}.")
    return Normalisers(found.image, found.text, found.model, found.origin, settings)
