"""Calibrations on disk: JSON that a person can read, written whole or not at all."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from modgap.errors import CalibrationError
from modgap.io.atomic_write import write_atomically

_LIST_OF_NUMBERS = re.compile(r"\[[\s\d.,eE+-]+\]")


def write_document(path: str | Path, document: dict[str, Any]) -> Path:
    """Write JSON, each list of numbers on one line; an older file of that name is replaced.

    Raises CalibrationError where the file cannot be written; then nothing is left behind.
    """
    path = Path(path).expanduser()
    text = _LIST_OF_NUMBERS.sub(_on_one_line, json.dumps(document, indent=1, allow_nan=False))
    write_atomically(path, f"{text}\n".encode(), error=CalibrationError)
    return path


def read_document(path: str | Path) -> Any:
    """The JSON of a file. Raises CalibrationError naming the file where it cannot be read or is not JSON."""
    path = Path(path).expanduser()
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CalibrationError(f"The calibration {path} cannot be read: {error.strerror or error}.") from error
    except (ValueError, RecursionError) as error:
        raise CalibrationError(f"{path} is not JSON ({error}): give a file of `modgap calibrate`.") from error


def _on_one_line(numbers: re.Match[str]) -> str:
    return " ".join(numbers.group().split())
