"""Mean vectors of a calibration, in a file beside its JSON: `calibration.safetensors` beside `calibration.json`.

The file repeats which calibration it belongs to, so that one left over from another is refused.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from modgap.errors import CalibrationError

_OWNER = "calibration"


def means_path(path: Path) -> Path:
    """Where the means of a calibration at `path` are kept. Raises CalibrationError where both would be one file."""
    beside = path.with_suffix(".safetensors")
    if beside == path:
        raise CalibrationError(f"{path} is the name of the file of means: let the calibration's name end in .json.")
    return beside


def save_means(path: Path, means: dict[str, NDArray[np.float32]], *, belongs_to: str) -> None:
    """Write vectors (d,) by name. Raises OSError."""
    from safetensors.numpy import save

    path.write_bytes(save({name: np.ascontiguousarray(v) for name, v in means.items()}, metadata={_OWNER: belongs_to}))


def read_means(calibration_path: Path, *, dimension: int, belongs_to: str) -> dict[str, NDArray[np.float32]]:
    """The means beside a calibration; empty where there is no such file.

    Raises CalibrationError for a damaged file or one of another calibration.
    """
    path = calibration_path.with_suffix(".safetensors")
    if not path.is_file():
        return {}
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            owner = (file.metadata() or {}).get(_OWNER)
            means = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - it is no dict
    except (OSError, SafetensorError) as error:
        raise CalibrationError(f"{path} cannot be read ({error}): calibrate again.") from error
    if owner != belongs_to:
        raise CalibrationError(
            f"{path} belongs to another calibration than {calibration_path.name}: calibrate again, or remove it."
        )
    for name, vector in means.items():
        if vector.shape != (dimension,) or not np.isfinite(vector).all():
            raise CalibrationError(f'{path} is damaged: "{name}" is no mean of {dimension} finite numbers.')
    return means
