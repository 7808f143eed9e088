"""Calibrations on disk: JSON that a person can read, written atomically."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from modgap.errors import CalibrationError
from modgap.io.atomic_write import write_atomically


def write_document(path: str | Path, document: dict[str, Any]) -> Path:
    """Write a document as JSON, each list of numbers on one line; an older file of that name is replaced.

    Returns the path that was written. Raises CalibrationError if the file cannot be written, and leaves nothing behind.
    """
    path = Path(path).expanduser()
    plain = json.loads(json.dumps(document, allow_nan=False))  # keys as strings, tuples as lists
    write_atomically(path, f"{laid_out(plain)}\n".encode(), error=CalibrationError)
    return path


def read_document(path: str | Path) -> Any:
    """The JSON of a file. Raises CalibrationError naming the file if it cannot be read or is not JSON."""
    path = Path(path).expanduser()
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CalibrationError(f"The calibration {path} cannot be read: {error.strerror or error}.") from error
    except (ValueError, RecursionError) as error:
        raise CalibrationError(f"{path} is not JSON ({error}): give a file of `modgap calibrate`.") from error


def laid_out(value: Any, indent: str = "") -> str:
    """JSON text of a plain value as `json.dumps(value, indent=1)` lays it out, but a list of numbers on one line.

    >>> print(laid_out({"edges": [1, 2.5], "note": "[1,   2]"}))
    {
     "edges": [ 1, 2.5 ],
     "note": "[1,   2]"
    }
    """
    if not isinstance(value, (dict, list)) or not value:
        return json.dumps(value)
    if isinstance(value, list) and all(_is_number(each) for each in value):
        return f"[ {', '.join(json.dumps(each) for each in value)} ]"
    inner = f"{indent} "
    if isinstance(value, list):
        rows = [laid_out(each, inner) for each in value]
    else:
        rows = [f"{json.dumps(key)}: {laid_out(each, inner)}" for key, each in value.items()]
    start, end = "[]" if isinstance(value, list) else "{}"
    lines = ",\n".join(f"{inner}{row}" for row in rows)
    return f"{start}\n{lines}\n{indent}{end}"


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def rounded(value: Any, digits: int = 6) -> Any:
    """The same document with every float rounded; tuples become lists.

    >>> rounded({"a": (0.12345678, 1), "b": "x"})
    {'a': [0.123457, 1], 'b': 'x'}
    """
    if isinstance(value, Mapping):
        return {name: rounded(each, digits) for name, each in value.items()}
    if isinstance(value, tuple | list):
        return [rounded(each, digits) for each in value]
    return round(value, digits) if isinstance(value, float) else value
