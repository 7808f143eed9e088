"""Checkpoints of a training: tensors and a few numbers in a `.safetensors` file, never pickled."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from modgap.errors import CalibrationError
from modgap.io.atomic_write import write_atomically


class Checkpoint:
    """The file of one training. identity: its pairs and settings; a file of another training is refused."""

    def __init__(self, path: Path, identity: dict[str, str]) -> None:
        self.path = Path(path).expanduser()
        self._identity = json.dumps(identity, sort_keys=True)

    def write(self, tensors: dict[str, Any], progress: dict[str, Any]) -> None:
        """Replace the file, whole or not at all. Raises CalibrationError where it cannot be written."""
        from safetensors.torch import save

        header = {"identity": self._identity, "progress": json.dumps(progress)}
        plain = {name: value.detach().cpu().contiguous().clone() for name, value in tensors.items()}
        write_atomically(self.path, save(plain, metadata=header), error=CalibrationError)

    def read(self) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """Tensors and progress, or None where there is no file.

        Raises CalibrationError for a damaged file or one of other pairs or settings.
        """
        if not self.path.is_file():
            return None
        from safetensors import SafetensorError, safe_open

        try:
            with safe_open(self.path, framework="pt") as file:
                header = file.metadata() or {}
                tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - it is not a dict
                progress = json.loads(header["progress"])
        except (OSError, SafetensorError, ValueError, KeyError) as error:
            raise CalibrationError(
                f"The checkpoint {self.path} is damaged ({error}): remove it to begin anew."
            ) from error
        if header.get("identity") != self._identity:
            raise CalibrationError(
                f"The checkpoint {self.path} is of other pairs or settings: give the same ones to continue, or remove "
                f"it to begin anew."
            )
        return tensors, progress

    def remove(self) -> None:
        """Remove the file of a finished training."""
        self.path.unlink(missing_ok=True)
