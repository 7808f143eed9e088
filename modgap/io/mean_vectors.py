"""Read the mean vectors of calibrations that earlier versions saved: `calibration.means.safetensors` by its JSON.

The file says which calibration it belongs to, so that the means of another calibration are refused.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from modgap.errors import CalibrationError

_OWNER = "calibration"


def means_path(path: Path) -> Path:
    """The path of the means of a calibration at `path`: a name that no weights file has."""
    return path.with_suffix(".means.safetensors")


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
