"""Mean vectors of a calibration, in a file beside its JSON: `calibration.means.safetensors` by `calibration.json`.

The file says which calibration it belongs to, so that the means of another calibration are refused.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from modgap.errors import CalibrationError
from modgap.io.atomic_write import write_atomically

_OWNER = "calibration"


def means_path(path: Path) -> Path:
    """The path of the means of a calibration at `path`: a name that no weights file has."""
    return path.with_suffix(".means.safetensors")


def write_means(calibration_path: Path, means: dict[str, NDArray[np.float32]], *, belongs_to: str) -> None:
    """Write vectors (d,) by name, atomically. If there are none, an older file is removed.

    belongs_to: the calibration's fingerprint, written into the file.
    Raises CalibrationError if the file cannot be written.
    """
    path = means_path(calibration_path)
    if means:
        write_atomically(path, means_as_bytes(means, belongs_to=belongs_to), error=CalibrationError)
        return
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise CalibrationError(f"{path} cannot be removed: {error.strerror or error}.") from error


def means_as_bytes(means: dict[str, NDArray[np.float32]], *, belongs_to: str) -> bytes:
    """The content of the file of vectors (d,) by name."""
    from safetensors.numpy import save

    plain = {name: np.ascontiguousarray(vector) for name, vector in means.items()}
    return save(plain, metadata={_OWNER: belongs_to})


def read_means(calibration_path: str | Path, *, dimension: int, belongs_to: str) -> dict[str, NDArray[np.float32]]:
    """The mean vectors (d,) beside a calibration, by name; empty if there is no such file.

    Raises CalibrationError for a damaged file, or one that belongs to another calibration.
    """
    path = means_path(Path(calibration_path).expanduser())
    if not path.is_file():
        return {}
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            owner = (file.metadata() or {}).get(_OWNER)
            means = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - it is not a dict
    except (OSError, SafetensorError) as error:
        raise CalibrationError(f"{path} cannot be read ({error}): calibrate again.") from error
    if owner != belongs_to:
        raise CalibrationError(
            f"{path} belongs to another calibration than {Path(calibration_path).name}: calibrate again, or remove it."
        )
    for name, vector in means.items():
        if vector.shape != (dimension,) or not np.isfinite(vector).all():
            raise CalibrationError(f'{path} is damaged: "{name}" is not a vector of {dimension} finite numbers.')
    return means
